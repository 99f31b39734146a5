"""The library's SQLite file: one writing connection, read-only connections, migrations.

Readers never wait for writers (WAL mode). A write waits up to five seconds for other processes. Commits are durable
(``synchronous=FULL``), so decisions survive a power failure.
"""

from __future__ import annotations

import os
import re
import sqlite3
import threading
from contextlib import closing, contextmanager
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from operator import is_
from typing import TYPE_CHECKING, Any, TypeVar, cast

from briefreader.errors import LibraryError, NoLibraryError
from briefreader.storage import schema
from briefreader.storage.sqlite_errors import translate_sqlite_errors
from briefreader.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

T = TypeVar("T")
Connection = sqlite3.Connection  # for packages that pass connections to this one
FILE = "library.db"
BUSY_SECONDS = 5.0
_IDLE_READERS = 4


def now() -> str:
    """Return the current time in UTC, ISO 8601 with seconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


_SURROGATES = re.compile("[\ud800-\udfff]")


def storable(value: T) -> T:
    """Replace lone surrogates with U+FFFD, since SQLite stores UTF-8.

    They come from undecodable file names and broken JSON. Lists, tuples, dicts and dataclasses are searched too; a
    value without surrogates is returned unchanged.
    """
    made: Any = value
    if isinstance(value, str):
        made = value if value.isascii() else _SURROGATES.sub("\ufffd", value)
    elif value is None or isinstance(value, int | float):
        pass  # most values are numbers, and checking whether each is a dataclass would be slow
    elif isinstance(value, list | tuple):
        items = [storable(item) for item in value]
        made = value if all(map(is_, items, value)) else type(value)(items)
    elif isinstance(value, dict):
        made = {storable(key): storable(item) for key, item in value.items()}
    elif is_dataclass(value) and not isinstance(value, type):
        old = {f.name: getattr(value, f.name) for f in fields(value)}
        new = {name: fixed for name, item in old.items() if (fixed := storable(item)) is not item}
        made = replace(value, **new) if new else value
    return cast("T", made)


def stamp() -> str:
    """Return the current time in UTC for use in a file name, such as ``2026-02-01T093000Z``."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H%M%SZ")


