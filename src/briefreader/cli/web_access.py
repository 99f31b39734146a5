"""Access control of ``serve``: a one-time token, exchanged for a cookie.

Listening on loopback is not enough, since any web page in the same browser can send requests to any port of this
machine. Therefore every request must name this server in its Host header and, if it has one, in its Origin header. The
printed URL contains a token, which is exchanged for a cookie. The page, its assets and its websocket need this cookie.

Browsers send a cookie to every port of a host. Its path is therefore a secret as well: a page or server on another
local port, which doesn't know the path, never receives the cookie.

Independent of the web framework. Built for one browser, or a few with ``--many``.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from hmac import compare_digest
from time import monotonic
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

TOKEN_BYTES = 32
TOKEN_SECONDS = 600.0  # validity of a token
_OWN_SITE = frozenset({"", "none", "same-origin"})  # Sec-Fetch-Site, unless another site sent the request


@dataclass(frozen=True, slots=True)
class Headers:
    """The headers of a request that access depends on.

    A missing header is "" or an empty sequence.
    """

    hosts: Sequence[str]
    origins: Sequence[str]
    cookies: Sequence[str] = ()
    site: str = ""
    destination: str = ""
    purpose: str = ""
    is_websocket: bool = False


@dataclass(slots=True)
class Access:
    """The tokens and cookies of one running server.

    Args:
        host, port: where it listens.
        many: offer a new token after each exchange, instead of one session only.
        clock: returns monotonic seconds.
    """

    host: str
    port: int
    many: bool = False
    clock: Callable[[], float] = monotonic
    path: str = field(default_factory=lambda: f"/{secrets.token_urlsafe(TOKEN_BYTES)}/")
    _token: str = ""
    _expires: float = 0.0
    _cookies: list[str] = field(default_factory=list)

    @property
    def authority(self) -> str:
        """Host and port as browsers write them."""
        return self.host if self.port == 80 else f"{self.host}:{self.port}"

    @property
    def cookie_name(self) -> str:
        """The cookie's name.

        It contains the port, so that two servers don't replace each other's cookie.
        """
        return f"briefreader-{self.port}"

    def new_address(self) -> str:
        """Return the URL with a new token; the previous token becomes invalid."""
        self._token = secrets.token_urlsafe(TOKEN_BYTES)
        self._expires = self.clock() + TOKEN_SECONDS
        return f"http://{self.authority}/?token={self._token}"

    def exchange(self, token: str, headers: Headers) -> str | Literal["expired"] | None:
        """Return a cookie's value for a valid token, and invalidate the token.

        Returns "expired" if the token is right but too old, and None for anything else. A browser that prefetches the
        URL, or embeds it in another page, gets None, and the token stays valid.
        """
        if not self._names_this_server(headers) or headers.purpose or headers.destination not in ("", "document"):
            return None
        if not self._token or not _same(token, self._token):
            return None
        self._token = ""
        if self.clock() >= self._expires:
            return "expired"
        self._cookies.append(secrets.token_urlsafe(TOKEN_BYTES))
        return self._cookies[-1]

    def allows(self, headers: Headers) -> bool:
        """Return whether a request comes from a page of this server.

        The browser must send a valid cookie.
        """
        if not self._names_this_server(headers) or headers.site not in _OWN_SITE:
            return False
        if headers.is_websocket and not headers.origins:
            return False
        return any(_same(given, known) for given in self._given(headers.cookies) for known in self._cookies)

    def _names_this_server(self, headers: Headers) -> bool:
        own = f"http://{self.authority}"
        return list(headers.hosts) == [self.authority] and list(headers.origins) in ([], [own])

    def _given(self, cookies: Sequence[str]) -> list[str]:
        """Return the values of the cookie.

        Another local server may have set others of the same name.
        """
        pairs = (pair.strip().partition("=") for header in cookies for pair in header.split(";"))
        return [value for name, _, value in pairs if name == self.cookie_name]


def _same(given: str, known: str) -> bool:
    return compare_digest(given.encode("utf-8", "replace"), known.encode())
