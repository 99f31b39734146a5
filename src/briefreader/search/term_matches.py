"""Score insights and titles of briefings for one query word, including similar spellings.

A word scores ``similarity * (6 + idf)``, in an insight's title 12 % more. The idf of a spelling counts the insights
with any spelling that is at least as similar, so a misspelling never scores more than the correct word. If the title of
a briefing matches, each of its insights scores at least 35 % of the title's score.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

import numpy as np

from briefreader.search.aliases import ALIAS
from briefreader.search.analysis import is_half_bigram
from briefreader.search.index import Docs
from briefreader.search.inflections import inflections

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from briefreader.search.aliases import Alternative
    from briefreader.search.index import Index, Postings
    from briefreader.search.vocabulary import Vocabulary

# similarity of a match to the word of the query
EXACT = 1.0
PREFIX_OF_LAST = 0.92  # a term that begins with the last word, which may be incomplete
PREFIX = 0.88  # a term that begins with any other word of the query
JOINED = 0.95  # two words of the query as one term
SPLIT = 0.86  # one word of the query as two terms
INFLECTED = 0.86  # another form of the word, such as its plural
FUZZY_PREFIX = 0.62  # a term whose beginning is similar to the last word
INFIX = 0.65  # a term that contains the word

TITLE = 1.12  # factor for a match in the title of an insight
IN_BRIEFING_TITLE = 0.35  # share of the score of a briefing's title for each of its insights
BASE = 6.0  # added to the idf
MAX_SPELLINGS = 32  # maximum similar terms of a word
MAX_QUERY_TERMS = 20  # further words of a query are ignored
COMMON_TERM_DIVISOR = 20_000  # a word in more than 1/20,000 of the insights is known, not a misspelling
SCORE_SCALE = 64  # scores are integers in 1/64; those of MAX_QUERY_TERMS words add up to less than 2^15
MAX_PREFIX_TERMS = 400  # maximum terms matched by a prefix, most frequent first
MAX_PREFIX_TERMS_SHORT = 100  # the same for a prefix of up to two letters
SHORT_TERM_LENGTH = 2  # words up to this length match exactly, and as prefixes only in titles
_CACHE_BYTES = 48 << 20  # maximum size of the cached matches


@dataclass(frozen=True, slots=True)
class Unit:
    """The matches of one query word.

    By position in the index, ``values`` are the scores of texts that contain the word or a similar one, in 1/64, and
    ``exact`` is whether a text contains the word itself or an alias. ``most`` is the maximum score outside titles.
    ``spellings`` are similar terms with their similarity, ``alternatives`` are terms that together replace the word.
    """

    word: str
    values: npt.NDArray[np.uint16]
    exact: npt.NDArray[np.bool_]
    most: int
    spellings: dict[str, float]
    alternatives: tuple[Alternative, ...]

    @property
    def nbytes(self) -> int:
        """Size in memory, in bytes."""
        return self.values.nbytes + self.exact.nbytes


def spellings(vocabulary: Vocabulary, word: str, *, last: bool, known: bool) -> dict[str, float]:
    """Return the terms most similar to ``word`` with their similarity, except terms that begin with ``word``.

    The ``last`` word of a query may be incomplete. A ``known`` word is assumed to be correct: its misspellings
    differ by one letter at most, and their similarity is lower.
    """
    length = len(word)
    if length <= SHORT_TERM_LENGTH or not len(vocabulary):
        return {}
    found: dict[int, float] = {}
    if length > 3:
        for i in vocabulary.containing(word):
            found[i] = INFIX
        if last and not known:
            for i in vocabulary.near_prefix(word):
                found[i] = FUZZY_PREFIX
    near, distances = vocabulary.near(word, 1 if length <= 4 or known else 2)
    for i, distance in zip(near.tolist(), distances.tolist(), strict=True):
        found[i] = max(fuzzy_similarity(length, distance, known=known), found.get(i, 0.0))
    for i in map(vocabulary.find, inflections(word)):
        found[i] = INFLECTED
    found.pop(-1, None)
    low, high = vocabulary.prefix_range(word)
    terms, df = vocabulary.terms, vocabulary.df
    ranked = sorted(((s, int(df[i]), i) for i, s in found.items() if not low <= i < high), reverse=True)
    return {terms[i]: s for s, _, i in ranked[:MAX_SPELLINGS]}


def is_short(word: str) -> bool:
    """Whether a word is too short to match longer terms in texts, since too many begin with it."""
    return len(word) <= SHORT_TERM_LENGTH and not is_half_bigram(word)


def fuzzy_similarity(length: int, distance: int, *, known: bool = False) -> float:
    """Return the similarity of a term that is ``distance`` edits away from a word of ``length`` letters.

    Further edits lower it less than the first one; each edit lowers it more in short words, and in ``known`` ones.
    """
    return 0.80 - 0.15 * (distance - 1) - (1.2 if known else 0.4) * distance / length


class Units:
    """Look up words in an index, and cache their matches until the index changes."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._cache: OrderedDict[tuple[object, ...], Unit] = OrderedDict()
        self._bytes = 0
        self._generation = -1

    def find(
        self,
        postings: Postings,
        word: str,
        *,
        last: bool = False,
        titles_only: bool = False,
        alternatives: Sequence[Alternative] = (),
    ) -> Unit:
        """Return the matches of a word; ``last`` means that it may be incomplete.

        ``alternatives`` replace the word, alone or with its neighbours, in insights that contain all their terms.
        """
        if self._generation != self._index.generation:
            self._cache.clear()
            self._bytes = 0
            self._generation = self._index.generation
        key = (word, last, titles_only, *alternatives)
        unit = self._cache.get(key)
        if unit is None:
            unit = self._find(postings, word, last, titles_only, alternatives)
            self._cache[key] = unit
            self._bytes += unit.nbytes
            while self._bytes > _CACHE_BYTES and len(self._cache) > MAX_QUERY_TERMS:
                self._bytes -= self._cache.popitem(last=False)[1].nbytes
        else:
            self._cache.move_to_end(key)
        return unit

    def all_of(self, postings: Postings, terms: Sequence[str]) -> Docs:
        """Return the insights with all terms; ``titles`` are those with all terms in the title."""
        lists = sorted((self._index.docs(postings, t) for t in terms), key=lambda d: d.everywhere.size)
        if not lists:
            return Docs()
        everywhere, titles = lists[0].everywhere, lists[0].titles
        for other in lists[1:]:
            everywhere, titles = _common(everywhere, other.everywhere), _common(titles, other.titles)
        return Docs(everywhere, titles)

    def _find(
        self,
        postings: Postings,
        word: str,
        last: bool,
        titles_only: bool,
        alternatives: Sequence[Alternative],
    ) -> Unit:
        """Look up a word; see ``find``."""
        index = self._index
        groups = [(EXACT, index.docs(postings, word))]
        groups += [(a.similarity, self.all_of(postings, a.terms)) for a in alternatives]
        short = is_short(word)
        begins = index.prefixed(
            postings, word, MAX_PREFIX_TERMS_SHORT if short else MAX_PREFIX_TERMS, titles_only=short
        )
        groups.append((PREFIX_OF_LAST if last else PREFIX, begins))
        known = index.frequency(word) > index.count // COMMON_TERM_DIVISOR
        similar: dict[str, float] = {}
        for vocabulary in (index.recent, index.vocabulary):
            similar |= spellings(vocabulary, word, last=last, known=known)
        by_similarity: dict[float, list[str]] = {}
        for term, similarity in similar.items():
            by_similarity.setdefault(similarity, []).append(term)
        groups += zip(by_similarity, index.unions(postings, list(by_similarity.values())), strict=True)
        if titles_only:
            groups = [(s, d.in_titles(index.insights)) for s, d in groups]
        exact = np.zeros(index.size, bool)
        for similarity, docs in groups:
            if similarity in (EXACT, ALIAS):
                exact[docs.everywhere] = True
        values, most = self._weigh(groups)
        if not titles_only and (titles := values[index.insights :]).any():
            weak = (titles * IN_BRIEFING_TITLE).astype(np.uint16)
            own = values[: index.insights]
            np.maximum(own, weak[index.briefing[: index.insights]], out=own)
        return Unit(word, values, exact, most, similar, tuple(alternatives))

    def _weigh(self, groups: list[tuple[float, Docs]]) -> tuple[npt.NDArray[np.uint16], int]:
        """Return the best score by position, and the maximum outside titles; ``groups`` are (similarity, matches)."""
        count, seen = self._index.count, 0
        worth: list[tuple[int, npt.NDArray[np.int32]]] = []
        for similarity, docs in sorted(groups, key=lambda g: -g[0]):
            if docs.everywhere.size:
                seen += docs.everywhere.size
                weight = similarity * (BASE + log((count + 1) / min(seen, count)))
                worth.append((round(SCORE_SCALE * weight), docs.everywhere))
                worth.append((round(SCORE_SCALE * weight * TITLE), docs.titles))
        values = np.zeros(self._index.size, np.uint16)
        for weight, keys in sorted(worth, key=lambda w: w[0]):
            values[keys] = weight  # ascending weights: the best is written last
        most = worth[0][0] if worth else round(SCORE_SCALE * (BASE + log(count + 1)))
        return values, most


def _common(some: npt.NDArray[np.int32], others: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Return the keys that are in both sorted lists."""
    if not some.size or not others.size:
        return some[:0]
    place = np.minimum(np.searchsorted(others, some), others.size - 1)
    common: npt.NDArray[np.int32] = some[others[place] == some]
    return common
