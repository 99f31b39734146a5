"""A folder of notes: which file is whose, what it holds, and writing without ever leaving half a file.

A note is known by the ``briefreader_id`` in its properties, wherever in the folder the reader has put it. Links are
not followed, so nothing outside of the folder is read or written.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from briefreader.errors import BriefreaderError
from briefreader.exporting import names
from briefreader.exporting.header import ID_KEY, MAX_HEADER
from briefreader.exporting.temporary import is_temporary, remove_if_abandoned, temporary_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_NOTE_BYTES = 32 << 20
"""Bytes of a file that is read as a note."""
_ID = re.compile(rf'^[ \t]*{ID_KEY}::?[ \t]*(["\']?)([^"\'\r\n]+?)\1[ \t]*\r?$', re.M)
_FRONTMATTER = re.compile(r"---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*\r?$", re.M | re.S)
_PROPERTIES = re.compile(r"(?:[^\s:#][^:\n]*::[^\n]*(?:\n|\Z))+")
# Windows has neither links to refuse here nor files that block, but would turn line ends
_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG}


class ExportStopped(BriefreaderError):
    """Nothing more can be written to the folder: the disk is full or read-only."""


@dataclass(frozen=True, slots=True)
class Found:
    """A note in the folder: its path from the folder's root, with ``/``, and the SHA-256 of its bytes."""

    id: str
    path: str
    digest: str


class Folder:
    """The folder that notes go to; ``root`` is its real path. It need not exist until something is written."""

    def __init__(self, root: Path) -> None:
        self.root = Path(os.path.realpath(root))
        if self.root.exists() and not self.root.is_dir():
            raise BriefreaderError("not a folder", where=str(root), hint="give --to a folder")

    @property
    def length(self) -> int:
        """Length of the root's path in UTF-16 units, for names that must fit beneath it."""
        return names.utf16_length(str(self.root))

    def files(self) -> Iterator[str]:
        """Relative paths of all files, hidden folders and links left out, in a stable order.

        Temporary files of a killed export are removed on the way.
        """
        start = len(str(self.root).rstrip(os.sep)) + 1
        for at, folders, files in os.walk(self.root, followlinks=False):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(files):
                path = os.path.join(at, name)  # noqa: PTH118 - a Path for each of 100,000 files is slow
                if is_temporary(name):
                    remove_if_abandoned(path)
                else:
                    yield path[start:].replace(os.sep, "/")

    def notes(self, files: Iterable[str]) -> Iterator[Found]:
        """The notes among ``files``, in their order; a note that the reader copied is found twice."""
        for path in files:
            if path.lower().endswith(".md"):
                try:
                    # the walk followed no link, so there is no need to look where the path leads
                    data = self._bytes(f"{self.root}/{path}", path) or b""
                except BriefreaderError:
                    continue
                if id_ := note_id(data[:MAX_HEADER].decode("utf-8", "replace")):
                    yield Found(id_, path, digest(data))

    def read(self, path: str) -> bytes | None:
        """The bytes of a file; None where there is none.

        Raises:
            BriefreaderError: it is a link, no plain file, too large or unreadable.
        """
        return self._bytes(self.place(path), path)

    @staticmethod
    def _bytes(place: str | Path, path: str) -> bytes | None:
        try:
            descriptor = os.open(place, _READ)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise BriefreaderError(f"cannot be read: {error.strerror}", where=path) from error
        with os.fdopen(descriptor, "rb") as file:
            state = os.fstat(descriptor)
            if not stat.S_ISREG(state.st_mode) or state.st_size > MAX_NOTE_BYTES:
                raise BriefreaderError("is no plain file of a note's size", where=path)
            return file.read()

    def place(self, path: str) -> Path:
        """The real place of a relative path.

        Raises:
            BriefreaderError: it leads out of the folder, or through a link.
        """
        parts = path.split("/")
        if path.startswith("/") or any(part in {"", ".", ".."} or "\\" in part or "\x00" in part for part in parts):
            raise BriefreaderError("is no path within the folder", where=path)
        place = self.root.joinpath(*parts)
        if place.is_symlink() or Path(os.path.realpath(place.parent)) != place.parent:
            raise BriefreaderError("is a link, and links are left alone", where=path)
        return place

    def write(self, path: str, data: bytes, *, old: bytes | None) -> None:
        """Put ``data`` at ``path``, whole or not at all: a temporary file beside it, flushed, then renamed.

        ``old`` is what was read there, None for a new file: what appeared or changed meanwhile is not overwritten.

        Raises:
            BriefreaderError: the file cannot be written; ExportStopped where no other can be either.
        """
        place = self.place(path)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            mode = 0o666 & ~_umask() if old is None else stat.S_IMODE(place.stat().st_mode)
            with temporary_file(place.parent, data, mode) as temporary:
                if old is None:
                    _rename_new(temporary, place)
                elif self.read(path) == old:
                    Path(temporary).replace(place)
                else:
                    raise BriefreaderError("was changed while it was exported", where=path, hint="export again")
        except OSError as error:
            raise _explained(error, path, place) from error

    def rename(self, path: str, new: str) -> None:
        """Give a file another name, which no other has.

        Raises:
            BriefreaderError: it cannot be renamed; it is where it was.
        """
        place = self.place(new)
        try:
            _rename_new(str(self.place(path)), place)
        except OSError as error:
            raise _explained(error, path, place) from error

    def settle(self) -> None:
        """Flush the folder itself, so that renames survive a power cut."""
        with contextlib.suppress(OSError):
            descriptor = os.open(self.root, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def digest(data: bytes) -> str:
    """What tells one state of a file from another."""
    return hashlib.sha256(data).hexdigest()


def note_id(start: str) -> str:
    """The ``briefreader_id`` in a file's properties, "" where it has none."""
    start = start.removeprefix("\ufeff")
    header = _FRONTMATTER.match(start) or _PROPERTIES.match(start)
    found = _ID.search(header[0]) if header else None
    return found[2].strip() if found else ""


def _explained(error: OSError, path: str, place: Path) -> BriefreaderError:
    """An error of the system in words: of this file only, or of the whole folder."""
    message = f"cannot be written: {error.strerror}"
    if error.errno not in _NO_ROOM:
        return BriefreaderError(message, where=path)
    hint = "free some space or choose another folder, then export again: it continues where it stopped"
    return ExportStopped(message, where=str(place), hint=hint)


def _rename_new(temporary: str, place: Path) -> None:
    """Give a file its name unless another has it; hard links refuse to overwrite, and not every system has them."""
    try:
        os.link(temporary, place, follow_symlinks=False)
    except FileExistsError:
        raise
    except (OSError, NotImplementedError):  # no hard links there, or none that leave links alone: ask, then rename
        if place.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from None
        Path(temporary).replace(place)
    else:
        Path(temporary).unlink()


def _umask() -> int:
    current = os.umask(0o022)
    os.umask(current)
    return current
