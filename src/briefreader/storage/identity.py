"""Which briefings a new one might be a copy of: candidates by digest, Message-ID, URL, text and shared shingles."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from briefreader.storage import journal
from briefreader.storage.briefings import INDEXED, FingerprintLike
from briefreader.storage.database import now

if TYPE_CHECKING:
    import sqlite3

MAX_CANDIDATES = 20  # candidates by sketch; the text confirms each, which costs milliseconds


@dataclass(frozen=True, slots=True)
class Known:
    """A briefing that already holds these very bytes."""

    key: int
    id: str
    title: str
    insights: int
    removed: bool


def known(con: sqlite3.Connection, digest: str) -> Known | None:
    """The briefing that these bytes are a copy of, removed ones included: the digest alone decides."""
    row = con.execute(
        "SELECT b.key, b.id, b.title, b.removed,"
        " (SELECT count(*) FROM insight i WHERE i.briefing_key = b.key AND NOT i.hidden) AS insights"
        " FROM alias a JOIN briefing b ON b.key = a.briefing_key WHERE a.digest = ?",
        (digest,),
    ).fetchone()
    return Known(row["key"], row["id"], row["title"], row["insights"], bool(row["removed"])) if row else None


def removed(con: sqlite3.Connection, key: int) -> bool:
    """Whether a briefing was taken out of the library."""
    return bool(con.execute("SELECT removed FROM briefing WHERE key = ?", (key,)).fetchone()["removed"])


def candidates(con: sqlite3.Connection, prints: FingerprintLike) -> list[int]:
    """Row keys of briefings worth comparing texts with, the likeliest first."""
    found: dict[int, None] = {}
    for column in ("text_digest", "message_id", "url"):
        value = getattr(prints, column)
        if value:
            rows = con.execute(f"SELECT DISTINCT briefing_key FROM alias WHERE {column} = ? LIMIT 8", (value,))
            found.update((r["briefing_key"], None) for r in rows)
    shared = con.execute(
        "SELECT briefing_key, count(*) AS n FROM sketch WHERE hash IN (SELECT value FROM json_each(?))"
        " GROUP BY briefing_key ORDER BY n DESC, briefing_key LIMIT ?",
        (json.dumps(prints.sketch[:INDEXED]), MAX_CANDIDATES),
    )
    found.update((r["briefing_key"], None) for r in shared)
    return list(found)


def by_message(con: sqlite3.Connection, message_id: str) -> list[int]:
    """Row keys of the briefings that came under a Message-ID."""
    if not message_id:
        return []
    rows = con.execute("SELECT DISTINCT briefing_key FROM alias WHERE message_id = ?", (message_id,))
    return [r["briefing_key"] for r in rows]


def add_alias(con: sqlite3.Connection, batch: int, key: int, prints: FingerprintLike, path: str) -> None:
    """Remember that these bytes are a copy of a briefing."""
    image = {
        "briefing_key": key, "message_id": prints.message_id, "url": prints.url, "text_digest": prints.text_digest,
        "path": path, "at": now(),
    }  # fmt: skip
    journal.put(con, batch, "alias", prints.digest, image)


def link(con: sqlite3.Connection, batch: int, key: int, others: list[int]) -> None:
    """Link briefings that share a Message-ID but not their text, both ways."""
    for other in others:
        journal.put(con, batch, "link", f"{key}.{other}", {})
        journal.put(con, batch, "link", f"{other}.{key}", {})


def linked(con: sqlite3.Connection, key: int) -> list[str]:
    """Ids of the briefings that a briefing is linked with."""
    rows = con.execute(
        "SELECT b.id FROM link l JOIN briefing b ON b.key = l.other_key WHERE l.briefing_key = ? AND NOT b.removed"
        " ORDER BY b.id",
        (key,),
    )
    return [r["id"] for r in rows]
