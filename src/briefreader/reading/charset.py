"""Decode bytes to text; never raises."""

from __future__ import annotations

import codecs
import re

from briefreader.reading.charset_detection import detect
from briefreader.reading.charset_labels import codec_of, decoded

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_META = re.compile(rb"""<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{2,40})""", re.I)
_PARAMETER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.I)
_XML_ENCODING = re.compile(rb"""(?<=encoding=["'])[\w.:-]{2,40}(?=["'])""")
_JIS_ESCAPE = (b"\x1b$B", b"\x1b$@")
_NO_CHARSET = frozenset(("ascii", "us-ascii", "ansi_x3.4-1968", "unknown-8bit", "unknown", "x-unknown"))


def decode(data: bytes, declared: str = "") -> tuple[str, str]:
    """Decode ``data``; return the text and a note on what went wrong, "" if nothing did.

    A byte order mark decides, then escape sequences, then valid UTF-8, then the declared charset if it fits, then
    UTF-16 without a mark, then UTF-8 with few errors, then a detector. Bytes without a character become U+FFFD.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            text = data.decode(name, "replace")
            return text.lstrip("\ufeff"), _note(text, name)
    wanted = codec_of(declared)
    if stateful := _stateful(data, wanted):
        text = decoded(data, stateful)
        return text, _note(text, stateful)
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError:
        pass
    text = ""
    if wanted and wanted != "utf-8" and declared.strip().lower() not in _NO_CHARSET:
        text = decoded(data, wanted)
        if not text.count("\ufffd"):
            return text, ""
    if not text and (guess := utf16(data)):
        text = data.decode(guess, "replace")
        return text, _note(text, guess)
    broken = data.decode("utf-8", "replace")
    invalid = broken.count("\ufffd")
    if invalid <= len(data) // 200 and invalid < sum(c > "\x7f" and c != "\ufffd" for c in broken):
        return broken, _note(broken, "utf-8")
    return _detected(data, text, wanted)


def _stateful(data: bytes, wanted: str) -> str:
    """Return the declared codec if it is one whose bytes may all be ASCII and the bytes are valid in it, else "".

    A page that declares UTF-16 in ASCII is not UTF-16.
    """
    if wanted.startswith(("utf-16", "utf-32")):
        return wanted if b"\x00" in data else ""
    if wanted.startswith("iso2022"):
        return wanted if b"\x1b" in data else ""
    if wanted == "hz":
        return wanted if b"~{" in data else ""
    return "iso2022_jp" if not wanted and any(escape in data for escape in _JIS_ESCAPE) else ""


def _detected(data: bytes, text: str, wanted: str) -> tuple[str, str]:
    """Return the text by the detector, or by the declared charset if that has no more errors."""
    codec = detect(data)
    found = decoded(data, codec)
    if text and text.count("\ufffd") <= max(found.count("\ufffd"), len(text) // 1000):
        return text, _note(text, wanted)
    return found, _note(found, codec) or f"not UTF-8; read as {codec}"


def declared_in(data: bytes) -> str:
    """Return the charset that an HTML or XML text declares in its first 4 kB, or ""."""
    found = _META.search(data[:4096])
    return found[1].decode("ascii", "replace") if found else ""


def recoded(data: bytes, content_type: str) -> bytes:
    """Return what a server sent with a charset in its ``Content-Type`` as UTF-8 with a mark, which outranks the text's.

    Bytes that read the same without that declaration stay as they came.
    """
    found = _PARAMETER.search(content_type)
    declared = found[1] if found else ""
    codec = codec_of(declared)
    if not codec or codec == "utf-8" or codec == codec_of(declared_in(data)):
        return data
    text = decode(data, declared)[0]
    if text == decode(data, declared_in(data))[0]:
        return data
    head, rest = text[:200].encode(), text[200:].encode()
    return codecs.BOM_UTF8 + _XML_ENCODING.sub(b"utf-8", head) + rest


def utf16(data: bytes) -> str:
    """Return the kind of UTF-16 of ``data`` without a byte order mark, or "": in Latin text every other byte is NUL."""
    sample = data[:4096]
    if len(sample) < 8:
        return ""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if odd > half * 0.4 and even < half * 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.4 and odd < half * 0.05 else ""


def _note(text: str, name: str) -> str:
    broken = text.count("\ufffd")
    return f"{broken} characters are not valid {name} and were replaced" if broken else ""
