"""Killed at its writes and run again, a command leaves what one run would have left."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from briefreader.library import Library

HERE = Path(__file__).parent
COMMANDS = ("add", "tag", "accept", "undo", "migrate")


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    compiler = shutil.which("cc")
    if compiler is None or not sys.platform.startswith("linux"):
        pytest.skip("killing at a write needs Linux and a C compiler")
    built = tmp_path_factory.mktemp("shim") / "crashing.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", built, HERE / "crashing.c", "-ldl"], check=True)
    return built


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "kelp.md").write_text(
        "# Kelp\n\n## Key takeaways\n\n- **Prices**: A tonne of kelp costs less per token than it did last year.\n"
        "- **A router**: The mixture of experts router on the buoy counts fish by the hour.\n",
        encoding="utf-8",
    )
    (documents / "boats.txt").write_text("A late boat is still a boat; no router hurries it.\n", encoding="utf-8")
    return tmp_path


def crash(shim: Path, shelf: Path, command: str, every: int, torn: bool) -> None:
    if command != "add":
        with Library(shelf / "library") as library:
            list(library.add([shelf / "documents"]))
            library.note(library.list()[0].id, "mine")
    done = subprocess.run(
        [sys.executable, HERE / "crashing.py", command, shelf, str(every), "torn" if torn else "whole"],
        env={**os.environ, "LD_PRELOAD": str(shim)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["killed"] > 0, "no write was met: the test would prove nothing"
    assert told["differ"] == [], f"{told}\n{done.stderr}"


@pytest.mark.parametrize(("command", "every"), [("add", 83), ("accept", 11), ("undo", 11), ("migrate", 41)])
def test_killed_at_some_writes(shim: Path, shelf: Path, command: str, every: int) -> None:
    crash(shim, shelf, command, every, torn=True)


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("torn", [False, True])
@pytest.mark.parametrize("command", COMMANDS)
def test_killed_at_every_write(shim: Path, shelf: Path, command: str, torn: bool) -> None:
    crash(shim, shelf, command, 1, torn)
