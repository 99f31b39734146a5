"""Run all benchmarks and write a report.

    python -m benchmarks [--full] [--data DIR] [--to FILE]

DIR has texts by other people, which are not part of this project, in the folders ``tagging/``, ``mail/``,
``newsletters/``, ``insights/``, ``search/`` and ``documents/`` (any files that ``add`` can read). The docstring of each
benchmark describes the files that it needs. In the report, each benchmark has a row, also if it fails or if its data or
a package is missing. The short forms take some minutes; ``--full`` uses the sizes of docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import shlex
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from shutil import which

ROOT = Path(__file__).parents[1]
PACKAGES = ("briefreader", "textual", "numpy", "scikit-learn", "scipy", "rapidfuzz", "lxml", "readability-lxml")
PEERS = ("trafilatura", "resiliparse", "sumy", "tantivy", "annif", "yake", "keybert")
TOOLS = {"fzf": "--version", "newsboat": "--version", "zk": "--version", "notmuch": "--version", "rg": "--version"}
TIMEOUT_SECONDS = 3600.0  # of one benchmark
MAX_LINES = 90  # maximum number of lines of a benchmark's output in the report; the last ones are kept


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A benchmark and its commands.

    Attributes:
        what: its name.
        quick: the arguments of ``python`` for the short form, in which ``DIR`` is the folder of data; "" if there is
            none.
        full: the arguments for the full form; "" if it is the same as the short form.
        needs: a file or folder that must exist in the folder of data.
        package: a module that must be installed.
    """

    what: str
    quick: str
    full: str
    needs: str = ""
    package: str = ""


