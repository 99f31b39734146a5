"""Convert newsletters to text with readability, trafilatura and html2text."""

from __future__ import annotations

import email
import re
from typing import TYPE_CHECKING

from briefreader.reading.html import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from benchmarks.reading.corpus import Newsletter


def cleaned(newsletters: Sequence[Newsletter]) -> Iterator[tuple[str, list[tuple[Newsletter, str]]]]:
    """Yield each installed program and its texts; plain-text mails are unchanged."""
    for name, clean in (("trafilatura", _trafilatura), ("readability", _readability), ("html2text", _html2text)):
        try:
            yield name, [(n, _text(n, clean)) for n in newsletters]
        except ImportError:
            print(f"{name:<12}not installed")


def _text(newsletter: Newsletter, clean: Callable[[str], str]) -> str:
    html, plain = "", ""
    for part in email.message_from_bytes(newsletter.original.data).walk():
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes) and part.get_content_maintype() == "text":
            text = payload.decode(str(part.get_content_charset() or "utf-8"), "replace")
            html, plain = (text, plain) if part.get_content_type() == "text/html" else (html, text)
    return clean(html) if html else plain


def _trafilatura(html: str) -> str:
    import trafilatura

    return trafilatura.extract(html, include_links=False, favor_recall=True) or ""


def _readability(html: str) -> str:
    from readability import Document

    root = parse(Document(html).summary(html_partial=True))
    return re.sub(r"\s+", " ", " ".join(map(str, root.itertext()))) if root is not None else ""


def _html2text(html: str) -> str:
    import html2text

    return str(html2text.html2text(html))
