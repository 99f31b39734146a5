"""Measure the speed of scoring, learning from a decision, and tagging a library.

    python benchmarks/tagging_speed.py [--documents N] [--words N] [--topics N]

The documents are generated from random words, whose frequencies follow Zipf's law, and phrases of the taxonomy. Times
of scoring and learning are CPU times, the best of several runs; those of a library are wall-clock times.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from briefreader import paths
from briefreader.library import Library
from briefreader.tagging import Labelled, Tagger
from briefreader.taxonomy import Taxonomy, Topic

if TYPE_CHECKING:
    from collections.abc import Callable

FILE_BRIEFINGS = 10_000  # per file, since the size of files is limited


def documents(count: int, words: int, taxonomy: Taxonomy) -> list[tuple[str, str]]:
    """Return ``count`` random documents of ``words`` words."""
    rng = random.Random(0)
    letters = "etaoinshrdlucmfwypvbgkjqxz"
    vocabulary = ["".join(rng.choices(letters, k=rng.randint(2, 10))) for _ in range(30_000)]
    weights = [1 / (rank + 3) for rank in range(len(vocabulary))]
    phrases = [phrase for topic in taxonomy.topics for phrase in topic.phrases]
    made = []
    for _ in range(count):
        text = rng.choices(vocabulary, weights, k=words)
        for _ in range(max(words // 50, 1)):
            text[rng.randrange(words)] = rng.choice(phrases)
        made.append((" ".join(text[:6]).capitalize(), " ".join(text) + "."))
    return made


def made_up(topics: int) -> Taxonomy:
    """Return a taxonomy of ``topics`` topics with five phrases each.

    Every tenth topic is the broader topic of the nine that follow.
    """
    rng = random.Random(1)
    letters = "etaoinshrdlucmfwypvbgkjqxz"

    def word() -> str:
        return "".join(rng.choices(letters, k=rng.randint(3, 9)))

    def topic(number: int) -> Topic:
        phrases = (f"{word()} {word()}", word(), f"{word()} {word()}", word())
        above = f"t{number - number % 10}" if number % 10 else ""
        return Topic(f"t{number}", f"{word()} {word()} {number}", keywords=phrases, broader=above)

    return Taxonomy(tuple(topic(number) for number in range(topics)))


def best(work: Callable[[], object], times: int = 5) -> float:
    """Return the least CPU time of ``times`` runs, in seconds."""
    found = []
    for _ in range(times):
        begun = time.process_time()
        work()
        found.append(time.process_time() - begun)
    return min(found)


def scoring(taxonomy: Taxonomy) -> None:
    """Print the speed of scoring short and long documents."""
    for name, count, words in (("short", 3000, 150), ("long", 150, 3000)):
        texts = documents(count, words, taxonomy)
        tagger = Tagger(taxonomy, ()).fit(texts)
        size = sum(len(title) + len(text) for title, text in texts)
        seconds = best(lambda tagger=tagger, texts=texts: tagger.score(texts))
        print(f"scoring {name} documents: {count / seconds:,.0f} per second, {size / seconds / 1e6:.1f} MB/s")


def learning(taxonomy: Taxonomy) -> None:
    """Print how long it takes to learn from a decision."""
    texts = documents(201, 150, taxonomy)
    tagger = Tagger(taxonomy, ()).fit(texts)
    topic = taxonomy.ids[0]
    labels = [
        Labelled(*text, *((frozenset({topic}), frozenset()) if i % 3 else (frozenset(), frozenset({topic}))))
        for i, text in enumerate(texts)
    ]
    tagger.learn(labels[:-1])

    def correct() -> None:
        tagger.learn(labels, [topic])
        tagger.tag([texts[-1]])

    print(f"learning from a decision after 200 others, and tagging the document: {best(correct, 3) * 1000:.0f} ms")


def library(taxonomy: Taxonomy, count: int, words: int) -> None:
    """Print how long it takes to tag a library of ``count`` documents."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "briefings")
        source.mkdir()
        made = documents(count, words, taxonomy)
        for begin in range(0, count, FILE_BRIEFINGS):
            records = (
                {"title": f"{title} {i}", "text": text}
                for i, (title, text) in enumerate(made[begin : begin + FILE_BRIEFINGS], begin)
            )
            Path(source, f"{begin}.jsonl").write_text("".join(json.dumps(r) + "\n" for r in records), encoding="utf-8")
        taxonomy.dump(Path(folder, "taxonomy.yaml"))
        with Library(Path(folder, "library"), taxonomy=Path(folder, "taxonomy.yaml")) as opened:
            added = sum(item.status == "added" for item in opened.add([source]))
            assert added == count, f"{added} of {count} were added"
            for what in ("tag --all", "tag --all, second run"):
                begun = time.perf_counter()
                done = sum(1 for _ in opened.tag(everything=True))
                print(f"{what}: {done:,} briefings in {time.perf_counter() - begun:.1f} s")
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(f"peak memory of the largest process: {peak / 1024:,.0f} MB")


def main() -> None:
    """Run the benchmark with the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=0, help="also tag a library of this many documents")
    parser.add_argument("--words", type=int, default=200, help="words per document of the library")
    parser.add_argument("--topics", type=int, default=0, help="use a generated taxonomy of this size")
    options = parser.parse_args()
    shipped = Taxonomy.load(paths.shipped("taxonomy") / "ai-industry.yaml")
    taxonomy = made_up(options.topics) if options.topics else shipped
    scoring(taxonomy)
    learning(taxonomy)
    if options.documents:
        library(taxonomy, options.documents, options.words)


if __name__ == "__main__":
    main()
