"""Store the earlier texts of briefings when a revision replaces them."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from briefreader.storage import briefings, journal
from briefreader.storage.database import now
from briefreader.storage.sqlite_errors import damaged

if TYPE_CHECKING:
    import sqlite3


@dataclass(frozen=True, slots=True)
class Revision:
    """A text of a briefing: ``number`` counts from 1, ``at`` is when it was replaced, "" for the current text."""

    number: int
    digest: str
    title: str
    at: str
    body: str


def keep(con: sqlite3.Connection, batch: int, key: int) -> None:
    """Store a briefing's current text before it is replaced."""
    row = con.execute("SELECT title, digest FROM briefing WHERE key = ?", (key,)).fetchone()
    body = briefings.body(con, key).encode()
    digest = hashlib.sha256(body).hexdigest()
    con.execute("INSERT OR IGNORE INTO revision_text (digest, data) VALUES (?,?)", (digest, zlib.compress(body, 6)))
    image = {"digest": row["digest"], "text_digest": digest, "title": row["title"], "at": now()}
    journal.put(con, batch, "revision", f"{key}.{count(con, key) + 1}", image)


def drop(con: sqlite3.Connection, batch: int, key: int, digest: str) -> None:
    """Delete the earlier texts that came from one original, and renumber the others."""
    left = [r for r in _rows(con, key) if r["digest"] != digest]
    for number in range(1, count(con, key) + 1):
        row = left[number - 1] if number <= len(left) else None
        image = {name: row[name] for name in ("digest", "text_digest", "title", "at")} if row else None
        journal.put(con, batch, "revision", f"{key}.{number}", image)


def count(con: sqlite3.Connection, key: int) -> int:
    """Return the number of a briefing's earlier texts."""
    return int(con.execute("SELECT count(*) FROM revision WHERE briefing_key = ?", (key,)).fetchone()[0])


def texts(con: sqlite3.Connection, key: int) -> list[Revision]:
    """Return all texts of a briefing, oldest first; the last is the current one."""
    present = con.execute("SELECT title, digest FROM briefing WHERE key = ?", (key,)).fetchone()
    older = [
        Revision(r["number"], r["digest"], r["title"], r["at"], _text(con, r["text_digest"])) for r in _rows(con, key)
    ]
    return [*older, Revision(len(older) + 1, present["digest"], present["title"], "", briefings.body(con, key))]


def _rows(con: sqlite3.Connection, key: int) -> list[sqlite3.Row]:
    return con.execute("SELECT * FROM revision WHERE briefing_key = ? ORDER BY number", (key,)).fetchall()


def _text(con: sqlite3.Connection, digest: str) -> str:
    row = con.execute("SELECT data FROM revision_text WHERE digest = ?", (digest,)).fetchone()
    try:
        return zlib.decompress(row["data"]).decode("utf-8", "replace")
    except (zlib.error, TypeError) as error:
        raise damaged(digest[:12], "an earlier revision can't be unpacked") from error
