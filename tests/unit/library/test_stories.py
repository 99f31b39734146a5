"""Tests of stories in a library: found, updated, decided on, rebuilt."""

from __future__ import annotations

import json
from collections import Counter
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest

from briefreader.errors import NotFoundError, UsageError
from briefreader.library import Library
from briefreader.library.news import by_topic

if TYPE_CHECKING:
    from pathlib import Path

REPORTS = (
    ("Oak", "2026-03-02", "Kelp Farms of Oslo doubled its harvest to $12 million, Ada Finch told growers at Bergen."),
    ("Elm", "2026-03-03", "Harvest of Oslo's Kelp Farms doubled to $14 million, Ada Finch says in Bergen."),
    ("Ash", "2026-03-04", "Harvest of Kelp Farms in Oslo doubled, Ada Finch says; growers in Bergen cheer."),
)


def filler(n: int) -> dict[str, str]:
    words = " ".join(f"{kind}{n}" for kind in ("harbour", "ledger", "crane", "berth", "deck", "anchor"))
    return {"title": "", "text": f"The {words} stand alone here."}


def add(library: Library, folder: Path, *reports: tuple[str, str, str], fill: int = 0) -> list[str]:
    """Add a briefing for each report, with some unrelated insights."""
    lines = []
    for number, (source, day, text) in enumerate(reports):
        insights = [{"title": "", "text": text}, *(filler(fill + 7 * number + n) for n in range(6))]
        body = "\n\n".join(insight["text"] for insight in insights)
        lines.append(
            {"title": f"{source} {day} {fill}", "text": body, "source": source, "published": day, "insights": insights}
        )
    path = folder / f"add{fill}.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    return [added.id for added in library.add([path])]


@pytest.fixture
def reported(library: Library, tmp_path: Path) -> Library:
    add(library, tmp_path, *REPORTS)
    return library


def ids(library: Library) -> list[list[str]]:
    return [[row.source for row in library.story(story.id)[1]] for story in library.stories()]


def test_reports_of_the_same_news_are_one_story(reported: Library) -> None:
    [story] = reported.stories()
    assert (story.briefings, story.sources, story.days, story.names) == (3, 3, 3, "Oak, Elm, Ash")
    assert story.id == f"s{story.insights[0]}" and story.figures == ("$12 million", "$14 million")
    assert {"Finch", "Oslo"} <= {part.text for part in story.reasons}
    assert ids(reported) == [["Oak", "Elm", "Ash"]]


def test_queries_find_stories_and_new_insights(reported: Library) -> None:
    [story] = reported.stories()
    for query in ("is:story", "sources:>2", f"story:{story.id}", f"story:{story.insights[2]}"):
        assert {hit.row.id for hit in reported.search(query)} == set(story.insights), query
        assert reported.count(query) == len(reported.keys(query)) == 3, query
    assert [hit.row.source for hit in reported.search("is:updated")] == ["Elm"]
    assert [hit.row.source for hit in reported.search("is:repeat")] == ["Ash"]
    assert len(reported.search("is:new", limit=100)) == 19
    assert len(reported.search("sources:<2", limit=100)) == 18
    assert reported.stories("source:oak")[0].id == story.id and reported.stories("after:2026-04") == []


def test_saved_searches_select_changes_and_a_brief(reported: Library) -> None:
    reported.save_search("oslo", "source:Elm")
    elm = reported.changed("source:Elm")
    assert elm and reported.changed("saved:oslo") == elm
    assert reported.brief("saved:oslo", words=500).candidates == len(elm)


def test_search_shows_only_the_best_hit_of_a_story(reported: Library) -> None:
    assert len(reported.search("kelp farms")) == 3
    [hit] = reported.search("kelp farms", fold=True)
    assert hit.others == 2
    assert len(reported.search("kelp is:story", fold=True)) == 3


def test_explanations_name_what_reports_share(reported: Library) -> None:
    found = reported.explain_story(reported.stories()[0].id)
    assert [(row.source, other.source) for row, other, _, _ in found] == [("Elm", "Oak"), ("Ash", "Elm")]
    assert all(0.6 < probability <= 1 and shared for _, _, probability, shared in found)
    with pytest.raises(NotFoundError):
        reported.story("7f3a.99")


def test_split_is_kept_until_it_is_undone(reported: Library) -> None:
    [story] = reported.stories()
    reported.split_story(story.insights[1])
    assert ids(reported) == [["Oak", "Ash"]]
    reported.check(rebuild=True)
    assert ids(reported) == [["Oak", "Ash"]]
    reported.undo()
    assert ids(reported) == [["Oak", "Elm", "Ash"]]
    reported.redo()
    assert ids(reported) == [["Oak", "Ash"]]


