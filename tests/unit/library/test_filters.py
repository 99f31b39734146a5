"""Compare filters in SQL with the same rules in Python, on random libraries."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from briefreader.library import Library
from briefreader.model import Briefing, Insight, Original
from briefreader.reading.identity import fingerprint
from briefreader.storage import briefings, journal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from briefreader.model import BriefingRow, InsightRow

TOPICS = ("open-source", "moe", "pricing", "agents")
KINDS = ("stated", "item", "extracted")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    rng = random.Random(7)
    with Library(tmp_path_factory.mktemp("made-up") / "library") as made:
        with made.db.writing() as con:
            number = journal.begin(con, "add")
            for n in range(60):
                passages = tuple(
                    Insight(i, f"Head {n} {i}", f"Text {n} {i}", 0, 1, rng.choice(KINDS)) for i in range(1, 4)
                )
                briefing = Briefing(
                    f"Title {n}", f"Body {n}", "md", source=rng.choice(["The Kelp", "Café Data", ""]),
                    author=rng.choice(["Ada", "Zoë Finch", ""]), insights=passages,
                    published=rng.choice(["", f"202{n % 6}-0{1 + n % 9}-11", f"202{n % 6}-03-01T23:30:00-05:00"]),
                    original=Original(f"{n}".encode(), "md"),
                )  # fmt: skip
                key = briefings.insert(con, briefing, fingerprint(briefing), "2026-05-05T10:00:00Z")
                if n % 5:
                    rows = [
                        [i, topic, round(rng.random(), 2), rng.choice(["document", "passage", "", ""])]
                        for i in range(4)
                        for topic in rng.sample(TOPICS, rng.randint(0, 2))
                    ]
                    journal.put(con, number, "suggestion", str(key), {"model": "m", "digest": "d", "rows": rows})
                else:
                    journal.record(con, number, "briefing", str(key), None, {})
            journal.finish(con, number, "")
        decide(made, rng)
        yield made


def decide(library: Library, rng: random.Random) -> None:
    ids = [row.id for row in library.list()]
    for _ in range(60):
        target = rng.choice(ids) + rng.choice(["", ".1", ".2"])
        library.decide([target], rng.choice(TOPICS), rng.choice(["accepted", "rejected"]))
    library.mark(rng.sample(ids, 20), read=True)
    library.mark(rng.sample(ids, 10), starred=True)
    for name in rng.sample(ids, 6):
        library.note(name + rng.choice(["", ".1"]), "A note.")
    library.dismiss(f"{ids[3]}.1")
    library.remove([ids[9], ids[10]])


def test_list_filters_agree_with_row_fields(library: Library) -> None:
    every = library.list()
    assert len(every) == 58
    insights = {row.id: library.insights(row.id) for row in every}

    def kind(wanted: str) -> Callable[[BriefingRow], bool]:
        return lambda row: any(i.kind == wanted for i in insights[row.id])

    rules: dict[str, Callable[[BriefingRow], bool]] = {
        "is:unread": lambda row: not row.read,
        "is:read": lambda row: row.read,
        "is:starred": lambda row: row.starred,
        "is:noted": lambda row: row.noted,
        "has:note": lambda row: row.noted,
        "is:untagged": lambda row: not row.scored,
        "is:inbox": lambda row: not row.scored or bool(row.suggested),
        "source:kelp": lambda row: row.source == "The Kelp",
        "source:cafe": lambda row: row.source == "Café Data",
        "author:zoe": lambda row: row.author == "Zoë Finch",
        "source:none": lambda row: not row.source,
        "author:none": lambda row: not row.author,
        "topic:none": lambda row: not row.topics,
        "suggested:none": lambda row: not row.suggested,
        "is:stated": kind("stated"),
        "is:item": kind("item"),
        "is:own": kind("own"),
        "is:marked": lambda row: False,
        "after:2023": lambda row: (row.published or row.added) >= "2023",
        "before:2022-03-02": lambda row: (utc(row.published) or row.added) < "2022-03-02",
    }
    for topic in TOPICS:
        rules[f"topic:{topic}"] = lambda row, t=topic: t in row.topics
        rules[f"suggested:{topic}"] = lambda row, t=topic: t in {s.topic for s in row.suggested}
        rules[f"any:{topic}"] = lambda row, t=topic: t in row.topics or any(t in i.topics for i in insights[row.id])
    for query, rule in rules.items():
        expected = [row.id for row in every if rule(row)]
        assert [row.id for row in library.list(query)] == expected, query
        assert library.count(query) == len(expected), query
        assert {row.id for row in library.list("-" + query)} == {row.id for row in every if not rule(row)}, "-" + query
    rng = random.Random(3)
    for _ in range(120):
        chosen = rng.sample(sorted(rules), 3)
        expected = [row.id for row in every if all(rules[query](row) for query in chosen)]
        assert [row.id for row in library.list(" ".join(chosen))] == expected, chosen


def utc(published: str) -> str:
    return published.replace("-03-01T23:30:00-05:00", "-03-02T04:30:00Z")


def test_insight_filters_agree_with_row_fields(library: Library) -> None:
    rows = {row.id: row for row in library.list()}
    every = [insight for row in rows.values() for insight in library.insights(row.id)]
    rules: dict[str, Callable[[InsightRow], bool]] = {
        "is:unread": lambda i: not rows[i.briefing_id].read,
        "is:noted": lambda i: bool(library.note_of(i.id)),
        "is:item": lambda i: i.kind == "item",
        "source:kelp": lambda i: i.source == "The Kelp",
        "topic:none": lambda i: not i.topics,
        "before:2022": lambda i: (i.published or "2026") < "2022",
    }
    for topic in TOPICS:
        rules[f"topic:{topic}"] = lambda i, t=topic: t in i.topics
        rules[f"any:{topic}"] = lambda i, t=topic: t in i.topics or t in rows[i.briefing_id].topics
    for query, rule in rules.items():
        found = {hit.row.id for hit in library.search(query, limit=1000)}
        assert found == {i.id for i in every if rule(i)}, query


def test_pages_together_are_the_whole_list(library: Library) -> None:
    for query in ("", "is:unread", "topic:moe", "title"):
        whole, pages, after = library.keys(query), [], None
        while page := library.keys(query, limit=7, after=after):
            pages += page
            after = page[-1]
        assert pages == whole, query


def test_score_is_filtered_and_sorted_by(library: Library) -> None:
    high = library.list("topic:moe score:>0.5 sort:score")
    assert len(high) > 1
    with library.db.reading() as con:
        scores = dict(
            con.execute("SELECT briefing_key, score FROM suggestion WHERE insight_number = 0 AND topic = 'moe'")
        )
    assert [scores[row.key] for row in high] == sorted((scores[row.key] for row in high), reverse=True)
    assert {row.key for row in high} == {row.key for row in library.list("topic:moe") if scores.get(row.key, 0) > 0.5}


def test_score_filter_uses_the_best_of_the_named_topics(library: Library) -> None:
    with library.db.reading() as con:
        rows = con.execute("SELECT briefing_key, topic, score FROM suggestion WHERE insight_number = 0").fetchall()
    best: dict[int, float] = {}
    for key, _, score in rows:
        best[key] = max(score, best.get(key, 0.0))
    listed = [key for key in library.keys("sort:score") if key in best]
    assert [best[key] for key in listed] == sorted((best[key] for key in listed), reverse=True)
    above = {key for key in library.keys("") if best.get(key, 0.0) > 0.7}
    assert set(library.keys("score:>0.7")) == above
    assert set(library.keys("-topic:moe score:>0.7")) == above - set(library.keys("topic:moe"))


def test_date_filter_after_includes_its_day_but_not_before(library: Library) -> None:
    dates = {row.id: row.published for row in library.list() if len(row.published) == 10}
    for date in sorted(set(dates.values())):
        same = {id for id, day in dates.items() if day == date}
        assert same <= {row.id for row in library.list(f"after:{date}")}
        assert same.isdisjoint(row.id for row in library.list(f"before:{date}"))


def test_insights_of_a_briefing_are_listed_by_number(library: Library) -> None:
    listed = [hit.row.id for hit in library.search("", limit=1000)]
    for row in library.list():
        own = [id for id in listed if id.startswith(f"{row.id}.")]
        assert own == sorted(own)


def test_facets_and_stats_count_listed_briefings(library: Library) -> None:
    facets, stats = library.facets(), library.stats()
    for query, count in (
        ("", facets.total), ("is:unread", facets.unread), ("is:starred", facets.starred),
        ("is:inbox", facets.inbox), ("is:noted", facets.noted),
        *((f"topic:{topic}", n) for topic, _, n in facets.topics),
    ):  # fmt: skip
        assert library.count(query) == count, query
    assert dict(stats.topics) == {topic: n for topic, _, n in facets.topics if n}
    assert stats.insights == sum(len(library.insights(row.id)) for row in library.list())
    assert sum(n for _, n in stats.months) == stats.briefings == facets.total


def test_path_filter_finds_copies(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("Kelp", "wrack")]
    for number, folder in enumerate(folders):
        folder.mkdir()
        (folder / "a.md").write_text(f"# Report {number}\n\nA text of its own, about gulls and tides, part {number}.\n")
    with Library(tmp_path / "library") as library:
        list(library.add(folders))
        assert [row.title for row in library.list("path:kelp/")] == ["Report 0"]
        assert [row.title for row in library.list("-path:kelp/")] == ["Report 1"]
        assert library.count("path:a.md") == 2
