"""Merge a section of a note by paragraph.

Only the hashes of the last export are stored. A paragraph that ends in a block ID of Obsidian (``^insight-3``) is
identified by this ID, so that other insights can still be updated after the user edits one.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAX_PARAGRAPHS = 1_000
"""Maximum number of paragraphs to merge one by one; a section with more is kept as the user edited it."""
_ANCHOR = re.compile(r" \^([\w-]+)\Z")


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A paragraph: ``name`` is its block ID, or its hash if it has none."""

    name: str
    hash: str
    text: str = ""

    @classmethod
    def of(cls, text: str) -> _Paragraph:
        hash_ = hashlib.sha256(text.encode()).hexdigest()[:10]
        anchor = _ANCHOR.search(text)
        return cls(anchor[1] if anchor else hash_, hash_, text)

    @classmethod
    def load(cls, text: str) -> _Paragraph:
        hash_, _, name = text.partition("^")
        return cls(name or hash_, hash_)

    @property
    def anchored(self) -> bool:
        return self.name != self.hash


def signature(text: str) -> str:
    """Return the hash and block ID of each paragraph, separated by spaces, to detect edits later."""
    return " ".join(f"{p.hash}^{p.name}" if p.anchored else p.hash for p in _paragraphs(text))


def merge_paragraphs(base: str, ours: str, theirs: str) -> tuple[str, str]:
    """Return a section's merged text, and new paragraphs that were left out.

    ``base`` is the signature of the last export, ``ours`` the new text, ``theirs`` the text in the file.
    """
    before = [_Paragraph.load(part) for part in base.split()]
    exported, edited = _paragraphs(ours), _paragraphs(theirs)
    if max(len(before), len(exported), len(edited)) > MAX_PARAGRAPHS:
        return theirs, "" if signature(ours) == base else ours
    merged: list[_Paragraph] = []
    left: list[_Paragraph] = []
    for chunk in _aligned(before, exported, edited):
        _merge_chunk(*chunk, merged, left)
    return "\n\n".join(p.text for p in merged), "\n\n".join(p.text for p in left)


def _paragraphs(text: str) -> list[_Paragraph]:
    return [_Paragraph.of(paragraph) for paragraph in text.split("\n\n")]


_Chunk = tuple["Sequence[_Paragraph]", "Sequence[_Paragraph]", "Sequence[_Paragraph]"]


def _aligned(
    before: Sequence[_Paragraph], exported: Sequence[_Paragraph], edited: Sequence[_Paragraph]
) -> Iterator[_Chunk]:
    """Yield each paragraph that three sequences share, and the parts between."""
    in_exported, in_edited = _matches(before, exported), _matches(before, edited)
    at = (0, 0, 0)
    for number in range(len(before)):
        if number in in_exported and number in in_edited:
            place = (number, in_exported[number], in_edited[number])
            yield before[at[0] : place[0]], exported[at[1] : place[1]], edited[at[2] : place[2]]
            at = (place[0] + 1, place[1] + 1, place[2] + 1)
            yield before[place[0] : at[0]], exported[place[1] : at[1]], edited[place[2] : at[2]]
    yield before[at[0] :], exported[at[1] :], edited[at[2] :]


def _matches(old: Sequence[_Paragraph], other: Sequence[_Paragraph]) -> dict[int, int]:
    matcher = SequenceMatcher(None, [p.name for p in old], [p.name for p in other], autojunk=False)
    return {a + n: b + n for a, b, size in matcher.get_matching_blocks() for n in range(size)}


def _merge_chunk(
    before: Sequence[_Paragraph],
    exported: Sequence[_Paragraph],
    edited: Sequence[_Paragraph],
    merged: list[_Paragraph],
    left: list[_Paragraph],
) -> None:
    base, ours, theirs = ([p.hash for p in part] for part in (before, exported, edited))
    if theirs == base:
        merged += exported
        return
    merged += edited
    if ours in (base, theirs):
        return
    known, present = {p.name for p in before}, {p.name for p in edited}
    for paragraph in exported:
        if paragraph.name not in known and paragraph.anchored and paragraph.name not in present:
            merged.append(paragraph)
        elif paragraph.name in present or not (paragraph.anchored or paragraph.name in known):
            # what the user removed stays removed; a paragraph changed on both sides is a conflict
            left += [paragraph] if paragraph.hash not in theirs else []
