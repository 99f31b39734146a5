"""Check that ``--dry-run`` changes no row of the library and no file, with every command."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from briefreader.cli.main import run
from briefreader.library import Library
from briefreader.storage.database import FILE

if TYPE_CHECKING:
    from pathlib import Path


def everything(base: Path) -> dict[str, str]:
    """Return all rows of the library in ``base``, and all other files."""
    with closing(sqlite3.connect(base / "library" / FILE)) as con:
        rows = {FILE: "\n".join(con.iterdump())}
    others = (path for path in base.rglob("*") if not path.name.startswith(FILE))
    files = {str(path): path.read_text(errors="replace") if path.is_file() else "" for path in others}
    return files | rows


@pytest.fixture
def id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The ID of a briefing, in a library that every command can change."""
    for name in ("CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path))
    monkeypatch.setenv("BRIEFREADER_LIBRARY", str(tmp_path / "library"))
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "kelp.md").write_text("# Kelp\n\n## Key takeaways\n\n- **One**: Agents call tools for a price.\n")
    (folder / "boats.md").write_text("# Boats\n\nA late boat is still a boat; no router hurries it.\n")
    with Library() as library:
        list(library.add([folder]))
        list(library.tag())
        row = library.list()[0]
        list(library.export(tmp_path / "notes"))
        library.note(row.id, "mine")
        library.undo()
        with library.db.writing() as con:
            con.execute("UPDATE content SET body = 'otherwise'")  # so reread and check have something to do
            con.execute("UPDATE post SET docs = zeroblob(length(docs))")
    assert run(["dump", str(tmp_path / "dump.jsonl")]) == 0
    (folder / "new.md").write_text("# New\n\nA mixture of experts wakes two of sixteen for every token.\n")
    note = next((tmp_path / "notes").rglob("*.md"))
    note.write_text(f"{note.read_text()}\nA line of the reader's own.\n")
    return row.id


def test_dry_run_of_every_command_changes_nothing(
    tmp_path: Path, id: str, examples: dict[str, list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    before = everything(tmp_path)
    for name, argv in examples.items():
        code = run([*(word.format(folder=tmp_path / "in", id=id) for word in argv), "--dry-run"])
        assert everything(tmp_path) == before, name
        assert code == 1 if name == "check" else code == 0, (name, capsys.readouterr().err)


@pytest.mark.parametrize("argv", [["add", "in"], ["--bulk-tag", "in"], ["restore", "dump.jsonl"]])
def test_dry_run_creates_no_library(
    tmp_path: Path, id: str, argv: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BRIEFREADER_LIBRARY", str(tmp_path / "none"))
    capsys.readouterr()
    assert run([*argv, "--dry-run"]) == 0
    messages = capsys.readouterr().err
    assert "3 added" in messages or "2 briefings would be restored" in messages
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("command", ["undo", "redo"])
def test_dry_run_reports_impossible_undo_and_redo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    monkeypatch.setenv("BRIEFREADER_LIBRARY", str(tmp_path / "library"))
    Library().close()
    assert run([command, "--dry-run"]) == run([command]) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert first == second and f"nothing to {command}" in first
