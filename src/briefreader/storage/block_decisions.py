"""The user's decisions on a publisher's blocks: cut them from every issue, or keep them.

A block is identified by its masked hash: the hash of its text with digits and URLs masked (``reading.masked_blocks``).
Its text is only stored for display. Decisions are journaled, so they can be undone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from briefreader.storage import journal

if TYPE_CHECKING:
    import sqlite3

MAX_TEXT_CHARACTERS = 200


def of(con: sqlite3.Connection, publisher: str) -> dict[int, bool]:
    """Return the decisions on a publisher's blocks, by masked hash: True to cut the block, False to keep it."""
    rows = con.execute("SELECT block, cut FROM block_decision WHERE publisher = ?", (publisher,))
    return {row["block"]: bool(row["cut"]) for row in rows}


def put(con: sqlite3.Connection, batch: int, publisher: str, block: int, cut: bool, text: str) -> None:
    """Store a decision to cut or keep a block."""
    image = {"cut": int(cut), "text": text[:MAX_TEXT_CHARACTERS]}
    journal.put(con, batch, "block_decision", f"{block}.{publisher}", image)
