"""Measure how long exports take: the first one, later ones, and pulling edits.

    python benchmarks/export.py --count 10000

Generates a library of COUNT briefings in a temporary folder: each has six insights of 60 words, and every third has two
topics. Prints the wall-clock and CPU time of each step; of steps that can be repeated, the median.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import resource
import statistics
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from briefreader.library import Library

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WORDS = (
    "model price agent open weight token expert router cost plan lab release data train serve user tool paper".split()
)
TOPICS = ("agents", "moe")


def documents(count: int, seed: int = 7) -> Iterator[bytes]:
    """Yield briefings as JSON lines, too different from each other to be duplicates."""
    rng = random.Random(seed)
    for number in range(count):
        names = [f"{rng.choice(WORDS)}{rng.randrange(10**6)}" for _ in range(40)]

        def text(words: int, names: list[str] = names) -> str:
            return " ".join(rng.choice(names if rng.random() < 0.3 else WORDS) for _ in range(words))

        insights = [{"title": text(6), "text": text(60)} for _ in range(6)]
        record = {
            "title": f"Briefing {number}: {text(4)}",
            "text": text(400),
            "source": f"Source {number % 40}",
            "published": f"202{number % 6}-0{number % 9 + 1}-1{number % 10}",
            "insights": insights,
        }
        yield json.dumps(record).encode() + b"\n"


def fill(library: Library, count: int) -> list[str]:
    """Add documents and accept two topics for every third; return all IDs."""
    stream = io.BytesIO(b"".join(documents(count)))
    ids = [added.id for added in library.add([stream]) if added.status == "added"]
    library.decide_many([(id_, topic, "accepted") for id_ in ids[::3] for topic in TOPICS])
    return ids


def timed(name: str, step: Callable[[], object], repeat: int = 1) -> None:
    """Print the median wall-clock and CPU time of a step, and its result."""
    wall, processor = [], []
    result: object = None
    for _ in range(repeat):
        start, used = time.perf_counter(), time.process_time()
        result = step()
        wall.append(time.perf_counter() - start)
        processor.append(time.process_time() - used)
    print(
        f"{name:<32} {statistics.median(wall):8.2f} s  {statistics.median(processor):8.2f} s CPU  {result}", flush=True
    )


def main() -> None:
    """Run the benchmark with the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--full-text", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Library(Path(folder) / "library") as library:
        vault = Path(folder) / "vault"
        ids: list[str] = []
        timed("generate the library", lambda: len(ids.extend(fill(library, options.count)) or ids))

        def export() -> dict[str, int]:
            return dict(Counter(e.status for e in library.export(vault, full_text=options.full_text)))

        timed("first export", export)
        timed("export, nothing changed", export, repeat=3)
        library.decide_many([(id_, "pricing", "accepted") for id_ in ids[:100]])
        timed("export after 100 decisions", export)
        for path in sorted(vault.glob("*.md"))[:100]:
            path.write_text(path.read_text(encoding="utf-8") + "\nMy own line.\n", encoding="utf-8")
        timed("export after 100 edits of notes", export)
        timed("pull, nothing to import", lambda: len(library.pull(vault).changes), repeat=3)
        timed(
            "export grouped by topic", lambda: dict(Counter(e.status for e in library.export(vault, group_by="topic")))
        )
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
