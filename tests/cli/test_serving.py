"""Tests of ``serve`` over real sockets: who gets the app, and who gets status 403."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOST = "127.0.0.1"
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@dataclass
class Answer:
    """The answer to a request."""

    status: int
    headers: dict[str, str]
    body: str


@dataclass
class Site:
    """A running ``serve``."""

    process: subprocess.Popen[str]
    port: int
    cookie: str = ""
    path: str = ""
    used: list[str] = field(default_factory=list)

    @property
    def own(self) -> str:
        """The host and port."""
        return f"{HOST}:{self.port}"

    def new_target(self) -> str:
        """Return path and query of the next address that the server prints."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline().strip()
        start = f"http://{self.own}"
        assert line.startswith(start), line
        self.used.append(line.removeprefix(start))
        return self.used[-1]

    def ask(
        self, target: str, headers: dict[str, str | None] | None = None, first_line: str = "GET {} HTTP/1.1"
    ) -> Answer:
        """Send a request as bytes; the default Host is that of the server."""
        given = {"Host": self.own, **(headers or {})}
        lines = [first_line.format(target), *(f"{name}: {value}" for name, value in given.items() if value is not None)]
        with socket.create_connection((HOST, self.port), timeout=30) as connection:
            connection.sendall(("\r\n".join([*lines, "", ""])).encode("latin-1"))
            return _read_answer(connection, has_body=not first_line.startswith("HEAD"))

    def signed_in(self, **headers: str | None) -> dict[str, str | None]:
        """Return the headers of a signed-in browser, with changes."""
        return {"Cookie": self.cookie, **headers}


def _read_answer(connection: socket.socket, *, has_body: bool) -> Answer:
    data = b""
    while b"\r\n\r\n" not in data:
        data += (received := connection.recv(65536))
        assert received, data
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    while has_body and len(body) < int(headers.get("content-length", 0)):
        body += connection.recv(65536)
    return Answer(int(first.split()[1]), headers, body.decode("utf-8", "replace"))


def free_port() -> int:
    """Return an unused port."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[Site]:
    """Run ``serve`` in a process."""
    port = free_port()
    words = [sys.executable, "-m", "briefreader", "--library", str(folder / "library"), "serve", "--port", str(port)]
    env = {**os.environ, "ALLOW_LOOPBACK": "1", "HOME": str(folder)}
    with subprocess.Popen([*words, *options], env=env, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Site(process, port)
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def shared_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """``serve --many``, shared by all tests that don't start the app."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ALLOW_LOOPBACK", "1")
        with serving(tmp_path_factory.mktemp("served"), "--many") as site:
            yield site


@pytest.fixture
def site(shared_site: Site, loopback: None) -> Site:
    """The shared server, with a signed-in browser."""
    if not shared_site.cookie:
        answer = shared_site.ask(shared_site.new_target())
        shared_site.cookie = answer.headers["set-cookie"].partition(";")[0]
        shared_site.path = answer.headers["location"]
    return shared_site


def test_token_is_exchanged_for_a_strict_cookie(site: Site) -> None:
    answer = site.ask(site.new_target())
    assert answer.status == 303
    attributes = answer.headers["set-cookie"].split("; ")[1:]
    assert {"HttpOnly", "SameSite=Strict", f"Path={answer.headers['location']}"} <= set(attributes)


def test_token_has_128_bits_and_is_new_each_time(site: Site) -> None:
    tokens = set()
    for _ in range(3):
        target = site.new_target()
        tokens.add(target.partition("token=")[2])
        site.ask(target)
    assert len(tokens) == 3
    assert all(len(token) >= 22 for token in tokens)  # base64: six bits each


def test_signed_in_browser_gets_page_and_assets(site: Site) -> None:
    for _ in range(2):  # a reload
        page = site.ask(site.path, site.signed_in())
        assert page.status == 200
    scripts = re.findall(r'(?:src|href)="http://[^/"]+(/[^"]+)"', page.body)
    assert scripts
    assert all(site.ask(script, site.signed_in()).status == 200 for script in scripts)


def test_signed_in_browser_gets_no_404_without_cookie(site: Site) -> None:
    assert site.ask(f"{site.path}nothing", site.signed_in()).status == 404
    assert site.ask(f"{site.path}nothing").status == 403


def test_used_token_is_refused(site: Site) -> None:
    target = site.new_target()
    assert site.ask(target).status == 303
    assert site.ask(target).status == 403
    assert site.ask(target, site.signed_in()).status == 403


def test_token_exchanged_at_once_works_once(site: Site) -> None:
    target = site.new_target()
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: site.ask(target).status, range(24)))
    assert sorted(answers) == [303] + [403] * 23


