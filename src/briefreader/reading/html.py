"""Parse HTML safely: conditional comments removed, sizes limited, nothing fetched."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from briefreader.errors import ReadingError
from briefreader.reading import images
from briefreader.reading.attributes import refuse_many_attributes
from briefreader.reading.html_content import prepare

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_CHARACTERS = 20_000_000  # maximum characters of a page or mail body
MAX_TAGS = 400_000  # maximum "<" characters of a page or mail body
_OPEN = "<!--[if"
_CLOSE = "<![endif]-->"
_REVEALED = re.compile(r"\s*<!--\s*-->|\s*<!-->|-->")
_DECLARATION = re.compile(r"<!(?:--\s*<!)?\[(?:if[^\]>]{0,200}|endif|CDATA\[)\]?>?(?:--\s*>)?", re.I)
_XML = re.compile(r"^\s*<\?xml[^>]{0,500}\?>")


def parse(text: str) -> _Element | None:
    """Return the root of ``text`` parsed as HTML, prepared by ``html_content``; None if it is empty or can't be parsed.

    Raises:
        ReadingError: ``text`` exceeds ``MAX_CHARACTERS`` or ``MAX_TAGS``, or has a tag with very many attributes.
    """
    if len(text) > MAX_CHARACTERS:
        raise ReadingError(f"HTML of more than {MAX_CHARACTERS // 1_000_000} million characters is not supported")
    if text.count("<") > MAX_TAGS:
        raise ReadingError(f"HTML with more than {MAX_TAGS:,} tags is not supported")
    from lxml import etree

    text = _XML.sub("", without_conditionals(text)).replace("\x00", "")
    for mark in (images.OPEN, images.CLOSE):
        text = text.replace(mark, "")
    if not text.strip():
        return None
    data = text.encode("utf-8", "replace")
    refuse_many_attributes(data, html=True)
    parser = etree.HTMLParser(
        remove_comments=True, remove_pis=True, huge_tree=True, no_network=True, recover=True, encoding="utf-8"
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None
    if root is not None:
        prepare(root)
    return root


def without_conditionals(text: str) -> str:
    """Return ``text`` without Outlook's conditional comments, keeping the content that other programs show."""
    lower = text.lower() if "[if" in text or "[IF" in text or "<![" in text else ""
    if not lower:
        return text
    parts: list[str] = []
    done = 0
    closed = _CLOSE in lower  # many unclosed comments would slow down a regular expression
    while (start := lower.find(_OPEN, done)) >= 0:
        parts.append(text[done:start])
        head = lower.find("]>", start, start + 400)
        if head < 0:
            done = start + len(_OPEN)
        elif revealed := _REVEALED.match(text, head + 2):
            done = revealed.end()
        else:
            close = lower.find(_CLOSE, head) if closed else -1
            closed = close >= 0  # if there is none, it isn't searched for again
            done = close + len(_CLOSE) if closed else head + 2
    parts.append(text[done:])
    rest = "".join(parts)
    return _DECLARATION.sub("", rest).replace("]]>", "")
