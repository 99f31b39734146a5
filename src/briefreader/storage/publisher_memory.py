"""What a publisher repeats: the masked blocks of each of its issues.

Serves identity (standing text says nothing about whether two issues are one) and the cleaning of new issues. Only the
``REMEMBERED`` latest issues of a publisher are looked at, so a question takes as long with 10,000 issues as with 50.
The hashes come from ``reading.masked_blocks``. Derived: a row that is missing is made again from the stored content.
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
    """Remember the blocks of a briefing, in place of those it had before."""
    packed = array("q", sorted(set(hashes)))
    if byteorder == "big":
        packed.byteswap()
    con.execute("INSERT OR REPLACE INTO block_memory (briefing_key, hashes) VALUES (?, ?)", (key, packed.tobytes()))


def issues(
    con: sqlite3.Connection, publisher: str, besides: Collection[int] = ()
) -> list[tuple[int, frozenset[int] | None]]:
    """Row key and blocks of a publisher's latest issues, newest first, removed ones and ``besides`` left out.

    None instead of the blocks where they are not remembered (content of an older version, or replaced).
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
    """The publisher's key of a briefing: not its source, which the reader may edit."""
    return str(con.execute("SELECT publisher FROM briefing WHERE key = ?", (key,)).fetchone()["publisher"])


def _unpacked(data: bytes | None) -> frozenset[int] | None:
    if data is None:
        return None
    found = array("q")
    found.frombytes(data)
    if byteorder == "big":
        found.byteswap()
    return frozenset(found)