def test_copied_address_is_refused_in_another_browser(site: Site) -> None:
    assert site.ask(site.path).status == 403
    assert site.ask(site.path, {"Cookie": site.cookie[:-1]}).status == 403


@pytest.mark.parametrize("target", ["/", "/ws", "/static/js/textual.js", "/static/", "/download/x", "/nothing"])
def test_request_without_cookie_is_refused(site: Site, target: str) -> None:
    assert site.ask(target).status == 403
    assert site.ask(site.path.rstrip("/") + target).status == 403


@pytest.mark.parametrize("token", ["", "x", "token", "%00", "é", "a" * 5000])
def test_wrong_token_is_refused(site: Site, token: str) -> None:
    assert site.ask(f"/?token={token}").status in (400, 403)


def test_failed_exchange_leaves_the_token_valid(site: Site) -> None:
    target = site.new_target()
    refused = [
        {"Host": "briefings.example"},
        {"Origin": "https://evil.example"},
        {"Sec-Purpose": "prefetch"},
        {"Sec-Fetch-Dest": "image"},
    ]
    assert [site.ask(target, headers).status for headers in refused] == [403] * 4
    assert site.ask(target, first_line="HEAD {} HTTP/1.1").status == 403
    assert site.ask(target + "&" + target[2:]).status == 403
    assert site.ask(target).status == 303


ORIGINS = ["https://evil.example", "null", "", "http://127.0.0.1", "http://127.0.0.1:1", "http://localhost:{}",
           "https://127.0.0.1:{}", "http://127.0.0.1:{}.evil.example", "HTTP://127.0.0.1:{}", "http://127.0.0.1:{}/",
           "http://127.0.0.1:{0} http://127.0.0.1:{0}"]  # fmt: skip


@pytest.mark.parametrize("origin", ORIGINS)
def test_foreign_origin_is_refused(site: Site, origin: str) -> None:
    headers = site.signed_in(Origin=origin.format(site.port))
    for target in (site.path, f"{site.path}static/js/textual.js"):
        assert site.ask(target, headers).status == 403
    assert site.ask(f"{site.path}ws", {**headers, **UPGRADE}).status == 403


HOSTS = ["evil.example", "evil.example:{}", "localhost:{}", "127.0.0.1", "127.0.0.1:1", "127.0.0.1.:{}", "[::1]:{}",
         "127.0.0.1:{}.", "127.0.0.1:{}@evil.example", "0.0.0.0:{}", "127.1:{}", ""]  # fmt: skip


@pytest.mark.parametrize("host", HOSTS)
def test_foreign_host_is_refused(site: Site, host: str) -> None:
    """As after DNS rebinding, when a browser treats this server as another site."""
    headers = site.signed_in(Host=host.format(site.port), Origin=f"http://{host.format(site.port)}")
    for target in (site.path, f"{site.path}static/js/textual.js"):
        assert site.ask(target, headers).status in (400, 403)
    assert site.ask(f"{site.path}ws", {**headers, **UPGRADE}).status in (400, 403)


def test_request_without_host_is_refused(site: Site) -> None:
    answers = [
        site.ask(target, site.signed_in(Host=None), first_line="GET {} HTTP/1.0")
        for target in (site.path, site.new_target())
    ]
    assert [answer.status for answer in answers] == [403, 403]
    assert site.ask(site.used[-1]).status == 303  # the token is still valid


def test_request_with_two_hosts_is_refused(site: Site) -> None:
    doubled = site.signed_in(Host=f"{site.own}\r\nHost: evil.example")
    assert site.ask(site.path, doubled).status in (400, 403)


@pytest.mark.parametrize("first_line", ["GET http://evil.example{} HTTP/1.1", "POST {} HTTP/1.1", "HEAD {} HTTP/1.1",
                                        "OPTIONS {} HTTP/1.1", "PUT {} HTTP/1.1", "OPTIONS * HTTP/1.1"])  # fmt: skip
def test_other_kinds_of_request_are_refused(site: Site, first_line: str) -> None:
    assert site.ask(site.path, site.signed_in(), first_line).status in (400, 403)


@pytest.mark.parametrize("target", ["//", "/./", "//ws", "/%2e%2e/", "/static/../", "/static/%2e%2e/%2e%2e/etc/passwd",
                                    "/static//etc/passwd", "/ws/", "/%77%73", "/WS", "/ws?token=x", "/\\ws",
                                    "/;/ws", "/static/..%2f..%2fserver.py", "/?token", "/#/ws"])  # fmt: skip
