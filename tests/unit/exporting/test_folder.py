"""Tests of the folder of notes: finding notes by ID, and atomic writes inside it only."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from briefreader.atomic import finish, is_temporary, temporary_file
from briefreader.errors import BriefreaderError
from briefreader.exporting.folder import MAX_NOTE_BYTES, Folder, note_id


def test_notes_are_found_in_subfolders_but_not_through_links(tmp_path):
    root, outside = tmp_path / "vault", tmp_path / "outside"
    (root / "sub").mkdir(parents=True)
    (root / ".trash").mkdir()
    outside.mkdir()
    header = '---\nbriefreader_id: "7f3a"\n---\n'
    for place in (root / "sub" / "moved.md", root / ".trash" / "x.md", outside / "other.md"):
        place.write_text(header)
    (root / "linked").symlink_to(outside)
    (root / "link.md").symlink_to(outside / "other.md")
    os.mkfifo(root / "pipe.md")
    folder = Folder(root)
    assert [(n.id, n.path) for n in folder.notes(folder.files())] == [("7f3a", "sub/moved.md")]


@pytest.mark.parametrize(
    ("start", "found"),
    [
        ("---\nbriefreader_id: 7f3a\n---\n", "7f3a"),
        ("\ufeff---\r\nparams:\r\n  briefreader_id: '7f3a'\r\n---\r\n", "7f3a"),
        ("a:: b\nbriefreader_id:: 7f3a\n\n- x", "7f3a"),
        ("---\ntitle: x\n---\nbriefreader_id: 7f3a\n", ""),
        ("---\nbriefreader_id: 7f3a\n", ""),
        ("# briefreader_id: 7f3a\n", ""),
        ("text\n\nbriefreader_id:: 7f3a\n", ""),
    ],
)
def test_id_of_a_note_is_read_from_its_properties_only(start, found):
    assert note_id(start) == found


def test_write_does_not_leave_the_folder(tmp_path):
    root, outside = tmp_path / "vault", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (outside / "file.md").write_text("theirs")
    (root / "away").symlink_to(outside)
    (root / "file.md").symlink_to(outside / "file.md")
    (root / "dangling.md").symlink_to(outside / "new.md")
    for path in ("../x.md", "/etc/x", "a/../../x", "away/x.md", "file.md", "dangling.md", "a//b", "a\\b", ""):
        with pytest.raises(BriefreaderError):
            Folder(root).write(path, b"x", old=None)
    assert [p.name for p in outside.iterdir()] == ["file.md"]
    assert (outside / "file.md").read_text() == "theirs"


def test_new_note_never_overwrites_and_failure_leaves_no_file(tmp_path):
    folder = Folder(tmp_path)
    folder.write("a.md", b"one", old=None)
    with pytest.raises(BriefreaderError, match="exists"):
        folder.write("a.md", b"two", old=None)
    folder.write("a.md", b"three", old=b"one")
    with pytest.raises(BriefreaderError, match="changed during"):
        folder.write("a.md", b"four", old=b"one")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a.md", b"three")]


def test_write_keeps_file_permissions(tmp_path):
    folder = Folder(tmp_path)
    folder.write("a.md", b"one", old=None)
    (tmp_path / "a.md").chmod(0o600)
    folder.write("a.md", b"two", old=b"one")
    assert (tmp_path / "a.md").stat().st_mode & 0o777 == 0o600


def test_temporary_files_of_a_killed_export_are_removed(tmp_path):
    child = os.fork()
    if child == 0:
        with temporary_file(tmp_path / "a.md") as file:
            file.write(b"half a note")
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    assert [is_temporary(p.name) for p in tmp_path.iterdir()] == [True]
    assert list(Folder(tmp_path).files()) == []
    assert list(tmp_path.iterdir()) == []


def test_temporary_file_of_a_running_export_is_kept(tmp_path):
    with temporary_file(tmp_path / "a.md") as file:
        file.write(b"a note")
        finish(file)
        assert list(Folder(tmp_path).files()) == []
        Path(file.name).rename(tmp_path / "a.md")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a.md", b"a note")]


def test_link_named_like_a_temporary_file_is_kept(tmp_path):
    target = tmp_path / "letter.txt"
    target.write_text("mine")
    (tmp_path / ".briefreader-x.tmp").symlink_to(target)
    assert list(Folder(tmp_path).files()) == ["letter.txt"]
    assert sorted(p.name for p in tmp_path.iterdir()) == [".briefreader-x.tmp", "letter.txt"]


def test_too_large_note_is_not_read(tmp_path):
    with (tmp_path / "huge.md").open("wb") as file:
        file.truncate(MAX_NOTE_BYTES + 1)
    with pytest.raises(BriefreaderError, match="larger than 32 MB"):
        Folder(tmp_path).read("huge.md")
