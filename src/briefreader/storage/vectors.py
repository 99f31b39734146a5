"""What insights mean, as vectors; made again from their texts wherever they are missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

SCHEMA = """
CREATE TABLE meaning (
    insight_key INTEGER PRIMARY KEY REFERENCES insight,
    vector BLOB NOT NULL              -- int8, see search/meaning.py
) STRICT;
"""
_SLICE = 4096
_REPORTED = "meaning_reported"


def without(con: sqlite3.Connection, limit: int) -> list[tuple[int, str, str]]:
    """Keys, titles and texts of the next insights that have no vector, in order: vectors are made in that order."""
    found = con.execute(
        "SELECT key, title, text FROM insight WHERE key > (SELECT coalesce(max(insight_key), 0) FROM meaning)"
        " ORDER BY key LIMIT ?",
        (limit,),
    )
    return [(r[0], r[1], r[2]) for r in found]


def put(con: sqlite3.Connection, rows: Iterable[tuple[int, bytes]]) -> None:
    """Store vectors."""
    con.executemany("INSERT OR REPLACE INTO meaning VALUES (?, ?)", rows)


def empty(con: sqlite3.Connection) -> None:
    """Throw all vectors away, to be made again."""
    con.execute("DELETE FROM meaning")


def after(con: sqlite3.Connection, key: int) -> Iterator[list[tuple[int, bytes]]]:
    """Yield the vectors of the insights behind a key, in order, many at a time."""
    cursor = con.cursor()
    cursor.row_factory = None
    cursor.execute("SELECT insight_key, vector FROM meaning WHERE insight_key > ? ORDER BY insight_key", (key,))
    while part := cursor.fetchmany(_SLICE):
        yield part


def reported(con: sqlite3.Connection) -> bool:
    """Whether this library's reader knows that vectors need an extra."""
    return con.execute("SELECT 1 FROM meta WHERE name = ?", (_REPORTED,)).fetchone() is not None


def report(con: sqlite3.Connection) -> None:
    """Remember that the reader knows."""
    con.execute("INSERT OR IGNORE INTO meta VALUES (?, '1')", (_REPORTED,))