def test_unusual_path_without_cookie_is_refused(site: Site, target: str) -> None:
    for prefix in ("", site.path.rstrip("/")):
        assert site.ask(prefix + target).status in (400, 403)
        assert site.ask(prefix + target, {**UPGRADE, "Origin": f"http://{site.own}"}).status in (400, 403)


def test_static_folder_shows_no_file_outside_itself(site: Site) -> None:
    for trick in ("../server.py", "%2e%2e/server.py", "..%2fserver.py", "/etc/passwd", "js/../../server.py"):
        assert site.ask(f"{site.path}static/{trick}", site.signed_in()).status in (400, 403, 404)


def test_websocket_needs_cookie_and_own_origin(site: Site) -> None:
    own = {**UPGRADE, "Origin": f"http://{site.own}"}
    assert site.ask(f"{site.path}ws", own).status == 403
    assert site.ask(f"{site.path}ws", site.signed_in(**UPGRADE)).status == 403
    subprotocol = {"Sec-WebSocket-Protocol": f"{site.cookie.partition('=')[2]}, {site.used[0]}"}
    assert site.ask(f"{site.path}ws", {**own, **subprotocol}).status == 403
    assert site.ask(f"{site.path}ws?token={site.cookie.partition('=')[2]}", own).status == 403


@pytest.mark.parametrize("fetched_from", ["cross-site", "same-site"])
def test_page_of_another_local_port_is_refused(site: Site, fetched_from: str) -> None:
    """To a browser, another port is the same site: it would send the cookie to a known path."""
    assert site.ask(site.path, site.signed_in(**{"Sec-Fetch-Site": fetched_from})).status == 403
    other = site.signed_in(Origin=f"http://{HOST}:{site.port + 1}", **UPGRADE)
    assert site.ask(f"{site.path}ws", other).status == 403


def test_cookie_is_sent_to_a_secret_path_only(site: Site) -> None:
    """Browsers send a cookie to every port of a host; servers on other ports must not learn it."""
    assert len(site.path) >= 24
    assert site.ask("/").status == 403
    assert site.path.strip("/") not in site.ask("/").body
    assert f"-{site.port}=" in site.cookie  # two servers don't replace each other's cookie


def test_cookie_of_another_local_port_is_ignored(site: Site) -> None:
    name = site.cookie.partition("=")[0]
    for cookies in (f"{name}=tossed; {site.cookie}", f"{site.cookie}; {name}=tossed"):
        assert site.ask(site.path, {"Cookie": cookies}).status == 200


def test_page_forbids_framing_and_sends_no_referrer(site: Site) -> None:
    for answer in (site.ask(site.path, site.signed_in()), site.ask("/"), site.ask(site.new_target())):
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"


async def _shown(socket_: Any, text: bytes) -> None:
    """Read the app's output until it contains the text."""
    shown = b""
    while text not in shown:
        message = await socket_.receive()
        assert message.type in (aiohttp.WSMsgType.BINARY, aiohttp.WSMsgType.TEXT), message
        shown += message.data if isinstance(message.data, bytes) else message.data.encode()


async def test_app_is_served_to_one_session(cli: Any, tmp_path: Path, loopback: None) -> None:
    (tmp_path / "letter.md").write_text("# A letter from the quay\n\nThe ferry is late again.\n", encoding="utf-8")
    assert cli("add", str(tmp_path / "letter.md")).code == 0
    with serving(tmp_path) as site:
        target = await asyncio.to_thread(site.new_target)
        with socket.socket() as elsewhere:  # a server that listens everywhere would answer on any address
            assert elsewhere.connect_ex(("127.0.0.2", site.port)) != 0
        jar = aiohttp.CookieJar(unsafe=True)  # needed by aiohttp for cookies of IP addresses
        own = {"Origin": f"http://{site.own}"}
        async with aiohttp.ClientSession(cookie_jar=jar) as browser:
            async with browser.get(f"http://{site.own}{target}") as answer:
                page = await answer.text()
            fetched = re.findall(r'(?:src|href)="(https?://[^"]+)"', page)
            assert fetched
            assert all(address.startswith(f"http://{site.own}/") for address in fetched)
            found = re.search(r'websocket-url="([^"]+)"', page)
            assert found is not None
            async with browser.ws_connect(f"{found[1]}?width=120&height=40", headers=own) as first:
                await _shown(first, b"A letter from the quay")
                async with browser.ws_connect(f"{found[1]}?width=120&height=40", headers=own) as reloaded:
                    await _shown(reloaded, b"A letter from the quay")
                while not first.closed:
                    await first.receive()
        assert site.ask(target).status == 403
