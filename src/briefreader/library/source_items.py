"""Get the new items of a source that isn't a feed, by its kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from briefreader.errors import ReadingError
from briefreader.model import Problem
from briefreader.sources import folders, imap, notmuch
from briefreader.sources.config import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from briefreader.sources.items import Item, State

AskPassword = Callable[[Source], str]


def items_of(
    source: Source, state: State, seen: Mapping[str, str], ask_password: AskPassword | None, *, since: float = 0.0
) -> Iterator[Item]:
    """Yield new items of a source that isn't a feed.

    Args:
        source: the source.
        state: its state, which is updated.
        seen: stamps of the items delivered before, by key.
        ask_password: asks for the password of an IMAP source without a password command.
        since: for the first run of an IMAP source, the start of the period to fetch, in seconds since 1970.

    Raises:
        ReadingError: the source can't be read, or has no password.
    """
    match source.kind:
        case "maildir":
            return folders.maildir_items(source, state, seen)
        case "mbox":
            return folders.mbox_items(source, state, seen)
        case "folder":
            return folders.folder_items(source, state, seen, _files)
        case "notmuch":
            return notmuch.notmuch_items(source, state, seen)
        case _:
            return imap.imap_items(source, state, _password(source, ask_password), since)


def _files(root: Path) -> Iterator[Path]:
    from briefreader.reading import files

    return (found for found in files.walk(root) if not isinstance(found, Problem))


def _password(source: Source, ask: AskPassword | None) -> str:
    if source.password_command:
        return imap.password_from(source.password_command)
    if ask:
        return ask(source)
    raise ReadingError("needs a password", hint='set password = {command = "pass show mail"} in sources.toml')
