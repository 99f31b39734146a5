"""The three-way merge: what we wrote last (base), what we would write now (ours), what the file holds (theirs).

A block of ours replaces one that the reader left alone; an edited one stays, and where ours changed as well the two
are in conflict. Properties merge key by key, lists item by item. Lines outside of blocks and keys of the reader's own
come out byte for byte.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from briefreader.display import clean
from briefreader.exporting import blocks
from briefreader.exporting.blocks import ManagedBlock, Piece
from briefreader.exporting.header import Header, Property, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Note:
    """What one note should hold: its properties in order, its blocks in order, and the name it asks for."""

    id: str
    name: str
    properties: tuple[tuple[str, Value], ...]
    blocks: tuple[ManagedBlock, ...]


@dataclass(frozen=True, slots=True)
class Base:
    """What was written last: property values, and the hash of each block by its id."""

    properties: Mapping[str, Value] = field(default_factory=dict)
    blocks: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, note: Note) -> Base:
        """The base that exporting ``note`` leaves."""
        return cls(dict(note.properties), {block.id: block.hash for block in note.blocks})


@dataclass(frozen=True, slots=True)
class Merged:
    """The file's new text, and what of ours could not go in: properties and blocks that the reader edited too."""

    text: str
    properties: tuple[tuple[str, Value], ...] = ()
    blocks: tuple[ManagedBlock, ...] = ()

    @property
    def conflict(self) -> bool:
        """Whether something of ours was left out."""
        return bool(self.properties or self.blocks)


def fresh(note: Note, header: Header, lead: str = "") -> str:
    """The note as a new file."""
    return header.wrap(_rows(note.properties, header)) + "".join(blocks.render(b, lead=lead) for b in note.blocks)


def _rows(properties: Sequence[tuple[str, Value]], header: Header) -> str:
    """Lines of all properties, the parent of nested ones before the first of them."""
    rows, parents = [], set()
    for key, value in properties:
        parent = key.rpartition(".")[0]
        if parent and parent not in parents:
            parents.add(parent)
            rows.append(f"{parent}:\n")
        rows.append(header.render(key, value))
    return "".join(rows)


def merge(note: Note, base: Base | None, theirs: str, header: Header, lead: str = "") -> Merged:
    """``note`` into the text of its file. Without a base, the markers' hashes tell what the reader edited.

    Raises:
        ValueError: ``theirs`` has no header of this syntax.
    """
    cut = header.split(theirs)
    if cut is None:
        raise ValueError("the file has no properties of this profile's kind")
    entries, body = cut
    newline = "\r\n" if theirs[: theirs.find("\n") + 1].endswith("\r\n") else "\n"
    merged_entries, left_properties = _merge_properties(note, base, entries, header, newline)
    merged_body, left_blocks = _merge_blocks(note, base, blocks.parse(body), lead, newline)
    return Merged("".join(e.raw for e in merged_entries) + merged_body, left_properties, left_blocks)


def _merge_blocks(
    note: Note, base: Base | None, pieces: Sequence[Piece], lead: str, newline: str
) -> tuple[str, tuple[ManagedBlock, ...]]:
    ours = {block.id: block for block in note.blocks}
    known: Mapping[str, str] = base.blocks if base else {}
    out: list[Piece] = []
    conflicts: list[ManagedBlock] = []
    seen: set[str] = set()
    for piece in pieces:
        block = ours.get(piece.id)
        untouched = piece.hash in (piece.marked, known.get(piece.id))
        if piece.id and block is None:
            out += [] if untouched else [piece]
        elif block is None or piece.id in seen:
            out.append(Piece(piece.raw))
        elif clean(piece.text) == block.text:
            out.append(piece)
        elif untouched:
            out.append(_placed(block, piece, newline))
        else:
            out.append(piece)
            if block.hash != known.get(block.id, piece.marked):
                conflicts.append(block)
        seen.add(piece.id)
    order = [block.id for block in note.blocks]
    for number, block in enumerate(note.blocks):
        if block.id not in seen and block.id not in known:
            _insert(out, Piece(blocks.render(block, lead=lead, newline=newline), block.id), order, number, newline)
    return "".join(piece.raw for piece in out), tuple(conflicts)


