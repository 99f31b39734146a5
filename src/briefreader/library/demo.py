"""The demo: a temporary library with the sample briefings, added and tagged.

Creating the library takes seconds, so it is cached in the user's cache folder, and each demo gets a copy.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import briefreader
from briefreader import paths

if TYPE_CHECKING:
    from briefreader.library.library import Library


def prepare(kind: type[Library]) -> Path:
    """Create a temporary folder with the demo's library, and return the folder."""
    folder = Path(tempfile.mkdtemp(prefix=f"{paths.APP}-demo-"))
    try:
        made = _cached(kind)
        if made is None:
            _make(kind, folder)
        else:
            shutil.copytree(made, folder, dirs_exist_ok=True)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder


def _cached(kind: type[Library]) -> Path | None:
    """Return the folder of the cached library, created if it is missing; None if the cache can't be written."""
    cache = paths.cache_dir()
    made = cache / f"demo-{briefreader.__version__}-{_digest()}"
    if made.is_dir():
        return made
    try:
        cache.mkdir(parents=True, exist_ok=True)
        making = Path(tempfile.mkdtemp(prefix="making-", dir=cache))
    except OSError:
        return None
    try:
        _make(kind, making)
        for old in cache.glob("demo-*"):
            shutil.rmtree(old, ignore_errors=True)
        making.replace(made)
    except OSError:
        # another process was first, or the disk is full
        return made if made.is_dir() else None
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return made


def _make(kind: type[Library], folder: Path) -> None:
    with kind(folder) as library:
        for _ in library.add([paths.shipped("sample_docs")]):
            pass
        for _ in library.tag():
            pass


def _digest() -> str:
    """Return a hash of what the demo depends on: names, sizes and times of the samples, taxonomies and source files."""
    seen = hashlib.sha256()
    for root in (paths.shipped("sample_docs"), paths.shipped("taxonomy"), Path(briefreader.__file__).parent):
        for path in sorted(root.rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                stat = path.stat()
                seen.update(f"{path.relative_to(root)} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return seen.hexdigest()[:16]
