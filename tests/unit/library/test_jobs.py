"""Tests of jobs in subprocesses: progress, cancelling, errors."""

from __future__ import annotations

import pickle
import sys
from typing import TYPE_CHECKING, Any

import pytest

from briefreader import errors, paths
from briefreader.library import Library
from briefreader.library.jobs import Jobs

pytestmark = pytest.mark.processes

if TYPE_CHECKING:
    from pathlib import Path

    from briefreader.library.progress import Progress


FUNCTIONS = """
import os, signal, sys
from pathlib import Path
from briefreader.library.progress import Progress

def count(many, *, progress, cancelled):
    for number in range(many):
        progress(Progress(number + 1, many, "counting"))
        yield number

def count_until_cancelled(written, *, progress, cancelled):
    number = 0
    while not cancelled():
        yield number
        number += 1
    Path(written).write_text("finished what was under way")

def die(*, progress, cancelled):
    yield "first"
    print("the last words", file=sys.stderr, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

def where(*, progress, cancelled):
    import json
    yield json.__file__
"""


@pytest.fixture
def functions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a module with job functions."""
    folder = tmp_path / "functions"
    folder.mkdir()
    (folder / "job_functions.py").write_text(FUNCTIONS)
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return "job_functions"


def test_job_reports_progress_and_records(functions: str) -> None:
    seen: list[Progress] = []
    assert list(Jobs().run("count", f"{functions}:count", 3, progress=seen.append)) == [0, 1, 2]
    assert [(at.done, at.total) for at in seen] == [(1, 3), (2, 3), (3, 3)]


def test_cancelled_job_finishes_its_slice_and_ends(functions: str, tmp_path: Path) -> None:
    records: list[int] = []
    written = tmp_path / "written"
    job = Jobs().run("count", f"{functions}:count_until_cancelled", str(written), cancelled=lambda: len(records) > 2)
    records.extend(job)  # is called after each record
    assert records == list(range(len(records)))
    assert written.read_text() == "finished what was under way"


def test_killed_job_is_reported_with_its_stderr(functions: str, caplog: pytest.LogCaptureFixture) -> None:
    records = []
    with pytest.raises(errors.LibraryError, match="the die process was terminated unexpectedly: the last words"):
        records += Jobs().run("die", f"{functions}:die")
    assert "the last words" in caplog.text


def test_job_imports_nothing_from_working_folder(
    functions: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('imported from the working folder')")
    monkeypatch.chdir(tmp_path)
    (found,) = Jobs().run("where", f"{functions}:where")
    assert found != str(tmp_path / "json.py")


def test_detached_job_yields_nothing_more(functions: str) -> None:
    jobs = Jobs()
    jobs.detach()
    assert list(jobs.run("count", f"{functions}:count", 3)) == []


def rows(library: Library) -> set[tuple[str, tuple[str, ...]]]:
    return {(row.title, row.topics) for row in library.list()}


def test_job_gives_the_same_result_as_a_direct_call(library: Library, documents: Path, tmp_path: Path) -> None:
    seen: list[Any] = []
    added = list(library.run_in_subprocess("add", [documents], progress=seen.append))
    tagged = list(library.run_in_subprocess("tag", progress=seen.append))
    (evaluation,) = library.run_in_subprocess("evaluate")
    assert evaluation.documents == 0
    (use,) = library.run_in_subprocess("phrase_use", library.taxonomy_path)
    assert use
    assert not list(library.run_in_subprocess("taxonomy_diff", library.taxonomy_path))
    with Library(tmp_path / "here") as here:
        assert {(a.title, a.status) for a in added} == {(a.title, a.status) for a in here.add([documents])}
        assert {(t.title, t.topics) for t in tagged} == {(t.title, t.topics) for t in here.tag()}
        assert rows(library) == rows(here)
    assert [at.done for at in seen][: len(added)] == list(range(1, len(added) + 1))
    assert [batch.verb for batch in library.history()] == ["tag", "add"]


def test_model_saved_by_a_job_is_loaded(filled: Library) -> None:
    before = filled.tagger()
    list(filled.run_in_subprocess("tag"))
    assert filled.tagger().documents == filled.count() != before.documents


def test_corrections_learned_by_a_job_are_loaded(filled: Library) -> None:
    list(filled.tag())
    topic = filled.taxonomy.ids[0]
    ids = [row.id for row in filled.list()]
    filled.decide(ids[:1], topic, "accepted")
    filled.decide(ids[1:2], topic, "rejected")
    before = filled.tagger().fingerprint
    list(filled.run_in_subprocess("follow"))
    assert not filled.topics_to_relearn
    assert topic in filled.tagger().corrections.by_topic
    assert filled.tagger().fingerprint != before


def test_job_error_is_raised_unchanged(filled: Library) -> None:
    with filled._parts.batches.bulk("export", "still running"), pytest.raises(errors.LockedError) as raised:
        list(filled.run_in_subprocess("tag"))
    assert "export" in str(raised.value)


@pytest.mark.parametrize("kind", [*errors.BriefreaderError.__subclasses__(), errors.MissingExtraError])
def test_every_error_can_be_pickled(kind: Any) -> None:
    error = kind("a", "b") if kind is errors.MissingExtraError else kind("what", where="there", hint="so")
    back = pickle.loads(pickle.dumps(error))
    assert (type(back), str(back), back.exit_code) == (kind, str(error), error.exit_code)


def test_job_that_exits_early_is_reported(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    command = [sys.executable, "-c", "raise SystemExit('out of paper')"]
    monkeypatch.setattr(paths, "own_module", lambda name: (command, {}))
    with pytest.raises(errors.LibraryError, match="the add process was terminated unexpectedly: out of paper"):
        list(library.run_in_subprocess("add", ["x.md"]))


def test_cancelled_job_keeps_its_results_and_can_be_resumed(library: Library, documents: Path) -> None:
    list(library.run_in_subprocess("add", [documents], cancelled=lambda: True))
    statuses = [added.status for added in library.add([documents])]
    assert set(statuses) <= {"added", "known"}
    assert library.count() == len(statuses)
    assert library.check(deep=True) == []


def test_detached_library_starts_no_job(library: Library, documents: Path) -> None:
    library.detach()
    assert list(library.run_in_subprocess("add", [documents])) == []
