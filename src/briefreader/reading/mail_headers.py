"""Decode mail headers (raw 8-bit text, encoded words, Message-IDs) with the same charset rules as bodies."""

from __future__ import annotations

import email
import re
from email.errors import HeaderParseError
from email.header import decode_header
from typing import TYPE_CHECKING

from briefreader.display import one_line
from briefreader.reading.charset import decode

if TYPE_CHECKING:
    from email.message import Message

MAX_VALUE_CHARACTERS = 4000  # maximum characters of one header's value; the rest is ignored
MAX_HEADER_BYTES = 64_000  # maximum bytes of all headers
_ID = re.compile(r"<\s*([^<>\s]{3,400})\s*>")
_UNSUBSCRIBE = re.compile(r"<\s*((?:https?://|mailto:)[^<>\s]{1,2000})\s*>", re.IGNORECASE)
_FOLD = re.compile(r"\r?\n[ \t]*")


def header(message: Message, name: str) -> str:
    """Return the value of the first header named ``name`` as text, or ""."""
    wanted = name.lower()
    value = next((str(value) for key, value in message.raw_items() if str(key).lower() == wanted), "")
    return decoded(value[:MAX_VALUE_CHARACTERS])


def decoded(value: str) -> str:
    """Return a raw header value as text, decoded and on one line."""
    raw = value.encode("utf-8", "surrogateescape")
    if any(byte >= 0x80 for byte in raw):
        value = decode(raw)[0]
    value = _FOLD.sub(" ", value)
    if "=?" not in value:
        return value.strip()
    try:
        pieces = decode_header(value)
    except (HeaderParseError, ValueError, LookupError):
        return value.strip()
    texts = [decode(p, (c or "").partition("*")[0])[0] if isinstance(p, bytes) else p for p, c in pieces]
    return "".join(texts).strip()


def message_id(message: Message, name: str) -> str:
    """Return the first Message-ID in a header without its angle brackets, or ""."""
    found = _ID.search(header(message, name))
    return found[1] if found else ""


def unsubscribe_addresses(data: bytes) -> list[str]:
    """Return the URLs in a mail's List-Unsubscribe header (RFC 2369), those of web pages before ``mailto:``."""
    message = email.message_from_bytes(data[:MAX_HEADER_BYTES])
    found = [one_line(address) for address in _UNSUBSCRIBE.findall(header(message, "List-Unsubscribe"))]
    return sorted(dict.fromkeys(found), key=lambda address: address.startswith("mailto:"))
