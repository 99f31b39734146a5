"""Measure the speed and memory of the app in a pseudo-terminal.

    python -m benchmarks.app [--sizes 100 10000 100000] [--libraries DIR] [--only PART ...]

    --libraries DIR   keep the generated libraries in DIR and use them again
    --only PART ...   only run some of: start use background arrival peers

Figures are medians, unless they are marked as 95th percentile (p95) or longest.
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
    """Run the benchmark with the options of the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.app", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 10_000, 100_000], help="numbers of briefings")
    parser.add_argument("--libraries", type=Path)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="briefreader-") as scratch:
        for size in given.sizes:
            folder = library.make((given.libraries or Path(scratch)) / str(size), size)
            for name in given.only:
                print(f"\n{name}, {size:,} briefings", flush=True)
                home = Path(scratch) / f"{size}-{name}"  # its own home, since the app reopens where it was left
                home.mkdir()
                PARTS[name](folder, home)


if __name__ == "__main__":
    main()
