"""Tests of reading and writing OPML."""

import pytest

from briefreader.errors import ReadingError
from briefreader.sources.config import Source
from briefreader.sources.opml import Feed, read, write

OPML = b"""<?xml version="1.0"?><!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/hostname">]>
<opml version="2.0"><body><outline text="AI &amp; chips"><outline title="Kelp" xmlUrl="https://kelp.example/feed"/>
<outline text="Inner"><outline text="Wrack" xmlUrl="https://wrack.example/rss"/></outline></outline>
<outline text="Again" xmlUrl="https://kelp.example/feed"/><outline text="&x;" htmlUrl="https://page.example"/>
<outline xmlUrl="https://bare.example/atom"/></body></opml>"""


def test_read_lists_each_feed_once_with_its_groups() -> None:
    assert read(OPML) == [
        Feed("Kelp", "https://kelp.example/feed", ("AI & chips",)),
        Feed("Wrack", "https://wrack.example/rss", ("AI & chips", "Inner")),
        Feed("https://bare.example/atom", "https://bare.example/atom"),
    ]


def test_written_feeds_are_read_back() -> None:
    sources = [Source("Kelp <&\x1b>", "feed", "https://k.example/?a=1&b=2"), Source("Mail", "maildir", "/mail")]
    assert read(write(sources)) == [Feed("Kelp <&\ufffd>", "https://k.example/?a=1&b=2")]


@pytest.mark.parametrize("data", [b"", b"<html><body>no</body></html>", b"{}", b"<opml><body/></opml>"])
def test_other_xml_is_refused(data: bytes) -> None:
    with pytest.raises(ReadingError):
        read(data)
