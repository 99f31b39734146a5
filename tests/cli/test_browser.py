"""Tests of ``serve`` in a headless Chromium: open the page, press keys, take screenshots."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import shutil
import socket
import subprocess
import sys
import urllib.request
from contextlib import closing, contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Web

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
HOST = "127.0.0.1"

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
]


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(words: list[str], env: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Run a program; end it and its child processes."""
    process = subprocess.Popen(
        words, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True
    )
    try:
        yield process
    finally:
        os.killpg(process.pid, 15)
        process.wait(20)


def asked(url: str) -> bytes:
    """Return the answer to a request, after retries."""
    end = monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return bytes(answer.read())
        except OSError:
            if monotonic() > end:
                raise


class Page:
    """A page of the browser, controlled by its debugging protocol."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket
        self._number = 0
        self.addresses: set[str] = set()

    async def _next_message(self) -> dict[str, Any]:
        """Return the next message of the browser; record requested URLs."""
        message = dict(json.loads((await asyncio.wait_for(self._socket.receive(), 60)).data))
        if message.get("method") == "Network.requestWillBeSent":
            self.addresses.add(message["params"]["request"]["url"])
        return message

    async def call(self, method: str, *, until: str = "", **parameters: Any) -> dict[str, Any]:
        """Send a command to the browser; wait for its answer and for the event ``until``."""
        self._number += 1
        await self._socket.send_json({"id": self._number, "method": method, "params": parameters})
        answer: dict[str, Any] | None = None
        while answer is None or until:
            message = await self._next_message()
            if message.get("method") == until:
                until = ""
            if message.get("id") == self._number:
                assert "error" not in message, message
                answer = dict(message["result"])
        return answer

    async def picture(self) -> bytes:
        """Return a screenshot of the page as PNG."""
        return base64.b64decode((await self.call("Page.captureScreenshot", format="png"))["data"])

    async def settled(self, other_than: bytes = b"") -> bytes:
        """Wait for a new, stable screenshot with enough content, and return it."""
        end, last, same = monotonic() + 60, b"", 0
        while same < 4:
            assert monotonic() < end, f"{len(last):,} bytes of picture"
            now = await self.picture()
            full = len(now) > 40_000 and now != other_than  # an empty page has a tenth of that
            same = same + 1 if full and now == last else 0
            last = now
            await asyncio.sleep(0.25)
        return last

    async def press(self, key: str, code: int) -> None:
        """Press and release a key."""
        names = {"key": key, "windowsVirtualKeyCode": code, "nativeVirtualKeyCode": code}
        text = {"text": key} if len(key) == 1 else {}
        await self.call("Input.dispatchKeyEvent", type="keyDown", **names, **text)
        await self.call("Input.dispatchKeyEvent", type="keyUp", **names)


HOSTILE = """
(async () => {
  const open = url => new Promise(done => {
    const socket = new WebSocket(url);
    socket.onopen = () => done("open");
    socket.onerror = () => done("refused");
  });
  const got = async (url, options) => {
    try { const answer = await fetch(url, options); return answer.type + answer.status; } catch { return "refused"; }
  };
  return JSON.stringify([await open("ws://SITE/ws"), await open("ws://SITEPATHws"),
                         await got("http://SITEPATH", {credentials: "include"}),
                         await got("http://SITEPATH", {mode: "no-cors", credentials: "include"})]);
})()
"""
"""Attacks of a page on another site that knows the secret path."""


async def walk(page: Page, address: str, shots: Path) -> str:
    """Use the app, reload it, open help and a briefing; return the browser's URL."""
    await page.call("Page.navigate", until="Page.loadEventFired", url=address)
    await page.settled()
    await page.call("Page.reload", until="Page.loadEventFired")
    last = await page.settled()
    await page.call("Runtime.evaluate", expression="document.querySelector('textarea').focus()")
    for number, (key, code) in enumerate((("?", 191), ("Escape", 27), ("j", 74), ("Enter", 13))):
        (shots / f"{number}.png").write_bytes(last)
        await page.press(key, code)
        last = await page.settled(other_than=last)
    (shots / "last.png").write_bytes(last)
    shown = await page.call("Runtime.evaluate", expression="location.href")
    return str(shown["result"]["value"])


async def attack(page: Page, elsewhere: str, app: str) -> list[str]:
    """Return what a page of another local server gets from the app."""
    await page.call("Page.navigate", until="Page.loadEventFired", url=elsewhere)
    site, _, path = app.removeprefix("http://").partition("/")
    script = HOSTILE.replace("SITE", site).replace("PATH", f"/{path}")
    answer = await page.call("Runtime.evaluate", expression=script, awaitPromise=True)
    return list(json.loads(answer["result"]["value"]))


async def visit(debugging: int, address: str, elsewhere: str, shots: Path) -> tuple[set[str], str, list[str]]:
    """Return the URLs that the page requested, its own URL, and the result of an attack."""
    import aiohttp

    pages = json.loads(asked(f"http://{HOST}:{debugging}/json"))
    debugger = next(page["webSocketDebuggerUrl"] for page in pages if page["type"] == "page")
    async with aiohttp.ClientSession() as session, session.ws_connect(debugger, max_msg_size=0) as socket:
        page = Page(socket)
        await page.call("Page.enable")
        await page.call("Network.enable")
        shown = await walk(page, address, shots)
        addresses = set(page.addresses)
        return addresses, shown, await attack(page, elsewhere, shown)


def test_app_works_in_a_browser_and_refuses_other_pages(tmp_path: Path, web: Web) -> None:
    pytest.importorskip("textual_serve", reason="the extra [web] is not installed")
    port, debugging = free_port(), free_port()
    shots = tmp_path if "PICTURES" not in os.environ else type(tmp_path)(os.environ["PICTURES"])
    env = {**os.environ, "HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    serve = [sys.executable, "-m", "briefreader", "serve", "--demo", "--port", str(port)]
    browser = [str(CHROMIUM), "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run"]
    browser += [f"--user-data-dir={tmp_path / 'profile'}", f"--remote-debugging-port={debugging}"]
    browser += ["--window-size=1280,800", "--disable-background-networking", "about:blank"]
    web.pages["/"] = b"<p>another server on this machine</p>"
    with running(serve, env) as server, running(browser, env):
        assert server.stdout is not None
        address = server.stdout.readline().strip()
        addresses, shown, attacked = asyncio.run(visit(debugging, address, f"{web.address}/", shots))
    assert addresses
    assert all(url.startswith((f"http://{HOST}:{port}/", "data:")) for url in addresses), addresses
    assert "token" not in shown
    assert attacked == ["refused", "refused", "refused", "refused"]
