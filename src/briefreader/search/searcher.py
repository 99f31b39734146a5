"""A parsed query → ranked insights with what to mark in them.

Words rank; phrases, negations and the caller's mask decide who may be found at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from briefreader.search import briefing_of_insight, highlights
from briefreader.search.aliases import Aliases
from briefreader.search.analysis import Words, is_half_bigram, query_terms, term_positions
from briefreader.search.index import Index
from briefreader.search.ranking import RERANKED, Ranked, Ranker, SearchCancelled, rerank
from briefreader.search.text_cache import Text, Texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import numpy.typing as npt

    from briefreader.query import Query, Term
    from briefreader.search.analysis import TermPosition
    from briefreader.search.index import Postings
    from briefreader.search.term_matches import Unit

_TEXTS_AT_ONCE = 500  # texts read between two looks at whether the search is cancelled


@dataclass(frozen=True, slots=True)
class Match:
    r"""An insight found; ``spans`` are offsets into ``title + "\n" + text`` of what answered."""

    key: int
    score: float
    spans: tuple[tuple[int, int], ...]


class Searcher:
    """Searches the insights of a library. ``refresh`` first; one thread at a time."""

    def __init__(self, aliases: Iterable[Sequence[str]] = ()) -> None:
        self.index = Index()
        self._ranker = Ranker(self.index, Aliases(aliases))
        self._texts = Texts()

    def set_aliases(self, aliases: Iterable[Sequence[str]]) -> None:
        """Take other names for the same thing from a taxonomy."""
        self._ranker = Ranker(self.index, Aliases(aliases))

    def refresh(self, postings: Postings) -> None:
        """Take over what has changed in the library."""
        self.index.refresh(postings)

    def mask(self, keys: Iterable[int]) -> npt.NDArray[np.bool_]:
        """Keys as a mask over all insights."""
        return briefing_of_insight.mask(self.index.size, keys)

    def search(
        self,
        postings: Postings,
        query: Query,
        limit: int,
        *,
        mask: npt.NDArray[np.bool_] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> list[Match]:
        """The best ``limit`` insights, best first (``sort:date``: the newest that belong to the query).

        ``mask`` by key says who may be found at all. Without words to rank by, the newest. Raises Cancelled.
        """
        words = _words(query)
        phrases = [p for p in (_Phrase(t) for t in query.phrases) if p.terms]
        titles_only = query.scopes == ("title",)
        units = self._ranker.units(postings, words, titles_only=titles_only, cancelled=cancelled)
        allowed = self._allowed(postings, query, phrases, mask, cancelled)
        by_date = query.sort == "date" or not units
        if by_date and units:
            related = self._ranker.related(units, allowed)
            allowed = np.zeros(allowed.size, bool)
            allowed[related] = True
        checks = _needs_texts(query, phrases)
        unlisted = _unlisted(query)
        pool = max(RERANKED, limit)
        while True:
            if cancelled():
                raise SearchCancelled
            if by_date:
                ranked = self._newest(postings, allowed, pool)
            else:
                best = self._ranker.best(units, allowed, pool)
                if cancelled():
                    raise SearchCancelled
                texts = self._texts.get(postings, best.keys.tolist())
                ranked = rerank(" ".join(words), best, texts, self.index.days, pool)
            kept = []
            for r in ranked:
                if cancelled():
                    raise SearchCancelled
                if not checks or _holds(r.words, query, phrases, unlisted, units):
                    kept.append(r)
            if len(kept) >= limit or len(ranked) < pool:
                break
            pool *= 8
        return [Match(r.key, r.score, self._spans(r, units, phrases)) for r in kept[:limit]]

    def related(
        self, postings: Postings, query: Query, mask: npt.NDArray[np.bool_] | None = None
    ) -> npt.NDArray[np.int64]:
        """Keys of all insights that belong to the query, whatever their order."""
        words = _words(query)
        phrases = [p for p in (_Phrase(t) for t in query.phrases) if p.terms]
        units = self._ranker.units(postings, words, titles_only=query.scopes == ("title",))
        allowed = self._allowed(postings, query, phrases, mask)
        if not units:
            return np.flatnonzero(allowed)
        keys = self._ranker.related(units, allowed)
        if _needs_texts(query, phrases):
            texts = Texts().get(postings, keys.tolist())
            unlisted = _unlisted(query)
            held = [key for key, words in texts.items() if _holds(words, query, phrases, unlisted, units)]
            return np.array(sorted(held), np.int64)
        return keys

    def spellings(self, postings: Postings, word: str) -> list[str]:
        """Terms like a word, or nothing where it stands for several terms."""
        words = query_terms(word)
        return [*self._ranker.units(postings, words)[0].spellings] if len(words) == 1 else []

    def holding_any(
        self, postings: Postings, terms: Iterable[Term], cancelled: Callable[[], bool] = lambda: False
    ) -> npt.NDArray[np.int32]:
        """Sorted keys of the insights that hold any of several words and phrases as they stand. Raises Cancelled."""
        found: set[int] = set()
        to_check: dict[int, list[_Phrase]] = {}  # by key: the phrases whose words the insight has, in whatever order
        for phrase in map(_Phrase, terms):
            if cancelled():
                raise SearchCancelled
            keys = self._ranker.all_of(postings, phrase.terms).tolist()
            if len(phrase.terms) < 2:
                found.update(keys)
            else:
                for key in keys:
                    to_check.setdefault(key, []).append(phrase)
        keys = sorted(to_check.keys() - found)
        for start in range(0, len(keys), _TEXTS_AT_ONCE):
            if cancelled():
                raise SearchCancelled
            texts = postings.texts(keys[start : start + _TEXTS_AT_ONCE])
            for key, parts in texts.items():
                sequences = _sequences(parts)
                if any(phrase.stands_in(sequences) for phrase in to_check[key]):
                    found.add(key)
        return np.array(sorted(found), np.int32)

    def _spans(self, found: Ranked, units: Sequence[Unit], phrases: Sequence[_Phrase]) -> tuple[highlights.Span, ...]:
        """What to mark in an insight."""
        words = found.words
        whole = term_positions(f"{words.title}\n{words.text}", wholes=True) if phrases else []
        marked = [s for p in phrases for s in highlights.phrase_places(whole, p.terms, unfinished=p.unfinished)]
        return highlights.spans(words.words, len(words.title), units, marked)

    def newest(self, allowed: npt.NDArray[np.bool_], most: int) -> list[int]:
        """Keys of the newest ``most`` of the allowed insights, newest first."""
        keys = np.flatnonzero(allowed)
        newest_first = np.lexsort((keys, self.index.days[keys]))[::-1]
        newest: list[int] = keys[newest_first[:most]].tolist()
        return newest

    def _newest(self, postings: Postings, allowed: npt.NDArray[np.bool_], most: int) -> list[Ranked]:
        keys = self.newest(allowed, most)
        texts = self._texts.get(postings, keys)
        return [Ranked(key, 0.0, held) for key, held in texts.items()]

    def _allowed(
        self,
        postings: Postings,
        query: Query,
        phrases: Sequence[_Phrase],
        mask: npt.NDArray[np.bool_] | None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> npt.NDArray[np.bool_]:
        """Who may be found: alive, in the mask, with all words of the phrases and without the negated words."""
        allowed = self.index.alive if mask is None else self.index.alive & mask
        for phrase in phrases:
            if cancelled():
                raise SearchCancelled
            if not allowed.any():
                return allowed
            certain = phrase.terms[:-1] if phrase.unfinished else phrase.terms
            if certain:
                allowed = allowed & self.mask(self._ranker.all_of(postings, certain).tolist())
        for term in query.negations:
            if cancelled():
                raise SearchCancelled
            if (phrase := _Phrase(term)).listed:
                allowed = allowed & ~self.mask(self._ranker.all_of(postings, phrase.terms).tolist())
        return allowed


class _Phrase:
    """A phrase's words; a single character of an unspaced script is the beginning of its bigrams."""

    def __init__(self, term: Term) -> None:
        self.terms = query_terms(term.text)
        self.unfinished = term.unfinished or (len(self.terms) == 1 and is_half_bigram(self.terms[0]))

    @property
    def listed(self) -> bool:
        """Whether posting lists tell who holds it."""
        return len(self.terms) == 1 and not self.unfinished

    def stands_in(self, sequences: Iterable[Sequence[TermPosition]]) -> bool:
        """Whether the words stand one after the other in any of the texts, given as their terms."""
        return any(highlights.phrase_places(s, self.terms, unfinished=self.unfinished) for s in sequences)


