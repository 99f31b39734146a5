"""`serve`: the app in a browser, from this machine only and from nowhere else."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import shutil
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


def answers(host: str, port: int) -> bool:
    """Whether anything listens there."""
    with socket.socket() as tried:
        tried.settimeout(2)
        return tried.connect_ex((host, port)) == 0


@contextmanager
def started(words: list[str], **options: Any) -> Iterator[subprocess.Popen[str]]:
    """A process that is ended again."""
    with subprocess.Popen(words, text=True, **options) as process:
        try:
            yield process
        finally:
            process.terminate()


@pytest.fixture
def served(cli: Any, tmp_path: Path, loopback: None) -> Iterator[int]:
    """The port on which the app is served, on a library of one briefing."""
    (tmp_path / "letter.md").write_text("# A letter from the quay\n\nThe ferry is late again.\n", encoding="utf-8")
    assert cli("add", str(tmp_path / "letter.md")).code == 0
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    with started([sys.executable, "-m", "briefreader", "serve", "--port", str(port)], stdout=subprocess.DEVNULL):
        end = monotonic() + 60
        while not answers("127.0.0.1", port):
            assert monotonic() < end, "never listened"
            sleep(0.05)
        yield port


async def test_the_app_is_served_on_loopback_and_fetches_nothing_from_elsewhere(served: int) -> None:
    # a server that listens everywhere would answer on any other address of this machine
    assert not answers("127.0.0.2", served)
    async with aiohttp.ClientSession() as session:
        async with session.get(f"http://127.0.0.1:{served}/") as answer:
            page = await answer.text()
        fetched = re.findall(r'(?:src|href)="(https?://[^"]+)"', page)
        assert fetched
        assert all(address.startswith(f"http://127.0.0.1:{served}/") for address in fetched)
        shown = b""
        async with session.ws_connect(f"http://127.0.0.1:{served}/ws?width=120&height=40") as socket_:
            async with asyncio.timeout(60):
                while b"A letter from the quay" not in shown:
                    message = await socket_.receive()
                    assert message.type in (aiohttp.WSMsgType.BINARY, aiohttp.WSMsgType.TEXT), message
                    shown += message.data if isinstance(message.data, bytes) else message.data.encode()
    assert b"Library" in shown


class Page:
    """A browser's page, spoken to by the DevTools protocol."""

    def __init__(self, socket_: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket_
        self._number = 0

    async def call(self, method: str, **params: Any) -> Any:
        """Call a method and wait for its result."""
        self._number += 1
        await self._socket.send_json({"id": self._number, "method": method, "params": params})
        while (answer := json.loads((await self._socket.receive()).data)).get("id") != self._number:
            pass
        return answer["result"]

    async def picture(self) -> bytes:
        """The page as PNG."""
        return base64.b64decode((await self.call("Page.captureScreenshot", format="png"))["data"])

    async def settled(self, other: bytes) -> bytes:
        """The page once it looks otherwise than ``other``, and the same for a second."""
        last = other
        while (now := await self.picture()) == other or now != last:
            last = now
            await asyncio.sleep(1)
        return now


_SHOWN = "document.body.classList.contains('-first-byte')"  # the server's page says so when the app has drawn
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.mark.long
@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
async def test_a_browser_shows_it_and_its_keys_work(served: int, tmp_path: Path) -> None:
    words = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0"]
    words += ["--window-size=1200,800", f"--user-data-dir={tmp_path}", f"http://127.0.0.1:{served}/"]
    with started(words, stderr=subprocess.PIPE) as browser:
        assert browser.stderr is not None
        port = next(found[1] for line in browser.stderr if (found := re.search(r"ws://127\.0\.0\.1:(\d+)/", line)))
        async with aiohttp.ClientSession() as session, asyncio.timeout(120):
            async with session.get(f"http://127.0.0.1:{port}/json") as answer:
                [address] = [p["webSocketDebuggerUrl"] for p in await answer.json() if p["type"] == "page"]
            async with session.ws_connect(address, max_msg_size=0) as socket_:
                page = Page(socket_)
                while not (await page.call("Runtime.evaluate", expression=_SHOWN))["result"].get("value"):
                    await asyncio.sleep(0.5)
                before = await page.settled(b"")
                for kind in ("mousePressed", "mouseReleased"):
                    await page.call("Input.dispatchMouseEvent", type=kind, x=500, y=60, button="left", clickCount=1)
                await page.call("Input.dispatchKeyEvent", type="keyDown", text="?", key="?")
                help_ = await page.settled(before)
                assert min(len(before), len(help_)) > 30_000, "more than an empty page"
                if folder := os.environ.get("PICTURES"):
                    Path(folder, "browser.png").write_bytes(before)
                    Path(folder, "browser-help.png").write_bytes(help_)
