"""Check that ``make bench`` runs every benchmark."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "benchmarks"


def test_every_benchmark_is_in_the_table() -> None:
    spec = importlib.util.spec_from_file_location("bench_table", FOLDER / "__main__.py")
    assert spec and spec.loader
    table = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = table  # dataclasses need their module here
    spec.loader.exec_module(table)
    commands = " ".join(f"{benchmark.quick} {benchmark.full}" for benchmark in table.BENCHMARKS)
    figures = {
        f"benchmarks.reading {path.stem}"
        for path in (FOLDER / "reading").glob("[!_]*.py")
        if "def run(" in path.read_text("utf-8")
    }
    scripts = {
        path.name
        for path in FOLDER.glob("[!_]*.py")
        if "def main(" in path.read_text("utf-8") and f"-m benchmarks.{path.stem} " not in commands
    }
    packages = {f"benchmarks.{path.parent.name}" for path in FOLDER.glob("*/__main__.py")}
    assert scripts and figures and packages
    assert [name for name in sorted(scripts | figures | packages) if name not in commands] == []