def _words(query: Query) -> list[str]:
    """The words that rank: free ones, and those of phrases."""
    return [word for term in (*query.phrases, *query.words) for word in query_terms(term.text)]


def _needs_texts(query: Query, phrases: Sequence[_Phrase]) -> bool:
    """Whether posting lists alone can't tell who answers."""
    return bool(phrases) or bool(_unlisted(query)) or query.scopes == ("text",)


def _unlisted(query: Query) -> list[_Phrase]:
    """What must not stand in an insight and is to be looked for in its text."""
    return [phrase for phrase in map(_Phrase, query.negations) if phrase.terms and not phrase.listed]


def _sequences(parts: Iterable[str]) -> list[list[TermPosition]]:
    return [term_positions(part, wholes=True) for part in parts]


def _holds(
    words: Text, query: Query, phrases: Sequence[_Phrase], unlisted: Sequence[_Phrase], units: Sequence[Unit]
) -> bool:
    """Whether an insight's words stand as the query's phrases and scopes ask."""
    in_title = (words.title,) if query.scopes != ("text",) else ()
    in_text = (words.text,) if query.scopes != ("title",) else ()
    sequences = _sequences(in_title + in_text) if phrases or unlisted else []
    if not all(phrase.stands_in(sequences) for phrase in phrases):
        return False
    if any(phrase.stands_in(sequences) for phrase in unlisted):
        return False
    if in_title:
        return True
    there = Words(words.text)
    return all(highlights.spans(there, 0, (unit,)) for unit in units)
