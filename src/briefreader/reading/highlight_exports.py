"""Read Markdown exports of highlights, as written by Readwise, Omnivore and Podwise.

A highlight is a list item or a quote under a heading "Highlights"; the user's notes on a highlight follow it.
"""

from __future__ import annotations

import re

from briefreader.markdown import plain
from briefreader.reading.note_syntax import unlinked

_METADATA = re.compile(r"(?mi)^#{1,4}[ \t]+(?:episode )?(?:metadata|meta data|properties)[ \t]*\n")
_FIELD = re.compile(
    r"[ \t]*[-*+][ \t]+(?:\*\*|__)?(?P<name>[A-Za-z][\w /-]{1,40}?)(?:\*\*|__)?\s?::?(?:\*\*|__)?[ \t]*(?P<value>.*)"
)
_HIGHLIGHTS = re.compile(r"(?mi)^(?P<marks>#{1,4})[ \t]+(?:new )?highlights(?: added .*)?[ \t]*$")
_HEADING = re.compile(r"(?m)^#{1,6}[ \t]")
_BACKLINK = re.compile(
    r"[ \t]*(?:\(\[(?:View Highlight|Location \d+|Page \d+|Time [\d:]+)\]\([^()\s]*\)\)|\[⤴️?\]\([^()\s]*\))"
)
_QUOTE = re.compile(r"(?m)^>[ \t]?(?P<line>.*)$")
_COVER = re.compile(r"(?m)^!\[rw-book-cover\]\([^()\s]*\)[ \t]*\n?")
_LINK = re.compile(r"\[[^\]\n]*\]\((?P<url>https?://[^\s)]+)\)|<?(?P<bare>https?://[^\s>]+)>?")


def is_export(text: str) -> bool:
    """Whether a Markdown text has a heading for highlights, and a heading for metadata or links to the highlights."""
    head = text[:200_000]
    return bool(_HIGHLIGHTS.search(head)) and bool(_METADATA.search(head) or _BACKLINK.search(head))


def split(text: str) -> tuple[dict[str, object], str]:
    """Return the metadata fields by lower-case name, and the text without them, with each highlight as a list item."""
    fields: dict[str, object] = {}
    text = _COVER.sub("", text)
    if head := _METADATA.search(text):
        end = head.end()
        for line in text[head.end() :].split("\n"):
            found = _FIELD.fullmatch(line)
            if line.strip() and not found:
                break
            end += len(line) + 1
            if found:
                fields.setdefault(found["name"].strip().lower(), _value(found["value"]))
        text = text[: head.start()] + text[end:]
    return fields, _BACKLINK.sub("", _bulleted(text))


def _value(value: str) -> str:
    """Return the value of a metadata field as plain text; a link gives its URL."""
    if link := _LINK.fullmatch(value.strip()):
        return link["url"] or link["bare"]
    return plain(unlinked(value)).strip()


def _bulleted(text: str) -> str:
    """Return the text with quotes below headings for highlights as list items, and these headings as "Highlights"."""
    parts: list[str] = []
    done = 0
    for heading in _HIGHLIGHTS.finditer(text):
        end = next((m.start() for m in _HEADING.finditer(text, heading.end())), len(text))
        section = text[heading.end() : end]
        quotes = re.split(r"\n{2,}", section.strip("\n"))
        if any(quote.startswith(">") for quote in quotes):
            section = "\n\n" + "\n".join(_bullet(quote) for quote in quotes) + "\n\n"
        parts += [text[done : heading.start()], f"{heading['marks']} Highlights", section]
        done = end
    return "".join([*parts, text[done:]])


def _bullet(quote: str) -> str:
    """Return a quote as a list item, and other text as a continuation of the item above."""
    if not quote.startswith(">"):
        return f"   {quote}" if quote.strip() else ""
    return "- " + " ".join(m["line"].strip() for m in _QUOTE.finditer(quote) if m["line"].strip())
