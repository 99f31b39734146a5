"""`python -m benchmarks.reading FIGURE --data DIR`: run one figure."""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path

FIGURES = (
    "commonmark",
    "mail",
    "newsletters",
    "pages",
    "extraction",
    "identity",
    "mbox",
    "notices",
    "promotion",
    "speed",
    "fit_insights",
    "fit_boilerplate",
)

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reading")
    parser.add_argument("figure", choices=FIGURES)
    parser.add_argument("--data", type=Path, required=True, help="folder of labelled data")
    parser.add_argument("--verbose", action="store_true", help="what was lost and what leaked")
    parser.add_argument("--write", action="store_true", help="write what was fitted to the package's data file")
    given = parser.parse_args()
    module = import_module(f"benchmarks.reading.{given.figure}")
    (module.write if given.write else module.run)(given.data, given.verbose)
