"""List, show, explain, split and merge stories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from briefreader.errors import NotFoundError, UsageError
from briefreader.library.saved_searches import resolved
from briefreader.storage import briefings, filters, list_rows, reading_history
from briefreader.storage import stories as stored

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from briefreader.library.batches import Batches
    from briefreader.library.current_taxonomy import CurrentTaxonomy
    from briefreader.library.insight_search import InsightSearch
    from briefreader.library.story_index import StoryIndex
    from briefreader.model import Batch, InsightRow
    from briefreader.query import Query
    from briefreader.storage.database import Connection, Database
    from briefreader.stories.story import Shared, Story
    from briefreader.stories.terms import Floats

MIN_WORTH = 0.4  # minimum worth of the report that gives a story its title, if any report has it
MAX_COMPARED = 40  # maximum number of a story's reports that are compared for title, figures and reasons
MAX_MATCHES = 100_000  # maximum number of insights found by words


class Stories:
    """Lists and explains stories, and stores the user's decisions on them."""

    def __init__(
        self, db: Database, batches: Batches, taxonomy: CurrentTaxonomy, index: StoryIndex, search: InsightSearch
    ) -> None:
        self._db = db
        self._batches = batches
        self._taxonomy = taxonomy
        self._index = index
        self._search = search

    def stories(self, query: Query | str = "", *, limit: int | None = None) -> list[Story]:
        """Return the stories with an insight that matches a query, those reported by the most sources first.

        Stories of a single source are included only if there are no others, or the query has ``sources:``.
        """
        with self._db.reading() as con:
            asked = resolved(con, query)
        self._index.refresh()
        among = None
        if asked:
            keys = self.insight_keys(asked)
            with self._db.reading() as con:
                among = {member.story for member in stored.members(con, keys).values() if member.story}
        with self._db.reading() as con:
            found = stored.totals(con, among)
            if stored.is_any_shared(con) and not any(f.key == "sources" for f in asked.filters):
                found = [story for story in found if story.sources > 1]
            return self._made(con, found[:limit])

    def insight_keys(self, query: Query | str) -> list[int]:
        """Return the row keys of the insights that match a query, newest first, or best first if it has words."""
        with self._db.reading() as con:
            asked = resolved(con, query)
            if not asked.terms:
                return filters.insight_keys(con, asked, self._taxonomy.expand, self._taxonomy.ids())
        hits = self._search.search(asked, limit=MAX_MATCHES, passages=False)
        return [hit.row.key for hit in hits if hit.kind == "insight" and not hit.partial]

    def story(self, id: str) -> tuple[Story, list[InsightRow]]:
        """Return a story with its insights, oldest first, given its ID or that of one of its insights.

        Raises:
            NotFoundError: there is no such insight, or it is in no story.
        """
        self._index.refresh()
        with self._db.reading() as con:
            key = _story_of(con, id)
            keys = stored.insights_of(con, [key])[key]
            made = self._made(con, stored.totals(con, [key]))[0]
            return made, list_rows.insight_rows(con, keys, self._taxonomy.ids())

    def reports(self, keys: Iterable[int]) -> dict[int, tuple[str, int]]:
        """Return each insight's status, and the number of sources that report the same news, by row key.

        The status is new, updated or repeat. Insights that have neither a story nor an earlier report are left out, and
        so are those that aren't compared yet.
        """
        with self._db.reading() as con:
            known = stored.members(con, keys)
            sources = {story.key: story.sources for story in stored.totals(con, {m.story for m in known.values()})}
        return {key: (member.status, sources.get(member.story, 1)) for key, member in known.items()}

    def explain_story(self, id: str) -> list[tuple[InsightRow, InsightRow, float, list[Shared]]]:
        """Return why the reports of a story belong together, one tuple for each report but the first.

        A tuple has the report, the most similar earlier one, the probability that both report the same news, and what
        they share. The probability is 0 if the user merged them, or if only other reports link them.
        """
        from briefreader.stories import reasons

        self._index.refresh()
        with self._db.reading() as con:
            keys = stored.insights_of(con, [key := _story_of(con, id)])[key]
            rows = {row.key: row for row in list_rows.insight_rows(con, keys, self._taxonomy.ids())}
            texts = stored.reports(con, keys)
            passages = {key: _passage(con, rows[key]) for key in rows}
            likely = {(p.one, p.other): p.probability for p in stored.pairs_of(con, keys)}
            idf = self._index.idf(stored.state(con))
        found = []
        for at, key in enumerate(keys[1:], 1):
            best, score = max(
                ((k, likely.get((min(k, key), max(k, key)), 0.0)) for k in keys[:at]), key=lambda part: part[1]
            )
            links = sorted(reasons.links_of(passages[key]) & reasons.links_of(passages[best]))
            parts = reasons.shared(texts[key].whole, texts[best].whole, idf, links)[: reasons.MAX_REASONS]
            found.append((rows[key], rows[best], score, parts))
        return found

    def split_story(self, id: str) -> Batch:
        """Remove an insight from its story permanently, even if ``merge_stories`` put it there."""
        self._index.refresh()
        with self._db.reading() as con:
            own = _target(con, id)
            keys = stored.insights_of(con, [key := _story_of(con, id)])[key]
            others = [(one.briefing, one.number) for one in stored.reports(con, keys).values()]
        others = [other for other in others if other != own and other[0] != own[0]]
        return self._decide("split story", own, others, same=False, words=f"{id} from its story")

    def merge_stories(self, id: str, *others: str) -> Batch:
        """Merge insights or stories, with all their reports, into one story."""
        if not others:
            raise UsageError("give at least two stories or insights to merge")
        self._index.refresh()
        with self._db.reading() as con:
            own, *named = (_target(con, each) for each in (id, *others))
            reports = [_reports_of(con, each) for each in (own, *named)]
        if own in named:
            raise UsageError("a story can't be merged with itself", hint="give two different IDs")
        targets = dict.fromkeys(target for story in reports for target in story if target != own)
        return self._decide("merge stories", own, list(targets), same=True, words=" and ".join((id, *others)))

    def _decide(
        self, verb: str, own: tuple[int, int], others: Sequence[tuple[int, int]], *, same: bool, words: str
    ) -> Batch:
        """Store whether an insight and each of the others are in the same story, as one batch."""
        batch = self._batches.apply(
            verb,
            others,
            lambda con, number, other: stored.decide(con, number, own, other, same),
            lambda con, changed: words,
        )
        self._index.refresh()
        return batch

    def _made(self, con: Connection, totals: Iterable[stored.Totals]) -> list[Story]:
        """Return stories with their titles, reports, and what the reports share."""
        from briefreader.display import one_line
        from briefreader.stories.facts import differing_figures
        from briefreader.stories.reasons import sentence, title_fits
        from briefreader.stories.story import Report, Story

        totals = list(totals)
        keys = stored.insights_of(con, [story.key for story in totals])
        rows = {row.key: row for row in list_rows.insight_rows(con, [k for group in keys.values() for k in group])}
        worth = reading_history.worths(con, rows)
        idf = self._index.idf(stored.state(con))
        made = []
        for story in totals:
            reports = [rows[key] for key in keys[story.key] if key in rows]
            texts = [_text(row) for row in reports[:MAX_COMPARED]]
            central, parts = _central(texts, [worth[row.key] for row in reports[:MAX_COMPARED]], idf)
            title = one_line(reports[central].title)
            if not title_fits(title, [*texts[:central], *texts[central + 1 :]], idf):
                title = ""  # it names nothing that other reports name, so it is probably the title of a section
            carrying = [
                one_line(sentence(row.text or row.title, [text for text in texts if text != _text(row)], idf))
                for row in reports
            ]
            made.append(
                Story(
                    f"s{reports[0].id}", title or carrying[central],
                    tuple(
                        Report(row.id, row.source, row.published, text)
                        for row, text in zip(reports, carrying, strict=True)
                    ),
                    story.briefings, story.sources, story.first, story.last,
                    tuple(differing_figures(texts)), tuple(parts),
                )
            )  # fmt: skip
        return made


