"""Count how often a taxonomy's phrases occur in texts with and without their topic.

Used by ``taxonomy check``: a phrase that is common without its topic does more harm than good. For some thousand texts.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from briefreader.tagging.prior import batches

if TYPE_CHECKING:
    from collections.abc import Iterable

    from briefreader.tagging.prior import Prior
    from briefreader.tagging.vectors import Document


class PhraseUse(NamedTuple):
    """Number of texts with a phrase: with its topic, and without."""

    with_topic: int
    without: int


def phrase_use(prior: Prior, tagged: Iterable[tuple[Document, frozenset[str]]]) -> dict[tuple[str, str], PhraseUse]:
    """Return the use of each phrase that occurs in texts with these topics, by topic and phrase.

    Topics that no text has are omitted, and so are hints and domain words.
    """
    pairs, phrases, ids = list(tagged), prior.phrases.phrases, prior.taxonomy.ids
    given = frozenset().union(*(topics for _, topics in pairs))
    found: dict[bool, Counter[tuple[str, str]]] = {True: Counter(), False: Counter()}
    rest = iter(pairs)
    for group in batches(document for document, _ in pairs):
        topics = [has for _, (_, has) in zip(group, rest, strict=False)]
        hits = prior.finder.find(group, prior.vocabulary.encode(group))
        for number, phrase in {*zip(hits.documents.tolist(), hits.phrases.tolist(), strict=True)}:
            if phrases[phrase].kind == "phrase" and (topic := ids[phrases[phrase].topic]) in given:
                found[topic in topics[number]][topic, phrases[phrase].text] += 1
    return {key: PhraseUse(found[True][key], found[False][key]) for key in found[True] | found[False]}
