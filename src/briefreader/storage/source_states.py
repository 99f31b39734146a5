"""The state of each source between fetches, and the items it delivered.

Added in schema version 5. These tables aren't journaled: undoing a fetch keeps them, so that the next fetch doesn't add
the same items again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from briefreader.records import dataclass

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

SCHEMA = """
CREATE TABLE source_state (
    name TEXT PRIMARY KEY,
    state TEXT NOT NULL               -- JSON of sources.items.State
) STRICT, WITHOUT ROWID;

-- Items that a source delivered. key identifies an item within its source; stamp changes with the item's content.
CREATE TABLE source_item (
    name TEXT NOT NULL,
    key TEXT NOT NULL,
    stamp TEXT NOT NULL,
    PRIMARY KEY (name, key)
) STRICT, WITHOUT ROWID;
"""


def states(con: sqlite3.Connection) -> dict[str, str]:
    """Return the state of each source as JSON, by the source's name."""
    return {row["name"]: row["state"] for row in con.execute("SELECT name, state FROM source_state")}


def save(con: sqlite3.Connection, name: str, state: str, delivered: Iterable[tuple[str, str]] = ()) -> None:
    """Store a source's state, and key and stamp of the items it delivered."""
    con.execute(
        "INSERT INTO source_state VALUES (?,?) ON CONFLICT (name) DO UPDATE SET state = excluded.state", (name, state)
    )
    con.executemany(
        "INSERT INTO source_item VALUES (?,?,?) ON CONFLICT (name, key) DO UPDATE SET stamp = excluded.stamp",
        ((name, key, stamp) for key, stamp in delivered),
    )


def seen(con: sqlite3.Connection, name: str) -> dict[str, str]:
    """Return the stamps of the items that a source delivered, by key."""
    return dict(tuple(row) for row in con.execute("SELECT key, stamp FROM source_item WHERE name = ?", (name,)))


def rename(con: sqlite3.Connection, name: str, former: Sequence[str]) -> bool:
    """Move the state and items of a renamed source to its new name; return whether anything was moved.

    ``former`` are its previous names. Nothing is moved if the source already has a state under its new name.
    """
    if con.execute("SELECT 1 FROM source_state WHERE name = ?", (name,)).fetchone():
        return False
    for old in former:
        if con.execute("UPDATE source_state SET name = ? WHERE name = ?", (name, old)).rowcount:
            con.execute("UPDATE OR IGNORE source_item SET name = ? WHERE name = ?", (name, old))
            return True
    return False


@dataclass(frozen=True, slots=True)
class Activity:
    """How many briefings a source has, and how they are read; shares are between 0 and 1."""

    briefings: int = 0
    per_week: float = 0.0  # briefings added per week, averaged over the last four weeks
    read: float = 0.0  # share of briefings marked as read
    starred: float = 0.0  # share of briefings with a star
    boilerplate: float = 0.0  # share of the characters of the latest 20 briefings that were cut


def activity(con: sqlite3.Connection, since: str) -> dict[str, Activity]:
    """Return the activity of each source, by its name; ``since`` (ISO 8601) is the time four weeks ago."""
    rows = con.execute(
        "SELECT b.source, count(*) AS n, sum(b.added >= ?) AS lately, avg(coalesce(s.read, 0)) AS read,"
        " avg(coalesce(s.starred, 0)) AS starred FROM briefing b LEFT JOIN reading_state s ON s.briefing_key = b.key"
        " WHERE b.removed = 0 GROUP BY b.source",
        (since,),
    )
    return {
        row["source"]: Activity(
            row["n"], row["lately"] / 4, row["read"], row["starred"], _boilerplate(con, row["source"])
        )
        for row in rows.fetchall()
    }


def _boilerplate(con: sqlite3.Connection, source: str) -> float:
    """Return the share of characters that were cut from a source's latest briefings."""
    cut, kept = con.execute(
        "SELECT coalesce(sum((SELECT sum(length(c.value ->> 1)) FROM json_each(k.details, '$.cuts') c)), 0),"
        " coalesce(sum(length(k.body)), 0) FROM content k WHERE k.briefing_key IN"
        " (SELECT key FROM briefing WHERE removed = 0 AND source = ? ORDER BY date DESC LIMIT 20)",
        (source,),
    ).fetchone()
    return cut / (cut + kept) if cut + kept else 0.0


@dataclass(frozen=True, slots=True)
class Stored:
    """The fields of a stored briefing that the rules of a source refer to."""

    title: str
    author: str
    publisher: str


def latest(con: sqlite3.Connection, source: str, limit: int) -> list[Stored]:
    """Return the latest briefings of a source, newest first."""
    rows = con.execute(
        "SELECT title, author, publisher FROM briefing WHERE removed = 0 AND source = ? ORDER BY date DESC LIMIT ?",
        (source, limit),
    )
    return [Stored(*row) for row in rows]


def latest_mails(con: sqlite3.Connection, source: str, limit: int) -> list[tuple[int, str]]:
    """Return row key and publisher of the latest mail of each publisher of a source, for ``limit`` publishers."""
    rows = con.execute(
        "SELECT key, publisher, max(date) FROM briefing WHERE removed = 0 AND source = ? AND format = 'eml'"
        " GROUP BY publisher ORDER BY publisher LIMIT ?",
        (source, limit),
    )
    return [(row["key"], row["publisher"]) for row in rows]


def message_ids(con: sqlite3.Connection, source: str) -> dict[str, str]:
    """Return a Message-ID of each of a source's briefings that has one, by briefing ID."""
    rows = con.execute(
        "SELECT b.id, a.message_id FROM briefing b JOIN alias a ON a.briefing_key = b.key"
        " WHERE b.removed = 0 AND b.source = ? AND a.message_id <> ''",
        (source,),
    )
    return {row["id"]: row["message_id"] for row in rows}
