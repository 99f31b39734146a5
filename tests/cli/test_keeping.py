from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def id(tmp_path: Path, cli: Any) -> str:
    note = tmp_path / "note.txt"
    note.write_text("A note\n\nOf some words that stand here.\n")
    found: str = cli("add", note, "--jsonl").records[0]["id"]
    cli("note", found, "mine")
    return found


def test_dump_and_restore_into_an_empty_library(id: str, tmp_path: Path, cli: Any) -> None:
    file, other = tmp_path / "dump.jsonl", tmp_path / "other"
    assert cli("dump", file).code == 0
    assert cli("dump").out == file.read_text()
    assert cli("restore", file, "--library", other).code == 0
    assert cli("note", id, "--library", other).out == "mine\n"
    assert cli("dump", "--library", other).out == file.read_text()
    full = cli("restore", file)
    assert full.code == 1 and "empty" in full.err


def test_failed_dump_keeps_the_previous_file(tmp_path: Path, cli: Any) -> None:
    file = tmp_path / "dump.jsonl"
    file.write_text("former")
    assert cli("dump", file).code == 10
    assert file.read_text() == "former"


def test_backup_is_a_library(id: str, tmp_path: Path, cli: Any) -> None:
    ran = cli("backup", tmp_path / "copy", "--jsonl")
    assert ran.records[0]["path"] == str(tmp_path / "copy")
    assert cli("note", id, "--library", tmp_path / "copy").out == "mine\n"
    assert cli("backup", tmp_path / "copy").code == 1
    assert cli("backup").code == 0


@pytest.mark.parametrize("extra", [(), ("--deep",), ("--rebuild",)])
def test_check_of_an_intact_library_succeeds(extra: tuple[str, ...], id: str, cli: Any) -> None:
    ran = cli("check", *extra)
    assert (ran.code, ran.out) == (0, "")
    assert "no problems found" in ran.err


def test_reread_keeps_ids_and_notes(id: str, cli: Any) -> None:
    ran = cli("reread", "--all", "--jsonl")
    assert ran.code == 0 and [r["id"] for r in ran.records] == [id]
    assert cli("note", id).out == "mine\n"
    assert cli("reread").code == 2
