"""Killed at its writes, or out of room there, and run again, a command leaves what one run would have left."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux") or shutil.which("cc") is None,
    reason="ending at a write needs Linux and a C compiler",
)
HARNESS = Path(__file__).with_name("crashing.py")
COMMANDS = ("add", "tag", "fetch", "accept", "export", "undo", "migrate", "restore")


def crash(command: str, mode: str, every: int) -> None:
    done = subprocess.run(
        [sys.executable, HARNESS, command, "--mode", mode, "--every", str(every)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr
    result = json.loads(done.stdout)
    assert result["ended"] > 0, "no write was met: the test would prove nothing"
    assert result["differ"] == [], f"{result}\n{done.stderr}"
    assert done.returncode == 0


@pytest.mark.parametrize("mode", ["torn", "full"])
@pytest.mark.parametrize(
    ("command", "every"),
    [("add", 167), ("fetch", 103), ("accept", 23), ("export", 23), ("undo", 23), ("migrate", 83), ("restore", 167)],
)
def test_ended_at_some_writes(command: str, mode: str, every: int) -> None:
    crash(command, mode, every)


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("mode", ["killed", "torn", "full"])
@pytest.mark.parametrize("command", COMMANDS)
def test_ended_at_every_write(command: str, mode: str) -> None:
    crash(command, mode, 1)
