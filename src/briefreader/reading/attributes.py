"""Reject tags with very many attributes before parsing.

libxml2's HTML parser and feedparser take quadratic time in the number of a tag's attributes: a tag with 200,000
attributes, which needs only a megabyte, takes minutes. Tags in real documents have at most a few dozen.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from briefreader.errors import ReadingError

if TYPE_CHECKING:
    from collections.abc import Sized

MAX_ATTRIBUTES = 200
_OPENING = re.compile(rb"<[A-Za-z]")
# a tag with few attributes that every parser reads the same way, since no attribute value contains markup
_PLAIN_TAG = re.compile(
    rb"<[A-Za-z][^\s<>\"'=/]*+(?:\s++[^\s<>\"'=/]++(?:\s*+=\s*+(?:\"[^\"<>]*+\"|'[^'<>]*+'|[^\s<>\"']++))?+)"
    rb"{0,%d}+\s*+/?>" % MAX_ATTRIBUTES
)


class _Counter:
    """A parser target that only counts the attributes of start tags."""

    def start(self, _tag: str, attributes: Sized) -> None:
        if len(attributes) > MAX_ATTRIBUTES:
            raise ReadingError(f"a tag with more than {MAX_ATTRIBUTES:,} attributes is not supported")

    def close(self) -> None:
        """End parsing, without a result."""


def refuse_many_attributes(data: bytes, *, html: bool) -> None:
    """Check every start tag of HTML (as UTF-8) or XML, without building a tree.

    Raises:
        ReadingError: a tag has more than ``MAX_ATTRIBUTES`` attributes.
    """
    if html and len(_PLAIN_TAG.findall(data)) == len(_OPENING.findall(data)):
        return  # all tags are simple, with few attributes: no need to parse
    from lxml import etree

    counter: Any = _Counter()  # lxml's stubs ask for methods that lxml doesn't need
    parser = (
        etree.HTMLParser(target=counter, huge_tree=True, encoding="utf-8")
        if html
        else etree.XMLParser(target=counter, huge_tree=True, recover=True, resolve_entities=False, no_network=True)
    )
    try:
        etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        return
