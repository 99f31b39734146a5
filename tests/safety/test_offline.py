"""Check that no command needs a network, except those that fetch."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from briefreader.cli.main import COMMANDS

GUARD = Path(__file__).parents[1] / "guard"  # its sitecustomize.py refuses every connection
ELSEWHERE = {
    "serve": "listens on loopback by intent",
    "review": "asks",
    "keys": "starts no library",
    "mcp": "answers on stdin",
    "split": "needs a copy of a briefing",
}


DRIVER = """
import io, json, os, sys
from contextlib import redirect_stdout
from briefreader.cli.main import run
folder, id = sys.argv[1], ""
for name, argv in json.load(sys.stdin).items():
    code = run([word.format(folder=folder, id=id) for word in argv])
    print(json.dumps([name, code]), file=sys.stderr)
    if name == "add":
        with redirect_stdout(io.StringIO()) as listed:
            run(["list", "--jsonl"])
        id = json.loads(listed.getvalue().splitlines()[0])["id"]
"""


def python(folder: Path, *argv: str, given: str = "") -> str:
    """Return the stderr of Python in a process without network access."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(GUARD), *sys.path]),
        "OFFLINE_LOG": str(folder.parent / "connections"),
        "BRIEFREADER_LIBRARY": str(folder.parent / "library"),
        "XDG_CONFIG_HOME": str(folder.parent),
    }
    command = [sys.executable, *argv]
    return subprocess.run(
        command, input=given, capture_output=True, text=True, env=environment, timeout=120, check=False
    ).stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "page.html").write_text(
        "<html><head><title>A page</title><link rel=stylesheet href='https://example.com/a.css'></head><body>"
        "<img src='https://example.com/pixel.gif'><p>Agents plan and call tools over many steps, and MoE models"
        " answer them at a price per million tokens.</p><iframe src='https://example.com/'></iframe></body></html>"
    )
    (folder / "bomb.xml").write_text(
        '<?xml version="1.0"?><!DOCTYPE rss SYSTEM "http://example.com/rss.dtd" [<!ENTITY x SYSTEM "http://example.com/x">]>'
        "<rss version='2.0'><channel><title>Feed</title><item><title>Entry</title><description>Text &x; of some"
        " length</description><link>https://example.com/entry</link></item></channel></rss>"
    )
    return folder


def test_every_command_has_an_example(examples: dict[str, list[str]]) -> None:
    assert {name.split()[0] for name in examples} | set(ELSEWHERE) == set(COMMANDS)


def test_guard_notices_a_connection_of_a_child_process(folder: Path) -> None:
    connect = "import socket; socket.create_connection(('127.0.0.1', 9), 1)"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {connect!r}])"
    assert "is blocked" in python(folder, "-c", child)
    assert (folder.parent / "connections").exists()


def test_every_command_works_offline(folder: Path, examples: dict[str, list[str]]) -> None:
    output = python(folder, "-c", DRIVER, str(folder), given=json.dumps(examples))
    codes = dict(json.loads(line) for line in output.splitlines() if line.startswith("["))
    assert codes.keys() == examples.keys(), output
    assert set(codes.values()) <= {0, 3}, codes
    assert not (folder.parent / "connections").exists()
