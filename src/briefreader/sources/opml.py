"""Import and export OPML, the format for lists of feeds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from briefreader.display import clean, one_line
from briefreader.errors import ReadingError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from briefreader.sources.config import Source

MAX_OUTLINES = 20_000  # outlines of a file beyond this number are ignored


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed of an OPML list; ``groups`` are the names of the enclosing outlines, outermost first."""

    name: str
    address: str
    groups: tuple[str, ...] = ()


def read(data: bytes) -> list[Feed]:
    """Return the feeds of an OPML file in order, each URL once.

    Raises:
        ReadingError: the file isn't OPML, or lists no feed.
    """
    from lxml import etree

    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(data.lstrip(), parser)
    except etree.XMLSyntaxError:
        root = None
    if root is None or etree.QName(root).localname.lower() != "opml":
        raise ReadingError("is not OPML", hint="export the feeds from your feed reader as OPML")
    found: dict[str, Feed] = {}
    for outline in list(root.iter("{*}outline"))[:MAX_OUTLINES]:
        address = (outline.get("xmlUrl") or outline.get("xmlurl") or "").strip()
        if address:
            groups = [_name(parent) for parent in outline.iterancestors() if etree.QName(parent).localname == "outline"]
            found.setdefault(address, Feed(_name(outline) or address, address, tuple(reversed(groups))))
    if not found:
        raise ReadingError("is an OPML file without feeds")
    return list(found.values())


def write(sources: Iterable[Source], title: str = "briefreader") -> bytes:
    """Return the feeds among ``sources`` as OPML 2.0."""
    from lxml import etree

    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = title
    body = etree.SubElement(root, "body")
    for source in sources:
        if source.kind == "feed":
            name = clean(source.name)
            etree.SubElement(body, "outline", type="rss", text=name, title=name, xmlUrl=source.address)
    data: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)
    return data


def _name(outline: object) -> str:
    get = getattr(outline, "get")  # noqa: B009 - lxml's stubs leave the ancestors' type open
    return one_line(get("title") or get("text") or "", 200)
