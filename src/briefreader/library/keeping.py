"""Keeping the library safe: dump and restore, backup, finding and mending damage."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from briefreader.errors import BriefreaderError, DamagedError, LibraryError
from briefreader.library.indexing import Indexing
from briefreader.model import Briefing, Problem
from briefreader.paths import TAXONOMY, write_whole
from briefreader.storage import briefings, dump, mending, renewal, upkeep
from briefreader.storage.database import FILE, Database, copy, stamp

if TYPE_CHECKING:
    from pathlib import Path


class Keeping(Indexing):
    """Verbs that guard what can't be made again."""

    def dump(self, stream: TextIO) -> int:
        """Write the whole library as plain text, one JSON object a line; returns the number of lines."""
        count = 0
        with self.db.reading() as con:
            for line in dump.lines(con, self._own_taxonomy()):
                stream.write(line)
                count += 1
        return count

    def restore(self, stream: TextIO, *, dry_run: bool = False) -> int:
        """Fill this library, which must be empty, from a dump; returns how many briefings it holds then.

        ``dry_run``: only tell how many there would be.

        Raises:
            LibraryError: the library is not empty, or the stream is no dump; nothing is changed then.
        """
        with self.db.writing(keep=not dry_run) as con:
            taxonomy = dump.restore(con, stream)
            if taxonomy and not dry_run:
                write_whole(self.folder / TAXONOMY, taxonomy.encode())
            self._forget_taxonomy()
            return len(briefings.every_key(con))

    def backup(self, path: Path | None = None, *, dry_run: bool = False) -> Path:
        """Copy the library while it is in use, to a folder that is a library itself (``--library`` opens it).

        ``path`` must not hold a library yet; by default it is made under ``backups/``. ``dry_run``: only tell where.
        """
        target = path or self.folder / "backups" / stamp()
        if (target / FILE).exists():
            raise LibraryError("there is a library already", where=str(target), hint="name another folder")
        if dry_run:
            return target
        try:
            with self.db.reading() as con:
                copy(con, target / FILE)
            taxonomy = self._own_taxonomy()
            if taxonomy:
                write_whole(target / TAXONOMY, taxonomy.encode())
        except OSError as error:
            raise LibraryError(f"the copy can't be written: {error.strerror}", where=str(target)) from error
        return target

    def check(self, *, deep: bool = False, rebuild: bool = False) -> list[Problem]:
        """Look for damage; ``rebuild`` makes what is derived anew and saves what can be read of a damaged file.

        Returns:
            what was found; with ``rebuild`` also what could not be mended. Empty: all is well.
        """
        with self.db.reading() as con:
            damage = upkeep.damage(con, self.db.path, deep=deep)
            found = damage or upkeep.inconsistencies(con, self.db.path, deep=deep)
        if deep and not damage and not self.readonly:
            with self.db.writing() as con:
                found += upkeep.check_full_text(con, self.db.path)
        if deep and not found and self._index_is_wrong():
            found.append(Problem(str(self.db.path), "the search index is out of step", hint=upkeep.REBUILD))
        if rebuild:
            if damage:
                self.db.close()
                found += self.salvage(self.folder)
                self.db = Database(self.folder)
            with self.db.writing() as con:
                again = mending.put_back(con)
                upkeep.fetch_originals(con)
                upkeep.rebuild(con)
            found += self._read_lost_content(again, every=bool(damage))
            with self.db.writing() as con:
                found += mending.settle(con, self.db.path)
            self.rebuild_index()
        return found

    def _index_is_wrong(self) -> bool:
        try:
            return self._index_differs()
        except DamagedError:  # a term that is no UTF-8
            return True

    @staticmethod
    def salvage(folder: Path) -> list[Problem]:
        """Save what can be read of a library that can't be opened; the damaged file is kept under ``backups/``."""
        kept, saved = upkeep.salvage(folder)
        rows = f"{saved['briefing']:,} briefings, {saved['decision']:,} decisions, {saved['note']:,} notes"
        return [Problem(str(kept), f"the damaged file was moved here; saved from it: {rows}")]

    def _read_lost_content(self, again: set[int], *, every: bool) -> list[Problem]:
        """Read the originals of briefings whose content was lost, or may have been in part (``every`` one, or some)."""
        from briefreader.reading import identity as identify
        from briefreader.reading import read_original

        problems = []
        with self.db.writing() as con:
            for key in sorted({*again, *renewal.without_content(con, every=every)}):
                try:
                    made = next(iter(read_original(briefings.original(con, key))), None)
                except BriefreaderError:
                    made = None
                if isinstance(made, Briefing):
                    renewal.refill(con, key, made, identify.fingerprint(made))
                else:
                    problems.append(Problem(briefings.name(con, key), "its content is lost and can't be read anew"))
        return problems

    def _own_taxonomy(self) -> str:
        own = self.folder / TAXONOMY
        return own.read_text(encoding="utf-8", errors="replace") if own.exists() else ""
