"""Undo and redo a batch by writing back the journaled images of its rows, in one transaction."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal

from briefreader.errors import UndoConflictError, UsageError
from briefreader.storage import journal
from briefreader.storage.row_snapshots import KINDS
from briefreader.storage.sqlite_errors import damaged

if TYPE_CHECKING:
    import sqlite3

_CHUNK = 1000  # changes read at a time
_WHOLE = "".join(f", '{name}'" for name, kind in KINDS.items() if kind.whole)[2:]
# Later batches, not undone, that changed what batch ``:number`` changed.
_OVERLAP = f"""
SELECT DISTINCT later.batch, batch.verb FROM change own
JOIN change later ON later.briefing_key = own.briefing_key AND later.batch > own.batch
JOIN batch ON batch.number = later.batch AND batch.undone = 0
WHERE own.batch = :number AND (
    (later.tbl = own.tbl AND later.key = own.key)
    OR (own.briefing_key AND later.tbl <> 'suggestion' AND (own.tbl IN ({_WHOLE}) OR later.tbl IN ({_WHOLE})))
)
ORDER BY later.batch DESC
"""


def undo(con: sqlite3.Connection, number: int | None = None) -> int:
    """Undo a batch, by default the latest finished one; return its number.

    Raises:
        NotFoundError: there is no such batch.
        UndoConflictError: later batches changed the same items; the message lists them.
        UsageError: the batch is already undone, or there is nothing to undo.
    """
    if number is None:
        row = con.execute("SELECT max(number) AS number FROM batch WHERE NOT undone AND NOT open").fetchone()
        if row["number"] is None:
            raise UsageError("nothing to undo")
        number = int(row["number"])
    if journal.get(con, number).undone:
        raise UsageError(f"batch {number} is already undone", hint="to redo the last undone batch: briefreader redo")
    _refuse_overlap(con, number)
    _write_back(con, number, "before")
    con.execute(
        "UPDATE batch SET open = 0, undone = (SELECT max(max(undone), 0) + 1 FROM batch) WHERE number = ?", (number,)
    )
    return number


def redo(con: sqlite3.Connection) -> int:
    """Redo the last undone batch; return its number.

    Raises:
        UsageError: there is none, or something has changed since it was undone.
    """
    row = con.execute("SELECT number FROM batch WHERE undone > 0 ORDER BY undone DESC").fetchone()
    if row is None:
        raise UsageError("nothing to redo")
    number = int(row["number"])
    _write_back(con, number, "after")
    con.execute("UPDATE batch SET undone = 0 WHERE number = ?", (number,))
    return number


def _write_back(con: sqlite3.Connection, number: int, side: Literal["before", "after"]) -> None:
    """Write the images before or after a batch's changes back to their rows."""
    place = ("", "")
    query = f"SELECT tbl, key, {side} FROM change WHERE batch = ? AND (tbl, key) > (?, ?) ORDER BY tbl, key LIMIT ?"
    while changes := con.execute(query, (number, *place, _CHUNK)).fetchall():
        for table, key, image in changes:
            try:
                KINDS[table].write(con, key, None if image is None else json.loads(image))
            except (LookupError, ValueError) as error:
                raise damaged(f"batch {number}", f"the change of {table} {key} can't be read") from error
        place = (changes[-1]["tbl"], changes[-1]["key"])


def _refuse_overlap(con: sqlite3.Connection, number: int) -> None:
    """Raise UndoConflictError if later batches changed what a batch changed."""
    if con.execute("SELECT 1 FROM batch WHERE number > ? AND NOT undone LIMIT 1", (number,)).fetchone() is None:
        return
    later = con.execute(_OVERLAP, {"number": number}).fetchall()
    if later:
        named = ", ".join(f"{r['batch']} ({r['verb']})" for r in later[:8]) + (" …" if len(later) > 8 else "")
        raise UndoConflictError(
            f"batch {number} can't be undone: later batches changed the same items: {named}",
            hint="undo those first, starting with the latest",
        )
