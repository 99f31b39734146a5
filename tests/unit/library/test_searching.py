"""Tests of search: words, typos, filters, phrases, scopes, and lists with words."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from briefreader.library import Library
from briefreader.search import indexing
from briefreader.storage import filters
from briefreader.taxonomy import Taxonomy, Topic

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BRIEFINGS = [
    {
        "title": "Open weights this week",
        "source": "The Sequence",
        "published": "2026-02-20",
        "text": "An essay on why labs give weights away. Cobblestone.",
        "insights": [
            {
                "title": "Licences decide adoption",
                "text": "A permissive licence spreads a model faster than benchmarks.",
            },
            {"title": "Mixture of experts on laptops", "text": "Sparse models route each token to few experts."},
        ],
    },
    {
        "title": "What a token costs",
        "source": "Snipd",
        "published": "2026-02-22",
        "text": "Numbers from three vendors.",
        "insights": [
            {
                "title": "Pay for outcomes",
                "text": "Pricing per outcome replaces pricing per token; GPT-4.1 started it.",
            },
            {"title": "开源模型降价", "text": "混合专家模型让推理更便宜。"},
            {"title": "Größere Modelle", "text": "Die Übersetzung wird günstiger 🚀 und schneller, don’t worry."},
        ],
    },
]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with filled(tmp_path_factory.mktemp("library")) as made:
        yield made


def filled(folder: Path) -> Library:
    source = folder / "briefings.jsonl"
    source.write_text("".join(json.dumps(b) + "\n" for b in BRIEFINGS))
    library = Library(folder / "library")
    assert [a.status for a in library.add([source])] == ["added", "added"]
    return library


def titles(library: Library, query: str) -> list[str]:
    """Return the titles of the full matches."""
    return [hit.row.title for hit in library.search(query) if hit.kind == "insight" and not hit.partial]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("permissive licence", "Licences decide adoption"),
        ("permisive lisence", "Licences decide adoption"),
        ("adoption licen", "Licences decide adoption"),
        ("moe laptops", "Mixture of experts on laptops"),
        ("mixtureof experts", "Mixture of experts on laptops"),
        ("lap tops", "Mixture of experts on laptops"),
        ("gpt-4.1", "Pay for outcomes"),
        ("专家模型", "开源模型降价"),
        ("模", "开源模型降价"),
        ("grossere ubersetzung", "Größere Modelle"),
        ("GÜNSTIGER", "Größere Modelle"),
        ("🚀", "Größere Modelle"),
        ("dont worry", "Größere Modelle"),
        ("don't worry", "Größere Modelle"),
    ],
)
def test_search_finds_the_expected_insight_first(library: Library, query: str, first: str) -> None:
    assert titles(library, query)[0] == first


def test_search_applies_phrases_negations_and_filters(library: Library) -> None:
    assert titles(library, '"pricing per token"') == ["Pay for outcomes"]
    assert titles(library, '"token per pricing"') == []
    assert titles(library, '"pricing per tok') == ["Pay for outcomes"]
    assert titles(library, "token -outcome") == ["Mixture of experts on laptops"]
    assert titles(library, 'token -"per outcome"') == ["Mixture of experts on laptops"]
    assert titles(library, "token source:sequence") == ["Mixture of experts on laptops"]
    assert titles(library, "token before:2026-02-21") == ["Mixture of experts on laptops"]
    assert titles(library, "experts in:title") == ["Mixture of experts on laptops"]
    assert titles(library, "route in:title") == []
    assert titles(library, "laptops in:text") == []
    assert titles(library, "token sort:date")[0] == "Pay for outcomes"


def test_notes_and_bodies_are_searched_only_if_asked(tmp_path: Path) -> None:
    with filled(tmp_path) as library:
        (hit,) = library.search("laptops in:title")
        library.note(hit.row.id, "for laptops")
        # notes of a briefing count for all its insights
        both = ["Mixture of experts on laptops", "Licences decide adoption"]
        assert titles(library, "laptops in:title in:notes") == both
        assert sorted(titles(library, "laptops in:notes")) == sorted(both)
        assert titles(library, "adoption in:notes") == []
        library.remove([hit.row.briefing_id])
        assert titles(library, "laptops in:notes") == titles(library, "cobblestone in:body") == []


def test_changed_taxonomy_is_used_immediately(tmp_path: Path) -> None:
    with filled(tmp_path) as library:
        moe, fast = Topic("moe", "Sparse"), Topic("fast", "Quick things")
        Taxonomy((moe, fast)).dump(library.folder / "taxonomy.yaml")
        id = library.search("laptops")[0].row.id
        library.decide([id], "moe", "accepted")
        assert titles(library, "laptops topic:fast") == titles(library, "zwiebel") == []
        changed = Taxonomy((replace(moe, broader="fast"), fast), (("zwiebel", "laptops"),))
        changed.dump(library.folder / "taxonomy.yaml")
        assert library.reload_taxonomy()
        assert titles(library, "laptops topic:fast") == titles(library, "zwiebel") == ["Mixture of experts on laptops"]


def test_insights_merged_by_another_process_are_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with filled(tmp_path) as library:
        made = indexing.inverted

        def overtaken(insights: Any) -> Any:
            monkeypatch.setattr(indexing, "inverted", made)
            with Library(library.folder) as other:
                other.merge_index(1)
            return made(insights)

        monkeypatch.setattr(indexing, "inverted", overtaken)
        library.merge_index(1)
        assert library.check(deep=True) == []


def test_insights_not_indexed_yet_are_not_damage(tmp_path: Path) -> None:
    with filled(tmp_path) as library:
        library.rebuild_index()
        list(library.add([io.BytesIO(b'{"title": "Late", "insights": [{"title": "Zeppelin", "text": "Airship"}]}')]))
        assert library.check(deep=True) == []
        with library.db.writing() as con:
            con.execute("UPDATE post SET title_docs = x'' WHERE term = 'laptops'")
        assert [problem.message for problem in library.check(deep=True)] == ["the search index is out of date"]


def test_search_in_body_and_notes_is_literal(library: Library) -> None:
    assert titles(library, "cobblestone") == []
    assert set(titles(library, "cobblestone in:body")) == {"Licences decide adoption", "Mixture of experts on laptops"}
    assert titles(library, "permissive in:body in:title")[:1] == ["Licences decide adoption"]


def test_empty_search_lists_the_newest(library: Library) -> None:
    assert len(library.search("")) == 5
    assert library.search("")[0].row.published == "2026-02-22"
    assert len(library.search("***")) == 5
    assert len(library.search("-token")) == 3
    assert len(library.search("", limit=2)) == 2


def test_list_of_briefings_is_filtered_by_words(library: Library) -> None:
    assert [r.title for r in library.list("licence")] == ["Open weights this week"]
    assert [r.title for r in library.list("lisence")] == ["Open weights this week"]
    assert [r.title for r in library.list("costs")] == ["What a token costs"]
    assert [r.title for r in library.list("-licence")] == ["What a token costs"]
    assert [r.title for r in library.list("-costs")] == ["Open weights this week"]
    assert [r.title for r in library.list("cobblestone")] == []
    assert [r.title for r in library.list("cobblestone in:body")] == ["Open weights this week"]


def test_cached_list_is_reloaded_only_after_a_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[object] = []
    keys = filters.briefing_keys

    def counted(con: Any, query: Any, *args: Any, **options: Any) -> list[int]:
        read.append(query.filters)
        return keys(con, query, *args, **options)

    monkeypatch.setattr(filters, "briefing_keys", counted)
    with filled(tmp_path) as library:
        for query in ("token", "is:unread token", "token", "is:unread tokens"):
            library.keys(query)
        assert len(read) == 2
        found = library.list("is:unread token")
        library.mark([found[0].id], read=True)
        assert library.list("is:unread token") == found[1:]


@pytest.mark.parametrize(
    "query",
    ["multi-agent", "gpt-4.1", "don't", "x:y", '"', "*", "", "a" * 10_000, "ab " * 3_000, "topic:", "-", "-*", '-"',
     "NOT OR AND", "a AND", "'; DROP TABLE insight; --", "\x00", "\x1b[31m", "\ud800", "％", "🏽", "in:body *",
     'in:body "',     "in:notes \ud800", "sort:date", "sort:date *", "-模", "in:text 4"],
)  # fmt: skip
def test_any_query_is_accepted(library: Library, query: str) -> None:
    library.search(query)
    library.keys(query)


def test_removed_briefing_is_not_found_until_undo(tmp_path: Path) -> None:
    with filled(tmp_path) as library:
        gone = library.search("permissive")[0].row.briefing_id
        batch = library.remove([gone])
        assert titles(library, "permissive") == []
        library.undo(batch.number)
        assert titles(library, "permissive") == ["Licences decide adoption"]


def test_added_briefing_is_found_immediately(tmp_path: Path) -> None:
    with filled(tmp_path) as library:
        library.warm()
        late = {"title": "Late", "insights": [{"title": "Zeppelin", "text": "An airship beside tokens."}]}
        list(library.add([io.BytesIO(json.dumps(late).encode())]))
        assert titles(library, "zepelin") == ["Zeppelin"]
        assert "Zeppelin" in titles(library, "tokens")


@pytest.mark.parametrize("item", ["topic:t{}", "-topic:t{}", "source:s{}", '"a{} b"', "is:read", "-{}", "in:body {}"])
def test_query_of_many_items_is_accepted(library: Library, item: str) -> None:
    query = " ".join(item.format(n) for n in range(1_500))
    library.search(query)
    library.list(query)
    library.search("token " + query)


def test_cancelled_search_returns_nothing(library: Library) -> None:
    assert library.search("token", cancelled=lambda: True) == []


def test_search_sorts_by_score(tmp_path: Path) -> None:
    with filled(tmp_path) as library:
        found = [hit.row.key for hit in library.search("token") if hit.kind == "insight"]
        with library.db.writing() as con:
            for n, key in enumerate(found):
                row = con.execute("SELECT briefing_key, number FROM insight WHERE key = ?", (key,)).fetchone()
                con.execute("INSERT INTO suggestion VALUES (?, ?, 'moe', ?, 'document', 1)", (*row, (n + 1) / 10))
        surest = found[::-1]
        assert [hit.row.key for hit in library.search("sort:score", limit=len(found))] == surest
        assert [hit.row.key for hit in library.search("topic:moe sort:score")] == surest
        words = [hit.row.key for hit in library.search("token sort:score")]
        assert [key for key in words if key in found] == surest
        assert {hit.row.key for hit in library.search("token sort:score")} <= {
            h.row.key for h in library.search("token")
        }
        assert all(hit.spans for hit in library.search("token sort:score"))


def test_full_text_search_does_not_load_the_index(tmp_path: Path) -> None:
    with filled(tmp_path) as library:
        assert len(library.keys("cobblestone in:body")) == 1
        assert [row.title for row in library.rows(library.keys("c", quick=True))] == ["What a token costs"]
        assert not library.searchable


def test_list_finds_titles_despite_typos(library: Library) -> None:
    assert library.list("tokne costs")[0].title == "What a token costs"


def test_merge_into_the_index_can_be_cancelled_and_resumed(tmp_path: Path) -> None:
    with filled(tmp_path) as library:
        with library.db.writing() as con:
            con.execute("UPDATE index_state SET analysis = -1")  # as an older version would have left it
        assert library.search("permissive", cancelled=lambda: True) == []
        assert titles(library, "permissive") == ["Licences decide adoption"]
        with library.db.reading() as con:
            assert con.execute("SELECT indexed FROM index_state").fetchone()[0] == 5


def test_whole_title_of_a_briefing_is_the_first_hit(library: Library) -> None:
    for row in library.list(""):
        first = library.search(row.title)[0]
        assert (first.kind, first.row.briefing_id, first.row.id) == ("title", row.id, row.id)


def test_edited_title_is_found_and_the_old_one_is_not(tmp_path: Path) -> None:
    with filled(tmp_path) as library:
        id = library.search("open weights this week")[0].row.briefing_id
        library.edit(id, title="Zebra crossings")
        assert next((hit.kind, hit.row.briefing_id) for hit in library.search("zebra crosings")) == ("title", id)
        assert "title" not in {hit.kind for hit in library.search("week")}


def test_title_of_a_briefing_counts_for_its_insights(library: Library) -> None:
    hits = [hit for hit in library.search("sparse weights") if hit.kind == "insight"]
    assert hits[0].row.title == "Mixture of experts on laptops"


def test_passage_outside_insights_is_found_despite_typos(library: Library) -> None:
    for query in ("labs give cobblestone", "labs give cobblestoen", '"give weights away"'):
        (passage,) = [hit for hit in library.search(query) if hit.kind == "passage"]
        body = library.briefing(passage.row.briefing_id).body
        assert body[passage.row.start : passage.row.end].startswith("An essay on why labs")
        marked = [("\n" + passage.row.text)[start:end] for start, end in passage.spans]
        assert {"labs", "give"} & set(marked) or marked == ["give weights away"]


def test_passage_may_lack_one_of_several_words(library: Library) -> None:
    (passage,) = [hit for hit in library.search("labs essay zeppelins away") if hit.kind == "passage"]
    assert passage.partial


def test_passage_matches_filters_and_negations(library: Library) -> None:
    assert {hit.kind for hit in library.search("labs give away source:sequence")} >= {"passage"}
    for query in ("labs give away source:snipd", "labs give away -essay", "labs give away is:stated"):
        assert "passage" not in {hit.kind for hit in library.search(query)}, query


def test_partial_matches_follow_whole_ones(library: Library) -> None:
    partial = [hit.partial for hit in library.search("permissive licence outcome") if hit.kind == "insight"]
    assert partial == sorted(partial) and partial[-1]


def test_question_words_count_only_in_short_queries(library: Library) -> None:
    asked = library.search("how does a permissive licence spread")
    assert [hit.row.id for hit in asked] == [hit.row.id for hit in library.search("permissive licence spread")]
    assert not any("how" in ("\n".join((h.row.title, h.row.text)))[a:b] for h in asked for a, b in h.spans)


def test_saved_search_is_part_of_any_query(tmp_path: Path) -> None:
    with filled(tmp_path) as library:
        library.save_search("Costs", "source:snipd in:title")
        library.save_search("both", "saved:costs pay saved:both")  # refers to itself, which is ignored
        assert titles(library, "saved:both") == ["Pay for outcomes"]
        assert library.count("saved:costs") == len(library.list("saved:COSTS")) == 1
        assert library.remarks("saved:both") == []
        assert library.list("saved:cost") == library.search("saved:cost pay") == []
        assert library.remarks("saved:cost") == ["no such saved search: cost; did you mean Costs?"]
        assert library.remarks("-saved:costs") == ["-saved:costs is searched as text: saved: can't be negated"]
        assert library.facets().saved == ["Costs", "both"]
