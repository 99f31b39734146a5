"""Dump and restore, back up, check and rebuild the library."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from briefreader.atomic import atomic_write
from briefreader.errors import DamagedError, LibraryError, TaxonomyError
from briefreader.model import Problem
from briefreader.paths import TAXONOMY
from briefreader.sources.config import FILE_NAME as SOURCES
from briefreader.storage import briefings, dump, integrity
from briefreader.storage.database import FILE, copy, stamp

if TYPE_CHECKING:
    from pathlib import Path

    from briefreader.library.current_taxonomy import CurrentTaxonomy
    from briefreader.library.model_store import ModelStore
    from briefreader.library.search_index import SearchIndex
    from briefreader.library.story_index import StoryIndex
    from briefreader.storage.database import Database


class Maintenance:
    """Dumps, restores, copies, checks and rebuilds the library."""

    def __init__(
        self, db: Database, taxonomy: CurrentTaxonomy, index: SearchIndex, stories: StoryIndex, models: ModelStore
    ) -> None:
        self._db = db
        self._taxonomy = taxonomy
        self._index = index
        self._stories = stories
        self._models = models

    def dump(self, stream: TextIO) -> int:
        """Write the library, without ``sources.toml``, as JSON Lines; return the number of lines."""
        count = 0
        with self._db.reading() as con:
            for line in dump.lines(con, self._own_taxonomy()):
                stream.write(line)
                count += 1
        return count

    def restore(self, stream: TextIO, *, dry_run: bool = False) -> int:
        """Restore a dump into this empty library; return the number of briefings.

        With ``dry_run``, only return that number.

        Raises:
            LibraryError: the library is not empty, or the stream isn't a dump; nothing is changed.
        """
        with self._db.writing(keep=not dry_run) as con:
            taxonomy = dump.restore(con, stream)
            if taxonomy and not dry_run:
                atomic_write(self._db.folder / TAXONOMY, taxonomy.encode())
            self._taxonomy.forget()
            return len(briefings.every_key(con))

    def backup(self, path: Path | None = None, *, dry_run: bool = False) -> Path:
        """Copy the library, with taxonomy and list of sources, to a folder, even while it is in use; return the folder.

        ``path`` must not contain a library; the default is under ``backups/``. ``dry_run`` only returns the path.
        """
        target = path or self._db.folder / "backups" / stamp()
        if (target / FILE).exists():
            raise LibraryError("a library already exists there", where=str(target), hint="choose another folder")
        if dry_run:
            return target
        try:
            with self._db.reading() as con:
                copy(con, target / FILE)
            taxonomy = self._own_taxonomy()
            if taxonomy:
                atomic_write(target / TAXONOMY, taxonomy.encode())
            if (sources := self._db.folder / SOURCES).exists():
                atomic_write(target / SOURCES, sources.read_bytes())
        except OSError as error:
            raise LibraryError(f"the copy can't be written: {error.strerror}", where=str(target)) from error
        return target

    def check(self, *, deep: bool = False, rebuild: bool = False) -> list[Problem]:
        """Check the database, taxonomy and model, and return the problems.

        ``deep`` also reads all originals and search indexes. ``rebuild`` then regenerates derived data; the problems
        that it repaired are returned too.
        """
        with self._db.reading(fresh=True) as con:
            damage = integrity.damage(con, self._db.path, deep=deep)
            found = damage or integrity.inconsistencies(con, self._db.path, deep=deep)
        if deep and not damage and not self._db.readonly:
            with self._db.writing() as con:
                found += integrity.check_full_text(con, self._db.path)
        if deep and not found and self._index_is_wrong():
            found.append(Problem(str(self._db.path), "the search index is out of date", hint=integrity.REBUILD))
        if rebuild and not damage:
            with self._db.writing() as con:
                integrity.fetch_originals(con)
                integrity.rebuild(con)
            self._index.rebuild()
            self._stories.rebuild()
        try:
            return found + self._models.check(rebuild=rebuild)
        except TaxonomyError as error:
            return [*found, Problem(error.where, error.message, hint=error.hint)]

    def _index_is_wrong(self) -> bool:
        try:
            return self._index.differs()
        except DamagedError:  # a term that isn't UTF-8
            return True

    def _own_taxonomy(self) -> str:
        own = self._db.folder / TAXONOMY
        return own.read_text(encoding="utf-8", errors="replace") if own.exists() else ""
