"""Find damage in the library's file, and rebuild derived tables."""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from briefreader.model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_PROBLEMS = 20  # maximum number of problems listed per kind; damaged originals and earlier texts are all listed
_FULL_TEXT = ("body_fts", "title_fts")
REBUILD = "run: briefreader check --rebuild"
BACKUP = "restore a copy from backups/"

_CHEAP_RULES = 2  # number of rules that are checked without ``deep``
_RULES = (
    ("a briefing has no content", "SELECT id FROM briefing WHERE key NOT IN (SELECT briefing_key FROM content)"),
    ("a briefing's original is missing", "SELECT id FROM briefing WHERE digest NOT IN (SELECT digest FROM original)"),
    (
        "a decision refers to a missing insight",
        "SELECT b.id || '.' || d.insight_number FROM decision d JOIN briefing b ON b.key = d.briefing_key"
        " WHERE d.insight_number > 0 AND NOT EXISTS (SELECT 1 FROM insight i"
        " WHERE i.briefing_key = d.briefing_key AND i.number = d.insight_number)",
    ),
    (
        "an earlier revision of a briefing is missing",
        "SELECT b.id || ' revision ' || r.number FROM revision r JOIN briefing b ON b.key = r.briefing_key"
        " WHERE r.text_digest NOT IN (SELECT digest FROM revision_text)",
    ),
    (
        "the offsets of an insight are outside its briefing's body",
        "SELECT b.id || '.' || i.number FROM insight i JOIN content c ON c.briefing_key = i.briefing_key"
        " JOIN briefing b ON b.key = i.briefing_key"
        ' WHERE NOT i.hidden AND NOT (0 <= i.start AND i.start <= i."end" AND i."end" <= length(c.body))',
    ),
)


def damage(con: sqlite3.Connection, path: Path, *, deep: bool) -> list[Problem]:
    """Return the problems that SQLite finds in the file; ``deep`` also compares indexes with their tables."""
    pragma = "integrity_check" if deep else "quick_check"
    try:
        messages = [str(r[0]) for r in con.execute(f"PRAGMA {pragma}({MAX_PROBLEMS})")]
    except sqlite3.DatabaseError as error:
        messages = [str(error)]
    return [] if messages == ["ok"] else [Problem(str(path), f"damaged: {text}", hint=BACKUP) for text in messages]


def inconsistencies(con: sqlite3.Connection, path: Path, *, deep: bool) -> list[Problem]:
    """Return contradictions between tables; ``deep`` also reads all bodies, originals and earlier texts."""
    where = str(path)
    found = [
        Problem(where, f"a row of {row[0]} refers to a missing row of {row[2]}", hint=BACKUP)
        for row in con.execute("PRAGMA foreign_key_check").fetchmany(MAX_PROBLEMS)
    ]
    for message, query in _RULES[: None if deep else _CHEAP_RULES]:
        found += [Problem(where, message, str(r[0]), hint=BACKUP) for r in con.execute(query).fetchmany(MAX_PROBLEMS)]
    if deep:
        for table, name in (("original", "an original"), ("revision_text", "an earlier revision's text")):
            found += [Problem(where, name + text, digest[:12], hint=BACKUP) for digest, text in _damaged(con, table)]
    return found


def _damaged(con: sqlite3.Connection, table: str) -> Iterator[tuple[str, str]]:
    """Yield the hash of each row of a table whose data is damaged, and the end of a message about it."""
    for row in con.execute(f"SELECT digest, data FROM {table}"):
        try:
            if hashlib.sha256(zlib.decompress(row["data"])).hexdigest() != row["digest"]:
                yield row["digest"], " doesn't match its checksum"
        except zlib.error:
            yield row["digest"], " can't be unpacked"


def fetch_originals(con: sqlite3.Connection) -> None:
    """Restore damaged originals from the files they came from, if these are unchanged.

    If the stored bytes have the hash of a document of the library, only the stored hash is damaged, and is corrected.
    """
    for digest, _ in list(_damaged(con, "original")):
        path, packed = con.execute("SELECT path, data FROM original WHERE digest = ?", (digest,)).fetchone()
        with suppress(zlib.error):
            actual = hashlib.sha256(zlib.decompress(packed)).hexdigest()
            con.execute(
                "UPDATE OR IGNORE original SET digest = :actual WHERE digest = :stored"
                " AND :actual IN (SELECT digest FROM alias)",
                {"actual": actual, "stored": digest},
            )
        with suppress(OSError, ValueError):
            data = Path(path).read_bytes()
            if hashlib.sha256(data).hexdigest() == digest:
                con.execute("UPDATE original SET data = ? WHERE digest = ?", (zlib.compress(data, 6), digest))


def check_full_text(con: sqlite3.Connection, path: Path) -> list[Problem]:
    """Return a problem for each full-text table that doesn't match the briefings; ``con`` must be writable."""
    found = []
    for table in _FULL_TEXT:
        try:
            con.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('integrity-check', 1)")
        except sqlite3.DatabaseError:
            found.append(Problem(str(path), f"the full-text index {table} is out of date", hint=REBUILD))
    return found


def rebuild(con: sqlite3.Connection) -> None:
    """Rebuild the full-text tables and all SQL indexes, and delete the stored hashes of blocks."""
    for table in _FULL_TEXT:
        con.execute(f"INSERT INTO {table} ({table}) VALUES ('rebuild')")
    con.execute("DELETE FROM block_memory")  # recomputed on demand from the content
    con.execute("REINDEX")
