"""The taxonomy in use: the library's own file or one that was named, read once and again when it changes."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from briefreader import paths
from briefreader.errors import TaxonomyError, UndoConflictError
from briefreader.library import taxonomy_cache
from briefreader.taxonomy import Taxonomy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from briefreader.library.batches import Batches, Step
    from briefreader.storage.database import Connection, Database

CACHE = "model/taxonomy.cache"  # JSON, but nothing that adding a folder would take for a briefing
_NO_TOPICS = Taxonomy(())


class CurrentTaxonomy:
    """The topics that a library goes by. Thread-safe.

    Args:
        given: a file to use instead of the library's own copy.
    """

    def __init__(self, db: Database, batches: Callable[[], Batches], given: Path | None) -> None:
        self._db = db
        self._given = given
        self._batches = batches
        self._loaded: Taxonomy | None = None
        self._stamp: tuple[int, int] | None = None
        self._lock = threading.Lock()

    @property
    def path(self) -> Path:
        """The file in use: the one given, else the library's own copy, made from the shipped one at first."""
        if self._given is not None:
            return self._given
        own = self._db.folder / paths.TAXONOMY
        if own.exists() or self._db.readonly:
            return own if own.exists() else paths.shipped_taxonomy()
        paths.atomic_write(own, paths.shipped_taxonomy().read_bytes())
        return own

    def load(self) -> Taxonomy:
        """Return the topics in use.

        Raises:
            TaxonomyError: the file can't be used, with line and column.
        """
        with self._lock:
            found, first = self._loaded, self._stamp is None
            if found is None:
                path = self.path
                self._stamp = stamp(path)
                found = self._loaded = taxonomy_cache.load(path, self._db.folder / CACHE)
        if first:
            self._follow_renames(found)
        return found

    def reload(self) -> bool:
        """Read the file again if it changed; return whether the topics did."""
        if self._loaded is not None and stamp(self.path) == self._stamp:
            return False
        with self._lock:
            before, self._loaded = self._loaded, None
        try:
            return self.load() != before
        except BaseException:
            self._loaded = before
            raise

    def forget(self) -> None:
        """Read the file again when it is asked for next."""
        with self._lock:
            self._loaded = None

    def readable(self) -> Taxonomy:
        """Return the topics in use, none while the file can't be read: reading and searching must not fail with it."""
        try:
            return self.load()
        except TaxonomyError:
            return _NO_TOPICS

    def ids(self) -> frozenset[str] | None:
        """Return the ids of the topics in use; None while the file can't be read: then all that are stored count."""
        try:
            return frozenset(self.load().ids)
        except TaxonomyError:
            return None

    def expand(self, topic: str) -> set[str]:
        """Return the topics that ``topic:`` means: itself, by whatever id it had, and its narrower ones.

        An unknown one means itself.
        """
        taxonomy, wanted = self.readable(), topic.casefold()
        named = [t.id for t in taxonomy.topics if t.id.casefold() == wanted]
        named += [t.id for t in taxonomy.topics if wanted in map(str.casefold, t.was)]
        return taxonomy.narrower(named[0]) if named else {topic}

    def _follow_renames(self, taxonomy: Taxonomy) -> None:
        """Move verdicts and scores of topics that were renamed or merged to what they are now; undoable."""
        if self._db.readonly:
            return
        with self._db.reading() as con:
            pending = _renames_to_follow(con, taxonomy)
        if pending:
            with self._batches().step("taxonomy") as step:
                step.summary = move_topics(step, pending)

    def check_undone(self, con: Connection) -> None:
        """Refuse the undo of a rename that the taxonomy still asks for: it would be made again at the next start.

        Raises:
            UndoConflictError: it does.
        """
        for old, new in _renames_to_follow(con, self.readable()).items():
            raise UndoConflictError(
                f"the taxonomy says that {new} was {old}",
                where=str(self.path),
                hint=f"take {old} out of its `was` first: the change would be made again at the next start",
            )


def move_topics(step: Step, topics: Mapping[str, str]) -> str:
    """Move the verdicts on topics, and their scores, to other topics; return the step's summary."""
    from briefreader.storage import decisions, suggestions

    changed = set()
    for old, new in topics.items():
        for key in _with_topic(step.con, old):
            decided = decisions.rename(step.con, step.number, key, old, new)
            if suggestions.rename(step.con, step.number, key, old, new) or decided:
                changed.add(key)
    renames = ", ".join(f"{old} → {new}" for old, new in topics.items())
    return f"{renames}: {len(changed):,} briefing{'s' * (len(changed) != 1)}"


def _renames_to_follow(con: Connection, taxonomy: Taxonomy) -> dict[str, str]:
    """Return the topics that are stored under an id they had before, each with the id it has now."""
    ids = set(taxonomy.ids)
    renamed = {old: topic.id for topic in taxonomy.topics for old in topic.was if old not in ids}
    return {old: new for old, new in renamed.items() if _with_topic(con, old)}


def _with_topic(con: Connection, topic: str) -> list[int]:
    """Row keys of the briefings that have a verdict on a topic or a score of it, or whose insights have."""
    from briefreader.storage import decisions, suggestions

    return sorted({*decisions.with_topic(con, topic), *suggestions.with_topic(con, topic)})


def stamp(path: Path) -> tuple[int, int] | None:
    """Return when a file was written and its size, which tell that it is another one now; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