def _placed(block: ManagedBlock, piece: Piece, newline: str) -> Piece:
    return Piece(blocks.render(block, lead=piece.lead, newline=newline), block.id)


def _insert(out: list[Piece], new: Piece, order: Sequence[str], number: int, newline: str) -> None:
    """Put a new block after the nearest of its forerunners in the file, else before the nearest that follows it."""
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
        mine, former = ours.get(entry.key), known.get(entry.key)
        kept, clash = _merge_entry(entry, mine, former, base is None, header, newline)
        out.append(Property(entry.key, kept))
        if clash and mine is not None:
            conflicts.append((entry.key, mine))
    order = [key for key, _ in note.properties]
    for number, (key, value) in enumerate(note.properties):
        added = _items_to_add(value, known.get(key)) if key in known else value
        if key not in seen and added:
            _insert_entry(out, key, header.render(key, added, newline), order[:number], newline)
    if out != list(entries) and not _same_elsewhere(entries, out, {*ours, *known}, header):
        return list(entries), tuple(note.properties)
    return out, tuple(conflicts)


def _items_to_add(value: Value, former: Value | None) -> Value:
    """What to write of a key that the reader removed: new items of a list, nothing of a text."""
    return _without(value, former or ()) if isinstance(value, tuple) else ""


def _merge_entry(
    entry: Property, mine: Value | None, former: Value | None, lost: bool, header: Header, newline: str
) -> tuple[str, bool]:
    """The entry's lines after the merge, and whether ours was left out because the reader's form or value stays."""
    merged: str | None = None
    if isinstance(mine, tuple) or (mine is None and isinstance(former, tuple)):
        items = read_items(entry, header)
        if items is not None:
            wanted = merge_items(as_tuple(former), as_tuple(mine), items)
            merged = entry.raw if wanted == items else header.relist(entry, wanted, newline)
    else:
        theirs = header.read(entry)
        if theirs == mine:
            merged = entry.raw
        elif former is not None and theirs == former:
            merged = header.replace(entry, mine, newline)
    clash = merged is None and mine is not None and mine != former and not lost
    return (entry.raw if merged is None else merged), clash


def as_tuple(value: Value | None) -> tuple[str, ...]:
    """A list value, nothing as an empty one."""
    return value if isinstance(value, tuple) else (value,) if value else ()


def read_items(entry: Property, header: Header) -> tuple[str, ...] | None:
    """An entry's value as a list, None where it is none; tags may also be one text, with or without ``#``."""
    value = header.read(entry)
    if isinstance(value, str):
        value = header.items(value, spaces=entry.key == "tags")
    return tuple(item.removeprefix("#") for item in value) if value is not None and entry.key == "tags" else value


def merge_items(base: Sequence[str], ours: Sequence[str], theirs: Sequence[str]) -> tuple[str, ...]:
    """``(theirs ∪ (ours − base)) − (base − ours)``, compared without case, in the file's order."""
    gone = _keys(_without(base, ours))
    kept = [item for item in theirs if item.casefold() not in gone]
    return (*kept, *_without(_without(ours, base), kept))


def _without(items: Iterable[str], others: Iterable[str]) -> tuple[str, ...]:
    known = _keys(others)
    return tuple(item for item in items if item.casefold() not in known)


def _keys(items: Iterable[str]) -> set[str]:
    return {item.casefold() for item in items}


def _insert_entry(out: list[Property], key: str, raw: str, before: Sequence[str], newline: str) -> None:
    """Put a new key after the nearest of its forerunners, a nested one within its parent, else at the header's end."""
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
    """Whether the merged header reads as before but for our keys: a header of odd form is better left as it is."""
    was, now = (header.values("".join(entry.raw for entry in entries)) for entries in (before, after))
    if was is None or now is None:
        return False
    return {k: v for k, v in was.items() if k not in owned} == {k: v for k, v in now.items() if k not in owned}
