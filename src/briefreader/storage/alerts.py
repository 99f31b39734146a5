"""Alerts: queries that report new briefings, and the targets that each has fired for.

Changes of alerts are journaled, so they can be undone. Firings are recorded without a history entry.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from briefreader.storage import journal

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable


class Alert(NamedTuple):
    """A named query, and a program to run when it fires."""

    name: str
    query: str
    program: str  # absolute path, or ""
    after_key: int  # row key of the latest briefing when the alert was added; only later ones fire
    fired: int = 0  # number of firings
    last: str = ""  # time of the latest firing, or ""


def every(con: sqlite3.Connection) -> list[Alert]:
    """Return all alerts, sorted by name."""
    rows = con.execute(
        "SELECT a.name, query, program, after_key, count(f.at), coalesce(max(f.at), '') FROM alert a"
        " LEFT JOIN alert_fired f ON f.name = a.name AND NOT f.other GROUP BY a.name ORDER BY a.name"
    )
    return [Alert(*row) for row in rows]


def put(con: sqlite3.Connection, batch: int, alert: Alert | None, name: str) -> bool:
    """Store an alert under ``name``, or delete it (``None``); return whether anything changed."""
    image = {"query": alert.query, "program": alert.program, "after_key": alert.after_key} if alert else None
    return journal.put(con, batch, "alert", name, image)


def fired(con: sqlite3.Connection, name: str) -> set[str]:
    """Return the IDs of the briefings and insights that an alert has fired for."""
    return {row["target"] for row in con.execute("SELECT target FROM alert_fired WHERE name = ?", (name,))}


def fire(con: sqlite3.Connection, name: str, targets: Iterable[str], at: str) -> None:
    """Record that an alert fired for the first of ``targets``; the others are insights of the same story."""
    con.executemany(
        "INSERT OR IGNORE INTO alert_fired VALUES (?,?,?,?)", [(name, t, at, int(n > 0)) for n, t in enumerate(targets)]
    )


def last_briefing(con: sqlite3.Connection) -> int:
    """Return the highest row key of a briefing."""
    return int(con.execute("SELECT coalesce(max(key), 0) FROM briefing").fetchone()[0])


def verdicts(con: sqlite3.Connection, keys: Collection[int], topics: Collection[str]) -> tuple[int, int]:
    """Return the number of briefings with an accepted topic, and of those with any verdict.

    Only verdicts on ``topics`` count; if it is empty, those on any topic do.
    """
    among = "1" if not topics else "topic IN (SELECT value FROM json_each(?2))"
    row = con.execute(
        "SELECT count(DISTINCT CASE WHEN verdict = 'accepted' THEN briefing_key END), count(DISTINCT briefing_key)"
        f" FROM decision WHERE briefing_key IN (SELECT value FROM json_each(?1)) AND {among}",
        (json.dumps(sorted(keys)), json.dumps(sorted(topics))) if topics else (json.dumps(sorted(keys)),),
    ).fetchone()
    return row[0], row[1]
