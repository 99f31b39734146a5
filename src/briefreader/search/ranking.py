"""Words → the best insights, in order.

Every word adds what it found (``units``); the best are compared with the query letter by letter. Insights that hold
every word exactly stand before all others; ties go to the newest.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import is_not
from typing import TYPE_CHECKING

import numpy as np

from briefreader.search.aliases import Alternative
from briefreader.search.units import JOINED, SPLIT, Unit, Units

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy.typing as npt

    from briefreader.search.aliases import Aliases
    from briefreader.search.index import Index, Postings
    from briefreader.search.texts import Text

RELATED = 2 / 3  # an insight belongs to the query when it scores at least this part of the best
RERANKED = 32
_MOST_WORDS = 32
_SHORTEST_PART = 3  # letters of each of two words that were run together
_RARE = 3  # a word in more insights than this was not run together by mistake
_GROUP = 64  # scores a group when the best of many are looked for


class Cancelled(Exception):
    """The query is not wanted any more."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """An insight found; ``score`` is above 1 when it holds every word exactly."""

    key: int
    score: float
    words: Text


@dataclass(frozen=True, slots=True)
class Scored:
    """Insights with what their words are worth, unordered: int32 keys, float32 scores, and whether all is exact."""

    keys: npt.NDArray[np.int32]
    scores: npt.NDArray[np.float32]
    exact: npt.NDArray[np.bool_]


class Ranker:
    """Scores the insights of an index. Not for several threads at once."""

    def __init__(self, index: Index, aliases: Aliases) -> None:
        self._index = index
        self._aliases = aliases
        self._units = Units(index)
        self._scores: npt.NDArray[np.float32] = np.zeros(0, np.float32)
        self._finished: list[Unit] = []  # the words before the one being typed, from one key stroke to the next
        self._sum_of_finished = self._scores

    def units(
        self,
        postings: Postings,
        words: Sequence[str],
        *,
        titles_only: bool = False,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> list[Unit]:
        """What each word found; the last one may be the beginning of a word. Raises Cancelled."""
        words = words[:_MOST_WORDS]
        alternatives = self._alternatives(words)
        units: list[Unit] = []
        for i, word in enumerate(words):
            if cancelled():
                raise Cancelled
            instead = [a for a in alternatives if a.start <= i < a.end]
            last = i == len(words) - 1
            units.append(self._units.find(postings, word, last=last, titles_only=titles_only, alternatives=instead))
        return units

    def all_of(self, postings: Postings, terms: Sequence[str]) -> npt.NDArray[np.int32]:
        """Sorted keys of the insights that hold every one of the terms exactly."""
        return self._units.all_of(postings, terms).everywhere

    def best(self, units: Sequence[Unit], allowed: npt.NDArray[np.bool_], at_least: int) -> Scored:
        """The best ``at_least`` of the ``allowed`` insights (by key), and as many that hold every word exactly."""
        scores = self._sum(units, allowed)
        exact = _in_all([u.exact for u in units])
        exact = exact[allowed[exact]]
        keys = np.union1d(_top(scores, at_least), _cut(exact, scores[exact], at_least))
        found = Scored(keys, scores[keys], np.isin(keys, exact))
        scores.fill(0)
        return found

    def related(self, units: Sequence[Unit], allowed: npt.NDArray[np.bool_]) -> npt.NDArray[np.int32]:
        """Sorted keys of all ``allowed`` insights that belong to the query."""
        scores = self._sum(units, allowed)
        best = float(scores.max(initial=0.0))
        keys = np.flatnonzero(scores >= RELATED * best) if best else np.zeros(0, np.int64)
        scores.fill(0)
        return keys.astype(np.int32)

    def _sum(self, units: Sequence[Unit], allowed: npt.NDArray[np.bool_]) -> npt.NDArray[np.float32]:
        """Scores by key, in a buffer that the caller leaves zeroed."""
        if self._scores.size != self._index.size:
            self._scores = np.zeros(self._index.size, np.float32)
        scores = self._scores
        finished = list(units[:-1])
        if finished:
            if len(finished) != len(self._finished) or any(map(is_not, finished, self._finished)):
                for unit in finished:
                    scores[unit.docs] += unit.values
                self._finished, self._sum_of_finished = finished, scores.copy()
            else:
                np.copyto(scores, self._sum_of_finished)
        for unit in units[-1:]:
            scores[unit.docs] += unit.values
        scores *= allowed
        return scores

    def _alternatives(self, words: Sequence[str]) -> list[Alternative]:
        frequency = self._index.frequency
        named = {*self._aliases.find(words), *self._index.abbreviations.find(words)}
        found = [a for a in sorted(named) if all(map(frequency, a.terms))]
        for i in range(len(words) - 1):
            joined = words[i] + words[i + 1]
            if frequency(joined):
                found.append(Alternative(i, i + 2, (joined,), JOINED))
        for i, word in enumerate(words):
            if frequency(word) <= _RARE:
                found.extend(Alternative(i, i + 1, parts, SPLIT) for parts in self._splits(word))
        return found

    def _splits(self, word: str) -> list[tuple[str, str]]:
        """The likeliest ways to read a word as two that were run together."""
        ways: list[tuple[int, tuple[str, str]]] = []
        for cut in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
            parts = (word[:cut], word[cut:])
            both = min(map(self._index.frequency, parts))
            if both:
                ways.append((both, parts))
        ways.sort(reverse=True)
        return [parts for _, parts in ways[:2]]


def rerank(
    query: str, found: Scored, texts: Mapping[int, Text], days: npt.NDArray[np.int32], limit: int
) -> list[Ranked]:
    """The best ``limit`` of what was found, best first.

    Words count first; of the best, closeness of the whole query to title and text; then the date.
    """
    from rapidfuzz.fuzz import partial_ratio

    best = float(found.scores.max(initial=0.0)) or 1.0
    order = np.lexsort((found.keys, days[found.keys], found.scores, found.exact))[::-1][:limit]
    columns = (found.keys[order].tolist(), found.scores[order].tolist(), found.exact[order].tolist())
    ranked = []
    for place, (key, score, exact) in enumerate(zip(*columns, strict=True)):
        if (held := texts.get(key)) is None:
            continue
        value = score / best
        if place < RERANKED:
            close = 0.10 * partial_ratio(query, held.folded_title) + 0.10 * partial_ratio(query, held.folded_text)
            value += close / 100 - 0.02 * len(held.text) / 600
        ranked.append((place < RERANKED, exact, value, int(days[key]), key))
    ranked.sort(reverse=True)
    return [Ranked(key, value + exact, texts[key]) for _, exact, value, _, key in ranked]


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
    last = np.partition(scores, keys.size - at_least)[keys.size - at_least]
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
