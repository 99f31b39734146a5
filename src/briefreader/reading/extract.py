"""Key insights of a document that states none: the sentences that say most of what it says, each one of a block.

Linear in the features of ``features.py``, then maximal marginal relevance (Carbonell & Goldstein, 1998), within a
budget of words. Two profiles: NEWS for digests of many bullets and links, ESSAY for long paragraphs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from briefreader.reading.features import ESSAY, NEWS, Sentence, cosine, is_news, score, split
from briefreader.reading.insights import Passage, first_clause

if TYPE_CHECKING:
    from briefreader.reading.markdown import Block

TopicFinder = Callable[[str], Sequence[tuple[str, int, int]]]
"""Topics named in a text, as (topic id, start, end)."""

MOST = 6
BUDGET = 130
LAMBDA = 0.6
SHORTEST, LONGEST = 6, 60


def extract(body: str, found: list[Block], finder: TopicFinder | None = None) -> list[Passage]:
    """At most six passages of ``body`` in its order, of ``BUDGET`` words together."""
    sentences = split(body, found)
    chosen = select(sentences, NEWS if is_news(found) else ESSAY, finder)
    return [
        Passage(first_clause(s.text), s.text, s.start, s.end, "extracted")
        for s in sorted(chosen, key=lambda s: s.start)
    ]


def select(
    sentences: list[Sentence], weights: dict[str, float], finder: TopicFinder | None = None, *, most: int = MOST
) -> list[Sentence]:
    """The key sentences, best first: MMR over ``score``, at most one a block."""
    scores = score(sentences, weights, finder)
    pool = [i for i, s in enumerate(sentences) if SHORTEST <= s.words <= LONGEST]
    pool = sorted(pool, key=lambda i: -scores[i])[:120]
    if not pool:
        return []
    top = max(scores[pool[0]], 1e-9)
    nearest = dict.fromkeys(pool, 0.0)
    chosen: list[Sentence] = []
    left = BUDGET
    while pool and len(chosen) < most:
        fitting = [i for i in pool if sentences[i].words <= left]
        if not fitting:
            break
        best = max(fitting, key=lambda i: LAMBDA * scores[i] / top - (1 - LAMBDA) * nearest[i])
        picked = sentences[best]
        chosen.append(picked)
        left -= picked.words
        pool = [i for i in pool if sentences[i].block != picked.block]
        for i in pool:
            nearest[i] = max(nearest[i], cosine(sentences[i].vector, picked.vector))
    return chosen
