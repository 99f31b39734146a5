"""Three-way merge of a note: last export, new content, and file.

The code calls them base, ours and theirs.

A block that the user hasn't edited is replaced by the new one. An edited block stays; if its new content also differs
from the last export, there is a conflict. Sections of several blocks are merged by paragraph, properties by key, and
lists by item. Lines outside blocks and the user's own keys are preserved byte for byte.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from briefreader.display import clean
from briefreader.exporting import blocks
from briefreader.exporting.blocks import ManagedBlock, Marks, Piece
from briefreader.exporting.header import Header, Property, Value
from briefreader.exporting.paragraphs import merge_paragraphs, signature

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from briefreader.exporting.profiles import Profile

NOTES = "my-notes"
"""The section of the user's notes, which ``pull`` reads."""


@dataclass(frozen=True, slots=True)
class Note:
    """The content of a note: file name, properties and blocks in order.

    ``title_name`` is the name that the title alone would give.
    """

    id: str
    name: str
    properties: tuple[tuple[str, Value], ...]
    blocks: tuple[ManagedBlock, ...]
    title_name: str = ""


@dataclass(frozen=True, slots=True)
class Base:
    """The last export of a note: properties by key, and block hashes by ID.

    A section has its signature (see ``paragraphs``) instead of a hash.
    """

    properties: Mapping[str, Value] = field(default_factory=dict)
    blocks: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, note: Note, marks: Marks = Marks.HASHED) -> Base:
        """Return the base after ``note`` is exported."""
        hashes = {block.id: block.hash for block in note.blocks}
        if marks is Marks.SECTIONS:
            hashes = {block.id: block.hash for block in note.blocks if block.section == NOTES}
            hashes |= {block.id: signature(block.text) for block in blocks.sections(note.blocks)}
        return cls(dict(note.properties), hashes)


@dataclass(frozen=True, slots=True)
class Merged:
    """The result of a merge: the new text of the file and the new base.

    ``properties`` and ``blocks`` are the new content that was left out, because the user edited the same parts.
    """

    text: str
    base: Base
    properties: tuple[tuple[str, Value], ...] = ()
    blocks: tuple[ManagedBlock, ...] = ()

    @property
    def conflict(self) -> bool:
        """Whether any new content was left out."""
        return bool(self.properties or self.blocks)


def fresh(note: Note, profile: Profile) -> Merged:
    """Return a note's text as a new file, with the base for its next merge."""
    shown = blocks.sections(note.blocks) if profile.marks is Marks.SECTIONS else note.blocks
    rows = (blocks.render(block, profile.marks, note.id, lead=profile.lead) for block in shown)
    text = profile.header.wrap(_rows(note.properties, profile.header)) + "".join(rows)
    return Merged(text, Base.of(note, profile.marks))


def _rows(properties: Sequence[tuple[str, Value]], header: Header) -> str:
    """Return the lines of all properties. The line of a parent precedes the first of its nested keys."""
    rows, parents = [], set()
    for key, value in properties:
        parent = key.rpartition(".")[0]
        if parent and parent not in parents:
            parents.add(parent)
            rows.append(f"{parent}:\n")
        rows.append(header.render(key, value))
    return "".join(rows)


def merge(note: Note, base: Base | None, theirs: str, profile: Profile) -> Merged:
    """Merge ``note`` into ``theirs``, the text of its file.

    Without a base, hashes in the file show what the user edited. If a file has hashes, they stay, even if new notes of
    the profile have none.

    Raises:
        ValueError: ``theirs`` has no header in the syntax of the profile.
    """
    cut = profile.header.split(theirs)
    if cut is None:
        raise ValueError("the file has no header in the syntax of the profile")
    entries, body = cut
    newline = "\r\n" if theirs[: theirs.find("\n") + 1].endswith("\r\n") else "\n"
    merged_entries, left_properties = _merge_properties(note, base, entries, profile.header, newline)
    body_merge = _BodyMerge(note, base.blocks if base else {}, body, profile, newline)
    text = "".join(e.raw for e in merged_entries) + body_merge.text()
    return Merged(text, Base.of(note, body_merge.marks), left_properties, tuple(body_merge.conflicts))


