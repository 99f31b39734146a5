"""Tests of decisions by an assistant: one batch, never instead of the user's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from briefreader.errors import UndoConflictError, UsageError
from briefreader.library.assistant import IDLE_SECONDS, Assistant

if TYPE_CHECKING:
    from briefreader.library import Library


class Clock:
    """A clock that a test sets."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def ids(library: Library) -> list[str]:
    return [row.id for row in library.list()]


def accepted(library: Library, id: str) -> set[str]:
    return {state.topic for state in library.topics(id) if state.verdict == "accepted"}


def test_decisions_of_a_session_are_one_batch(filled: Library) -> None:
    assistant, (one, other) = filled.assistant("Robin"), ids(filled)
    first = assistant.decide(one, "moe", "accepted")
    second = assistant.decide(other, "pricing", "rejected")
    assert first.number == second.number
    assert (second.verb, second.summary) == ("by Robin", "2 decisions by Robin")
    filled.undo(second.number)
    assert [state for id in (one, other) for state in filled.topics(id) if state.verdict] == []


def test_idle_session_begins_a_new_batch(filled: Library) -> None:
    clock = Clock()
    parts = filled._parts
    assistant = Assistant(filled.db, parts.batches, parts.taxonomy, parts.decisions, "Robin", clock)
    one, other = ids(filled)
    first = assistant.decide(one, "moe", "accepted")
    clock.now += IDLE_SECONDS
    assert assistant.decide(other, "moe", "accepted").number != first.number


def test_decision_of_the_user_begins_a_new_batch(filled: Library) -> None:
    assistant, (one, _) = filled.assistant("Robin"), ids(filled)
    first = assistant.decide(one, "moe", "accepted")
    reader = filled.decide([one], "pricing", "accepted")
    second = assistant.decide(one, "agents", "accepted")
    assert first.number < reader.number < second.number
    filled.undo(second.number)
    filled.undo(reader.number)
    assert accepted(filled, one) == {"moe"}


def test_verdict_of_the_user_is_never_replaced(filled: Library) -> None:
    one = ids(filled)[0]
    filled.decide([one], "moe", "accepted")
    for verdict in ("rejected", None):
        with pytest.raises(UsageError, match="moe is already accepted"):
            filled.assistant("Robin").decide(one, "moe", verdict)
    assert accepted(filled, one) == {"moe"}


def test_own_verdict_can_be_withdrawn(filled: Library) -> None:
    assistant, one = filled.assistant("Robin"), ids(filled)[0]
    assistant.decide(one, "moe", "accepted")
    assistant.decide(one, "moe", None)
    assert accepted(filled, one) == set()


def test_undo_is_refused_if_the_user_has_decided_since(filled: Library) -> None:
    assistant, one = filled.assistant("Robin"), ids(filled)[0]
    assistant.decide(one, "moe", "accepted")
    filled.decide([one], "moe", "rejected")
    with pytest.raises(UndoConflictError):
        assistant.undo()


def test_undo_keeps_other_decisions_of_the_user(filled: Library) -> None:
    assistant, (one, other) = filled.assistant("Robin"), ids(filled)
    assistant.decide(one, "moe", "accepted")
    filled.decide([other], "moe", "accepted")
    assistant.undo()
    assert (accepted(filled, one), accepted(filled, other)) == (set(), {"moe"})
    with pytest.raises(UsageError, match="no decision to undo"):
        assistant.undo()


def test_name_of_the_assistant_is_shown_safely(filled: Library) -> None:
    batch = filled.assistant("\x1b[31mRobin\nHood " + "x" * 100).decide(ids(filled)[0], "moe", "accepted")
    assert "\x1b" not in batch.verb and "\n" not in batch.verb
    assert len(batch.verb) < 50
