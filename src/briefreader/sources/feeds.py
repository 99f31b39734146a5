"""Poll feeds with conditional requests."""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from briefreader.errors import ReadingError
from briefreader.sources.http import ACCEPT_FEED, HttpError, Response, Validators, fetch
from briefreader.sources.items import Item

if TYPE_CHECKING:
    from briefreader.sources.config import Source
    from briefreader.sources.items import State

GONE = 410
_HEAD_BYTES = 100_000  # length of the beginning of a document in which feeds and links to feeds are detected
_FEED_ROOT = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf)[\s>]", re.IGNORECASE)
_JSON_FEED = re.compile(rb'^\s*\{.*"version"\s*:\s*"https?:\\?/\\?/(?:www\.)?jsonfeed\.org', re.DOTALL)
_PAGE = re.compile(rb"<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE)
_LINK = re.compile(rb"<link\b[^>]{0,2000}>", re.IGNORECASE)
_FEED_TYPE = re.compile(r"application/(?:rss|atom|feed)\+(?:xml|json)", re.IGNORECASE)
_ADDRESS = re.compile(r"""\bhref\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FeedPoll:
    """The result of a poll: the downloaded feed (None if it is unchanged) and the number of bytes received."""

    item: Item | None
    received: int


def poll_feed(source: Source, state: State) -> FeedPoll:
    """Poll a feed and update ``state``: validators, hash of the downloaded feed, target of a permanent redirect.

    A feed that is gone (410) is also disabled.

    Raises:
        HttpError: the server responds with an error.
        ReadingError: the connection fails, or the downloaded document isn't a feed.
    """
    url = state.moved_to or source.address
    validators = Validators(str(state.position.get("etag", "")), str(state.position.get("last_modified", "")))
    try:
        response = fetch(url, accept=ACCEPT_FEED, validators=validators)
    except HttpError as error:
        if error.status == GONE:
            state.disabled = "the feed is gone (410)"
        raise
    if not response.is_modified:
        return FeedPoll(None, 0)
    _check_is_feed(response)
    digest = hashlib.sha256(response.data).hexdigest()
    is_known = digest == state.position.get("digest")
    state.position.update(etag=response.validators.etag, last_modified=response.validators.last_modified, digest=digest)
    if response.moved_to:
        state.moved_to = response.moved_to
    item = None if is_known else Item(digest, response.url, lambda: io.BytesIO(response.data))
    return FeedPoll(item, response.received)


def _check_is_feed(response: Response) -> None:
    """Raise ReadingError if a document isn't a feed; for a web page, the hint is the first feed it links to."""
    head = response.data[:_HEAD_BYTES]
    if _FEED_ROOT.search(head) or _JSON_FEED.match(head):
        return
    if _PAGE.search(head):
        feeds = feeds_of_page(response.data, response.url)
        raise ReadingError(
            "is a web page, not a feed", where=response.url, hint=f"its feed is {feeds[0]}" if feeds else ""
        )
    raise ReadingError("is not a feed", where=response.url)


def feeds_of_page(data: bytes, url: str) -> list[str]:
    """Return the URLs of feeds that a web page declares with ``<link rel="alternate">`` in its first 100,000 bytes."""
    found = []
    for match in _LINK.finditer(data[:_HEAD_BYTES]):
        tag = match[0].decode("utf-8", "replace")
        address = _ADDRESS.search(tag)
        if address and _FEED_TYPE.search(tag) and "alternate" in tag.lower():
            found.append(urljoin(url, unescape(address[1])))
    return found
