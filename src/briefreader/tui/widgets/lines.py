"""The base of all that is drawn line by line and scrolled: lists and the reader."""

from __future__ import annotations

from textual.geometry import Region, Size
from textual.scroll_view import ScrollView


class Lines(ScrollView):
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
