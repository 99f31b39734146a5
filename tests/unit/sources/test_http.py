"""Tests of HTTP with local servers: limits, redirects, addresses, caching."""

import gzip
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from briefreader.errors import ReadingError
from briefreader.reading.watch import changes
from briefreader.sources import http as fetching
from briefreader.sources.http import HttpError, fetch


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


def test_page_is_fetched_through_a_redirect(server: str) -> None:
    found = fetch(f"{server}/moved")
    assert (found.data, found.url) == (b"<p>hello</p>", f"{server}/page")


@pytest.mark.parametrize(("path", "message"), [("/loop", "redirects"), ("/file", "only http"), ("/none", "404")])
def test_page_that_cannot_be_fetched_is_reported(server: str, path: str, message: str) -> None:
    with pytest.raises(ReadingError, match=message):
        fetch(server + path)


def test_download_size_is_limited(server: str) -> None:
    with pytest.raises(ReadingError, match="larger than"):
        fetch(f"{server}/large", max_bytes=50_000)


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://a.example/x", "javascript:alert(1)", "", "http://", "http://[::1"]
)
def test_only_http_is_fetched(url: str) -> None:
    with pytest.raises(ReadingError):
        fetch(url)


class Names:
    """A name server that returns one answer after the other, then always the last."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)

    def __call__(self, host: str, port: Any, *_: Any, **__: Any) -> list[Any]:
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]


@pytest.mark.parametrize(
    ("found", "kept"),
    [
        (["93.184.216.34"], ["93.184.216.34"]),
        (["2606:2800:220:1:248:1893:25c8:1946"], ["2606:2800:220:1:248:1893:25c8:1946"]),
        (["10.0.0.1"], []),
        (["169.254.169.254"], []),
        (["::1"], []),
        (["fe80::1%eth0"], []),
        (["::ffff:192.168.1.1", "2002:c0a8:0101::", "64:ff9b::10.0.0.1", "224.0.0.1"], []),
        (["192.168.1.1", "93.184.216.34"], ["93.184.216.34"]),
    ],
)
def test_public_addresses_are_preferred(found: list[str], kept: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.getaddrinfo", Names(found))
    target = fetching._resolve("http://name.example/")
    assert ([info[4][0] for info in target.addresses], target.public) == (kept or found, bool(kept))


def test_resolved_address_is_pinned(web: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second lookup would return a private address."""
    web.pages["/secret"] = b"<p>the router's password</p>"
    monkeypatch.setattr("socket.getaddrinfo", Names(["93.184.216.34"], ["127.0.0.1"]))
    with pytest.raises(ReadingError, match="blocked"):
        fetch(f"http://rebound.example:{web.server_port}/secret")
    assert not web.asked


@pytest.mark.parametrize("public", [[True, False], [False, True, False]])
def test_redirect_from_public_to_private_host_is_refused(
    web: Any, monkeypatch: pytest.MonkeyPatch, public: list[bool]
) -> None:
    web.pages |= {"/first": "/moved", "/moved": "/secret", "/secret": b"<p>the router's password</p>"}
    answers = iter(public)
    monkeypatch.setattr("socket.getaddrinfo", Names(["127.0.0.1"]))
    monkeypatch.setattr(fetching, "_is_public", lambda address: next(answers))
    with pytest.raises(ReadingError, match="private"):
        fetch(f"http://rebound.example:{web.server_port}{['/first', '/moved'][public[0]]}")
    assert "/secret" not in [path for _, path in web.asked]


