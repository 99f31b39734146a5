"""Dialog with links: open or copy one."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from briefreader.tui import external_tools
from briefreader.tui.screens.dialog import Dialog
from briefreader.tui.widgets.bars import CLOSE, Hint
from briefreader.tui.widgets.text_rows import TextRows, columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from briefreader.markdown_layout import Link


class LinksDialog(Dialog[str]):
    """List links, and return the chosen URL.

    ``choose``, the hint for Enter, says what the caller does with the URL. ``empty`` is shown if there are no links.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "Copy", show=False),
        Binding("q", "leave", "Close", show=False),
    ]
    tall = True
    wide = True

    def __init__(self, links: Sequence[Link], heading: str = "Links", *, choose: str = "Open", empty: str = "") -> None:
        self.heading = heading
        self._empty = empty or "No links in this briefing"
        self.hints = (Hint("Enter", choose, "focused.choose"), Hint("y", "Copy", "screen.copy"), CLOSE)
        super().__init__()
        self._links = list({link.url: link for link in reversed(links)}.values())[::-1]

    def body(self) -> ComposeResult:
        """Lay out the widgets."""
        cells = columns([[link.label or "(no text)", link.url] for link in self._links], widest=44)
        rows = TextRows([[(label, ""), (url, "muted")] for label, url in cells])
        rows.empty = (self._empty,)
        yield rows

    def on_mount(self) -> None:
        """Focus the list."""
        self.query_one(TextRows).focus()

    def on_virtual_list_chosen(self, event: TextRows.Chosen) -> None:
        """Close, and return the URL."""
        event.stop()
        self.dismiss(self._links[event.index].url)

    def action_copy(self) -> None:
        """Copy the URL."""
        if self._links:
            url = self._links[self.query_one(TextRows).cursor].url
            external_tools.copy(self.app, url)
            self.retitle(f"{self.heading} · copied")
