"""Tests of exports that are killed, run on a full disk, or write to an unwritable folder."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import tempfile

import pytest

from briefreader.errors import BriefreaderError
from briefreader.exporting.folder import ExportStopped
from briefreader.library import Library
from briefreader.storage import exports

TEXT = (
    "---\ntitle: {title}\n---\n## Key takeaways\n\n- **Head of {title}**: {words} first.\n- **Second**: {words} end.\n"
)


def fill(folder):
    with Library(folder / "library") as library:
        for number, title in enumerate(("One", "Two", "Three")):
            path = folder / f"{title}.md"
            words = " ".join(f"w{number}x{n}" for n in range(80))
            path.write_text(TEXT.format(title=title, words=words))
            assert [added.status for added in library.add([path])] == ["added"]


def decide(folder):
    """Change the content of each note."""
    with Library(folder / "library") as library:
        for row in library.list(""):
            library.decide_many([(row.id, "agents", "accepted"), (f"{row.id}.1", "agents", "accepted")])


def edit(folder):
    """Edit a note, in a block and outside."""
    note = folder / "vault" / "One.md"
    note.write_text(note.read_text().replace("w0x0 ", "my words ", 1) + "\nmy line")


def export(folder):
    with Library(folder / "library") as library:
        return {e.path: e.status for e in library.export(folder / "vault", name="{title}")}


def export_killed_at(folder, at):
    """Export in a child process that is killed at its ``at``-th step; return whether it was.

    A step is the moment before or after a call that changes a file, a folder or the library's record.
    """
    child = os.fork()
    if child == 0:
        steps = 0

        def step():
            nonlocal steps
            steps += 1
            if steps == at:
                os.kill(os.getpid(), signal.SIGKILL)

        def stepping(real):
            def call(*args, **options):
                step()
                result = real(*args, **options)
                step()
                return result

            return call

        calls = [(os, name) for name in ("mkdir", "fchmod", "fsync", "link", "replace", "unlink")]
        for module, name in [*calls, (tempfile, "mkstemp"), (exports, "save")]:
            setattr(module, name, stepping(getattr(module, name)))
        try:
            export(folder)
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def notes(folder):
    return {path.name: path.read_bytes() for path in (folder / "vault").glob("*.md")}


class Scene:
    """A library and its vault, restored to the same path before each run."""

    def __init__(self, folder, saved):
        self.folder, self.saved = folder, saved
        shutil.copytree(folder, saved)

    def restore(self):
        shutil.rmtree(self.folder)
        shutil.copytree(self.saved, self.folder)


STRIDES = [pytest.param(17), pytest.param(1, marks=pytest.mark.long)]


@pytest.mark.parametrize("stride", STRIDES)
def test_first_export_killed_anywhere_is_completed(tmp_path, stride):
    folder = tmp_path / "scene"
    folder.mkdir()
    fill(folder)
    scene = Scene(folder, tmp_path / "saved")
    export(folder)
    whole = notes(folder)
    at = 1
    scene.restore()
    while export_killed_at(folder, at):
        assert all(whole[name] == data for name, data in notes(folder).items()), at
        export(folder)
        assert notes(folder) == whole, at
        assert not list(folder.glob("vault/.*")), at
        assert set(export(folder).values()) == {"unchanged"}
        scene.restore()
        at += stride
    assert at > 20


@pytest.mark.parametrize("stride", STRIDES)
def test_merge_killed_anywhere_loses_no_edit(tmp_path, stride):
    folder = tmp_path / "scene"
    folder.mkdir()
    fill(folder)
    export(folder)
    edit(folder)
    decide(folder)
    old = notes(folder)
    scene = Scene(folder, tmp_path / "saved")
    assert export(folder)["One.md"] == "conflict"
    new = notes(folder)
    assert set(new) == {*old, "One.conflict.md"}
    assert all(new[name] != data for name, data in old.items())
    at = 1
    scene.restore()
    while export_killed_at(folder, at):
        assert all(data in (old.get(name), new[name]) for name, data in notes(folder).items()), at
        export(folder)
        assert notes(folder) == new, at
        assert not list(folder.glob("vault/.*")), at
        assert set(export(folder).values()) == {"unchanged"}
        scene.restore()
        at += stride
    assert at > 20


def test_export_on_a_full_disk_keeps_old_notes(tmp_path):
    fill(tmp_path)
    export(tmp_path)
    old = notes(tmp_path)
    decide(tmp_path)
    with Library(tmp_path / "library") as library:
        run = library.export(tmp_path / "vault")
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        try:
            # notes are written under the limit; nothing else is written before them
            resource.setrlimit(resource.RLIMIT_FSIZE, (300, before[1]))
            with pytest.raises(ExportStopped) as caught:
                next(run)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
            signal.signal(signal.SIGXFSZ, handler)
    assert caught.value.exit_code == 1
    assert "free some space" in str(caught.value)
    assert notes(tmp_path) == old
    assert sorted(path.name for path in (tmp_path / "vault").glob("*.md")) == sorted(old)
    assert set(export(tmp_path).values()) == {"merged"}


def test_export_to_a_full_file_system_is_reported(tmp_path):
    """Test with a real full file system, if one can be mounted."""
    small = tmp_path / "vault"
    small.mkdir()
    fill(tmp_path)
    if os.system(f"mount -t tmpfs -o size=16k tmpfs {small} 2>/dev/null") != 0:
        pytest.skip("mounting a file system takes root")
    try:
        with Library(tmp_path / "library") as library, pytest.raises(ExportStopped):
            (small / "ballast").write_bytes(b"x" * 8192)
            list(library.export(small))
        assert {path.suffix for path in small.iterdir()} <= {"", ".md"}
        assert all(path.read_bytes().endswith(b"-->\n") for path in small.glob("*.md"))
    finally:
        os.system(f"umount {small}")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_export_to_an_unwritable_folder_is_reported(tmp_path):
    fill(tmp_path)
    vault = tmp_path / "vault"
    vault.mkdir(mode=0o500)
    assert set(export(tmp_path).values()) == {"failed"}


def test_note_that_cannot_be_written_affects_only_itself(tmp_path):
    fill(tmp_path)
    export(tmp_path)
    decide(tmp_path)
    two = tmp_path / "vault" / "Two.md"
    two.write_bytes(b"---\nbriefreader_id: x\n")
    status = export(tmp_path)
    assert status["One.md"] == status["Three.md"] == "merged"
    assert two.read_bytes() == b"---\nbriefreader_id: x\n"
    with Library(tmp_path / "library") as library, pytest.raises(BriefreaderError):
        library.export(two)
