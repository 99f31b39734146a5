"""What is remembered of each source between two fetches: its state, and the items it delivered.

Migration 5. Not part of history: an undo of a fetch keeps both, so that the next one does not bring its items back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

SCHEMA = """
CREATE TABLE source_state (
    name TEXT PRIMARY KEY,
    state TEXT NOT NULL               -- JSON of sources.items.State
) STRICT, WITHOUT ROWID;

-- Items that a source delivered, by their key within it; stamp changes with an item's content.
CREATE TABLE source_item (
    name TEXT NOT NULL,
    key TEXT NOT NULL,
    stamp TEXT NOT NULL,
    PRIMARY KEY (name, key)
) STRICT, WITHOUT ROWID;
"""


def states(con: sqlite3.Connection) -> dict[str, str]:
    """Return the state of each source, as JSON, by its name."""
    return {row["name"]: row["state"] for row in con.execute("SELECT name, state FROM source_state")}


def save(con: sqlite3.Connection, name: str, state: str, delivered: Iterable[tuple[str, str]] = ()) -> None:
    """Keep a source's state and the (key, stamp) of items it delivered."""
    con.execute(
        "INSERT INTO source_state VALUES (?,?) ON CONFLICT (name) DO UPDATE SET state = excluded.state", (name, state)
    )
    con.executemany(
        "INSERT INTO source_item VALUES (?,?,?) ON CONFLICT (name, key) DO UPDATE SET stamp = excluded.stamp",
        ((name, key, stamp) for key, stamp in delivered),
    )


def seen(con: sqlite3.Connection, name: str) -> dict[str, str]:
    """Return the items that a source delivered: key → stamp."""
    return dict(tuple(row) for row in con.execute("SELECT key, stamp FROM source_item WHERE name = ?", (name,)))


def rename(con: sqlite3.Connection, name: str, former: Sequence[str]) -> bool:
    """Carry over what is remembered under one of a source's former names; False where there is nothing to carry."""
    if con.execute("SELECT 1 FROM source_state WHERE name = ?", (name,)).fetchone():
        return False
    for old in former:
        if con.execute("UPDATE source_state SET name = ? WHERE name = ?", (name, old)).rowcount:
            con.execute("UPDATE OR IGNORE source_item SET name = ? WHERE name = ?", (name, old))
            return True
    return False
