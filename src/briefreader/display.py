"""Make untrusted text safe to show, log or export.

Text from documents, file names, headers or taxonomies may contain escape sequences, bidirectional controls or invisible
tag characters. Clean it with these functions before writing it to a terminal, a log or a note. Stored originals keep
their raw bytes.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

REPLACEMENT = "�"
_EIGHTHS = " ▁▂▃▄▅▆▇█"

# C0 controls except tab and line feed, DEL, C1 controls, bidirectional controls and isolates, line and paragraph
# separators, interlinear annotations, non-characters (some terminals treat them as controls), surrogates, and tag
# characters.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
    "\u2028\u2029\ufff9-\ufffb\ufdd0-\ufdef\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_LINE_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")


def clean(text: str) -> str:
    r"""Replace line breaks of any kind with ``\n``, and unsafe characters with U+FFFD.

    Idempotent; safe text is returned unchanged.
    """
    # Every unsafe character is unprintable, and isprintable() is much faster than the pattern.
    if text.replace("\n", "").isprintable():
        return text
    return _UNSAFE.sub(REPLACEMENT, _LINE_BREAKS.sub("\n", text))


def one_line(text: str, limit: int = 0) -> str:
    """Return safe text on one line, with each run of white space replaced by a space.

    Args:
        text: any text.
        limit: the maximum number of code points, including the ellipsis of a cut text; 0 for no limit.
    """
    line = " ".join(clean(text).split())
    if limit and len(line) > limit:
        return line[: max(limit - 1, 0)].rstrip() + "…"
    return line


def byte_size(count: int) -> str:
    """Format a number of bytes: ``830 B``, ``12.4 kB``, ``3.1 MB``."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= factor:
            return f"{count / factor:.1f} {unit}"
    return f"{count} B"


def nfc(text: str) -> str:
    """Return text in Unicode normalisation form C (NFC).

    Names that are compared or written to disk are in this form.
    """
    return unicodedata.normalize("NFC", text)


def json_line(serialised: str) -> str:
    r"""Escape unsafe characters in JSON text, for example as ``\u001b``.

    Parsers decode the escapes. Use it only on the output of a JSON serialiser, where unsafe characters occur only
    inside strings.
    """
    if serialised.isascii() and serialised.isprintable():
        return serialised
    return _UNSAFE.sub(_json_escape, serialised)


def _json_escape(match: re.Match[str]) -> str:
    units = match.group().encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))


def sparkline(values: Sequence[int], zero: str = " ") -> str:
    """Draw a bar of one character for each value, scaled to the largest value.

    Any value above zero is visible; a zero is drawn as ``zero``.
    """
    largest = max(values, default=0)
    if not largest:
        return zero * len(values)
    return "".join(_EIGHTHS[max(round(8 * value / largest), 1)] if value else zero for value in values)
