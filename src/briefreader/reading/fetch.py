"""``add URL``: one page, mail or feed over http(s), the only connection this program ever makes, and only when asked.

Size and time are limited as a whole, redirects are followed by hand and never lead from a public host to a private
one or to another scheme; no cookies and no credentials are sent. A name is looked up once a hop, and what was looked at
is what is connected to: a name server that changes its mind in between changes nothing.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from briefreader.errors import ReadingError

if TYPE_CHECKING:
    from email.message import Message

TIMEOUT_SECONDS = 20.0
MAX_RESPONSE_BYTES = 20_000_000
MAX_REDIRECTS = 5
_AGENT = "briefreader"
_CHUNK = 1 << 16


_PORTS = {"http": 80, "https": 443}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a URL held: its bytes, and where the redirects ended."""

    data: bytes
    url: str


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Redirects come back as errors, so that each target can be checked first."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        """Follow nothing."""


_Address = tuple[socket.AddressFamily, socket.SocketKind, int, str, Any]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a URL leads: the host's name, and its addresses as ``getaddrinfo`` tells them, public ones alone if any."""

    host: str
    addresses: tuple[_Address, ...]
    public: bool


class _Connection(HTTPConnection):
    """A connection to addresses that were looked up before; the host's name goes into the request only."""

    def __init__(self, host: str, *, place: _Place, **options: Any) -> None:
        super().__init__(host, **options)
        self._place = place

    def connect(self) -> None:
        self.sock = _connected(self._place, self.timeout)


class _SecureConnection(_Connection, HTTPSConnection):
    """The same over TLS, to whom the certificate says that it is."""

    def connect(self) -> None:
        super().connect()
        self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self._place.host)


class _Direct(urllib.request.HTTPHandler, urllib.request.HTTPSHandler):
    """Stands in for both handlers of the library: no request finds another way than to the place."""

    def __init__(self, place: _Place) -> None:
        super().__init__()
        self._place = place

    def http_open(self, req: urllib.request.Request) -> HTTPResponse:
        return self.do_open(partial(_Connection, place=self._place), req)

    def https_open(self, req: urllib.request.Request) -> HTTPResponse:
        return self.do_open(partial(_SecureConnection, place=self._place), req)


def fetch(url: str, *, timeout: float = TIMEOUT_SECONDS, most: int = MAX_RESPONSE_BYTES) -> Fetched:
    """The bytes at ``url``, within ``timeout`` seconds in all and ``most`` bytes.

    Raises:
        ReadingError: not http(s), unreachable, too slow, too large, or a redirect that is not followed.
    """
    deadline = time.monotonic() + timeout
    only_public = False
    for hop in range(MAX_REDIRECTS + 1):
        try:
            place = _place(url)
            if only_public and not place.public:
                raise ReadingError("redirects to a private address, which is not followed", where=url)
            only_public = only_public or (not hop and place.public)
            request = urllib.request.Request(url, headers={"User-Agent": _AGENT, "Accept": "text/html,*/*;q=0.8"})  # noqa: S310 - the scheme is checked by _place
            with _opener(place, url).open(request, timeout=max(deadline - time.monotonic(), 0.1)) as response:
                return Fetched(_read(response, deadline, most), url)
        except urllib.error.HTTPError as error:
            location = error.headers.get("Location") if error.code in (301, 302, 303, 307, 308) else None
            if not location:
                raise ReadingError(f"the server answers {error.code} {error.reason}", where=url) from error
            url = urljoin(url, location)
        except (OSError, HTTPException, ValueError) as error:
            reason = getattr(error, "reason", None) or error
            raise ReadingError(
                f"cannot be fetched: {reason}", where=url, hint="check the address and the network"
            ) from error
    raise ReadingError(f"redirects more than {MAX_REDIRECTS} times", where=url)


def _opener(place: _Place, url: str) -> urllib.request.OpenerDirector:
    """What connects to a place, or to the proxy, which looks the name up itself."""
    if _by_proxy(urlsplit(url).scheme, place.host):
        return urllib.request.build_opener(_NoRedirect)
    return urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}), _Direct(place))


def _by_proxy(scheme: str, host: str) -> bool:
    """Whether the environment names a proxy for a host."""
    return scheme in urllib.request.getproxies() and not urllib.request.proxy_bypass(host)


def _connected(place: _Place, timeout: float | None) -> socket.socket:
    """A socket to the first of the addresses that answers.

    Raises:
        OSError: none does; of the last.
    """
    failed = OSError("has no address")
    for family, kind, protocol, _, address in place.addresses:
        made = socket.socket(family, kind, protocol)
        try:
            made.settimeout(timeout)
            made.connect(address)
        except OSError as error:
            made.close()
            failed = error
        else:
            return made
    raise failed


def _read(response: IO[bytes], deadline: float, most: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while chunk := response.read(_CHUNK):
        parts.append(chunk)
        size += len(chunk)
        if size > most:
            raise ReadingError(f"is larger than {most // 1_000_000} MB")
        if time.monotonic() > deadline:
            raise ReadingError("takes too long")
    return b"".join(parts)


def _place(url: str) -> _Place:
    """Where an http(s) URL leads, looked up now.

    Raises:
        ReadingError: it is another kind of URL, or none.
        OSError: nobody knows the name.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise ReadingError("is not a URL", where=url) from error
    if parts.scheme not in _PORTS or not host:
        raise ReadingError("only http and https URLs are fetched", where=url)
    if parts.username is not None:
        raise ReadingError("no name or password is sent", where=url, hint="leave out what stands before the @")
    try:
        found = socket.getaddrinfo(host, port or _PORTS[parts.scheme], type=socket.SOCK_STREAM)
    except OSError:
        if _by_proxy(parts.scheme, host):
            return _Place(host, (), public=True)  # within such a network nobody may know the names outside
        raise
    public = [one for one in found if _public(str(one[4][0]))]
    return _Place(host, tuple(public or found), bool(public))


def _public(address: str) -> bool:
    """Whether an address is on the public internet; one that stands for an IPv4 address is what that one is."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        found = inner or (ipaddress.IPv4Address(int(found) & 0xFFFFFFFF) if found in _NAT64 else found)
    return found.is_global and not found.is_multicast
