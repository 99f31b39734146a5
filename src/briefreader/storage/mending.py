"""Rows that the disk has changed: found by their seals and by the journal, and put back as far as the journal tells."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING

from briefreader.model import Problem
from briefreader.storage import seals
from briefreader.storage.images import KINDS, Image

if TYPE_CHECKING:
    from pathlib import Path

_MOST = 20  # problems of one kind that are told one by one
_FROM_ORIGINAL = ("briefing", "content", "section", "insight")
# Others write to the same rows as well, so that the last image of these is not the whole truth.
_SHARED = ("content", "metadata", "insight")
# Every journaled row whose whole journal is sound: the batch that says what it is, and on which side. One that an undo
# or redo is on its way to is neither.
_STANDING = f"""
SELECT c.tbl, c.key, max(iif(b.undone = 0, c.batch, 0)) AS standing, min(c.batch) AS first
FROM change c JOIN batch b ON b.number = c.batch WHERE {{}} GROUP BY c.tbl, c.key
HAVING max(b.open) < 2 AND min(c.seal IS {seals.of("change", "c.")} AND b.seal IS {seals.of("batch", "b.")})
"""
_ONE = "c.briefing_key = ? AND c.tbl = ? AND c.key = ?"


def wrong_rows(con: sqlite3.Connection, path: Path) -> list[Problem]:
    """Rows that are not what was written, and rows that are not what the journal says."""
    if con.execute("PRAGMA user_version").fetchone()[0] < seals.SINCE:
        return []
    found = {(row.table, ".".join(map(str, row.key))) for row in seals.broken(con, _MOST)}
    found |= set(sorted(_disagreements(con))[:_MOST])
    return [
        Problem(str(path), f"damaged: a row of {table} is not what was written", key,
                "briefreader check --rebuild mends what can be")
        for table, key in sorted(found)
    ]  # fmt: skip


def _disagreements(con: sqlite3.Connection) -> set[tuple[str, str]]:
    """Table and key of the rows that are not what the journal says; slow, it reads every one."""
    rows = con.execute(_STANDING.format(f"c.tbl NOT IN {_SHARED}")).fetchall()
    return {(r["tbl"], r["key"]) for r in rows if _differs(con, r)}


def _differs(con: sqlite3.Connection, standing: sqlite3.Row) -> bool:
    try:
        return KINDS[standing["tbl"]].read(con, standing["key"]) != _said(con, standing)
    except sqlite3.OperationalError:  # text that is no UTF-8
        return True


def _said(con: sqlite3.Connection, standing: sqlite3.Row) -> Image | None:
    side, batch = ("after", standing["standing"]) if standing["standing"] else ("before", standing["first"])
    row = con.execute(
        f"SELECT {side} FROM change WHERE batch = ? AND tbl = ? AND key = ?", (batch, standing["tbl"], standing["key"])
    ).fetchone()
    image: Image | None = None if row[0] is None else json.loads(row[0])
    return image


def put_back(con: sqlite3.Connection) -> set[int]:
    """Mend what the journal knows, and the journal; returns the row keys of briefings to read anew."""
    rows = list(seals.broken(con))
    for row in rows:
        seals.readable(con, row)
    for table, key in _disagreements(con):
        try:
            KINDS[table].write(con, key, _last(con, table, key))
        except sqlite3.IntegrityError:  # what it is about is lost
            con.execute("DELETE FROM change WHERE tbl = ? AND key = ?", (table, key))
    for row in rows:
        if row.table == "change":
            _mend_change(con, *row.key)
        elif row.table == "briefing":
            key = str(row.key[0])
            con.execute("UPDATE briefing SET edited = '[]' WHERE key = ?", (key,))
            if edited := _last(con, "metadata", key):
                KINDS["metadata"].write(con, key, edited)
    return {_briefing(con, row) for row in rows if row.table in _FROM_ORIGINAL}


def _last(con: sqlite3.Connection, table: str, key: str) -> Image | None:
    row = con.execute(_STANDING.format(_ONE), (KINDS[table].briefing(key), table, key)).fetchone()
    return _said(con, row) if row else None


def _mend_change(con: sqlite3.Connection, batch: str | int, table: str | int, key: str | int) -> None:
    """Tell a change anew from those before and after it and from the row itself; one whose row is unknown is lost."""
    where = "batch = ? AND tbl = ? AND key = ?"
    kind = KINDS.get(str(table))
    if kind is None or (not str(key).split(".")[0].isdecimal() and kind.briefing("0") == 0):
        con.execute(f"DELETE FROM change WHERE {where}", (batch, table, key))
        return
    around = "SELECT c.* FROM change c JOIN batch b ON b.number = c.batch WHERE c.tbl = ? AND c.key = ? AND c.batch"
    earlier = con.execute(f"{around} < ? AND b.undone = 0 ORDER BY c.batch DESC LIMIT 1", (table, key, batch))
    later = con.execute(f"{around} > ? ORDER BY c.batch LIMIT 1", (table, key, batch))
    before, after = earlier.fetchone(), later.fetchone()
    now = kind.read(con, str(key))
    told = after["before"] if after else None if now is None else json.dumps(now, ensure_ascii=False)
    con.execute(f"UPDATE change SET before = ?, after = ? WHERE {where}",
                (before["after"] if before else None, told, batch, table, key))  # fmt: skip


def _briefing(con: sqlite3.Connection, row: seals.Broken) -> int:
    if row.table != "insight":
        return int(row.key[0])
    return int(con.execute("SELECT briefing_key FROM insight WHERE key = ?", row.key).fetchone()[0])


def settle(con: sqlite3.Connection, path: Path) -> list[Problem]:
    """Take what is still broken as it is; returns what that was."""
    kept = [
        Problem(str(path), f"a row of {row.table} was damaged and could not be mended", " ".join(map(str, row.key)))
        for row in seals.broken(con, _MOST)
    ]
    seals.accept(con)
    return kept
