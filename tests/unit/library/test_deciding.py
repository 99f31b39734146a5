"""Tests of marks, edits, saved searches, batches and undo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from briefreader.errors import LibraryError, NotFoundError
from briefreader.library.current_taxonomy import move_topics
from briefreader.storage import decisions, suggestions

if TYPE_CHECKING:
    from briefreader.library import Library


@pytest.fixture
def kelp(filled: Library) -> str:
    """The ID of the briefing with three stated insights."""
    (row,) = filled.list("kelp")
    return row.id


def test_repeated_mark_is_not_in_the_history(filled: Library, kelp: str) -> None:
    filled.set_position(kelp, 5)
    assert filled.mark([kelp], read=False, starred=False).number == 0
    assert filled.mark([kelp], read=True).number > 0
    assert filled.mark([kelp], read=True).number == 0
    filled.mark([kelp], read=False)
    assert filled.undo().verb != "add" and filled.list("is:read")[0].id == kelp


def test_reread_keeps_only_manual_edits(filled: Library, kelp: str) -> None:
    title, author = filled.briefing(kelp).title, filled.briefing(kelp).author
    filled.edit(kelp, title=title, author="Somebody else")
    with filled.db.writing() as con:  # as read by an older version
        con.execute("UPDATE briefing SET title = 'misread', author = 'misread' WHERE id = ?", (kelp,))
    assert [added.status for added in filled.reread([kelp])] == ["changed"]
    assert filled.briefing(kelp).title == title
    assert filled.briefing(kelp).author == "misread" != author


def test_deleting_a_saved_search_keeps_the_order(filled: Library) -> None:
    for name in ("z", "b"):
        filled.save_search(name, "kelp")
    filled.drop_search("z")
    filled.save_search("a", "kelp")
    assert [name for name, _ in filled.saved()] == ["b", "a"]


def test_number_of_a_dismissed_insight_is_not_reused(filled: Library, kelp: str) -> None:
    last = filled.insights(kelp)[-1].id
    filled.dismiss(last)
    filled.own_insight(kelp, 2, 20)
    own = next(row.id for row in filled.insights(kelp) if row.kind == "own")
    assert int(own.partition(".")[2]) == int(last.partition(".")[2]) + 1
    with pytest.raises(NotFoundError):
        filled.insight(last)
    with pytest.raises(NotFoundError):
        filled.decide([last], "moe", "accepted")


def test_dismissed_insight_is_not_counted_or_listed(filled: Library, kelp: str) -> None:
    for row in (row for listed in filled.list() for row in filled.insights(listed.id) if row.id != f"{kelp}.2"):
        filled.dismiss(row.id)
    assert [hit.row.id for hit in filled.search("", limit=1)] == [f"{kelp}.2"]
    assert [row.id for row in filled.list("is:stated")] == [kelp]
    filled.dismiss(f"{kelp}.2")
    assert filled.list("is:stated") == [] == filled.search("")


def test_id_may_be_upper_case(filled: Library, kelp: str) -> None:
    assert filled.resolve(f" {kelp.upper()} ") == kelp
    other = next(row.id for row in filled.list() if row.id != kelp)
    with filled.db.writing() as con:
        con.execute("UPDATE briefing SET id = ? WHERE id = ?", (kelp[:2] + "zz", other))
    filled.remove([kelp[:2] + "zz"])
    assert filled.resolve(kelp[:2]) == kelp


def test_verdict_on_the_target_of_a_merge_is_kept(filled: Library, kelp: str) -> None:
    filled.decide([kelp], "agents", "accepted")
    filled.decide([kelp], "moe", "rejected")
    with filled._parts.batches.step("rename") as step:
        step.summary = move_topics(step, {"agents": "moe"})
    assert step.batch.summary == "agents → moe: 1 briefing"
    assert [(s.topic, s.verdict) for s in filled.topics(kelp)] == [("moe", "rejected")]
    filled.undo()
    assert {(s.topic, s.verdict) for s in filled.topics(kelp)} == {("agents", "accepted"), ("moe", "rejected")}


def test_bulk_command_continues_only_its_own_batch(filled: Library) -> None:
    with filled._parts.batches.bulk("tag", "moe") as first:
        pass
    with filled.db.writing() as con:
        con.execute("INSERT INTO batch (verb, at, summary, open) VALUES ('tag', 'then', 'moe', 1)")
        (left,) = con.execute("SELECT max(number) FROM batch").fetchone()
    with filled._parts.batches.bulk("tag", "moe") as again:
        assert again.number == left
    with filled.db.writing() as con:
        con.execute("INSERT INTO batch (verb, at, summary, open) VALUES ('tag', 'then', 'moe', 1)")
        (left,) = con.execute("SELECT max(number) FROM batch").fetchone()
    with filled._parts.batches.bulk("tag", "pricing") as other:
        assert other.number not in (left, first.number)


def test_undo_reverts_the_latest_finished_batch(filled: Library, kelp: str) -> None:
    noted = filled.note(kelp, "one")
    with filled._parts.batches.bulk("tag", "moe") as running:
        assert running.number > noted.number
        assert filled.undo().number == noted.number
    assert filled.note_of(kelp) == ""


def test_add_can_be_undone_after_tagging(filled: Library) -> None:
    (added,) = filled.history()
    list(filled.tag())
    filled.undo(added.number)
    assert filled.list() == []


def test_undone_batch_does_not_block_others(filled: Library, kelp: str) -> None:
    first = filled.note(kelp, "one")
    second = filled.note(kelp, "two")
    filled.undo(second.number)
    assert filled.undo(first.number).undone and filled.note_of(kelp) == ""


def test_redo_reverts_undos_in_reverse_order(filled: Library, kelp: str) -> None:
    for text in ("one", "two", "three"):
        filled.note(kelp, text)
    for _ in range(3):
        filled.undo()
    assert [filled.redo().summary != "" and filled.note_of(kelp) for _ in range(3)] == ["one", "two", "three"]


def test_two_changes_of_a_row_in_one_batch_are_undone_as_one(filled: Library, kelp: str) -> None:
    filled.note(kelp, "before")
    with filled._parts.batches.step("note") as step:
        key = filled.key_of(kelp)
        assert key is not None
        decisions.note(step.con, step.number, (key, 0), "half way")
        decisions.note(step.con, step.number, (key, 0), "after")
    assert filled.undo().verb == "note" and filled.note_of(kelp) == "before"
    assert filled.redo().verb == "note" and filled.note_of(kelp) == "after"


def test_edited_title_or_body_makes_scores_outdated(filled: Library, kelp: str) -> None:
    list(filled.tag())
    assert list(filled.tag()) == []
    filled.edit(kelp, title="Seaweed")
    assert [tagged.id for tagged in filled.tag()] == [kelp]
    with filled.db.writing() as con:  # as read by another version
        con.execute("UPDATE briefing SET words = words + 1 WHERE id = ?", (kelp,))
    assert [tagged.id for tagged in filled.tag(dry_run=True)] == [kelp]


def test_briefings_are_tagged_in_the_order_of_the_query(filled: Library) -> None:
    listed = [row.id for row in filled.list("sort:date")]
    assert [tagged.id for tagged in filled.tag("", dry_run=True)] == listed
    with filled.db.reading() as con:
        oldest_first = filled.keys()[::-1]
        assert suggestions.stale(con, "another model", oldest_first) == oldest_first


def test_statistics_ignore_removed_briefings(filled: Library, kelp: str) -> None:
    filled.decide([kelp], "moe", "accepted")
    filled.mark([kelp], read=True)
    before = filled.stats()
    filled.mark([row.id for row in filled.list()], starred=True)
    filled.remove([kelp])
    after, facets = filled.stats(), filled.facets()
    assert (after.briefings, after.decisions, after.topics) == (1, 0, [])
    assert after.insights == sum(len(filled.insights(row.id)) for row in filled.list()) < before.insights
    assert (facets.total, facets.unread, facets.starred) == (1, 1, 1)


def test_decide_that_fails_halfway_changes_nothing(filled: Library, kelp: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [row.id for row in filled.list()]
    store, calls = decisions.decide, list[int]()

    def fail_second(*given: Any) -> bool:
        calls.append(1)
        if len(calls) == 2:
            raise LibraryError("the disk is full")
        return store(*given)

    monkeypatch.setattr(decisions, "decide", fail_second)
    with pytest.raises(LibraryError):
        filled.decide(ids, "moe", "accepted")
    assert filled.count("topic:moe") == 0 and filled.history(1)[0].verb == "add"


def test_two_topics_of_a_briefing_count_as_one_briefing(filled: Library, kelp: str) -> None:
    batch = filled.decide_many([(kelp, "moe", "accepted"), (kelp, "pricing", "rejected")])
    assert batch.summary.startswith(f"moe, pricing: {kelp} ")


def test_decide_many_is_one_batch(filled: Library) -> None:
    ids = [row.id for row in filled.list()]
    batch = filled.decide(ids, "moe", "accepted")
    assert batch.summary == f"moe: {len(ids)} briefings" and filled.history()[0] == batch
    assert filled.undo().number == batch.number and filled.count("topic:moe") == 0
    assert filled.redo().number == batch.number and filled.count("topic:moe") == len(ids)
