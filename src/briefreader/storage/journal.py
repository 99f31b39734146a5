"""The journal: each change of a row with its values before and after, for exact undo and redo.

Only changes by :func:`put`, and those passed to :func:`record`, can be undone. An image is a row's values as a dict,
stored as JSON; ``None`` means that there is no row. ``row_snapshots.KINDS`` defines the images of each table. The
changes of one command form a batch.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from briefreader.errors import NotFoundError
from briefreader.model import Batch, Change
from briefreader.storage.database import now, storable
from briefreader.storage.row_snapshots import KINDS, Image

if TYPE_CHECKING:
    import sqlite3

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def put(con: sqlite3.Connection, batch: int, table: str, key: str, after: Image | None) -> bool:
    """Change a row and journal the change; return False if the row already had these values."""
    kind = KINDS[table]
    key, after = storable(key), storable(after)
    before = kind.read(con, key)
    if before == after:
        return False
    kind.write(con, key, after)
    record(con, batch, table, key, before, after)
    return True


def record(
    con: sqlite3.Connection, batch: int, table: str, key: str, before: Image | None, after: Image | None
) -> None:
    """Journal a change that was already made.

    If a row changes repeatedly in a batch, the first ``before`` and the last ``after`` are stored.
    """
    con.execute(
        "INSERT INTO change (batch, tbl, key, briefing_key, before, after) VALUES (?,?,?,?,?,?)"
        " ON CONFLICT (batch, tbl, key) DO UPDATE SET after = excluded.after",
        (batch, table, key, KINDS[table].briefing(key), _dumps(before), _dumps(after)),
    )


def begin(con: sqlite3.Connection, verb: str, summary: str = "", *, bulk: bool = False) -> int:
    """Begin a batch and return its number.

    A bulk command continues the batch of an interrupted run of the same command. Batches of other interrupted commands
    are ended, since only one bulk command runs at a time.
    """
    if bulk:
        row = con.execute("SELECT number, verb, summary FROM batch WHERE open = 1").fetchone()
        if row and (row["verb"], row["summary"]) == (verb, summary):
            return int(row["number"])
        con.execute("UPDATE batch SET open = 0 WHERE open = 1")
    cursor = con.execute(
        "INSERT INTO batch (verb, at, summary, open) VALUES (?,?,?,?)", (verb, now(), storable(summary), int(bulk))
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def is_resumable(con: sqlite3.Connection, number: int, briefing_key: int) -> bool:
    """Return whether a change of a briefing can be added to a batch.

    It can if the batch isn't undone, and no later batch, unless undone, changed this briefing or any of the batch's.
    """
    row = con.execute("SELECT undone FROM batch WHERE number = ?", (number,)).fetchone()
    if row is None or row["undone"]:
        return False
    later = (
        "SELECT 1 FROM change JOIN batch ON batch.number = change.batch AND NOT batch.undone"
        " WHERE change.batch > :number"
        " AND (briefing_key = :key OR briefing_key IN (SELECT briefing_key FROM change WHERE batch = :number)) LIMIT 1"
    )
    return con.execute(later, {"number": number, "key": briefing_key}).fetchone() is None


def end_interrupted(con: sqlite3.Connection) -> None:
    """End the batches of interrupted bulk commands, so that they can be undone."""
    con.execute("UPDATE batch SET open = 0 WHERE open")


def briefings_changed(con: sqlite3.Connection, number: int) -> int:
    """Return the number of briefings that a batch has changed."""
    row = con.execute(
        "SELECT count(DISTINCT briefing_key) FROM change WHERE batch = ? AND briefing_key > 0", (number,)
    ).fetchone()
    return int(row[0])


def change_count(con: sqlite3.Connection, number: int) -> int:
    """Return the number of rows that a batch has changed."""
    return int(con.execute("SELECT count(*) FROM change WHERE batch = ?", (number,)).fetchone()[0])


def finish(con: sqlite3.Connection, number: int, summary: str) -> Batch:
    """End a batch; one without changes is deleted and returned with number 0."""
    if con.execute("SELECT 1 FROM change WHERE batch = ? LIMIT 1", (number,)).fetchone() is None:
        row = con.execute("DELETE FROM batch WHERE number = ? RETURNING verb, at", (number,)).fetchone()
        return Batch(0, row["verb"], row["at"], "nothing changed")
    # a new change means that earlier undone batches can no longer be redone
    con.execute("UPDATE batch SET undone = -1 WHERE undone > 0")
    con.execute("UPDATE batch SET open = 0, summary = ? WHERE number = ?", (storable(summary), number))
    return get(con, number)


def get(con: sqlite3.Connection, number: int) -> Batch:
    """Return a batch by its number.

    Raises:
        NotFoundError: there is no such batch.
    """
    row = con.execute("SELECT * FROM batch WHERE number = ?", (number,)).fetchone()
    if row is None:
        raise NotFoundError(f"no such batch: {number}", hint="to list batches: briefreader history")
    return _batch(row)


def change(con: sqlite3.Connection, number: int, table: str, key: str) -> Change | None:
    """Return a batch's change of a row; None if it didn't change the row."""
    row = con.execute(
        "SELECT before, after FROM change WHERE (batch, tbl, key) = (?, ?, ?)", (number, table, key)
    ).fetchone()
    if row is None:
        return None
    before, after = (None if image is None else json.loads(image) for image in row)
    return Change(table, key, before, after)


def history(con: sqlite3.Connection, limit: int) -> list[Batch]:
    """Return the latest batches, newest first."""
    return [_batch(r) for r in con.execute("SELECT * FROM batch ORDER BY number DESC LIMIT ?", (limit,))]


def _batch(row: sqlite3.Row) -> Batch:
    return Batch(row["number"], row["verb"], row["at"], row["summary"], row["undone"] != 0)


def _dumps(image: Image | None) -> str | None:
    return None if image is None else _ENCODER.encode(image)
