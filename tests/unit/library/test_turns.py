"""A change of many things leaves others their turn, and can be taken back and done again whatever they did with it."""

from __future__ import annotations

import io
from contextlib import nullcontext
from typing import TYPE_CHECKING

import pytest

from briefreader.errors import UndoConflictError, UsageError
from briefreader.library import Library, base, deciding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Change = "Callable[[Library, list[str]], object]"
MANY = 5
VERBS: dict[str, Change] = {
    "accept": lambda library, ids: library.decide(ids, "moe", "accepted"),
    "read": lambda library, ids: library.mark(ids, read=True),
    "remove": lambda library, ids: library.remove(ids),
}


class KilledError(Exception):
    """The process ended here."""


@pytest.fixture(params=VERBS)
def change(request: pytest.FixtureRequest) -> Change:
    """A verb that changes many things."""
    return VERBS[request.param]


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Library]:
    for n in range(MANY):
        (tmp_path / f"{n}.md").write_text(
            f"# Crane {n}\n\nThe crane{n} lifts crate{n * 7} over the deck of ship {n}.\n"
        )
    with Library(tmp_path / "library") as library:
        list(library.add([tmp_path]))
        yield library


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], object] | None]:
    """What happens between two transactions, of which each has room for one thing; first to last, None for nothing."""
    todo: list[Callable[[], object] | None] = []

    def pause(seconds: float) -> None:
        assert seconds > 0.025, "SQLite waits so long before it looks again"
        if todo and (do := todo.pop(0)):
            do()

    for module in (base, deciding):
        monkeypatch.setattr(module, "TRANSACTION_SECONDS", 0)
        monkeypatch.setattr(module, "sleep", pause)
    return todo


def ids(library: Library) -> list[str]:
    return sorted(row.id for row in library.list())


def state(library: Library) -> list[str]:
    """All that a reader decided, and what is there."""
    stream = io.StringIO()
    library.dump(stream)
    kept = ('"table":"decision"', '"table":"reading_state"', '"table":"briefing"')
    lines = [
        line for line in stream.getvalue().replace('": "', '":"').splitlines() if any(name in line for name in kept)
    ]
    return [line for line in lines if '"read":0,"starred":0' not in line.replace(" ", "")]


def test_others_get_their_turn_and_it_is_one_step(shelf: Library, pauses: list[object], change: Change) -> None:
    before, turns = state(shelf), []
    with Library(shelf.folder) as other:

        def look() -> None:
            with other.db.writing():
                turns.append(len(state(other)))

        pauses += [look] * (MANY - 1)
        batch = change(shelf, ids(shelf))
        assert len(turns) == MANY - 1
        assert batch.summary.endswith(f"{MANY} briefings") and shelf.history()[0] == batch
        after = state(shelf)
        assert after != before
        pauses += [look] * MANY
        assert shelf.undo().undone
        assert state(shelf) == before
        pauses += [look] * MANY
        shelf.redo()
        assert state(shelf) == after
    assert not pauses and shelf.check(deep=True) == []


def test_what_others_decide_in_between_stays(shelf: Library, pauses: list[object], change: Change) -> None:
    before, names = state(shelf), ids(shelf)
    with Library(shelf.folder) as other:
        pauses += [None, lambda: other.mark(names[:1] + names[-1:], starred=True)]
        change(shelf, names)
    assert [batch.verb for batch in shelf.history()].count("star") == 1
    shelf.undo()  # the rest
    assert {row.id for row in shelf.list("is:starred")} >= set(names[-1:])
    for _ in range(2):
        shelf.undo()
    assert state(shelf) == before


def test_an_undo_in_between_ends_it(shelf: Library, pauses: list[object], change: Change) -> None:
    before = state(shelf)
    with Library(shelf.folder) as other:
        pauses += [None, other.undo]
        assert change(shelf, ids(shelf)).number == 0
    assert state(shelf) == before


def test_cut_short_it_is_finished_by_the_same_again(shelf: Library, pauses: list[object], change: Change) -> None:
    def end() -> None:
        raise KilledError

    before, names = state(shelf), ids(shelf)
    pauses += [None, end]
    with pytest.raises(KilledError):
        change(shelf, names)
    assert shelf.history()[0].summary.endswith("2 briefings")
    change(shelf, [name for name in names if name in ids(shelf)])
    done = shelf.history()
    assert [batch.summary.endswith("briefings") for batch in done[:2]] == [True, True]
    for _ in range(2):
        shelf.undo()
    assert state(shelf) == before
    assert shelf.check(deep=True) == []


def test_what_others_decide_while_it_is_undone_stays(shelf: Library, pauses: list[object]) -> None:
    """Even where it is about the very same; and then theirs can be taken back, as if it had come after the undo."""
    before, rows = state(shelf), sorted(shelf.list(), key=lambda row: row.key)
    shelf.decide([row.id for row in rows], "moe", "accepted")
    with Library(shelf.folder) as other:
        pauses += [None, lambda: other.decide([rows[-1].id], "moe", "rejected")]
        with pytest.raises(UndoConflictError, match="1 things were changed meanwhile"):
            shelf.undo()
    assert [shelf.topics(row.id)[0].verdict for row in rows if shelf.topics(row.id)] == ["rejected"]
    assert shelf.check(deep=True) == []
    assert shelf.undo().verb == "reject"
    assert state(shelf) == before


@pytest.mark.parametrize("ended_by", ["undo", "redo"])
@pytest.mark.parametrize("begun", ["undo", "redo"])
def test_an_undo_or_redo_that_was_cut_short_goes_on(
    shelf: Library, pauses: list[object], change: Change, begun: str, ended_by: str
) -> None:
    def end() -> None:
        raise KilledError

    states = {"undo": state(shelf)}
    change(shelf, ids(shelf))
    states["redo"] = state(shelf)
    if begun == "redo":
        shelf.undo()
    pauses += [None, end]
    with pytest.raises(KilledError):
        getattr(shelf, begun)()
    assert [problem.message for problem in shelf.check(deep=True)] == ["an undo or redo of batch 2 was cut short"]
    getattr(shelf, ended_by)()
    assert state(shelf) == states[ended_by]
    assert shelf.check(deep=True) == []
    with pytest.raises(UsageError) if ended_by == "redo" else nullcontext():
        shelf.redo()
    assert state(shelf) == states["redo"]


def test_an_undo_that_another_process_turns_round_ends(shelf: Library, pauses: list[object], change: Change) -> None:
    change(shelf, ids(shelf))
    after = state(shelf)
    with Library(shelf.folder) as other:
        pauses += [None, other.redo]
        shelf.undo()
    assert state(shelf) == after and shelf.check(deep=True) == []
