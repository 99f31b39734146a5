"""Tests of the library's file: full disk, permissions, other versions, two processes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from briefreader.errors import LibraryError, LockedError
from briefreader.library import Library
from briefreader.storage import schema
from briefreader.storage.database import FILE

if TYPE_CHECKING:
    from pathlib import Path

TEXT = (
    "# Kelp\n\n## Key takeaways\n\n- **Prices**: A tonne of kelp costs what it cost.\n- **Fish**: They are counted.\n"
)


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    for number in range(12):
        (folder / f"{number:02}.md").write_text(f"---\ntitle: Kelp {number}\n---\n{TEXT}\nNumber {number}.\n")
    return folder


@pytest.fixture
def folder(tmp_path: Path, documents: Path) -> Path:
    with Library(tmp_path / "library") as library:
        list(library.add([documents / "00.md"]))
        library.note(library.list()[0].id, "mine")
    return tmp_path / "library"


def test_full_disk_is_reported_and_nothing_is_changed(folder: Path, documents: Path) -> None:
    with Library(folder) as library:
        with library.db.writing() as con:
            pages = con.execute("PRAGMA page_count").fetchone()[0]
        library.db._writer.execute(f"PRAGMA max_page_count = {pages}")
        words = "\n\n".join(f"word{n} and word{n * 7919 % 10_007} stand here." for n in range(2000))
        (documents / "01.md").write_text(words)
        with pytest.raises(LibraryError, match=r"disk is full.*free some space"):
            list(library.add([documents / "01.md"]))
        assert library.count() == 1 and library.check(deep=True) == []
        library.db._writer.execute("PRAGMA max_page_count = 100000")
        assert [a.status for a in library.add([documents / "01.md"])] == ["added"]


def test_newer_library_is_refused_without_reading_it(folder: Path) -> None:
    with Library(folder) as library, library.db.writing() as con:
        con.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    before = (folder / FILE).read_bytes()
    with pytest.raises(LibraryError, match=r"newer briefreader.*upgrade"):
        Library(folder)
    assert (folder / FILE).read_bytes() == before


def test_older_library_is_backed_up_then_migrated(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def second(con: schema.sqlite3.Connection) -> None:
        con.execute("ALTER TABLE note ADD COLUMN colour TEXT NOT NULL DEFAULT 'red'")

    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, second))
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
    with Library(folder) as library:
        assert library.note_of(library.list()[0].id) == "mine"
    monkeypatch.undo()
    (backup,) = (folder / "backups").glob(f"schema{schema.VERSION}-*")
    with Library(backup) as kept:
        assert kept.note_of(kept.list()[0].id) == "mine"


def test_failed_migration_changes_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def second(con: schema.sqlite3.Connection) -> None:
        con.execute("DELETE FROM note")
        con.execute("SELECT nonsense")

    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, second))
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
    with pytest.raises(LibraryError):
        Library(folder)
    monkeypatch.undo()
    with Library(folder) as library:
        assert library.note_of(library.list()[0].id) == "mine"


def test_other_sqlite_database_is_refused_and_unchanged(tmp_path: Path) -> None:
    import sqlite3

    con = sqlite3.connect(tmp_path / FILE)
    con.execute("CREATE TABLE recipes (name TEXT)")
    con.commit()
    con.close()
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(LibraryError, match="not a briefreader library"):
        Library(tmp_path)
    assert (tmp_path / FILE).read_bytes() == before


CHILD = """
import sys
from pathlib import Path
from briefreader.library import Library
{}
"""


def spawn(code: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", CHILD.format(code), *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


ADD = """
with Library(Path(sys.argv[1])) as library:
    from briefreader.errors import LockedError
    import time
    while True:
        try:
            print(sorted(a.status for a in library.add([sys.argv[2]])))
            break
        except LockedError:
            time.sleep(0.02)
"""


def test_two_processes_adding_a_folder_add_each_file_once(tmp_path: Path, documents: Path) -> None:
    both = [spawn(ADD, tmp_path / "library", documents) for _ in range(2)]
    results = sorted(process.communicate(timeout=90)[0].strip() for process in both)
    assert results == [str(["added"] * 12), str(["known"] * 12)]
    with Library(tmp_path / "library") as library:
        assert library.count() == 12 and library.check(deep=True) == []
        assert [b.verb for b in library.history()] == ["add"]


LIMITED = """
import resource
from briefreader.errors import LibraryError
with Library(Path(sys.argv[1])) as library:
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))  # maximum size of a file
    try:
        library.backup(Path(sys.argv[2]))
    except LibraryError as error:
        print(error.message)
"""


@pytest.mark.skipif(os.name != "posix", reason="a limit on the size of files is POSIX")
def test_backup_on_a_full_disk_leaves_no_file(folder: Path, tmp_path: Path) -> None:
    messages, _ = spawn(LIMITED, folder, tmp_path / "copy").communicate(timeout=60)
    assert messages.strip() and not list((tmp_path / "copy").iterdir())


HOLD = """
with Library(Path(sys.argv[1])) as library:
    going = library.add([sys.argv[2]])
    next(going)
    print("holding", flush=True)
    sys.stdin.readline()
    print(len(list(going)), flush=True)
"""


def test_bulk_lock_blocks_bulk_commands_only(folder: Path, documents: Path) -> None:
    holder = spawn(HOLD, folder, documents)
    assert holder.stdout and holder.stdout.readline() == "holding\n"
    with Library(folder) as library:
        with pytest.raises(LockedError, match=rf"add, PID {holder.pid} on .* since 20"):
            list(library.add([documents]))
        first = library.list()[0].id
        library.decide([first], "moe", "accepted")
        assert library.undo().verb == "accept"
        out, _ = holder.communicate("go on\n", timeout=60)
        assert int(out) == 11
        assert library.count() == 12


def test_killed_bulk_command_frees_lock_and_is_resumed(folder: Path, documents: Path) -> None:
    holder = spawn(HOLD, folder, documents)
    assert holder.stdout and holder.stdout.readline() == "holding\n"
    holder.kill()
    holder.communicate()
    with Library(folder) as library:
        before = library.history(1)[0].number
        list(library.add([documents]))
        assert library.count() == 12
        assert library.history(1)[0].number == before
        assert library.undo().number == before and library.count() == 1


def test_changes_of_a_killed_process_can_be_undone(folder: Path, documents: Path) -> None:
    holder = spawn(HOLD, folder, documents)
    assert holder.stdout and holder.stdout.readline() == "holding\n"
    holder.kill()
    holder.communicate()
    with Library(folder) as library:
        assert library.undo().verb == "add"
        assert library.count() == 1 and library.check(deep=True) == []


def test_reads_are_not_blocked_by_a_write(folder: Path, documents: Path) -> None:
    with Library(folder) as library, Library(folder) as other, library.db.writing() as con:
        con.execute("UPDATE briefing SET title = 'half done'")
        seen: list[str] = []
        for reader in (library, other):
            thread = threading.Thread(target=lambda reader=reader: seen.append(reader.list()[0].title))
            thread.start()
            thread.join(timeout=10)
        assert seen == ["Kelp 0", "Kelp 0"]


def test_writer_timeout_is_reported(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("briefreader.storage.database.BUSY_SECONDS", 0.05)
    with Library(folder) as library, Library(folder) as other:
        first = other.list()[0].id
        with library.db.writing(), pytest.raises(LockedError, match="another process is writing"):
            other.mark([first], read=True)
