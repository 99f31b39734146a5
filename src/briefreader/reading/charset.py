"""Bytes → text: the charset ladder. Never fails, never guesses twice; UTF-7 is never used."""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_REFUSED = re.compile(r"utf[-_]?7|.*(?:escape|idna|punycode|mbcs|oem|undefined|base64|hex|quopri|uu|zip|bz2|rot)", re.I)
# what mail and the web mean by these names (WHATWG encoding standard)
_MEANT = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252", "gb2312": "gb18030"}
_META = re.compile(rb"""<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{2,40})""", re.I)


def decode(data: bytes, declared: str = "") -> tuple[str, str]:
    """``data`` as text, and a note on what went wrong ("" when nothing did).

    A byte order mark decides, then valid UTF-8, then the declared charset, then UTF-16 without a mark, then
    cp1252 with U+FFFD for what it lacks.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            text = data.decode(name, "replace")
            return text.lstrip("\ufeff"), _note(text, name)
    wanted = _known(declared)
    if wanted and wanted != "utf-8" and (wanted.startswith(("iso2022", "utf-16", "utf-32", "hz"))):
        text = data.decode(wanted, "replace")
        return text, _note(text, wanted)
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError:
        pass
    if wanted and wanted != "utf-8":
        text = data.decode(wanted, "replace")
        return text, _note(text, wanted)
    if guess := utf16(data):
        text = data.decode(guess, "replace")
        return text, _note(text, guess)
    text = data.decode("utf-8", "replace")
    if text.count("\ufffd") <= len(data) // 200 and any(b >= 0xC2 for b in data[:1_000_000]) and _mostly_utf8(text):
        return text, _note(text, "utf-8")
    text = data.decode("cp1252", "replace")
    return text, _note(text, "cp1252") or "not UTF-8; read as cp1252"


def declared_in(data: bytes) -> str:
    """The charset that an HTML or XML text names in its first 4 kB, or ""."""
    found = _META.search(data[:4096])
    return found[1].decode("ascii", "replace") if found else ""


def _known(name: str) -> str:
    name = _MEANT.get(name.strip().strip("\"'").lower(), name.strip().strip("\"'").lower())
    if not name or _REFUSED.match(name):
        return ""
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        return ""
    return _MEANT.get(info.name, info.name) if getattr(info, "_is_text_encoding", True) else ""


def utf16(data: bytes) -> str:
    """The kind of UTF-16 that ``data`` is in without a mark, or "": every other byte of plain Latin text is NUL."""
    sample = data[:4096]
    if len(sample) < 8:
        return ""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if odd > half * 0.4 and even < half * 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.4 and odd < half * 0.05 else ""


def _mostly_utf8(text: str) -> bool:
    """Whether what decoded beside the replacement characters are real multi-byte letters."""
    return sum(c > "\x7f" and c != "\ufffd" for c in text) > text.count("\ufffd")


def _note(text: str, name: str) -> str:
    broken = text.count("\ufffd")
    return f"{broken} characters are not valid {name} and were replaced" if broken else ""
