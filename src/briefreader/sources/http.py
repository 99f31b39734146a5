"""HTTP requests for sources and ``add URL``, limited in time and size, without cookies or credentials.

Redirects are followed to http and https URLs only, and never from a public host to a private one. Each request connects
to the addresses that were checked, which prevents DNS rebinding. If a proxy is configured, the proxy resolves names.
"""

from __future__ import annotations

import errno
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
    """A response's ETag and Last-Modified headers, sent back in later conditional requests."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """A document: its bytes (empty if not modified), and its URL after redirects.

    ``moved_to`` is the URL after redirects if all of them were permanent, else "". ``received`` is the number of bytes
    before decompression.
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
        """Whether the server sent a document, rather than the status 304 (not modified)."""
        return self.status != NOT_MODIFIED


class HttpError(ReadingError):
    """The server responded with an error; ``retry_after`` is the time to wait in seconds, 0 if it didn't state one."""

    def __init__(self, status: int, reason: str, url: str, retry_after: float = 0.0) -> None:
        super().__init__(f"the server responded with {status} {reason}", where=url)
        self.status = status
        self.retry_after = retry_after


class NetworkError(ReadingError):
    """The host's name can't be resolved, or there is no route to it, usually because there is no network."""


def fetch(
    url: str,
    *,
    accept: str = ACCEPT_PAGE,
    validators: Validators | None = None,
    timeout: float = TIMEOUT_SECONDS,
    max_bytes: int = MAX_RESPONSE_BYTES,
    public_only: bool = False,
) -> Response:
    """Return the document at a URL.

    Args:
        url: an http or https URL.
        accept: the Accept header.
        validators: those of an earlier response; the server may then respond that the document is not modified.
        timeout: maximum seconds for the whole request, including redirects; name resolution may take longer.
        max_bytes: maximum size after decompression.
        public_only: refuse private hosts, not only redirects from public to private ones.

    Raises:
        HttpError: the server responds with an error.
        NetworkError: the host's name can't be resolved, or there is no route to it.
        ReadingError: the URL isn't http(s), a host or redirect is refused, the connection fails, or the response is too
            slow, too large or incomplete.
    """
    first, permanent = url, True
    with _Deadline(timeout) as deadline:
        for hop in range(MAX_REDIRECTS + 1):
            try:
                target = _resolve(url)
                if public_only and not target.public:
                    kind = "redirect to a private address" if hop else "private address"
                    raise ReadingError(f"not fetched: {kind}", where=url)
                public_only = public_only or target.public
                with _opener(target, url, deadline).open(
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
                raise _translate(error, url, deadline) from error
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
    return urllib.request.Request(url, headers=headers)  # noqa: S310 - _resolve checks the scheme


def _response(found: Any, url: str, moved_to: str, deadline: _Deadline, max_bytes: int) -> Response:
    headers = found.headers
    data, received = _read(found, deadline, max_bytes, headers.get("Content-Encoding", "").strip().lower() == "gzip")
    return Response(
        data,
        url,
        found.status,
        content_type=headers.get("Content-Type", ""),
        validators=Validators(_header(headers.get("ETag")), _header(headers.get("Last-Modified"))),
        moved_to=moved_to,
        received=received,
    )


def _header(value: str | None) -> str:
    """Return a header's value if it is safe to send back (printable, fewer than 1,000 characters), else ""."""
    return value.strip() if value and len(value) < 1000 and value.isprintable() else ""


def _read(response: HTTPResponse, deadline: _Deadline, max_bytes: int, compressed: bool) -> tuple[bytes, int]:
    """Return the decompressed body and the number of bytes received.

    Raises:
        ReadingError: the body is too large or incomplete, or the time is up.
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
        raise ReadingError("the response is incomplete")
    # reject truncated bodies: a truncated feed would look as if entries had been removed
    if response.length:
        raise ReadingError("the response is incomplete")
    return b"".join(parts), received


def _retry_after(headers: Message) -> float:
    """Return the seconds to wait by the Retry-After header, at most a week; 0 if it is missing or invalid."""
    value = (headers.get("Retry-After") or "").strip()
    try:
        wait = float(value) if value.isdigit() else parsedate_to_datetime(value).timestamp() - time.time()
    except (ValueError, OverflowError):
        return 0.0
    return min(max(wait, 0.0), 604_800.0)


def _translate(error: Exception, url: str, deadline: _Deadline) -> ReadingError:
    """Return the user-facing error for a failed request."""
    if deadline.expired:
        return ReadingError("timed out", where=url)
    reason = getattr(error, "reason", None) or error
    message = f"cannot be fetched: {reason}"
    unreachable = isinstance(reason, socket.gaierror) or getattr(reason, "errno", None) in _NO_ROUTE
    kind = NetworkError if unreachable else ReadingError
    return kind(message, where=url, hint="check the URL and the network")


_NO_ROUTE = (errno.ENETDOWN, errno.ENETUNREACH, errno.EHOSTUNREACH)


class _Deadline:
    """Limits the total time of a request by shutting down its sockets, even while they wait."""

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
        """Seconds left, at least 0.1."""
        return max(self._end - time.monotonic(), 0.1)

    def check(self) -> None:
        """Raise ReadingError if the time is up."""
        if self.expired:
            raise ReadingError("timed out")

    def watch(self, connected: socket.socket) -> None:
        """Shut this socket down when the time is up."""
        self._sockets.append(connected)

    def _expire(self) -> None:
        self.expired = True
        for one in self._sockets:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:  # already closed
                continue


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Turns redirects into errors, so that ``fetch`` can check each target first."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        """Don't follow redirects."""


_Address = tuple[socket.AddressFamily, socket.SocketKind, int, str, Any]


@dataclass(frozen=True, slots=True)
class _Target:
    """The host of a URL and its resolved addresses: the public ones, or all if none is public."""

    host: str
    addresses: tuple[_Address, ...]
    public: bool


class _Connection(HTTPConnection):
    """A connection to already resolved addresses; the host name is only sent in the Host header."""

    def __init__(self, host: str, *, target: _Target, deadline: _Deadline, **options: Any) -> None:
        super().__init__(host, **options)
        self._target = target
        self._deadline = deadline

    def connect(self) -> None:
        """Connect to the first address that responds."""
        self.sock = _connect(self._target, self.timeout)
        self._deadline.watch(self.sock)


class _SecureConnection(_Connection, HTTPSConnection):
    """A ``_Connection`` over TLS, which verifies the host name."""

    def connect(self) -> None:
        """Connect, then negotiate TLS for the host name."""
        super().connect()
        self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self._target.host)
        self._deadline.watch(self.sock)


