"""Translate sqlite3 errors into user-facing errors."""

from __future__ import annotations

import json
import sqlite3
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

from briefreader.errors import DamagedError, LibraryError, LockedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def translate_sqlite_errors(path: Path) -> Iterator[None]:
    """Translate errors of sqlite3, and of decoding stored data, into user-facing errors."""
    try:
        yield
    except sqlite3.Error as error:
        raise _plain(error, path) from error
    except (UnicodeDecodeError, zlib.error, json.JSONDecodeError) as error:
        raise damaged(str(path), str(error)) from error


def damaged(where: str, what: str = "") -> DamagedError:
    """Return the error for a damaged library; ``where`` says what is damaged."""
    return DamagedError(
        f"the library is damaged{': ' if what else ''}{what}",
        where=where,
        hint="restore a copy from backups/",
    )


def _plain(error: sqlite3.Error, path: Path) -> LibraryError | LockedError:
    """Return the user-facing error for an sqlite3 error, by its primary error code."""
    primary = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    where = str(path)
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LockedError("another process is writing to the library", where=where, hint="try again in a moment")
    if primary == sqlite3.SQLITE_FULL:
        return LibraryError(
            "the disk is full; the last change was not saved", where=where, hint="free some space, then retry"
        )
    if primary == sqlite3.SQLITE_IOERR:
        return LibraryError(
            f"disk I/O error: {error}; the last change was not saved",
            where=where,
            hint="check free space and disk health, then retry",
        )
    if primary in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return LibraryError(
            "the library can't be written", where=where, hint="check the permissions of the file and its folder"
        )
    if primary == sqlite3.SQLITE_CANTOPEN:
        return LibraryError(
            "the library can't be opened", where=where, hint="check the permissions of the file and its folder"
        )
    if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or "decode to UTF-8" in str(error):
        return damaged(where)
    return LibraryError(
        f"the library can't be used: {error}", where=where, hint="to look for damage: briefreader check --deep"
    )
