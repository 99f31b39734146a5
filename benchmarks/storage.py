"""Measure how long it takes to open, list and change a large library.

    python benchmarks/storage.py [--briefings 100000] [--insights 10] [--folder DIR]

The library is generated; if DIR is given, it is kept there and used again. Prints medians of CPU and wall-clock time.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import resource
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from briefreader.library import Library
from briefreader.model import Briefing, Insight, Original
from briefreader.reading.identity import Fingerprint
from briefreader.storage import briefings, identity, journal

if TYPE_CHECKING:
    from collections.abc import Callable

    from briefreader.storage.database import Connection

SLICE = 500
TOPICS = ("open-source", "moe", "pricing", "agents")


def words(rng: random.Random, vocabulary: list[str], n: int) -> str:
    """Return ``n`` random words, with frequencies that roughly follow Zipf's law."""
    return " ".join(vocabulary[int(len(vocabulary) * rng.random() ** 3)] for _ in range(n))


def make(rng: random.Random, vocabulary: list[str], number: int, insights: int) -> Briefing:
    """Return a briefing of random words, published on a random day in ten years."""
    parts = [(words(rng, vocabulary, 7).capitalize(), words(rng, vocabulary, 22)) for _ in range(insights)]
    body = "\n\n".join(f"**{title}**: {text}" for title, text in parts)
    found, at = [], 0
    for n, (title, text) in enumerate(parts, 1):
        end = at + len(title) + len(text) + 6
        found.append(Insight(n, title, text, at, end, "stated"))
        at = end + 2
    day = f"{2016 + number % 10}-{1 + rng.randrange(12):02}-{1 + rng.randrange(28):02}"
    return Briefing(
        words(rng, vocabulary, 8).capitalize(), body, "md", source=f"Source {rng.randrange(200)}", published=day,
        insights=tuple(found), original=Original(f"{number} {body}".encode(), "md", f"made-up/{number}.md"),
    )  # fmt: skip


def fill(library: Library, count: int, insights: int) -> float:
    """Store ``count`` briefings with scores, and mark some as read and starred.

    Returns the longest transaction in seconds.
    """
    rng = random.Random(1)
    letters = "abcdefghijklmnopqrstuvwxyz"
    vocabulary = ["".join(rng.choices(letters, k=rng.randint(3, 11))) for _ in range(60_000)]
    longest = 0.0
    for start in range(0, count, SLICE):
        made = [make(rng, vocabulary, start + i, insights) for i in range(min(SLICE, count - start))]
        begun = time.perf_counter()
        with library.db.writing() as con:
            number = journal.begin(con, "add", "made up", bulk=True)
            for briefing in made:
                digest = hashlib.sha256(briefing.original.data).hexdigest()
                fingerprint = Fingerprint(
                    digest, "", "", tuple(rng.getrandbits(63) for _ in range(32)), digest, 300, briefing.origin, ()
                )
                key = briefings.insert(con, briefing, fingerprint, "2026-01-01T00:00:00Z")
                journal.record(con, number, "briefing", str(key), None, {})
                identity.add_alias(con, number, key, fingerprint, briefing.original)
                score(con, number, key, rng, insights)
        longest = max(longest, time.perf_counter() - begun)
    with library.db.writing() as con:
        journal.finish(con, number, "made up")
    keys = library.keys(limit=count // 3)
    library.mark([row.id for row in library.rows(keys[:2000])], read=True, starred=True)
    return longest


def score(con: Connection, batch: int, key: int, rng: random.Random, insights: int) -> None:
    """Store scores as tagging does: two topics per briefing, one per insight."""
    rows = [
        [0, topic, round(rng.random(), 3), rng.choice(["document", "passage", ""]), 0.5]
        for topic in rng.sample(TOPICS, 2)
    ]
    rows += [
        [n, rng.choice(TOPICS), round(rng.random(), 3), rng.choice(["document", ""]), 1.0]
        for n in range(1, insights + 1)
    ]
    journal.put(con, batch, "suggestion", str(key), {"model": "m", "digest": "d", "rows": sorted(rows, key=repr)})


def measure(name: str, call: Callable[[], object], rounds: int = 7) -> None:
    """Print the median CPU and wall-clock time of a call, after one call to warm up."""
    call()
    cpu, wall = [], []
    for _ in range(rounds):
        begun = time.process_time(), time.perf_counter()
        call()
        cpu.append(time.process_time() - begun[0])
        wall.append(time.perf_counter() - begun[1])
    print(f"{name:42} {statistics.median(cpu) * 1000:9.1f} {statistics.median(wall) * 1000:9.1f}")


def opened(folder: Path) -> None:
    """Open the library and get the first page, as the app does at start."""
    with Library(folder) as library:
        library.rows(library.keys(limit=60))


def run(folder: Path, count: int, insights: int) -> None:
    """Generate the library unless it exists, then measure what the app does."""
    with Library(folder) as library:
        if not library.count():
            begun = time.perf_counter()
            longest = fill(library, count, insights)
            print(
                f"generated in {time.perf_counter() - begun:.0f} s; "
                f"longest transaction of {SLICE} briefings: {longest * 1000:.0f} ms"
            )
        print(f"{library.count():,} briefings, {library.stats().insights:,} insights")
    print(f"{'':42} {'CPU ms':>9} {'wall ms':>9}")
    measure("open the library, first page", lambda: opened(folder))
    with Library(folder) as library:
        middle = library.keys()[count // 2]
        some = library.rows(library.keys(limit=1))[0].id
        measure("first page", lambda: library.rows(library.keys(limit=60)))
        measure("a page from the middle", lambda: library.rows(library.keys(limit=60, after=middle)))
        measure("keys of all briefings", library.keys)
        measure("keys topic:moe", lambda: library.keys("topic:moe"))
        measure("keys topic:moe is:unread, first page", lambda: library.keys("topic:moe is:unread", limit=60))
        measure("keys is:inbox", lambda: library.keys("is:inbox"))
        measure("keys source:7 after:2024", lambda: library.keys("source:7 after:2024"))
        measure("count topic:none", lambda: library.count("topic:none"))
        measure("facets", library.facets)
        measure("stats", library.stats)
        measure("a whole briefing", lambda: library.briefing(some))
        measure("star and undo", lambda: (library.mark([some], starred=None, read=False), library.undo()))
    size = sum(f.stat().st_size for f in folder.glob("library.db*"))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{size / 1e6:,.0f} MB on disk, {memory / 1024:,.0f} MB peak memory")


def main() -> None:
    """Run the benchmark with the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--briefings", type=int, default=100_000)
    parser.add_argument("--insights", type=int, default=10, help="insights per briefing")
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    if given.folder:
        run(given.folder, given.briefings, given.insights)
        return
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder), given.briefings, given.insights)


if __name__ == "__main__":
    main()
