"""The line that narrows the briefings as one types, with what it found on the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual import events, on
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from briefreader.display import one_line
from briefreader.query import Query, parse
from briefreader.tui.messages import QueryChanged
from briefreader.tui.widgets.query_input import ParsedQuery, QueryInput

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from briefreader.tui.listings import Listing

_COUNTS = 28  # cells that the count of briefings takes at most


class FilterBar(Vertical):
    """``/ topic:pricing tokens        6 of 1,636 · 11 ms``, and below what that was understood as."""

    DEFAULT_CSS = """
    FilterBar {
        height: auto;
        Horizontal { height: 1; }
        .prompt { width: 3; color: $accent; text-style: bold; }
        Input { width: 1fr; height: 1; border: none; padding: 0; background: transparent; }
        Input:focus { background: $boost; }
        .status {
            width: auto; max-width: 60%; height: 1; padding: 0 1; color: $muted;
            text-wrap: nowrap; text-overflow: ellipsis;
        }
    }
    """

    class Left(Message):
        """Enter or ↓: on to the list; ``cleared`` after Esc."""

        def __init__(self, cleared: bool) -> None:
            super().__init__()
            self.cleared = cleared

    _status_width = 0
    asked = Query()  # what the line says, parsed

    def compose(self) -> ComposeResult:
        """Yield the widgets."""
        with Horizontal():
            yield Static(" / ", classes="prompt", markup=False)
            yield QueryInput(placeholder="filter: words, topic:, source:, is:unread …", id="filter")
            yield Static("", classes="status", markup=False)
        yield ParsedQuery()

    @property
    def input(self) -> QueryInput:
        """The text field."""
        return self.query_one(QueryInput)

    @property
    def value(self) -> str:
        """The query as it stands."""
        return self.input.value

    def set_value(self, text: str) -> None:
        """Put another query in, without telling."""
        self.set_query(parse(text))

    def set_query(self, query: Query) -> None:
        """Put another query in, without telling."""
        self.asked = query
        with self.input.prevent(Input.Changed):
            self.input.value = one_line(query.typed)
            self.input.cursor_position = len(query.typed)
        self.query_one(ParsedQuery).show(query)

    def show_result(self, listing: Listing, total: int | None) -> None:
        """Say how many briefings were found."""
        if listing.query.typed.strip() and total is not None:
            self.status(f"{len(listing.keys):,} of {total:,} · {listing.ms:.0f} ms")
        else:
            self.status("")

    def status(self, text: str) -> None:
        """What was found.

        Counts all stand in the same width: another one would lay out the screen again.
        """
        says = one_line(text, 120)
        if says:
            says = " " * (_COUNTS - cell_len(says)) + says
        same, self._status_width = cell_len(says) == self._status_width, cell_len(says)
        self.query_one(".status", Static).update(Content(says), layout=not same)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.asked = parse(event.value)
        self.query_one(ParsedQuery).show(self.asked)
        self.post_message(QueryChanged(self.asked, keep_cursor=True))

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