class _BodyMerge:
    """The merge of a note's blocks into the body of its file. ``conflicts`` are the blocks that were left out."""

    def __init__(self, note: Note, known: Mapping[str, str], body: str, profile: Profile, newline: str) -> None:
        self._note = note
        self._known = known
        self._lead, self._newline = profile.lead, newline
        ids = {*known, *(block.id for block in note.blocks)} if profile.marks is Marks.BULLETS else set()
        self._uuids = {blocks.block_uuid(note.id, id_): id_ for id_ in ids}
        self._pieces = blocks.parse(body, self._uuids)
        self.marks = Marks.HASHED if any(piece.marked for piece in self._pieces) else profile.marks
        shown = blocks.sections(note.blocks) if self.marks is Marks.SECTIONS else note.blocks
        self._ours = {block.id: block for block in shown}
        self.conflicts: list[ManagedBlock] = []

    def text(self) -> str:
        """Return the merged body."""
        out: list[Piece] = []
        seen: set[str] = set()
        for whole in self._pieces:
            for piece in self._without_children(whole):
                block = self._ours.get(piece.id)
                if piece.id and block is None:
                    out += [] if self._untouched(piece) else [piece]
                elif block is None or piece.id in seen:
                    out.append(Piece(piece.raw))
                elif clean(piece.text) == block.text:
                    out.append(piece)
                else:
                    out.append(self._merged(block, piece))
                seen.add(piece.id)
        order = list(self._ours)
        for number, block in enumerate(self._ours.values()):
            if block.id not in seen and block.id not in self._known:
                _insert(out, self._placed(block, self._lead), order, number, self._newline)
        return "".join(piece.raw for piece in out)

    def _without_children(self, piece: Piece) -> list[Piece]:
        block = self._ours.get(piece.id)
        if self.marks is not Marks.BULLETS or block is None or self._untouched(piece):
            return [piece]
        return blocks.without_children(piece, {block.hash, self._known.get(piece.id, "")}, self._uuids)

    def _untouched(self, piece: Piece) -> bool:
        known = self._known.get(piece.id, piece.marked)
        return piece.hash in (piece.marked, known) or signature(piece.text) == known

    def _merged(self, block: ManagedBlock, piece: Piece) -> Piece:
        """Return the new block if the user hasn't edited it; else the file's block.

        A section is merged by paragraph. New content that is left out is added to ``conflicts``.
        """
        known = self._known.get(block.id, piece.marked)
        if self._untouched(piece):
            return self._placed(block, piece.lead)
        if self.marks is Marks.SECTIONS and known:
            text, left = merge_paragraphs(known, block.text, piece.text)
            self.conflicts += [ManagedBlock(block.id, left)] if left else []
            return piece if text == piece.text else self._placed(ManagedBlock(block.id, text), piece.lead)
        if block.hash != known:
            self.conflicts.append(block)
        return piece

    def _placed(self, block: ManagedBlock, lead: str) -> Piece:
        raw = blocks.render(block, self.marks, self._note.id, lead=lead, newline=self._newline)
        return Piece(raw, block.id)


def _insert(out: list[Piece], new: Piece, order: Sequence[str], number: int, newline: str) -> None:
    """Insert a new block after its predecessor or before its successor. Blocks that the file lacks are passed over."""
    places = {piece.id: at for at, piece in enumerate(out) if piece.id}
    before = next((places[id_] for id_ in reversed(order[:number]) if id_ in places), None)
    after = next((places[id_] for id_ in order[number + 1 :] if id_ in places), len(out))
    at = after if before is None else before + 1
    if at and not out[at - 1].raw.endswith("\n"):
        last = out[at - 1]
        out[at - 1] = Piece(last.raw + newline, last.id)
    out.insert(at, new)


def _merge_properties(
    note: Note, base: Base | None, entries: Sequence[Property], header: Header, newline: str
) -> tuple[list[Property], tuple[tuple[str, Value], ...]]:
    ours = dict(note.properties)
    known = dict(base.properties) if base else {}
    out: list[Property] = []
    conflicts: list[tuple[str, Value]] = []
    seen: set[str] = set()
    for entry in entries:
        if not entry.key or entry.key in seen or entry.key not in {*ours, *known}:
            out.append(entry)
            continue
        seen.add(entry.key)
        our_value, former = ours.get(entry.key), known.get(entry.key)
        kept, clash = _merge_entry(entry, our_value, former, base is None, header, newline)
        out.append(Property(entry.key, kept))
        if clash and our_value is not None:
            conflicts.append((entry.key, our_value))
    order = [key for key, _ in note.properties]
    for number, (key, value) in enumerate(note.properties):
        added = _items_to_add(value, known.get(key)) if key in known else value
        if key not in seen and added:
            _insert_entry(out, key, header.render(key, added, newline), order[:number], newline)
    if out != list(entries) and not _same_elsewhere(entries, out, {*ours, *known}, header):
        return list(entries), tuple(note.properties)
    return out, tuple(conflicts)


