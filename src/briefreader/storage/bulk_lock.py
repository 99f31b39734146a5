"""The lock that allows only one bulk command at a time: ``library.lock`` in the library's folder.

Bulk commands are long operations in several transactions, such as ``add`` and ``tag``. The lock doesn't prevent other
processes from reading the library or storing decisions. The operating system releases it when the process ends.
"""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from briefreader.errors import LibraryError, LockedError
from briefreader.storage.database import now

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE = "library.lock"
_LOCKED_BYTE = 1 << 30  # far behind the text, since on Windows a locked byte can't be read
_TRIES, _TRY_SECONDS = 5, 0.02  # a process that has just taken the lock needs a moment to write its command and PID


@contextmanager
def hold(folder: Path, verb: str) -> Iterator[None]:
    """Hold the lock while a bulk command runs.

    Raises:
        LockedError: another bulk command holds it; the message names the command, if that is known.
        LibraryError: the lock file can't be opened, or the file system doesn't support locks.
    """
    import platform

    with _opened(folder) as descriptor:
        for left in reversed(range(_TRIES)):
            if _lock(descriptor, folder):
                break
            holder = _holder(descriptor)
            if holder or not left:
                raise LockedError(
                    f"another bulk command is running{holder}",
                    hint="try again when it finishes; you can keep reading and reviewing",
                )
            time.sleep(_TRY_SECONDS)
        who = {"verb": verb, "pid": os.getpid(), "host": platform.node(), "since": now()}
        _write(descriptor, json.dumps(who).encode())
        try:
            yield
        finally:
            _write(descriptor, b"")
            _unlock(descriptor)


def held(folder: Path) -> bool:
    """Return whether a bulk command is running."""
    if not (folder / FILE).exists():
        return False
    with _opened(folder) as descriptor:
        if not _lock(descriptor, folder):
            return True
        _unlock(descriptor)
    return False


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    """Yield a descriptor of the lock file, which is created if it is missing."""
    try:
        descriptor = os.open(folder / FILE, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise LibraryError(
            f"the lock file can't be opened: {error.strerror}",
            where=str(folder / FILE),
            hint="check the permissions of the file and its folder",
        ) from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _write(descriptor: int, text: bytes) -> None:
    os.ftruncate(descriptor, 0)
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.write(descriptor, text)


def _holder(descriptor: int) -> str:
    """Return the holder's command and PID in parentheses, for a message; "" if they haven't been written yet."""
    os.lseek(descriptor, 0, os.SEEK_SET)
    try:
        who = json.loads(os.read(descriptor, 1 << 12))
        return f" ({who['verb']}, PID {who['pid']} on {who['host']}, since {who['since']})"
    except (ValueError, KeyError, TypeError):
        return ""


def _lock(descriptor: int, folder: Path) -> bool:
    """Lock the file; return False if another process, or another ``hold`` in this process, has locked it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError as error:
        raise LibraryError(
            f"the file system doesn't support locks: {error.strerror}",
            where=str(folder / FILE),
            hint="keep the library on a local disk",
        ) from error
    return True


def _unlock(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_UN)
