"""Temporary files of an export, locked while they are written, so that abandoned ones are recognised.

The system releases a lock when its process ends. Without locks (Windows, some network shares), a temporary file counts
as abandoned after an hour.
"""

from __future__ import annotations

import os
import stat
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIX, _SUFFIX = ".briefreader-", ".tmp"
_ABANDONED_SECONDS = 3600


def is_temporary(name: str) -> bool:
    """Whether a file name is that of an export's temporary file."""
    return name.startswith(_PREFIX) and name.endswith(_SUFFIX)


@contextmanager
def temporary_file(folder: Path, data: bytes, mode: int) -> Iterator[str]:
    """Create a temporary file, flushed to disk, and yield its path; it is deleted unless it was renamed."""
    handle, path = _make(folder)
    with ExitStack() as stack:
        stack.callback(lambda: Path(path).unlink(missing_ok=True))
        with ExitStack() as open_file:
            file = open_file.enter_context(os.fdopen(handle, "wb"))
            Path(path).chmod(mode)
            file.write(data)
            file.flush()
            os.fsync(handle)
            if sys.platform != "win32":  # Windows can't rename an open file
                stack.push(open_file.pop_all())
        yield path


def remove_if_abandoned(path: str) -> None:
    """Delete a temporary file unless its export is still running."""
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


def _make(folder: Path) -> tuple[int, str]:
    while True:
        handle, path = tempfile.mkstemp(_SUFFIX, _PREFIX, folder)
        # another export may have deleted it before it was locked
        if _lock(handle) is not False and os.fstat(handle).st_nlink:
            return handle, path
        os.close(handle)


def _lock(descriptor: int) -> bool | None:
    """Lock a file; return whether that succeeded, None without locks."""
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
