"""Read the library: lists of briefings, single briefings, insights, and counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from briefreader.errors import TaxonomyError
from briefreader.library.progress import CancelCheck, not_cancelled
from briefreader.library.saved_searches import resolved
from briefreader.records import dataclass
from briefreader.storage import briefings, counts, decisions, filters, list_rows
from briefreader.text import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from briefreader.library.briefing_matches import BriefingMatches
    from briefreader.library.current_taxonomy import CurrentTaxonomy
    from briefreader.library.story_index import StoryIndex
    from briefreader.model import Briefing, BriefingRow, InsightRow, Original
    from briefreader.query import Query
    from briefreader.storage.counts import Stats
    from briefreader.storage.database import Database

list_ = list  # inside the class, ``list`` is a method


@dataclass(frozen=True, slots=True)
class Facets:
    """Counts of briefings, and the saved searches, for the app's library pane."""

    total: int
    unread: int
    starred: int
    inbox: int  # not tagged yet, or with suggestions to decide on
    noted: int  # with a note on the briefing or an insight
    without_source: int
    topics: list[tuple[str, str, int]]  # ID, label, count; in the taxonomy's order
    sources: list[tuple[str, int]]  # name, count; most frequent first
    saved: list[str]  # names of saved searches


class Browsing:
    """Lists and counts briefings, and loads single ones; never writes."""

    def __init__(
        self,
        db: Database,
        taxonomy: CurrentTaxonomy,
        matches: Callable[[], BriefingMatches],
        stories: Callable[[], StoryIndex],
    ) -> None:
        self._db = db
        self._taxonomy = taxonomy
        self._matches = matches
        self._stories = stories

    def keys(
        self,
        query: Query | str = "",
        *,
        limit: int | None = None,
        after: int | None = None,
        quick: bool = False,
        cancelled: CancelCheck = not_cancelled,
    ) -> list[int]:
        """Return the row keys of the matching briefings: newest first, or best first if the query has words.

        The newest briefings come first, or the best matches if the query has words; ``sort:`` in the query changes
        that.

        Args:
            query: the query; its words match titles, sources, authors and insights, or what ``in:`` names.
            limit: maximum number of row keys.
            after: the last row key of the previous page.
            quick: match only words that begin with the query's words, in full texts instead of insights. This doesn't
                load the search index.
            cancelled: if it returns True, the result is empty.
        """
        with self._db.reading() as con:
            asked = resolved(con, query)
        if asked.asks_for_stories:
            self._stories().refresh(cancelled)
        with self._db.reading() as con:
            if asked.filters and not asked.terms and limit is None and after is None:
                return [*self._matches().listed(con, asked)]
            if not asked.terms:
                expand, known = self._taxonomy.expand, self._taxonomy.ids()
                return filters.briefing_keys(con, asked, expand, known, limit=limit, after=after)
            kept = self._matches().keys(con, asked, cancelled, quick=quick)
        if after in kept:
            kept = kept[kept.index(after) + 1 :]
        return kept[:limit]

    def count(self, query: Query | str = "") -> int:
        """Return the number of briefings that match a query."""
        with self._db.reading() as con:
            asked = resolved(con, query)
        if asked.terms:
            return len(self.keys(asked))
        if asked.asks_for_stories:
            self._stories().refresh()
        with self._db.reading() as con:
            return filters.count(con, asked, self._taxonomy.expand, self._taxonomy.ids())

    def rows(self, keys: Sequence[int]) -> list[BriefingRow]:
        """Return a ``BriefingRow`` for each row key, in the same order, without removed briefings."""
        with self._db.reading() as con:
            return list_rows.rows(con, keys, self._taxonomy.ids())

    def abstracts(self, keys: Sequence[int]) -> dict[int, str]:
        """Return the abstract of each briefing by row key; without an abstract, its first insight, or ""."""
        with self._db.reading() as con:
            return list_rows.abstracts(con, keys)

    def list(self, query: Query | str = "", limit: int | None = None, *, literal: bool = False) -> list[BriefingRow]:
        """Return the briefings that match a query, as ``BriefingRow`` objects in the order of ``keys``.

        ``literal`` leaves out those that match only by similar words or synonyms, for commands that change them.
        """
        keys = self.keys(query, limit=limit)
        if literal:
            named = set(self.keys(query, quick=True))
            keys = [key for key in keys if key in named]
        return self.rows(keys)

    def resolve(self, prefix: str) -> str:
        """Return the full ID of a briefing, given a prefix of it.

        Raises:
            NotFoundError: no ID has the prefix.
            UsageError: several have it; the message lists them.
        """
        with self._db.reading() as con:
            return briefings.resolve(con, prefix)[1]

    def key_of(self, id: str) -> int | None:
        """Return the row key of a briefing, given its full ID; None if it doesn't exist or is removed."""
        with self._db.reading() as con:
            return briefings.key_of(con, id)

    def briefing(self, id: str) -> Briefing:
        """Return a ``Briefing`` with its insights; the bytes in its attribute ``original`` are not loaded."""
        with self._db.reading() as con:
            return briefings.load(con, briefings.resolve(con, id)[0])

    def original(self, id: str) -> Original:
        """Return the document that a briefing was parsed from: ``data`` (bytes), ``format``, ``path``.

        Raises:
            NotFoundError: there is no such briefing, or its original is not stored.
        """
        with self._db.reading() as con:
            return briefings.original(con, briefings.resolve(con, id)[0])

    def insights(self, id: str) -> list_[InsightRow]:
        """Return a briefing's insights as ``InsightRow`` objects: stated ones first, then by position."""
        with self._db.reading() as con:
            keys = list_rows.insight_keys(con, [briefings.resolve(con, id)[0]])
            return list_rows.insight_rows(con, keys, self._taxonomy.ids())

    def insight(self, id: str) -> InsightRow:
        """Return an insight as an ``InsightRow``, given its ID, such as ``7f3a.2``."""
        with self._db.reading() as con:
            key, number = briefings.target(con, id)
            return list_rows.insight_rows(con, [briefings.insight_key(con, key, number)], self._taxonomy.ids())[0]

    def facets(self) -> Facets:
        """Return the number of briefings by state (such as unread), topic and source, as ``Facets``."""
        with self._db.reading() as con:
            states, by_topic, sources = counts.states(con), counts.topics(con), counts.sources(con)
            saved = [name for name, _ in decisions.saved(con)]
        try:
            topics = [(topic.id, topic.label, by_topic.get(topic.id, 0)) for topic in self._taxonomy.load().topics]
        except TaxonomyError:
            topics = [(topic, topic, n) for topic, n in by_topic.items()]
        return Facets(**states, topics=topics, sources=sources, saved=saved)

    def remarks(self, query: Query | str) -> list_[str]:
        """Return warnings about a query: unknown topics and saved searches, and invalid filters (searched as text)."""
        with self._db.reading() as con:
            asked, names = resolved(con, query), [name for name, _ in decisions.saved(con)]
        found, known = [*asked.warnings], self._taxonomy.ids()
        unknown = (filter_.value for filter_ in asked.filters if filter_.key == "saved")
        found += [f"no such saved search: {name}{_nearest(name, names)}" for name in unknown]
        for filter_ in asked.filters if known is not None else ():
            named = filter_.key in ("topic", "any", "suggested") and filter_.value != "none"
            if named and not self._taxonomy.expand(filter_.value) & (known or set()):
                found.append(f"no such topic: {filter_.value}{_nearest(filter_.value, sorted(known or ()))}")
        return found

    def stats(self) -> Stats:
        """Return the number of briefings by topic, source and month, with totals, as ``Stats``."""
        with self._db.reading() as con:
            return counts.stats(con)


def _nearest(name: str, known: Sequence[str]) -> str:
    near = nearest(name, known)
    return f"; did you mean {near[0]}?" if near else ""
