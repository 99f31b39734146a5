"""What is new in a source that is no feed, by its kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from briefreader.errors import ReadingError
from briefreader.model import Problem
from briefreader.sources.config import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from briefreader.sources.items import Item, State

AskPassword = Callable[[Source], str]


def items_of(
    source: Source, state: State, seen: Mapping[str, str], ask_password: AskPassword | None, *, since: float = 0.0
) -> Iterator[Item]:
    """Yield what is new in a source that is no feed; of IMAP on the first run only what came after ``since``.

    Raises:
        ReadingError: it cannot be read, or there is no password.
    """
    if source.kind == "maildir":
        from briefreader.sources.folders import maildir_items

        return maildir_items(source, state, seen)
    if source.kind == "mbox":
        from briefreader.sources.folders import mbox_items

        return mbox_items(source, state, seen)
    if source.kind == "folder":
        from briefreader.reading import files
        from briefreader.sources.folders import folder_items

        return folder_items(
            source, state, seen, lambda root: (p for p in files.walk(root) if not isinstance(p, Problem))
        )
    if source.kind == "notmuch":
        from briefreader.sources.notmuch import notmuch_items

        return notmuch_items(source, state, seen)
    from briefreader.sources.imap import imap_items

    return imap_items(source, state, _password(source, ask_password), since)


def _password(source: Source, ask: AskPassword | None) -> str:
    from briefreader.sources.imap import password_from

    if source.password_command:
        return password_from(source.password_command)
    if ask:
        return ask(source)
    raise ReadingError("needs a password", hint='password = {command = "pass show mail"} in sources.toml')
