"""Find the briefings that match a query with words, by title, source, author, insights, full text or notes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from briefreader import query as language
from briefreader.library.insight_search import among_insights
from briefreader.storage import filters, postings

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from briefreader.library.current_taxonomy import CurrentTaxonomy
    from briefreader.library.insight_search import InsightSearch
    from briefreader.library.progress import CancelCheck
    from briefreader.library.search_index import SearchIndex
    from briefreader.query import Query
    from briefreader.storage.database import Connection

MAX_RANKED_INSIGHTS = 200  # number of best matches by which briefings are sorted
MAX_CACHED_LISTS = 3  # typically the list without filters, the current one and the previous one


class BriefingMatches:
    """Finds the briefings that match a query's filters and words."""

    def __init__(self, taxonomy: CurrentTaxonomy, index: SearchIndex, search: InsightSearch) -> None:
        self._taxonomy = taxonomy
        self._index = index
        self._search = search
        self._lists: dict[object, list[int]] = {}  # the most recently used one is last
        self._array: tuple[list[int], npt.NDArray[np.int32]] | None = None  # the last list used, also as an array

    def keys(self, con: Connection, asked: Query, cancelled: CancelCheck, *, quick: bool) -> list[int]:
        """Return the row keys of matching briefings, in the query's order; none if cancelled.

        With ``quick``, a word matches only words that begin with it, in titles, sources, authors and full texts. That
        doesn't need the search index.
        """
        import numpy as np

        from briefreader.search.ranking import SearchCancelled

        every, last = self.listed(con, asked), self._array
        if last is None or last[0] is not every:
            last = self._array = every, np.array(every, np.int32)
        listed = last[1]
        size = int(listed.max(initial=0)) + 1
        spelt = quick or not among_insights(asked)
        try:
            named = np.array(self._title_matches(con, asked, cancelled, quick=spelt), np.int32)
            if quick:
                kept = listed[_by_text(con, asked, named, size)[listed]]
            else:
                kept = listed[self._by_insights(con, asked, named, size, cancelled)[listed]]
            if asked.sort in (None, "relevance"):
                owners = [] if spelt else self._best_owners(con, asked, MAX_RANKED_INSIGHTS, cancelled)
                kept = _best_first(kept, named, np.array(owners, np.int32), size)
        except SearchCancelled:
            return []
        keys: list[int] = kept.tolist()
        return keys

    def listed(self, con: Connection, asked: Query) -> list[int]:
        """Return the row keys of briefings that match the filters, in the query's order; recent lists are cached."""
        known = asked.filters, asked.sort, self._taxonomy.ids(), postings.PostingsReader(con).version()
        keys = self._lists.pop(known, None)
        if keys is None:
            keys = filters.briefing_keys(con, asked, self._taxonomy.expand, self._taxonomy.ids())
        self._lists[known] = keys
        while len(self._lists) > MAX_CACHED_LISTS:
            self._lists.pop(next(iter(self._lists), None), None)
        return keys

    def _by_insights(
        self, con: Connection, asked: Query, named: npt.NDArray[np.int32], size: int, cancelled: CancelCheck
    ) -> npt.NDArray[np.bool_]:
        """Return a mask by row key: the briefings with the query's words in title, source, author or an insight."""
        from briefreader.search.searcher import place_mask as mask

        words = [t.text for t in asked.terms if not t.negated]
        reader = postings.PostingsReader(con)
        found = mask(size, []) if words else ~mask(size, [])
        sought = bool(words) and among_insights(asked)
        if sought or asked.negations:
            with self._index.turn(cancelled):
                searcher = self._index.searcher(reader)
                if sought:
                    wanted = replace(asked, terms=(*asked.phrases, *asked.words))
                    found |= mask(size, named) | mask(size, searcher.briefings_of(searcher.related(reader, wanted)))
                refused = searcher.holding_any(reader, asked.negations, cancelled)
                found &= ~mask(size, searcher.briefings_of(refused))
        return _apply_scopes(con, asked, words, found)

    def _title_matches(
        self, con: Connection, asked: Query, cancelled: CancelCheck, *, quick: bool = False
    ) -> list[int]:
        """Return the briefings with all words in title, source or author; ``quick`` ignores similar spellings."""
        like = {}
        if not quick:
            reader = postings.PostingsReader(con)
            with self._index.turn(cancelled):
                like = {t.text: self._index.searcher(reader).spellings(reader, t.text) for t in asked.words}
        words = [t.text for t in asked.terms if not t.negated]
        return filters.body_keys(con, words, column="title_fts", like=like)

    def _best_owners(self, con: Connection, asked: Query, most: int, cancelled: CancelCheck) -> list[int]:
        """Return the briefing of each of the ``most`` best matches, best first; a briefing can occur repeatedly."""
        reader = postings.PostingsReader(con)
        with self._index.turn(cancelled):
            found = self._search.find(con, reader, language.Query(terms=asked.terms), most, cancelled, spans=False)
            owner = self._index.searcher(reader).index.briefing
            return [int(owner[match.key]) if match.key > 0 else -match.key for match in found]


def _by_text(con: Connection, asked: Query, named: npt.NDArray[np.int32], size: int) -> npt.NDArray[np.bool_]:
    """Return a mask of the briefings that contain words beginning with the query's, by SQLite's full-text index.

    If a word has only one letter, bodies aren't searched: most contain it, so the search would be slow.
    """
    from briefreader.search.searcher import place_mask as mask

    words = [t.text for t in asked.terms if not t.negated]
    found = mask(size, []) if words else ~mask(size, [])
    if words and all(len(word) > 1 for word in words):
        found |= mask(size, filters.body_keys(con, words))
    if words:
        found |= mask(size, named)
    for term in asked.negations:
        found &= ~mask(size, filters.body_keys(con, [term.text]))
    return _apply_scopes(con, asked, words, found)


def _apply_scopes(
    con: Connection, asked: Query, words: list[str], found: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Add matches in full texts and notes if the query asks for them.

    Drop those that have a negated word in title, source or author.
    """
    from briefreader.search.searcher import place_mask as mask

    if "body" in asked.scopes:
        found |= mask(found.size, filters.body_keys(con, words))
    if "notes" in asked.scopes:
        found |= mask(found.size, (key for key, _ in filters.note_keys(con, words)))
    for term in asked.negations:
        found &= ~mask(found.size, filters.body_keys(con, [term.text], column="title_fts"))
    return found


def _best_first(
    keys: npt.NDArray[np.int32], named: npt.NDArray[np.int32], owners: npt.NDArray[np.int32], size: int
) -> npt.NDArray[np.int32]:
    """Sort briefings: matches in title, source or author (``named``) first, then ``owners``, then the others."""
    import numpy as np

    rank = np.full(size, len(owners) + 1, np.int16)
    known = owners < size  # keys above all listed ones don't match the filters
    rank[owners[known][::-1]] = np.flatnonzero(known)[::-1] + 1
    rank[named[named < size]] = 0
    return keys[np.argsort(rank[keys], kind="stable")]
