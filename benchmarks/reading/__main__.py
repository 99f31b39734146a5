"""`python -m benchmarks.reading FIGURE --data DIR`: run one figure."""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path

FIGURES = ("mail", "newsletters", "extraction", "identity", "mbox", "speed", "fit_insights")

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reading")
    parser.add_argument("figure", choices=FIGURES)
    parser.add_argument("--data", type=Path, required=True, help="folder of labelled data")
    parser.add_argument("--verbose", action="store_true", help="what was lost and what leaked")
    given = parser.parse_args()
    import_module(f"benchmarks.reading.{given.figure}").run(given.data, given.verbose)
