"""Count how often a taxonomy's phrases occur in texts with and without their topic.

Used by ``taxonomy check``: a phrase that is common without its topic does more harm than good. For some thousand texts.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from briefreader.tagging.tagger import Tagger
    from briefreader.tagging.vectors import Document


class PhraseUse(NamedTuple):
    """Number of texts with a phrase: with its topic, and without."""

    with_topic: int
    without: int


def phrase_use(tagger: Tagger, documents: Iterable[Document]) -> dict[tuple[str, str], PhraseUse]:
    """Return the use of each phrase that occurs, by topic and phrase, without hints and domain words."""
    phrases, topics = tagger.prior.phrases.phrases, tagger.taxonomy.ids
    found: dict[bool, Counter[tuple[str, str]]] = {True: Counter(), False: Counter()}
    for taggings, hits in tagger.tag_groups(documents):
        for number, phrase in {*zip(hits.documents.tolist(), hits.phrases.tolist(), strict=True)}:
            if phrases[phrase].kind == "phrase":
                topic = topics[phrases[phrase].topic]
                found[topic in taggings[number].earned][topic, phrases[phrase].text] += 1
    return {key: PhraseUse(found[True][key], found[False][key]) for key in found[True] | found[False]}
