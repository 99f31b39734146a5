"""A line to type a query in: keys and values are offered as one types, Tab takes the first."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import Reactive
from textual.widgets import Input, Static

from briefreader.display import clean, one_line
from briefreader.query import Completion, Query, complete

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual import events


class QueryInput(Input):
    """``values``: what is known for ``topic``, ``source`` and ``author``; see :func:`briefreader.query.complete`."""

    virtual_size = Reactive(Size(0, 0))  # it scrolls in itself: a key in it needs no layout of the screen
    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "complete", "Complete", show=False)]

    class Offered(Message):
        """What the word under the cursor could become, the likeliest first; nothing when there is nothing to offer."""

        def __init__(self, options: Sequence[str]) -> None:
            super().__init__()
            self.options = options

    def __init__(self, value: str = "", *, placeholder: str = "", id: str | None = None) -> None:
        super().__init__(value, id=id, placeholder=placeholder, compact=True, select_on_focus=False)
        self.cursor_blink = False  # it would write to the terminal twice a second
        self.values: Mapping[str, Sequence[str]] = {}
        self._offered: Sequence[str] = ()

    def validate_value(self, value: str) -> str:
        """Only text: a completion may be a name from a document."""
        return one_line(value) if clean(value) != value else value

    @property
    def completion(self) -> Completion:
        """What could stand here; nothing while the line has not the focus."""
        return complete(self.value, self.cursor_position, self.values) if self.has_focus else Completion(0, 0)

    def on_input_changed(self) -> None:
        """Offer what fits what was typed, unless that is whole already."""
        found = self.completion
        typed = self.value[found.start : found.end]
        self._offer([one_line(text, 40).strip() for text, _ in found.options if text.strip() != typed])

    def on_blur(self, event: events.Blur) -> None:
        """Nothing is offered when one has moved on."""
        self._offer([])

    def _offer(self, options: Sequence[str]) -> None:
        if options != self._offered:
            self._offered = options
            self.post_message(self.Offered(options))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Tab is the screen's when nothing is offered."""
        return bool(self._offered) if action == "complete" else True

    def action_complete(self) -> None:
        """Put the likeliest in."""
        self.value, self.cursor_position = self.completion.apply(self.value)


class ParsedQuery(Static):
    """What a query was understood as, below the line it is typed in: in as many lines as it takes, none without one."""

    DEFAULT_CSS = """
    ParsedQuery { height: auto; padding: 0 1 0 3; color: $muted; display: none; }
    """

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self._lines = 0

    def show(self, query: Query) -> None:
        """Say what a query asks for, and what was taken for something else than it looks."""
        parts = [*map(str, query.terms), *map(str, query.filters), *(f"in:{scope}" for scope in query.scopes)]
        parts += [f"sort:{query.sort}"] if query.sort else []
        says = one_line(" · ".join([*parts, *query.warnings]), 8000)
        lines = -(-cell_len(says) // max(self.app.size.width - 4, 1))
        same, self._lines = lines == self._lines == 1, lines  # then another text needs no layout of the screen
        self.display = bool(says)
        self.update(Content(says), layout=not same)
