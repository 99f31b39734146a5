"""Layout of the main screen: panes, lines per row, and the reader's width."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from briefreader.tui.screens import NARROW

if TYPE_CHECKING:
    from briefreader.tui.screens.main import MainScreen

MIN_SIZE = (60, 15)
MIN_TWO_LINE_HEIGHT = 32  # minimum window height, in lines, for two lines per briefing and insight
MIN_HALF_WIDTH = 110  # minimum window width, in cells, for a reader that takes half of it by default
MIN_SHARE, MAX_SHARE = 30, 60  # limits of the reader's width, in percent of the window


class Layout:
    """The layout of the main screen, by window size and the user's choices.

    ``density`` is "one-line", "two-line", or "" for automatic. ``reader_share`` is the reader's width in percent of the
    window, or 0 for automatic.
    """

    def __init__(self, main: MainScreen, density: str, reader_share: int) -> None:
        self._main = main
        self._zoomed = False
        self.density = density
        self.reader_share = reader_share

    def arrange(self) -> None:
        """Arrange the panes for the window's size."""
        main, (width, height) = self._main, self._main.app.size
        narrow, tiny = width < NARROW, width < MIN_SIZE[0] or height < MIN_SIZE[1]
        zoomed = self._zoomed and not narrow
        main.update_classes({"-tiny": tiny, "-narrow": narrow, "-zoomed": zoomed, "-single": narrow or zoomed})
        two_lines = self.density == "two-line" or (not self.density and height >= MIN_TWO_LINE_HEIGHT)
        for pane in (main.briefings, main.insights):
            pane.set_row_height(2 if two_lines else 1)
        share = self.reader_share or (50 if width >= MIN_HALF_WIDTH else 0)
        main.reader.set_share(0 if narrow or zoomed else share)
        if tiny:
            text = f"briefreader needs {MIN_SIZE[0]} × {MIN_SIZE[1]} cells; this window has {width} × {height}"
            main.query_one("#tiny", Static).update(Content(text))

    def toggle_zoom(self) -> None:
        """Maximise or restore the focused pane; a narrow window always shows a single pane."""
        self._zoomed = not self._zoomed
        self.arrange()

    def toggle_density(self) -> None:
        """Toggle between one and two lines for each briefing and insight."""
        self.density = "two-line" if self._main.briefings.row_height == 1 else "one-line"
        self.arrange()

    def widen_reader(self, by: int) -> None:
        """Widen the reader by ``by`` percent of the window; a negative number narrows it."""
        now = 100 * self._main.reader.outer_size.width / max(self._main.app.size.width, 1)
        self.set_reader_share((self.reader_share or round(now / 5) * 5) + by)

    def set_reader_share(self, share: int) -> None:
        """Set the reader's width in percent of the window, within the limits."""
        self.reader_share = max(MIN_SHARE, min(share, MAX_SHARE))
        self.arrange()
