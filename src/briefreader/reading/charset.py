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
# labels that say nothing, since programs write them for any text
_NO_CHARSET = frozenset(("ascii", "us-ascii", "ansi_x3.4-1968", "unknown-8bit", "unknown", "x-unknown"))


def decode(data: bytes, declared: str = "") -> tuple[str, str]:
    """Decode ``data``; return the text and a note on what went wrong, "" if nothing did.

    The first of these that applies is used: a byte order mark; a charset whose escape sequences or NUL bytes occur;
    UTF-16 without a byte order mark, if no other charset is declared; valid UTF-8; the declared charset, if all bytes
    are valid; UTF-8 with few errors; the declared charset, if a guess (``charset_detection``) has about as many errors;
    the guess. Invalid bytes become U+FFFD.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            text = data.decode(name, "replace")
            return text.lstrip("\ufeff"), _note(text, name)
    wanted = codec_of(declared)
    if stateful := _stateful(data, wanted):
        text = decoded(data, stateful)
        return text, _note(text, stateful)
    is_declared = wanted not in ("", "utf-8") and declared.strip().lower() not in _NO_CHARSET
    if not is_declared and (guess := utf16(data)):
        text = data.decode(guess, "replace")
        return text, _note(text, guess)
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError:
        pass
    text = ""
    if is_declared:
        text = decoded(data, wanted)
        if not text.count("\ufffd"):
            return text, ""
    broken = data.decode("utf-8", "replace")
    invalid = broken.count("\ufffd")
    if invalid <= len(data) // 200 and invalid < sum(c > "\x7f" and c != "\ufffd" for c in broken):
        return broken, _note(broken, "utf-8")
    return _detected(data, text, wanted)


def _stateful(data: bytes, wanted: str) -> str:
    """Return the codec ``wanted`` if its bytes can look like ASCII (ISO 2022, HZ, UTF-16, UTF-32), else "".

    The bytes must confirm the declaration: a page in ASCII that declares UTF-16 is not UTF-16. ISO-2022-JP is also
    recognised without a declaration.
    """
    if wanted.startswith(("utf-16", "utf-32")):
        return wanted if b"\x00" in data else ""
    if wanted.startswith("iso2022"):
        return wanted if b"\x1b" in data else ""
    if wanted == "hz":
        return wanted if b"~{" in data else ""
    return "iso2022_jp" if not wanted and any(escape in data for escape in _JIS_ESCAPE) else ""


def _detected(data: bytes, text: str, wanted: str) -> tuple[str, str]:
    """Decode with a guessed charset, or return ``text``, decoded as declared, if it has about as few errors."""
    codec = detect(data)
    found = decoded(data, codec)
    if text and text.count("\ufffd") <= max(found.count("\ufffd"), len(text) // 1000):
        return text, _note(text, wanted)
    return found, _note(found, codec) or f"not UTF-8; read as {codec}"


def declared_in(data: bytes) -> str:
    """Return the charset that an HTML or XML text declares in its first 4 KiB, or ""."""
    found = _META.search(data[:4096])
    return found[1].decode("ascii", "replace") if found else ""


def recoded(data: bytes, content_type: str) -> bytes:
    """Apply the charset of a ``Content-Type`` header to the bytes that a server sent.

    Returns:
        The text as UTF-8 with a byte order mark, which takes precedence over the charset that the text declares; or
        ``data``, if the header makes no difference.
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
    """Return the codec if ``data`` seems to be Latin text in UTF-16, in which every other byte is NUL, else ""."""
    sample = data[:4096]
    if len(sample) < 8:
        return ""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if odd > half * 0.4 and even < half * 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.4 and odd < half * 0.05 else ""


def _note(text: str, name: str) -> str:
    """Return a note on the number of invalid characters, or ""."""
    broken = text.count("\ufffd")
    return f"{broken} invalid {name} character{'' if broken == 1 else 's'} replaced" if broken else ""
