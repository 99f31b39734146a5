"""A folder of notes: find notes by ID, read them, and write atomically.

A note is identified by the ``briefreader_id`` in its properties, even if the user moves it within the folder. Symbolic
links are not followed, so nothing outside the folder is read or written.
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

from briefreader.atomic import finish, is_temporary, remove_if_abandoned, temporary_file
from briefreader.errors import BriefreaderError
from briefreader.exporting import names
from briefreader.exporting.header import ID_KEY, MAX_HEADER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_NOTE_BYTES = 32 << 20
"""Maximum size of a note in bytes."""
_ID = re.compile(rf'^[ \t]*{ID_KEY}::?[ \t]*(["\']?)([^"\'\r\n]+?)\1[ \t]*\r?$', re.M)
_FRONTMATTER = re.compile(r"---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*\r?$", re.M | re.S)
_PROPERTIES = re.compile(r"(?:[^\s:#][^:\n]*::[^\n]*(?:\n|\Z))+")
# O_NOFOLLOW and O_NONBLOCK don't exist on Windows; O_BINARY exists only there, and prevents converting line ends
_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG}


class ExportStopped(BriefreaderError):
    """No note can be written any more. The folder can't be created, or the disk is full or read-only."""


@dataclass(frozen=True, slots=True)
class Found:
    """A note in the folder: ID, path, and the SHA-256 of its bytes. The path is relative to the folder, with ``/``."""

    id: str
    path: str
    digest: str


class Folder:
    """The folder of the notes, which is created on the first write.

    ``root`` is its real path.

    Raises:
        BriefreaderError: the path exists and isn't a folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = Path(os.path.realpath(root))
        if self.root.exists() and not self.root.is_dir():
            raise BriefreaderError("not a folder", where=str(root), hint="give another folder")

    @property
    def length(self) -> int:
        """Length of the root's path in UTF-16 units, for path limits."""
        return names.utf16_length(str(self.root))

    def files(self) -> Iterator[str]:
        """Yield the paths of all files, except in hidden or linked folders.

        The order is stable. Removes temporary files that a killed export left behind.
        """
        start = len(str(self.root).rstrip(os.sep)) + 1
        for at, folders, files in os.walk(self.root, followlinks=False):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(files):
                path = os.path.join(at, name)  # noqa: PTH118 - creating 100,000 Paths is slow
                if is_temporary(name):
                    remove_if_abandoned(path)
                else:
                    yield path[start:].replace(os.sep, "/")

    def notes(self, files: Iterable[str]) -> Iterator[Found]:
        """Yield the notes among ``files``, in order; files that can't be read are skipped.

        If the user copied a note, both files are yielded.
        """
        for path in files:
            if path.lower().endswith(".md"):
                try:
                    # not ``place``: ``files`` follows no links, so its paths are inside the folder
                    data = self._bytes(f"{self.root}/{path}", path) or b""
                except BriefreaderError:
                    continue
                if id_ := note_id(data[:MAX_HEADER].decode("utf-8", "replace")):
                    yield Found(id_, path, content_hash(data))

    def read(self, path: str) -> bytes | None:
        """Return the bytes of a file; None if it doesn't exist.

        Raises:
            BriefreaderError: it is a symbolic link, not a regular file, larger than ``MAX_NOTE_BYTES``, or unreadable.
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
                raise BriefreaderError("not a regular file, or larger than 32 MB", where=path)
            return file.read()

    def place(self, path: str) -> Path:
        """Return the real path of a path within the folder.

        Raises:
            BriefreaderError: it leads out of the folder or through a symbolic link.
        """
        parts = path.split("/")
        if path.startswith("/") or any(part in {"", ".", ".."} or "\\" in part or "\x00" in part for part in parts):
            raise BriefreaderError("not a path within the folder", where=path)
        place = self.root.joinpath(*parts)
        if place.is_symlink() or Path(os.path.realpath(place.parent)) != place.parent:
            raise BriefreaderError("a symbolic link, which is not followed", where=path)
        return place

    def write(self, path: str, data: bytes, *, old: bytes | None) -> None:
        """Write ``data`` to ``path`` atomically.

        ``old`` is the content that was read before, None for a new file. A file that has been changed or created since
        isn't overwritten.

        Raises:
            ExportStopped: neither this file nor any other can be written.
            BriefreaderError: this file can't be written, or has been changed or created since.
        """
        place = self.place(path)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with temporary_file(place) as file:
                file.write(data)
                finish(file)
                if old is None:
                    _rename_new(file.name, place)
                elif self.read(path) == old:
                    Path(file.name).replace(place)
                else:
                    raise BriefreaderError("changed during the export", where=path, hint="export again")
        except OSError as error:
            if not os.access(self.root, os.W_OK):  # missing or read-only: no other note can be written either
                message = f"cannot be written: {error.strerror}"
                raise ExportStopped(message, where=str(self.root), hint="choose another folder") from error
            raise _explained(error, path, place) from error

    def rename(self, path: str, new: str) -> None:
        """Rename a file.

        Raises:
            BriefreaderError: it can't be renamed, or a file of the new name exists; nothing is changed.
        """
        place = self.place(new)
        try:
            _rename_new(str(self.place(path)), place)
        except OSError as error:
            raise _explained(error, path, place) from error

    def flush(self) -> None:
        """Flush the folder, so that renames survive a power failure."""
        with contextlib.suppress(OSError):
            descriptor = os.open(self.root, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def content_hash(data: bytes) -> str:
    """Return the SHA-256 of a file's bytes."""
    return hashlib.sha256(data).hexdigest()


def note_id(start: str) -> str:
    """Return the ``briefreader_id`` in the properties at the start of a file, or ""."""
    start = start.removeprefix("\ufeff")
    header = _FRONTMATTER.match(start) or _PROPERTIES.match(start)
    found = _ID.search(header[0]) if header else None
    return found[2].strip() if found else ""


def _explained(error: OSError, path: str, place: Path) -> BriefreaderError:
    """Return an OSError as an error of this file or of the whole export.

    The export must stop if the disk is full or read-only.
    """
    message = f"cannot be written: {error.strerror}"
    if error.errno not in _NO_ROOM:
        return BriefreaderError(message, where=path)
    hint = "free some space or choose another folder, then export again: it continues where it stopped"
    return ExportStopped(message, where=str(place), hint=hint)


def _rename_new(path: str, place: Path) -> None:
    """Rename a file to ``place``; raise FileExistsError if that exists.

    Uses a hard link if possible, since it never overwrites.
    """
    try:
        os.link(path, place, follow_symlinks=False)
    except FileExistsError:
        raise
    except (OSError, NotImplementedError):  # no hard links on this file system: check, then rename
        if place.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from None
        Path(path).replace(place)
    else:
        Path(path).unlink()
