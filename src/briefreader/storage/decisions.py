"""The user's decisions: verdicts on topics, marks, notes, edited fields, own and dismissed insights, saved searches.

A target is (briefing key, insight number), with number 0 for the briefing itself. All changes except the reading
position are journaled.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from briefreader.model import Decision, Insight, Verdict
from briefreader.storage import briefings, journal
from briefreader.storage.database import now

if TYPE_CHECKING:
    import sqlite3

EDITABLE = ("title", "source", "author", "published")


def decide(con: sqlite3.Connection, batch: int, target: tuple[int, int], topic: str, verdict: Verdict | None) -> bool:
    """Accept or reject a topic of a briefing or insight, or withdraw a verdict; return whether anything changed."""
    key = f"{target[0]}.{target[1]}.{topic}"
    row = con.execute(
        "SELECT verdict FROM decision WHERE briefing_key = ? AND insight_number = ? AND topic = ?", (*target, topic)
    ).fetchone()
    if (row["verdict"] if row else None) == verdict:
        return False
    return journal.put(
        con, batch, "decision", key, {"verdict": verdict, "at": now(), "batch": batch} if verdict else None
    )


def verdicts_for(con: sqlite3.Connection, target: tuple[int, int]) -> dict[str, Verdict]:
    """Return the verdicts on a briefing or insight by topic."""
    found = con.execute(
        "SELECT topic, verdict FROM decision WHERE briefing_key = ? AND insight_number = ? ORDER BY topic", target
    )
    return {r["topic"]: r["verdict"] for r in found}


def all_decisions(con: sqlite3.Connection) -> list[Decision]:
    """Return all verdicts on topics of briefings that aren't removed, oldest first."""
    found = con.execute(
        "SELECT b.id, d.* FROM decision d JOIN briefing b ON b.key = d.briefing_key WHERE NOT b.removed"
        " ORDER BY d.batch, b.key, d.insight_number, d.topic"
    )
    return [Decision(_name(r["id"], r["insight_number"]), r["topic"], r["verdict"], r["at"], r["batch"]) for r in found]


def _name(briefing: str, number: int) -> str:
    return f"{briefing}.{number}" if number else briefing


def mark(con: sqlite3.Connection, batch: int, key: int, *, read: bool | None, starred: bool | None) -> bool:
    """Set a briefing's read and star marks (``None`` keeps a mark); return whether anything changed."""
    row = con.execute("SELECT read, starred FROM reading_state WHERE briefing_key = ?", (key,)).fetchone()
    marks = {"read": row["read"], "starred": row["starred"]} if row else {"read": 0, "starred": 0}
    if read is not None:
        marks["read"] = int(read)
    if starred is not None:
        marks["starred"] = int(starred)
    return journal.put(con, batch, "reading_state", str(key), marks if any(marks.values()) else None)


def position(con: sqlite3.Connection, key: int) -> int:
    """Return a briefing's reading position, an offset into its body."""
    row = con.execute("SELECT position FROM reading_state WHERE briefing_key = ?", (key,)).fetchone()
    return int(row["position"]) if row else 0


def set_position(con: sqlite3.Connection, key: int, offset: int) -> None:
    """Save a briefing's reading position, without a history entry."""
    con.execute(
        "INSERT INTO reading_state (briefing_key, position) VALUES (?,?)"
        " ON CONFLICT (briefing_key) DO UPDATE SET position = excluded.position",
        (key, offset),
    )


def note_of(con: sqlite3.Connection, target: tuple[int, int]) -> str:
    """Return the note on a briefing or insight, or ""."""
    row = con.execute("SELECT text FROM note WHERE briefing_key = ? AND insight_number = ?", target).fetchone()
    return str(row["text"]) if row else ""


def note(con: sqlite3.Connection, batch: int, target: tuple[int, int], text: str) -> bool:
    """Write the note on a briefing or insight (an empty text deletes it); return whether anything changed."""
    if note_of(con, target) == text:
        return False
    image = {"text": text, "at": now()} if text else None
    return journal.put(con, batch, "note", f"{target[0]}.{target[1]}", image)


