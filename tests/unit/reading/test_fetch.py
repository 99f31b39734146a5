"""``add URL`` against a server on this machine: limits, redirects, schemes."""

import threading
from pathlib import Path
from typing import Any

import pytest

from briefreader.errors import ReadingError
from briefreader.reading import fetch as fetching
from briefreader.reading.fetch import fetch
from briefreader.reading.watch import changes


@pytest.fixture
def server(web: Any) -> str:
    web.pages = {
        "/page": b"<p>hello</p>",
        "/large": b"<p>hello</p>" * 10_000,
        "/moved": "/page",
        "/loop": "/loop",
        "/file": "file:///etc/hostname",
    }
    return web.address


def test_a_page_is_fetched_through_its_redirect(server: str) -> None:
    found = fetch(f"{server}/moved")
    assert (found.data, found.url) == (b"<p>hello</p>", f"{server}/page")


@pytest.mark.parametrize(("path", "message"), [("/loop", "redirects"), ("/file", "only http"), ("/none", "404")])
def test_what_is_not_followed_says_why(server: str, path: str, message: str) -> None:
    with pytest.raises(ReadingError, match=message):
        fetch(server + path)


def test_size_is_limited(server: str) -> None:
    with pytest.raises(ReadingError, match="larger than"):
        fetch(f"{server}/large", most=50_000)


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://a.example/x", "javascript:alert(1)", "", "http://", "http://[::1"]
)
def test_only_http_is_fetched(url: str) -> None:
    with pytest.raises(ReadingError):
        fetch(url)


@pytest.mark.parametrize(
    ("addresses", "private"),
    [
        (["93.184.216.34"], False),
        (["2606:2800:220:1:248:1893:25c8:1946"], False),
        (["10.0.0.1"], True),
        (["169.254.169.254"], True),
        (["::1"], True),
        (["fe80::1%eth0"], True),
        (["93.184.216.34", "192.168.1.1"], True),
    ],
)
def test_a_name_is_private_if_any_of_its_addresses_is(
    addresses: list[str], private: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.getaddrinfo", lambda *_: [(0, 0, 0, "", (address, 0)) for address in addresses])
    assert fetching._private("name.example") is private


def test_a_public_page_cannot_lead_to_a_private_one(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([False, True])
    monkeypatch.setattr(fetching, "_private", lambda host: next(answers))
    with pytest.raises(ReadingError, match="private"):
        fetch(f"{server}/moved")


def test_new_files_are_seen_and_others_are_not(tmp_path: Path) -> None:
    for folder in ("cur", "new", "tmp"):
        (tmp_path / folder).mkdir()
    names = ("a.png", ".b.txt", "c.txt", "tmp/1701.M2.host", "new/1700.M1.host")
    stop = threading.Event()
    wanted = {tmp_path / "c.txt", tmp_path / "new" / "1700.M1.host"}

    def write() -> None:
        while not stop.wait(0.05):  # again and again, for nobody tells when the watch has begun
            for name in names:
                (tmp_path / name).write_text("A note")

    writer = threading.Thread(target=write)
    writer.start()
    seen: set[Path] = set()
    try:
        for found in changes(tmp_path, stop=stop, debounce=20):
            seen |= found
            if len(seen) >= len(wanted):
                break
    finally:
        stop.set()
        writer.join()
    assert seen == wanted
