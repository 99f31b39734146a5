"""Detect the user's edits in a note: added and removed tags, and text in the notes blocks."""

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
    """The user's edits of a note since its export. ``notes`` are by insight number, 0 for the briefing.

    ``section`` is the text of the section that contains all notes, if there is one.
    """

    accepted: tuple[str, ...] = ()
    rejected: tuple[str, ...] = ()
    notes: tuple[tuple[int, str], ...] = ()
    section: str = ""

    def __bool__(self) -> bool:
        return bool(self.accepted or self.rejected or self.notes)


def edits(text: str, profile: Profile, base: Base, topics: Iterable[str], note_id: str = "") -> Edits | None:
    """Return what changed in a note's text since its base; None if the text has no header of this profile.

    Only tags that are topics count; other tags are left to the user.
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
    """Return the notes that differ from the base, by insight number, and the text of their section."""
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
    changed = {n: text for n, text in words.items() if blocks.digest(text) != base.blocks.get(block_id(n))}
    return {number: clean(text) for number, text in changed.items()}, section or ""


def _by_insight(section: str) -> dict[int, str]:
    """Split a section of notes at headings that link to an insight; text before them is on the briefing."""
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
    """Decide what to do with an edited note, since the library's may have changed too.

    The file's text is used if the library's is as exported, or is contained in the file's.
    """
    own = own_words(library)
    if own == file.strip("\n"):
        return "same"
    if blocks.digest(own) == base_hash or not own:
        return "take"
    lines = set(file.split("\n"))
    return "take" if all(line in lines for line in own.split("\n")) else "conflict"


def record_after_pull(record: Record, profile: Profile, taken: Edits, batch: int) -> Record:
    """Return the record after ``taken`` was imported, including the previous base."""
    key = profile.keys["tags"]
    before = record.base.properties.get(key, ())
    tags = before if isinstance(before, tuple) else (before,)
    gone = {markdown.tag(topic).casefold() for topic in taken.rejected}
    now = (*(tag for tag in tags if tag.casefold() not in gone), *(markdown.tag(topic) for topic in taken.accepted))
    hashes = {block_id(number): blocks.digest(text) for number, text in taken.notes}
    hashes |= {NOTES: signature(taken.section)} if taken.section and taken.notes else {}
    was: Mapping[str, str] = {name: record.base.blocks.get(name, "") for name in hashes}
    base = Base({**record.base.properties, key: now}, {**record.base.blocks, **hashes})
    return replace(record, base=base, pull=batch, pulled=Base({key: before}, was))


def block_id(number: int) -> str:
    """Return the ID of the notes block of a briefing (0) or one of its insights."""
    return f"note-{number}" if number else "notes"
