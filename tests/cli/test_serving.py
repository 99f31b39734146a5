"""`serve`: the app in a browser, from this machine only and from nowhere else."""

from __future__ import annotations

import asyncio
import re
import socket
import subprocess
import sys
from contextlib import contextmanager
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


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
