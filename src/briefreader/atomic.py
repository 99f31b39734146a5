"""Write files atomically: into a temporary file that then replaces the old one.

The temporary file is in the same folder and locked while it is written. The operating system releases the lock when
the process ends, so an unlocked temporary file is one that a killed process left behind. Where locks are not available
(Windows, some network shares), a temporary file counts as abandoned after an hour.
"""

from __future__ import annotations

import os
import stat
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIX, _SUFFIX = ".briefreader-", ".tmp"
_ABANDONED_SECONDS = 3600


def atomic_write(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path``, atomically.

    Raises:
        OSError: the file can't be written; an existing file is unchanged.
    """
    with atomic_open(path) as file:
        file.write(data)


@contextmanager
def atomic_open(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that replaces the one at ``path`` when the ``with`` block ends.

    After an exception, the old file is unchanged.
    """
    with temporary_file(path) as file:
        yield file
        finish(file)
        Path(file.name).replace(path)


@contextmanager
def temporary_file(path: Path) -> Iterator[IO[bytes]]:
    """Open a temporary file in the folder of ``path``, with its permissions.

    The file is removed at the end of the ``with`` block, unless it was renamed.
    """
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        mode = 0o666 & ~_umask()
    file = _locked_file(path.parent)
    try:
        with file:
            Path(file.name).chmod(mode)
            yield file
    finally:
        Path(file.name).unlink(missing_ok=True)


def finish(file: IO[bytes]) -> None:
    """Flush a temporary file to the disk, ready to be renamed."""
    file.flush()
    os.fsync(file.fileno())
    if sys.platform == "win32":  # Windows can't rename an open file
        file.close()


def is_temporary(name: str) -> bool:
    """Whether this is the name of a temporary file written by this module."""
    return name.startswith(_PREFIX) and name.endswith(_SUFFIX)


def remove_if_abandoned(path: str) -> None:
    """Remove a temporary file that no running process is writing; ignore errors."""
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        try:
            state = os.fstat(descriptor)
            locked = _lock(descriptor)
        finally:
            os.close(descriptor)
        is_old = time.time() - state.st_mtime > _ABANDONED_SECONDS
        if stat.S_ISREG(state.st_mode) and (is_old if locked is None else locked):
            Path(path).unlink()


def _locked_file(folder: Path) -> IO[bytes]:
    from tempfile import NamedTemporaryFile

    while True:
        file = NamedTemporaryFile(prefix=_PREFIX, suffix=_SUFFIX, dir=folder, delete=False)  # noqa: SIM115 - the caller closes the file
        # another process may have removed the file before it was locked
        if _lock(file.fileno()) is not False and os.fstat(file.fileno()).st_nlink:
            return file
        file.close()


def _lock(descriptor: int) -> bool | None:
    """Try to lock a file; return whether it worked, None if locks aren't available."""
    if sys.platform == "win32":
        return None
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def _umask() -> int:
    current = os.umask(0o022)
    os.umask(current)
    return current
