"""Journal changes of the library's taxonomy file, so that undo and redo can restore it.

The journal stores the whole text before and after each change.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from briefreader.atomic import atomic_write
from briefreader.errors import UndoConflictError
from briefreader.paths import TAXONOMY
from briefreader.storage import journal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from briefreader.storage.database import Connection

_TABLE = "taxonomy"


@contextmanager
def recorded(con: Connection, batch: int, path: Path) -> Iterator[None]:
    """Journal a change of the file inside the block; after an error, restore the file."""
    before = path.read_bytes()
    try:
        yield
        after = path.read_bytes()
        if before != after:
            journal.record(con, batch, _TABLE, TAXONOMY, {"text": before.decode()}, {"text": after.decode()})
    except BaseException:
        if path.read_bytes() != before:
            atomic_write(path, before)
        raise


def write_back(con: Connection, batch: int, side: Literal["before", "after"], path: Path, *, dry_run: bool) -> bool:
    """Write the file as it was before or after a batch; return whether the batch changed it.

    Raises:
        UndoConflictError: the file has been edited since.
        OSError: the file can't be written.
    """
    found = journal.change(con, batch, _TABLE, TAXONOMY)
    if found is None or found.before is None or found.after is None:
        return False
    before, after = (str(image["text"]).encode() for image in (found.before, found.after))
    wanted, expected = (before, after) if side == "before" else (after, before)
    now = path.read_bytes() if path.exists() else b""
    if now not in (wanted, expected):
        verb = journal.get(con, batch).verb
        raise UndoConflictError(
            f"the taxonomy has been edited since batch {batch} ({verb})",
            where=str(path),
            hint="change the topics by hand: undo or redo would discard your edits",
        )
    if now != wanted and not dry_run:
        atomic_write(path, wanted)
    return True
