"""Searching all insights, and lists of briefings by their words."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING

from briefreader import query as language
from briefreader.library.indexing import CancelCheck, Indexing, not_cancelled
from briefreader.model import Hit
from briefreader.storage import filters, list_rows, postings

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    import numpy.typing as npt

    from briefreader.query import Query
    from briefreader.search.briefing_of_insight import Owners
    from briefreader.search.searcher import Match, Searcher
    from briefreader.storage.database import Connection
    from briefreader.taxonomy import Taxonomy

EXTRA_HITS = 6  # hits looked for beside those wanted: key sentences of entries that are found themselves fall out


def among_insights(asked: Query) -> bool:
    """Whether words are looked for in insights, too."""
    return not asked.scopes or not {"title", "text"}.isdisjoint(asked.scopes)


class Searching(Indexing):
    """Verbs that look insights up by their words."""

    _searcher: Searcher | None = None
    _loaded = False
    _named_by: Taxonomy | None = None
    _names: tuple[tuple[str, ...], ...] = ()
    _filtered: tuple[tuple[object, ...], npt.NDArray[np.bool_]] | None = None

    @cached_property
    def _owners(self) -> Owners:
        from briefreader.search.briefing_of_insight import Owners

        return Owners()

    def search(self, query: str, *, limit: int = 50, cancelled: CancelCheck = not_cancelled) -> list[Hit]:
        """The insights that answer a query, best first; without words the newest that meet its filters.

        Empty when ``cancelled``.
        """
        from briefreader.search.ranking import SearchCancelled

        asked = language.parse(query)
        try:
            with self._indexed(cancelled) as (con, reader):
                found = self._find(con, reader, asked, limit + EXTRA_HITS, cancelled)
                rows = list_rows.insight_rows(con, [m.key for m in found], self._topics)
        except SearchCancelled:
            return []
        by_key = {m.key: m for m in found}
        return [Hit(row, by_key[row.key].score, by_key[row.key].spans) for row in rows[:limit]]

    def remarks(self, query: str) -> list[str]:
        """Sentences on what a query was taken for where that may surprise: text instead of a filter, unknown topics."""
        asked = language.parse(query)
        found, known = [*asked.warnings], self._topics
        for filter_ in asked.filters if known is not None else ():
            named = filter_.key in ("topic", "any", "suggested") and filter_.value != "none"
            if named and not self._expand(filter_.value) & (known or set()):
                near = get_close_matches(filter_.value, sorted(known or ()), n=1)
                found.append(f"there is no topic {filter_.value}" + (f"; the nearest is {near[0]}" if near else ""))
        return found

    def warm(self) -> None:
        """Load the index, so that the first search doesn't wait for it. Takes a while; call it off the UI thread."""
        self._index_new()
        with self._indexed() as (_, reader):
            self._ready(reader)

    @property
    def searchable(self) -> bool:
        """Whether the index is loaded, by ``warm`` or a first search."""
        return self._loaded

    @contextmanager
    def _search_turn(self, cancelled: CancelCheck) -> Iterator[None]:
        """The index to oneself; raises SearchCancelled if nobody wants to know any more by then."""
        from briefreader.search.ranking import SearchCancelled

        with self._search_lock:
            if cancelled():
                raise SearchCancelled
            yield

    def _matching_briefings(
        self, con: Connection, asked: Query, named: npt.NDArray[np.int32], size: int, cancelled: CancelCheck
    ) -> npt.NDArray[np.bool_]:
        """Which briefings hold a query's words, in title, source, author or an insight: a mask by row key."""
        from briefreader.search.briefing_of_insight import mask

        words = [t.text for t in asked.terms if not t.negated]
        reader = postings.PostingsReader(con)
        found = mask(size, []) if words else ~mask(size, [])
        if words and among_insights(asked):
            found |= mask(size, named)
        with self._search_turn(cancelled):
            self._owners.refresh(reader, reader.state().highest)
            if words and among_insights(asked):
                wanted = replace(asked, terms=(*asked.phrases, *asked.words))
                found |= mask(size, self._owners.of(self._ready(reader).related(reader, wanted)))
            for term in asked.negations:
                found &= ~mask(size, self._owners.of(self._ready(reader).holding(reader, term)))
        return self._apply_scopes(con, asked, words, found)

    def _title_matches(
        self, con: Connection, asked: Query, cancelled: CancelCheck, *, quick: bool = False
    ) -> list[int]:
        """Row keys of the briefings whose title, source or author holds all words; ``quick`` takes them as spelt."""
        like = {}
        if not quick:
            reader = postings.PostingsReader(con)
            with self._search_turn(cancelled):
                like = {t.text: self._ready(reader).spellings(reader, t.text) for t in asked.words}
        words = [t.text for t in asked.terms if not t.negated]
        return filters.body_keys(con, words, column="title_fts", like=like)

    def _matching_by_text(
        self, con: Connection, asked: Query, named: npt.NDArray[np.int32], size: int
    ) -> npt.NDArray[np.bool_]:
        """The same from the full-text index alone: words as they are spelt, but nothing need be loaded.

        A single letter, which most bodies hold and which takes a second to tell of all, is looked for in titles.
        """
        from briefreader.search.briefing_of_insight import mask

        words = [t.text for t in asked.terms if not t.negated]
        found = mask(size, []) if words else ~mask(size, [])
        if words and all(len(word) > 1 for word in words):
            found |= mask(size, filters.body_keys(con, words))
        if words:
            found |= mask(size, named)
        for term in asked.negations:
            found &= ~mask(size, filters.body_keys(con, [term.text]))
        return self._apply_scopes(con, asked, words, found)

    @staticmethod
    def _apply_scopes(
        con: Connection, asked: Query, words: list[str], found: npt.NDArray[np.bool_]
    ) -> npt.NDArray[np.bool_]:
        """With the scopes that were asked for besides, and without titles that hold a negated word."""
        from briefreader.search.briefing_of_insight import mask

        if "body" in asked.scopes:
            found |= mask(found.size, filters.body_keys(con, words))
        if "notes" in asked.scopes:
            found |= mask(found.size, (key for key, _ in filters.note_keys(con, words)))
        for term in asked.negations:
            found &= ~mask(found.size, filters.body_keys(con, [term.text], column="title_fts"))
        return found

    def _best_owners(self, con: Connection, asked: Query, most: int, cancelled: CancelCheck) -> list[int]:
        """Row keys of the briefings of the best ``most`` insights, best first; a briefing may come several times."""
        import numpy as np

        reader = postings.PostingsReader(con)
        with self._search_turn(cancelled):
            found = self._find(con, reader, language.Query(terms=asked.terms), most, cancelled)
            keys = np.array([match.key for match in found], np.int32)
            self._owners.refresh(reader, int(keys.max(initial=0)))
            best: list[int] = self._owners.of(keys).tolist()
        return best

    def _ready(self, reader: postings.PostingsReader) -> Searcher:
        """The searcher with all that is in the library, and the taxonomy's names."""
        from briefreader.search.searcher import Searcher

        taxonomy = self._readable_taxonomy
        if self._searcher is None or taxonomy is not self._named_by:
            names = (*taxonomy.aliases, *((t.label, *t.alt) for t in taxonomy.topics if t.alt))
            if self._searcher is None:
                self._searcher = Searcher(names)
            elif names != self._names:
                self._searcher.set_aliases(names)
            self._named_by, self._names = taxonomy, names
        self._searcher.refresh(reader)
        self._loaded = True
        return self._searcher

    def _find(
        self, con: Connection, reader: postings.PostingsReader, asked: Query, limit: int, cancelled: CancelCheck
    ) -> list[Match]:
        from briefreader.search.searcher import Match

        if not asked.terms:
            keys = filters.insight_keys(con, asked, self._expand, self._topics, limit=limit)
            return [Match(key, 0.0, ()) for key in keys]
        searcher = self._ready(reader)
        mask = self._mask(con, asked, searcher, reader) if asked.filters else None
        elsewhere = self._body_and_note_matches(con, asked)
        if elsewhere is None:
            if asked.sort == "score":
                return self._by_score(con, reader, asked, limit, mask)
            return searcher.search(reader, asked, limit, mask=mask, cancelled=cancelled)
        outside = searcher.mask(elsewhere) & searcher.index.alive
        if mask is not None:
            outside &= mask
        inside = mask if among_insights(asked) else outside
        found = searcher.search(reader, asked, limit, mask=inside, cancelled=cancelled)
        outside[[m.key for m in found]] = False
        rest = searcher.newest(outside, limit - len(found))
        return found + [Match(key, 0.0, ()) for key in rest]

    def _by_score(
        self,
        con: Connection,
        reader: postings.PostingsReader,
        asked: Query,
        limit: int,
        mask: npt.NDArray[np.bool_] | None,
    ) -> list[Match]:
        """What belongs to the query, that first whose topics are surest."""
        searcher = self._ready(reader)
        among = searcher.related(reader, asked, mask).tolist()
        keys = filters.insight_keys(con, asked, self._expand, self._topics, limit=limit, among=among)
        found = {m.key: m for m in searcher.search(reader, asked, len(keys), mask=searcher.mask(keys))}
        return [found[key] for key in keys if key in found]

    def _mask(
        self, con: Connection, asked: Query, searcher: Searcher, reader: postings.PostingsReader
    ) -> npt.NDArray[np.bool_]:
        """Who meets the filters; kept while words are typed behind them and nothing in the library changes."""
        known = (asked.filters, self._readable_taxonomy.digest, *reader.version())
        if self._filtered is None or self._filtered[0] != known:
            keys = filters.insight_keys(con, asked, self._expand, self._topics)
            self._filtered = known, searcher.mask(keys)
        return self._filtered[1]

    def _body_and_note_matches(self, con: Connection, asked: Query) -> set[int] | None:
        """Keys of the insights whose notes or whose briefing's body or notes answer; None when not asked for."""
        if not {"notes", "body"} & set(asked.scopes):
            return None
        words = [t.text for t in asked.terms if not t.negated]
        owners: set[int] = set()
        if "body" in asked.scopes:
            owners |= set(filters.body_keys(con, words))
        if "notes" in asked.scopes:
            owners |= {key for key, _ in filters.note_keys(con, words)}
        return postings.PostingsReader(con).owned(sorted(owners))