def _items_to_add(value: Value, former: Value | None) -> Value:
    """Return what to write for a key that the user removed. These are the new items of a list, or "" for a string."""
    return _without(value, former or ()) if isinstance(value, tuple) else ""


def _merge_entry(
    entry: Property, our_value: Value | None, former: Value | None, lost: bool, header: Header, newline: str
) -> tuple[str, bool]:
    """Return an entry's merged lines, and whether there is a conflict.

    In a conflict the user's value is kept instead of the new one. If the base is ``lost``, there is no conflict.
    """
    merged: str | None = None
    if isinstance(our_value, tuple) or (our_value is None and isinstance(former, tuple)):
        items = read_items(entry, header)
        if items is not None:
            wanted = merge_items(as_tuple(former), as_tuple(our_value), items)
            merged = entry.raw if wanted == items else header.relist(entry, wanted, newline)
    else:
        theirs = header.read(entry)
        if theirs == our_value:
            merged = entry.raw
        elif former is not None and theirs == former:
            merged = header.replace(entry, our_value, newline)
    clash = merged is None and our_value is not None and our_value != former and not lost
    return (entry.raw if merged is None else merged), clash


def as_tuple(value: Value | None) -> tuple[str, ...]:
    """Return a value as a tuple: a string as its only item; None and "" as ()."""
    return value if isinstance(value, tuple) else (value,) if value else ()


def read_items(entry: Property, header: Header) -> tuple[str, ...] | None:
    """Return the value of an entry as a list; None if it is neither a list of strings nor a string.

    A string is split at commas, and that of ``tags`` also at spaces. ``#`` before a tag is removed.
    """
    value = header.read(entry)
    if isinstance(value, str):
        value = header.items(value, spaces=entry.key == "tags")
    return tuple(item.removeprefix("#") for item in value) if value is not None and entry.key == "tags" else value


def merge_items(base: Sequence[str], ours: Sequence[str], theirs: Sequence[str]) -> tuple[str, ...]:
    """Return ``theirs`` without the items that ``ours`` removed since ``base``, then those that it added.

    Case is ignored.
    """
    gone = _keys(_without(base, ours))
    kept = [item for item in theirs if item.casefold() not in gone]
    return (*kept, *_without(_without(ours, base), kept))


def _without(items: Iterable[str], others: Iterable[str]) -> tuple[str, ...]:
    known = _keys(others)
    return tuple(item for item in items if item.casefold() not in known)


def _keys(items: Iterable[str]) -> set[str]:
    return {item.casefold() for item in items}


def _insert_entry(out: list[Property], key: str, raw: str, before: Sequence[str], newline: str) -> None:
    """Insert a new key after its nearest predecessor, or else at the end.

    A nested key is inserted within its parent.
    """
    parent, _, _ = key.rpartition(".")
    places = {entry.key: at for at, entry in enumerate(out) if entry.key}
    siblings = [k for k in before if k.rpartition(".")[0] == parent]
    at = next((places[k] + 1 for k in reversed(siblings) if k in places), None)
    if at is None and parent in places and parent:
        at = places[parent] + 1
    if at is None:
        closing = out and not out[-1].key and len(out) > 1
        at = len(out) - 1 if closing else len(out)
        raw = f"{parent}:{newline}{raw}" if parent else raw
    if at and not out[at - 1].raw.endswith("\n"):
        out[at - 1] = Property(out[at - 1].key, out[at - 1].raw + newline)
    out.insert(at, Property(key, raw))


def _same_elsewhere(before: Sequence[Property], after: Sequence[Property], owned: set[str], header: Header) -> bool:
    """Return whether only ``owned`` keys differ; False also if a header can't be parsed.

    If False, the caller leaves the header unchanged.
    """
    was, now = (header.values("".join(entry.raw for entry in entries)) for entries in (before, after))
    if was is None or now is None:
        return False
    return {k: v for k, v in was.items() if k not in owned} == {k: v for k, v in now.items() if k not in owned}
