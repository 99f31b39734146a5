"""The line that narrows the briefings as one types, with what it found on the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual import events, on
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from briefreader.display import one_line
from briefreader.tui.widgets.query_input import QueryInput

if TYPE_CHECKING:
    from textual.app import ComposeResult


_COUNTS = 28  # cells that the count of briefings takes at most


class FilterBar(Horizontal):
    """``/ topic:pricing tokens        6 of 1,636 · 11 ms``."""

    DEFAULT_CSS = """
    FilterBar {
        height: 1;
        .prompt { width: 3; color: $accent; text-style: bold; }
        Input { width: 1fr; height: 1; border: none; padding: 0; background: transparent; }
        Input:focus { background: $boost; }
        .status {
            width: auto; max-width: 60%; height: 1; padding: 0 1; color: $muted;
            text-wrap: nowrap; text-overflow: ellipsis;
        }
    }
    """

    class Changed(Message):
        """The query is another one."""

        def __init__(self, query: str) -> None:
            super().__init__()
            self.query = query

    class Left(Message):
        """Enter or ↓: on to the list; ``cleared`` after Esc."""

        def __init__(self, cleared: bool) -> None:
            super().__init__()
            self.cleared = cleared

    _status_width = 0

    def compose(self) -> ComposeResult:
        yield Static(" / ", classes="prompt", markup=False)
        yield QueryInput(placeholder="filter: words, topic:, source:, is:unread …")
        yield Static("", classes="status", markup=False)

    @property
    def input(self) -> QueryInput:
        """The text field."""
        return self.query_one(QueryInput)

    @property
    def value(self) -> str:
        """The query as it stands."""
        return self.input.value

    def set_value(self, query: str) -> None:
        """Put another query in, without telling."""
        with self.input.prevent(Input.Changed):
            self.input.value = one_line(query)
            self.input.cursor_position = len(query)

    def status(self, text: str) -> None:
        """What was found, or what a word was taken for.

        Counts all stand in the same width: another one would lay the screen out anew.
        """
        says = one_line(text, 120)
        if says:
            says = " " * (_COUNTS - cell_len(says)) + says
        same, self._status_width = cell_len(says) == self._status_width, cell_len(says)
        self.query_one(".status", Static).update(Content(says), layout=not same)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(event.value))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Left(cleared=False))

    def on_key(self, event: events.Key) -> None:
        """Esc clears and leaves, ↓ leaves."""
        if event.key == "escape":
            event.stop()
            self.post_message(self.Left(cleared=True))
        elif event.key == "down":
            event.stop()
            self.post_message(self.Left(cleared=False))
