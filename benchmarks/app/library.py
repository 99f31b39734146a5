"""Generate a library of any size.

    python -m benchmarks.app.library 100000 FOLDER [--insights 10]

Briefings consist of sentences of the sample documents. Some words are replaced by new ones, at the rate of Heaps' law,
which makes the vocabulary grow as in real text. Each briefing has ten insights, topics of the shipped taxonomy with
scores (some topics are much more frequent than others), one of 200 sources and a day in ten years. A tenth is read, and
one in a hundred is starred. The same arguments always give the same library, apart from timestamps. An existing library
is not changed.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import re
import time
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from briefreader import paths, reading
from briefreader.library import Library
from briefreader.model import Briefing, Insight, Original
from briefreader.reading.identity import INDEXED, Fingerprint
from briefreader.storage import briefings, identity, journal
from briefreader.storage.database import now

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from briefreader.storage.database import Connection

SLICE = 1000  # briefings per transaction
FIRST_DAY = date(2016, 1, 1)
DAYS = 3650
HEAPS_K, HEAPS_B = 30, 0.55  # vocabulary = K n^b; typical of English (Manning et al., IIR, 5.1.1)
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_PROSE = re.compile(r"[A-Z][^\[\]<>|*_#`]{30,240}[.!?]")


class Sentences:
    """A generator of random text whose vocabulary grows by Heaps' law."""

    def __init__(self, folder: Path, seed: int = 20260101) -> None:
        self.rng = random.Random(seed)
        bodies = [b.body for b in reading.read(folder) if isinstance(b, Briefing)]
        found = {s.strip() for body in bodies for line in body.splitlines() for s in _SENTENCE.split(line)}
        self._all = sorted(s for s in found if _PROSE.fullmatch(s))
        seen = {w.lower() for s in self._all for w in s.split() if w.isalpha()}
        self._stems = sorted(w for w in seen if len(w) > 5)
        self._vocabulary = len(seen)
        self._words = 0

    def some(self, count: int) -> str:
        """Return ``count`` sentences, in which some words are replaced by new ones."""
        words = " ".join(self.rng.choices(self._all, k=count)).split()
        self._words += len(words)
        while self._vocabulary < HEAPS_K * self._words**HEAPS_B:
            self._vocabulary += 1
            one, other = self.rng.choices(self._stems, k=2)
            words[self.rng.randrange(len(words))] = one[: self.rng.randint(3, 5)] + other[-self.rng.randint(3, 6) :]
        return " ".join(words)

    def title(self, most: int) -> str:
        """Return the beginning of a sentence, at most ``most`` words."""
        return " ".join(self.some(1).split()[: self.rng.randint(4, most)]).rstrip(".,;:!?—–-")


def briefing(text: Sentences, number: int, insights: int) -> Briefing:
    """Return a briefing: a paragraph for each insight, a heading for every five."""
    rng = text.rng
    body, found = "", []
    for n in range(1, insights + 1):
        if n % 5 == 1:
            body += f"## {text.title(6)}\n\n"
        title, words = text.title(8), text.some(rng.randint(1, 3))
        start = len(body)
        body += f"**{title}**: {words}"
        found.append(Insight(n, title, words, start, len(body), "stated"))
        body += "\n\n"
    day = FIRST_DAY + timedelta(days=rng.randrange(DAYS))
    return Briefing(
        text.title(9), body, "md", source=f"Letter {rng.randrange(200):03}", published=day.isoformat(),
        insights=tuple(found), original=Original(f"{number}\n{body}".encode(), "md", f"made/{number}.md"),
    )  # fmt: skip


def store(con: Connection, batch: int, given: Briefing, topics: Sequence[str], rng: random.Random) -> None:
    """Store a briefing and its scores, as adding and tagging do."""
    digest = hashlib.sha256(given.original.data).hexdigest()
    sketch = tuple(sorted(rng.getrandbits(63) for _ in range(INDEXED)))
    fingerprint = Fingerprint(digest, "", "", sketch, digest, given.words, given.origin, ())
    key = briefings.insert(con, given, fingerprint, now())
    journal.record(con, batch, "briefing", str(key), None, {})
    identity.add_alias(con, batch, key, fingerprint, given.original)
    # the first topics are the most frequent; the last one in the sample may become a suggestion
    few = list(dict.fromkeys(topics[int(len(topics) * rng.random() ** 2)] for _ in range(3)))
    rows = [[0, topic, round(rng.uniform(0.4, 0.95), 3), "document", 0.5] for topic in few[:-1]]
    if rng.random() < 0.2:
        rows.append([0, few[-1], round(rng.uniform(0.2, 0.4), 3), "", 0.0])
    rows += [
        [n, rng.choice(few), round(rng.uniform(0.3, 0.9), 3), "document", 1.0]
        for n in range(1, len(given.insights) + 1, 2)
    ]
    journal.put(con, batch, "suggestion", str(key), {"model": "made", "digest": "made", "rows": sorted(rows)})


def fill(library: Library, made: Iterable[Briefing], rng: random.Random) -> None:
    """Store briefings, mark some as read and starred, and build the search index."""
    topics = library.taxonomy.ids
    with library.db.writing() as con:
        batch = journal.begin(con, "add", "made up", bulk=True)
    for part in slices(made):
        with library.db.writing() as con:
            for each in part:
                store(con, batch, each, topics, rng)
    with library.db.writing() as con:
        journal.finish(con, batch, "made up")
    ids = [row.id for row in library.rows(library.keys())]
    library.mark(rng.sample(ids, len(ids) // 10), read=True)
    library.mark(rng.sample(ids, len(ids) // 100), starred=True)
    library.warm()


def slices(made: Iterable[Briefing]) -> Iterator[list[Briefing]]:
    """Yield briefings in lists of ``SLICE``."""
    part: list[Briefing] = []
    for each in made:
        part.append(each)
        if len(part) == SLICE:
            yield part
            part = []
    yield part


def make(folder: Path, count: int, insights: int = 10) -> Path:
    """Generate a library of ``count`` briefings in ``folder`` unless there is one."""
    if not (folder / "library.db").exists():
        text = Sentences(paths.shipped("sample_docs"))
        with Library(folder) as library:
            fill(library, (briefing(text, number, insights) for number in range(count)), text.rng)
    return folder


def main() -> None:
    """Run the benchmark with the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int, help="number of briefings")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--insights", type=int, default=10, help="insights per briefing")
    given = parser.parse_args()
    began = time.perf_counter()
    make(given.folder, given.count, given.insights)
    with Library(given.folder) as library:
        print(
            f"{library.count():,} briefings, {library.stats().insights:,} insights,"
            f" {(given.folder / 'library.db').stat().st_size / 1e6:,.0f} MB, {time.perf_counter() - began:.0f} s"
        )


if __name__ == "__main__":
    main()
