"""An input for a query, the parsed query, and the number of matches."""

from __future__ import annotations

from functools import partial
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
    from textual.timer import Timer

_COUNT_CELLS = 28  # width of the count, in cells
LAYOUT_DELAY = 0.3  # seconds after the last key until the height of the parsed query changes


class QueryInput(Input):
    """An input with completions; Tab accepts the first one.

    ``values`` are those of :func:`briefreader.query.complete`.
    """

    virtual_size = Reactive(Size(0, 0))  # a change while typing doesn't lay out the screen
    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "complete", "Complete", show=False)]

    class Offered(Message):
        """The completions of the current word changed.

        ``options`` has the likeliest first, and may be empty.
        """

        def __init__(self, options: Sequence[str]) -> None:
            super().__init__()
            self.options = options

    def __init__(self, value: str = "", *, placeholder: str = "", id: str | None = None) -> None:
        super().__init__(value, id=id, placeholder=placeholder, compact=True, select_on_focus=False)
        self.cursor_blink = False  # blinking would send bytes to the terminal twice a second
        self.values: Mapping[str, Sequence[str]] = {}
        self._offered: Sequence[str] = ()

    def validate_value(self, value: str) -> str:
        """Replace unsafe characters, which a completion may contain."""
        return one_line(value) if clean(value) != value else value

    @property
    def completion(self) -> Completion:
        """The completions of the current word; none without the focus."""
        return complete(self.value, self.cursor_position, self.values) if self.has_focus else Completion(0, 0)

    def on_input_changed(self) -> None:
        """Offer the completions of the word, except the word itself."""
        found = self.completion
        typed = self.value[found.start : found.end]
        self._offer([one_line(text, 40).strip() for text, _ in found.options if text.strip() != typed])

    def on_blur(self, event: events.Blur) -> None:
        """Withdraw the completions."""
        self._offer([])

    def _offer(self, options: Sequence[str]) -> None:
        if options != self._offered:
            self._offered = options
            self.post_message(self.Offered(options))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave Tab to the screen if there are no completions."""
        return bool(self._offered) if action == "complete" else True

    def action_complete(self) -> None:
        """Insert the first completion."""
        self.value, self.cursor_position = self.completion.apply(self.value)


class ParsedQuery(Static):
    """The parsed query, below its input.

    While the input has no focus, it is hidden if it says no more than the input.
    """

    DEFAULT_CSS = """
    ParsedQuery { height: auto; padding: 0 1 0 3; color: $muted; display: none; }
    """

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self._lines = 0
        self._timer: Timer | None = None

    def show(self, query: Query) -> None:
        """Show the parts of a query, and warnings about it.

        The height changes only after a pause, since it moves all panes.
        """
        parts = [*map(str, query.terms), *map(str, query.filters), *(f"in:{scope}" for scope in query.scopes)]
        parts += [f"sort:{query.sort}"] if query.sort else []
        text = Content(one_line(" · ".join([*parts, *query.warnings]), 8000) or " ")
        plain = text.plain.replace(" · ", " ").strip()
        self.display = plain != query.typed.strip() or isinstance(self.screen.focused, QueryInput)
        lines = text.get_height({}, max(self.app.size.width - 4, 1))
        self.update(text, layout=False)
        if self._timer is not None:
            self._timer.stop()
        if not self._lines:
            self._fit(lines)
        elif lines != self._lines:
            self._timer = self.set_timer(LAYOUT_DELAY, partial(self._fit, lines))

    def _fit(self, lines: int) -> None:
        self._lines = lines
        self.refresh(layout=True)


class QueryStatus(Static):
    """The count or a message beside a query.

    Short texts are padded to the same width, since a change of the width would lay out the screen again.
    """

    DEFAULT_CSS = """
    QueryStatus {
        width: auto; max-width: 60%; height: 1; padding: 0 1; color: $muted;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    """

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self._width = 0

    def show(self, text: str) -> None:
        """Show a count or a message."""
        text = one_line(text, 120)
        if text or self._width:
            text = " " * (_COUNT_CELLS - cell_len(text)) + text
        same, self._width = cell_len(text) == self._width, cell_len(text)
        self.update(Content(text), layout=not same)
