"""An input for a path, which suggests the rest of a name."""

from __future__ import annotations

import asyncio
import os
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.suggester import Suggester
from textual.widgets import Input

from briefreader.display import clean, one_line
from briefreader.paths import from_user


class PathInput(Input):
    """An input for a path; with ``folders``, it suggests only folders."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "complete", "Complete", show=False)]

    def __init__(self, value: str = "", *, placeholder: str = "", folders: bool = False) -> None:
        super().__init__(
            one_line(value), placeholder=placeholder, select_on_focus=False, suggester=_Entries(folders=folders)
        )

    def action_complete(self) -> None:
        """Accept the suggestion; if there is none, move to the next field."""
        typed = self.value
        if self.cursor_position == len(typed):
            self.action_cursor_right()
        if self.value == typed:
            self.screen.focus_next()


class _Entries(Suggester):
    """Suggests files and folders, looked up in a thread."""

    def __init__(self, *, folders: bool) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._folders = folders

    async def get_suggestion(self, value: str) -> str | None:
        return await asyncio.to_thread(completed, value, folders=self._folders)


def completed(typed: str, *, folders: bool = False) -> str | None:
    """Return ``typed`` completed to the alphabetically first matching path, or None.

    The path of a folder ends with a slash. Names with unsafe characters don't match, and an empty name matches nothing.
    """
    head, slash, begun = typed.rpartition("/")
    if not begun or begun == "~":
        return None
    found: list[str] = []
    try:
        with os.scandir(from_user(head + slash or ".")) as entries:
            for entry in entries:
                name = entry.name
                if name.startswith(begun) and clean(name) == name:
                    if is_folder := entry.is_dir():
                        name += "/"
                    if is_folder or not folders:
                        found.append(name)
    except (OSError, ValueError):
        return None
    return head + slash + min(found) if found else None