def test_merge_keeps_the_earliest_id(reported: Library, tmp_path: Path) -> None:
    [other] = add(reported, tmp_path, ("Fir", "2026-03-01", "Seaweed is dear this year."), fill=100)
    [story] = reported.stories()
    reported.merge_stories(story.id, f"{other}.1")
    [merged] = reported.stories()
    assert merged.id == f"s{other}.1" and merged.insights == (f"{other}.1", *story.insights)
    assert reported.story(story.id)[0].id == merged.id
    reported.undo()
    assert reported.stories()[0].id == story.id
    with pytest.raises(UsageError):
        reported.merge_stories(story.id)


def test_merged_stories_keep_all_their_reports(reported: Library, tmp_path: Path) -> None:
    storm = (
        ("Fir", "2026-06-02", "Storm Hilda flooded Lisbon, and Mayor Rui Costa closed 12 schools."),
        ("Yew", "2026-06-03", "Rui Costa, mayor of Lisbon, closed schools on Tuesday as Storm Hilda flooded cellars."),
    )
    add(reported, tmp_path, *storm, fill=100)
    one, other = reported.stories()
    reported.merge_stories(one.id, other.id)
    assert sorted(map(sorted, ids(reported))) == [["Ash", "Elm", "Fir", "Oak", "Yew"]]
    reported.check(rebuild=True)
    assert len(reported.stories()) == 1
    reported.undo()
    assert {story.id for story in reported.stories()} == {one.id, other.id}


def test_removed_briefings_leave_their_stories(reported: Library) -> None:
    [story] = reported.stories()
    reported.remove([story.insights[0].partition(".")[0]])
    assert ids(reported) == [["Elm", "Ash"]]
    reported.undo()
    assert ids(reported) == [["Oak", "Elm", "Ash"]]


def test_copies_of_a_text_count_as_one_source(library: Library, tmp_path: Path) -> None:
    text = REPORTS[0][2]
    add(library, tmp_path, ("Oak", "2026-03-02", text), ("Elm", "2026-03-02", text), REPORTS[2])
    [story] = library.stories()
    assert (story.briefings, story.sources) == (3, 2)


def test_follow_up_is_new_and_its_template_is_a_repeat(library: Library, tmp_path: Path) -> None:
    texts = [text for _, _, text in REPORTS]
    add(library, tmp_path, ("Oak", "2026-03-02", texts[0]), ("Oak", "2026-03-03", texts[1]))
    assert (library.count("is:updated"), library.count("is:repeat")) == (0, 0)
    table = "Kelp futures of the Oslo exchange stand at {}.50 kroner, delayed by the data provider of growers."
    days = [("Oak", f"2026-03-1{n}", table.format(n)) for n in range(3)]
    add(library, tmp_path, *days, fill=100)
    assert sorted(hit.row.published[:10] for hit in library.search("is:repeat")) == ["2026-03-11", "2026-03-12"]


def test_promotion_of_a_story_is_not_an_update(reported: Library) -> None:
    assert reported.count("is:updated") == 1
    with reported.db.writing() as con:
        con.execute("UPDATE insight SET worth = 0.2")
    reported.check(rebuild=True)
    assert reported.count("is:updated") == 0


def test_label_of_a_section_is_not_the_title_of_a_story(library: Library, tmp_path: Path) -> None:
    labels = ("Lab of the week: Tromsø", "Numbers from Narvik", "Reader mail from Alta")
    lines = [
        {"title": f"{source} {day}", "text": text, "source": source, "published": day,
         "insights": [{"title": labels[n], "text": text}, *(filler(7 * n + k) for k in range(6))]}
        for n, (source, day, text) in enumerate(REPORTS)
    ]  # fmt: skip
    (tmp_path / "labels.jsonl").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    assert [added.status for added in library.add([tmp_path / "labels.jsonl"])] == ["added"] * 3
    [story] = library.stories()
    assert "Kelp Farms" in story.title


def test_single_source_stories_count_only_without_others(library: Library, tmp_path: Path) -> None:
    texts = [text for _, _, text in REPORTS]
    add(library, tmp_path, ("Oak", "2026-03-02", texts[0]), ("Oak", "2026-03-03", texts[1]))
    assert [story.sources for story in library.stories()] == [1] and library.count("is:story") == 2
    other = (
        "Storm Hilda flooded Lisbon, and Mayor Rui Costa closed 12 schools.",
        "Rui Costa, mayor of Lisbon, closed schools on Tuesday as Storm Hilda flooded cellars.",
    )
    add(library, tmp_path, ("Elm", "2026-03-02", other[0]), ("Ash", "2026-03-03", other[1]), fill=100)
    assert [story.sources for story in library.stories()] == [2] and library.count("is:story") == 2
    assert sorted(story.sources for story in library.stories("sources:>0")) == [1, 2]


def contents(library: Library) -> dict[str, Any]:
    with library.db.reading() as con:
        tables = ("story_pair", "story_insight", "story", "story_pending")
        return {table: [tuple(row) for row in con.execute(f"SELECT * FROM {table}")] for table in tables}


def test_updates_and_a_rebuild_give_the_same_stories(library: Library, tmp_path: Path) -> None:
    for step, part in enumerate((REPORTS[2:], REPORTS[:1], REPORTS[1:2])):
        add(library, tmp_path, *part, fill=100 * step)
    library.remove([library.list(limit=1)[0].id])
    library.stories()
    kept = contents(library)
    library.check(rebuild=True)
    assert contents(library) == kept


