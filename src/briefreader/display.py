"""The one boundary where untrusted text becomes safe to show, log or export.

Everything that comes from a document, a file name, a header or a taxonomy may hold escape sequences, bidirectional
controls or invisible tag characters. The raw bytes stay in the library's originals; nothing reaches a terminal, a log
or a note but through here.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

REPLACEMENT = "�"
_EIGHTHS = " ▁▂▃▄▅▆▇█"

# C0 without \t \n, DEL, C1, bidi controls and isolates, surrogates, tag characters, line/paragraph separators,
# interlinear annotations, and the non-characters that some terminals treat as controls.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
    "\u2028\u2029\ufff9-\ufffb\ufdd0-\ufdef\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_LINE_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")


def clean(text: str) -> str:
    r"""Text safe to show, lines kept: unsafe characters become U+FFFD, other line breaks become ``\n``.

    Idempotent, and the identity on text that holds nothing unsafe.
    """
    # everything unsafe is also unprintable, which is much faster to check
    if text.replace("\n", "").isprintable():
        return text
    return _UNSAFE.sub(REPLACEMENT, _LINE_BREAKS.sub("\n", text))


def one_line(text: str, limit: int = 0) -> str:
    """Text safe to show in one line: white space runs become a space; cut to ``limit`` code points with an ellipsis."""
    line = " ".join(clean(text).split())
    if limit and len(line) > limit:
        return line[: max(limit - 1, 0)].rstrip() + "…"
    return line


def byte_size(count: int) -> str:
    """A number of bytes for people: ``830 B``, ``12.4 kB``, ``3.1 MB``."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= factor:
            return f"{count / factor:.1f} {unit}"
    return f"{count} B"


def nfc(text: str) -> str:
    """Canonical composition, for names that are compared or written to disk."""
    return unicodedata.normalize("NFC", text)


def json_line(serialised: str) -> str:
    r"""JSON text safe to show: unsafe characters become escapes as ``\u001b``, so that a parser still gets them back.

    Only for the output of a JSON serialiser, whose unsafe characters all stand within strings.
    """
    if serialised.isascii() and serialised.isprintable():
        return serialised
    return _UNSAFE.sub(_json_escape, serialised)


def _json_escape(match: re.Match[str]) -> str:
    units = match.group().encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))


def sparkline(values: Sequence[int]) -> str:
    """One cell a value, as high as the value is; anything above nothing shows."""
    most = max(values, default=0)
    if not most:
        return " " * len(values)
    return "".join(_EIGHTHS[max(round(8 * value / most), 1 if value else 0)] for value in values)
