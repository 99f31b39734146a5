"""Extract key insights from a text that states few: the best candidates, without repetitions.

The fitted ranker scores the candidates; maximal marginal relevance (Carbonell & Goldstein 1998) avoids repetitions. At
most one insight is chosen from an entry of a digest, and from a block outside entries. ``MIN_INSIGHTS`` to
``MAX_INSIGHTS`` are chosen, depending on how many candidates are likely to be good: fewer if there are too few
candidates, only one if none is good, and at most one from a notice.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, pstdev
from typing import TYPE_CHECKING

import numpy as np

from briefreader.reading.candidates import Candidate, Passages, Sentence, find_candidates
from briefreader.reading.insight_features import LONG, Terms, addresses_reader, feature_rows, is_english, speaks_as_we
from briefreader.reading.insight_ranker import InsightModel, shipped_model

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from briefreader.markdown import Block
    from briefreader.reading.digest import Entry
    from briefreader.reading.insight_features import Floats
    from briefreader.reading.turns import Turn

MIN_INSIGHTS, MAX_INSIGHTS = 3, 8
LIKELY = 0.5  # a candidate with this probability is likely to be good
UNLIKELY = 0.3  # if no candidate reaches this probability, as in an agenda, one insight is enough
DIVERSITY = 0.15  # weight of repetition; the weight of relevance is 1 minus this
# maximum sentences of a notice, and minimum share of them that speaks to the reader;
# fitted by ``python -m benchmarks.reading notices``
NOTICE_SENTENCES, NOTICE_SHARE = 25, 0.42
# bias and weight of the share of sentences with "we" or "you"; fitted by ``python -m benchmarks.reading promotion``
PROMOTION = (-3.5, 6.3)
_MIN_SPOKEN = 4  # minimum words of a sentence; shorter ones are fragments
_POOL = 60  # maximum candidates that are compared for repetition


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its probability of being good, rank value, entry (-1: none) and vector (terms, values)."""

    candidate: Candidate
    good: float
    rank: float
    entry: int
    vector: tuple[npt.NDArray[np.intp], Floats]


@dataclass(frozen=True, slots=True)
class Described:
    """The candidates of a text, with their features (``rows``) and their words (``terms``)."""

    passages: Passages
    rows: Floats
    terms: Terms


def describe_candidates(
    title: str, body: str, found: Sequence[Block], entries: Sequence[Entry], turns: Mapping[int, Turn]
) -> Described:
    """Return the candidates of ``body``, whose blocks are ``found``, with the features ``insight_features.NAMES``."""
    leads = {e.first: e.text for e in entries if e.title and e.text < found[e.first].end}
    passages = find_candidates(body, found, turns, leads)
    terms = Terms(title, passages, found)
    return Described(passages, feature_rows(passages, found, entries, terms), terms)


def rank_candidates(described: Described, entries: Sequence[Entry], model: InsightModel | None = None) -> list[Ranked]:
    """Return the candidates in text order, scored by ``model`` (default: the shipped one)."""
    passages = described.passages
    scores = (model or shipped_model()).score(described.rows, english=is_english(passages.sentences))
    entry_of = {n: e for e, entry in enumerate(entries) for n in range(entry.first, entry.last + 1)}
    row, term, value = described.terms.vectors
    ends = np.searchsorted(row, np.arange(len(scores) + 1))
    return [
        Ranked(c, good, rank, entry_of.get(c.block, -1), (term[a:b], value[a:b]))
        for c, (good, rank), (a, b) in zip(passages.candidates, scores, pairwise(ends), strict=True)
    ]


def spoken_to(sentences: Sequence[Sentence]) -> tuple[int, float]:
    """Return the number of sentences, and the share of them that speaks to the reader; fragments don't count."""
    whole = [s for s in sentences if s.words >= _MIN_SPOKEN]
    return len(whole), fmean(map(addresses_reader, whole)) if whole else 0.0


