"""Fixtures that run the command line in this process, with a temporary library and settings."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from briefreader.cli.main import run

if TYPE_CHECKING:
    from pathlib import Path


class Ran(NamedTuple):
    """The result of a command."""

    code: int
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, Any]]:
        """The records of ``--jsonl`` output."""
        return [json.loads(line) for line in self.out.splitlines()]


Cli = Callable[..., Ran]


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATA", "CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / "xdg" / name.lower()))
    monkeypatch.setenv("BRIEFREADER_LIBRARY", str(tmp_path / "library"))
    for name in ("BRIEFREADER_CONFIG", "NO_COLOR", "VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Cli:
    """Run a command in process: ``cli("list", "--jsonl").records``."""

    def call(*argv: object) -> Ran:
        capsys.readouterr()
        code = run([str(arg) for arg in argv])
        return Ran(code, *capsys.readouterr())

    return call


Once = Callable[[Callable[[], Any]], Any]


@pytest.fixture
def once(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Run a fixture for the first test only, and copy its files for the others.

    Returns what the first call returned, so that it must name no place in ``tmp_path``.
    """

    def call(make: Callable[[], Any]) -> Any:
        key = f"{make.__module__}.{make.__qualname__}"
        if key in MADE:
            folder, result = MADE[key]
            shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
        else:
            folder, result = tmp_path_factory.mktemp("made") / "copy", make()
            shutil.copytree(tmp_path, folder)
            MADE[key] = folder, result
        return result

    return call


MADE: dict[str, tuple[Path, Any]] = {}  # by the name of the fixture: the copy of its files and its result
Shell = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """Run a program with ``briefreader`` in its path: ``shell(folder, "bash", "-c", …)``."""
    programs = tmp_path / "bin"
    programs.mkdir()
    command = programs / "briefreader"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m briefreader "$@"\n')
    command.chmod(0o755)

    def call(folder: Path, *argv: str, **variables: str) -> subprocess.CompletedProcess[str]:
        environment = {
            **os.environ,
            "PATH": f"{programs}:{os.environ['PATH']}",
            "PYTHONPATH": os.pathsep.join(sys.path),
            **variables,
        }
        return subprocess.run(
            argv, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False
        )

    return call


REPORTS = (
    ("Oak", "2026-03-02", "Kelp Farms of Oslo doubled its harvest to $12 million, Ada Finch told growers at Bergen."),
    ("Elm", "2026-03-03", "Harvest of Oslo's Kelp Farms doubled to $14 million, Ada Finch says in Bergen."),
)


@pytest.fixture
def reported(cli: Cli, tmp_path: Path) -> list[str]:
    """The IDs of two reports of the same news, by two sources on two days."""
    lines = []
    for number, (source, day, text) in enumerate(REPORTS):
        other = [f"harbour{number}{n} ledger{number}{n} crane{number}{n} berth{number}{n}" for n in range(9)]
        insights = [{"title": "", "text": each} for each in (text, *other)]
        lines.append(
            {
                "title": f"{source} 1",
                "source": source,
                "published": day,
                "text": "\n\n".join((text, *other)),
                "insights": insights,
            }
        )
    (tmp_path / "news.jsonl").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    return [f"{record['id']}.1" for record in cli("add", tmp_path / "news.jsonl", "--jsonl").records]