def _story_of(con: Connection, id: str) -> int:
    """Return the key of a story, by its ID or that of one of its insights."""
    briefing, number = _target(con, id)
    key = briefings.insight_key(con, briefing, number)
    found = stored.members(con, [key]).get(key)
    if not found or not found.story:
        raise NotFoundError(
            f"{id} is not in a story: no other briefing reports it", hint="to list stories: briefreader stories"
        )
    return found.story


def _reports_of(con: Connection, target: tuple[int, int]) -> list[tuple[int, int]]:
    """Return an insight and the other insights of its story, each as briefing key and insight number."""
    member = stored.members(con, [key := briefings.insight_key(con, *target)]).get(key)
    keys = stored.insights_of(con, [member.story])[member.story] if member and member.story else [key]
    return [(one.briefing, one.number) for one in stored.reports(con, keys).values()]


def _target(con: Connection, id: str) -> tuple[int, int]:
    """Return the briefing key and the insight number for the ID of a story or insight."""
    try:
        return briefings.target(con, id.removeprefix("story:").removeprefix("s"))
    except NotFoundError:
        raise NotFoundError(f"no such story or insight: {id}", hint="to list stories: briefreader stories") from None


def _text(row: InsightRow) -> str:
    return f"{row.title}\n{row.text}" if row.title and not row.text.startswith(row.title) else row.text


def _central(texts: Sequence[str], worth: Sequence[float], idf: Floats) -> tuple[int, list[Shared]]:
    """Return the index of the text most similar to the others, and what it shares with them.

    A text of little worth is chosen only if there is no better one.
    """
    import numpy as np

    from briefreader.stories import reasons, similarity, terms

    rows = terms.vectors([terms.word_numbers("", text) for text in texts], idf)
    found = similarity.pairs(rows, rows, ~np.eye(len(texts), dtype=bool))
    likeness = np.bincount(found.left, found.cosine, len(texts))
    best = int(np.where(np.asarray(worth) >= MIN_WORTH, likeness + 1.0, likeness / len(texts)).argmax())
    return best, reasons.common(texts[best], [*texts[:best], *texts[best + 1 :]], idf)


def _passage(con: Connection, row: InsightRow) -> str:
    body = briefings.load(con, briefings.resolve(con, row.briefing_id)[0]).body
    return body[row.start : row.end]
