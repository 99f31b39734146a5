"""Long verbs in a process of their own: the same comes of them, errors and cancelling included."""

from __future__ import annotations

import pickle
import sys
from typing import TYPE_CHECKING, Any

import pytest

from briefreader import errors, paths
from briefreader.library import Library

if TYPE_CHECKING:
    from pathlib import Path


def rows(library: Library) -> set[tuple[str, tuple[str, ...]]]:
    return {(row.title, row.topics) for row in library.list()}


def test_the_same_comes_of_it(library: Library, documents: Path, tmp_path: Path) -> None:
    seen: list[Any] = []
    added = list(library.apart("add", [documents], progress=seen.append))
    tagged = list(library.apart("tag", progress=seen.append))
    with Library(tmp_path / "here") as here:
        assert {(a.title, a.status) for a in added} == {(a.title, a.status) for a in here.add([documents])}
        assert {(t.title, t.topics) for t in tagged} == {(t.title, t.topics) for t in here.tag()}
        assert rows(library) == rows(here)
    assert [at.done for at in seen][: len(added)] == list(range(1, len(added) + 1))
    assert [batch.verb for batch in library.history()] == ["tag", "add"]


def test_a_model_saved_elsewhere_is_taken_up(filled: Library) -> None:
    before = filled.tagger()
    list(filled.apart("tag"))
    assert filled.tagger().documents == filled.count() != before.documents


def test_corrections_are_learnt_elsewhere_and_known_here(filled: Library) -> None:
    list(filled.tag())
    topic = filled.taxonomy.ids[0]
    ids = [row.id for row in filled.list()]
    filled.decide(ids[:1], topic, "accepted")
    filled.decide(ids[1:2], topic, "rejected")
    before = filled.tagger().fingerprint
    list(filled.apart("follow"))
    assert not filled.corrected
    assert topic in filled.tagger().corrections.by_topic
    assert filled.tagger().fingerprint != before


def test_errors_come_over_as_they_are(filled: Library) -> None:
    with filled._bulk("export", "still running"), pytest.raises(errors.LockedError) as raised:
        list(filled.apart("tag"))
    assert "export" in str(raised.value)


@pytest.mark.parametrize("kind", [*errors.BriefreaderError.__subclasses__(), errors.MissingExtraError])
def test_every_error_survives_the_way(kind: Any) -> None:
    error = kind("a", "b") if kind is errors.MissingExtraError else kind("what", where="there", hint="so")
    back = pickle.loads(pickle.dumps(error))
    assert (type(back), str(back), back.exit_code) == (kind, str(error), error.exit_code)


def test_a_process_that_dies_says_why(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    command = [sys.executable, "-c", "raise SystemExit('out of paper')"]
    monkeypatch.setattr(paths, "own_module", lambda name: (command, {}))
    with pytest.raises(errors.LibraryError, match="add ended before it was done: out of paper"):
        list(library.apart("add", ["x.md"]))


def test_who_cancels_gets_what_was_written_and_can_go_on(library: Library, documents: Path) -> None:
    list(library.apart("add", [documents], cancelled=lambda: True))
    statuses = [added.status for added in library.add([documents])]
    assert set(statuses) <= {"added", "known"}
    assert library.count() == len(statuses)
    assert library.check(deep=True) == []


def test_who_leaves_waits_for_nothing(library: Library, documents: Path) -> None:
    library.leave()
    assert list(library.apart("add", [documents])) == []
