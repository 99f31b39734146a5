"""HTTP for sources and ``add URL``: one request at a time, limited in time and size, without cookies or credentials.

Redirects are checked here and never lead from a public host to a private one or to another scheme. Resolved addresses
are pinned for each hop, to prevent DNS rebinding.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
import time
import urllib.error
import urllib.request
import zlib
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import IO, TYPE_CHECKING, Any, Self
from urllib.parse import urljoin, urlsplit

from briefreader import __version__
from briefreader.errors import ReadingError

if TYPE_CHECKING:
    from email.message import Message

TIMEOUT_SECONDS = 20.0
MAX_RESPONSE_BYTES = 20_000_000
MAX_REDIRECTS = 5
USER_AGENT = f"briefreader/{__version__}"
ACCEPT_PAGE = "text/html,*/*;q=0.8"
ACCEPT_FEED = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
NOT_MODIFIED = 304
_REDIRECTS = (301, 302, 303, 307, 308)
_PERMANENT = (301, 308)
_CHUNK = 1 << 16
_PORTS = {"http": 80, "https": 443}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Validators:
    """Values of a response for a later conditional request."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """A document: its bytes ("" if not modified), and its URL after redirects.

    ``moved_to`` is set if all redirects were permanent; ``received`` counts bytes on the wire.
    """

    data: bytes
    url: str
    status: int = 200
    content_type: str = ""
    validators: Validators = Validators()
    moved_to: str = ""
    received: int = 0

    @property
    def is_modified(self) -> bool:
        """Whether the server sent a document."""
        return self.status != NOT_MODIFIED


class HttpError(ReadingError):
    """The server responded with an error; ``retry_after`` is in seconds, 0 if not given."""

    def __init__(self, status: int, reason: str, url: str, retry_after: float = 0.0) -> None:
        super().__init__(f"the server responded with {status} {reason}", where=url)
        self.status = status
        self.retry_after = retry_after


class NetworkError(ReadingError):
    """There is no network: the host can't be resolved or reached."""


def fetch(
    url: str,
    *,
    accept: str = ACCEPT_PAGE,
    validators: Validators | None = None,
    timeout: float = TIMEOUT_SECONDS,
    max_bytes: int = MAX_RESPONSE_BYTES,
    public_only: bool = False,
) -> Response:
    """Return the document at ``url``, within ``timeout`` seconds in total and ``max_bytes`` bytes.

    With ``validators`` of an earlier response, the server may respond that nothing has changed.

    Raises:
        HttpError: the server responds with an error.
        NetworkError: the host can't be resolved or reached.
        ReadingError: not http(s), too slow, too large, or a forbidden redirect.
    """
    first, permanent = url, True
    with _Deadline(timeout) as deadline:
        for hop in range(MAX_REDIRECTS + 1):
            try:
                place = _place(url)
                if public_only and not place.public:
                    kind = "is" if not hop else "redirects to"
                    raise ReadingError(f"{kind} a private address, which is not followed", where=url)
                public_only = public_only or (not hop and place.public)
                with _opener(place, url, deadline).open(
                    _request(url, accept, validators), timeout=deadline.left
                ) as found:
                    moved = url if permanent and url != first else ""
                    return _response(found, url, moved, deadline, max_bytes)
            except urllib.error.HTTPError as error:
                with error:
                    if error.code == NOT_MODIFIED:
                        return Response(b"", url, error.code, validators=validators or Validators())
                    location = error.headers.get("Location") if error.code in _REDIRECTS else None
                    if not location:
                        raise HttpError(error.code, error.reason, url, _retry_after(error.headers)) from error
                    permanent = permanent and error.code in _PERMANENT
                    url = urljoin(url, location)
            except (OSError, HTTPException, ValueError, zlib.error) as error:
                raise _explained(error, url, deadline) from error
    raise ReadingError(f"redirects more than {MAX_REDIRECTS} times", where=url)


