"""A word of the query → the insights that hold it or something like it, each with what that is worth.

A word counts ``similarity * (3 + idf)``, a title 12 % more. The idf of a spelling is that of all spellings at least
as similar together, so that a misspelt word is never worth more than the word itself.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from itertools import groupby
from math import log
from typing import TYPE_CHECKING

import numpy as np

from briefreader.search.index import Docs

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from briefreader.search.aliases import Alternative
    from briefreader.search.index import Index, Postings
    from briefreader.search.vocabulary import Vocabulary

EXACT = 1.0
PREFIX_OF_LAST = 0.92
PREFIX = 0.88
JOINED = 0.95
SPLIT = 0.86
FUZZY_PREFIX = 0.62
INFIX = 0.65
TITLE = 1.12
BASE = 6.0
_MOST_SPELLINGS = 64
_MOST_BEGUN = 400  # terms that begin with a word; the most frequent of them
_MOST_BEGUN_SHORT = 100
SHORT = 2  # words of so few letters are only looked for as they are, and at the beginning of words in titles
_CACHE_BYTES = 48 << 20


@dataclass(frozen=True, slots=True)
class Spelling:
    """A term that may stand for a word of the query, and how like it is: 1 is the word itself."""

    term: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Unit:
    """What one word of the query found.

    ``docs`` int32 keys and ``values`` float32, what each is worth; a key may stand several times with one value.
    ``exact`` are the sorted keys that hold the very word; ``spellings`` and ``alternatives`` say what else was looked
    for: terms like it, and terms that together stand for it.
    """

    word: str
    docs: npt.NDArray[np.int32]
    values: npt.NDArray[np.float32]
    exact: npt.NDArray[np.int32]
    spellings: tuple[Spelling, ...]
    alternatives: tuple[Alternative, ...]

    @property
    def nbytes(self) -> int:
        return self.docs.nbytes + self.values.nbytes + self.exact.nbytes


def spellings(vocabulary: Vocabulary, word: str, last: bool, common: int) -> list[Spelling]:
    """Terms of one vocabulary like ``word``, the most similar first; without the word itself and what begins with it.

    Words held by more than ``common`` insights are taken to be meant as they stand: no far spellings of them.
    """
    length = len(word)
    if length <= SHORT:
        return []
    known = vocabulary.find(word)
    frequent = known >= 0 and int(vocabulary.df[known]) > common
    edits = 1 if length <= 4 or frequent else 2
    found: dict[int, float] = {}
    if length > 3:
        for i in vocabulary.containing(word).tolist():
            found[i] = INFIX
        if last and not frequent:
            for i in vocabulary.near_prefix(word).tolist():
                found[i] = FUZZY_PREFIX
    near, distances = vocabulary.near(word, edits)
    for i, distance in zip(near.tolist(), distances.tolist(), strict=True):
        similarity = fuzzy_similarity(length, distance)
        if similarity > found.get(i, 0.0):
            found[i] = similarity
    low, high = vocabulary.prefix_range(word)
    terms, df = vocabulary.terms, vocabulary.df
    ranked = sorted(((s, int(df[i]), i) for i, s in found.items() if not low <= i < high), reverse=True)
    return [Spelling(terms[i], s) for s, _, i in ranked[:_MOST_SPELLINGS]]


def fuzzy_similarity(length: int, distance: int) -> float:
    """Similarity of a term ``distance`` edits away from a word of ``length`` letters."""
    return 0.80 - 0.15 * (distance - 1) - 0.4 * distance / length


class Units:
    """Looks words up in an index, and keeps what was found until the index changes."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._buffer: npt.NDArray[np.float32] = np.zeros(0, np.float32)
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
        """The unit of a word; ``last`` says that it may be still being typed.

        ``alternatives`` stand for the word, alone or with its neighbours, in insights that hold all their terms.
        """
        if self._generation != self._index.generation:
            self._cache.clear()
            self._bytes = 0
            self._generation = self._index.generation
            self._buffer = np.zeros(self._index.size, np.float32)
        key = (word, last, titles_only, *alternatives)
        unit = self._cache.get(key)
        if unit is None:
            unit = self._find(postings, word, last, titles_only, alternatives)
            self._cache[key] = unit
            self._bytes += unit.nbytes
            while self._bytes > _CACHE_BYTES and len(self._cache) > 1:
                self._bytes -= self._cache.popitem(last=False)[1].nbytes
        else:
            self._cache.move_to_end(key)
        return unit

    def _find(
        self,
        postings: Postings,
        word: str,
        last: bool,
        titles_only: bool,
        alternatives: Sequence[Alternative],
    ) -> Unit:
        index = self._index
        exact = index.docs(postings, word)
        groups = [(EXACT, exact)]
        groups += [(a.similarity, self.all_of(postings, a.terms)) for a in alternatives]
        begins = index.prefixed(postings, word, _MOST_BEGUN if len(word) > SHORT else _MOST_BEGUN_SHORT)
        if len(word) <= SHORT:
            begins = Docs(begins.titles, begins.titles)
        groups.append((PREFIX_OF_LAST if last else PREFIX, begins))
        common = index.count // 20_000 + 4
        both = (spellings(v, word, last, common) for v in (index.vocabulary, index.recent))
        like = sorted({s for found in both for s in found}, key=lambda s: (-s.similarity, s.term))
        for similarity, same in groupby(like, key=lambda s: s.similarity):
            groups.append((similarity, index.union(postings, [s.term for s in same])))
        if titles_only:
            groups = [(s, Docs(d.titles, d.titles)) for s, d in groups]
        docs, values = self._weigh(groups)
        return Unit(word, docs, values, groups[0][1].everywhere, tuple(like), tuple(alternatives))

    def _weigh(self, groups: list[tuple[float, Docs]]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
        """Every insight with the best that any group gives it."""
        count, seen = self._index.count, 0
        worth: list[tuple[float, npt.NDArray[np.int32]]] = []
        for similarity, docs in sorted(groups, key=lambda g: -g[0]):
            if docs.everywhere.size:
                seen += docs.everywhere.size
                weight = similarity * (BASE + log((count + 1) / min(seen, count)))
                worth.append((weight, docs.everywhere))
                worth.append((weight * TITLE, docs.titles))
        worth.sort(key=lambda w: w[0])
        buffer = self._buffer
        for weight, keys in worth:
            buffer[keys] = weight  # rising weights: what is written last is the best
        touched = np.concatenate([keys for _, keys in worth]) if worth else np.zeros(0, np.int32)
        if touched.size * 8 > buffer.size:
            touched = np.flatnonzero(buffer).astype(np.int32)
        values = buffer[touched]
        buffer[touched] = 0
        return touched, values

    def all_of(self, postings: Postings, terms: Sequence[str]) -> Docs:
        """Insights that hold every one of the terms (in their title: every one there)."""
        lists = sorted((self._index.docs(postings, t) for t in terms), key=lambda d: d.everywhere.size)
        if not lists:
            return Docs()
        everywhere, titles = lists[0].everywhere, lists[0].titles
        for other in lists[1:]:
            everywhere = np.intersect1d(everywhere, other.everywhere, assume_unique=True)
            titles = np.intersect1d(titles, other.titles, assume_unique=True)
        return Docs(everywhere, titles)
