"""Managed blocks: the parts of a note that export may replace.

Everything outside them belongs to the user. In Logseq, a block is a bullet with an ``id::``. Elsewhere it is enclosed
by two comment lines:

    <!-- briefreader:begin id=covers hash=9f86d081884c7d65 -->

    ## What it covers
    ...

    <!-- briefreader:end -->

The hash shows whether the user edited the block, even if the library's record of the last export is lost. In Obsidian,
the blocks of a section share one pair of comment lines, without a hash.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_BEGIN = re.compile(
    r"(?P<lead>[ \t]*(?:[-*+][ \t])?)"
    r"<!-- briefreader:begin id=(?P<id>[\w.:/-]+)(?: hash=(?P<hash>[0-9a-f]+))? -->[ \t]*\r?\n?"
)
_END = re.compile(r"[ \t]*<!-- briefreader:end -->[ \t]*\r?\n?")
_BULLET = re.compile(r"(?P<lead>[ \t]*[-*+] )(?P<text>[^\n]*)\n?")
_UUID = re.compile(r"[ \t]*id:: (?P<uuid>[0-9a-f-]{36})[ \t]*\r?\n?")
_LINES = re.compile(r"[^\n]*\n|[^\n]+")
_MARKER = re.compile(r"<!--(?=\s*briefreader:(?:begin|end)\b)")
MAX_CHILDREN = 500
"""Maximum number of bullets that ``without_children`` tries as the place to cut."""
_NAMESPACE = uuid.UUID("5b1f3c62-8b3e-4a57-9a0d-6f5c2f1f7f11")


class Marks(Enum):
    """How the blocks of a note are marked."""

    HASHED = "a pair of comments for each block, with a hash"
    SECTIONS = "a pair of comments for each section"
    BULLETS = "a bullet for each block, identified by its id::"


@dataclass(frozen=True, slots=True)
class ManagedBlock:
    """The content of a block; ``text`` is Markdown without blank lines at its edges.

    The function ``sections`` joins the blocks of one ``section``, each below its ``heading``, if it has one.
    """

    id: str
    text: str
    section: str = ""
    heading: str = ""

    @property
    def hash(self) -> str:
        """A hash of the text, 16 hexadecimal digits."""
        return text_hash(self.text)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a file: a managed block, or the user's lines (without an ``id``).

    Args:
        raw: the piece exactly as in the file.
        text: the block's content without indentation, carriage returns, and blank lines at its edges.
        lead: the indentation or bullet before the block's first line.
        marked: the hash in the block's first comment line, if any.
    """

    raw: str
    id: str = ""
    text: str = ""
    lead: str = ""
    marked: str = ""

    @property
    def hash(self) -> str:
        """The hash of the current content."""
        return text_hash(self.text)


def lines_of(text: str) -> list[str]:
    r"""Split ``text`` into lines with their ends.

    Only ``\n`` ends a line, as in Markdown and YAML.
    """
    return _LINES.findall(text)


