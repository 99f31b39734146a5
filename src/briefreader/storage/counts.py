"""How many briefings there are, by topic, source, month and state: from indexes, never by reading a table whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from briefreader.storage import filters

if TYPE_CHECKING:
    import sqlite3


@dataclass(frozen=True, slots=True)
class Stats:
    """Briefings and insights in the library, and briefings by topic, source and month (``2026-02``)."""

    briefings: int
    insights: int
    words: int
    decisions: int
    topics: list[tuple[str, int]]
    sources: list[tuple[str, int]]
    months: list[tuple[str, int]]


def states(con: sqlite3.Connection) -> dict[str, int]:
    """Counts of ``total``, ``unread``, ``starred``, ``inbox`` and ``noted`` briefings."""
    living = "SELECT count(*) FROM briefing b WHERE NOT b.removed"
    marked = "SELECT count(*) FROM reading_state s JOIN briefing b ON b.key = s.briefing_key WHERE NOT b.removed"
    total = _one(con, living)
    return {
        "total": total,
        "unread": total - _one(con, f"{marked} AND s.read"),
        "starred": _one(con, f"{marked} AND s.starred"),
        "inbox": _one(con, f"{living} AND {filters.INBOX}"),
        "noted": _one(con, f"{living} AND {filters.NOTED}"),
    }


def _one(con: sqlite3.Connection, sql: str) -> int:
    return int(con.execute(sql).fetchone()[0])


_TOPICS = """
SELECT topic, count(*) AS n FROM (
    SELECT d.topic, d.briefing_key FROM decision d WHERE d.insight_number = 0 AND d.verdict = 'accepted'
    UNION ALL
    SELECT s.topic, s.briefing_key FROM suggestion s WHERE s.insight_number = 0 AND s.earned <> ''
        AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.briefing_key = s.briefing_key AND d.insight_number = 0
            AND d.topic = s.topic)
) t JOIN briefing b ON b.key = t.briefing_key WHERE NOT b.removed GROUP BY topic ORDER BY n DESC, topic
"""


def topics(con: sqlite3.Connection) -> dict[str, int]:
    """How many briefings have each topic, the most frequent first."""
    return {r["topic"]: r["n"] for r in con.execute(_TOPICS)}


def sources(con: sqlite3.Connection) -> list[tuple[str, int]]:
    """How many briefings each source has, the most frequent first."""
    rows = con.execute(
        "SELECT source, count(*) AS n FROM briefing WHERE NOT removed AND source <> '' GROUP BY source"
        " ORDER BY n DESC, source"
    )
    return [(r["source"], r["n"]) for r in rows]


def stats(con: sqlite3.Connection) -> Stats:
    """Everything that the statistics screen shows."""
    months = con.execute(
        "SELECT substr(date, 1, 7) AS month, count(*) AS n FROM briefing WHERE NOT removed GROUP BY month"
        " ORDER BY month"
    )
    return Stats(
        briefings=_one(con, "SELECT count(*) FROM briefing WHERE NOT removed"),
        insights=_one(
            con,
            "SELECT count(*) FROM insight i JOIN briefing b ON b.key = i.briefing_key"
            " WHERE NOT i.hidden AND NOT b.removed",
        ),
        words=_one(con, "SELECT coalesce(sum(words), 0) FROM briefing WHERE NOT removed"),
        decisions=_one(
            con, "SELECT count(*) FROM decision d JOIN briefing b ON b.key = d.briefing_key WHERE NOT b.removed"
        ),
        topics=list(topics(con).items()),
        sources=sources(con),
        months=[(r["month"], r["n"]) for r in months],
    )
