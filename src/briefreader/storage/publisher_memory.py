"""The masked hashes of the blocks of each publisher's issues, to detect text that a publisher repeats.

Duplicate detection ignores repeated text, and boilerplate removal cuts it. Only the latest ``REMEMBERED`` issues are
read, so the time doesn't grow with the library. The hashes come from ``reading.masked_blocks`` and are derived data: if
a briefing has none, they are recomputed from its content.
"""

from __future__ import annotations

from array import array
from sys import byteorder
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable

REMEMBERED = 48


def put(con: sqlite3.Connection, key: int, hashes: Iterable[int]) -> None:
    """Store or replace the hashes of a briefing's blocks."""
    packed = array("q", sorted(set(hashes)))
    if byteorder == "big":
        packed.byteswap()
    con.execute("INSERT OR REPLACE INTO block_memory (briefing_key, hashes) VALUES (?, ?)", (key, packed.tobytes()))


def issues(
    con: sqlite3.Connection, publisher: str, besides: Collection[int] = ()
) -> list[tuple[int, frozenset[int] | None]]:
    """Return row key and block hashes of a publisher's latest issues, newest first, without ``besides``.

    The hashes are None if they aren't stored: an older version added the briefing, or an undo or a new title of the
    briefing has deleted them.
    """
    if not publisher:
        return []
    rows = con.execute(
        "SELECT b.key, m.hashes FROM briefing b LEFT JOIN block_memory m ON m.briefing_key = b.key"
        " WHERE b.publisher = ? AND b.removed = 0 ORDER BY b.date DESC LIMIT ?",
        (publisher, REMEMBERED + len(besides)),
    )
    found = [(row["key"], _unpacked(row["hashes"])) for row in rows if row["key"] not in besides]
    return found[:REMEMBERED]


def publisher_of(con: sqlite3.Connection, key: int) -> str:
    """Return a briefing's publisher, which unlike its source can't be edited."""
    return str(con.execute("SELECT publisher FROM briefing WHERE key = ?", (key,)).fetchone()["publisher"])


def _unpacked(data: bytes | None) -> frozenset[int] | None:
    if data is None:
        return None
    found = array("q")
    found.frombytes(data)
    if byteorder == "big":
        found.byteswap()
    return frozenset(found)
