"""Every figure of the app, in a real pseudo-terminal: ``python -m benchmarks.app [--sizes 100 10000 100000]``.

    --libraries DIR   keep the libraries there and use them again (made by benchmarks.app.library)
    --only WHAT...    start use background arrival peers

``start`` takes turns with a bare Textual app, so that a busy machine hurts both. A figure is a median or, where it says
so, the 95th percentile or the longest.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from . import arrival, background, library, peers, start, use

PARTS = {
    "start": start.measure,
    "use": use.measure,
    "background": background.measure,
    "arrival": arrival.measure,
    "peers": peers.measure,
}


def main() -> None:
    """Run the benchmark as the command line asks."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.app", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 10_000, 100_000], help="briefings")
    parser.add_argument("--libraries", type=Path)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="briefreader-") as scratch:
        for size in given.sizes:
            folder = library.make((given.libraries or Path(scratch)) / str(size), size)
            for name in given.only:
                print(f"\n{name}, {size:,} briefings", flush=True)
                home = Path(scratch) / f"{size}-{name}"  # each starts without what another left open
                home.mkdir()
                PARTS[name](folder, home)


if __name__ == "__main__":
    main()
