"""Checksums of rows: they find what SQLite can't see, a letter of a note that the disk has changed.

Triggers seal a row whenever what it holds is written, so no code that writes has to think of it. Scores and the search
index have no seals: the journal and the insights' words tell what they must be.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

SINCE = 2  # the schema's version from which on rows are sealed
# A table's key and the other columns that are sealed.
TABLES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "meta": (("name",), ("value",)),
    "batch": (("number",), ("verb", "at", "summary", "undone", "open")),
    "change": (("batch", "tbl", "key"), ("briefing_key", "before", "after")),
    "briefing": (
        ("key",),
        ("id", "title", "source", "author", "published", "url", "format", "language", "words", "added", "date",
         "digest", "edited", "removed"),
    ),
    "content": (("briefing_key",), ("body", "covers", "moment", "details")),
    "section": (("briefing_key", "ordinal"), ("title", "level", "start")),
    "insight": (("key",), ("briefing_key", "number", "title", "text", "start", "end", "kind", "hidden")),
    "original": (("digest",), ("format", "path", "message_id")),  # its bytes have a digest
    "alias": (("digest",), ("briefing_key", "message_id", "url", "text_digest", "path", "at")),
    "decision": (("briefing_key", "insight_number", "topic"), ("verdict", "at", "batch")),
    "note": (("briefing_key", "insight_number"), ("text", "at")),
    "reading_state": (("briefing_key",), ("read", "starred", "position")),
    "saved_search": (("name",), ("query", "ordinal")),
    "export_base": (("folder", "target"), ("base",)),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that is not what was written: its table and the values of its key."""

    table: str
    key: tuple[str | int, ...]


def as_text(data: bytes) -> str:
    """Text from bytes that may be no UTF-8."""
    return data.decode("utf-8", "replace")


def checksum(*values: bytes | None) -> int:
    """CRC-32 of a row's values, each as the bytes of its text."""
    crc = 0
    for value in values:
        crc = zlib.crc32(b"\x00" if value is None else value + b"\x1f", crc)
    return crc


def of(table: str, row: str = "") -> str:
    """SQL for the checksum of a row (``c.`` before its columns); as bytes, for damaged text may be no UTF-8."""
    names = (f'CAST({row}"{name}" AS BLOB)' for part in TABLES[table] for name in part)
    return f"checksum({', '.join(names)})"


def migrate(con: sqlite3.Connection) -> None:
    """Seal every row as it is, and from now on whenever it is written."""
    for table, (key, covered) in TABLES.items():
        con.execute(f"ALTER TABLE {table} ADD COLUMN seal INTEGER")
        con.execute(f"UPDATE {table} SET seal = {of(table)}")
        this = " AND ".join(f'"{name}" IS new."{name}"' for name in key)
        seal = f"BEGIN UPDATE {table} SET seal = {of(table, 'new.')} WHERE {this}; END"
        columns = ", ".join(f'"{name}"' for name in (*key, *covered))
        con.execute(f"CREATE TRIGGER {table}_sealed AFTER INSERT ON {table} WHEN new.seal IS NULL {seal}")
        con.execute(f"CREATE TRIGGER {table}_resealed AFTER UPDATE OF {columns} ON {table} {seal}")


def broken(con: sqlite3.Connection, limit: int = -1) -> Iterator[Broken]:
    """Rows that are not what was written, at most ``limit`` of a table."""
    for table, (key, _) in TABLES.items():
        names = ", ".join(f'CAST("{name}" AS BLOB), typeof("{name}")' for name in key)
        found = con.execute(f"SELECT {names} FROM {table} WHERE seal IS NOT {of(table)} LIMIT ?", (limit,))
        for row in found.fetchall():
            values = tuple(row)
            yield Broken(table, tuple(map(_value, values[::2], values[1::2])))


def _value(data: bytes, type: str) -> str | int:
    return int(data) if type == "integer" else as_text(data)


def readable(con: sqlite3.Connection, row: Broken) -> None:
    """Make a broken row's text UTF-8 again, U+FFFD where it was none, so that it can be read; it stays broken."""
    key, covered = TABLES[row.table]
    this = " AND ".join(f'"{name}" IS ?' for name in key)
    for name in covered:
        con.execute(
            f'UPDATE {row.table} SET "{name}" = as_text(CAST("{name}" AS BLOB))'
            f" WHERE {this} AND typeof(\"{name}\") = 'text'",
            row.key,
        )
    con.execute(f"UPDATE {row.table} SET seal = NULL WHERE {this}", row.key)


def accept(con: sqlite3.Connection) -> None:
    """Seal what is broken as it is."""
    for table in TABLES:
        con.execute(f"UPDATE {table} SET seal = {of(table)} WHERE seal IS NOT {of(table)}")
