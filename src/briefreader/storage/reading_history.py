"""Load the data by which a brief weighs insights: stars by source and topic, topic scores, worth and URLs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

_STARS = """
SELECT b.source AS name, count(*) AS briefings, sum(coalesce(s.starred, 0)) AS starred
FROM briefing b LEFT JOIN reading_state s ON s.briefing_key = b.key WHERE b.removed = 0 GROUP BY b.source
"""
_STARRED_TOPICS = """
SELECT t.topic AS name, count(*) AS briefings, sum(coalesce(s.starred, 0)) AS starred
FROM suggestion t JOIN briefing b ON b.key = t.briefing_key AND b.removed = 0
LEFT JOIN reading_state s ON s.briefing_key = b.key
WHERE t.insight_number = 0 AND t.earned <> '' GROUP BY t.topic
"""


def starred_by_source(con: sqlite3.Connection) -> dict[str, tuple[int, int]]:
    """Return the number of starred briefings and of all briefings, by source."""
    return {row["name"]: (row["starred"], row["briefings"]) for row in con.execute(_STARS)}


def starred_by_topic(con: sqlite3.Connection) -> dict[str, tuple[int, int]]:
    """Return the number of starred briefings and of all briefings, by assigned topic."""
    return {row["name"]: (row["starred"], row["briefings"]) for row in con.execute(_STARRED_TOPICS)}


def topic_scores(con: sqlite3.Connection, keys: Iterable[int]) -> dict[int, dict[str, float]]:
    """Return the stored topic scores of insights, by row key and topic."""
    rows = con.execute(
        "SELECT i.key, t.topic, t.score FROM insight i JOIN suggestion t ON t.briefing_key = i.briefing_key"
        " AND t.insight_number = i.number WHERE i.key IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(keys)),),
    )
    found: dict[int, dict[str, float]] = {}
    for row in rows:
        found.setdefault(row["key"], {})[row["topic"]] = row["score"]
    return found


def worths(con: sqlite3.Connection, keys: Iterable[int]) -> dict[int, float]:
    """Return the worth of each insight (see ``model.Insight``), by row key."""
    rows = con.execute(
        "SELECT key, worth FROM insight WHERE key IN (SELECT value FROM json_each(?))", (json.dumps(sorted(keys)),)
    )
    return {row["key"]: row["worth"] for row in rows}


def addresses(con: sqlite3.Connection, keys: Iterable[int]) -> dict[int, str]:
    """Return the URL of each insight's briefing, by the insight's row key."""
    rows = con.execute(
        "SELECT i.key, b.url FROM insight i JOIN briefing b ON b.key = i.briefing_key"
        " WHERE i.key IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(keys)),),
    )
    return {row["key"]: row["url"] for row in rows}
