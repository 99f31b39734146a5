"""What is new: changes since a date, and a brief that can be read in a given time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar
from zlib import crc32

from briefreader.display import one_line
from briefreader.library.story_index import new_in, totals
from briefreader.query import quote
from briefreader.storage import list_rows, reading_history
from briefreader.storage import stories as stored

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from briefreader.exporting.brief import BriefGroup
    from briefreader.library.browsing import Facets
    from briefreader.library.current_taxonomy import CurrentTaxonomy
    from briefreader.library.stories import Stories
    from briefreader.library.story_index import StoryIndex
    from briefreader.model import BriefingRow, InsightRow
    from briefreader.query import Query
    from briefreader.storage.database import Connection, Database
    from briefreader.stories.brief import Brief, Candidate
    from briefreader.stories.drift import Drift
    from briefreader.stories.facts import Fact
    from briefreader.stories.terms import Numbers

MAX_NEXT_CHARACTERS = 70  # maximum length of each insight that is quoted as left out
STAR_BONUS = 1.0  # bonus of a source or topic with many briefings, all of them starred
DRIFT_WEEKS = 12
MAX_DRIFT_INSIGHTS = 3000
BRIEFING_CONFIDENCE = 0.6  # assumed score of a topic that an insight gets from its briefing
MAIN_SHARE = 0.5  # an insight without topics gets the topics that cover this share of its briefing's words
SEVERAL = "?several"  # group of insights without a topic that several sources report
T = TypeVar("T")
_PRIOR = 5  # number of unstarred briefings added to each source's and topic's count, to smooth the bonus


@dataclass(frozen=True, slots=True)
class Change:
    """An insight compared with its nearest earlier report: ``status`` is new, updated or repeat.

    ``earlier`` is that report and ``first`` the earliest one; both are None for a new insight. ``facts`` are the
    figures, quotations and names of an update that no earlier report has.
    """

    row: InsightRow
    status: str
    earlier: InsightRow | None = None
    first: InsightRow | None = None
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadingBrief:
    """A brief, with the data to show it."""

    brief: Brief
    rows: Mapping[int, InsightRow]  # insights by row key
    urls: Mapping[int, str]  # URLs of their briefings by the insights' row keys
    candidates: int  # number of insights to choose from
    labels: Mapping[str, str]  # labels of topics by ID

    @property
    def groups(self) -> list[BriefGroup]:
        """The insights in groups: by topic in the taxonomy's order, then those without a topic.

        Those without a topic are grouped into news of several sources, sources with several insights, and the rest.
        """
        from briefreader.exporting.brief import BriefEntry, BriefGroup

        by_topic: dict[str, list[BriefEntry]] = {}
        for chosen in self.brief.chosen:
            row, each = self.rows[chosen.candidate.key], chosen.candidate
            entry = BriefEntry(row.id, chosen.text, row.source, row.published, self.urls.get(row.key, ""), each.sources)
            by_topic.setdefault(each.topic or SEVERAL * (each.sources > 1), []).append(entry)
        rest = by_topic.pop("", [])
        labels = {**self.labels, SEVERAL: "In several sources"}
        groups = [BriefGroup(t.strip("?"), labels[t], tuple(by_topic[t])) for t in labels if t in by_topic]
        for source, entries in _by_source((entry.source, entry) for entry in rest):
            id = f"source {crc32(source.encode()):08x}" if source else ""
            groups.append(BriefGroup(id, source or ("Other" if groups else "News"), tuple(entries)))
        return groups

    @property
    def left_out(self) -> str:
        """A sentence that says what was left out and why, or ""."""
        left = self.brief.left_out
        counts = [
            _counted(left.repeats, "repeat"),
            _counted(left.same_story, "more report", " of these stories"),
            f"{left.no_topic:,} without a topic" if left.no_topic else "",
            f"{left.time:,} that did not fit" if left.time else "",
        ]
        text = "; ".join(part for part in counts if part)
        if text and left.first:
            text += ": " + "; ".join(one_line(self.rows[key].text, MAX_NEXT_CHARACTERS) for key in left.first[:3])
        return f"Left out: {text}" if text else ""


def _counted(count: int, noun: str, more: str = "") -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}{more}" if count else ""


class News:
    """Reports what is new, and chooses what to read first."""

    def __init__(self, db: Database, taxonomy: CurrentTaxonomy, index: StoryIndex, stories: Stories) -> None:
        self._db = db
        self._taxonomy = taxonomy
        self._index = index
        self._stories = stories

    def changed(self, query: Query | str = "") -> list[Change]:
        """Return a ``Change`` for each insight that matches a query: new, updated (with new facts) or repeat."""
        self._index.refresh()
        keys = self._stories.insight_keys(query)
        with self._db.reading() as con:
            known = stored.members(con, keys)
            reports = stored.insights_of(con, {m.story for m in known.values() if m.story})
            earlier = {m.earlier for m in known.values() if m.earlier} | {group[0] for group in reports.values()}
            rows = self._rows(con, {*keys, *earlier})
            texts = stored.reports(con, {*known, *earlier, *(key for group in reports.values() for key in group)})
            idf = self._index.idf(stored.state(con)) if known else None
        made = []
        for key in keys:
            member = known.get(key)
            if key not in rows:
                continue
            if member is None or member.status == "new":
                made.append(Change(rows[key], "new"))
                continue
            group = reports.get(member.story, [member.earlier])
            before = [k for k in {*group, member.earlier} if k in texts and texts[k].date < texts[key].date]
            first = min(before, key=lambda k: (texts[k].date, k), default=member.earlier)
            updated = tuple(new_in(texts[key], [texts[k] for k in before], idf)) if member.status == "updated" else ()
            made.append(Change(rows[key], member.status, rows.get(member.earlier), rows.get(first), updated))
        return made

    def brief(self, query: Query | str = "", *, words: int, most: int | None = None) -> ReadingBrief:
        """Select the matching insights to read first: at most ``words`` words, and at most ``most`` insights."""
        from briefreader.stories.brief import select

        self._index.refresh()
        keys = self._stories.insight_keys(query)
        with self._db.reading() as con:
            rows = self._rows(con, keys)
            kept = [key for key in keys if key in rows]
            candidates = self._candidates(con, kept, rows)
            found = select(candidates, self._words(con, kept), self._index.idf(stored.state(con)), words, most=most)
            urls = reading_history.addresses(con, [*(c.candidate.key for c in found.chosen), *found.left_out.first])
        labels = {topic.id: topic.label for topic in self._taxonomy.readable().topics}
        return ReadingBrief(found, rows, urls, len(candidates), labels)

    def topic_drift(self, topics: Sequence[str] = ()) -> list[Drift]:
        """Return the words that have become more or less frequent in the insights of each topic (default: all topics).

        For each topic, the ``DRIFT_WEEKS`` weeks before its newest insight are compared, with at most
        ``MAX_DRIFT_INSIGHTS`` insights.
        """
        self._index.refresh()
        found: list[Drift] = []
        for topic in topics or [topic.id for topic in self._taxonomy.readable().topics]:
            found += self._drift_of(topic)
        return found

    def _drift_of(self, topic: str) -> list[Drift]:
        """Return the words of a topic whose frequency changes.

        The example of a word that became more frequent is the latest one, else the earliest.
        """
        from briefreader.stories import drift, terms

        keys = self._stories.insight_keys(f"topic:{quote(topic)}")[:MAX_DRIFT_INSIGHTS]
        with self._db.reading() as con:
            texts = stored.reports(con, keys)
            words = self._words(con, keys)
            last = max((one.day for one in texts.values()), default=0)
            rows = [(DRIFT_WEEKS - 1 - (last - one.day) // 7, one) for one in texts.values()]
            rows = [(week, one) for week, one in rows if week >= 0]
            trends = drift.trends([week for week, _ in rows], [words[one.key] for _, one in rows], DRIFT_WEEKS)
            found = []
            for each in trends:
                holding = [one for _, one in rows if each.number in (words[one.key] & terms.WORD)]
                pick = max if each.z > 0 else min
                chosen = pick(holding, key=lambda one: (one.date, one.key))
                word = terms.spelling(chosen.whole, each.number)
                row = list_rows.insight_rows(con, [chosen.key])[0]
                found.append(drift.Drift(topic, word, each.z, each.weeks, row.id, row.text))
        return found

    def _rows(self, con: Connection, keys: Iterable[int]) -> dict[int, InsightRow]:
        return {row.key: row for row in list_rows.insight_rows(con, list(keys), self._taxonomy.ids())}

    def _words(self, con: Connection, keys: Sequence[int]) -> dict[int, Numbers]:
        """Return the word numbers of each insight, by row key; empty for insights that aren't processed yet."""
        import numpy as np

        kept = {key: np.frombuffer(words, np.uint32) for key, words in stored.words_of(con, keys).items()}
        return {key: kept.get(key, np.zeros(0, np.uint32)) for key in keys}

    def _candidates(self, con: Connection, keys: Sequence[int], rows: Mapping[int, InsightRow]) -> list[Candidate]:
        """Return the insights with the properties by which ``select`` ranks them."""
        from briefreader.stories.brief import Candidate

        known = stored.members(con, keys)
        scores = reading_history.topic_scores(con, keys)
        reports = stored.reports(con, keys)
        last = max((one.date for one in reports.values()), default="")
        sources = _sources_until(con, last, {m.story for m in known.values() if m.story})
        whole = list_rows.rows(con, sorted({one.briefing for one in reports.values()}), self._taxonomy.ids())
        topics_of = {row.key: _main_topics(row) for row in whole}
        by_source = _star_rates(reading_history.starred_by_source(con))
        by_topic = _star_rates(reading_history.starred_by_topic(con))
        worth = reading_history.worths(con, keys)
        numbers: dict[str, int] = {}
        made = []
        for key in keys:
            row, member = rows[key], known.get(key)
            own = {topic: scores.get(key, {}).get(topic, 1.0) for topic in row.topics}
            sure = own or dict.fromkeys(topics_of[reports[key].briefing], BRIEFING_CONFIDENCE)
            topic = min(sure, key=lambda t: (-by_topic.get(t, 1.0) * sure[t], t), default="")
            story = member.story if member else 0
            made.append(
                Candidate(
                    key, row.text, numbers.setdefault(row.briefing_id, len(numbers)),
                    member.status if member else "new", story, sources.get(story, 1), topic,
                    by_topic.get(topic, 1.0), sure.get(topic, 1.0),
                    by_source.get(row.source, 1.0), row.number - 1, worth[key],
                )
            )  # fmt: skip
        return made


