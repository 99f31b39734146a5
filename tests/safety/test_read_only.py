"""Tests of a read-only library: reading works, changes are refused with the reason."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from briefreader.library import Library
from briefreader.storage.database import FILE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

pytestmark = pytest.mark.skipif(os.name != "posix", reason="rights to a folder are POSIX")

UNPRIVILEGED = Path(__file__).with_name("unprivileged.py")
DRIVER = """
import io, json, sys
from contextlib import redirect_stderr, redirect_stdout
from briefreader.cli.main import run
answers = []
for argv in json.loads(sys.argv[1]):
    with io.StringIO() as said, redirect_stdout(said), redirect_stderr(said):
        code = run(argv)
        answers.append([code, said.getvalue()])
print(json.dumps(answers))
"""
TEXT = "# Kelp\n\n## Key takeaways\n\n- **Prices**: A tonne of kelp costs two dollars per million tokens.\n"
READ = [
    ["list"],
    ["list", "kelp"],
    ["search", "kelp"],
    ["search", "klep"],
    ["show", "{id}"],
    ["show", "--raw", "{id}"],
    ["stats"],
    ["history"],
    ["saved", "list"],
    ["explain", "{id}"],
    ["review"],
    ["eval"],
    ["check", "--deep"],
    ["dump", "{out}/dump.jsonl"],
    ["backup", "{out}/copy"],
    ["taxonomy", "check"],
    ["taxonomy", "export", "--format", "tsv"],
    ["taxonomy", "discover"],
    ["export", "--to", "{out}/notes"],
    ["export", "--to", "{out}/notes"],
    ["export", "--single", "-"],
    ["export", "--to", "{out}", "--format", "json"],
    ["add", "{file}", "--dry-run"],
    ["tag", "--all", "--dry-run"],
]
WRITE = [
    ["add", "{file}"],
    ["tag", "--all"],
    ["accept", "{id}", "pricing"],
    ["note", "{id}", "lost"],
    ["mark", "--read", "--yes"],
    ["edit", "{id}", "--title", "Other"],
    ["saved", "add", "a", "b"],
    ["undo"],
    ["redo"],
    ["remove", "{id}", "--yes"],
    ["reread", "--all"],
    ["check", "--rebuild"],
    ["backup"],
    ["pull", "{out}/notes"],
    ["restore", "{out}/dump.jsonl"],
    ["taxonomy", "rename", "pricing", "prices"],
]  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a library, and the documents in it."""
    place = tmp_path_factory.mktemp("made")
    (place / "kelp.md").write_text(TEXT)
    with Library(place / "library") as library:
        list(library.add([place / "kelp.md"]))
        list(library.tag())
        library.save_search("mine", "kelp")
    return place


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Iterator[Path]:
    """The folder of a library for one test, writable until :func:`lock`."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    yield tmp_path / "library"
    (tmp_path / "library").chmod(0o755)


def lock(folder: Path) -> None:
    """Make a library read-only."""
    for path in folder.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    folder.chmod(0o555)


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def results_of(folder: Path, commands: Sequence[list[str]]) -> list[tuple[int, str]]:
    """Run commands on a library without privileges; return exit codes and outputs."""
    out = folder.parent / "out"
    out.mkdir(exist_ok=True)
    own = {f"XDG_{name}_HOME": str(out) for name in ("CONFIG", "STATE", "CACHE")}
    ran = subprocess.run(
        [sys.executable, UNPRIVILEGED, "-c", DRIVER, json.dumps(commands)],
        env={**os.environ, **own, "PYTHONPATH": os.pathsep.join(sys.path), "BRIEFREADER_LIBRARY": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    return [(code, messages) for code, messages in json.loads(ran.stdout)]


def test_read_only_library_allows_reading_and_refuses_changes(folder: Path) -> None:
    lock(folder)
    before = everything(folder)
    ((_, listed),) = results_of(folder, [["list", "--jsonl"]])
    values = {"id": json.loads(listed)["id"], "out": folder.parent / "out", "file": folder.parent / "kelp.md"}
    commands = [[word.format(**values) for word in argv] for argv in (*READ, *WRITE)]
    answers = dict(zip(map(" ".join, commands), results_of(folder, commands), strict=True))
    for argv in commands[: len(READ)]:
        assert answers[" ".join(argv)][0] == 0, (argv, answers[" ".join(argv)])
    for argv in commands[len(READ) :]:
        code, messages = answers[" ".join(argv)]
        assert code == 1 and ("read-only" in messages or "can't be written" in messages), (argv, code, messages)
    assert everything(folder) == before
    assert (folder.parent / "out" / "briefreader.json").exists()
    assert list((folder.parent / "out" / "notes").rglob("*.md"))


def test_read_only_file_in_writable_folder_is_read(folder: Path) -> None:
    lock(folder)
    folder.chmod(0o755)
    (listed, _), (found, _), (marked, messages) = results_of(
        folder, [["list"], ["search", "kelp"], ["mark", "--read", "--yes"]]
    )
    assert (listed, found, marked) == (0, 0, 1) and "read-only" in messages and "permissions" in messages


@pytest.mark.parametrize("index_too", [True, False])
def test_latest_changes_are_read_or_reported(folder: Path, index_too: bool) -> None:
    """A killed process leaves its write-ahead log, with the latest decisions."""
    left = folder.with_name("left")
    with Library(folder) as library:
        library.save_search("mine", "the latest")
        shutil.copytree(folder, left)
    if not index_too:
        (left / f"{FILE}-shm").unlink()
    lock(left)
    ((code, messages),) = results_of(left, [["saved", "list"]])
    left.chmod(0o755)
    if index_too:
        assert code == 0 and "the latest" in messages
    else:
        assert code == 1 and "latest changes can't be read here" in messages and "copy the whole folder" in messages


@pytest.mark.parametrize(("version", "code", "expected"), [(1, 1, "older briefreader"), (0, 10, "no library")])
def test_read_only_library_of_an_old_version_is_reported(folder: Path, version: int, code: int, expected: str) -> None:
    if version:
        with closing(sqlite3.connect(folder / FILE)) as con:
            con.execute(f"PRAGMA user_version = {version}")
    else:
        (folder / FILE).write_bytes(b"")
    lock(folder)
    (((ended, messages)),) = results_of(folder, [["list"]])
    assert ended == code and expected in messages