def host_of(url: str) -> str:
    """Return the host of a URL in lower case, or ""."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def _request(url: str, accept: str, validators: Validators | None) -> urllib.request.Request:
    headers = {"User-Agent": USER_AGENT, "Accept": accept, "Accept-Encoding": "gzip"}
    if validators and validators.etag:
        headers["If-None-Match"] = validators.etag
    if validators and validators.last_modified:
        headers["If-Modified-Since"] = validators.last_modified
    return urllib.request.Request(url, headers=headers)  # noqa: S310 - _place checks the scheme


def _response(found: Any, url: str, moved_to: str, deadline: _Deadline, max_bytes: int) -> Response:
    headers = found.headers
    data, received = _read(found, deadline, max_bytes, headers.get("Content-Encoding", "").strip().lower() == "gzip")
    return Response(
        data,
        url,
        found.status,
        content_type=headers.get("Content-Type", ""),
        validators=Validators(_one_line(headers.get("ETag")), _one_line(headers.get("Last-Modified"))),
        moved_to=moved_to,
        received=received,
    )


def _one_line(value: str | None) -> str:
    """Return a header's value in a form safe to send back: one line, limited in length."""
    return value.strip() if value and len(value) < 1000 and value.isprintable() else ""


def _read(response: HTTPResponse, deadline: _Deadline, max_bytes: int, compressed: bool) -> tuple[bytes, int]:
    """Return the unpacked body, and the bytes received.

    Raises:
        ReadingError: it is too large (packed or unpacked) or takes too long.
    """
    unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS) if compressed else None
    parts: list[bytes] = []
    size = received = 0
    while chunk := response.read1(_CHUNK):
        received += len(chunk)
        part = unpacker.decompress(chunk, max_bytes + 1 - size) if unpacker else chunk
        parts.append(part)
        size += len(part)
        if size > max_bytes:
            raise ReadingError(f"is larger than {max_bytes // 1_000_000} MB")
        deadline.check()
    deadline.check()
    if unpacker and not unpacker.eof:
        raise ReadingError("was cut short")
    # reject truncated bodies: half a feed would look as if entries had been removed
    if response.length:
        raise ReadingError("was cut short")
    return b"".join(parts), received


def _retry_after(headers: Message) -> float:
    """Return the seconds in a Retry-After header, at most a week."""
    value = (headers.get("Retry-After") or "").strip()
    try:
        wait = float(value) if value.isdigit() else parsedate_to_datetime(value).timestamp() - time.time()
    except (ValueError, OverflowError):
        return 0.0
    return min(max(wait, 0.0), 604_800.0)


def _explained(error: Exception, url: str, deadline: _Deadline) -> ReadingError:
    if deadline.expired:
        return ReadingError("takes too long", where=url)
    reason = getattr(error, "reason", None) or error
    message = f"cannot be fetched: {reason}"
    unreachable = isinstance(reason, socket.gaierror) or getattr(reason, "errno", None) in _NO_ROUTE
    kind = NetworkError if unreachable else ReadingError
    return kind(message, where=url, hint="check the URL and the network")


_NO_ROUTE = (100, 101, 113)  # ENETDOWN, ENETUNREACH, EHOSTUNREACH of Linux


class _Deadline:
    """End a request after a total time, whatever it is waiting for."""

    def __init__(self, timeout: float) -> None:
        self._end = time.monotonic() + timeout
        self._timer = threading.Timer(timeout, self._expire)
        self._timer.daemon = True
        self._sockets: list[socket.socket] = []
        self.expired = False

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    @property
    def left(self) -> float:
        """Seconds left, at least a tenth."""
        return max(self._end - time.monotonic(), 0.1)

    def check(self) -> None:
        """Raise ReadingError if the time is over."""
        if self.expired:
            raise ReadingError("takes too long")

    def watch(self, connected: socket.socket) -> None:
        """Shut this socket down when the time is over."""
        self._sockets.append(connected)

    def _expire(self) -> None:
        self.expired = True
        for one in self._sockets:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:  # already closed
                continue


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Return redirects as errors, so that each target can be checked first."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        """Don't follow redirects."""


