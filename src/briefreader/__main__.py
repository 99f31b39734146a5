"""``python -m briefreader`` and the ``briefreader`` command."""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """Run the command line and exit with its code."""
    gc.disable()  # what imports make stays: looking through it over and over is a tenth of the start
    from briefreader.cli.main import run

    gc.enable()
    code = run(sys.argv[1:])
    gc.freeze()  # and half a second of the end
    sys.exit(code)


if __name__ == "__main__":
    main()
