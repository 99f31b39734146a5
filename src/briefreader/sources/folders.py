"""Find new items in Maildirs, mboxes and watched folders.

A Maildir's messages are compared by name only, so checking 50,000 of them takes a scan of two folders.
"""

from __future__ import annotations

import hashlib
import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from briefreader.errors import ReadingError
from briefreader.paths import from_user
from briefreader.sources.items import Item

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from briefreader.sources.config import Source
    from briefreader.sources.items import State

FLAG_SEPARATORS = (":2,", "!2,", ";2,")  # the standard's, and variants for file systems that don't allow colons
TAIL_BYTES = 4096  # bytes before the last position in an mbox that must be unchanged


def maildir_items(source: Source, state: State, seen: Mapping[str, str]) -> Iterator[Item]:
    """Yield the messages of a Maildir whose keys are not in ``seen``, sorted by key.

    Raises:
        ReadingError: the folder doesn't exist or isn't a Maildir.
    """
    root = _root(source, "Maildir")
    if not (root / "cur").is_dir() or not (root / "new").is_dir():
        raise ReadingError("is not a Maildir: cur or new is missing", where=str(root))
    found = sorted((message_key(entry.name), entry.path) for entry in _messages(root))
    for key, path in found:
        if key not in seen:
            yield Item(key, path, _maildir_opener(root, key, path), "eml")


def open_file(path: Path) -> BinaryIO:
    """Open a file for reading bytes."""
    return path.open("rb")


def message_key(name: str) -> str:
    """Return a message's file name without its flags, which change when it is read or answered."""
    for separator in FLAG_SEPARATORS:
        name = name.partition(separator)[0]
    return name


def _messages(root: Path) -> Iterator[os.DirEntry[str]]:
    for folder in ("new", "cur"):
        with os.scandir(root / folder) as entries:
            yield from (entry for entry in entries if not entry.name.startswith("."))


def _maildir_opener(root: Path, key: str, path: str) -> Callable[[], BinaryIO]:
    """Return a function that opens a message, even if it has been renamed since the scan."""

    def opener() -> BinaryIO:
        try:
            return Path(path).open("rb")
        except FileNotFoundError:  # renamed since the scan: its flags changed, or it moved from new to cur
            for entry in _messages(root):
                if message_key(entry.name) == key:
                    return Path(entry.path).open("rb")
            raise

    return opener


def mbox_items(source: Source, state: State, seen: Mapping[str, str]) -> Iterator[Item]:
    """Yield one item with what was appended to an mbox since the last check, or with everything if it was rewritten.

    ``state.position`` is set to the current end of the file. A rewritten mbox is not limited by the source's ``since``.

    Raises:
        ReadingError: the file doesn't exist or isn't a regular file.
    """
    path = _root(source, "mbox")
    if not path.is_file():
        raise ReadingError("is not a file", where=str(path))
    size = path.stat().st_size
    start = int(state.position.get("offset", 0))
    if start > size or (start and _tail(path, start) != state.position.get("tail")):
        start = 0
    if start < size:
        yield Item(f"{start}", str(path), lambda: _slice(path, start), "mbox")
        state.position.update(offset=size, tail=_tail(path, size))


def _slice(path: Path, start: int) -> BinaryIO:
    stream = path.open("rb")
    stream.seek(start)
    return stream


def _tail(path: Path, end: int) -> str:
    with path.open("rb") as stream:
        stream.seek(max(end - TAIL_BYTES, 0))
        return hashlib.sha256(stream.read(min(end, TAIL_BYTES))).hexdigest()


def folder_items(
    source: Source, state: State, seen: Mapping[str, str], files: Callable[[Path], Iterator[Path]]
) -> Iterator[Item]:
    """Yield the files of a folder, as listed by ``files``, that are new or have changed according to ``seen``.

    Raises:
        ReadingError: the folder doesn't exist or isn't a folder.
    """
    root = _root(source, "folder")
    if not root.is_dir():
        raise ReadingError("is not a folder", where=str(root))
    for path in files(root):
        try:
            status = path.stat()
        except OSError:  # deleted since it was listed
            continue
        key, stamp = str(path.relative_to(root)), f"{status.st_size}:{status.st_mtime_ns}"
        if seen.get(key) != stamp:
            yield Item(key, str(path), partial(open_file, path), stamp=stamp)


def _root(source: Source, what: str) -> Path:
    path = from_user(source.address)
    if not path.exists():
        raise ReadingError(f"{what} not found", where=str(path), hint="check that the disk is mounted")
    return path