_Address = tuple[socket.AddressFamily, socket.SocketKind, int, str, Any]


@dataclass(frozen=True, slots=True)
class _Place:
    """The host of a URL and its resolved addresses, public ones only if there are any."""

    host: str
    addresses: tuple[_Address, ...]
    public: bool


class _Connection(HTTPConnection):
    """A connection to addresses resolved before; the host name is only sent in the request."""

    def __init__(self, host: str, *, place: _Place, deadline: _Deadline, **options: Any) -> None:
        super().__init__(host, **options)
        self._place = place
        self._deadline = deadline

    def connect(self) -> None:
        """Connect to the first address that responds."""
        self.sock = _connected(self._place, self.timeout)
        self._deadline.watch(self.sock)


class _SecureConnection(_Connection, HTTPSConnection):
    """TLS variant; verifies the host name."""

    def connect(self) -> None:
        """Connect, then negotiate TLS under the host's name."""
        super().connect()
        self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self._place.host)
        self._deadline.watch(self.sock)


class _Direct(urllib.request.HTTPHandler, urllib.request.HTTPSHandler):
    """Replace both handlers of the standard library, so that requests only reach the resolved addresses."""

    def __init__(self, place: _Place, deadline: _Deadline) -> None:
        super().__init__()
        self._place = place
        self._deadline = deadline

    def http_open(self, req: urllib.request.Request) -> HTTPResponse:
        """Open a plain connection."""
        return self.do_open(partial(_Connection, place=self._place, deadline=self._deadline), req)

    def https_open(self, req: urllib.request.Request) -> HTTPResponse:
        """Open a TLS connection."""
        return self.do_open(partial(_SecureConnection, place=self._place, deadline=self._deadline), req)


def _opener(place: _Place, url: str, deadline: _Deadline) -> urllib.request.OpenerDirector:
    """Return an opener for the addresses, or for the proxy, which resolves the name itself."""
    if _by_proxy(urlsplit(url).scheme, place.host):
        return urllib.request.build_opener(_NoRedirect)
    return urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}), _Direct(place, deadline))


def _by_proxy(scheme: str, host: str) -> bool:
    """Whether the environment configures a proxy for a host."""
    return scheme in urllib.request.getproxies() and not urllib.request.proxy_bypass(host)


def _connected(place: _Place, timeout: float | None) -> socket.socket:
    """Return a socket to the first address that responds.

    Raises:
        OSError: none does; the error of the last.
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


def _place(url: str) -> _Place:
    """Resolve the host of an http(s) URL.

    Raises:
        ReadingError: it isn't an http(s) URL.
        OSError: the name can't be resolved.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise ReadingError("is not a URL", where=url) from error
    if parts.scheme not in _PORTS or not host:
        raise ReadingError("only http and https URLs are fetched", where=url)
    if parts.username is not None:
        raise ReadingError("user names and passwords are never sent", where=url, hint="remove what precedes the @")
    try:
        found = socket.getaddrinfo(host, port or _PORTS[parts.scheme], type=socket.SOCK_STREAM)
    except OSError:
        if _by_proxy(parts.scheme, host):
            return _Place(host, (), public=True)  # behind a proxy, outside names may not resolve
        raise
    public = [one for one in found if _public(str(one[4][0]))]
    return _Place(host, tuple(public or found), bool(public))


def _public(address: str) -> bool:
    """Whether an address is on the public internet; mapped IPv4 addresses count as IPv4."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        found = inner or (ipaddress.IPv4Address(int(found) & 0xFFFFFFFF) if found in _NAT64 else found)
    return found.is_global and not found.is_multicast
