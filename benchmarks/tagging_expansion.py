"""Check that small additions to a library change few topics of its briefings.

    python -m benchmarks.tagging_expansion FOLDER

FOLDER has mails or other documents, one briefing each. Topics learn terms from the briefings of a library, so an added
topic or text could change the topics of other briefings. Both shipped taxonomies are fitted to the documents, and again
with one addition at a time: a topic that has only a label, or six texts of 30 words that name one topic many times. The
exit code is 1 if an addition changes more than 1 % of the (briefing, topic) pairs.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from briefreader import paths
from briefreader.model import Briefing
from briefreader.reading import read
from briefreader.tagging import Tagger
from briefreader.taxonomy import Taxonomy, Topic

if TYPE_CHECKING:
    from briefreader.tagging.vectors import Document

MAX_CHANGED = 0.01
LABELS = ("Distillation", "Quantum computing", "Education", "Models", "Strategy")
SHORT_TEXTS, SHORT_WORDS = 6, 30
ELSEWHERE = ("zugzwang", "umbral", "quince", "marrow", "thimble", "ostler", "pewter", "wicket")


def assigned(taxonomy: Taxonomy, library: list[Document], judged: list[Document]) -> set[tuple[int, str]]:
    """Return the (document, topic) pairs that a model fitted to ``library`` assigns."""
    tagger = Tagger(taxonomy, ()).fit(library)
    return {(number, topic) for number, found in enumerate(tagger.tag(judged)) for topic in found.tags}


def short_texts(topic: Topic) -> list[Document]:
    """Return short texts that name a topic very often, with some unrelated words.

    If a topic learned terms from such short texts, the unrelated words would be among them.
    """
    texts = []
    for number in range(SHORT_TEXTS):
        words = " ".join([*topic.phrases[number::SHORT_TEXTS]] * 3).split()[: SHORT_WORDS - len(ELSEWHERE)]
        texts.append((topic.label, " ".join([*words, *ELSEWHERE])))
    return texts


def changed(before: set[tuple[int, str]], after: set[tuple[int, str]], topics: tuple[str, ...]) -> float:
    """Return the share of the pairs of ``topics`` that were lost or added."""
    kept = {pair for pair in after if pair[1] in topics}
    return len(before ^ kept) / max(len(before), 1)


def main() -> int:
    """Print how much each addition changes; return 1 if one changes too much."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    files = sorted(path for path in parser.parse_args().folder.rglob("*") if path.is_file())
    library = [(b.title, b.body) for path in files for b in read(path) if isinstance(b, Briefing)]
    worst = 0.0
    for name in ("ai-briefings", "ai-industry"):
        taxonomy = Taxonomy.load(paths.shipped("taxonomy") / f"{name}.yaml")
        before = assigned(taxonomy, library, library)
        print(f"{name}: {len(library)} briefings, {len(before)} pairs")
        changes = {}
        for label in LABELS:
            if label.lower() not in {text.lower() for topic in taxonomy.topics for text in topic.phrases}:
                wider = replace(taxonomy, topics=(*taxonomy.topics, Topic(f"new-{label.split()[0].lower()}", label)))
                changes[f"a topic “{label}”"] = assigned(wider, library, library)
        for topic in taxonomy.topics[:4]:
            more = [*library, *short_texts(topic)]
            changes[f"six short texts on {topic.label}"] = assigned(taxonomy, more, library)
        for what, after in changes.items():
            share = changed(before, after, taxonomy.ids)
            worst = max(worst, share)
            print(f"  with {what}: {share:.2%} changed", flush=True)
    return int(worst > MAX_CHANGED)


if __name__ == "__main__":
    sys.exit(main())
