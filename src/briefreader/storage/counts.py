"""Counts of briefings by topic, source, month and state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from briefreader.records import dataclass
from briefreader.storage import filters

if TYPE_CHECKING:
    import sqlite3


@dataclass(frozen=True, slots=True)
class Stats:
    """The counts of ``briefreader stats``. Removed briefings don't count, except in ``copies``."""

    briefings: int
    insights: int
    words: int
    decisions: int
    copies: int  # originals of duplicates and earlier revisions
    copies_bytes: int  # their compressed size
    topics: list[tuple[str, int]]  # briefings by topic, most frequent first
    sources: list[tuple[str, int]]  # briefings by source, most frequent first
    months: list[tuple[str, int]]  # briefings by month (``2026-02``), oldest first


def states(con: sqlite3.Connection) -> dict[str, int]:
    """Count briefings by state: ``total``, ``unread``, ``starred``, ``inbox``, ``noted`` and ``without_source``."""
    living = "SELECT count(*) FROM briefing b WHERE b.removed = 0"
    # CROSS JOIN keeps SQLite from reading all briefings before the few marked ones
    marked = "SELECT count(*) FROM reading_state s CROSS JOIN briefing b ON b.key = s.briefing_key AND NOT b.removed"
    total = _one(con, living)
    return {
        "total": total,
        "unread": total - _one(con, f"{marked} WHERE s.read"),
        "starred": _one(con, f"{marked} WHERE s.starred"),
        "inbox": _one(con, f"{living} AND {filters.INBOX}"),
        "noted": _one(con, f"{living} AND {filters.NOTED}"),
        "without_source": _one(con, f"{living} AND b.source = ''"),
    }


def _one(con: sqlite3.Connection, sql: str) -> int:
    return int(con.execute(sql).fetchone()[0])


_TOPICS = """
SELECT topic, count(*) AS n FROM (
    SELECT d.topic, d.briefing_key FROM decision d WHERE d.insight_number = 0 AND d.verdict = 'accepted'
    UNION ALL
    SELECT s.topic, s.briefing_key FROM suggestion s WHERE s.insight_number = 0 AND s.earned <> ''
        AND (s.briefing_key, s.topic) NOT IN (SELECT briefing_key, topic FROM decision WHERE insight_number = 0)
) WHERE briefing_key NOT IN (SELECT key FROM briefing WHERE removed = 1) GROUP BY topic ORDER BY n DESC, topic
"""


def topics(con: sqlite3.Connection) -> dict[str, int]:
    """Count briefings by topic, most frequent first."""
    return {r["topic"]: r["n"] for r in con.execute(_TOPICS)}


def sources(con: sqlite3.Connection) -> list[tuple[str, int]]:
    """Count briefings by source, most frequent first; those without a source are left out."""
    rows = con.execute(
        "SELECT source, count(*) AS n FROM briefing WHERE removed = 0 AND source <> '' GROUP BY source"
        " ORDER BY n DESC, source"
    )
    return [(r["source"], r["n"]) for r in rows]


_DECISIONS = "SELECT count(*) FROM decision d JOIN briefing b ON b.key = d.briefing_key WHERE NOT b.removed"
_OF_REMOVED = """
SELECT count(*) FROM briefing b CROSS JOIN insight i ON i.briefing_key = b.key AND NOT i.hidden WHERE b.removed
"""


_COPIES = """
SELECT count(*), coalesce(sum(length(o.data)), 0) FROM alias a JOIN briefing b ON b.key = a.briefing_key
JOIN original o ON o.digest = a.digest WHERE a.digest <> b.digest
"""


def stats(con: sqlite3.Connection) -> Stats:
    """Return the counts for ``briefreader stats``."""
    months = con.execute(
        "SELECT substr(date, 1, 7) AS month, count(*) AS n FROM briefing WHERE removed = 0 GROUP BY month"
        " ORDER BY month"
    )
    copies, size = con.execute(_COPIES).fetchone()
    return Stats(
        briefings=_one(con, "SELECT count(*) FROM briefing WHERE removed = 0"),
        insights=_one(con, "SELECT count(*) FROM insight WHERE NOT hidden") - _one(con, _OF_REMOVED),
        words=_one(con, "SELECT coalesce(sum(words), 0) FROM briefing WHERE removed = 0"),
        decisions=_one(con, _DECISIONS),
        copies=copies,
        copies_bytes=size,
        topics=list(topics(con).items()),
        sources=sources(con),
        months=[(r["month"], r["n"]) for r in months],
    )
