"""Tests of polling a feed on a local server."""

from typing import Any

import pytest

from briefreader.errors import ReadingError
from briefreader.sources.config import Source
from briefreader.sources.feeds import feeds_of_page, poll_feed
from briefreader.sources.items import State

RSS = b"<?xml version='1.0'?><rss version='2.0'><channel><title>Kelp</title></channel></rss>"


def kelp(web: Any, path: str = "/feed") -> Source:
    return Source("Kelp", "feed", web.address + path)


@pytest.mark.parametrize(
    "data",
    [
        RSS,
        b"<feed xmlns='http://www.w3.org/2005/Atom'/>",
        b"<!-- x --><rdf:RDF xmlns='x'/>",
        b'{"version": "https://jsonfeed.org/version/1.1", "items": []}',
    ],
)
def test_feed_of_every_kind_is_recognised(web: Any, data: bytes) -> None:
    web.pages["/feed"] = data
    found = poll_feed(kelp(web), State())
    assert found.item is not None
    assert found.item.open().read() == data


def test_unchanged_feed_without_validators_is_recognised(web: Any) -> None:
    web.pages["/feed"] = RSS
    state = State()
    poll_feed(kelp(web), state)
    state = State.from_json(state.to_json())
    assert poll_feed(kelp(web), state).item is None
    web.pages["/feed"] = RSS.replace(b"Kelp", b"Wrack")
    assert poll_feed(kelp(web), state).item is not None


def test_page_instead_of_a_feed_suggests_its_feed(web: Any) -> None:
    web.pages["/feed"] = b"<!doctype html><link rel='alternate' type='application/rss+xml' href='/rss?a=1&amp;b=2'>"
    with pytest.raises(ReadingError, match="web page") as caught:
        poll_feed(kelp(web), State())
    assert caught.value.hint == f"its feed is {web.address}/rss?a=1&b=2"


@pytest.mark.parametrize("data", [b"", b"hello", b'{"error": "no"}', b"%PDF-1.7"])
def test_other_documents_are_not_feeds(web: Any, data: bytes) -> None:
    web.pages["/feed"] = data
    with pytest.raises(ReadingError, match="not a feed"):
        poll_feed(kelp(web), State())


def test_stylesheets_are_not_feeds() -> None:
    page = b"<html><link rel='stylesheet' href='/a.css'><link rel='alternate' hreflang='de' href='/de'></html>"
    assert feeds_of_page(page, "https://kelp.example/") == []
