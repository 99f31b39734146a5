"""Managed blocks: the parts of a note that export may replace, between two comment lines that a page does not show.

    <!-- briefreader:begin id=insight-1 hash=9f86d081884c7d65 -->

    ### Headline

    Text.

    <!-- briefreader:end -->

The hash is of the content as it was written, so a block that the reader has not touched is known even where the
library's record of the last export is lost. Everything outside of blocks is the reader's.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_BEGIN = re.compile(
    r"(?P<lead>[ \t]*(?:[-*+][ \t])?)"
    r"<!-- briefreader:begin id=(?P<id>[\w.:/-]+) hash=(?P<hash>[0-9a-f]+) -->[ \t]*\r?\n?"
)
_END = re.compile(r"[ \t]*<!-- briefreader:end -->[ \t]*\r?\n?")
_LINES = re.compile(r"[^\n]*\n|[^\n]+")
_MARKER = re.compile(r"<!--(?=\s*briefreader:(?:begin|end)\b)")


@dataclass(frozen=True, slots=True)
class ManagedBlock:
    """What export has to say in one place: ``text`` is Markdown without edge blank lines."""

    id: str
    text: str

    @property
    def hash(self) -> str:
        """16 hexadecimal digits that change with the text."""
        return digest(self.text)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a file, ``raw`` as it stands; a managed block where ``id`` is not empty.

    ``text`` is a block's content free of indentation, carriage returns and edge blank lines; ``lead`` what stands
    before its first marker; ``marked`` the hash that the marker claims.
    """

    raw: str
    id: str = ""
    text: str = ""
    lead: str = ""
    marked: str = ""

    @property
    def hash(self) -> str:
        """The hash of the content as it is now."""
        return digest(self.text)


def lines_of(text: str) -> list[str]:
    r"""The lines of ``text`` with their ends, cut at ``\n`` only, as Markdown and YAML files are."""
    return _LINES.findall(text)


def digest(text: str) -> str:
    """The hash that markers carry: 64 bits of SHA-256, enough to tell an edit from none."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def render(block: ManagedBlock, *, lead: str = "", newline: str = "\n") -> str:
    """The block's lines with its markers; in an outline (``lead`` ends with a bullet) without blank edge lines."""
    bullet = bool(lead.strip())
    content = block.text.split("\n") if bullet else ["", *block.text.split("\n"), ""] if block.text else [""]
    lines = [f"<!-- briefreader:begin id={block.id} hash={block.hash} -->", *content, "<!-- briefreader:end -->"]
    indent = " " * len(lead)
    rows = [lead + lines[0], *(indent + line if line else "" for line in lines[1:])]
    return "".join(row + newline for row in rows)


def parse(body: str) -> list[Piece]:
    """``body`` cut into pieces whose ``raw`` joined is ``body`` again; a marker without its partner is plain text."""
    lines = lines_of(body)
    pieces: list[Piece] = []
    plain: list[str] = []
    at = 0
    while at < len(lines):
        begin = _BEGIN.fullmatch(lines[at])
        end = _closing(lines, at + 1) if begin else None
        if begin is None or end is None:
            plain.append(lines[at])
            at += 1
            continue
        if plain:
            pieces.append(Piece("".join(plain)))
            plain = []
        text = _content(lines[at + 1 : end], len(begin["lead"]))
        pieces.append(Piece("".join(lines[at : end + 1]), begin["id"], text, begin["lead"], begin["hash"]))
        at = end + 1
    if plain:
        pieces.append(Piece("".join(plain)))
    return pieces


def _closing(lines: list[str], at: int) -> int | None:
    """The line of the end marker that belongs to a block opened just before ``at``."""
    for number in range(at, len(lines)):
        if _END.fullmatch(lines[number]):
            return number
        if _BEGIN.fullmatch(lines[number]):
            return None
    return None


def _content(lines: Iterable[str], indent: int) -> str:
    """What stands between the markers, as it was before ``render`` laid it out."""
    margin = re.compile(rf"[ \t]{{0,{indent}}}")
    rows = [margin.sub("", line.rstrip("\r\n"), count=1) for line in lines]
    return "\n".join(rows).strip("\n")


def without_markers(text: str) -> str:
    """``text`` with anything that reads as a block marker made plain, so that content cannot close its block."""
    return _MARKER.sub("<! --", text)
