"""Files written whole or not at all: into a locked temporary file beside them, which is then renamed.

The lock distinguishes a temporary file that is being written from that of a killed process: the system releases it
when the process ends, however it ends. Where there are no locks (Windows, some network shares), a temporary file counts
as abandoned after an hour.
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
    """Put ``data`` at ``path``.

    Raises:
        OSError: it can't be written; the old file is unchanged.
    """
    with atomic_open(path) as file:
        file.write(data)


@contextmanager
def atomic_open(path: Path) -> Iterator[IO[bytes]]:
    """Open a file for writing that replaces the one at ``path`` when the block ends.

    After an exception the old file is unchanged.
    """
    with temporary_file(path) as file:
        yield file
        finish(file)
        Path(file.name).replace(path)


@contextmanager
def temporary_file(path: Path) -> Iterator[IO[bytes]]:
    """Open a temporary file beside ``path``, with its permissions; removed afterwards unless it was renamed."""
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
    if sys.platform == "win32":  # which renames no open file
        file.close()


def is_temporary(name: str) -> bool:
    """Whether a file of this name is a temporary file."""
    return name.startswith(_PREFIX) and name.endswith(_SUFFIX)


def remove_if_abandoned(path: str) -> None:
    """Remove a temporary file unless the process that writes it is still running."""
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
        file = NamedTemporaryFile(prefix=_PREFIX, suffix=_SUFFIX, dir=folder, delete=False)  # noqa: SIM115 - the caller closes it
        # another process may have removed it before it was locked
        if _lock(file.fileno()) is not False and os.fstat(file.fileno()).st_nlink:
            return file
        file.close()


def _lock(descriptor: int) -> bool | None:
    """Lock a file; return whether it was free, or None where there are no locks."""
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
