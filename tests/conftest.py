"""Fixtures for all tests, and hostile input files.

Tests and the processes that they start can't use a network. Only tests that ask for it can connect to this machine.
"""

from __future__ import annotations

import contextlib
import gc
import io
import os
import runpy
import socket
import sys
import tempfile
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

settings.register_profile("untimed", deadline=None)  # a busy machine must not fail a test
settings.load_profile("untimed")

GUARD = Path(__file__).with_name("guard")

runpy.run_path(str(GUARD / "sitecustomize.py"))
sys.path.append(str(GUARD))  # for subprocesses that get this path
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(GUARD), os.environ.get("PYTHONPATH")]))

# bytecode of tests and their processes is cached, outside of the source folders
if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
    os.environ.setdefault("PYTHONPYCACHEPREFIX", str(Path(tempfile.gettempdir(), "briefreader-compiled")))
    sys.dont_write_bytecode, sys.pycache_prefix = False, os.environ["PYTHONPYCACHEPREFIX"]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Return 1.5 workers per core, since tests of the app often wait."""
    return (os.cpu_count() or 2) * 3 // 2


def pytest_collection_finish() -> None:
    """Exclude imported modules from garbage collection, which makes tests faster."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture
def loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Allow a test to connect to a server on this machine."""
    monkeypatch.setenv("ALLOW_LOOPBACK", "1")


@pytest.fixture(autouse=True)
def jobs_in_process(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run jobs in this process, which is faster, unless the test is marked ``processes``."""
    if request.node.get_closest_marker("processes"):
        return
    from briefreader.library.jobs import Jobs

    def run(
        self: Jobs,
        name: str,
        function: str,
        *arguments: Any,
        progress: Any = lambda at: None,
        cancelled: Any = lambda: False,
    ) -> Iterator[Any]:
        module, _, attribute = function.partition(":")
        job = getattr(import_module(module), attribute)
        yield from job(
            *arguments, progress=progress or (lambda at: None), cancelled=lambda: self._detached or cancelled()
        )

    monkeypatch.setattr(Jobs, "run", run)


class Web(ThreadingHTTPServer):
    """A local site: pages or redirect targets by path; other paths give 404.

    ``charsets``: what the header says of a page, if not UTF-8; ``asked``: host and path of each request.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.pages: dict[str, bytes | str] = {}
        self.charsets: dict[str, str] = {}
        self.asked: list[tuple[str | None, str]] = []


class _Answer(BaseHTTPRequestHandler):
    server: Web

    def do_GET(self) -> None:
        self.server.asked.append((self.headers["Host"], self.path))
        found = self.server.pages.get(self.path)
        self.send_response(404 if found is None else 302 if isinstance(found, str) else 200)
        if isinstance(found, str):
            self.send_header("Location", found)
        elif not self.path.endswith(".md"):
            charset = self.server.charsets.get(self.path, "utf-8")
            self.send_header("Content-Type", f"text/html; charset={charset}")
        self.end_headers()
        if isinstance(found, bytes):
            self.wfile.write(found)

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing."""


