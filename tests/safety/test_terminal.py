"""What a real terminal receives of a hostile briefing: no control that the document brought, no markup come alive."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

pty = pytest.importorskip("pty", reason="a pseudo-terminal is POSIX")

CONTROLS = "\x1b]52;c;ZXZpbA==\x07\x1b[2J\x9b31m\u202egnp.exe\u2066\U000e0041\x08\x7f"
PAYLOAD = CONTROLS + " [bold]b[/bold] [/] [@click=app.quit]x[/]"
TEXT = f"Subject{PAYLOAD} of it\n\nAgents {PAYLOAD} plan and call tools; an agent {PAYLOAD} acts over many steps.\n"
COMMANDS = [
    ["--bulk-tag", "{file}"],
    ["add", "{file}", "{file}" + PAYLOAD.replace("/", "").replace("\0", "")],
    ["list"],
    ["search", "agents"],
    ["search", PAYLOAD],
    ["show", "{id}"],
    ["show", "--raw", "{id}"],
    ["explain", "{id}"],
    ["explain", "{file}"],
    ["note", "{id}", PAYLOAD],
    ["edit", "{id}", "--source", PAYLOAD],
    ["saved", "add", PAYLOAD, PAYLOAD],
    ["saved", "list"],
    ["history"],
    ["stats"],
    ["read", "{file}"],
    ["suggest", "{file}", "--reasons"],
    ["list", "--json"],
    ["show", PAYLOAD],
    ["accept", "{id}", PAYLOAD],
    [PAYLOAD],
    ["list", "--" + PAYLOAD],
    ["export", "--to", "{file}.notes"],
    ["export", "--single", "-"],
    ["dump"],
]
DRIVER = """
import io, json, sys
from contextlib import redirect_stdout
from briefreader.cli.main import run
file, id = sys.argv[1], ""
for argv in json.loads(sys.argv[2]):
    run([word.replace("{file}", file).replace("{id}", id) for word in argv])
    if not id:
        with redirect_stdout(io.StringIO()) as listed:
            run(["list", "--jsonl"])
        id = json.loads(listed.getvalue())["id"]
"""
# what rich writes of its own: colours and styles, the cursor of a progress bar
OWN = re.compile(r"\x1b\[[0-9;]*m|\x1b\[\?25[lh]|\x1b\[1A|\x1b\[2K")


def received(argv: list[str], environment: dict[str, str]) -> str:
    """Everything that a process sends to its terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    data = b""
    while True:
        try:
            chunk = os.read(ours, 65_536)
        except OSError:  # Linux: the last writer is gone
            break
        if not chunk:
            break
        data += chunk
    os.close(ours)
    assert process.wait(timeout=60) == 0
    return data.decode("utf-8")


def test_a_terminal_gets_nothing_live_from_a_document(tmp_path: Path) -> None:
    file = tmp_path / "hostile.txt"
    file.write_text(TEXT, encoding="utf-8")
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(sys.path),
        "BRIEFREADER_LIBRARY": str(tmp_path / "library"),
        "XDG_CONFIG_HOME": str(tmp_path),
        "TERM": "xterm-256color",
        "COLUMNS": "300",
    }
    environment.pop("NO_COLOR", None)
    shown = received([sys.executable, "-c", DRIVER, str(file), json.dumps(COMMANDS)], environment)
    assert "\x1b[" in shown  # colours are on: the test sees what a person's terminal would
    rest = OWN.sub("", shown)
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]", rest)
    assert "[bold]b[/bold] [/] [@click=app.quit]x[/]" in rest
    assert "Traceback" not in rest and "the program failed" not in rest
