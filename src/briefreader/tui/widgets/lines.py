"""Base classes of widgets drawn line by line: bars, lists and the reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.geometry import Offset, Region, Size
from textual.scroll_view import ScrollView
from textual.widget import Widget

if TYPE_CHECKING:
    from rich.style import Style


class Drawn(Widget):
    """A widget that caches its base style."""

    _base_style: Style | None = None

    @property
    def base_style(self) -> Style:
        """The widget's own style.

        It is cached because Textual computes it from all ancestors each time.
        """
        if self._base_style is None:
            self._base_style = self.rich_style
        return self._base_style

    def notify_style_update(self) -> None:
        """Discard the cached base style."""
        super().notify_style_update()
        self._base_style = None


class Lines(Drawn, ScrollView):
    """A scrollable widget of many lines.

    The scroll bar is always shown: showing or hiding it would change the layout and repaint the screen.
    """

    DEFAULT_CSS = """
    Lines {
        scrollbar-size-vertical: 1;
        overflow-x: hidden;
        overflow-y: scroll;
    }
    """

    _origin: Offset | None = None  # cached until Resize; reading it from Textual before may prevent that event

    @property
    def cursor_screen_offset(self) -> Offset:
        """The position of the terminal's cursor, for screen readers."""
        if self._origin is None:
            self._origin = self.content_region.offset
        return self._origin + Offset(0, self.cursor_line)

    def place_cursor(self) -> None:
        """Move the terminal's cursor here if the widget has the focus."""
        if self.has_focus:
            self.app.cursor_position = self.cursor_screen_offset

    @property
    def cursor_line(self) -> int:
        """The line of the cursor, counted from the top of the widget."""
        return 0

    def extend_to(self, height: int) -> None:
        """Set the number of lines."""
        size = Size(self.scrollable_content_region.width, height)
        if size == self.virtual_size:
            return
        self.set_reactive(ScrollView.virtual_size, size)
        self.vertical_scrollbar.window_virtual_size = height
        self.scroll_y = self.validate_scroll_y(self.scroll_y)

    def redraw(self, first: int, count: int) -> None:
        """Redraw ``count`` lines from line ``first``, without the scroll bar."""
        self.refresh(Region(0, first - self.scroll_offset.y, self.scrollable_content_region.width, count))
