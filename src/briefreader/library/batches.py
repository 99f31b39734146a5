"""Write to the library in batches: a step in one transaction, or a bulk command in many of them under the bulk lock."""

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
    """A batch in the making: ``summary`` is set by who writes, ``batch`` when it ends."""

    con: Connection
    number: int
    summary: str
    batch: Batch


@dataclass(slots=True)
class Bulk:
    """A batch that takes many transactions; ``batch`` is set when it ends."""

    number: int
    batch: Batch


class Batches:
    """The batches of a library; ``last`` is the latest that changed anything, None where it changed nothing."""

    def __init__(self, db: Database) -> None:
        self.last: Batch | None = None
        self._db = db

    @contextmanager
    def step(self, verb: str, *, resume: int = 0) -> Iterator[Step]:
        """Write one batch in one transaction, all of it or nothing; ``resume`` continues the batch of that number."""
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
        """Change many things as one batch: ``change(con, batch, item)`` tells whether there was anything to change.

        ``summary`` puts the batch in the words of history, from the items that it changed.
        """
        with self.step(verb) as step:
            changed = [item for item in items if change(step.con, step.number, item)]
            step.summary = summary(step.con, changed)
        return step.batch

    @contextmanager
    def bulk(self, verb: str, words: str) -> Iterator[Bulk]:
        """Write a batch in many transactions: the same command, cut short and run again, goes on with its batch.

        ``words`` tell the command from others of its verb, and it in history.

        Raises:
            LockedError: another bulk command is running.
        """
        self._db.writer()  # where there is none, that is the reason to name, not the lock file
        with bulk_lock.hold(self._db.folder, verb):
            with self._db.writing() as con:
                bulk = Bulk(journal.begin(con, verb, words, bulk=True), Batch(0, verb, "", ""))
            try:
                yield bulk
            finally:
                with self._db.writing() as con:
                    count = journal.briefings_changed(con, bulk.number)
                    bulk.batch = journal.finish(con, bulk.number, f"{count:,} briefing{'s' * (count != 1)}: {words}")
                self.ended(bulk.batch)

    def ended(self, batch: Batch) -> Batch:
        """Remember a batch that has ended as the last."""
        self.last = batch if batch.number else None
        return batch
