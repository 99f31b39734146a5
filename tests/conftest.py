"""No test reaches a network, nor does a process that it starts: only a few ask for their own machine's addresses."""

from __future__ import annotations

import os
import runpy
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

GUARD = Path(__file__).with_name("guard")

runpy.run_path(str(GUARD / "sitecustomize.py"))
sys.path.append(str(GUARD))  # for those who hand their own path on
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(GUARD), os.environ.get("PYTHONPATH")]))


@pytest.fixture
def loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets a test talk to a server of its own on this machine."""
    monkeypatch.setenv("ALLOW_LOOPBACK", "1")


class Web(ThreadingHTTPServer):
    """A site on this machine: by path a page, or the address that one is sent on to; anything else is a 404."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.pages: dict[str, bytes | str] = {}


class _Answer(BaseHTTPRequestHandler):
    server: Web

    def do_GET(self) -> None:
        found = self.server.pages.get(self.path)
        self.send_response(404 if found is None else 302 if isinstance(found, str) else 200)
        if isinstance(found, str):
            self.send_header("Location", found)
        elif not self.path.endswith(".md"):
            self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        if isinstance(found, bytes):
            self.wfile.write(found)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def web(loopback: None) -> Iterator[Web]:
    """An empty site: ``web.pages["/a"] = b"<p>hello</p>"``."""
    with Web() as site:
        thread = Thread(target=site.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield site
        site.shutdown()
        thread.join()
