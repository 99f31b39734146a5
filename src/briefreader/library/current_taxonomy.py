"""The current taxonomy: the library's own file or a given one, reloaded when it changes."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from briefreader import paths
from briefreader.atomic import atomic_write
from briefreader.errors import TaxonomyError, UndoConflictError
from briefreader.library import taxonomy_cache
from briefreader.taxonomy import Taxonomy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from briefreader.library.batches import Batches, Step
    from briefreader.storage.database import Connection, Database

CACHE = "model/taxonomy.cache"  # JSON, under a suffix that adding a folder ignores
_NO_TOPICS = Taxonomy(())


class CurrentTaxonomy:
    """The current taxonomy of a library. Thread-safe.

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
        """The file in use: the given one, else the library's own copy, created from the shipped one."""
        if self._given is not None:
            return self._given
        own = self._db.folder / paths.TAXONOMY
        if own.exists() or self._db.readonly:
            return own if own.exists() else paths.shipped_taxonomy()
        atomic_write(own, paths.shipped_taxonomy().read_bytes())
        return own

    def load(self) -> Taxonomy:
        """Return the current topics.

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
        """Reload the taxonomy file if it changed; return whether the topics changed."""
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
        """Reload the file on the next access."""
        with self._lock:
            self._loaded = None

    def readable(self) -> Taxonomy:
        """Return the topics, or none if the file has errors, so that reading and searching still work."""
        try:
            return self.load()
        except TaxonomyError:
            return _NO_TOPICS

    def ids(self) -> frozenset[str] | None:
        """Return the IDs of the topics; None if the file has errors: then all stored topics count."""
        try:
            return frozenset(self.load().ids)
        except TaxonomyError:
            return None

    def expand(self, topic: str) -> set[str]:
        """Return the topics that ``topic:`` stands for: the topic, by any ID it had, and its narrower ones.

        An unknown one stands for itself.
        """
        taxonomy, wanted = self.readable(), topic.casefold()
        named = [t.id for t in taxonomy.topics if t.id.casefold() == wanted]
        named += [t.id for t in taxonomy.topics if wanted in map(str.casefold, t.was)]
        return taxonomy.narrower(named[0]) if named else {topic}

    def _follow_renames(self, taxonomy: Taxonomy) -> None:
        """Apply renames and merges in the file to stored verdicts and scores; undoable."""
        if self._db.readonly:
            return
        with self._db.reading() as con:
            pending = _renames_to_follow(con, taxonomy)
        if pending:
            with self._batches().step("taxonomy") as step:
                step.summary = move_topics(step, pending)

    def check_undone(self, con: Connection) -> None:
        """Refuse to undo a rename that is still in the taxonomy file, which would redo it at the next start.

        Raises:
            UndoConflictError: the file still has the rename.
        """
        for old, new in _renames_to_follow(con, self.readable()).items():
            raise UndoConflictError(
                f"the taxonomy says that {new} was {old}",
                where=str(self.path),
                hint=f"remove {old} from its `was` first; otherwise the next start would apply the change again",
            )


def move_topics(step: Step, topics: Mapping[str, str]) -> str:
    """Move the verdicts and scores of topics to other topics; return the batch's summary."""
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
    """Return the topics stored under a previous ID, each with its current ID."""
    ids = set(taxonomy.ids)
    renamed = {old: topic.id for topic in taxonomy.topics for old in topic.was if old not in ids}
    return {old: new for old, new in renamed.items() if _with_topic(con, old)}


def _with_topic(con: Connection, topic: str) -> list[int]:
    """Return the row keys of briefings that have a verdict on or score of a topic, or whose insights have."""
    from briefreader.storage import decisions, suggestions

    return sorted({*decisions.with_topic(con, topic), *suggestions.with_topic(con, topic)})


def stamp(path: Path) -> tuple[int, int] | None:
    """Return a file's modification time and size, to detect changes; None if there is no file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
