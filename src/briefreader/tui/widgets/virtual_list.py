"""Base class of long lists, which draws only the visible lines.

Unless the list scrolls, moving the cursor redraws only two rows, so a key sends only a few hundred bytes over SSH.
Subclasses implement ``render_row``, and call ``reset`` with the number of rows.
"""

from __future__ import annotations

from abc import abstractmethod
from itertools import chain
from typing import TYPE_CHECKING, ClassVar

from textual.message import Message
from textual.reactive import var

from briefreader.tui.keys import bindings
from briefreader.tui.widgets.cells import Piece, cut, strip_of
from briefreader.tui.widgets.lines import Lines

if TYPE_CHECKING:
    from rich.style import Style
    from textual import events
    from textual.binding import BindingType
    from textual.strip import Strip


class VirtualList(Lines, can_focus=True):
    """A list of ``count`` rows of ``row_height`` lines each, with a cursor."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("list")
    SCOPES: ClassVar[tuple[str, ...]] = ("list",)
    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "row--cursor",
        "row--muted",
        "row--accent",
        "row--strong",
        "row--topic",
        "row--found",
        "row--mark",
    }
    DEFAULT_CSS = """
    VirtualList {
        .row--cursor { background: $cursor-blur; }
        .row--muted { color: $muted; }
        .row--accent { color: $accent; }
        .row--strong { color: $foreground; text-style: bold; }
        .row--topic { color: $primary; }
        .row--mark { color: $accent; text-style: bold; }
        .row--found { color: $accent; text-style: bold underline; }
        &:focus .row--cursor { background: $cursor; }
    }
    """

    row_height: int = 1
    # Whether there is a cursor; without one, keys scroll the list.
    has_cursor = True
    # What an empty list shows: a message, and hints below it.
    empty: tuple[str, ...] = ("Nothing here",)

    count: var[int] = var(0, init=False)
    cursor: var[int] = var(0, init=False)

    class Moved(Message):
        """The cursor moved to another row."""

        def __init__(self, sender: VirtualList, index: int) -> None:
            super().__init__()
            self.list = sender
            self.index = index

        @property
        def control(self) -> VirtualList:
            """The list, for ``@on`` selectors."""
            return self.list

    class Chosen(Moved):
        """A row was chosen with Enter or the mouse."""

    def reset(self, count: int, cursor: int = 0) -> None:
        """Replace the rows with ``count`` new ones.

        The cursor moves to ``cursor``, or to the last row if that is too large.
        """
        self.count = count
        self._resize()
        with self.prevent(self.Moved):
            self.cursor = max(0, min(cursor, count - 1))
        self._reveal()
        self.refresh()

    def grow(self, count: int) -> None:
        """Increase the number of rows to ``count``; the existing rows stay."""
        shows_end = self.visible_rows.stop >= self.count
        self.count = count
        self._resize()
        if shows_end:
            self.refresh()

    @abstractmethod
    def render_row(self, index: int, line: int, width: int, base: Style) -> list[Piece]:
        """Return the styled pieces of a line of a row.

        ``line`` counts from 0; ``base`` is the style of the row.
        """

    def part(self, name: str, base: Style) -> Style:
        """Return the style of component ``row--name`` on the row's background."""
        return base + self.get_component_rich_style(f"row--{name}", partial=True)

    def render_line(self, y: int) -> Strip:
        """Return line ``y`` of the widget as shown."""
        width = self.scrollable_content_region.width
        index, line = divmod(y + self.scroll_offset.y, self.row_height)
        plain = self.base_style
        if index >= self.count:
            return strip_of(self._empty_line(y, width, plain) if not self.count else [], width, plain)
        base = plain
        if index == self.cursor and self.has_cursor:
            base = plain + self.get_component_rich_style("row--cursor", partial=True)
        return strip_of(self.render_row(index, line, width, base), width, base)

    def _empty_line(self, y: int, width: int, base: Style) -> list[Piece]:
        if not 1 <= y <= len(self.empty):
            return []
        return [("  " + cut(self.empty[y - 1], width - 2), base if y == 1 else self.part("muted", base))]

    def refresh_row(self, index: int) -> None:
        """Redraw one row."""
        if 0 <= index < self.count:
            self.redraw(index * self.row_height, self.row_height)

    def validate_cursor(self, value: int) -> int:
        """Keep the cursor on a row."""
        return max(0, min(value, self.count - 1))

    def watch_cursor(self, old: int, new: int) -> None:
        """Redraw the old and new row, reveal the cursor, and post ``Moved``."""
        self.refresh_row(old)
        self.refresh_row(new)
        self._reveal()
        self.place_cursor()
        self.post_message(self.Moved(self, new))

    @property
    def cursor_line(self) -> int:
        """The first line of the selected row, counted from the top of the widget."""
        return self.cursor * self.row_height - self.scroll_offset.y

    def move(self, by: int) -> None:
        """Move the cursor by ``by`` rows, stopping at the ends; without a cursor, scroll."""
        if not self.has_cursor:
            self.scroll_to(y=self.scroll_offset.y + by * self.row_height, animate=False)
            return
        self.cursor = self._row_at(max(0, min(self.cursor + by, self.count - 1)), by)

    def is_heading(self, index: int) -> bool:
        """Whether a row is a heading, which the cursor skips."""
        return False

    def rows_of(self, index: int) -> range:
        """Return the rows of the item that a row belongs to.

        The cursor stops only at the first row of an item.
        """
        return range(index, index + 1)

    def _row_at(self, target: int, onward: int) -> int:
        """Return the first row from ``target`` on that isn't a heading.

        Search downwards first, then upwards. If ``onward`` is negative, search upwards first.
        """
        down, up = range(max(target, 0), self.count), range(min(target, self.count - 1), -1, -1)
        ahead, behind = (down, up) if onward > 0 else (up, down)
        return next((row for row in chain(ahead, behind) if not self.is_heading(row)), self.cursor)

    @property
    def visible_rows(self) -> range:
        """The rows on screen."""
        top = self.scroll_offset.y // self.row_height
        return range(top, min(self.count, top + self._page() + 1))

    def _page(self) -> int:
        return max(self.scrollable_content_region.height // self.row_height, 1)

    def _resize(self) -> None:
        self.extend_to(self.count * self.row_height)

    def _reveal(self) -> None:
        """Scroll to the cursor's row if it is off screen, so that it is in the middle.

        While the cursor moves on, the screen is then repainted once per half page rather than for every row.
        """
        height = self.scrollable_content_region.height
        if height <= 0:
            return
        top = self.cursor * self.row_height
        y = self.scroll_offset.y
        bottom = min(self.rows_of(self.cursor).stop * self.row_height, top + height)
        if top < y or bottom > y + height:
            middle = (height // self.row_height // 2) * self.row_height
            self.scroll_to(y=max(top - middle, 0), animate=False, force=True)

    def on_resize(self, event: events.Resize) -> None:
        """Update the drawing width, and keep the cursor in view."""
        self._origin = None
        self._resize()
        self._reveal()
        self.call_after_refresh(self.place_cursor)

    def on_focus(self) -> None:
        """Redraw the cursor, which has another colour with the focus."""
        self.refresh_row(self.cursor)

    def on_blur(self) -> None:
        """Redraw the cursor, which has another colour without the focus."""
        self.refresh_row(self.cursor)

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the clicked row.

        A double click, or a click on the row with the cursor, opens the row.
        """
        offset = event.get_content_offset(self)
        if offset is None:
            return
        index = (offset.y + self.scroll_offset.y) // self.row_height
        if index >= self.count or self.is_heading(index := self.rows_of(index).start):
            return
        if index == self.cursor or event.chain > 1:
            self.cursor = index
            self.action_choose()
        else:
            self.cursor = index

    def action_cursor_down(self) -> None:
        """Go to the next row."""
        self.move(1)

    def action_cursor_up(self) -> None:
        """Go to the previous row."""
        self.move(-1)

    def action_cursor_top(self) -> None:
        """Go to the first row."""
        self.cursor = self._row_at(0, 1)

    def action_cursor_bottom(self) -> None:
        """Go to the last row."""
        self.cursor = self._row_at(self.count - 1, -1)

    def action_half_down(self) -> None:
        """Move down half a page."""
        self.move(max(self._page() // 2, 1))

    def action_half_up(self) -> None:
        """Move up half a page."""
        self.move(-max(self._page() // 2, 1))

    def action_page_down(self) -> None:
        """Move down a page."""
        self.move(self._page())

    def action_page_up(self) -> None:
        """Move up a page."""
        self.move(-self._page())

    def action_choose(self) -> None:
        """Open the selected row."""
        if self.count:
            self.post_message(self.Chosen(self, self.cursor))