def test_decisions_on_stories_survive_dump_and_restore(reported: Library, tmp_path: Path) -> None:
    reported.split_story(reported.stories()[0].insights[1])
    dumped = StringIO()
    reported.dump(dumped)
    dumped.seek(0)
    with Library(tmp_path / "other") as other:
        other.restore(dumped)
        assert ids(other) == [["Oak", "Ash"]]


@pytest.mark.parametrize(("name", "sources"), [("Oak Weekly", 2), ("The Oak", 3), ("Beech", 3)])
def test_longer_name_of_a_publisher_is_the_same_source(
    library: Library, tmp_path: Path, name: str, sources: int
) -> None:
    texts = [text for _, _, text in REPORTS]
    days = ("2026-03-02", "2026-03-03", "2026-03-04")
    add(library, tmp_path, *zip(("Oak", name, "Elm"), days, texts, strict=True))
    assert [story.sources for story in library.stories()] == [sources]


def test_reports_have_status_and_sources(reported: Library) -> None:
    keys = {row.key: row.source for row in reported.story(reported.stories()[0].id)[1]}
    assert {keys[key]: report for key, report in reported.reports(keys).items()} == {
        "Oak": ("new", 3),
        "Elm": ("updated", 3),
        "Ash": ("repeat", 3),
    }
    assert reported.reports([0]) == {}


def test_brief_of_a_past_day_ignores_later_sources(reported: Library) -> None:
    def sources(query: str) -> list[int]:
        return [
            each.candidate.sources for each in reported.brief(query, words=900).brief.chosen if each.candidate.story
        ]

    assert sources("before:2026-03-03") == [1]
    assert sources("before:2026-03-04") == [2]
    assert sources("") == [3]


def test_brief_has_a_topic_from_the_briefing(reported: Library) -> None:
    story = reported.stories()[0]
    reported.decide([story.insights[0].partition(".")[0]], "agents", "accepted")
    groups = {group.id: [entry.id for entry in group.entries] for group in reported.brief("", words=900).groups}
    assert story.insights[0] in groups["agents"]


def test_brief_has_no_minor_topic_of_the_briefing(library: Library, tmp_path: Path) -> None:
    [id] = add(library, tmp_path, REPORTS[0])
    for share, topics in ((0.8, {"agents"}), (0.2, {""})):
        with library.db.writing() as con:
            con.execute("DELETE FROM suggestion")
            con.execute(
                "INSERT INTO suggestion SELECT key, 0, 'agents', 0.9, 'document', ? FROM briefing WHERE id = ?",
                (share, id),
            )
        assert {chosen.candidate.topic for chosen in library.brief("", words=900).brief.chosen} == topics


def test_brief_names_news_of_several_sources(reported: Library) -> None:
    groups = reported.brief("", words=900).groups
    assert groups[0].label == "In several sources"
    assert [entry.sources for entry in groups[0].entries] == [3]


def test_story_has_the_shared_sentence_of_each_report(library: Library, tmp_path: Path) -> None:
    beside = "A quiet week passed otherwise."
    reports = [(source, day, f"{beside} {text}") for source, day, text in REPORTS]
    add(library, tmp_path, *reports)
    [story] = library.stories()
    assert [(report.source, report.sentence) for report in story.reports] == [(who, text) for who, _, text in REPORTS]
    assert story.title in {text for _, _, text in REPORTS}


def test_story_names_what_all_its_reports_share(reported: Library) -> None:
    [story] = reported.stories()
    texts = [report.sentence.lower() for report in story.reports]
    assert story.reasons and all(part.text.lower() in text for part in story.reasons for text in texts)


def test_report_sentence_is_the_shortest_with_the_news(library: Library, tmp_path: Path) -> None:
    def report(source: str, text: str) -> str:
        beside = " ".join(f"{source.lower()}meadow{n}" for n in range(20))
        return f"{text[:-1]} besides {beside}. {text}"

    add(library, tmp_path, *((source, day, report(source, text)) for source, day, text in REPORTS))
    [story] = library.stories()
    assert [report.sentence for report in story.reports] == [text for _, _, text in REPORTS]


def test_changes_without_a_topic_are_grouped_by_source(reported: Library) -> None:
    found = reported.changed()
    groups = dict(by_topic(found, reported.facets()))
    counts = Counter(change.row.source for change in found)
    assert groups and {label for label in counts if counts[label] > 1} == groups.keys() - {"Other", "News"}


def test_brief_groups_insights_without_topic_by_source(reported: Library) -> None:
    groups = reported.brief("", words=900).groups
    named = {group.label: len(group.entries) for group in groups}
    assert named.keys() == {"In several sources", "Oak", "Elm", "Ash"}
    assert len({group.id for group in groups}) == 4 and all(
        count > 1 for label, count in named.items() if "In" not in label
    )
