"""Looking: lists of briefings, one briefing whole, its insights, and the counts beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from briefreader import query as language
from briefreader.errors import TaxonomyError
from briefreader.library.indexing import CancelCheck, not_cancelled
from briefreader.library.searching import Searching, among_insights
from briefreader.storage import briefings, counts, filters, list_rows, postings

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

    from briefreader.model import Briefing, BriefingRow, InsightRow, Original
    from briefreader.storage.counts import Stats
    from briefreader.storage.database import Connection

MAX_RANKED_INSIGHTS = 200  # insights that decide which briefings come first
list_ = list  # inside the class, ``list`` is a verb


@dataclass(frozen=True, slots=True)
class Facets:
    """How many briefings there are to choose from. ``inbox``: not scored yet, or with suggestions to decide."""

    total: int
    unread: int
    starred: int
    inbox: int
    noted: int
    topics: list[tuple[str, str, int]]  # id, label, count; in the taxonomy's order
    sources: list[tuple[str, int]]  # the most frequent first


class Browsing(Searching):
    """Verbs that only look."""

    _filter_cache: tuple[tuple[object, ...], npt.NDArray[np.int32]] | None = None

    def keys(
        self,
        query: str = "",
        *,
        limit: int | None = None,
        after: int | None = None,
        quick: bool = False,
        cancelled: CancelCheck = not_cancelled,
    ) -> list[int]:
        """Row keys of the briefings that answer a query.

        Newest first, or what ``sort:`` says. Free words are looked for in titles, sources and insights, and the best
        matches come first unless ``sort:date`` is asked for. ``after`` goes on behind a row key (a page). ``quick``
        takes words as they are spelt, and doesn't wait for the search index to load. Empty when ``cancelled``.
        """
        asked = language.parse(query)
        with self.db.reading() as con:
            if not asked.terms:
                return filters.briefing_keys(con, asked, self._expand, self._topics, limit=limit, after=after)
            kept = self._keys_with_words(con, asked, cancelled, quick=quick)
        if after in kept:
            kept = kept[kept.index(after) + 1 :]
        return kept[:limit]

    def _keys_with_words(
        self, con: Connection, asked: language.Query, cancelled: CancelCheck, *, quick: bool
    ) -> list_[int]:
        """Who meets the filters and holds the words; nobody once cancelled."""
        import numpy as np

        from briefreader.search.ranking import SearchCancelled

        listed = self._keys_matching_filters(con, asked)
        size = int(listed.max(initial=0)) + 1
        spelt = quick or not among_insights(asked)
        try:
            named = np.array(self._title_matches(con, asked, cancelled, quick=spelt), np.int32)
            if quick:
                kept = listed[self._matching_by_text(con, asked, named, size)[listed]]
            else:
                kept = listed[self._matching_briefings(con, asked, named, size, cancelled)[listed]]
            if asked.sort in (None, "relevance"):
                owners = [] if spelt else self._best_owners(con, asked, MAX_RANKED_INSIGHTS, cancelled)
                kept = _best_first(kept, named, np.array(owners, np.int32), size)
        except SearchCancelled:
            return []
        keys: list[int] = kept.tolist()
        return keys

    def _keys_matching_filters(self, con: Connection, asked: language.Query) -> npt.NDArray[np.int32]:
        """Who meets the filters, in order; kept while words are typed beside them and the library stays as it is."""
        import numpy as np

        known = asked.filters, asked.sort, self._topics, postings.PostingsReader(con).version()
        kept = self._filter_cache
        if kept is None or kept[0] != known:
            keys = filters.briefing_keys(con, asked, self._expand, self._topics)
            kept = self._filter_cache = known, np.array(keys, np.int32)
        return kept[1]

    def count(self, query: str = "") -> int:
        """How many briefings answer a query."""
        asked = language.parse(query)
        if asked.terms:
            return len(self.keys(query))
        with self.db.reading() as con:
            return filters.count(con, asked, self._expand, self._topics)

    def rows(self, keys: Sequence[int]) -> list[BriefingRow]:
        """Briefings as lines of a list, in the order of their row keys."""
        with self.db.reading() as con:
            return list_rows.rows(con, keys, self._topics)

    def list(self, query: str = "", limit: int | None = None) -> list[BriefingRow]:
        """The briefings that answer a query, as lines of a list."""
        return self.rows(self.keys(query, limit=limit))

    def key_of(self, id: str) -> int | None:
        """The row key of a briefing by its whole id; None when it is not there."""
        with self.db.reading() as con:
            return briefings.key_of(con, id)

    def briefing(self, id: str) -> Briefing:
        """A whole briefing with its insights; its original's bytes are left to :meth:`original`."""
        with self.db.reading() as con:
            return briefings.load(con, briefings.resolve(con, id)[0])

    def original(self, id: str) -> Original:
        """The bytes that a briefing was read from, as they came."""
        with self.db.reading() as con:
            return briefings.original(con, briefings.resolve(con, id)[0])

    def insights(self, id: str) -> list_[InsightRow]:
        """A briefing's insights: stated ones first, then by place."""
        with self.db.reading() as con:
            keys = list_rows.insight_keys(con, [briefings.resolve(con, id)[0]])
            return list_rows.insight_rows(con, keys, self._topics)

    def insight(self, id: str) -> InsightRow:
        """One insight by its id, ``7f3a.2``."""
        with self.db.reading() as con:
            key, number = briefings.target(con, id)
            return list_rows.insight_rows(con, [briefings.insight_key(con, key, number)], self._topics)[0]

    def facets(self) -> Facets:
        """Counts beside the list: states, topics of the taxonomy, sources."""
        with self.db.reading() as con:
            states, by_topic, sources = counts.states(con), counts.topics(con), counts.sources(con)
        try:
            topics = [(topic.id, topic.label, by_topic.get(topic.id, 0)) for topic in self.taxonomy.topics]
        except TaxonomyError:
            topics = [(topic, topic, n) for topic, n in by_topic.items()]
        return Facets(**states, topics=topics, sources=sources)

    def stats(self) -> Stats:
        """Briefings by topic, source and month."""
        with self.db.reading() as con:
            return counts.stats(con)


def _best_first(
    keys: npt.NDArray[np.int32], named: npt.NDArray[np.int32], owners: npt.NDArray[np.int32], size: int
) -> npt.NDArray[np.int32]:
    """Briefings whose title or source holds the words (``named``), then the insights' ``owners``, then the others."""
    import numpy as np

    rank = np.full(size, len(owners) + 1, np.int16)
    known = owners < size  # others don't meet the filters
    rank[owners[known][::-1]] = np.flatnonzero(known)[::-1] + 1
    rank[named[named < size]] = 0
    return keys[np.argsort(rank[keys], kind="stable")]
