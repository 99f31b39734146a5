"""Write to the library in batches: in a single transaction, or in many under the bulk lock."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from briefreader.model import Batch
from briefreader.storage import bulk_lock, journal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from briefreader.storage.database import Connection, Database

T = TypeVar("T")


@dataclass(slots=True)
class Step:
    """A batch in progress. The caller sets ``summary``; ``batch`` is set at the end (number 0 if nothing changed)."""

    con: Connection
    number: int
    summary: str
    batch: Batch


@dataclass(slots=True)
class Bulk:
    """A batch of many transactions in progress; ``batch`` is set at the end."""

    number: int
    batch: Batch


class Batches:
    """Writes batches to a library; ``last`` is the batch of the last operation, None if it changed nothing."""

    def __init__(self, db: Database) -> None:
        self.last: Batch | None = None
        self._db = db

    @contextmanager
    def step(self, verb: str, *, resume: int = 0) -> Iterator[Step]:
        """Write a batch in one transaction. If ``resume`` is the number of a batch, add the changes to that batch."""
        with self._db.writing() as con:
            step = Step(con, resume or journal.begin(con, verb), "", Batch(0, verb, "", ""))
            yield step
            step.batch = journal.finish(con, step.number, step.summary)
        self.ended(step.batch)

    def apply(
        self,
        verb: str,
        items: Iterable[T],
        change: Callable[[Connection, int, T], bool],
        summary: Callable[[Connection, list[T]], str],
    ) -> Batch:
        """Apply a change to each item in one transaction, and return the batch (number 0 if nothing changed).

        Args:
            verb: the operation, as shown in history.
            items: what to change.
            change: changes an item, and returns whether anything changed.
            summary: returns the description of the changed items for history.
        """
        with self.step(verb) as step:
            changed = [item for item in items if change(step.con, step.number, item)]
            step.summary = summary(step.con, changed)
        return step.batch

    @contextmanager
    def bulk(self, verb: str, words: str) -> Iterator[Bulk]:
        """Write a batch in many transactions, while holding the bulk lock.

        If the operation is interrupted, a later one with the same ``verb`` and ``words`` continues its batch. ``words``
        describe the operation in history.

        Raises:
            LibraryError: the library is read-only.
            LockedError: another bulk command is running.
        """
        self._db.writer()  # raises the error for a read-only library before the lock file is opened
        with bulk_lock.hold(self._db.folder, verb):
            with self._db.writing() as con:
                bulk = Bulk(journal.begin(con, verb, words, bulk=True), Batch(0, verb, "", ""))
            try:
                yield bulk
            finally:
                if not self._db.closed:  # if it is closed, the generator was abandoned: the batch stays interrupted
                    with self._db.writing() as con:
                        count = journal.briefings_changed(con, bulk.number)
                        summary = f"{count:,} briefing{'s' * (count != 1)}: {words}"
                        bulk.batch = journal.finish(con, bulk.number, summary)
                    self.ended(bulk.batch)

    def ended(self, batch: Batch) -> Batch:
        """Set ``last`` to a finished batch, and return the batch."""
        self.last = batch if batch.number else None
        return batch
