"""The filter line above the briefings, with the number of matches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events, on
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Static

from briefreader.display import one_line
from briefreader.query import Query, parse
from briefreader.tui.messages import QueryChanged
from briefreader.tui.widgets.query_input import ParsedQuery, QueryInput, QueryStatus

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from briefreader.tui.listings import Listing


class FilterBar(Vertical):
    """The filter line, and below it the parsed query.

    For example ``/ topic:pricing tokens        6 of 1,636 · 11 ms``.
    """

    DEFAULT_CSS = """
    FilterBar {
        height: auto;
        Horizontal { height: 1; }
        .prompt { width: 3; color: $accent; text-style: bold; }
        Input { width: 1fr; height: 1; border: none; padding: 0; background: transparent; }
        Input:focus { background: $boost; }
    }
    """

    class Left(Message):
        """The filter line was left: with Enter or ↓, or with Esc (``cleared``)."""

        def __init__(self, cleared: bool) -> None:
            super().__init__()
            self.cleared = cleared

    asked = Query()  # the parsed query

    def compose(self) -> ComposeResult:
        """Lay out the widgets."""
        with Horizontal():
            yield Static(" / ", classes="prompt", markup=False)
            yield QueryInput(placeholder="filter: words, topic:, source:, is:unread …", id="filter")
            yield QueryStatus()
        yield ParsedQuery()

    @property
    def input(self) -> QueryInput:
        """The text field."""
        return self.query_one(QueryInput)

    @property
    def value(self) -> str:
        """The text in the field."""
        return self.input.value

    def set_value(self, text: str) -> None:
        """Parse and show a query, without posting ``QueryChanged``."""
        self.set_query(parse(text))

    def set_query(self, query: Query) -> None:
        """Show a query, without posting ``QueryChanged``."""
        self.asked = query
        cursor = self.app.cursor_position
        with self.input.prevent(Input.Changed):
            self.input.value = one_line(query.typed)
            self.input.cursor_position = len(query.typed)
        if not self.input.has_focus:
            self.app.cursor_position = cursor  # Textual moves it to every input that changes
        self.query_one(ParsedQuery).show(query)

    def show_result(self, listing: Listing, total: int | None) -> None:
        """Show how many briefings matched; nothing without a query or before the first count."""
        if listing.query.typed.strip() and total is not None:
            self.status(f"{len(listing.keys):,} of {total:,} · {listing.ms:.0f} ms")
        else:
            self.status("")

    def status(self, text: str) -> None:
        """Show a message in place of the count."""
        self.query_one(QueryStatus).show(text)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.asked = parse(event.value)
        self.query_one(ParsedQuery).show(self.asked)
        self.post_message(QueryChanged(self.asked, keep_cursor=True))

    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    def _entered_or_left(self) -> None:
        """Make room for the parsed query with the focus, so that typing doesn't move the list."""
        self.query_one(ParsedQuery).show(self.asked)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Left(cleared=False))

    def on_key(self, event: events.Key) -> None:
        """Clear and leave with Esc, leave with ↓."""
        if event.key == "escape":
            event.stop()
            self.post_message(self.Left(cleared=True))
        elif event.key == "down":
            event.stop()
            self.post_message(self.Left(cleared=False))