class Database:
    """A library's SQLite file. Opening creates or migrates it, unless it is read-only.

    It is read-only if ``readonly`` is true, or if the file or its folder isn't writable; :meth:`writing` then raises
    LibraryError.

    Raises:
        NoLibraryError: there is no library, and ``create`` is false or ``readonly`` true.
        LibraryError: the file is damaged, isn't a library, or is of a newer version; the folder can't be created; or
            the library is read-only and needs a migration or a writable folder to be read.
    """

    def __init__(self, folder: Path, *, readonly: bool = False, create: bool = True) -> None:
        self.folder = folder
        self.path = folder / FILE
        self.readonly = readonly or (self.path.exists() and not _writable(folder, self.path))
        self._writer: sqlite3.Connection | None = None
        self._turn = threading.RLock()
        self._depth = 0
        self._idle: list[sqlite3.Connection] = []
        self._lent: set[sqlite3.Connection] = set()
        self._idle_lock = threading.Lock()
        self.closed = False
        self._immutable = False
        if not self.path.exists() and (readonly or not create):
            raise _none_in(folder)
        with translate_sqlite_errors(self.path):
            if self.readonly:
                with self.reading() as con:
                    self._check_current(con)
            else:
                try:
                    folder.mkdir(parents=True, exist_ok=True)
                except OSError as error:
                    raise LibraryError(
                        f"cannot create the folder: {error.strerror}",
                        where=str(folder),
                        hint="choose another folder: --library DIR",
                    ) from None
                self._writer = self._open_writer()
                try:
                    self._migrate(self._writer)
                except BaseException:
                    self._writer.close()
                    raise

    def close(self) -> None:
        """Close all connections: the writer after its current transaction, readers in use when they are returned."""
        with self._turn, self._idle_lock:
            self.closed = True
            while self._idle:
                self._idle.pop().close()
            # close the writer last, since the last connection to close merges the write-ahead log
            if self._writer is not None:
                self._writer.close()
                self._writer = None

    def interrupt(self) -> None:
        """Interrupt all queries on read-only connections; they raise LibraryError. Writes continue."""
        with self._idle_lock:
            for con in self._lent:
                con.interrupt()

    @contextmanager
    def reading(self, *, fresh: bool = False) -> Iterator[sqlite3.Connection]:
        """Yield a read-only connection with a consistent snapshot; ``fresh`` opens a new one.

        SQLite checks full-text tables against what the connection has cached, so integrity checks need a fresh one.
        """
        with translate_sqlite_errors(self.path):
            con = self._borrow(fresh=fresh)
            try:
                con.execute("BEGIN")
                yield con
            finally:
                con.rollback()
                self._give_back(con)

    @contextmanager
    def writing(self, *, keep: bool = True) -> Iterator[sqlite3.Connection]:
        """Yield the writing connection in a transaction.

        The transaction is committed at the end, or rolled back after an exception or if ``keep`` is false. An inner
        block is part of the outer transaction.
        """
        with translate_sqlite_errors(self.path), self._turn:
            con = self.writer()
            if self._depth:
                yield con
                return
            if not self.path.exists():  # writes to an unlinked file would succeed and be lost
                raise LibraryError(
                    "library file not found",
                    where=str(self.path),
                    hint="it was moved or deleted; put it back, then retry",
                )
            con.execute("BEGIN IMMEDIATE")
            self._depth = 1
            try:
                self._check(con)  # another process may have migrated it to a newer version
                yield con
                con.execute("COMMIT" if keep else "ROLLBACK")
            except BaseException:
                if con.in_transaction:
                    con.execute("ROLLBACK")
                raise
            finally:
                self._depth = 0

    def writer(self) -> sqlite3.Connection:
        """Return the writing connection.

        Raises:
            LibraryError: the library is read-only or closed.
        """
        if self._writer is None and self.closed:
            raise LibraryError("the library is closed", where=str(self.path))
        if self._writer is None:
            raise LibraryError("the library is read-only", where=str(self.path), hint="check its permissions")
        return self._writer

    def _open_writer(self) -> sqlite3.Connection:
        """Open the writing connection, after checking that the file is a library."""
        con = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            con.row_factory = sqlite3.Row
            _functions(con)
            self._check(con)  # before any change
            con.execute("PRAGMA journal_mode = WAL")
            con.execute("PRAGMA synchronous = FULL")
            con.execute("PRAGMA foreign_keys = ON")
        except BaseException:
            con.close()
            raise
        return con

    def _borrow(self, *, fresh: bool) -> sqlite3.Connection:
        with self._idle_lock:
            if self.closed:
                raise LibraryError("the library is closed", where=str(self.path))
            con = self._idle.pop() if self._idle and not fresh else None
        con = con or self._open_reader()
        with self._idle_lock:
            self._lent.add(con)
        return con

    def _open_reader(self) -> sqlite3.Connection:
        """Open a read-only connection, as immutable if the folder of a read-only library requires it."""
        uri = self.path.resolve().as_uri() + "?mode=ro" + ("&immutable=1" if self._immutable else "")
        con = sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        con.row_factory = sqlite3.Row
        try:
            con.execute("PRAGMA query_only = ON")
            _functions(con)
            con.execute("SELECT 1 FROM sqlite_schema").fetchone()
        except sqlite3.OperationalError:
            con.close()
            if self._immutable or not self.readonly:
                raise
            # SQLite can't create its shared-memory file in a read-only folder, but needs none for an immutable file
            log = self.path.with_name(self.path.name + "-wal")
            if log.exists() and log.stat().st_size:
                raise LibraryError(
                    "the latest changes can't be read here",
                    where=str(log),
                    hint="copy the whole folder to a writable place",
                ) from None
            self._immutable = True
            return self._open_reader()
        return con

    def _give_back(self, con: sqlite3.Connection) -> None:
        with self._idle_lock:
            self._lent.discard(con)
            if not self.closed and len(self._idle) < _IDLE_READERS:
                self._idle.append(con)
                return
        con.close()

    def _check(self, con: sqlite3.Connection) -> int:
        """Return the schema version; raise LibraryError if the file isn't a library or is of a newer version."""
        version = int(con.execute("PRAGMA user_version").fetchone()[0])
        if version > schema.VERSION:
            raise LibraryError(
                f"made by a newer briefreader (schema {version}, this version supports {schema.VERSION})",
                where=str(self.path),
                hint="upgrade briefreader; nothing was changed",
            )
        foreign = con.execute("PRAGMA application_id").fetchone()[0] != schema.APPLICATION_ID
        if foreign and (version or con.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone()):
            raise LibraryError(
                "not a briefreader library", where=str(self.path), hint="choose another folder: --library DIR"
            )
        return version

    def _check_current(self, con: sqlite3.Connection) -> None:
        """Raise an error if a read-only library doesn't have the current schema."""
        version = self._check(con)
        if not version:
            raise _none_in(self.folder)
        if version != schema.VERSION:
            raise LibraryError(
                "made by an older briefreader, and read-only, so it can't be migrated",
                where=str(self.path),
                hint="copy its folder to a writable place",
            )

    def _migrate(self, con: sqlite3.Connection) -> None:
        """Create the tables, or upgrade them to the current version after a backup."""
        version = self._check(con)
        if version == schema.VERSION:
            return
        if version:
            self._backup_before(con, version)
        con.execute("BEGIN IMMEDIATE")
        try:
            # another process may have migrated it in the meantime
            for step in schema.MIGRATIONS[self._check(con) :]:
                step(con)
            con.execute(f"PRAGMA user_version = {schema.VERSION}")
            con.execute("COMMIT")
        except BaseException:
            if con.in_transaction:
                con.execute("ROLLBACK")
            raise

    def _backup_before(self, con: sqlite3.Connection, version: int) -> None:
        copy(con, self.folder / "backups" / f"schema{version}-{stamp()}" / FILE)


def _none_in(folder: Path) -> NoLibraryError:
    return NoLibraryError(f"no library found in {folder}", hint="create one with: briefreader add PATH")


def _writable(folder: Path, path: Path) -> bool:
    """Return whether a library can be written; SQLite would only report this at the first write."""
    return os.access(folder, os.W_OK) and os.access(path, os.W_OK)


def _functions(con: sqlite3.Connection) -> None:
    con.create_function("fold", 1, fold, deterministic=True)


def copy(con: sqlite3.Connection, target: Path) -> None:
    """Copy the library that ``con`` has open to the file ``target``, atomically and even while it is in use."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(target.name + ".part")
    partial.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(partial)) as destination:
            con.backup(destination, pages=4096)
            destination.execute("PRAGMA journal_mode = DELETE")
        partial.replace(target)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
