"""textual-serve's server with access control.

Needs the extra ``web``, so only ``serve`` imports this module.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from typing import TYPE_CHECKING, Any

from aiohttp import web
from textual_serve.server import Server

from briefreader import display
from briefreader.cli.web_access import Access, Headers

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

QUIT_SECONDS = 10  # maximum wait for the app of the previous page to quit
REFUSAL = "403: open the URL that `briefreader serve` printed; it works once.\n"
EXPIRED = "403: this URL has expired; `briefreader serve` has printed a new one.\n"


class GuardedServer(Server):
    """Serve the app to browsers that ``access`` allows.

    Unless ``many`` is set, a new connection replaces the previous one.

    Args:
        command: the words that start the app, as one line for a shell.
        access: decides about every request.
        announce: called with the URL to open, when the server starts to listen and whenever there is a new URL.
    """

    def __init__(self, command: str, access: Access, announce: Callable[[str], None], **options: Any) -> None:
        super().__init__(
            command, host=access.host, port=access.port, public_url=f"http://{access.authority}", **options
        )
        self._access = access
        self._announce = announce
        self._last: tuple[web.Request, asyncio.Event] | None = None

    def serve(self, debug: bool = False) -> None:
        """Serve until interrupted.

        Logs only warnings and errors, without the URLs of requests.

        Raises:
            OSError: the port is in use.
        """
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(_CleanFormatter("briefreader: %(message)s"))
        logging.basicConfig(level="WARNING", handlers=[handler], force=True)

        def on_listening(*_message: object) -> None:
            self._announce(self._access.new_address())

        # aiohttp calls `print` once, when it listens
        web.run_app(self._make_app(), host=self.host, port=self.port, access_log=None, print=on_listening)

    async def _make_app(self) -> web.Application:
        """Return textual-serve's application, mounted below the cookie's path and guarded."""
        app: web.Application = await super()._make_app()
        app.add_subapp(self._access.path.rstrip("/"), await super()._make_app())

        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await self._guard(request, handler)

        app.middlewares.append(guard)
        app.on_response_prepare.append(self._add_headers)
        return app

    async def on_startup(self, app: web.Application) -> None:
        """Print nothing; ``serve`` announces the URL."""

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Run the app for one page, after closing the previous page (or the same page before its reload)."""
        ended = asyncio.Event()
        before, self._last = self._last, (request, ended)
        if before is not None and not self._access.many:
            other, other_ended = before
            if other.transport is not None:
                other.transport.close()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(other_ended.wait(), QUIT_SECONDS)
        try:
            return await super().handle_websocket(request)
        finally:
            ended.set()

    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer 403 to every request that isn't allowed, whether or not its path exists."""
        headers = _headers(request)
        if request.method != "GET" or not request.raw_path.startswith("/"):
            raise web.HTTPForbidden(text=REFUSAL)
        if request.path == "/" and len(tokens := request.query.getall("token", [])) == 1:
            raise self._exchange(tokens[0], headers)
        if not self._access.allows(headers):
            raise web.HTTPForbidden(text=REFUSAL)
        return await handler(request)

    def _exchange(self, token: str, headers: Headers) -> web.HTTPException:
        """Return a redirect to the app with the cookie set, or 403."""
        cookie = self._access.exchange(token, headers)
        if cookie == "expired" or (cookie and self._access.many):
            self._announce(self._access.new_address())
        if cookie is None or cookie == "expired":
            return web.HTTPForbidden(text=EXPIRED if cookie else REFUSAL)
        found = web.HTTPSeeOther(self._access.path)
        found.set_cookie(self._access.cookie_name, cookie, path=self._access.path, httponly=True, samesite="Strict")
        return found

    async def _add_headers(self, request: web.Request, response: web.StreamResponse) -> None:
        """Add headers that prevent framing, caching and referrers."""
        own = f"'self' ws://{self._access.authority}"
        response.headers.update(
            {
                "Cache-Control": "no-store",
                "Content-Security-Policy": f"default-src 'self' 'unsafe-inline' data:; connect-src {own};"
                " object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
                "Cross-Origin-Opener-Policy": "same-origin",
                "Cross-Origin-Resource-Policy": "same-origin",
                "Referrer-Policy": "no-referrer",
                "X-Content-Type-Options": "nosniff",
                "X-Frame-Options": "DENY",
            }
        )


def _headers(request: web.Request) -> Headers:
    given = request.headers
    return Headers(
        hosts=given.getall("Host", []),
        origins=given.getall("Origin", []),
        cookies=given.getall("Cookie", []),
        site=given.get("Sec-Fetch-Site", ""),
        destination=given.get("Sec-Fetch-Dest", ""),
        purpose=given.get("Sec-Purpose", "") or given.get("Purpose", ""),
        is_websocket="Upgrade" in given or request.path.rstrip("/").endswith("/ws"),
    )


class _CleanFormatter(logging.Formatter):
    """Format log records with text from requests made safe for display."""

    def format(self, record: logging.LogRecord) -> str:
        return display.clean(super().format(record))
