"""Search insights, titles and passages by the words and filters of a query."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from briefreader.library.passages import Passages, briefing_row
from briefreader.library.progress import CancelCheck, not_cancelled
from briefreader.library.saved_searches import resolved
from briefreader.model import Hit
from briefreader.storage import filters, list_rows, postings, stories

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

    from briefreader.library.current_taxonomy import CurrentTaxonomy
    from briefreader.library.meaning_search import MeaningSearch
    from briefreader.library.search_index import SearchIndex
    from briefreader.library.story_index import StoryIndex
    from briefreader.query import Query
    from briefreader.search.searcher import Match
    from briefreader.storage.database import Connection, Database


ENOUGH = 10  # if fewer insights and titles match all words, full texts are searched too
INSIGHT_KINDS = ("stated", "item", "extracted", "own")


def among_insights(asked: Query) -> bool:
    """Return whether a query's words are searched in insights: it has no ``in:``, or one for titles or insights."""
    return not asked.scopes or not {"title", "text"}.isdisjoint(asked.scopes)


class InsightSearch:
    """Searches insights, titles of briefings, and passages of full texts."""

    def __init__(
        self, db: Database, taxonomy: CurrentTaxonomy, index: SearchIndex, stories: StoryIndex, meaning: MeaningSearch
    ) -> None:
        self._db = db
        self._taxonomy = taxonomy
        self._index = index
        self._stories = stories
        self._meaning = meaning
        self._filtered: tuple[tuple[object, ...], npt.NDArray[np.bool_]] | None = None

    def search(
        self,
        query: Query | str,
        *,
        limit: int = 50,
        passages: bool = True,
        fold: bool = False,
        cancelled: CancelCheck = not_cancelled,
    ) -> list[Hit]:
        """Return the matches of a query as ``Hit`` objects, best first.

        Args:
            query: the query.
            limit: maximum number of matches.
            passages: if few insights and titles match all words, add passages of full texts and, with the extra
                ``meaning``, insights of similar meaning.
            fold: keep only the best match of each story.
            cancelled: if it returns True, the result is empty.
        """
        from briefreader.search.ranking import SearchCancelled

        with self._db.reading() as con:
            asked = resolved(con, query)
        if asked.asks_for_stories:
            self._stories.refresh(cancelled)
        try:
            with self._index.reading(cancelled) as (con, reader):
                found = self.find(con, reader, asked, limit, cancelled)
                if passages and self._meaning.wanted(asked, found):
                    allowed = self._index.searcher(reader).index.alive & (self._mask(con, asked, reader))
                    found = self._meaning.joined(con, asked, found, allowed, limit)
                hits = self._hits(con, found)
                fold = fold and not asked.asks_for_stories
                if not passages or not asked.terms or not self._wants_passages(asked, found, limit):
                    return _folded(con, hits) if fold else hits
                if cancelled():
                    return []
                searcher = self._index.searcher(reader)
                allowed = searcher.index.alive & self._mask(con, asked, reader)
                below = Passages(con, searcher, allowed, self._taxonomy.ids()).find(asked, [hit.row for hit in hits])
                complete = sum(not hit.partial for hit in hits) if asked.scopes != ("body",) else 0
                hits = [*hits[:complete], *below, *hits[complete:]][:limit]
                return _folded(con, hits) if fold else hits
        except SearchCancelled:
            return []

    def _hits(self, con: Connection, found: list[Match]) -> list[Hit]:
        """Return the matches with their rows, in order."""
        rows = {row.key: row for row in list_rows.insight_rows(con, [m.key for m in found], self._taxonomy.ids())}
        named = [-m.key for m in found if m.key < 0]
        if named:
            abstracts = list_rows.abstracts(con, named)
            for row in list_rows.rows(con, named, self._taxonomy.ids()):
                rows[-row.key] = briefing_row(row, -row.key, abstracts.get(row.key, ""))
        return [
            Hit(rows[m.key], m.score, m.spans, "insight" if m.key > 0 else "title", m.partial, m.meaning)
            for m in found
            if m.key in rows
        ]

    def _wants_passages(self, asked: Query, found: list[Match], limit: int) -> bool:
        """Return whether to search full texts: the query has ``in:body``, or few matches have all its words."""
        if "body" in asked.scopes:
            return True
        complete = sum(not match.partial for match in found)
        return not asked.scopes and asked.sort in (None, "relevance") and complete < min(ENOUGH, limit)

    def find(
        self,
        con: Connection,
        reader: postings.PostingsReader,
        asked: Query,
        limit: int,
        cancelled: CancelCheck,
        *,
        spans: bool = True,
    ) -> list[Match]:
        """Return the matches of a query, best first, with ``spans`` to highlight.

        The caller must have exclusive use of the searcher (``SearchIndex.reading`` or ``turn``).
        """
        from briefreader.search.searcher import Match

        if not asked.terms:
            keys = filters.insight_keys(con, asked, self._taxonomy.expand, self._taxonomy.ids(), limit=limit)
            return [Match(key, 0.0, ()) for key in keys]
        searcher = self._index.searcher(reader)
        mask = self._mask(con, asked, reader) if asked.filters else None
        elsewhere = _body_and_note_matches(con, asked)
        if elsewhere is None:
            if asked.sort == "score":
                return self._by_score(con, reader, asked, limit, mask)
            return searcher.search(reader, asked, limit, mask=mask, cancelled=cancelled, spans=spans)
        outside = searcher.mask(elsewhere) & searcher.index.alive
        if mask is not None:
            outside &= mask
        inside = mask if among_insights(asked) else outside
        found = searcher.search(reader, asked, limit, mask=inside, cancelled=cancelled, spans=spans)
        outside[[m.key for m in found if m.key > 0]] = False
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
        """Return the matches, those with the highest topic scores first."""
        searcher = self._index.searcher(reader)
        among = searcher.related(reader, asked, mask).tolist()
        expand, known = self._taxonomy.expand, self._taxonomy.ids()
        keys = filters.insight_keys(con, asked, expand, known, limit=limit, among=among)
        found = {m.key: m for m in searcher.search(reader, asked, len(keys), mask=searcher.mask(keys))}
        return [found[key] for key in keys if key in found]

    def meaning_hint(self, query: Query | str, hits: Sequence[Hit]) -> str:
        """Return a hint to install the extra ``meaning`` if it might find more, once per library; else ""."""
        with self._db.reading() as con:
            asked = resolved(con, query)
        if any(not hit.partial for hit in hits) or not self._meaning.wanted(asked, ()):
            return ""
        return self._meaning.report_missing()

    def _mask(self, con: Connection, asked: Query, reader: postings.PostingsReader) -> npt.NDArray[np.bool_]:
        """Return a mask of the insights and briefings that match the filters; cached, since often only words change."""
        searcher = self._index.searcher(reader)
        known = (asked.filters, self._taxonomy.readable().digest, *reader.version())
        if self._filtered is None or self._filtered[0] != known:
            expand, ids = self._taxonomy.expand, self._taxonomy.ids()
            briefings: list[int] = []
            if not any(f.key == "is" and f.value in INSIGHT_KINDS for f in asked.filters):
                briefings = filters.briefing_keys(con, asked, expand, ids)
            self._filtered = known, searcher.mask(filters.insight_keys(con, asked, expand, ids), briefings)
        return self._filtered[1]


def _folded(con: Connection, hits: list[Hit]) -> list[Hit]:
    """Keep only the best hit of each story, with the number of the story's other reports."""
    keys = [hit.row.key for hit in hits if hit.kind == "insight"]
    story_of = {key: member.story for key, member in stories.members(con, keys).items() if member.story}
    reports = stories.insights_of(con, set(story_of.values()))
    kept, shown = [], set[int]()
    for hit in hits:
        story = story_of.get(hit.row.key, 0) if hit.kind == "insight" else 0
        if story in shown:
            continue
        if story:
            shown.add(story)
            hit = replace(hit, others=len(reports[story]) - 1)
        kept.append(hit)
    return kept


def _body_and_note_matches(con: Connection, asked: Query) -> set[int] | None:
    """Return the insights of briefings whose full text or notes match; None if the query searches neither."""
    if not {"notes", "body"} & set(asked.scopes):
        return None
    words = [t.text for t in asked.terms if not t.negated]
    owners: set[int] = set()
    if "body" in asked.scopes:
        owners |= set(filters.body_keys(con, words))
    if "notes" in asked.scopes:
        owners |= {key for key, _ in filters.note_keys(con, words)}
    return postings.PostingsReader(con).owned(sorted(owners))