BENCHMARKS = (
    Benchmark("export", "benchmarks/export.py --count 500", "benchmarks/export.py --count 10000"),
    Benchmark("commands", "benchmarks/shell.py", ""),
    Benchmark("storage", "benchmarks/storage.py --briefings 1000", "benchmarks/storage.py --briefings 5000"),
    Benchmark(
        "an interrupted add",
        "benchmarks/interrupted.py --briefings 1000",
        "benchmarks/interrupted.py --briefings 5000",
    ),
    Benchmark("fetching", "benchmarks/fetching.py --feeds 50 --slow 6 --delay 1", "benchmarks/fetching.py"),
    Benchmark(
        "tagging, speed",
        "benchmarks/tagging_speed.py --documents 500",
        "benchmarks/tagging_speed.py --documents 10000",
    ),
    Benchmark(
        "tagging, Dask",
        "benchmarks/distributed.py --made 5000",
        "benchmarks/distributed.py --made 50000",
        package="distributed",
    ),
    Benchmark(
        "tagging, quality",
        "benchmarks/tagging.py --data DIR/tagging",
        "benchmarks/tagging.py --data DIR/tagging --labels",
        "tagging",
    ),
    Benchmark(
        "tagging, calibration",
        "benchmarks/tagging_calibration.py --data DIR/tagging",
        "benchmarks/tagging_calibration.py --data DIR/tagging --labels 50",
        "tagging",
    ),
    Benchmark("tagging, weights", "", "-m benchmarks.tagging_weights --data DIR", "mail"),
    Benchmark("tagging, growth", "", "-m benchmarks.tagging_expansion DIR/documents", "documents"),
    Benchmark("reading, real mail", "-m benchmarks.reading mail --data DIR", "", "mail"),
    Benchmark("reading, model of boilerplate", "", "-m benchmarks.reading fit_boilerplate --data DIR", "mail"),
    Benchmark(
        "reading, CommonMark",
        "-m benchmarks.reading commonmark --data DIR/documents/spec.txt",
        "",
        "documents/spec.txt",
    ),
    Benchmark("reading, web pages", "-m benchmarks.reading pages --data DIR/documents", "", "documents"),
    Benchmark("reading, newsletters", "-m benchmarks.reading newsletters --data DIR", "", "newsletters"),
    Benchmark("reading, insights", "-m benchmarks.reading extraction --data DIR", "", "insights"),
    Benchmark("reading, ranker", "", "-m benchmarks.reading fit_insights --data DIR", "mail"),
    Benchmark("reading, notices", "", "-m benchmarks.reading notices --data DIR", "mail"),
    Benchmark("reading, promotion", "", "-m benchmarks.reading promotion --data DIR", "mail"),
    Benchmark("reading, copies", "-m benchmarks.reading identity --data DIR", "", "mail"),
    Benchmark("reading, a large mbox", "", "-m benchmarks.reading mbox --data DIR/documents", "documents"),
    Benchmark("reading, speed", "-m benchmarks.reading speed --data DIR", "", "newsletters"),
    Benchmark(
        "search",
        "-m benchmarks.search --data DIR/search --size 10000 --every 8",
        "-m benchmarks.search --data DIR/search --size 100000",
        "search",
    ),
    Benchmark(
        "stories",
        "-m benchmarks.stories show --data DIR --size 20000",
        "-m benchmarks.stories show --data DIR",
        "search",
    ),
    Benchmark("stories, weights", "", "-m benchmarks.stories fit --data DIR", "search"),
    Benchmark("stories and brief, mail", "-m benchmarks.stories mail --data DIR", "", "mail/more.tar.xz"),
    Benchmark("app", "-m benchmarks.app --sizes 100", "-m benchmarks.app --sizes 100 10000 100000"),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a benchmark; ``verdict`` is "done" or the reason why it isn't."""

    command: str
    verdict: str
    seconds: float
    printed: str


def run(benchmark: Benchmark, *, full: bool, data: Path | None) -> Outcome:
    """Run one benchmark; if it fails, the outcome says so."""
    words = (benchmark.full or benchmark.quick) if full else benchmark.quick
    command = f"python {words or benchmark.full}"
    if not words:
        return Outcome(command, "not run: only with --full", 0, "")
    if benchmark.needs and not (data and (data / benchmark.needs).exists()):
        return Outcome(command, f"not run: no data ({benchmark.needs})", 0, "")
    if benchmark.package and find_spec(benchmark.package) is None:
        return Outcome(command, f"not run: {benchmark.package} is not installed", 0, "")
    arguments = [word.replace("DIR", str(data)) for word in shlex.split(words)]
    path = os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    began = time.perf_counter()
    try:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
        printed, verdict = done.stdout, "done" if done.returncode == 0 else f"FAILED (exit {done.returncode})"
    except subprocess.TimeoutExpired as stopped:
        printed, verdict = str(stopped.stdout or ""), f"FAILED (stopped after {TIMEOUT_SECONDS:.0f} s)"
    shown = printed.replace(str(data), "DIR") if data else printed
    return Outcome(command, verdict, time.perf_counter() - began, shown)


def machine() -> list[str]:
    """Return lines that describe the machine, the packages and the peers."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20 if hasattr(os, "sysconf") else 0
    load = " ".join(f"{part:.1f}" for part in os.getloadavg()) if hasattr(os, "getloadavg") else "unknown"
    found = {name: _version(name) for name in (*PACKAGES, *PEERS)}
    tools = {name: _tool(name, option) for name, option in TOOLS.items()}
    return [
        f"- {datetime.now(UTC):%Y-%m-%d %H:%M} UTC; {platform.system()} {platform.machine()}, {_processor()}, "
        f"{os.cpu_count()} cores, {memory} MB; load at start {load}",
        f"- Python {platform.python_version()}; " + ", ".join(f"{name} {found[name]}" for name in PACKAGES),
        "- peers: " + ", ".join(f"{name} {v}" for name, v in {**{p: found[p] for p in PEERS}, **tools}.items()),
    ]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _tool(name: str, option: str) -> str:
    if which(name) is None:
        return "not installed"
    done = subprocess.run([name, option], capture_output=True, text=True, timeout=10, check=False)
    return (done.stdout.splitlines() or ["unknown"])[0]


def _processor() -> str:
    try:
        rows = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown processor"
    return next((row.partition(":")[2].strip() for row in rows if row.startswith("model name")), "unknown processor")


def report(outcomes: dict[str, Outcome], began: list[str], kind: str) -> str:
    """Return the report in Markdown: a table of results, then all outputs."""
    rows = ["| benchmark | command | result | seconds |", "|---|---|---|---|"]
    rows += [f"| {name} | `{o.command}` | {o.verdict} | {o.seconds:.0f} |" for name, o in outcomes.items()]
    parts = [f"# Benchmarks, {kind}", "\n".join(began), "\n".join(rows)]
    for name, outcome in outcomes.items():
        lines = outcome.printed.rstrip().splitlines()
        cut = [f"… {len(lines) - MAX_LINES} lines omitted"] if len(lines) > MAX_LINES else []
        if lines:
            parts += [f"## {name}", "\n".join(["```", *cut, *lines[-MAX_LINES:], "```"])]
    return "\n\n".join(parts) + "\n"


def main() -> None:
    """Run all benchmarks; update the report after each."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, help="folder of labelled texts")
    parser.add_argument("--full", action="store_true", help="use the sizes of docs/benchmarks.md")
    parser.add_argument("--to", type=Path, help="file of the report (default: benchmarks/results/DATE.md)")
    given = parser.parse_args()
    to = given.to or ROOT / "benchmarks" / "results" / f"{datetime.now(UTC):%Y-%m-%d}.md"
    to.parent.mkdir(parents=True, exist_ok=True)
    began, outcomes = machine(), dict[str, Outcome]()
    for benchmark in BENCHMARKS:
        print(f"{benchmark.what} …", end=" ", flush=True)
        outcomes[benchmark.what] = outcome = run(benchmark, full=given.full, data=given.data)
        print(f"{outcome.verdict}, {outcome.seconds:.0f} s", flush=True)
        to.write_text(report(outcomes, began, "full" if given.full else "short forms"), encoding="utf-8")
    print(to)


if __name__ == "__main__":
    main()
