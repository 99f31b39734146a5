"""``add URL``: one page, mail or feed over http(s), the only connection this program ever makes, and only when asked.

Size and time are limited as a whole, redirects are followed by hand and never lead from a public host to a private
one or to another scheme; no cookies and no credentials are sent.
"""

from __future__ import annotations

import ipaddress
import socket
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from typing import IO, TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from briefreader.errors import ReadingError

if TYPE_CHECKING:
    from email.message import Message

TIMEOUT = 20.0
MOST = 20_000_000
_REDIRECTS = 5
_AGENT = "briefreader"
_CHUNK = 1 << 16


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


def fetch(url: str, *, timeout: float = TIMEOUT, most: int = MOST) -> Fetched:
    """The bytes at ``url``, within ``timeout`` seconds in all and ``most`` bytes.

    Raises:
        ReadingError: not http(s), unreachable, too slow, too large, or a redirect that is not followed.
    """
    deadline = time.monotonic() + timeout
    opener = urllib.request.build_opener(_NoRedirect)
    public = not _private(_host(url))
    for hop in range(_REDIRECTS + 1):
        host = _host(url)
        if hop and public and _private(host):
            raise ReadingError("redirects to a private address, which is not followed", where=url)
        request = urllib.request.Request(url, headers={"User-Agent": _AGENT, "Accept": "text/html,*/*;q=0.8"})  # noqa: S310 - the scheme is checked by _host
        try:
            with opener.open(request, timeout=max(deadline - time.monotonic(), 0.1)) as response:
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
    raise ReadingError(f"redirects more than {_REDIRECTS} times", where=url)


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


def _host(url: str) -> str:
    """The host of an http(s) URL.

    Raises:
        ReadingError: it is another kind of URL, or none.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError as error:
        raise ReadingError("is not a URL", where=url) from error
    if parts.scheme not in ("http", "https") or not host:
        raise ReadingError("only http and https URLs are fetched", where=url)
    return host


def _private(host: str) -> bool:
    """Whether ``host`` is, or resolves to, an address that is not on the public internet."""
    try:
        found = {info[4][0] for info in socket.getaddrinfo(host, None)}
        return any(not ipaddress.ip_address(str(address).split("%")[0]).is_global for address in found)
    except (OSError, ValueError):
        return False
