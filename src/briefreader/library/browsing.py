"""Looking: lists of briefings, one briefing whole, its insights, and the counts beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from briefreader import query as language
from briefreader.errors import TaxonomyError
from briefreader.library.searching import Searching
from briefreader.storage import briefings, counts, filters, lists

if TYPE_CHECKING:
    from collections.abc import Sequence

    from briefreader.model import Briefing, BriefingRow, InsightRow, Original
    from briefreader.storage.counts import Stats

_RANKED = 200  # insights that decide which briefings come first
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

    def keys(self, query: str = "", *, limit: int | None = None, after: int | None = None) -> list[int]:
        """Row keys of the briefings that answer a query.

        Newest first, or what ``sort:`` says. Free words are looked for in titles, sources and insights, and the best
        matches come first unless ``sort:date`` is asked for. ``after`` goes on behind a row key (a page).
        """
        asked = language.parse(query)
        with self.db.reading() as con:
            if not asked.terms:
                return filters.briefing_keys(con, asked, self._expand, self._topics, limit=limit, after=after)
            found = filters.briefing_keys(con, asked, self._expand, self._topics)
            matching = self._matching_briefings(con, asked, found)
            named = set(filters.body_keys(con, [t.text for t in (*asked.words, *asked.phrases)], column="title_fts"))
        kept = [key for key in found if key in matching]
        if asked.sort in (None, "relevance"):
            kept = self._best_first(asked, kept, named)
        if after in kept:
            kept = kept[kept.index(after) + 1 :]
        return kept[:limit]

    def _best_first(self, asked: language.Query, keys: Sequence[int], named: set[int]) -> list_[int]:
        """Briefings whose title or source holds the words, then those with the best insights, then the others."""
        hits = self.search(str(language.Query(terms=asked.terms)), limit=_RANKED)
        with self.db.reading() as con:
            owners = lists.owners(con, [hit.row.key for hit in hits])
        rank = {key: n for n, key in reversed(list(enumerate(owners, 1)))} | dict.fromkeys(named, 0)
        return sorted(keys, key=lambda key: rank.get(key, len(owners) + 1))

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
            return lists.rows(con, keys, self._topics)

    def list(self, query: str = "", limit: int | None = None) -> list[BriefingRow]:
        """The briefings that answer a query, as lines of a list."""
        return self.rows(self.keys(query, limit=limit))

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
            keys = lists.insight_keys(con, [briefings.resolve(con, id)[0]])
            return lists.insight_rows(con, keys, self._topics)

    def insight(self, id: str) -> InsightRow:
        """One insight by its id, ``7f3a.2``."""
        with self.db.reading() as con:
            key, number = briefings.target(con, id)
            return lists.insight_rows(con, [briefings.insight_key(con, key, number)], self._topics)[0]

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
