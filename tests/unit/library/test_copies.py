"""Tests of revisions and duplicates of a briefing, and of splitting wrong ones."""

from __future__ import annotations

import io
import json
import lzma
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from briefreader.errors import NotFoundError, UsageError
from briefreader.library import Library
from briefreader.storage.database import FILE

if TYPE_CHECKING:
    from collections.abc import Sequence

OLD = Path(__file__).parents[2] / "data" / "library-0.1"
NEWS = " ".join(f"Crane {i} lifts crate {i * 7 % 31} over deck {i * 5 % 17}." for i in range(30))
KEEPER = "Nobody has met the keeper of the lighthouse since Easter."
FEE = "The fee of the harbour is five dollars per boat and night."


def mail(path: Path, body: str, message_id: str = "1@oak.example") -> Path:
    path.write_text(
        "From: Oak Weekly <oak@oak.example>\nSubject: Oak Weekly 1\nDate: Mon, 02 Mar 2026 08:00:00 +0000\n"
        f"Message-ID: <{message_id}>\nContent-Type: text/plain; charset=utf-8\n\n{body}\n"
    )
    return path


def seen(library: Library) -> list[Any]:
    """Return the visible content of all briefings."""
    found: list[Any] = []
    for row in sorted(library.list(), key=lambda row: row.id):
        difference = library.diff(row.id)
        found.append((library.briefing(row.id), row.starred, library.note_of(row.id), library.original(row.id).data))
        found.append([(c.digest, c.rule, c.current) for c in library.aliases(row.id)])
        found.append(difference and [(c.op, c.before, c.after) for c in difference.changes])
    return found


@pytest.fixture
def revised(library: Library, tmp_path: Path) -> str:
    (first,) = library.add([mail(tmp_path / "a.eml", f"{FEE}\n\n{NEWS} {KEEPER}")])
    body = library.briefing(first.id).body
    for sentence, title in ((FEE, "Fee"), (KEEPER, "Keeper")):
        start = body.index(sentence)
        library.own_insight(first.id, start, start + len(sentence), title)
    for row in library.insights(first.id):
        library.note(row.id, f"on {row.text[:12]}")
    later = f"{FEE.replace('five', 'four')}\n\n{NEWS}\n\nA ferry came."
    (second,) = library.add([mail(tmp_path / "b.eml", later)])
    assert "1 insight with your decisions is not in the new text" in second.message
    assert (second.status, second.rule, second.id) == ("revision", "same Message-ID", first.id)
    return first.id


def test_diff_lists_changed_figures_first(library: Library, tmp_path: Path) -> None:
    old = "Boats come late to the pier. A berth costs 12 dollars in winter. Nobody waits."
    new = "Boats come early to the pier. A berth costs 15 dollars in winter. The ferry came."
    (added,) = library.add([mail(tmp_path / "a.eml", old)])
    list(library.add([mail(tmp_path / "b.eml", new)]))
    found = library.diff(added.id)
    assert found
    assert [(c.op, c.after and c.after.text) for c in found.changes] == [
        ("changed", "A berth costs 15 dollars in winter."),
        ("changed", "Boats come early to the pier."),
        ("added", "The ferry came."),
        ("removed", None),
    ]
    body = library.briefing(added.id).body
    assert all(body[c.after.start : c.after.end] == c.after.text for c in found.changes if c.after)


def test_diff_without_a_revision_is_none(library: Library, tmp_path: Path) -> None:
    (added,) = library.add([mail(tmp_path / "a.eml", NEWS)])
    assert library.diff(added.id) is None
    with pytest.raises(UsageError, match="no such revision: 3"):
        library.diff(added.id, 1, 3)


def test_revision_moves_notes_with_their_sentence(library: Library, revised: str) -> None:
    briefing = library.briefing(revised)
    (fee,) = (i for i in briefing.insights if i.title == "Fee")
    assert briefing.body[fee.start : fee.end] == FEE.replace("five", "four") == fee.text
    assert library.note_of(f"{revised}.{fee.number}") == "on The fee of t"
    for insight in briefing.insights:
        if insight.kind == "extracted" and library.note_of(f"{revised}.{insight.number}"):
            assert insight.start < insight.end


