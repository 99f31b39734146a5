"""Write to the library in batches: single transactions, or bulk commands under the bulk lock."""

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
    """A batch in progress; the writer sets ``summary``, and ``batch`` is set at the end."""

    con: Connection
    number: int
    summary: str
    batch: Batch


@dataclass(slots=True)
class Bulk:
    """A batch of many transactions; ``batch`` is set at the end."""

    number: int
    batch: Batch


class Batches:
    """The batches of a library; ``last`` is the last operation's batch, None if it changed nothing."""

    def __init__(self, db: Database) -> None:
        self.last: Batch | None = None
        self._db = db

    @contextmanager
    def step(self, verb: str, *, resume: int = 0) -> Iterator[Step]:
        """Write one batch in one transaction; ``resume`` continues the batch of that number."""
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
        """Apply a change to many items as one batch; ``change(con, batch, item)`` returns whether it changed anything.

        ``summary`` describes the changed items in history.
        """
        with self.step(verb) as step:
            changed = [item for item in items if change(step.con, step.number, item)]
            step.summary = summary(step.con, changed)
        return step.batch

    @contextmanager
    def bulk(self, verb: str, words: str) -> Iterator[Bulk]:
        """Write a batch in many transactions; the same command run again after an interruption continues it.

        ``words`` identify the command among those of its verb, and describe it in history.

        Raises:
            LockedError: another bulk command is running.
        """
        self._db.writer()  # report a missing library rather than a missing lock file
        with bulk_lock.hold(self._db.folder, verb):
            with self._db.writing() as con:
                bulk = Bulk(journal.begin(con, verb, words, bulk=True), Batch(0, verb, "", ""))
            try:
                yield bulk
            finally:
                if not self._db.closed:  # else an abandoned generator: the batch counts as interrupted
                    with self._db.writing() as con:
                        count = journal.briefings_changed(con, bulk.number)
                        summary = f"{count:,} briefing{'s' * (count != 1)}: {words}"
                        bulk.batch = journal.finish(con, bulk.number, summary)
                    self.ended(bulk.batch)

    def ended(self, batch: Batch) -> Batch:
        """Store a finished batch as the last one."""
        self.last = batch if batch.number else None
        return batch
