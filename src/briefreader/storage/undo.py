"""Taking a batch back and doing it again, in as many transactions as it takes to leave others their turn.

From the first transaction on a batch says what is to be (``undone``), and until the last that it is on its way there
(``open``). Cut short, the next undo, or redo, goes on with it. What others change in between stays as they left it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Literal

from briefreader.errors import UndoConflictError, UsageError
from briefreader.storage import journal, lease
from briefreader.storage.row_snapshots import KINDS
from briefreader.storage.sqlite_errors import damaged

if TYPE_CHECKING:
    import sqlite3

ON_ITS_WAY = 2  # as a batch's ``open``, which is 1 for a bulk command's
_CHUNK = 1000  # changes looked at together
_WHOLE = "".join(f", '{name}'" for name, kind in KINDS.items() if kind.whole)[2:]
# Changes of batch ``mine``, each with one of a later batch in force that is about the same.
_OVERLAP = f"""
FROM change mine
JOIN change theirs ON theirs.briefing_key = mine.briefing_key AND theirs.batch > mine.batch
JOIN batch ON batch.number = theirs.batch AND batch.undone = 0
WHERE mine.batch = :number AND (
    (theirs.tbl = mine.tbl AND theirs.key = mine.key)
    OR (mine.briefing_key AND theirs.tbl <> 'suggestion' AND (mine.tbl IN ({_WHOLE}) OR theirs.tbl IN ({_WHOLE})))
)
"""


def undo(con: sqlite3.Connection, number: int | None = None) -> Replay:
    """Begin to take a batch back, the latest in force unless one is named; or go on where that was cut short.

    Raises:
        UndoConflictError: later batches changed the same things; they are named.
    """
    if not lease.held(con):
        con.execute("UPDATE batch SET open = 0 WHERE open = 1")
    begun = con.execute(
        "SELECT number FROM batch WHERE undone AND open = ? AND number = ifnull(?, number)", (ON_ITS_WAY, number)
    ).fetchone()
    if begun:
        return Replay(int(begun["number"]), "before")
    if number is None:
        row = con.execute("SELECT max(number) AS number FROM batch WHERE NOT undone AND open <> 1").fetchone()
        if row["number"] is None:
            raise UsageError("there is nothing to undo")
        number = int(row["number"])
    if journal.get(con, number).undone:
        raise UsageError(f"batch {number} is undone already", hint="briefreader redo brings the last one back")
    _refuse_overlap(con, number)
    con.execute(
        "UPDATE batch SET open = ?, undone = (SELECT max(max(undone), 0) + 1 FROM batch) WHERE number = ?",
        (ON_ITS_WAY, number),
    )
    return Replay(number, "before")


def redo(con: sqlite3.Connection) -> Replay:
    """Begin to do again what was undone last, if nothing was changed since; or go on where that was cut short."""
    row = con.execute(
        "SELECT number FROM batch WHERE undone > 0 OR (NOT undone AND open = ?) ORDER BY NOT undone DESC, undone DESC",
        (ON_ITS_WAY,),
    ).fetchone()
    if row is None:
        raise UsageError("there is nothing to redo")
    con.execute("UPDATE batch SET open = ?, undone = 0 WHERE number = ?", (ON_ITS_WAY, row["number"]))
    return Replay(int(row["number"]), "after")


@dataclass(slots=True)
class Replay:
    """A batch that is being undone (its changes' ``before`` is put back) or redone (``after``).

    ``left``: changes that were left out, since others have changed the same things on the way.
    """

    number: int
    side: Literal["before", "after"]
    left: int = 0
    _tbl: str = ""
    _key: str = ""

    def go_on(self, con: sqlite3.Connection, seconds: float) -> bool:
        """Put back as many rows as fit into so much time, at least one; whether there are more."""
        until = monotonic() + seconds
        state = con.execute("SELECT undone, open FROM batch WHERE number = ?", (self.number,)).fetchone()
        if state["open"] != ON_ITS_WAY or bool(state["undone"]) != (self.side == "before"):
            return False  # another process has ended it, or turned it round
        while changes := self._next(con):
            changed = self._changed_since(con, *changes[-1]) if _is_followed(con, self.number) else {}
            for self._tbl, self._key in changes:
                if (self._tbl, self._key) in changed:
                    self._leave(con, changed[self._tbl, self._key])
                else:
                    self._put_back(con)
                if monotonic() >= until:
                    return True
        con.execute("UPDATE batch SET open = 0 WHERE number = ?", (self.number,))
        return False

    def _next(self, con: sqlite3.Connection) -> list[tuple[str, str]]:
        """Tables and keys of the changes that come next."""
        found = con.execute(
            "SELECT tbl, key FROM change WHERE batch = ? AND (tbl, key) > (?, ?) ORDER BY tbl, key LIMIT ?",
            (self.number, self._tbl, self._key, _CHUNK),
        )
        return [(row["tbl"], row["key"]) for row in found]

    def _changed_since(self, con: sqlite3.Connection, tbl: str, key: str) -> dict[tuple[str, str], int]:
        """What others have changed of the changes up to a place: the first batch that did, 0 if it did so indirectly.

        When this began no later batch overlapped. Whether a briefing is there goes with any change of it.
        """
        found = con.execute(
            "SELECT mine.tbl, mine.key, min(iif((theirs.tbl, theirs.key) = (mine.tbl, mine.key), theirs.batch, NULL))"
            f" {_OVERLAP} AND (mine.tbl, mine.key) > (:tbl, :key) AND (mine.tbl, mine.key) <= (:to_tbl, :to_key)"
            " AND ((theirs.tbl, theirs.key) = (mine.tbl, mine.key) OR 'content' IN (theirs.tbl, mine.tbl))"
            " GROUP BY mine.tbl, mine.key",
            {"number": self.number, "tbl": self._tbl, "key": self._key, "to_tbl": tbl, "to_key": key},
        )
        return {(row[0], row[1]): row[2] or 0 for row in found}

    def _leave(self, con: sqlite3.Connection, theirs: int) -> None:
        """Leave a row as another batch has made it: that one counts as made after this undo, or redo."""
        self.left += 1
        con.execute(
            f"UPDATE change SET before = (SELECT {self.side} FROM change WHERE (batch, tbl, key) = (:mine, :tbl, :key))"
            " WHERE (batch, tbl, key) = (:theirs, :tbl, :key)",
            {"mine": self.number, "theirs": theirs, "tbl": self._tbl, "key": self._key},
        )

    def _put_back(self, con: sqlite3.Connection) -> None:
        (image,) = con.execute(
            f"SELECT {self.side} FROM change WHERE (batch, tbl, key) = (?, ?, ?)", (self.number, self._tbl, self._key)
        ).fetchone()
        try:
            KINDS[self._tbl].write(con, self._key, None if image is None else json.loads(image))
        except (LookupError, ValueError) as error:
            raise damaged(f"batch {self.number}", f"its change of {self._tbl} {self._key}") from error


def _is_followed(con: sqlite3.Connection, number: int) -> bool:
    """Whether any later batch is in force; where none is, none need be looked through."""
    return con.execute("SELECT 1 FROM batch WHERE number > ? AND NOT undone LIMIT 1", (number,)).fetchone() is not None


def _refuse_overlap(con: sqlite3.Connection, number: int) -> None:
    if not _is_followed(con, number):
        return
    later = con.execute(
        f"SELECT DISTINCT theirs.batch, batch.verb {_OVERLAP} ORDER BY theirs.batch DESC", {"number": number}
    ).fetchall()
    if later:
        named = ", ".join(f"{r['batch']} ({r['verb']})" for r in later[:8]) + (" …" if len(later) > 8 else "")
        raise UndoConflictError(
            f"batch {number} can't be undone: later batches changed the same things: {named}",
            hint="undo those first, the latest first",
        )
