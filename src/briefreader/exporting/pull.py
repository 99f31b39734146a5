"""Detect the user's edits in an exported note: tags and notes."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from briefreader.display import clean
from briefreader.exporting import blocks, markdown
from briefreader.exporting.merge import NOTES, Base, read_items
from briefreader.exporting.notes import own_words
from briefreader.exporting.paragraphs import signature

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from briefreader.exporting.export_record import Record
    from briefreader.exporting.profiles import Profile

_NOTES = re.compile(r"notes|note-(\d+)")
_ON_INSIGHT = re.compile(r"### \[\[#\^insight-(\d+)(?:\|[^\]\n]*)?\]\][ \t]*")


@dataclass(frozen=True, slots=True)
class Edits:
    """The user's edits of a note since its export.

    Args:
        accepted: topics whose tags the user added.
        rejected: topics whose tags the user removed.
        notes: changed notes with their insight numbers, 0 for the note on the briefing.
        section: text of the section that contains all notes (in Obsidian), else "".
    """

    accepted: tuple[str, ...] = ()
    rejected: tuple[str, ...] = ()
    notes: tuple[tuple[int, str], ...] = ()
    section: str = ""

    def __bool__(self) -> bool:
        return bool(self.accepted or self.rejected or self.notes)


def edits(text: str, profile: Profile, base: Base, topics: Iterable[str], note_id: str = "") -> Edits | None:
    """Return the edits in the text of a note since ``base``.

    Returns None if the note has no header of the profile, or if its tags are neither a list nor a string. Tags that are
    not among ``topics`` are ignored.
    """
    cut = profile.header.split(text.removeprefix("\ufeff"))
    if cut is None:
        return None
    key = profile.keys["tags"]
    entry = next((entry for entry in cut[0] if entry.key == key), None)
    items = read_items(entry, profile.header) if entry else ()
    if items is None:
        return None
    known = {markdown.tag(topic).casefold(): topic for topic in topics}
    before = base.properties.get(key, ())
    former = {tag.casefold() for tag in (before if isinstance(before, tuple) else (before,))}
    present = {tag.casefold() for tag in items}
    notes, section = _notes(cut[1], base, note_id)
    return Edits(
        tuple(known[tag] for tag in sorted(present - former) if tag in known),
        tuple(known[tag] for tag in sorted(former - present) if tag in known),
        tuple(sorted(notes.items())),
        section,
    )


def _notes(body: str, base: Base, note_id: str) -> tuple[dict[int, str], str]:
    """Return the notes that differ from ``base``, and their section's text.

    Notes are by insight number. The text is "" without a section.
    """
    pieces = blocks.parse(body, {blocks.block_uuid(note_id, id_): id_ for id_ in base.blocks})
    section = next((p.text for p in pieces if p.id == NOTES and not p.marked and not p.lead), None)
    words: dict[int, str] = {}
    if section is not None:
        known = (int(id_.removeprefix("note-")) for id_ in base.blocks if id_.startswith("note-"))
        words = dict.fromkeys([0, *known], "") | _by_insight(section)
    else:
        for piece in pieces:
            if found := _NOTES.fullmatch(piece.id):
                words.setdefault(int(found[1] or 0), piece.text)
    changed = {n: text for n, text in words.items() if blocks.text_hash(text) != base.blocks.get(block_id(n))}
    return {number: clean(text) for number, text in changed.items()}, section or ""


def _by_insight(section: str) -> dict[int, str]:
    """Return the notes in a section by insight number. Text before the first heading of an insight has the number 0."""
    notes: dict[int, list[str]] = {0: []}
    number = 0
    for line in section.split("\n")[1 if section.startswith("## ") else 0 :]:
        if found := _ON_INSIGHT.fullmatch(line):
            number = int(found[1])
            notes.setdefault(number, [])
        else:
            notes[number].append(line)
    return {number: "\n".join(lines).strip("\n") for number, lines in notes.items()}


def note_verdict(file: str, library: str, base_hash: str) -> Literal["take", "same", "conflict"]:
    """Decide between the text of a note in the file and in the library.

    "take" means that the file's text replaces the library's: the library's is unchanged since the export, or all of its
    lines are in the file. "same" means that the texts are equal, "conflict" that both were edited. ``base_hash`` is the
    hash of the note at the last export.
    """
    own = own_words(library)
    if own == file.strip("\n"):
        return "same"
    if blocks.text_hash(own) == base_hash or not own:
        return "take"
    lines = set(file.split("\n"))
    return "take" if all(line in lines for line in own.split("\n")) else "conflict"


def record_after_pull(record: Record, profile: Profile, taken: Edits, batch: int) -> Record:
    """Return a note's record after ``batch`` imported the edits ``taken``."""
    key = profile.keys["tags"]
    before = record.base.properties.get(key, ())
    tags = before if isinstance(before, tuple) else (before,)
    gone = {markdown.tag(topic).casefold() for topic in taken.rejected}
    now = (*(tag for tag in tags if tag.casefold() not in gone), *(markdown.tag(topic) for topic in taken.accepted))
    hashes = {block_id(number): blocks.text_hash(text) for number, text in taken.notes}
    hashes |= {NOTES: signature(taken.section)} if taken.section and taken.notes else {}
    was: Mapping[str, str] = {name: record.base.blocks.get(name, "") for name in hashes}
    base = Base({**record.base.properties, key: now}, {**record.base.blocks, **hashes})
    return replace(record, base=base, pull=batch, pulled=Base({key: before}, was))


def block_id(number: int) -> str:
    """Return the ID of the block with the note on an insight. The number 0 is the note on the briefing."""
    return f"note-{number}" if number else "notes"
