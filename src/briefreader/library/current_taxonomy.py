"""The current taxonomy: the library's own file, or one given by the user."""

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

CACHE = "model/taxonomy.cache"  # JSON, with a suffix that `add` ignores
_NO_TOPICS = Taxonomy(())


class CurrentTaxonomy:
    """The current taxonomy of a library. Thread-safe.

    Args:
        db: the library's database.
        batches: returns the object that writes batches, for renames of topics.
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
        """The file in use: the given one, else the library's own copy of the shipped one.

        The copy is created on first use. A read-only library without a copy uses the shipped file.
        """
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
            TaxonomyError: the file can't be read, or has errors.
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
        """Reload the taxonomy file if it has changed; return whether the topics have changed."""
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
        """Return the current topics, or an empty taxonomy if the file has errors, for reading and searching."""
        try:
            return self.load()
        except TaxonomyError:
            return _NO_TOPICS

    def ids(self) -> frozenset[str] | None:
        """Return the IDs of the topics; None if the file has errors, in which case all stored topics are shown."""
        try:
            return frozenset(self.load().ids)
        except TaxonomyError:
            return None

    def expand(self, topic: str) -> set[str]:
        """Return the IDs of a topic and its narrower topics, given the topic's current or a previous ID.

        For an unknown ID, return only that.
        """
        taxonomy, wanted = self.readable(), topic.casefold()
        named = [t.id for t in taxonomy.topics if t.id.casefold() == wanted]
        named += [t.id for t in taxonomy.topics if wanted in map(str.casefold, t.was)]
        return taxonomy.narrower(named[0]) if named else {topic}

    def _follow_renames(self, taxonomy: Taxonomy) -> None:
        """Apply the renames and merges in the file to stored verdicts and scores, as one batch."""
        if self._db.readonly:
            return
        with self._db.reading() as con:
            pending = _renames_to_follow(con, taxonomy)
        if pending:
            with self._batches().step("taxonomy") as step:
                step.summary = move_topics(step, pending)

    def check_undone(self, con: Connection) -> None:
        """Check that the taxonomy file no longer contains a rename that was undone.

        Raises:
            UndoConflictError: it does, so the next start would apply the rename again.
        """
        for old, new in _renames_to_follow(con, self.readable()).items():
            raise UndoConflictError(
                f"the taxonomy still lists {old} as a previous ID of {new}",
                where=str(self.path),
                hint=f"remove {old} from the `was` of {new} first, or the next start applies the change again",
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
    """Return the current ID of each previous ID that still has verdicts or scores."""
    ids = set(taxonomy.ids)
    renamed = {old: topic.id for topic in taxonomy.topics for old in topic.was if old not in ids}
    return {old: new for old, new in renamed.items() if _with_topic(con, old)}


def _with_topic(con: Connection, topic: str) -> list[int]:
    """Return the row keys of briefings that have, or whose insights have, a verdict on a topic or a score for it."""
    from briefreader.storage import decisions, suggestions

    return sorted({*decisions.with_topic(con, topic), *suggestions.with_topic(con, topic)})


def stamp(path: Path) -> tuple[int, int] | None:
    """Return a file's modification time and size, to detect changes; None if there is no file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
