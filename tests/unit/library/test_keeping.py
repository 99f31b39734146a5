"""Tests of dump, restore, backup and check."""

from __future__ import annotations

import io
import zlib
from typing import TYPE_CHECKING

import pytest

from briefreader.errors import LibraryError
from briefreader.library import Library
from briefreader.storage.database import FILE

if TYPE_CHECKING:
    from pathlib import Path


def dumped(library: Library) -> str:
    stream = io.StringIO()
    library.dump(stream)
    return stream.getvalue()


def decided(library: Library) -> str:
    """A library with all kinds of data; the ID of the briefing with decisions."""
    kelp = library.list("kelp")[0].id
    library.decide([kelp, f"{kelp}.1"], "moe", "accepted")
    library.note(f"{kelp}.2", 'a "quoted" note\nof two lines \u202e')
    library.mark([kelp], starred=True)
    library.own_insight(kelp, 2, 20, "mine")
    library.undo()
    library.save_search("new", "is:unread")
    library.remove([library.list("boats")[0].id])
    return kelp


def test_restoring_a_dump_gives_the_same_library(filled: Library, tmp_path: Path) -> None:
    kelp = decided(filled)
    text = dumped(filled)
    with Library(tmp_path / "other") as other:
        assert other.restore(io.StringIO(text)) == 1
        assert dumped(other) == text
        assert other.list() == filled.list() and other.insights(kelp) == filled.insights(kelp)
        assert other.original(kelp) == filled.original(kelp)
        assert other.history() == filled.history()
        assert other.undo().verb == "remove" and other.count() == 2
        assert other.keys("kelp") == filled.keys("kelp")


@pytest.mark.parametrize("line", ["{", "[]", '{"table":"nothing"}', '{"table":"note","briefing_key":77}', '"x"'])
def test_broken_dump_is_refused_with_its_line_number(filled: Library, tmp_path: Path, line: str) -> None:
    text = dumped(filled)
    with Library(tmp_path / "other") as other:
        count = text.count("\n") + 1
        with pytest.raises(LibraryError, match=f"line {count} "):
            other.restore(io.StringIO(text + line + "\n"))
        assert other.list() == [] and other.history() == []


def test_restore_needs_an_empty_library(filled: Library) -> None:
    text = dumped(filled)
    with pytest.raises(LibraryError, match="empty"):
        filled.restore(io.StringIO(text))
    assert dumped(filled) == text


def test_backup_is_a_complete_library(filled: Library, tmp_path: Path) -> None:
    decided(filled)
    filled.sources.add("https://kelp.example/feed.xml")
    path = filled.backup()
    with pytest.raises(LibraryError, match="already"):
        filled.backup(path)
    with Library(path, create=False) as copy:
        assert dumped(copy) == dumped(filled)
        assert copy.sources.load() == filled.sources.load()


def test_check_of_an_intact_library_finds_nothing(filled: Library) -> None:
    decided(filled)
    assert filled.check() == [] and filled.check(deep=True) == []
    assert filled.check(rebuild=True, deep=True) == []
    assert filled.keys("kelp") != []


def test_check_briefing_without_content_names_it(filled: Library) -> None:
    kelp = decided(filled)
    with filled.db.writing() as con:
        con.execute("DELETE FROM content WHERE briefing_key = (SELECT key FROM briefing WHERE id = ?)", (kelp,))
    (problem,) = filled.check()
    assert "no content" in problem.message and problem.where == kelp


def test_outdated_full_text_index_is_found_and_rebuilt(filled: Library) -> None:
    with filled.db.writing() as con:
        con.execute("INSERT INTO body_fts (body_fts) VALUES ('delete-all')")
    assert any("body_fts" in p.message for p in filled.check(deep=True))
    filled.check(rebuild=True)
    assert filled.check(deep=True) == []


def test_check_finds_a_changed_original(filled: Library) -> None:
    with filled.db.writing() as con:
        con.execute("UPDATE original SET data = substr(data, 1, length(data) - 3)")
    assert {p.message for p in filled.check(deep=True)} == {"an original can't be unpacked"}


def test_check_finds_a_damaged_earlier_text(filled: Library) -> None:
    with filled.db.writing() as con:
        con.execute("INSERT INTO revision_text VALUES ('0' || hex(randomblob(8)), ?)", (zlib.compress(b"other"),))
    assert {p.message for p in filled.check(deep=True)} == {"an earlier revision's text doesn't match its checksum"}


@pytest.mark.parametrize("damage", ["data", "digest"])
def test_rebuild_restores_a_damaged_original(filled: Library, damage: str) -> None:
    """A restored dump has complete compressed data of a damaged original, but only its beginning."""
    kelp = filled.list("kelp")[0].id
    original = filled.original(kelp)
    with filled.db.writing() as con:
        if damage == "data":
            con.execute("UPDATE original SET data = ? WHERE path = ?", (zlib.compress(b"begin"), original.path))
        else:
            con.execute("UPDATE original SET digest = 'a' || substr(digest, 2) WHERE path = ?", (original.path,))
    assert filled.check(deep=True, rebuild=True) != []
    assert filled.check(deep=True) == [] and filled.original(kelp) == original


@pytest.mark.parametrize("table", ["content", "insight", "decision_by_topic", "alias", "term"])
def test_check_unreadable_page_points_to_backups(filled: Library, tmp_path: Path, table: str) -> None:
    decided(filled)
    backup = filled.backup()
    text = dumped(filled)
    with filled.db.reading() as con:
        (page,) = con.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
    filled.close()
    path = tmp_path / "library" / FILE
    data = bytearray(path.read_bytes())
    data[(page - 1) * 4096 : page * 4096] = b"\xa5" * 4096
    path.write_bytes(data)
    with Library(tmp_path / "library") as library:
        problem = library.check(deep=True, rebuild=True)[0]
    assert "damaged" in problem.message and "backups/" in problem.hint
    assert path.read_bytes() == bytes(data)
    with Library(backup) as kept:
        assert dumped(kept) == text


def test_other_file_is_refused_and_unchanged(tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_bytes(b"my own notes, not a database" * 100)
    with pytest.raises(LibraryError, match="damaged"):
        Library(tmp_path)
    assert path.read_bytes() == b"my own notes, not a database" * 100
