"""Check that no file of the current folder is run as code."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

OTHERS = ("briefreader", "sitecustomize", "usercustomize", "numpy", "scipy", "sklearn", "joblib", "textual", "yaml")
MODULE = "open({!r}, 'a').write(__name__ + chr(10))\nraise SystemExit('a module of this folder was run')\n"
COMMANDS = [
    ["add", "."],
    ["tag", "--all", "--jobs", "2"],  # fits in a child process, and scores in others
    ["explain", "a briefing.md"],
    ["suggest", "--fit", "a briefing.md"],
    ["export", "--to", "notes"],
    ["check", "--deep", "--rebuild"],
]


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """A folder with a module of each importable name, which records that it was run."""
    folder = tmp_path / "trap"
    folder.mkdir()
    for name in {*sys.stdlib_module_names, *OTHERS}:
        (folder / f"{name}.py").write_text(MODULE.format(str(tmp_path / "run")))
    (folder / "a briefing.md").write_text("# Kelp\n\nAgents call tools, and a router wakes two of sixteen experts.\n")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "briefreader").write_text("from briefreader.__main__ import main\nmain()\n")  # as installed
    return folder


@pytest.mark.timeout(180)
def test_no_code_of_the_current_folder_is_run(trap: Path) -> None:
    path = os.pathsep.join(os.path.abspath(entry) for entry in sys.path if entry)  # noqa: PTH100 - keeps links
    own = {name: str(trap.parent / name) for name in ("BRIEFREADER_LIBRARY", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")}
    for command in COMMANDS:
        done = subprocess.run(
            [sys.executable, str(trap.parent / "bin" / "briefreader"), *command],
            cwd=trap, env={**os.environ, **own, "PYTHONPATH": path}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        ran = trap.parent / "run"
        assert not ran.exists(), (command, ran.read_text())
        assert done.returncode in (0, 1, 3), done.stderr
    assert "Kelp" in done.stdout or (trap / "notes").is_dir()
