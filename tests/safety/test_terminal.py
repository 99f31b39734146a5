"""Check in a real terminal that hostile input is shown without control sequences or markup."""

from __future__ import annotations

import json
import os
import re
import select
import shutil
import sqlite3
import struct
import subprocess
import sys
import time
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

pty = pytest.importorskip("pty", reason="a pseudo-terminal is POSIX")

UNPRIVILEGED = Path(__file__).with_name("unprivileged.py")
TAXONOMIES = {
    "alias": "topics: &a [*a, *a]\n",
    "merge": f"topics:\n  - <<: {'{<<: ' * 100}\n",
    "brackets": "topics: " + "[" * 2000,
    "double": "topics:\n  - id: no\n    label: 1:30\n    label: again\n",
    "tag": "topics: !!python/object/apply:os.system [true]\n",
    "payload": 'topics:\n  - id: a\n    label: "\\e]52;c;ZXZpbA==\\a [/]"\n    keywords: ["(a+)+$"]\n',
}
QUERIES = ["multi-agent", "gpt-4.1", "don't", "x:y", '"', "*", "", "a" * 10_000, "{payload}"]
COMMANDS = [
    ["--bulk-tag", "{in}"],
    ["add", "{in}", "{at}/{payload}", "{in}/controls.md"],
    ["list"],
    ["list", "--json"],
    ["search", "agents"],
    *(["search", query] for query in QUERIES),
    ["show", "{ids}"],
    ["show", "--raw", "{ids}"],
    ["explain", "{id}"],
    ["explain", "{in}/controls.md"],
    ["note", "{id}", "{payload}"],
    ["edit", "{id}", "--source", "{payload}"],
    ["saved", "add", "{payload}", "{payload}"],
    ["saved", "list"],
    ["history"],
    ["stats"],
    ["read", "{in}"],
    ["suggest", "{in}/controls.md", "--reasons"],
    ["show", "{payload}"],
    ["accept", "{id}", "{payload}"],
    ["{payload}"],
    ["list", "--{payload}"],
    ["export", "--to", "{at}/notes"],
    ["export", "--single", "-"],
    ["dump"],
    ["pull", "{at}/notes"],
    *(["taxonomy", "check", f"{{at}}/{name}.yaml"] for name in TAXONOMIES),
    ["export", "--to", "{at}/templated", "--template", "{at}/template.md"],
    ["undo", "9" * 30],
    ["check", "--deep"],
]  # fmt: skip
REASONS = {
    "empty.txt": "is empty",
    "binary.txt": "is not in a supported",
    "bomb.docx": "word/document.xml unpacks to an implausible size",
    "pipe.txt": "is a named pipe",
    "socket.md": "is a socket",
    "device.txt": "is a device",
    "gone.txt": "cannot be read: No such file",
    "loop": "a link to a folder is not followed",
    "secret.txt": "cannot be read: Permission denied",
    "locked": "cannot be listed: Permission denied",
}
TEMPLATE = "{{ title }}\n{% for x in ''.__class__.__mro__ %}{{ x }}{% endfor %}\n{% include '/etc/passwd' %}\n"
ESCAPE = "\x1b"
KEYS = ["j"] * 24 + [
    "1",
    "2",
    "3",
    "4",
    "]",
    "c",
    ESCAPE,
    "w",
    ESCAPE,
    "/",
    "agents [/ \r",
    ESCAPE,
    "t",
    ESCAPE,
    "?",
    ESCAPE,
]
DRIVER = """
import io, json, sys, time
from contextlib import redirect_stdout
from briefreader.cli.main import run
at, payload, ids = sys.argv[1], sys.argv[2], []
took = []
for argv in json.loads(sys.argv[3]):
    words = []
    for word in argv:
        many = ids if word == "{ids}" else [word]
        filled = [w.replace("{in}", at + "/in").replace("{at}", at).replace("{payload}", payload) for w in many]
        words += [w.replace("{id}", ids[0] if ids else "") for w in filled]
    begun = time.process_time()
    code = run(words)
    took.append([argv[:2], code, round(time.process_time() - begun, 1)])
    if not ids:
        with redirect_stdout(io.StringIO()) as listed:
            run(["list", "--jsonl"])
        ids = [json.loads(line)["id"] for line in listed.getvalue().splitlines()]
print("TOOK " + json.dumps(took))
"""
# control sequences of rich and textual: styles, web links, cursor, modes, queries
CSI = re.compile(
    r"\x1b\]8;(?:id=\d+)?;(?:(?:https?|mailto):[!-~]+)?\x1b\\"
    r"|\x1b\[[0-9;:?<>=!$ ]*[A-Za-z~@`]|\x1b[78=>]|\x1b\([B0]|\x1b\]22;[a-z]+\x07"
)
UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\U000e0000-\U000e007f]")
LIVE = re.compile(r"\x1b\](?!22;|8;)|\x1b\[7;5;41;97m|\x1bP")


