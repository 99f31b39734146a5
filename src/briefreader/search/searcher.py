"""Search for a parsed query: ranked insights and titles of briefings, with highlights.

The words determine the rank; phrases, negations, scopes and the caller's mask restrict the results.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from briefreader.search import highlights
from briefreader.search.aliases import Aliases
from briefreader.search.analysis import FUNCTION_WORDS, Words, is_half_bigram, query_terms, term_positions
from briefreader.search.index import Index
from briefreader.search.ranking import RERANKED, Ranked, Ranker, SearchCancelled, rerank
from briefreader.search.text_cache import Text, Texts, folded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import numpy.typing as npt

    from briefreader.query import Query, Term
    from briefreader.search.analysis import TermPosition
    from briefreader.search.index import Postings
    from briefreader.search.term_matches import Unit

MIN_CONTENT_WORDS = 2  # minimum content words of a query whose function words are ignored
_TEXTS_AT_ONCE = 500  # texts that are read between checks for cancellation


@dataclass(frozen=True, slots=True)
class Match:
    r"""An insight that matches, or a briefing whose title matches; then ``key`` is the negative key of the briefing.

    ``spans`` are the matches as offsets into ``title + "\n" + text``. ``partial`` matches lack words of the query, and
    follow all others; ``meaning`` says that a match was only found by meaning.
    """

    key: int
    score: float
    spans: tuple[tuple[int, int], ...]
    partial: bool = False
    meaning: bool = False


class Searcher:
    """Search a library's insights and the titles of its briefings. Call ``refresh`` first; not thread-safe.

    Positions are those of ``Index``.
    """

    def __init__(self, aliases: Iterable[Sequence[str]] = ()) -> None:
        self.index = Index()
        self._ranker = Ranker(self.index, Aliases(aliases))
        self._texts = Texts()

    def set_aliases(self, aliases: Iterable[Sequence[str]]) -> None:
        """Replace the aliases from the taxonomy."""
        self._ranker = Ranker(self.index, Aliases(aliases))

    def refresh(self, postings: Postings) -> None:
        """Load what has changed in the library."""
        self.index.refresh(postings)

    def mask(self, insights: Iterable[int], briefings: Iterable[int] = ()) -> npt.NDArray[np.bool_]:
        """Return a mask over all positions, from keys of insights and of briefings (for their titles)."""
        return place_mask(self.index.size, (*insights, *(self.index.insights + key for key in briefings)))

    def search(
        self,
        postings: Postings,
        query: Query,
        limit: int,
        *,
        mask: npt.NDArray[np.bool_] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
        spans: bool = True,
    ) -> list[Match]:
        """Return up to ``limit`` matches, best first; partial matches come last.

        With ``sort:date``, or without words to rank by, return the newest matching insights, with the score 0.

        Args:
            postings: the stored index.
            query: the parsed query.
            limit: maximum number of matches.
            mask: positions to which the results are restricted.
            cancelled: called repeatedly; if it returns True, the search stops.
            spans: whether to find the spans to highlight, which takes about half of the time.

        Raises:
            SearchCancelled: ``cancelled`` returned True.
        """
        prepared = self._prepare(postings, query, mask, cancelled)
        by_date = query.sort == "date" or not prepared.units
        if by_date and prepared.units:
            prepared.allowed = place_mask(self.index.size, self._ranker.related(prepared.units, prepared.allowed))
        pool = max(RERANKED, limit)
        while True:
            ranked = self._newest if by_date else self._ranked
            found = ranked(postings, prepared, pool, cancelled)
            kept = []
            for r in found:
                if cancelled():
                    raise SearchCancelled
                if prepared.allows(r.text):
                    kept.append(r)
            if len(kept) >= limit or len(found) < pool:
                break
            pool *= 8
        first = self.index.insights
        complete = max((n for n, r in enumerate(kept, 1) if not r.partial), default=0)
        return [
            Match(
                r.key if r.key < first else first - r.key,
                r.score,
                self._spans(r, prepared) if spans else (),
                n >= complete,
            )
            for n, r in enumerate(kept[:limit])
        ]

    def related(
        self, postings: Postings, query: Query, mask: npt.NDArray[np.bool_] | None = None
    ) -> npt.NDArray[np.int64]:
        """Return the sorted positions of all texts that match the query."""
        prepared = self._prepare(postings, query, mask)
        if not prepared.units:
            return np.flatnonzero(prepared.allowed)
        places = self._ranker.related(prepared.units, prepared.allowed)
        if prepared.needs_texts:
            kept = [place for place, text in self._read(postings, places.tolist()).items() if prepared.allows(text)]
            return np.array(sorted(kept), np.int64)
        return places

    def briefings_of(self, places: npt.NDArray[np.integer[Any]]) -> npt.NDArray[np.int32]:
        """Return the key of the briefing at each of the positions."""
        briefings: npt.NDArray[np.int32] = self.index.briefing[places]
        return briefings

    def spellings(self, postings: Postings, word: str) -> list[str]:
        """Return the terms similar to a word, [] if it consists of several terms."""
        words = query_terms(word)
        return [*self._ranker.units(postings, words)[0].spellings] if len(words) == 1 else []

    def holding_any(
        self, postings: Postings, terms: Iterable[Term], cancelled: Callable[[], bool] = lambda: False
    ) -> npt.NDArray[np.int32]:
        """Return the sorted keys of insights that contain any of ``terms`` exactly. Raises SearchCancelled."""
        found: set[int] = set()
        to_check: dict[int, list[_Phrase]] = {}  # by insight: phrases whose words it has in some order
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
            for key, text in self._read(postings, keys[start : start + _TEXTS_AT_ONCE]).items():
                sequences = _sequences((text.title, text.text))
                if any(phrase.occurs_in(sequences) for phrase in to_check[key]):
                    found.add(key)
        return np.array(sorted(found), np.int32)

    def _prepare(
        self,
        postings: Postings,
        query: Query,
        mask: npt.NDArray[np.bool_] | None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> _Prepared:
        """Look up the words of a query, and determine which texts may match."""
        phrases = [p for p in (_Phrase(t) for t in query.phrases) if p.terms]
        words = ranking_words(query)
        units = self._ranker.units(postings, words, titles_only=query.scopes == ("title",), cancelled=cancelled)
        prepared = _Prepared(query, words, phrases, units, self._allowed(postings, query, phrases, mask, cancelled))
        if query.scopes == ("text",):
            prepared.allowed[self.index.insights :] = False
        return prepared

    def _ranked(
        self, postings: Postings, prepared: _Prepared, pool: int, cancelled: Callable[[], bool] = lambda: False
    ) -> list[Ranked]:
        """Return the best results; briefings whose title equals the query come first."""
        best = self._ranker.best(prepared.units, prepared.allowed, pool)
        if cancelled():
            raise SearchCancelled
        typed = [word for term in prepared.query.terms if not term.negated for word in query_terms(term.text)]
        ranked = rerank(" ".join(typed), best, self._read(postings, best.keys.tolist()), self.index.days, pool)
        ranked.sort(key=lambda r: r.key < self.index.insights or query_terms(r.text.title) != typed)
        return ranked

    def _read(self, postings: Postings, places: Sequence[int]) -> dict[int, Text]:
        """Return texts by position: insights, and titles of briefings."""
        first, titles = self.index.insights, self.index.titles
        found = self._texts.get(postings, [place for place in places if place < first])
        found.update((p, folded(titles[p - first], "")) for p in places if p >= first)
        return found

    def _spans(self, found: Ranked, prepared: _Prepared) -> tuple[highlights.Span, ...]:
        """Return the spans to highlight in a text."""
        text = found.text
        whole = term_positions(f"{text.title}\n{text.text}", wholes=True) if prepared.phrases else []
        marked = [
            s for p in prepared.phrases for s in highlights.phrase_places(whole, p.terms, unfinished=p.unfinished)
        ]
        return highlights.spans(text.words, len(text.title), prepared.units, marked)

    def newest(self, allowed: npt.NDArray[np.bool_], most: int) -> list[int]:
        """Return the positions of the newest ``most`` insights, newest first; ``allowed`` is a mask by position."""
        places = np.flatnonzero(allowed[: self.index.insights])
        newest_first = np.lexsort((places, self.index.days[places]))[::-1]
        newest: list[int] = places[newest_first[:most]].tolist()
        return newest

    def _newest(
        self, postings: Postings, prepared: _Prepared, most: int, cancelled: Callable[[], bool] = lambda: False
    ) -> list[Ranked]:
        """Return the newest insights that may match, without scores."""
        texts = self._texts.get(postings, self.newest(prepared.allowed, most))
        return [Ranked(place, 0.0, text) for place, text in texts.items()]

    def _allowed(
        self,
        postings: Postings,
        query: Query,
        phrases: Sequence[_Phrase],
        mask: npt.NDArray[np.bool_] | None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> npt.NDArray[np.bool_]:
        """Return a mask of the texts that may match, by hidden insights, ``mask``, phrases and negations."""
        allowed = self.index.alive & (True if mask is None else mask)
        for phrase in phrases:
            if cancelled():
                raise SearchCancelled
            certain = phrase.terms[:-1] if phrase.unfinished else phrase.terms
            if certain and allowed.any():
                allowed &= place_mask(self.index.size, self._ranker.all_of(postings, certain))
        for term in query.negations:
            if cancelled():
                raise SearchCancelled
            if (phrase := _Phrase(term)).listed:
                allowed &= ~place_mask(self.index.size, self._ranker.all_of(postings, phrase.terms))
        return allowed


class _Phrase:
    """The terms of a word or phrase; a single character of a script without spaces is a prefix of its bigrams."""

    def __init__(self, term: Term) -> None:
        self.terms = query_terms(term.text)
        self.unfinished = term.unfinished or (len(self.terms) == 1 and is_half_bigram(self.terms[0]))

    @property
    def listed(self) -> bool:
        """Whether posting lists alone show which texts contain it."""
        return len(self.terms) == 1 and not self.unfinished

    def occurs_in(self, sequences: Iterable[Sequence[TermPosition]]) -> bool:
        """Whether the terms follow each other in any of the texts, given as sequences of terms."""
        return any(highlights.phrase_places(s, self.terms, unfinished=self.unfinished) for s in sequences)


@dataclass(slots=True)
class _Prepared:
    """A query with the matches of its words, and a mask of the texts that may match."""

    query: Query
    words: list[str]
    phrases: list[_Phrase]
    units: list[Unit]
    allowed: npt.NDArray[np.bool_]
    unlisted: list[_Phrase] = field(init=False)  # negated phrases that must be checked in the text

    def __post_init__(self) -> None:
        negated = map(_Phrase, self.query.negations)
        self.unlisted = [phrase for phrase in negated if phrase.terms and not phrase.listed]

    @property
    def needs_texts(self) -> bool:
        """Whether posting lists alone can't decide which texts match."""
        return bool(self.phrases or self.unlisted) or self.query.scopes == ("text",)

    def allows(self, text: Text) -> bool:
        """Whether a text matches the query's phrases, negated phrases and scopes."""
        if not self.needs_texts:
            return True
        in_title = (text.title,) if self.query.scopes != ("text",) else ()
        in_text = (text.text,) if self.query.scopes != ("title",) else ()
        sequences = _sequences(in_title + in_text) if self.phrases or self.unlisted else []
        if not all(phrase.occurs_in(sequences) for phrase in self.phrases):
            return False
        if any(phrase.occurs_in(sequences) for phrase in self.unlisted):
            return False
        words = Words(text.text)
        return bool(in_title) or all(highlights.spans(words, 0, (unit,)) for unit in self.units)


def ranking_words(query: Query) -> list[str]:
    """Return the words to rank by, including those of phrases, without function words if there are enough others.

    Words in capitals (``US``, ``IT``) are names, not function words.
    """
    quoted = [word for term in query.phrases for word in query_terms(term.text)]
    free = [(word, term.text.isupper() and len(word) > 1) for term in query.words for word in query_terms(term.text)]
    content = [word for word, name in free if name or word not in FUNCTION_WORDS]
    return quoted + (content if len(quoted) + len(content) >= MIN_CONTENT_WORDS else [word for word, _ in free])


def place_mask(size: int, places: Iterable[int] | npt.NDArray[np.integer[Any]]) -> npt.NDArray[np.bool_]:
    """Return a mask of ``size`` positions that is True at ``places``; places outside the mask are ignored."""
    wanted = places if isinstance(places, np.ndarray) else np.fromiter(places, np.int64)
    found = np.zeros(size, bool)
    found[wanted[wanted < size]] = True
    return found


def _sequences(parts: Iterable[str]) -> list[list[TermPosition]]:
    return [term_positions(part, wholes=True) for part in parts]