@pytest.fixture
def web(loopback: None) -> Iterator[Web]:
    """An empty site: ``web.pages["/a"] = b"<p>hello</p>"``."""
    with Web() as site:
        thread = Thread(target=site.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield site
        site.shutdown()
        thread.join()


CONTROLS = "\x1b]52;c;ZXZpbA==\x07\x1b[7;5;41;97m\x1b]8;;http://evil.example/\x1b\\\x9b31m\u202egnp.exe\u2066\U000e0041\x08\x7f"
MARKUP = "[bold]b[/bold] [/] [@click=app.quit]x[/]"
PAYLOAD = f"{CONTROLS} {MARKUP}"
PROSE = "The agents plan their steps and call tools, and the router sends each token to two experts of sixteen."
HEAD = "From: Oak <oak@mail.example>\nSubject: Hello {0}\nMIME-Version: 1.0\nX: 1\n"


def _nested(depth: int) -> str:
    parts = "".join(f"--b{i}\nContent-Type: multipart/mixed; boundary=b{i + 1}\n\n" for i in range(depth))
    return f"{HEAD.format('deep')}Content-Type: multipart/mixed; boundary=b0\n\n{parts}--b{depth}\n\ninnermost\n"


def _zipped(name: str, data: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return made.getvalue()


def _texts() -> dict[str, bytes]:
    mail = {
        "controls": f"{HEAD.format(PAYLOAD)}Message-ID: <{PAYLOAD}>\n\n{PROSE} {PAYLOAD}\n",
        "encoded": f"{HEAD.format('=?utf-8?q?=1B]52;c;ZXZpbA=3D=3D=07?=')}\n{PROSE} one\n",
        "charset": f"{HEAD.format('charset')}Content-Type: text/plain; charset=klingon-8\n\n{PROSE} two\n",
        "utf-7": f"{HEAD.format('seven')}Content-Type: text/plain; charset=utf-7\n\n+ADw-script+AD4- {PROSE} three\n",
        "id": f"{HEAD.format('id')}Message-ID: <[>\n\n{PROSE} four\n",
        "deep": _nested(1200),
        "parentheses": f"From: {'(' * 50_000}\nSubject: x\n\n{PROSE} five\n",
        "recipients": f"{HEAD.format('to')}To: {', '.join(f'a{i}@b.example' for i in range(20_000))}\n\n{PROSE} six\n",
        "twin-a": f"{HEAD.format('a')}Message-ID: <same@x>\nDate: Thu, 1 Jan 1970 00:00:00 +0000\n\n{PROSE} Bees.\n",
        "twin-b": f"{HEAD.format('b')}Message-ID: <same@x>\nDate: Sun, 1 Jan 2090 00:00:00 +0000\n\nTrams pass by.\n",
    }
    made = {f"{name}.eml": text.encode() for name, text in mail.items()}
    made |= {
        "controls.md": f"# Title {PAYLOAD}\n\nSource: {PAYLOAD}\n\n## Key insights\n\n"
        f"- **{PAYLOAD}:** {PROSE}\n".encode(),
        "invalid.txt": b"Broken \xff\xfe\x80 bytes\n\nCaf\xe9 " + PROSE.encode(),
        "nul.txt": f"Nul \x00 in it\n\n{PROSE} \x00 seven\n".encode(),
        "bom.txt": f"\ufeffMarked\n\n{PROSE} eight\n".encode(),
        "utf-16.txt": f"Sixteen\n\n{PROSE} nine\n".encode("utf-16"),
        "comments.html": b"<html><body>" + b"<!--" * 20_000 + PROSE.encode(),
        "deep.html": b"<html><body>" + b"<div>" * 50_000 + PROSE.encode(),
        "large.html": b"<html><body><p>" + f"{PROSE} ".encode() * 2_000,
        "alias.md": "---\na: &x [1,1]\n{}\n---\n{} ten\n".format(
            "\n".join(f"b{i}: &y{i} [*x,*x,*x]" for i in range(50)), PROSE
        ).encode(),
        "merge.md": f"---\n<<: {'{<<: ' * 300}x\n---\n{PROSE} eleven\n".encode(),
        "brackets.md": f"---\na: {'[' * 2000}\n---\n{PROSE} twelve\n".encode(),
        "unsafe.md": f"---\ntitle: !!python/object/apply:os.system [true]\n---\n{PROSE} thirteen\n".encode(),
        "line.txt": b"x" * 300_000,
        "empty.txt": b"",
        "binary.txt": bytes(range(256)) * 50,
        "bomb.docx": _zipped("word/document.xml", b"<a>" + b" " * 70_000_000),
        "lol.xml": b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "lol"><!ENTITY b "&a;&a;">]>'
        b"<rss><channel><title>&b;</title><item><title>&b;</title><description>Entry</description></item></channel></rss>",
    }  # fmt: skip
    return made


@pytest.fixture(scope="session")
def hostile_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with files, links, pipes and sockets."""
    folder = tmp_path_factory.mktemp("hostile") / "in"
    folder.mkdir()
    for name, data in _texts().items():
        (folder / name).write_bytes(data)
    (folder / f"name {PAYLOAD.replace('/', '')}.txt").write_text(f"A name\n\n{PROSE} fourteen\n", encoding="utf-8")
    (folder / os.fsdecode(b"bytes-\xff\x1b[7;5;41;97m.txt")).write_text(f"Bytes\n\n{PROSE} fifteen\n", encoding="utf-8")
    (folder / "loop").symlink_to(folder)
    (folder / "gone.txt").symlink_to(folder / "nowhere")
    (folder / "device.txt").symlink_to("/dev/zero")
    os.mkfifo(folder / "pipe.txt")
    (folder / "secret.txt").write_text(f"A secret\n\n{PROSE} sixteen\n")
    (folder / "secret.txt").chmod(0)
    (folder / "locked").mkdir(mode=0)
    with contextlib.chdir(folder), socket.socket(socket.AF_UNIX) as server:  # a socket's path must be short
        server.bind("socket.md")
    return folder


@pytest.fixture(scope="session")
def payload() -> str:
    """Control sequences and markup that must not reach a terminal."""
    return PAYLOAD
