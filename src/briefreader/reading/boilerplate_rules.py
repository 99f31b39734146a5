"""Detect boilerplate by cues alone, in documents other than mailings, or without the fitted model.

Blocks of up to ``MAX_BLOCK_CHARACTERS`` are classified by their cues, disclaimers up to ``MAX_DISCLAIMER_CHARACTERS``.
Related blocks are then added: the text after a sponsor's label, the options after a poll's question, small blocks
beside boilerplate, and everything from the beginning of the tail. Positions are measured in plain text, since URLs
would distort them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from briefreader.reading import boilerplate_patterns

if TYPE_CHECKING:
    from briefreader.markdown import Block, Plain
    from briefreader.reading.block_features import Unit

MAX_BLOCK_CHARACTERS = 400  # maximum characters of a block that is classified
MAX_DISCLAIMER_CHARACTERS = 5000
TAIL_START = 0.55  # share of the text before which no tail begins
MAX_TAIL_CONTENT = 1200  # maximum characters of content after the beginning of the tail
MAX_SPONSOR_CHARACTERS = 600  # maximum characters of text added after a sponsor's label
_ONLY_LINKS = re.compile(r"[\W_]*(?:\[[^\]]{0,200}\]\([^\s)]{1,3000}\)[\W_]*)+")
_SPONSOR_LABEL = re.compile(r"\W*(?:a |presented|together|sponsored|from|our|today|advert|brought).{0,60}$", re.I)


@dataclass(slots=True)
class Piece:
    """A block with its plain text, its position in the text (0..1), and its kind of boilerplate, "" for content."""

    block: Block
    unit: Unit
    view: Plain
    start: float
    end: float
    kind: str = ""
    reason: str = ""  # why the publisher's memory cuts or keeps the block
    over_limit: bool = False  # boilerplate, but kept because the maximum share is cut already

    @property
    def raw(self) -> str:
        """The block's Markdown."""
        return self.unit.raw

    @property
    def words(self) -> str:
        """The block's plain text on one line."""
        return self.unit.words

    @property
    def size(self) -> int:
        """Characters of plain text."""
        return len(self.unit.words)


def mark(pieces: list[Piece], head: float, tail: float) -> None:
    """Set the kind of the pieces that are boilerplate.

    ``head`` is where the head of the text ends, and ``tail`` is where its tail begins (0..1).
    """
    for piece in pieces:
        piece.kind = _kind(piece, head, tail)
    _add_sponsored(pieces)
    _add_poll_options(pieces)
    _add_tail(pieces, sum(piece.size for piece in pieces))
    _add_gaps(pieces, head, tail)


def _kind(piece: Piece, head: float, tail: float) -> str:
    """Return the kind of a piece by its own cues, "" for content."""
    if piece.block.kind in ("code", "table"):
        return ""
    late = piece.start > TAIL_START and piece.size <= MAX_DISCLAIMER_CHARACTERS
    if late and boilerplate_patterns.is_disclaimer(piece.words):
        return "tail"
    if not piece.words or piece.size > MAX_BLOCK_CHARACTERS:
        return ""
    return boilerplate_patterns.kind_of_block(piece.words, near=piece.end <= head or piece.start >= tail)


def _add_sponsored(pieces: list[Piece]) -> None:
    """Mark the blocks under a sponsor's label; before ``TAIL_START``, only if a rule or heading ends them."""
    for i, piece in enumerate(pieces):
        if piece.kind != "sponsor" or not _SPONSOR_LABEL.match(piece.words):
            continue
        if piece.start < TAIL_START and not _is_ended(pieces, i + 1):
            continue
        size = 0
        for following in pieces[i + 1 : i + 7]:
            size += following.size
            if following.block.kind in ("heading", "rule") and following is not pieces[i + 1]:
                break
            if following.kind or size > MAX_SPONSOR_CHARACTERS:
                break
            following.kind = "sponsor"


def _is_ended(pieces: list[Piece], first: int) -> bool:
    """Whether a rule or another heading follows soon after block ``first``."""
    size = 0
    for i in range(first, min(first + 7, len(pieces))):
        kind = pieces[i].block.kind
        if i > first and kind in ("heading", "rule"):
            return True
        size += pieces[i].size
        if size > MAX_SPONSOR_CHARACTERS:
            return False
    return False


def _add_poll_options(pieces: list[Piece]) -> None:
    """Mark the short blocks after the question of a poll, which are its options."""
    for i, piece in enumerate(pieces):
        if piece.kind != "referral":
            continue
        for following in pieces[i + 1 : i + 8]:
            if following.kind or following.size > 40 or following.block.kind == "heading":
                break
            following.kind = "referral"


def _add_tail(pieces: list[Piece], total: int) -> None:
    """Mark everything from the first block after ``TAIL_START`` that opens a tail and has little content after it."""
    behind = [0] * (len(pieces) + 1)
    for i in range(len(pieces) - 1, -1, -1):
        behind[i] = behind[i + 1] + (0 if pieces[i].kind else pieces[i].size)
    for i, piece in enumerate(pieces):
        limit = min(boilerplate_patterns.tail_share(piece.kind) * total, MAX_TAIL_CONTENT)
        if piece.start >= TAIL_START and behind[i] <= limit:
            for following in pieces[i:]:
                following.kind = following.kind or "tail"
            return


def _add_gaps(pieces: list[Piece], head: float, tail: float) -> None:
    """Mark small blocks before the boilerplate of the head, and short gaps between the boilerplate of the tail."""
    cut_before = [i for i, p in enumerate(pieces) if p.kind and p.end <= head]
    for i in range(cut_before[-1] if cut_before else 0):
        piece = pieces[i]
        if piece.kind:
            continue
        slight = boilerplate_patterns.is_slight(piece.words)
        slight = slight or (piece.size <= 40 and _ONLY_LINKS.fullmatch(piece.raw) is not None)
        if piece.block.kind == "heading" or not slight:
            break
        piece.kind = "chrome"
    last = -1
    for i, piece in enumerate(pieces):
        if piece.start < tail or not piece.kind:
            continue
        gap = pieces[last + 1 : i]
        if last >= 0 and gap and len(gap) <= 5 and sum(p.size for p in gap) <= MAX_BLOCK_CHARACTERS:
            for between in gap:
                between.kind = "tail"
        last = i
