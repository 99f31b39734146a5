"""Dialog with the latest changes, newest first, any of which can be undone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType

from briefreader.tui.keys import bindings
from briefreader.tui.screens.dialog import Dialog
from briefreader.tui.widgets.text_rows import Part, TextRows
from briefreader.tui.workers import in_thread

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult

    from briefreader.library import Library
    from briefreader.model import Batch

MAX_ROWS = 500  # number of changes listed
_PATH = re.compile(r"(?<!\S)/[^,]*/([^/,]+)/?")  # an absolute path; only its last part is shown


def _last(path: re.Match[str]) -> str:
    return f"…/{path[1]}"


class HistoryDialog(Dialog[bool]):
    """List the changes, and undo or redo them; return whether any was undone or redone."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("history"), Binding("q", "leave", "Close", show=False)]
    SCOPES: ClassVar[tuple[str, ...]] = ("history",)
    heading = "History"
    tall = True
    wide = True

    def __init__(self, library: Library) -> None:
        super().__init__()
        self.library = library
        self._batches: list[Batch] = []
        self._changed = False

    def body(self) -> ComposeResult:
        """Lay out the widgets."""
        rows = TextRows()
        rows.empty = ("Nothing has been changed yet",)
        yield rows

    def on_mount(self) -> None:
        """Load the history."""
        self.query_one(TextRows).focus()
        self._load()

    @work(exclusive=True, group="history", exit_on_error=False)
    async def _load(self) -> None:
        self._show(await in_thread(lambda cancelled: self.library.history(MAX_ROWS)))

    def _show(self, batches: list[Batch]) -> None:
        self._batches = batches
        rows = self.query_one(TextRows)
        rows.show([self._row(batch) for batch in batches], rows.cursor)

    @staticmethod
    def _row(batch: Batch) -> list[Part]:
        """Return the row of a change: number, time, whether undone, and summary."""
        when = batch.at[:16].replace("T", " ")
        state = "undone " if batch.undone else "       "
        style = "muted" if batch.undone else ""
        return [
            (f"{batch.number:>5}  {when}  ", "muted"),
            (state, "accent"),
            (f"{batch.verb}: {_PATH.sub(_last, batch.summary)}", style),
        ]

    def action_undo(self) -> None:
        """Undo the selected change."""
        if self._batches:
            number = self._batches[self.query_one(TextRows).cursor].number
            self._step(lambda: self.library.undo(number))

    def action_redo(self) -> None:
        """Redo the last undone change."""
        self._step(self.library.redo)

    @work(exclusive=True, group="undo", exit_on_error=False)
    async def _step(self, call: Callable[[], Batch]) -> None:
        await in_thread(lambda cancelled: call())
        self._changed = True
        self._load()

    def action_leave(self) -> None:
        """Close, and return whether anything was undone or redone."""
        self.dismiss(self._changed)
