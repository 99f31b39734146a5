"""Make untrusted text safe to show, log or export.

Text from documents, file names, headers or taxonomies may contain escape sequences, bidirectional controls or invisible
tag characters. Originals keep the raw bytes; everything written to a terminal, log or note goes through here.
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
    r"""Replace unsafe characters by U+FFFD and other line breaks by ``\n``.

    Idempotent; safe text is returned unchanged.
    """
    # unsafe characters are also unprintable, which is much faster to check
    if text.replace("\n", "").isprintable():
        return text
    return _UNSAFE.sub(REPLACEMENT, _LINE_BREAKS.sub("\n", text))


def one_line(text: str, limit: int = 0) -> str:
    """Make text safe on one line: white space is collapsed; cut to ``limit`` code points with an ellipsis."""
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
    """Return the canonical composition, for names that are compared or written to disk."""
    return unicodedata.normalize("NFC", text)


def json_line(serialised: str) -> str:
    r"""Escape unsafe characters in JSON text as ``\\u001b``, so that parsers restore them.

    Only for the output of a JSON serialiser, where unsafe characters are always inside strings.
    """
    if serialised.isascii() and serialised.isprintable():
        return serialised
    return _UNSAFE.sub(_json_escape, serialised)


def _json_escape(match: re.Match[str]) -> str:
    units = match.group().encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))


def sparkline(values: Sequence[int], zero: str = " ") -> str:
    """Return one cell per value; any value above zero is visible, and ``zero`` stands for none."""
    most = max(values, default=0)
    if not most:
        return zero * len(values)
    return "".join(_EIGHTHS[max(round(8 * value / most), 1)] if value else zero for value in values)
