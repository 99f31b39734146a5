"""How much room each pane has: one or several panes, lines per row, the reader's width; by window and by choice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from briefreader.tui.screens import NARROW

if TYPE_CHECKING:
    from briefreader.tui.screens.main import MainScreen

MIN_SIZE = (60, 15)
MIN_TWO_LINE_HEIGHT = 32  # lines of a window with room for two lines for each briefing and insight
MIN_HALF_WIDTH = 110  # cells of a window whose reader gets half of it
_SHARES = range(30, 65, 5)  # percent of the window that the reader may have


class Layout:
    """The arrangement of the main screen; ``density`` and ``reader_share`` are "" and 0 until the reader chooses."""

    def __init__(self, main: MainScreen, density: str, reader_share: int) -> None:
        self._main = main
        self._zoomed = False
        self.density = density
        self.reader_share = reader_share

    def arrange(self) -> None:
        """Give every pane its room in the window."""
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
        """Give the pane that has the focus the whole window, or give it back."""
        self._zoomed = not self._zoomed
        self.arrange()

    def toggle_density(self) -> None:
        """Change between one line and two lines for each briefing and insight."""
        self.density = "two-line" if self._main.briefings.row_height == 1 else "one-line"
        self.arrange()

    def widen_reader(self, by: int) -> None:
        """Give the reader so many percent more of the window."""
        now = 100 * self._main.reader.outer_size.width / max(self._main.app.size.width, 1)
        self.set_reader_share((self.reader_share or round(now / 5) * 5) + by)

    def set_reader_share(self, share: int) -> None:
        """Give the reader so many percent of the window, within limits."""
        self.reader_share = max(_SHARES[0], min(share, _SHARES[-1]))
        self.arrange()