def test_host_header_has_the_requested_name(loopback: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also with TLS, whose first message has the host name unencrypted."""
    received: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            taken, _ = server.accept()
            with taken:
                received.append(taken.recv(4096))

        thread = threading.Thread(target=listen)
        thread.start()
        monkeypatch.setattr("socket.getaddrinfo", Names(["127.0.0.1"]))
        with pytest.raises(ReadingError, match="cannot be fetched"):
            fetch(f"https://named.example:{server.getsockname()[1]}/")
        thread.join()
    assert b"named.example" in received[0]


def test_next_address_is_tried_if_the_first_fails(web: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    web.pages["/page"] = b"<p>hello</p>"
    monkeypatch.setattr("socket.getaddrinfo", Names(["127.0.0.2", "127.0.0.1"]))
    assert fetch(f"http://two.example:{web.server_port}/page").data == b"<p>hello</p>"


@pytest.mark.parametrize("host", ["127.0.0.2", "known-to-the-proxy.example"])
def test_proxy_of_the_environment_is_used(web: Any, host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    web.pages[f"http://{host}/page"] = b"<p>by proxy</p>"
    monkeypatch.setenv("http_proxy", web.address)
    assert fetch(f"http://{host}/page").data == b"<p>by proxy</p>"


def test_password_in_a_url_is_not_sent(server: str) -> None:
    with pytest.raises(ReadingError, match="user names and passwords are never sent"):
        fetch(server.replace("//", "//me:secret@"))


def test_watch_reports_only_new_documents(tmp_path: Path) -> None:
    for folder in ("cur", "new", "tmp"):
        (tmp_path / folder).mkdir()
    names = ("a.png", ".b.txt", "c.txt", "tmp/1701.M2.host", "new/1700.M1.host")
    stop = threading.Event()
    wanted = {tmp_path / "c.txt", tmp_path / "new" / "1700.M1.host"}

    def write() -> None:
        while not stop.wait(0.05):  # repeatedly, since it is unknown when the watch has begun
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


class Scripted(threading.Thread):
    """A server with an answer per connection; lists are sent piece by piece."""

    def __init__(self, *answers: bytes | list[bytes]) -> None:
        super().__init__(daemon=True)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.socket.getsockname()[1]}/feed"
        self.answers = answers
        self.requests: list[bytes] = []
        self.finished = threading.Event()

    def run(self) -> None:
        for answer in self.answers:
            client, _ = self.socket.accept()
            with client:
                self.requests.append(client.recv(65_536))
                try:
                    for part in answer if isinstance(answer, list) else [answer]:
                        client.sendall(part)
                        if isinstance(answer, list):
                            self.finished.wait(0.05)
                except OSError:  # the client has hung up
                    continue

    def __enter__(self) -> "Scripted":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.finished.set()
        self.socket.close()


def test_unchanged_page_is_not_downloaded_again(loopback: None) -> None:
    first = b'HTTP/1.1 200 OK\r\nETag: "a1"\r\nLast-Modified: Sun, 01 Nov 2026 08:00:00 GMT\r\n\r\n<rss/>'
    with Scripted(first, b"HTTP/1.1 304 Not Modified\r\n\r\n") as server:
        found = fetch(server.address)
        again = fetch(server.address, validators=found.validators)
    assert (found.is_modified, again.is_modified, again.validators) == (True, False, found.validators)
    assert b'If-None-Match: "a1"' in server.requests[1]
    assert b"If-Modified-Since: Sun, 01 Nov 2026 08:00:00 GMT" in server.requests[1]
    assert b"User-Agent: briefreader/" in server.requests[0]
    assert not {b"Cookie", b"Referer", b"Authorization"} & {
        line.split(b":")[0] for line in server.requests[1].split(b"\r\n")
    }


@pytest.mark.parametrize("where", ["headers", "body"])
def test_slow_server_is_given_up_after_the_timeout(where: str, loopback: None) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n"
    drip = [bytes([byte]) for byte in head + b"X-Slow: " + b"a" * 400]
    answer = drip if where == "headers" else [head + b"\r\n", *[b"a"] * 400]
    with Scripted(answer) as server, pytest.raises(ReadingError, match="timed out"):
        fetch(server.address, timeout=0.5)


def test_compressed_page_is_limited_by_its_unpacked_size(loopback: None) -> None:
    packed = gzip.compress(b"a" * 5_000_000)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
    with Scripted(head + packed, head + gzip.compress(b"<rss/>")) as server:
        with pytest.raises(ReadingError, match="larger than 1 MB"):
            fetch(server.address, max_bytes=1_000_000)
        assert fetch(server.address).data == b"<rss/>"


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n<rss>half",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"<rss/>" * 100)[:-12],
    ],
    ids=["length", "chunked", "gzip"],
)
def test_truncated_page_is_an_error(answer: bytes, loopback: None) -> None:
    with Scripted(answer) as server, pytest.raises(ReadingError):
        fetch(server.address)


def test_error_has_the_retry_time(loopback: None) -> None:
    answer = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 90\r\n\r\n"
    with Scripted(answer) as server, pytest.raises(HttpError) as caught:
        fetch(server.address)
    assert (caught.value.status, caught.value.retry_after) == (429, 90)


def test_only_entirely_permanent_redirects_are_remembered(loopback: None) -> None:
    def moved(code: int, to: str) -> bytes:
        return f"HTTP/1.1 {code} Moved\r\nLocation: {to}\r\n\r\n".encode()

    with Scripted(
        moved(301, "/new"), b"HTTP/1.1 200 OK\r\n\r\nx", moved(302, "/b"), moved(301, "/c"), b"HTTP/1.1 200 OK\r\n\r\nx"
    ) as server:
        permanent, temporary = fetch(server.address), fetch(server.address)
    assert permanent.moved_to == server.address.replace("/feed", "/new")
    assert temporary.moved_to == ""


def test_private_address_is_refused_for_public_hosts(server: str) -> None:
    with pytest.raises(ReadingError, match="private"):
        fetch(f"{server}/page", public_only=True)