def test_revision_lists_what_lost_its_sentence(library: Library, revised: str) -> None:
    found = library.diff(revised)
    assert found
    (gone,) = found.orphans
    assert gone.text == KEEPER and library.note_of(f"{revised}.{gone.number}") == "on Nobody has m"
    assert library.check(deep=True) == []


def test_revision_moves_no_note_to_an_old_sentence(library: Library, tmp_path: Path) -> None:
    (added,) = library.add([mail(tmp_path / "a.eml", NEWS)])
    body = library.briefing(added.id).body
    start, end = body.index("Crane 7 "), body.index(" Crane 8 ")
    library.own_insight(added.id, start, end, "Seven")
    list(library.add([mail(tmp_path / "b.eml", NEWS.replace(body[start : end + 1], ""))]))
    (seven,) = (i for i in library.briefing(added.id).insights if i.title == "Seven")
    assert (seven.start, seven.end, seven.text) == (0, 0, body[start:end])


def test_reread_moves_own_insights_with_their_text(library: Library, tmp_path: Path) -> None:
    (added,) = library.add([mail(tmp_path / "a.eml", f"{NEWS}\n\n{FEE}")])
    with library.db.writing() as con:  # as read by an older version
        con.execute("UPDATE content SET body = 'Boilerplate of the publisher.' || char(10) || char(10) || body")
    body = library.briefing(added.id).body
    library.own_insight(added.id, body.index(FEE), body.index(FEE) + len(FEE), "Fee")
    assert [a.status for a in library.reread()] == ["changed"]
    briefing = library.briefing(added.id)
    (fee,) = (i for i in briefing.insights if i.title == "Fee")
    assert briefing.body[fee.start : fee.end] == FEE


def test_undo_of_a_revision_restores_the_old_text(library: Library, tmp_path: Path) -> None:
    list(library.add([mail(tmp_path / "a.eml", f"{FEE}\n\n{NEWS}")]))
    before = seen(library)
    list(library.add([mail(tmp_path / "b.eml", NEWS)]))
    after = seen(library)
    library.undo()
    assert seen(library) == before
    library.redo()
    assert seen(library) == after


def test_split_makes_a_duplicate_a_briefing(library: Library, tmp_path: Path) -> None:
    list(library.add([mail(tmp_path / "a.eml", NEWS), mail(tmp_path / "b.eml", NEWS, "2@oak.example")]))
    before = seen(library)
    (id,) = (row.id for row in library.list())
    (alias,) = (c for c in library.aliases(id) if not c.current)
    made = library.split(id, alias.digest[:8])
    assert {row.id for row in library.list()} == {id, made} and alias.digest.startswith(made)
    assert library.original(made).data == (tmp_path / "b.eml").read_bytes()
    assert [a.id for a in library.add([tmp_path / "b.eml"])] == [made]
    with pytest.raises(UsageError, match="only document"):
        library.split(id, library.aliases(id)[0].digest)
    library.undo()
    assert seen(library) == before


def test_split_of_the_current_text_restores_the_old_one(library: Library, revised: str, tmp_path: Path) -> None:
    (shown,) = (c for c in library.aliases(revised) if c.current)
    made = library.split(revised, shown.digest)
    assert FEE in library.briefing(revised).body and library.diff(revised) is None
    assert "four dollars" in library.briefing(made).body
    (fee,) = (i for i in library.briefing(revised).insights if i.title == "Fee")
    assert fee.text == FEE and library.note_of(f"{revised}.{fee.number}") == "on The fee of t"


def test_split_of_an_unknown_alias_is_refused(library: Library, revised: str) -> None:
    with pytest.raises(NotFoundError, match="no alias"):
        library.split(revised, "zz")


def test_copies_survive_a_dump(library: Library, revised: str, tmp_path: Path) -> None:
    stream = io.StringIO()
    library.dump(stream)
    assert json.loads(stream.getvalue().split("\n")[0])["version"] == 2
    stats = library.stats()
    assert stats.copies == 1 and stats.copies_bytes > 100
    with Library(tmp_path / "other") as other:
        other.restore(io.StringIO(stream.getvalue()))
        assert seen(other) == seen(library) and other.stats() == stats
        first = next(c for c in other.aliases(revised) if not c.current)
        assert FEE in other.briefing(other.split(revised, first.digest)).body


