"""Count the texts that contain a phrase, with and without its topic.

``taxonomy check`` warns about phrases that are frequent in texts without their topic.
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
    """Numbers of texts that contain a phrase: with its topic, and without it."""

    with_topic: int
    without: int


def phrase_use(prior: Prior, tagged: Iterable[tuple[Document, frozenset[str]]]) -> dict[tuple[str, str], PhraseUse]:
    """Return the use of phrases, by topic and phrase.

    Topics that none of the texts has are left out, and so are hints, domain words and phrases that don't occur.

    Args:
        prior: the taxonomy's prior.
        tagged: texts with the topics they have; all are kept in memory.
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
