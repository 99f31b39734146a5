"""Dialog that changes the theme, with live preview."""

from __future__ import annotations

from typing import TYPE_CHECKING

from briefreader.tui.screens.dialog import Pick

if TYPE_CHECKING:
    from collections.abc import Sequence

    from briefreader.tui.widgets.text_rows import TextRows


class ThemeDialog(Pick):
    """A list of themes; Enter keeps the previewed theme, Esc restores the previous one."""

    def __init__(self, names: Sequence[str], now: str) -> None:
        rows = [[("● " if name == now else "  ", "accent"), (name, "")] for name in names]
        super().__init__("Theme", rows, names.index(now) if now in names else 0)
        self._names = names
        self._now = now

    def on_virtual_list_moved(self, event: TextRows.Moved) -> None:
        """Preview the theme."""
        event.stop()
        self.app.theme = self._names[event.index]

    def action_leave(self) -> None:
        """Restore the previous theme."""
        self.app.theme = self._now
        super().action_leave()
