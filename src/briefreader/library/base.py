"""What every group of verbs stands on: the open library, its taxonomy, and one-step batches."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self, TypeVar

from briefreader import paths
from briefreader.errors import TaxonomyError
from briefreader.model import Batch
from briefreader.storage import briefings, bulk_lock, decisions, journal, suggestions
from briefreader.storage.database import Connection, Database
from briefreader.taxonomy import Taxonomy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path
    from types import TracebackType


T = TypeVar("T")
TAXONOMY_CACHE = "model/taxonomy.cache"  # JSON, but nothing that adding a folder would take for a briefing
_NO_TOPICS = Taxonomy(())


@dataclass(slots=True)
class Step:
    """A batch in the making: ``summary`` is set by the verb, ``batch`` when it ends."""

    con: Connection
    number: int
    summary: str
    batch: Batch


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a bulk command is: ``total`` is 0 while unknown; ``name`` is what it is at."""

    done: int
    total: int
    name: str


@dataclass(slots=True)
class Bulk:
    """A batch that takes many transactions, under the bulk lock; ``batch`` is set when it ends."""

    number: int
    batch: Batch


class Base:
    """An open library. Thread-safe: any thread may read, writers take turns.

    Args:
        folder: the library's folder; by default ``BRIEFREADER_LIBRARY`` or the user's data folder.
        taxonomy: a taxonomy file to use instead of the library's own copy.
        create: make the library if there is none (else NoLibraryError).
        readonly: never write, not even to migrate.
    """

    def __init__(
        self, folder: Path | None = None, *, taxonomy: Path | None = None, create: bool = True, readonly: bool = False
    ) -> None:
        self.folder = paths.library_dir(folder)
        self.db = Database(self.folder, readonly=readonly, create=create)
        self.last_batch: Batch | None = None  # what the last verb wrote; None where it changed nothing
        self.corrected: set[str] = set()  # topics decided on that ``follow`` has not learnt from yet
        self._taxonomy_path = taxonomy
        self._taxonomy: Taxonomy | None = None
        self._taxonomy_stamp: tuple[int, int] | None = None
        self._taxonomy_lock = threading.Lock()
        self._search_lock = threading.Lock()
        self._tagger_lock = threading.Lock()
        self._merge_lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the library; a write under way in another thread is waited for."""
        self.db.close()

    @property
    def readonly(self) -> bool:
        """Whether this library can only be read: so opened, or its folder can't be written."""
        return self.db.readonly

    @property
    def taxonomy_path(self) -> Path:
        """The taxonomy in use: the file given, else the library's own copy, made from the shipped one at first."""
        if self._taxonomy_path is not None:
            return self._taxonomy_path
        own = self.folder / paths.TAXONOMY
        if own.exists() or self.readonly:
            return own if own.exists() else paths.shipped_taxonomy()
        paths.atomic_write(own, paths.shipped_taxonomy().read_bytes())
        return own

    @property
    def taxonomy(self) -> Taxonomy:
        """The topics in use.

        Raises:
            TaxonomyError: the file can't be used, with line and column.
        """
        with self._taxonomy_lock:
            found, first = self._taxonomy, self._taxonomy_stamp is None
            if found is None:
                path = self.taxonomy_path
                self._taxonomy_stamp = stamp(path)
                found = self._taxonomy = Taxonomy.load_quickly(path, self.folder / TAXONOMY_CACHE)
        if first:
            self._follow_renames(found)
        return found

    def _follow_renames(self, taxonomy: Taxonomy) -> None:
        """Move verdicts and scores of topics that were renamed or merged to what they are now; undoable."""
        renamed = {old: topic.id for topic in taxonomy.topics for old in topic.was if old not in taxonomy.ids}
        if not renamed or self.readonly:
            return
        with self.db.reading() as con:
            pending = [old for old in renamed if _with_topic(con, old)]
        if pending:
            with self._step("taxonomy") as step:
                step.summary = self._move_topics(step, {old: renamed[old] for old in pending})

    @staticmethod
    def _move_topics(step: Step, topics: Mapping[str, str]) -> str:
        """Move verdicts on topics and their scores to other topics; return the step's summary."""
        changed = set()
        for old, new in topics.items():
            for key in _with_topic(step.con, old):
                decided = decisions.rename(step.con, step.number, key, old, new)
                if suggestions.rename(step.con, step.number, key, old, new) or decided:
                    changed.add(key)
        renames = ", ".join(f"{old} → {new}" for old, new in topics.items())
        return f"{renames}: {len(changed):,} briefing{'s' * (len(changed) != 1)}"

    def _forget_taxonomy(self) -> None:
        with self._taxonomy_lock:
            self._taxonomy = None

    def reload_taxonomy(self) -> bool:
        """Read the taxonomy file anew if it changed; tells whether it did."""
        if self._taxonomy is not None and stamp(self.taxonomy_path) == self._taxonomy_stamp:
            return False
        with self._taxonomy_lock:
            before, self._taxonomy = self._taxonomy, None
        try:
            return self.taxonomy != before
        except BaseException:
            self._taxonomy = before
            raise

    @property
    def _readable_taxonomy(self) -> Taxonomy:
        """The topics in use, none while the file can't be read: looking and searching must not fall with it."""
        try:
            return self.taxonomy
        except TaxonomyError:
            return _NO_TOPICS

    @property
    def _topics(self) -> frozenset[str] | None:
        """The ids of the topics in use; None while the file can't be read: then all that the library knows count."""
        try:
            return frozenset(self.taxonomy.ids)
        except TaxonomyError:
            return None

    def _expand(self, topic: str) -> set[str]:
        """The topics that ``topic:`` means: itself, by whatever id it had, and its narrower ones.

        An unknown one means itself.
        """
        taxonomy, wanted = self._readable_taxonomy, topic.casefold()
        named = [t.id for t in taxonomy.topics if t.id.casefold() == wanted]
        named += [t.id for t in taxonomy.topics if wanted in map(str.casefold, t.was)]
        return taxonomy.narrower(named[0]) if named else {topic}

    def resolve(self, prefix: str) -> str:
        """The id that a prefix names.

        Raises:
            NotFoundError: none begins so.
            UsageError: several do; they are named.
        """
        with self.db.reading() as con:
            return briefings.resolve(con, prefix)[1]

    @contextmanager
    def _step(self, verb: str) -> Iterator[Step]:
        """One batch in one transaction: all of it, or nothing."""
        with self.db.writing() as con:
            step = Step(con, journal.begin(con, verb), "", Batch(0, verb, "", ""))
            yield step
            step.batch = journal.finish(con, step.number, step.summary)
        self._wrote(step.batch)

    def _apply_in_batches(
        self,
        verb: str,
        items: Iterable[T],
        change: Callable[[Connection, int, T], bool],
        summary: Callable[[Connection, list[T]], str],
    ) -> Batch:
        """Change many things as one batch: ``change(con, batch, item)`` tells whether there was anything to change.

        ``summary`` puts the batch in the words of history, from the items that it changed.
        """
        with self._step(verb) as step:
            changed = [item for item in items if change(step.con, step.number, item)]
            step.summary = summary(step.con, changed)
        return step.batch

    def _wrote(self, batch: Batch) -> Batch:
        self.last_batch = batch if batch.number else None
        return batch

    @contextmanager
    def _bulk(self, verb: str, words: str) -> Iterator[Bulk]:
        """A batch of many transactions: the same command, cut short and run again, goes on with its batch.

        ``words`` tell the command from others of its verb, and it in history.

        Raises:
            LockedError: another bulk command is running.
        """
        self.db.writer()  # where there is none, that is the reason to name, not the lock file
        with bulk_lock.hold(self.folder, verb):
            with self.db.writing() as con:
                bulk = Bulk(journal.begin(con, verb, words, bulk=True), Batch(0, verb, "", ""))
            try:
                yield bulk
            finally:
                with self.db.writing() as con:
                    count = journal.briefings_changed(con, bulk.number)
                    bulk.batch = journal.finish(con, bulk.number, f"{count:,} briefing{'s' * (count != 1)}: {words}")
                self._wrote(bulk.batch)


def _with_topic(con: Connection, topic: str) -> list[int]:
    """Row keys of the briefings that have a verdict on a topic or a score of it, or whose insights have."""
    return sorted({*decisions.with_topic(con, topic), *suggestions.with_topic(con, topic)})


def stamp(path: Path) -> tuple[int, int] | None:
    """What tells that a file is another one now: when it was written, and its size; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