def environment(folder: Path) -> dict[str, str]:
    own = {
        "PYTHONPATH": os.pathsep.join(sys.path),
        "BRIEFREADER_LIBRARY": str(folder / "library"),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "COLUMNS": "300",
        "PAGER": "cat",  # no key is pressed
    }
    own |= {f"XDG_{name}_HOME": str(folder / name) for name in ("CONFIG", "STATE", "CACHE", "DATA")}
    return {name: value for name, value in os.environ.items() if name != "NO_COLOR"} | own


class Terminal:
    """Python in a pseudo-terminal, without privileges, and its output."""

    def __init__(
        self, argv: list[str], env: dict[str, str], size: tuple[int, int] = (120, 40), *, controlling: bool = False
    ) -> None:
        import fcntl
        import termios

        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, UNPRIVILEGED, *argv],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=env,
            start_new_session=True,
            # between fork and exec: a single system call, which needs no lock
            preexec_fn=partial(fcntl.ioctl, 0, termios.TIOCSCTTY, 0) if controlling else None,  # noqa: PLW1509 - see above
        )
        os.close(theirs)
        self.data = b""

    def read(self, quiet: float) -> bool:
        """Read until there is no output for ``seconds``; return False if the process ended."""
        end = time.monotonic() + 30  # an app may never stop writing
        while time.monotonic() < end and select.select([self._ours], [], [], quiet)[0]:
            try:
                chunk = os.read(self._ours, 65_536)
            except OSError:  # on Linux: the process has ended
                return False
            if not chunk:
                return False
            self.data += chunk
        return True

    def press(self, keys: str) -> None:
        """Type text and read the output."""
        os.write(self._ours, keys.encode())
        self.read(0.4)

    def until(self, text: bytes) -> None:
        """Wait for a text, up to the timeout of the test."""
        while text not in self.data:
            assert self.read(0.2), self.data[-3000:]

    def close(self) -> int:
        """Wait for the end; return the exit code."""
        while self.read(0.2):
            pass
        os.close(self._ours)
        return self.process.wait()


def nothing_live(data: bytes) -> str:
    """Return the output without known control sequences; check that there are no others."""
    sent = data.decode("utf-8")
    assert not LIVE.search(sent), LIVE.search(sent)
    text = CSI.sub("", sent)
    found = UNSAFE.search(text)
    assert not found, text[max(found.start() - 80, 0) : found.end() + 80]
    assert "Traceback" not in text and "the program failed" not in text
    return text


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, hostile_files: Path, payload: str) -> Path:
    """A folder with hostile files, taxonomies, and a library of them."""
    folder = tmp_path_factory.mktemp("place")
    (folder / "in").symlink_to(hostile_files)
    for name, text in TAXONOMIES.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    (folder / "template.md").write_text(TEMPLATE, encoding="utf-8")
    arguments = [str(folder), payload, json.dumps(COMMANDS)]
    terminal = Terminal(["-c", DRIVER, *arguments], environment(folder), (300, 60))
    assert terminal.close() == 0, terminal.data[-3000:]
    (folder / "sent").write_bytes(terminal.data)
    return folder


@pytest.mark.timeout(400)
def test_no_command_prints_control_sequences_of_documents(place: Path) -> None:
    sent = (place / "sent").read_bytes()
    assert b"\x1b[" in sent  # colours are on: the test sees what a person's terminal would
    text = nothing_live(sent)
    assert "[bold]b[/bold] [/] [@click=app.quit]x[/]" in text
    assert "root:" not in text, "a template read a file"


def test_app_ends_when_its_terminal_closes(tmp_path: Path) -> None:
    """Without a controlling terminal, the app gets no signal."""
    terminal = Terminal(["-m", "briefreader"], environment(tmp_path))
    terminal.until(b"This library is empty")
    os.close(terminal._ours)
    assert terminal.process.wait() == 0


