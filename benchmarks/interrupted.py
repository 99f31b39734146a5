"""Kill a large ``add``, run it again, and check that the library is complete.

    python benchmarks/interrupted.py [--briefings 100000] [--insights 10] [--kills 1] [--deep] [--folder DIR]

The briefings are generated, in JSON Lines files of 1,000; DIR keeps them and the library. ``add`` runs in its own
process, which is killed with SIGKILL after half of the briefings (or after each third, with two kills). The same
command then continues. At the end, the library must have each briefing once, with all its insights, in one batch,
findable by search and without damage.

Meanwhile, this process starts a write transaction every few milliseconds. The longest time that it waited for one is
how long a decision of the user would have waited.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from briefreader.library import Library
from briefreader.storage.database import FILE, Database

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE_LINES = 1000
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def write(folder: Path, count: int, insights: int) -> None:
    """Write the files of briefings that don't exist yet."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = random.Random(1)
    vocabulary = ["".join(rng.choices(LETTERS, k=rng.randint(3, 11))) for _ in range(60_000)]

    def words(n: int) -> str:  # frequencies roughly follow Zipf's law
        return " ".join(vocabulary[int(len(vocabulary) * rng.random() ** 3)] for _ in range(n)).capitalize()

    def briefing(number: int) -> dict[str, Any]:
        made = [{"title": words(7), "text": f"{words(22)}."} for _ in range(insights)]
        return {"title": f"{words(6)} {number}", "source": f"Source {rng.randrange(200)}", "insights": made,
                "published": f"{2016 + number % 10}-{1 + rng.randrange(12):02}-{1 + rng.randrange(28):02}"}  # fmt: skip

    for first in range(0, count, FILE_LINES):
        file = folder / f"{first:07}.jsonl"
        lines = [json.dumps(briefing(number)) for number in range(first, min(first + FILE_LINES, count))]
        if not file.exists():
            file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def add(library: Path, documents: Path) -> None:
    """Add in this process; print the longest transaction and peak memory as JSON."""
    longest = 0.0
    writing = Database.writing

    @contextmanager
    def timed(self: Database, **given: Any) -> Iterator[Any]:
        nonlocal longest
        with writing(self, **given) as con:
            begun = time.perf_counter()
            yield con
        longest = max(longest, time.perf_counter() - begun)

    Database.writing = timed  # type: ignore[method-assign, assignment]  # the measuring instrument
    statuses: dict[str, int] = {}
    with Library(library) as opened:
        for added in opened.add([documents]):
            statuses[added.status] = statuses.get(added.status, 0) + 1
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"statuses": statuses, "longest_transaction_ms": round(longest * 1000), "peak_mb": round(peak)}))


def stored(library: Path) -> int:
    """Return the current number of briefings in the library."""
    if not (library / "library.db").exists():
        return 0
    with Library(library, readonly=True) as opened:
        return opened.count()


def wait_for_turns(process: subprocess.Popen[str], library: Path, aim: int) -> float:
    """Start write transactions, again and again; return the longest wait for one.

    Ends when ``aim`` briefings are stored, or when the process ends.
    """
    while not (library / FILE).exists() and process.poll() is None:
        time.sleep(0.05)
    longest, looked = 0.0, time.monotonic()
    with closing(sqlite3.connect(library / FILE, timeout=0, isolation_level=None)) as con:
        while process.poll() is None:
            begun = time.monotonic()
            while not con.in_transaction and process.poll() is None:
                try:
                    con.execute("BEGIN IMMEDIATE")
                except sqlite3.OperationalError:
                    time.sleep(0.001)
            longest = max(longest, time.monotonic() - begun)
            con.rollback()
            time.sleep(0.005)
            if time.monotonic() - looked > 0.5:
                looked = time.monotonic()
                if stored(library) >= aim:
                    break
    return longest


def run(folder: Path, count: int, insights: int, kills: int, *, deeply: bool) -> None:
    """Add, kill the process, add the rest, and check the library."""
    documents, library = folder / "documents", folder / "library"
    write(documents, count, insights)
    command = [sys.executable, __file__, "--add", str(library), str(documents)]
    for kill in range(1, kills + 2):
        begun, before = time.monotonic(), stored(library)
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        waited = wait_for_turns(process, library, count * kill // (kills + 1) if kill <= kills else count + 1)
        if kill <= kills:
            process.send_signal(signal.SIGKILL)
        output = process.communicate()[0].strip()
        now, seconds = stored(library), time.monotonic() - begun
        print(
            f"run {kill}: {before:,} → {now:,} briefings in {seconds:.0f} s, ended with {process.returncode} {output}"
        )
        print(f"other writers waited at most {waited * 1000:.0f} ms")
    begun = time.monotonic()
    with Library(library) as opened:
        stats = opened.stats()
        titles = {row.title for row in opened.rows(opened.keys())}
        assert (stats.briefings, stats.insights, len(titles)) == (count, count * insights, count), stats
        assert [batch.verb for batch in opened.history()] == ["add"]
        assert not any(added.status == "added" for added in opened.add([documents / "0000000.jsonl"]))
        insight = opened.insights(opened.list(limit=1)[0].id)[0]
        assert insight.id in [hit.row.id for hit in opened.search(f'"{insight.title}"')]
        print(
            f"{stats.briefings:,} briefings, {stats.insights:,} insights, each once ({time.monotonic() - begun:.0f} s)"
        )
        for deep in (False, True)[: 1 + deeply]:
            begun = time.monotonic()
            found = opened.check(deep=deep)
            print(f"check{' --deep' * deep}: {len(found)} problems, {time.monotonic() - begun:.0f} s")
    size = sum(file.stat().st_size for file in library.glob("library.db*"))
    print(f"{size / 1e6:,.0f} MB on disk")


def main() -> None:
    """Run the benchmark with the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--briefings", type=int, default=100_000)
    parser.add_argument("--insights", type=int, default=10, help="insights per briefing")
    parser.add_argument("--kills", type=int, default=1)
    parser.add_argument("--deep", action="store_true", help="also time check --deep")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--add", type=Path, nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.add:
        add(*given.add)
    elif given.folder:
        run(given.folder, given.briefings, given.insights, given.kills, deeply=given.deep)
    else:
        with tempfile.TemporaryDirectory() as folder:
            run(Path(folder), given.briefings, given.insights, given.kills, deeply=given.deep)


if __name__ == "__main__":
    main()