def edit(con: sqlite3.Connection, batch: int, key: int, changes: dict[str, str]) -> bool:
    """Change fields of a briefing (``EDITABLE``) by hand; later rereads keep them. Return whether anything changed."""
    row = con.execute("SELECT * FROM briefing WHERE key = ?", (key,)).fetchone()
    image = {name: row[name] for name in EDITABLE} | changes
    edited = sorted({*json.loads(row["edited"]), *(name for name in changes if changes[name] != row[name])})
    image |= {"date": briefings.sort_date(image["published"], row["added"]), "edited": json.dumps(edited)}
    return journal.put(con, batch, "metadata", str(key), image)


def own_insight(con: sqlite3.Connection, batch: int, key: int, insight: Insight) -> int:
    """Add a passage that the user selected as an insight, and return its number."""
    number = briefings.highest_number(con, key) + 1
    numbered = Insight(number, insight.title, insight.text, insight.start, insight.end, "own")
    row_key = briefings.insert_insight(con, key, numbered, hidden=True)
    journal.put(con, batch, "insight", f"{key}.{row_key}", {})
    return number


def dismiss(con: sqlite3.Connection, batch: int, target: tuple[int, int]) -> None:
    """Hide an insight, which must be visible. Its decisions and note are kept, for an undo."""
    row = con.execute("SELECT key FROM insight WHERE briefing_key = ? AND number = ? AND NOT hidden", target).fetchone()
    journal.put(con, batch, "insight", f"{target[0]}.{row['key']}", None)


def with_topic(con: sqlite3.Connection, topic: str) -> list[int]:
    """Return the row keys of briefings that have a verdict on a topic, or whose insights have one."""
    rows = con.execute("SELECT DISTINCT briefing_key FROM decision WHERE topic = ?", (topic,))
    return [row["briefing_key"] for row in rows]


def rename(con: sqlite3.Connection, batch: int, key: int, old: str, new: str) -> bool:
    """Move the verdicts of a briefing and its insights from topic ``old`` to ``new``; return whether there were any.

    A verdict that already exists on ``new`` is kept.
    """
    moved = False
    rows = con.execute("SELECT * FROM decision WHERE topic = ? AND briefing_key = ?", (old, key)).fetchall()
    for row in rows:
        stem = f"{key}.{row['insight_number']}"
        if new not in verdicts_for(con, (key, row["insight_number"])):
            image = {"verdict": row["verdict"], "at": row["at"], "batch": row["batch"]}
            journal.put(con, batch, "decision", f"{stem}.{new}", image)
        moved |= journal.put(con, batch, "decision", f"{stem}.{old}", None)
    return moved


def saved(con: sqlite3.Connection) -> list[tuple[str, str]]:
    """Return saved searches as (name, query), in the order they were saved."""
    return [(r["name"], r["query"]) for r in con.execute("SELECT name, query FROM saved_search ORDER BY ordinal, name")]


def save_search(con: sqlite3.Connection, batch: int, name: str, query: str) -> bool:
    """Save a query under a name; return whether anything changed.

    A saved search of that name is replaced, and keeps its position.
    """
    row = con.execute(
        "SELECT coalesce((SELECT ordinal FROM saved_search WHERE name = ?), max(ordinal) + 1, 1) FROM saved_search",
        (name,),
    ).fetchone()
    return journal.put(con, batch, "saved_search", name, {"query": query, "ordinal": row[0]})


def rename_search(con: sqlite3.Connection, batch: int, name: str, to: str) -> bool:
    """Rename a saved search, keeping its position; return whether it existed."""
    row = con.execute("SELECT query, ordinal FROM saved_search WHERE name = ?", (name,)).fetchone()
    if row is None:
        return False
    journal.put(con, batch, "saved_search", name, None)
    return journal.put(con, batch, "saved_search", to, dict(row))


def drop_search(con: sqlite3.Connection, batch: int, name: str) -> bool:
    """Delete a saved search; return whether it existed."""
    return journal.put(con, batch, "saved_search", name, None)