LEAVING = {"idle": "", "dialog": "t", "add dialog": "+", "tagging": "\x14"}


@pytest.mark.processes
@pytest.mark.parametrize("keys", LEAVING.values(), ids=LEAVING)
@pytest.mark.parametrize("how", ["hangup", "SIGTERM", "hangup, then SIGTERM"])
def test_app_ends_on_sigterm(place: Path, tmp_path: Path, how: str, keys: str) -> None:
    """A hangup also sends SIGCONT, and output can no longer be written."""
    shutil.copytree(place / "library", tmp_path / "library")
    terminal = Terminal(["-m", "briefreader"], environment(tmp_path), controlling=True)
    terminal.until(b"unread")
    if keys:
        terminal.press(keys)
    if "hangup" in how:
        os.close(terminal._ours)
    if "SIGTERM" in how:
        terminal.process.terminate()
    code = terminal.process.wait() if "hangup" in how else terminal.close()
    assert code == 0


def test_every_command_ends_in_time_with_a_known_exit_code(place: Path) -> None:
    text = (place / "sent").read_text(encoding="utf-8", errors="replace")
    took = json.loads(text[text.rindex("TOOK ") + 5 :])
    assert len(took) == len(COMMANDS)
    codes = {json.dumps(argv): code for argv, code, _ in took}
    assert set(codes.values()) <= {0, 1, 2, 3, 12}, codes
    assert codes['["--bulk-tag", "{in}"]'] == 3
    assert codes['["check", "--deep"]'] == 0
    slow = [each for each in took if each[2] > 60]
    assert not slow, slow


def test_unreadable_input_is_reported(place: Path) -> None:
    text = CSI.sub("", (place / "sent").read_text(encoding="utf-8", errors="replace"))
    for name, reason in REASONS.items():
        assert re.search(rf"{re.escape(name)}: {reason}", text), name


def leave(terminal: Terminal) -> str:
    """Quit the app; return its output, which must be safe."""
    while terminal.process.poll() is None:
        terminal.press("\x11")  # twice, in case a dialog is open or ESC was taken for Alt
    assert terminal.close() == 0
    return nothing_live(terminal.data)


def test_app_shows_no_control_sequences_of_documents(place: Path) -> None:
    terminal = Terminal(["-m", "briefreader"], environment(place), (200, 50))
    terminal.until(b"unread")
    terminal.until(b"]52;c;ZXZpbA==")
    for keys in KEYS:
        terminal.press(keys)
        assert terminal.process.poll() is None, terminal.data[-3000:]
    assert "[bold]b[/bold]" in leave(terminal)


@pytest.mark.long
@pytest.mark.timeout(300)
def test_names_in_an_added_folder_are_made_safe(place: Path, hostile_files: Path, tmp_path: Path) -> None:
    own = {"BRIEFREADER_LIBRARY": str(tmp_path / "library")}
    terminal = Terminal(["-m", "briefreader"], environment(place) | own, (200, 200))
    terminal.until(b"Add")
    terminal.press("+")
    terminal.until(b"File or folder")
    terminal.press(f"{hostile_files}\r")
    terminal.until(b"Done: ")
    for keys in (ESCAPE, "gg", *["jjjjj"] * 8):
        terminal.press(keys)
    text = leave(terminal)
    assert "[bold]b[/bold]" in text and "failed" in text


def test_app_opens_a_read_only_library(place: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(place / "library", tmp_path / "library")
    for path in (*folder.rglob("*"), folder):
        path.chmod(0o555 if path.is_dir() else 0o444)
    terminal = Terminal(["-m", "briefreader"], environment(tmp_path) | {"BRIEFREADER_LIBRARY": str(folder)}, (200, 50))
    terminal.until(b"read-only")
    terminal.until(b"this library is read-only")
    for keys in ("\r", ESCAPE, "j", "s"):  # reading a briefing is not a change, starring it is
        terminal.press(keys)
    terminal.until(b"the library is read-only")
    leave(terminal)


def test_app_refuses_a_library_of_a_newer_version(place: Path, tmp_path: Path) -> None:
    shutil.copytree(place / "library", tmp_path / "library")
    with closing(sqlite3.connect(tmp_path / "library" / "library.db")) as con:
        con.execute("PRAGMA user_version = 99")
    terminal = Terminal(["-m", "briefreader"], environment(tmp_path))
    assert terminal.close() == 1
    assert "made by a newer briefreader" in nothing_live(terminal.data)