def we_or_you(sentences: Sequence[Sentence]) -> float:
    """Return the share of sentences that speak to the reader or as "we"; fragments don't count."""
    whole = [s for s in sentences if s.words >= _MIN_SPOKEN]
    return fmean(addresses_reader(s) or speaks_as_we(s) for s in whole) if whole else 0.0


def promotion(sentences: Sequence[Sentence]) -> float:
    """Return the probability that an insight from a text with these sentences is promotional."""
    bias, weight = PROMOTION
    return 1 / (1 + math.exp(-(bias + weight * we_or_you(sentences))))


def is_notice(sentences: Sequence[Sentence]) -> bool:
    """Whether a text is a notice: a short text such as an invitation, a request, or a message about an account."""
    if not 1 < sum(s.words >= _MIN_SPOKEN for s in sentences) <= NOTICE_SENTENCES:
        return False  # a single sentence is too little to judge by
    return spoken_to(sentences)[1] >= NOTICE_SHARE


def choose(ranked: Sequence[Ranked], sentences: Sequence[Sentence]) -> list[Ranked]:
    """Choose the key insights, best first.

    ``sentences`` are all sentences of the text. From a notice, at most one insight is chosen, which neither speaks to
    the reader nor says "we".
    """
    if is_notice(sentences):
        free = [not (addresses_reader(s) or speaks_as_we(s)) for s in sentences]
        neutral = [r for r in ranked if r.good >= LIKELY and all(free[r.candidate.first : r.candidate.last + 1])]
        return sorted(neutral, key=lambda r: -r.rank)[:1]
    if not ranked:
        return []
    values = _relevance(ranked)
    likely = [i for i, r in enumerate(ranked) if r.good >= UNLIKELY]
    pool = likely if len(likely) >= MIN_INSIGHTS else range(len(ranked))
    best_first = sorted(pool, key=lambda i: -values[i])[:_POOL]
    weighed = [ranked[i] for i in best_first]
    vectors = np.zeros((len(weighed), 1 + max((int(terms.max(initial=0)) for terms, _ in (r.vector for r in weighed)))))
    for n, one in enumerate(weighed):
        vectors[n, one.vector[0]] = one.vector[1]
    relevance = (1 - DIVERSITY) * np.array([values[i] for i in best_first])
    repeated = np.zeros(len(weighed))  # the similarity of each candidate to the most similar chosen one
    chosen: list[Ranked] = []
    left = [*range(len(weighed))]
    wanted = _wanted(ranked)
    while left and len(chosen) < wanted:
        merits = relevance - DIVERSITY * repeated
        best = left[int(np.argmax(merits[left]))]
        chosen.append(weighed[best])
        left = [n for n in left if not _together(weighed[n], weighed[best])]
        repeated = np.maximum(repeated, vectors @ vectors[best])
    if len(sentences) > LONG[0]:
        return chosen
    surest = max(chosen, key=lambda r: r.good)
    return sorted(chosen, key=lambda r: r is not surest)  # put the most likely insight first, since it is read most


def _wanted(ranked: Sequence[Ranked]) -> int:
    """Return how many insights to choose, given the candidates' probabilities."""
    if max(r.good for r in ranked) < UNLIKELY:
        return 1
    return max(MIN_INSIGHTS, min(MAX_INSIGHTS, sum(r.good >= LIKELY for r in ranked)))


def _relevance(ranked: Sequence[Ranked]) -> list[float]:
    """Return the rank values, standardised within the text and mapped to 0..1."""
    ranks = [r.rank for r in ranked]
    mean, deviation = fmean(ranks), pstdev(ranks) or 1.0
    return [1 / (1 + math.exp((mean - rank) / deviation)) for rank in ranks]


def _together(a: Ranked, b: Ranked) -> bool:
    """Whether two candidates belong to the same entry or block, so only one of them is chosen."""
    if a.entry >= 0 or b.entry >= 0:
        return a.entry == b.entry
    return a.candidate.block == b.candidate.block
