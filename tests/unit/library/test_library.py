"""Tests of the library's main methods: add, list, decide, undo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from briefreader.errors import NotFoundError, TaxonomyError, UndoConflictError, UsageError
from briefreader.library import Library

if TYPE_CHECKING:
    from pathlib import Path


def id_of(library: Library, word: str) -> str:
    (row,) = library.list(word)
    return row.id


def test_add_twice_reports_known_and_changes_nothing(filled: Library, documents: Path) -> None:
    before = filled.list()
    again = list(filled.add([documents]))
    assert [a.status for a in again] == ["known", "known"]
    assert {a.id for a in again} == {r.id for r in before}
    assert filled.list() == before
    assert [b.verb for b in filled.history()] == ["add"]


def test_dry_run_reports_results_and_writes_nothing(library: Library, documents: Path) -> None:
    would = list(library.add([documents], dry_run=True))
    assert library.list() == [] and library.history() == []
    assert list(library.add([documents])) == would


def test_dry_run_reports_copies_and_removals_without_a_lock(
    filled: Library, documents: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("briefreader.storage.database.BUSY_SECONDS", 0.05)
    text = (documents / "boats.md").read_text(encoding="utf-8")
    (documents / "boats-again.txt").write_text(text + "\n", encoding="utf-8")
    (documents / "new.md").write_text("# New\n\nSomething else, and short.\n")
    (documents / "newer.txt").write_text("# New\n\nSomething else, and short.\n")
    filled.remove([id_of(filled, "kelp")])
    before = filled.history()
    would = filled.add([documents], dry_run=True)
    first = next(would)
    with Library(filled.folder) as other:
        other.mark([id_of(other, "boats")], starred=True)
    added = [first, *would]
    assert filled.history()[1:] == before
    assert added == list(filled.add([documents]))
    assert sorted(a.status for a in added) == ["added", "added", "alias", "known", "known"]


def test_add_with_a_bad_file_adds_the_others(library: Library, documents: Path, tmp_path: Path) -> None:
    made = list(library.add([tmp_path / "nowhere.md", documents]))
    assert sorted(a.status for a in made) == ["added", "added", "failed"]
    assert library.count() == 2


def test_original_is_stored_byte_for_byte(filled: Library, documents: Path) -> None:
    assert filled.original(id_of(filled, "kelp")).data == (documents / "kelp.md").read_bytes()


def test_verdicts_set_topics_and_can_be_withdrawn(filled: Library) -> None:
    kelp = id_of(filled, "kelp")
    filled.decide([kelp, f"{kelp}.1"], "moe", "accepted")
    assert filled.list("topic:moe")[0].topics == ("moe",)
    assert filled.insight(f"{kelp}.1").topics == ("moe",)
    filled.decide([kelp], "moe", None)
    assert filled.list("topic:moe") == []


def test_repeated_verdict_is_not_in_the_history(filled: Library) -> None:
    kelp = id_of(filled, "kelp")
    filled.decide([kelp], "moe", "accepted")
    steps = len(filled.history())
    assert filled.decide([kelp], "moe", "accepted").number == 0
    assert len(filled.history()) == steps


def test_unknown_target_aborts_the_whole_batch(filled: Library) -> None:
    kelp = id_of(filled, "kelp")
    with pytest.raises(NotFoundError):
        filled.decide([kelp, "ffffffff"], "moe", "accepted")
    assert filled.list("topic:moe") == [] and len(filled.history()) == 1


def test_undo_and_redo_restore_each_state(filled: Library) -> None:
    kelp = id_of(filled, "kelp")
    filled.mark([kelp], starred=True)
    filled.note(kelp, "worth a second look")
    assert filled.undo().verb == "note" and filled.note_of(kelp) == ""
    assert filled.undo().verb == "star" and filled.list("is:starred") == []
    assert filled.redo().verb == "star" and len(filled.list("is:starred")) == 1
    assert filled.redo().verb == "note" and filled.note_of(kelp) == "worth a second look"
    with pytest.raises(UsageError):
        filled.redo()


def test_new_change_disables_redo(filled: Library) -> None:
    kelp = id_of(filled, "kelp")
    filled.mark([kelp], starred=True)
    filled.undo()
    filled.mark([kelp], read=True)
    with pytest.raises(UsageError):
        filled.redo()


def test_undo_of_an_earlier_batch_lists_conflicting_ones(filled: Library) -> None:
    kelp = id_of(filled, "kelp")
    first = filled.note(kelp, "one")
    second = filled.note(kelp, "two")
    with pytest.raises(UndoConflictError, match=rf"{second.number} \(note\)"):
        filled.undo(first.number)
    star = filled.mark([kelp], starred=True)
    filled.mark([kelp], read=True)
    with pytest.raises(UndoConflictError):
        filled.undo(star.number)
    with pytest.raises(UndoConflictError):
        filled.undo(1)  # the add
    assert filled.note_of(kelp) == "two"


def test_removed_briefing_returns_when_added_again(filled: Library, documents: Path) -> None:
    kelp = id_of(filled, "kelp")
    filled.decide([kelp], "moe", "accepted")
    filled.note(f"{kelp}.2", "which buoy?")
    filled.remove([kelp])
    assert kelp not in [row.id for row in filled.list("kelp")]
    with pytest.raises(NotFoundError):
        filled.briefing(kelp)
    (back,) = (a for a in filled.add([documents]) if a.status == "added")
    assert back.id == kelp
    assert filled.list("topic:moe")[0].id == kelp and filled.note_of(f"{kelp}.2") == "which buoy?"


def test_own_insight_is_kept_by_undo_and_redo(filled: Library) -> None:
    boats = id_of(filled, "boats")
    body = filled.briefing(boats).body
    start = body.index("A schedule is")
    filled.own_insight(boats, start, len(body))
    (own,) = (i for i in filled.insights(boats) if i.kind == "own")
    assert own.text == body[start:].strip()
    filled.undo()
    assert not any(i.kind == "own" for i in filled.insights(boats))
    filled.redo()
    assert filled.insight(own.id) == own


def test_own_insight_across_a_quotation_has_no_markers(filled: Library, tmp_path: Path) -> None:
    (tmp_path / "quoting.md").write_text("# Quoting\n\nA quiet day.\n\n> The harbour master said:\n> a > b, and go.\n")
    (added,) = filled.add([tmp_path / "quoting.md"])
    body = filled.briefing(added.id).body
    filled.own_insight(added.id, body.index("A quiet"), len(body))
    (own,) = (i for i in filled.insights(added.id) if i.kind == "own")
    assert own.text == "A quiet day.\n\nThe harbour master said: a > b, and go."
    assert own.title == "A quiet day. The harbour master said: a > b, and go."
    assert body[own.start : own.end].endswith("> a > b, and go.")


def test_dismissing_an_insight_keeps_the_numbers_of_the_others(filled: Library) -> None:
    kelp = id_of(filled, "kelp")
    filled.dismiss(f"{kelp}.1")
    assert [i.id for i in filled.insights(kelp)] == [f"{kelp}.2", f"{kelp}.3"]


def test_edited_fields_are_shown_and_undone(filled: Library) -> None:
    kelp = id_of(filled, "kelp")
    filled.edit(kelp, title="Kelp, again", published="2024-01-01")
    assert filled.briefing(kelp).title == "Kelp, again"
    assert filled.list("before:2024-02")[0].id == kelp
    filled.undo()
    assert filled.list("before:2024-02") == [] and filled.briefing(kelp).title == "The Kelp Report 12"
    with pytest.raises(UsageError):
        filled.edit(kelp, published="last spring")


def test_ids_are_resolved_by_unique_prefix(filled: Library) -> None:
    kelp = id_of(filled, "kelp")
    assert filled.resolve(kelp[:3]) == kelp
    with pytest.raises(NotFoundError):
        filled.resolve("zz")
    with pytest.raises(UsageError):
        filled.resolve("")


def test_saved_searches_can_be_replaced_undone_and_deleted(filled: Library) -> None:
    filled.save_search("kelp", "source:kelp")
    filled.save_search("new", "is:unread")
    filled.save_search("kelp", "kelp is:unread")
    assert filled.saved() == [("kelp", "kelp is:unread"), ("new", "is:unread")]
    filled.undo()
    assert filled.saved()[0] == ("kelp", "source:kelp")
    filled.drop_search("new")
    assert [name for name, _ in filled.saved()] == ["kelp"]


def test_facets_count_listed_briefings(filled: Library) -> None:
    kelp = id_of(filled, "kelp")
    filled.mark([kelp], read=True, starred=True)
    filled.decide([kelp], "pricing", "accepted")
    facets = filled.facets()
    assert (facets.total, facets.unread, facets.starred, facets.noted) == (2, 1, 1, 0)
    assert {(id, n) for id, _, n in facets.topics if n} == {("pricing", 1)}
    assert facets.inbox == 2


def test_reread_keeps_ids_decisions_and_manual_edits(filled: Library) -> None:
    kelp = id_of(filled, "kelp")
    filled.decide([f"{kelp}.2"], "moe", "accepted")
    filled.own_insight(kelp, 2, 20, "mine")
    filled.edit(kelp, title="Kelp by hand")
    before = filled.briefing(kelp)
    assert [a.status for a in filled.reread()] == ["known", "known"]
    assert filled.briefing(kelp) == before and filled.last_batch is None


def test_longer_copy_replaces_the_text_and_keeps_the_id(library: Library, tmp_path: Path) -> None:
    words = " ".join(f"harbour{i} carries boat{i % 7} past pier{i % 11}." for i in range(80))
    (tmp_path / "a.txt").write_text(f"Boats\n\n{words}\n")
    (tmp_path / "b.txt").write_text(f"Boats\n\n{words}\n\nAnd a whole new part. {words.replace('pier', 'quay')}\n")
    (short,) = library.add([tmp_path / "a.txt"])
    library.decide([short.id], "moe", "accepted")
    (longer,) = library.add([tmp_path / "b.txt"])
    assert (longer.status, longer.id) == ("revision", short.id)
    assert "whole new part" in library.briefing(short.id).body
    assert library.list("topic:moe")[0].id == short.id
    assert [a.status for a in library.add([tmp_path / "a.txt", tmp_path / "b.txt"])] == ["known", "known"]
    library.undo()
    assert "whole new part" not in library.briefing(short.id).body
    assert library.original(short.id).data == (tmp_path / "a.txt").read_bytes()


def test_slightly_longer_copy_is_a_duplicate(library: Library, tmp_path: Path) -> None:
    words = " ".join(f"harbour{i} carries boat{i % 7} past pier{i % 11}." for i in range(80))
    (tmp_path / "a.txt").write_text(f"Boats\n\n{words}\n")
    (tmp_path / "b.txt").write_text(f"Boats\n\n{words} And a few more words.\n")
    statuses = [added.status for added in library.add([tmp_path / "a.txt", tmp_path / "b.txt"])]
    assert statuses == ["added", "alias"]


def test_insight_with_a_decision_survives_a_revision(library: Library, tmp_path: Path) -> None:
    words = " ".join(f"harbour{i} carries boat{i % 7} past pier{i % 11}." for i in range(80))
    entries = [f"- **Number {n}:** What the {name} says of kelp." for n, name in enumerate(("owl", "hen", "eel"), 1)]
    (tmp_path / "a.md").write_text("# Boats\n\n## Key takeaways\n\n" + "\n".join(entries) + f"\n\n## All\n\n{words}\n")
    (tmp_path / "b.md").write_text(f"# Boats\n\n{words}\n\nAnd a new part. {words.replace('pier', 'quay')}\n")
    (short,) = library.add([tmp_path / "a.md"])
    library.decide([f"{short.id}.1"], "moe", "rejected")
    library.note(f"{short.id}.2", "is that so?")
    (longer,) = library.add([tmp_path / "b.md"])
    assert (longer.status, longer.id) == ("revision", short.id)
    kept = {row.id: row.title for row in library.insights(short.id) if row.kind == "stated"}
    assert kept == {f"{short.id}.1": "Number 1", f"{short.id}.2": "Number 2"}
    assert library.note_of(f"{short.id}.2") == "is that so?"
    assert [s.verdict for s in library.topics(f"{short.id}.1")] == ["rejected"]


def test_verdicts_follow_a_topic_renamed_in_the_file(filled: Library) -> None:
    kelp = id_of(filled, "kelp")
    filled.decide([kelp], "moe", "accepted")
    path = filled.taxonomy_path
    path.write_text(path.read_text().replace("- id: moe\n", "- id: sparse\n    was: [moe]\n"))
    with Library(filled.folder) as later:
        assert later.list("topic:sparse")[0].confirmed == ("sparse",)
        with pytest.raises(UndoConflictError, match="moe as a previous ID of sparse"):
            later.undo()
        path.write_text(path.read_text().replace("    was: [moe]\n", ""))
        assert later.reload_taxonomy()
        assert later.undo().verb == "taxonomy"
        assert later.list("topic:sparse") == []


def test_verdicts_on_a_deleted_topic_return_with_it(filled: Library) -> None:
    kelp = id_of(filled, "kelp")
    filled.decide([kelp], "moe", "accepted")
    path = filled.taxonomy_path
    before = path.read_text()
    path.write_text('topics:\n  - id: other\n    label: "Other"\n')
    assert filled.reload_taxonomy()
    assert filled.list("kelp")[0].topics == ()
    path.write_text(before)
    assert filled.reload_taxonomy()
    assert filled.list("kelp")[0].topics == ("moe",)


def test_reading_and_searching_work_with_a_broken_taxonomy(filled: Library) -> None:
    kelp = id_of(filled, "kelp")
    filled.decide([kelp], "moe", "accepted")
    filled.taxonomy_path.write_text("topics: [")
    with pytest.raises(TaxonomyError):
        filled.reload_taxonomy()
    with Library(filled.folder) as other:
        assert other.list("topic:moe")[0].id == kelp
        assert ("moe", "moe", 1) in other.facets().topics
        assert [state.verdict for state in other.topics(kelp) if state.topic == "moe"] == ["accepted"]
        assert other.search("kelp any:moe")[0].row.briefing_id == kelp
        with pytest.raises(TaxonomyError):
            _ = other.taxonomy


def test_list_finds_titles_sources_and_insights_best_first(filled: Library, tmp_path: Path) -> None:
    (tmp_path / "late.md").write_text(
        "---\ntitle: Late\ndate: 2026-02-02\n---\n## Key takeaways\n\n- **Fish**: Counted near reefs.\n- **B**: C.\n"
    )
    list(filled.add([tmp_path / "late.md"]))
    assert next(row.title for row in filled.list("kelp")) == "The Kelp Report 12"
    assert [row.title for row in filled.list("reefs router")] == ["The Kelp Report 12"]
    assert [row.title for row in filled.list("reefs")] == ["The Kelp Report 12", "Late"]
    assert [row.title for row in filled.list("reefs sort:date")] == ["Late", "The Kelp Report 12"]
    assert {row.title for row in filled.list("reffs")} == {"Late", "The Kelp Report 12"}
    assert filled.list("-kelp") and all("Kelp" not in row.title for row in filled.list("-kelp"))


def test_quick_list_matches_literally_without_an_index(filled: Library) -> None:
    titles = [row.title for row in filled.rows(filled.keys("reefs -router", quick=True))]
    assert titles == []
    assert [row.title for row in filled.rows(filled.keys("ree", quick=True))] == ["The Kelp Report 12"]
    assert filled.keys("reffs", quick=True) == []
    assert not filled.searchable
    assert filled.keys("reffs") and filled.searchable


def test_literal_list_ignores_similar_words(filled: Library) -> None:
    assert filled.list("reffs") and not filled.list("reffs", literal=True)
    assert [row.title for row in filled.list("reefs", literal=True)] == ["The Kelp Report 12"]


def test_list_with_words_and_filter_follows_changes(filled: Library) -> None:
    kelp = id_of(filled, "kelp")
    assert [row.id for row in filled.list("is:unread kelp")] == [kelp]
    filled.mark([kelp], read=True)
    assert filled.list("is:unread kelp") == []
    own = filled.own_insight(id_of(filled, "boats"), 14, 60)
    assert "Slow boats" in [row.title for row in filled.list("carry more")], own.summary


def test_own_insight_is_plain_text(tmp_path: Path) -> None:
    with Library(tmp_path / "library") as library:
        source = tmp_path / "a.md"
        source.write_text("# Piers\n\n> The **old** pier\n> holds.\n\nRopes hold too, for now and for ever.\n", "utf-8")
        (added,) = library.add([source])
        body = library.briefing(added.id).body
        library.own_insight(added.id, body.index(">"), body.index("too") + 3)
        (own,) = [i for i in library.briefing(added.id).insights if i.kind == "own"]
        assert (own.title, own.text) == ("The old pier holds. Ropes hold too", "The old pier holds.\n\nRopes hold too")


def test_search_finds_an_entry_and_its_key_sentence_once(tmp_path: Path) -> None:
    with Library(tmp_path / "library") as library:
        tail = "It rained. Nobody came. The bell rang. A gull sat there. Tea was had. Ropes were wet."
        source = tmp_path / "a.md"
        source.write_text(
            "# Digest\n\n"
            + "".join(f"- **News {n}**: the board said that pier {n} will cost more. {tail}\n" for n in range(8)),
            "utf-8",
        )
        list(library.add([source]))
        hits = library.search("board pier", limit=50)
        assert len(hits) == 8 and len({hit.row.title for hit in hits}) == 8
        assert len(library.search("board pier", limit=3)) == 3