class _Direct(urllib.request.HTTPHandler, urllib.request.HTTPSHandler):
    """Replaces the standard handlers for http and https, so that requests only reach the resolved addresses."""

    def __init__(self, target: _Target, deadline: _Deadline) -> None:
        super().__init__()
        self._target = target
        self._deadline = deadline

    def http_open(self, req: urllib.request.Request) -> HTTPResponse:
        """Open a plain connection."""
        return self.do_open(partial(_Connection, target=self._target, deadline=self._deadline), req)

    def https_open(self, req: urllib.request.Request) -> HTTPResponse:
        """Open a TLS connection."""
        return self.do_open(partial(_SecureConnection, target=self._target, deadline=self._deadline), req)


def _opener(target: _Target, url: str, deadline: _Deadline) -> urllib.request.OpenerDirector:
    """Return an opener that connects to the resolved addresses, or to a proxy, which resolves the name itself."""
    if _by_proxy(urlsplit(url).scheme, target.host):
        return urllib.request.build_opener(_NoRedirect)
    return urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}), _Direct(target, deadline))


def _by_proxy(scheme: str, host: str) -> bool:
    """Return whether a proxy is configured for a scheme and host."""
    return scheme in urllib.request.getproxies() and not urllib.request.proxy_bypass(host)


def _connect(target: _Target, timeout: float | None) -> socket.socket:
    """Return a socket to the first address that responds.

    Raises:
        OSError: no address responds; this is the error of the last one.
    """
    failed = OSError("has no address")
    for family, kind, protocol, _, address in target.addresses:
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


def _resolve(url: str) -> _Target:
    """Resolve the host of an http(s) URL.

    Raises:
        ReadingError: it isn't an http(s) URL, or contains a user name.
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
        raise ReadingError("user names and passwords are never sent", where=url, hint="remove them from the URL")
    try:
        found = socket.getaddrinfo(host, port or _PORTS[parts.scheme], type=socket.SOCK_STREAM)
    except OSError:
        if _by_proxy(parts.scheme, host):
            return _Target(host, (), public=True)  # the proxy may resolve names that this machine can't
        raise
    public = [one for one in found if _is_public(str(one[4][0]))]
    return _Target(host, tuple(public or found), bool(public))


def _is_public(address: str) -> bool:
    """Return whether an address is public; IPv4 addresses embedded in IPv6 (mapped, 6to4, NAT64) count as IPv4."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        found = inner or (ipaddress.IPv4Address(int(found) & 0xFFFFFFFF) if found in _NAT64 else found)
    return found.is_global and not found.is_multicast
