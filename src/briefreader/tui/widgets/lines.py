"""The bases of all that is drawn line by line: bars, and what is scrolled: lists and the reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.widget import Widget

if TYPE_CHECKING:
    from rich.style import Style


class Drawn(Widget):
    """Knows its own colours."""

    _base_style: Style | None = None

    @property
    def base_style(self) -> Style:
        """The style of a blank, kept until styles change: Textual recomputes it from all ancestors each time."""
        if self._base_style is None:
            self._base_style = self.rich_style
        return self._base_style

    def notify_style_update(self) -> None:
        """Recompute the base style."""
        super().notify_style_update()
        self._base_style = None


class Lines(Drawn, ScrollView):
    """Has so many lines, and a scroll bar's column whether they fit or not.

    Because of that column nothing on screen moves when the number of lines changes, and the screen need not be laid
    out again, which would paint all of it.
    """

    DEFAULT_CSS = """
    Lines {
        scrollbar-size-vertical: 1;
        overflow-x: hidden;
        overflow-y: scroll;
    }
    """

    def extend_to(self, height: int) -> None:
        """Have so many lines from now on."""
        size = Size(self.scrollable_content_region.width, height)
        if size == self.virtual_size:
            return
        self.set_reactive(ScrollView.virtual_size, size)
        self.vertical_scrollbar.window_virtual_size = height
        self.scroll_y = self.validate_scroll_y(self.scroll_y)

    def redraw(self, first: int, count: int) -> None:
        """Draw some lines again, without the scroll bar's cells beside them."""
        self.refresh(Region(0, first - self.scroll_offset.y, self.scrollable_content_region.width, count))
