"""The journal: every change with its before and after, so that any batch can be undone and redone exactly.

A reader's data is changed through :func:`put` only. An image is a row's values as JSON; ``None`` stands for "not
there". What an image means for a table is told by its ``images.Kind``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from briefreader.errors import NotFoundError, UndoConflictError, UsageError
from briefreader.model import Batch
from briefreader.storage import lease
from briefreader.storage.database import now, storable
from briefreader.storage.faults import damaged
from briefreader.storage.images import KINDS, Image

if TYPE_CHECKING:
    import sqlite3

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def put(con: sqlite3.Connection, batch: int, table: str, key: str, after: Image | None) -> bool:
    """Change one row and journal it; false where it already was so."""
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
    """Journal a change that was made; a second one of the same row in a batch keeps the first's before."""
    con.execute(
        "INSERT INTO change (batch, tbl, key, briefing_key, before, after) VALUES (?,?,?,?,?,?)"
        " ON CONFLICT (batch, tbl, key) DO UPDATE SET after = excluded.after",
        (batch, table, key, KINDS[table].briefing(key), _dumps(before), _dumps(after)),
    )


def begin(con: sqlite3.Connection, verb: str, summary: str = "", *, bulk: bool = False, after: int = 0) -> int:
    """The number of a new batch; or ``after``, to go on with that one, where it is in force and none was begun since.

    Undo goes by number: what follows somebody else's change must have a higher one. A bulk command goes on with its own
    batch that was cut short; such batches of other commands are taken as ended
    (the lease lets one bulk command run at a time).
    """
    if (
        after
        and con.execute("SELECT number = ? AND NOT undone FROM batch ORDER BY number DESC", (after,)).fetchone()[0]
    ):
        return after
    if bulk:
        row = con.execute("SELECT number, verb, summary FROM batch WHERE open").fetchone()
        if row and (row["verb"], row["summary"]) == (verb, summary):
            return int(row["number"])
        con.execute("UPDATE batch SET open = 0 WHERE open")
    cursor = con.execute(
        "INSERT INTO batch (verb, at, summary, open) VALUES (?,?,?,?)", (verb, now(), storable(summary), int(bulk))
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def briefings_changed(con: sqlite3.Connection, number: int) -> int:
    """How many briefings a batch has changed so far."""
    row = con.execute(
        "SELECT count(DISTINCT briefing_key) FROM change WHERE batch = ? AND briefing_key > 0", (number,)
    ).fetchone()
    return int(row[0])


def finish(con: sqlite3.Connection, number: int, summary: str) -> Batch:
    """End a batch; one that changed nothing leaves no trace and comes back with number 0."""
    if con.execute("SELECT 1 FROM change WHERE batch = ? LIMIT 1", (number,)).fetchone() is None:
        row = con.execute("DELETE FROM batch WHERE number = ? RETURNING verb, at", (number,)).fetchone()
        return Batch(0, row["verb"], row["at"], "nothing changed")
    # What was undone and not redone before the next change is undone for good.
    con.execute("UPDATE batch SET undone = -1 WHERE undone > 0")
    con.execute("UPDATE batch SET open = 0, summary = ? WHERE number = ?", (storable(summary), number))
    return get(con, number)


def get(con: sqlite3.Connection, number: int) -> Batch:
    """A batch by its number."""
    row = con.execute("SELECT * FROM batch WHERE number = ?", (number,)).fetchone()
    if row is None:
        raise NotFoundError(f"there is no batch {number}", hint="briefreader history lists them")
    return _batch(row)


def history(con: sqlite3.Connection, limit: int) -> list[Batch]:
    """The latest batches, newest first."""
    return [_batch(r) for r in con.execute("SELECT * FROM batch ORDER BY number DESC LIMIT ?", (limit,))]


def undo(con: sqlite3.Connection, number: int | None = None) -> Batch:
    """Put back what a batch changed (the latest in force, unless one is named).

    Raises:
        UndoConflictError: later batches changed the same things; they are named.
    """
    if not lease.held(con):
        con.execute("UPDATE batch SET open = 0 WHERE open")
    if number is None:
        row = con.execute("SELECT max(number) AS number FROM batch WHERE undone = 0 AND NOT open").fetchone()
        if row["number"] is None:
            raise UsageError("there is nothing to undo")
        number = int(row["number"])
    if get(con, number).undone:
        raise UsageError(f"batch {number} is undone already", hint="briefreader redo brings the last one back")
    _refuse_overlap(con, number)
    _apply(con, number, "before")
    con.execute(
        "UPDATE batch SET open = 0, undone = (SELECT max(max(undone), 0) + 1 FROM batch) WHERE number = ?", (number,)
    )
    return get(con, number)


def redo(con: sqlite3.Connection) -> Batch:
    """Do again what was undone last, if nothing was changed since."""
    row = con.execute("SELECT number FROM batch WHERE undone > 0 ORDER BY undone DESC LIMIT 1").fetchone()
    if row is None:
        raise UsageError("there is nothing to redo")
    number = int(row["number"])
    _apply(con, number, "after")
    con.execute("UPDATE batch SET undone = 0 WHERE number = ?", (number,))
    return get(con, number)


def _apply(con: sqlite3.Connection, number: int, side: str) -> None:
    changes = con.execute("SELECT tbl, key, before, after FROM change WHERE batch = ?", (number,)).fetchall()
    for change in changes:
        image = change[side]
        try:
            KINDS[change["tbl"]].write(con, change["key"], None if image is None else json.loads(image))
        except (LookupError, ValueError) as error:
            raise damaged(f"batch {number}", f"its change of {change['tbl']} {change['key']}") from error


def _refuse_overlap(con: sqlite3.Connection, number: int) -> None:
    whole = json.dumps([name for name, kind in KINDS.items() if kind.whole])
    later = con.execute(
        """
        SELECT DISTINCT theirs.batch, batch.verb FROM change mine
        JOIN change theirs ON theirs.briefing_key = mine.briefing_key AND theirs.batch > mine.batch
        JOIN batch ON batch.number = theirs.batch AND batch.undone = 0
        WHERE mine.batch = :number AND (
            (theirs.tbl = mine.tbl AND theirs.key = mine.key)
            OR (mine.briefing_key AND theirs.tbl <> 'suggestion' AND (
                mine.tbl IN (SELECT value FROM json_each(:whole)) OR theirs.tbl IN (SELECT value FROM json_each(:whole))
            ))
        )
        ORDER BY theirs.batch DESC
        """,
        {"number": number, "whole": whole},
    ).fetchall()
    if later:
        named = ", ".join(f"{r['batch']} ({r['verb']})" for r in later[:8]) + (" …" if len(later) > 8 else "")
        raise UndoConflictError(
            f"batch {number} can't be undone: later batches changed the same things: {named}",
            hint="undo those first, the latest first",
        )


def _batch(row: sqlite3.Row) -> Batch:
    return Batch(row["number"], row["verb"], row["at"], row["summary"], row["undone"] != 0)


def _dumps(image: Image | None) -> str | None:
    return None if image is None else _ENCODER.encode(image)