TEXTS = {
    "a": NEWS, "b": NEWS.replace("Crane 3", "Gull 3"), "c": f"{NEWS} {FEE}", "d": FEE * 3,
}  # fmt: skip
steps = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.sampled_from(sorted(TEXTS)), st.sampled_from("12")),
        st.tuples(st.just("split"), st.integers(0, 3), st.integers(0, 3)),
        st.tuples(st.just("note"), st.integers(0, 3), st.sampled_from(("mine", ""))),
    ),
    max_size=6,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_undo_reverts_revisions_and_splits(
    tmp_path_factory: pytest.TempPathFactory, sequence: Sequence[tuple[Any, ...]]
) -> None:
    folder = tmp_path_factory.mktemp("split")
    with Library(folder / "library") as library:
        states = [seen(library)]
        for verb, one, other in sequence:
            before = len([b for b in library.history(99) if not b.undone])
            ids = sorted(row.id for row in library.list())
            if verb == "add":
                path = mail(folder / f"{one}{other}.eml", TEXTS[one], f"{other}@oak.example")
                list(library.add([path]))
            elif ids and verb == "note":
                library.note(ids[one % len(ids)], other)
            elif ids:
                id = ids[one % len(ids)]
                aliases = library.aliases(id)
                if len(aliases) > 1:
                    library.split(id, aliases[other % len(aliases)].digest)
            if len([b for b in library.history(99) if not b.undone]) > before:
                states.append(seen(library))
        assert library.check(deep=True) == []
        for state in reversed(states[:-1]):
            library.undo()
            assert seen(library) == state


@pytest.fixture
def merged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library of 0.1 with wrong merges; the files of two copies still exist."""
    folder = tmp_path / "library"
    folder.mkdir()
    (folder / FILE).write_bytes(lzma.decompress((OLD / "library.db.xz").read_bytes()))
    (tmp_path / "mails").mkdir()
    for name in ("a3.eml", "c2.eml"):
        (tmp_path / "mails" / name).write_bytes((OLD / name).read_bytes())
    monkeypatch.chdir(tmp_path)
    return folder


def test_merged_lists_what_can_be_restored(merged: Path) -> None:
    with Library(merged) as library:
        found = {s.copy.path: s.status for group in library.merged() for s in group}
    assert found == {
        "mails/a1.eml": "stored", "mails/a3.eml": "file", "mails/b2.eml": "lost", "mails/c2.eml": "same",
    }  # fmt: skip


def test_restore_merged_restores_each_text(merged: Path) -> None:
    with Library(merged) as library:
        before = seen(library)
        (old,) = (row.id for row in library.list() if row.title == "Alder Weekly 8")
        library.restore_merged(library.merged())
        rows = {row.title: row.id for row in library.list()}
        assert {"Alder Weekly 1", "Alder Weekly 8", "Alder Weekly 9", "Kelp Report 12"} < set(rows)
        # the note was written on the first issue
        assert rows["Alder Weekly 1"] == old and library.note_of(old) == "Ask Rowan for the price list"
        assert "Elm 2" in library.briefing(rows["Alder Weekly 8"]).body
        assert {s.status for group in library.merged() for s in group} == {"same"}
        assert library.check(deep=True) == []
        library.undo()
        assert seen(library) == before


def test_lost_mail_is_a_briefing_when_added_again(merged: Path, tmp_path: Path) -> None:
    with Library(merged) as library:
        library.restore_merged(library.merged())
        again = mail(tmp_path / "b2.eml", "The ferry is back, and the crew has a new cook.", "b2@harbour.example")
        assert [a.status for a in library.add([again])] == ["added"]


def test_restore_merged_skips_a_mail_that_is_gone_meanwhile(merged: Path) -> None:
    with Library(merged) as library:
        groups = library.merged()
        gone = next(s for group in groups for s in group if s.status == "stored").copy.digest
        with library.db.writing() as con:
            con.execute("DELETE FROM original WHERE digest = ?", (gone,))
        assert gone not in library.restore_merged(groups)
