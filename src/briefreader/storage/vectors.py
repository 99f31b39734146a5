"""Embeddings of insights for semantic search, recomputed from their texts if missing."""

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
    """Return (key, title, text) of at most ``limit`` insights after the last one with an embedding, in key order."""
    found = con.execute(
        "SELECT key, title, text FROM insight WHERE key > (SELECT coalesce(max(insight_key), 0) FROM meaning)"
        " ORDER BY key LIMIT ?",
        (limit,),
    )
    return [(r[0], r[1], r[2]) for r in found]


def put(con: sqlite3.Connection, rows: Iterable[tuple[int, bytes]]) -> None:
    """Store embeddings."""
    con.executemany("INSERT OR REPLACE INTO meaning VALUES (?, ?)", rows)


def empty(con: sqlite3.Connection) -> None:
    """Delete all embeddings, to recompute them."""
    con.execute("DELETE FROM meaning")


def after(con: sqlite3.Connection, key: int) -> Iterator[list[tuple[int, bytes]]]:
    """Yield the embeddings of insights after a key, in key order, in lists of up to ``_SLICE``."""
    cursor = con.cursor()
    cursor.row_factory = None
    cursor.execute("SELECT insight_key, vector FROM meaning WHERE insight_key > ? ORDER BY insight_key", (key,))
    while part := cursor.fetchmany(_SLICE):
        yield part


def reported(con: sqlite3.Connection) -> bool:
    """Return whether the hint that semantic search needs an extra has been shown."""
    return con.execute("SELECT 1 FROM meta WHERE name = ?", (_REPORTED,)).fetchone() is not None


def report(con: sqlite3.Connection) -> None:
    """Record that the hint that semantic search needs an extra has been shown."""
    con.execute("INSERT OR IGNORE INTO meta VALUES (?, '1')", (_REPORTED,))
