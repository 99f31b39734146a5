"""Find and open the files of a folder that can be read, and explain why others can't.

Never waits for a pipe or a device, and doesn't follow links to folders within a folder.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from briefreader.model import Problem
from briefreader.reading import csv_exports
from briefreader.reading.sniff import SNIFFED_BYTES, SUFFIXES, sniff

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_FILE_BYTES = 64_000_000  # maximum size of a file, except of an mbox, which is streamed
MAX_DEPTH = 64  # maximum depth of nested folders
NONBLOCKING_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
UNREADABLE_MAIL = {
    ".msg": "Outlook messages (.msg)",
    ".pst": "Outlook mailboxes (.pst)",
    ".ost": "Outlook mailboxes (.ost)",
    ".dbx": "Outlook Express folders (.dbx)",
}
_EXPORT_HINT = "export the mail as .eml or .mbox"
_KINDS = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def walk(path: Path) -> Iterator[Path | Problem]:
    """Yield ``path`` if it isn't a folder, else the files below it; each folder is sorted by name.

    In a folder, hidden files and folders and files that aren't ``wanted`` are skipped, and what can't be read is a
    problem.
    """
    try:
        is_folder = path.is_dir()
    except OSError:  # for example, the name is too long; ``refusal`` reports it
        is_folder = False
    if is_folder:
        yield from _folder(path, 0)
    else:
        yield path


def _folder(folder: Path, depth: int) -> Iterator[Path | Problem]:
    """Yield the wanted files and the problems of a folder and its subfolders."""
    try:
        entries = sorted(os.scandir(folder), key=lambda e: e.name)
    except OSError as error:
        yield Problem(str(folder), f"cannot be listed: {error.strerror or error}")
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        try:
            # links to folders are not followed, since they may loop or point outside the folder
            if entry.is_dir(follow_symlinks=False):
                if depth >= MAX_DEPTH:
                    yield Problem(entry.path, f"folders are nested deeper than {MAX_DEPTH}")
                else:
                    yield from _folder(Path(entry.path), depth + 1)
            elif entry.is_dir():
                yield Problem(entry.path, "a link to a folder is not followed")
            elif held := unreadable_mail(Path(entry.path)):
                yield Problem(entry.path, f"{held} are not supported", hint=_EXPORT_HINT, skipped=True)
            elif wanted(Path(entry.path)):
                yield Path(entry.path)
        except OSError as error:
            yield Problem(entry.path, f"cannot be read: {error.strerror or error}")


def wanted(path: Path) -> bool:
    """Whether a file in a folder should be read: it has a known suffix, or it is mail.

    Mail programs name the files of messages by flags (``1700.M1.host:2,S``) or numbers, and store mail folders as mbox
    files without a suffix. A CSV file must be a known export.

    Raises:
        OSError: the file can't be opened.
    """
    if SUFFIXES.get(path.suffix.lower()) == "csv":  # most CSV files contain data, not texts
        with opened(path) as file:
            return csv_exports.is_export(file.read(SNIFFED_BYTES))
    if path.suffix.lower() in SUFFIXES:
        return True
    if path.parent.name in ("cur", "new") and (path.parent.parent / "tmp").is_dir():
        return True
    half_delivered = path.parent.name == "tmp" and (path.parent.parent / "cur").is_dir()
    if half_delivered or not path.is_file():
        return False
    with opened(path) as file:
        return sniff(file.read(SNIFFED_BYTES)) in ("eml", "mbox")


def unreadable_mail(path: Path) -> str:
    """Return the name of the proprietary format of a mail file, "" for any other file."""
    return UNREADABLE_MAIL.get(path.suffix.lower(), "")


def refusal(path: Path) -> str:
    """Return why ``path`` isn't an ordinary file, "" if it is one."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"
    except ValueError:  # the path contains a NUL character
        return "is not a valid path"
    if stat.S_ISREG(mode):
        return ""
    return next((f"is {name}, not a file" for test, name in _KINDS if test(mode)), "is not a file")


def opened(path: Path) -> BinaryIO:
    """Open an ordinary file for reading, without waiting if it has become a pipe.

    Raises:
        OSError: the file no longer exists, can't be read, or isn't an ordinary file.
    """
    file = os.fdopen(os.open(path, NONBLOCKING_READ), "rb")
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        return file
    file.close()
    raise OSError(errno.EINVAL, "is no longer a file", str(path))
