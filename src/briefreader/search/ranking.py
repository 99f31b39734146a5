"""Rank insights and titles of briefings by words.

The score of a text is the sum of its scores for each word (``Unit``). The best texts are also compared with the query
letter by letter. Exact matches of all words come first; among equal results, the newest. A text with only some of the
words is a partial match.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import is_not
from typing import TYPE_CHECKING

import numpy as np

from briefreader.search.aliases import Alternative
from briefreader.search.term_matches import JOINED, MAX_QUERY_TERMS, SPLIT, Unit, Units

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy.typing as npt

    from briefreader.search.aliases import Aliases
    from briefreader.search.index import Index, Postings
    from briefreader.search.text_cache import Text

RELATED = 2 / 3  # minimum score, relative to the best, of a match of all words
PARTIAL = 0.3  # minimum score, relative to the best, of a partial match
_COMPLETE = 0.75  # maximum score of a partial match, relative to the sum of the words' best scores
RERANKED = 32  # maximum results that are compared letter by letter
_COMPARED = 0.7  # minimum score, relative to the best, for a result to be compared
_CLOSEST = 0.2  # maximum that the closeness to the query adds to a score
MIN_PART_LETTERS = 3  # minimum letters of each of two words that were joined
_RARE = 3  # maximum insights with a word that may be two words joined by mistake
_GROUP = 64  # ranks per group when the best of many are selected
_EXACT = np.uint16(1 << 15)  # more than any words can score together


class SearchCancelled(Exception):
    """Raised when a search is cancelled, for example by a newer query."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A result: ``key`` is its position in the index; ``score`` is above 1 only for an exact match of all words.

    A result is ``partial`` if it lacks words of the query.
    """

    key: int
    score: float
    text: Text
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Scored:
    """Texts: positions in the index (``keys``), scores, and whether they match all words exactly.

    Results below the score ``enough`` are partial, unless they are exact.
    """

    keys: npt.NDArray[np.int64]
    scores: npt.NDArray[np.int64]
    exact: npt.NDArray[np.bool_]
    enough: float


class Ranker:
    """Score the insights and titles of briefings of an index. Not thread-safe."""

    def __init__(self, index: Index, aliases: Aliases) -> None:
        self._index = index
        self._aliases = aliases
        self._units = Units(index)
        self._finished: list[Unit] = []
        self._of_finished = np.zeros(0, np.uint16), np.zeros(0, bool)

    def units(
        self,
        postings: Postings,
        words: Sequence[str],
        *,
        titles_only: bool = False,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> list[Unit]:
        """Return the matches of each word; the last word may be a prefix. Raises SearchCancelled."""
        words = words[:MAX_QUERY_TERMS]
        alternatives = self._alternatives(words)
        units: list[Unit] = []
        for i, word in enumerate(words):
            if cancelled():
                raise SearchCancelled
            instead = [a for a in alternatives if a.start <= i < a.end]
            last = i == len(words) - 1
            units.append(self._units.find(postings, word, last=last, titles_only=titles_only, alternatives=instead))
        return units

    def all_of(self, postings: Postings, terms: Sequence[str]) -> npt.NDArray[np.int32]:
        """Return the sorted keys of the insights that contain all terms exactly."""
        return self._units.all_of(postings, terms).everywhere

    def best(self, units: Sequence[Unit], allowed: npt.NDArray[np.bool_], limit: int) -> Scored:
        """Return up to ``limit`` texts, unordered: exact matches of all words, then those with the highest scores."""
        scores, exact = self._sum(units)
        ranks = np.multiply(scores + _EXACT * exact, allowed)
        keys = _top(ranks, limit)
        best = int(scores[keys].max(initial=0))
        keys = keys[scores[keys] >= (PARTIAL if len(units) > 1 else RELATED) * best]
        enough = max(RELATED * best, _COMPLETE * sum(unit.most for unit in units))
        return Scored(keys, scores[keys].astype(np.int64), exact[keys], enough)

    def related(self, units: Sequence[Unit], allowed: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
        """Return the sorted positions of all texts in the mask ``allowed`` that match the query (see ``RELATED``)."""
        scores = np.multiply(self._sum(units)[0], allowed)
        best = int(scores.max(initial=0))
        return np.flatnonzero(scores >= RELATED * best) if best else np.zeros(0, np.int64)

    def _sum(self, units: Sequence[Unit]) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.bool_]]:
        """Return, by position, the total score of all words, and whether all words match exactly.

        The sum for all words but the last is cached, since only the last word changes while the user types.
        """
        *finished, last = units
        if not finished:
            return last.values, last.exact
        if len(finished) != len(self._finished) or any(map(is_not, finished, self._finished)):
            scores, exact = finished[0].values, finished[0].exact
            for unit in finished[1:]:
                scores, exact = scores + unit.values, exact & unit.exact
            self._finished, self._of_finished = finished, (scores, exact)
        scores, exact = self._of_finished
        return scores + last.values, exact & last.exact

    def _alternatives(self, words: Sequence[str]) -> list[Alternative]:
        """Return the aliases, joined words and split words that could replace words of a query."""
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
        """Return up to two ways to split a word that may be two words, likeliest first."""
        ways: list[tuple[int, tuple[str, str]]] = []
        for cut in range(MIN_PART_LETTERS, len(word) - MIN_PART_LETTERS + 1):
            parts = (word[:cut], word[cut:])
            both = min(map(self._index.frequency, parts))
            if both:
                ways.append((both, parts))
        ways.sort(reverse=True)
        return [parts for _, parts in ways[:2]]


def rerank(
    query: str, found: Scored, texts: Mapping[int, Text], days: npt.NDArray[np.int32], limit: int
) -> list[Ranked]:
    """Return the best ``limit`` results, best first: exact matches of all words, then by score, then by date.

    For the best ones, the closeness of the whole query to title and text is added to the score.
    """
    best = int(found.scores.max(initial=0)) or 1
    order = np.lexsort((found.keys, days[found.keys], found.scores, found.exact))[::-1][:limit]
    columns = zip(*(each[order].tolist() for each in (found.keys, found.scores, found.exact)), strict=True)
    rows = [(key, score / best, exact, texts[key]) for key, score, exact in columns if key in texts]
    enough = found.enough / best
    compared = sum(exact or value >= _COMPARED for _, value, exact, _ in rows[:RERANKED])
    close = _closeness(query, [text for *_, text in rows[:compared]])
    ranked = [
        (place < compared, exact, value + (close[place] if place < compared else 0.0), int(days[key]), key, value)
        for place, (key, value, exact, _) in enumerate(rows)
    ]
    ranked.sort(reverse=True)
    return [
        Ranked(key, value / (1 + _CLOSEST) + exact, texts[key], not exact and bare < enough)
        for _, exact, value, _, key, bare in ranked
    ]


def _closeness(query: str, texts: Sequence[Text]) -> list[float]:
    """Return how close a query is to whole texts: 0 to ``_CLOSEST``, minus 0.02 per 600 characters of text.

    The title of a briefing is only close if it has few other words.
    """
    from rapidfuzz.fuzz import partial_ratio, ratio
    from rapidfuzz.process import cdist

    if not texts:
        return []
    both = [t.folded_title for t in texts] + [t.folded_text for t in texts]
    parts = cdist([query], both, scorer=partial_ratio, dtype=np.float32)[0].reshape(2, -1)
    close = _CLOSEST / 2 * parts.sum(axis=0) / 100 - 0.02 / 600 * np.array([len(t.text) for t in texts], np.float32)
    values: list[float] = close.tolist()
    for place, text in enumerate(texts):
        if not text.text:
            values[place] = _CLOSEST * ratio(query, text.folded_title) / 100
    return values


def _top(ranks: npt.NDArray[np.uint16], most: int) -> npt.NDArray[np.int64]:
    """Return the positions of the best ``most`` non-zero ranks, unordered; among equal ranks, the last positions.

    The maxima of groups give a lower bound, which leaves few ranks to be compared.
    """
    bound = 1
    groups = ranks.size // _GROUP
    if groups > most:
        maxima = ranks[: groups * _GROUP].reshape(_GROUP, groups).max(axis=0)
        bound = max(int(np.partition(maxima, groups - most)[groups - most]), 1)
    places = np.flatnonzero(ranks >= bound)
    if places.size <= most:
        return places
    kept = ranks[places]
    last = np.partition(kept, kept.size - most)[kept.size - most]
    above, level = places[kept > last], places[kept == last]
    return np.concatenate([above, level[level.size - (most - above.size) :]])