def _main_topics(row: BriefingRow) -> list[str]:
    """Return the topics that at least ``MAIN_SHARE`` of a briefing is about, and those that the user accepted."""
    shares = zip(row.topics, row.shares, strict=True)
    return [topic for topic, share in shares if share >= MAIN_SHARE or topic in row.confirmed]


def by_topic(changes: Iterable[Change], facets: Facets) -> list[tuple[str, list[Change]]]:
    """Group changes by their first topic, in the taxonomy's order; then those without a topic by source.

    Returns:
        Label and changes of each group.
    """
    labels = {topic: label for topic, label, _ in facets.topics}
    groups: dict[str, list[Change]] = {}
    for change in changes:
        groups.setdefault(next((topic for topic in change.row.topics if topic in labels), ""), []).append(change)
    found = [(labels[topic], groups[topic]) for topic in labels if topic in groups]
    for source, rest in _by_source((change.row.source, change) for change in groups.get("", ())):
        found.append((source or ("Other" if found else "News"), rest))
    return found


def _by_source(items: Iterable[tuple[str, T]]) -> list[tuple[str, list[T]]]:
    """Group items by source, in order of first occurrence.

    The items of sources with a single item, and those without a source, form one group with an empty name at the end.
    """
    groups: dict[str, list[T]] = {}
    for source, item in items:
        groups.setdefault(source, []).append(item)
    several = {source: group for source, group in groups.items() if source and len(group) > 1}
    single = [item for source, group in groups.items() if source not in several for item in group]
    return [*several.items(), *([("", single)] if single else [])]


def _sources_until(con: Connection, last: str, stories: Iterable[int]) -> dict[int, int]:
    """Return the number of sources that reported each story until a date, for briefs of past days."""
    found = {story.key: story.sources for story in stored.totals(con, stories) if story.last <= last}
    for story, keys in stored.insights_of(con, set(stories) - found.keys()).items():
        texts = {key: one for key, one in stored.reports(con, keys).items() if one.date <= last}
        found[story] = totals(sorted(texts), texts).sources
    return found


def _star_rates(starred: Mapping[str, tuple[int, int]]) -> dict[str, float]:
    """Return a factor for each source or topic, given its numbers of starred briefings and of all briefings."""
    return {name: 1 + STAR_BONUS * count / (total + _PRIOR) for name, (count, total) in starred.items()}
