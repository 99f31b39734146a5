"""Read RSS and Atom feeds, one draft per entry.

The original of a draft is a feed with only this entry, which can be parsed again like any other feed.
"""

from __future__ import annotations

import io
from collections import Counter
from copy import deepcopy
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from briefreader.display import one_line
from briefreader.model import Origin, Original, Problem
from briefreader.reading import dates, origin, urls
from briefreader.reading.attributes import refuse_many_attributes
from briefreader.reading.draft import Draft
from briefreader.reading.html import parse
from briefreader.reading.html_to_markdown import to_markdown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

MAX_ENTRIES = 20_000  # maximum entries of a feed that are read; further entries are reported
# elements about the feed that are copied to the feed of each entry
_ABOUT = frozenset("title link language author creator generator id webMaster managingEditor".split())


def read_feed(original: Original) -> Iterator[Draft | Problem]:
    """Yield a draft for each entry of a feed, and problems if entries are missing, invalid or left out.

    Raises:
        ReadingError: a tag has very many attributes.
    """
    import feedparser

    refuse_many_attributes(original.data.lstrip(), html=False)
    singles = list(islice(_singles(original.data), MAX_ENTRIES + 1))
    repeated = _repeated(original.data) if len(singles) > 1 else frozenset()
    if not singles:
        yield Problem(original.path, "is a feed without entries" if b"<" in original.data else "is not a feed")
        return
    if len(singles) > MAX_ENTRIES:
        singles.pop()
        yield Problem(original.path, f"only the first {MAX_ENTRIES:,} entries of the feed were read")
    for data in singles:
        # a stream, since feedparser would treat text as a URL and fetch it
        parsed = feedparser.parse(io.BytesIO(data), sanitize_html=False, resolve_relative_uris=False)
        if not parsed.entries:
            yield Problem(original.path, "an entry of the feed could not be parsed")
            continue
        yield _draft(replace(original, data=data), parsed.feed, parsed.entries[0], repeated)


def _root(data: bytes) -> _Element | None:
    """Parse XML without resolving entities; None if it has no root element."""
    from lxml import etree

    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(data.lstrip(), parser)
    except etree.XMLSyntaxError:
        return None


def _singles(data: bytes) -> Iterator[bytes]:
    """Split a feed into feeds of one entry each, in order."""
    from lxml import etree

    root = _root(data)
    if root is None:
        return
    entries = [e for e in root.iter("{*}item", "{*}entry") if isinstance(e.tag, str)]
    channel = next(iter(root.iter("{*}channel")), None)
    for entry in entries:
        shell = etree.Element(root.tag, nsmap=root.nsmap)  # type: ignore[arg-type]  # the stubs forbid the default namespace
        holder = etree.SubElement(shell, channel.tag) if channel is not None else shell
        for about in channel if channel is not None else root:
            if isinstance(about.tag, str) and etree.QName(about).localname in _ABOUT:
                holder.append(deepcopy(about))
        parent = entry.getparent()
        (holder if parent is not None and parent is channel else shell).append(deepcopy(entry))
        yield etree.tostring(shell, encoding="utf-8", xml_declaration=True)


def _repeated(data: bytes) -> frozenset[str]:
    """Return the GUIDs and links that several entries share, which therefore identify no entry."""
    root = _root(data)
    counts: Counter[str] = Counter()
    for entry in root.iter("{*}item", "{*}entry") if root is not None else ():
        guids = {(e.text or "").strip() for e in entry.iterchildren("{*}guid", "{*}id")}
        links = {(e.text or e.get("href") or "").strip() for e in entry.iterchildren("{*}link")}
        counts.update(guids | {urls.clean(link) for link in links})
    return frozenset(text for text, count in counts.items() if text and count > 1)


def _origin(feed: Any, entry: Any, repeated: frozenset[str]) -> Origin:
    """Return the origin of an entry: what it states about its identity."""
    guid, link = (entry.get("id") or "").strip(), urls.clean(entry.get("link") or "")
    own = next((found.get("href") for found in feed.get("links") or () if found.get("rel") == "self"), "")
    return origin.of_item(
        own or feed.get("link") or feed.get("id") or _plain(feed.get("title") or ""),
        "" if guid in repeated else guid,
        link,
        _plain(entry.get("title") or ""),
        entry.get("published") or entry.get("updated") or entry.get("created") or "",
        shared_link=link in repeated,
    )


def _draft(original: Original, feed: Any, entry: Any, repeated: frozenset[str]) -> Draft:
    """Return the draft of an entry, with its longest content."""
    content = entry.get("content") or []
    best = max(content, key=lambda c: len(c.get("value") or ""), default=None)
    html = (best.get("value") if best else "") or entry.get("summary") or entry.get("description") or ""
    kind = (best.get("type") if best else (entry.get("summary_detail") or {}).get("type")) or "text/html"
    link = urls.clean(entry.get("link") or "")
    draft = Draft(
        original,
        title=_plain(entry.get("title") or ""),
        source=_plain(feed.get("title") or ""),
        author=one_line(entry.get("author") or feed.get("author") or ""),
        published=dates.iso(entry.get("published") or entry.get("updated") or entry.get("created") or ""),
        url=link or urls.clean(entry.get("id") or ""),
        language=(feed.get("language") or "")[:2].lower(),
        tags=[one_line(t.get("term") or "") for t in (entry.get("tags") or [])[:50]],
        origin=_origin(feed, entry, repeated),
    )
    if kind == "text/plain" and "<" not in html:
        draft.body, draft.form = html, "plain"
    elif (root := parse(html)) is not None:
        draft.body = to_markdown(root)
    return draft


def _plain(text: str) -> str:
    """Return a title on one line, without the markup that some feeds add."""
    if "<" not in text:
        return one_line(text)
    root = parse(text)
    return one_line("".join(map(str, root.itertext()))) if root is not None else ""


def read_opml(original: Original) -> Iterator[Draft | Problem]:
    """Yield a problem that says how to import the feeds of an OPML file, which contains no briefings."""
    root = _root(original.data)
    outlines = list(root.iter("{*}outline"))[:MAX_ENTRIES] if root is not None else []
    feeds = {link for outline in outlines if (link := outline.get("xmlUrl") or outline.get("xmlurl"))}
    if not feeds:
        yield Problem(original.path, "is an OPML file without feeds")
        return
    name = original.path if original.path and not original.path.startswith("<") else "FILE.opml"
    plural = "" if len(feeds) == 1 else "s"
    message = f"OPML with {len(feeds):,} feed{plural}: briefreader sources import {one_line(name, 200)}"
    yield Problem(original.path, message, skipped=True)
