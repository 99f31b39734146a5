"""Words → the best insights, in order.

Every word adds what it found (``units``); the hundred best are compared with the query letter by letter. Insights
that hold every word exactly stand before all others; ties go to the newest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from briefreader.search.aliases import Aliases
from briefreader.search.index import Index
from briefreader.search.units import Alternative, Unit, Units
from briefreader.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import numpy.typing as npt

    from briefreader.search.index import Postings

RELATED = 2 / 3  # a hit belongs to the query when it scores this part of the best
_RERANKED = 64
_COMPARED = 2000  # characters of a text that are compared with the query
_MOST_WORDS = 32
_GROUP = 64  # insights a group when the best of many are looked for


class Cancelled(Exception):
    """The query is not wanted any more."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """An insight found: its key, a score (1 and above: every word exactly), and what was found in it."""

    key: int
    score: float
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """All that a list of words found: ``keys`` and float32 ``scores`` of the candidates, ``units`` by word."""

    keys: npt.NDArray[np.int32]
    scores: npt.NDArray[np.float32]
    exact: npt.NDArray[np.bool_]
    units: tuple[Unit, ...]


class Ranker:
    """Searches an index. Not for several threads at once."""

    def __init__(self, aliases: Iterable[Sequence[str]] = ()) -> None:
        self.index = Index()
        self.aliases = Aliases(aliases)
        self._units = Units(self.index)
        self._scores: npt.NDArray[np.float32] = np.zeros(0, np.float32)

    def find(
        self,
        postings: Postings,
        words: Sequence[str],
        *,
        mask: npt.NDArray[np.bool_] | None = None,
        titles_only: bool = False,
        at_least: int = _RERANKED,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Found:
        """The best ``at_least`` insights (more when they are level), unordered.

        ``mask`` by key: who may be found at all. Raises Cancelled.
        """
        words = words[:_MOST_WORDS]
        alternatives = self._alternatives(words)
        units: list[Unit] = []
        for i, word in enumerate(words):
            if cancelled():
                raise Cancelled
            instead = [a.terms for a in alternatives if a.start <= i < a.end]
            units.append(
                self._units.find(
                    postings, word, last=i == len(words) - 1, titles_only=titles_only, alternatives=instead
                )
            )
        allowed = self.index.alive if mask is None else mask
        exact = _in_all([u.exact for u in units])
        exact = exact[allowed[exact]]
        keys, scores = self._best(units, allowed, exact, at_least)
        return Found(keys, scores, np.isin(keys, exact), tuple(units))

    def _alternatives(self, words: Sequence[str]) -> list[Alternative]:
        vocabulary = self.index.vocabulary
        found = [a for a in self.aliases.find(words) if all(vocabulary.find(t) >= 0 for t in a.terms)]
        for i in range(len(words) - 1):
            joined = words[i] + words[i + 1]
            if vocabulary.find(joined) >= 0:
                found.append(Alternative(i, i + 2, (joined,)))
        for i, word in enumerate(words):
            found.extend(Alternative(i, i + 1, parts) for parts in self._splits(word))
        return found

    def _splits(self, word: str) -> list[tuple[str, str]]:
        """The likeliest ways to read a word as two that were run together."""
        vocabulary = self.index.vocabulary
        ways: list[tuple[int, tuple[str, str]]] = []
        for cut in range(1, len(word)):
            left, right = vocabulary.find(word[:cut]), vocabulary.find(word[cut:])
            if left >= 0 and right >= 0:
                both = min(int(vocabulary.df[left]), int(vocabulary.df[right]))
                ways.append((both, (word[:cut], word[cut:])))
        ways.sort(reverse=True)
        return [parts for _, parts in ways[:2]]

    def _best(
        self,
        units: Sequence[Unit],
        allowed: npt.NDArray[np.bool_],
        exact: npt.NDArray[np.int32],
        at_least: int,
    ) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
        size = self.index.size
        if self._scores.size != size:
            self._scores = np.zeros(size, np.float32)
        scores = self._scores
        for unit in units:
            scores[unit.docs] += unit.values
        scores *= allowed
        keys = np.union1d(_top(scores, at_least), _cut(exact, scores[exact], at_least))
        result = scores[keys]
        scores.fill(0)
        return keys, result


def rerank(
    query: str,
    found: Found,
    texts: Mapping[int, tuple[str, str]],
    days: npt.NDArray[np.int32],
) -> list[Ranked]:
    """The insights found, best first: words found, then closeness of the whole query to title and text, then date."""
    from rapidfuzz.fuzz import partial_ratio

    best = float(found.scores.max(initial=0.0)) or 1.0
    ranked = []
    for key, score, exact in zip(found.keys.tolist(), found.scores.tolist(), found.exact.tolist(), strict=True):
        if key in texts:
            title, text = texts[key]
            value = score / best + 0.001 * (
                partial_ratio(query, fold(title)) + 0.6 * partial_ratio(query, fold(text)[:_COMPARED])
            )
            value -= 0.02 * len(text) / 600
            ranked.append((exact, value, int(days[key]), key, title, text))
    ranked.sort(reverse=True, key=lambda r: r[:4])
    return [Ranked(key, value + exact, title, text) for exact, value, _, key, title, text in ranked]


def _in_all(lists: Sequence[npt.NDArray[np.int32]]) -> npt.NDArray[np.int32]:
    """The keys that every one of the sorted lists holds."""
    if not lists:
        return np.zeros(0, np.int32)
    ordered = sorted(lists, key=len)
    result = ordered[0]
    for other in ordered[1:]:
        if not result.size or not other.size:
            return result[:0]
        place = np.minimum(np.searchsorted(other, result), other.size - 1)
        result = result[other[place] == result]
    return result


def _cut(keys: npt.NDArray[np.int32], scores: npt.NDArray[np.float32], at_least: int) -> npt.NDArray[np.int32]:
    """The keys of the best ``at_least`` scores, the highest keys among those that are level at the end."""
    if keys.size <= at_least:
        return keys
    order = np.argpartition(scores, keys.size - at_least)
    last = scores[order[keys.size - at_least]]
    above = keys[scores > last]
    level = np.sort(keys[scores == last])
    return np.concatenate([above, level[level.size - (at_least - above.size) :]])


def _top(scores: npt.NDArray[np.float32], at_least: int) -> npt.NDArray[np.int32]:
    """Keys of the best of a dense array, without sorting it: the maxima of groups give a bound from below."""
    whole = scores.size // _GROUP * _GROUP
    bound = 0.0
    if whole // _GROUP > at_least:
        maxima = scores[:whole].reshape(-1, _GROUP).max(axis=1)
        bound = float(np.partition(maxima, maxima.size - at_least)[maxima.size - at_least])
    keys = np.flatnonzero(scores >= bound if bound > 0 else scores > 0).astype(np.int32)
    return _cut(keys, scores[keys], at_least)