def text_hash(text: str) -> str:
    """Return the hash of a block's text. It is the first 64 bits of SHA-256, enough to detect edits."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def block_uuid(note_id: str, block_id: str) -> str:
    """Return the UUID of a block, which Logseq shows as its ``id::``."""
    return str(uuid.uuid5(_NAMESPACE, f"{note_id}/{block_id}"))


def sections(blocks: Iterable[ManagedBlock]) -> tuple[ManagedBlock, ...]:
    """Join the blocks of each section, at the position of its first block."""
    texts: dict[str, list[str]] = {}
    for block in blocks:
        texts.setdefault(block.section or block.id, []).extend(part for part in (block.heading, block.text) if part)
    return tuple(ManagedBlock(id_, "\n\n".join(parts)) for id_, parts in texts.items())


def render(block: ManagedBlock, marks: Marks, note_id: str = "", *, lead: str = "", newline: str = "\n") -> str:
    """Return the lines of a block as written to a note.

    If ``lead`` is a bullet, there are no blank lines around the content.
    """
    bullet = bool(lead.strip())
    content = block.text.split("\n") if bullet else ["", *block.text.split("\n"), ""] if block.text else [""]
    if marks is Marks.BULLETS:
        known_by = f"id:: {block_uuid(note_id, block.id)}"
        first, *rest = content
        text_first = first.strip() and first == first.strip() and not first.startswith(("```", "~~~", "id::"))
        lines = [first, known_by, *rest] if text_first else [known_by, *content]
    else:
        hash_ = f" hash={block.hash}" if marks is Marks.HASHED else ""
        lines = [f"<!-- briefreader:begin id={block.id}{hash_} -->", *content, "<!-- briefreader:end -->"]
    indent = " " * len(lead)
    rows = [lead + lines[0], *(indent + line if line else "" for line in lines[1:])]
    return "".join(row + newline for row in rows)


def parse(body: str, uuids: Mapping[str, str] | None = None) -> list[Piece]:
    """Split ``body`` into pieces; their ``raw`` texts joined are ``body``.

    A comment line without its partner belongs to the user. So does a bullet whose ``id::`` is not in ``uuids``, which
    maps UUIDs to IDs of blocks.
    """
    lines = lines_of(body)
    pieces: list[Piece] = []
    plain: list[str] = []
    at = 0
    while at < len(lines):
        end, piece = _commented(lines, at) or (uuids and _bullet(lines, at, uuids)) or (at + 1, None)
        if piece is None:
            plain.append(lines[at])
        else:
            pieces += [Piece("".join(plain))] if plain else []
            plain = []
            pieces.append(piece)
        at = end
    return [*pieces, Piece("".join(plain))] if plain else pieces


def _commented(lines: Sequence[str], at: int) -> tuple[int, Piece] | None:
    """Return the end and the block of a pair of comment lines at line ``at``; None if there is none."""
    begin = _BEGIN.fullmatch(lines[at])
    if begin is None:
        return None
    for end in range(at + 1, len(lines)):
        if _END.fullmatch(lines[end]):
            text = _content(lines[at + 1 : end], len(begin["lead"]))
            return end + 1, Piece("".join(lines[at : end + 1]), begin["id"], text, begin["lead"], begin["hash"] or "")
        if _BEGIN.fullmatch(lines[end]):
            return None
    return None


def _bullet(lines: Sequence[str], at: int, uuids: Mapping[str, str]) -> tuple[int, Piece] | None:
    """Return the end and the block of a managed bullet at line ``at``.

    The block includes all lines indented below it. Returns None if there is none.
    """
    bullet = _BULLET.fullmatch(lines[at])
    if bullet is None:
        return None
    first = _UUID.fullmatch(bullet["text"])
    known_by = first or (_UUID.fullmatch(lines[at + 1]) if at + 1 < len(lines) else None)
    if known_by is None or known_by["uuid"] not in uuids:
        return None
    indent = len(bullet["lead"])
    start = end = at + (1 if first else 2)
    for number in range(start, len(lines)):
        if lines[number][: indent - 1].strip():
            break
        if len(lines[number].rstrip("\r\n")) >= indent:
            end = number + 1
    head = [] if first else [bullet["text"]]
    text = _content([*head, *lines[start:end]], indent)
    return end, Piece("".join(lines[at:end]), uuids[known_by["uuid"]], text, bullet["lead"])


def without_children(piece: Piece, hashes: Iterable[str], uuids: Mapping[str, str]) -> list[Piece]:
    """Split a managed bullet from bullets that the user added below it.

    The text before them must be unedited: its hash is one of ``hashes``. Otherwise the list is ``[piece]``.
    """
    lines = lines_of(piece.raw)
    bullets = [number for number in range(1, len(lines)) if _BULLET.fullmatch(lines[number])]
    for number in bullets[:MAX_CHILDREN]:
        found = parse("".join(lines[:number]), uuids)
        if len(found) == 1 and found[0].hash in hashes:
            return [*found, Piece("".join(lines[number:]))]
    return [piece]


def _content(lines: Iterable[str], indent: int) -> str:
    """Return the content of a block without the indentation that ``render`` added."""
    margin = re.compile(rf"[ \t]{{0,{indent}}}")
    rows = [margin.sub("", line.rstrip("\r\n"), count=1) for line in lines]
    return "\n".join(rows).strip("\n")


def without_markers(text: str) -> str:
    """Escape the comment lines of blocks in the content of a block."""
    return _MARKER.sub("<! --", text)
