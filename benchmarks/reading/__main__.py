"""Run a benchmark of reading: ``python -m benchmarks.reading FIGURE --data DIR``."""

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
    parser.add_argument("--data", type=Path, required=True, help="folder of data")
    parser.add_argument("--verbose", action="store_true", help="print details, such as a line for each document")
    parser.add_argument("--write", action="store_true", help="write the fitted model to the package's data file")
    given = parser.parse_args()
    module = import_module(f"benchmarks.reading.{given.figure}")
    (module.write if given.write else module.run)(given.data, given.verbose)
