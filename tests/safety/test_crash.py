"""Kill commands at their writes, or fill the disk, and check that a second run completes."""

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


def crash(command: str, every: int, *modes: str) -> None:
    chosen = [word for mode in modes for word in ("--mode", mode)]
    done = subprocess.run(
        [sys.executable, HARNESS, command, *chosen, "--every", str(every)],
        capture_output=True,
        text=True,
        check=False,
    )
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert [result["mode"] for result in results] == list(modes), done.stderr
    for result in results:
        assert result["ended"] > 0, "no write was met: the test would prove nothing"
        assert result["differ"] == [], f"{result}\n{done.stderr}"
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("command", "every"),
    [("add", 331), ("fetch", 211), ("accept", 37), ("export", 37), ("undo", 37), ("migrate", 131), ("restore", 331)],
)
def test_process_killed_at_some_writes_loses_nothing(command: str, every: int) -> None:
    crash(command, every, "torn", "full")


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("mode", ["killed", "torn", "full"])
@pytest.mark.parametrize("command", COMMANDS)
def test_process_killed_at_every_write_loses_nothing(command: str, mode: str) -> None:
    crash(command, 1, mode)
