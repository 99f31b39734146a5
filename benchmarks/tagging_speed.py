"""Tagging speed: scores alone, learning from one more decision, and a whole library.

    python benchmarks/tagging_speed.py [--documents N] [--words N] [--topics N]

Documents are made of a vocabulary with natural frequencies (Zipf) and the shipped taxonomy's phrases. CPU time of this
process, the best of five, so that a busy machine disturbs little; the library is measured by the clock.
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

A_FILE = 10_000  # briefings in one; a file must not be too large to be read


def documents(count: int, words: int, taxonomy: Taxonomy) -> list[tuple[str, str]]:
    """Make ``count`` random documents of ``words`` words."""
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
    """Make a taxonomy of ``topics`` topics with five phrases each, ten to a broader one."""
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
    """Return the shortest of ``times`` runs, in seconds of CPU."""
    found = []
    for _ in range(times):
        begun = time.process_time()
        work()
        found.append(time.process_time() - begun)
    return min(found)


def scoring(taxonomy: Taxonomy) -> None:
    """Time scoring."""
    for name, count, words in (("short", 3000, 150), ("long", 150, 3000)):
        texts = documents(count, words, taxonomy)
        tagger = Tagger(taxonomy, ()).fit(texts)
        size = sum(len(title) + len(text) for title, text in texts)
        seconds = best(lambda tagger=tagger, texts=texts: tagger.score(texts))
        print(f"scores, {name} documents: {count / seconds:,.0f} a second, {size / seconds / 1e6:.1f} MB a second")


def learning(taxonomy: Taxonomy) -> None:
    """Time learning from a correction."""
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

    print(f"a correction after 200 labels, and the open document again: {best(correct, 3) * 1000:.0f} ms")


def library(taxonomy: Taxonomy, count: int, words: int) -> None:
    """Time tagging a library of ``count`` documents."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "briefings")
        source.mkdir()
        made = documents(count, words, taxonomy)
        for begin in range(0, count, A_FILE):
            records = (
                {"title": f"{title} {i}", "text": text}
                for i, (title, text) in enumerate(made[begin : begin + A_FILE], begin)
            )
            Path(source, f"{begin}.jsonl").write_text("".join(json.dumps(r) + "\n" for r in records), encoding="utf-8")
        taxonomy.dump(Path(folder, "taxonomy.yaml"))
        with Library(Path(folder, "library"), taxonomy=Path(folder, "taxonomy.yaml")) as opened:
            added = sum(item.status == "added" for item in opened.add([source]))
            assert added == count, f"{added} of {count} were added"
            for what in ("tag --all", "tag --all again"):
                begun = time.perf_counter()
                done = sum(1 for _ in opened.tag(everything=True))
                print(f"{what}: {done:,} briefings in {time.perf_counter() - begun:.1f} s")
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(f"largest process: {peak / 1024:,.0f} MB")


def main() -> None:
    """Run the benchmark as the command line asks."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=0, help="size of a library to tag, with --words each")
    parser.add_argument("--words", type=int, default=200)
    parser.add_argument("--topics", type=int, default=0, help="tag by a made-up taxonomy of this size")
    options = parser.parse_args()
    shipped = Taxonomy.load(paths.shipped("taxonomy") / "ai-industry.yaml")
    taxonomy = made_up(options.topics) if options.topics else shipped
    scoring(taxonomy)
    learning(taxonomy)
    if options.documents:
        library(taxonomy, options.documents, options.words)


if __name__ == "__main__":
    main()
