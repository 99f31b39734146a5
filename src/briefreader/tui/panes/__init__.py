"""The panes of the main screen: each loads its own data, and posts messages to the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from rich.cells import cell_len
from textual.content import Content

if TYPE_CHECKING:
    from textual.widget import Widget

    from briefreader.tui.app import BriefreaderApp

PANES = ("library", "briefings", "insights", "reader")


def set_pane_title(pane: Widget, count: int | None = None, note: str = "") -> None:
    """Set a pane's title: its name, key, number of rows, and a note.

    The note explains signs in the pane, separated by `` · ``. Those that don't fit are left out.
    """
    key = cast("BriefreaderApp", pane.app).key_of(f"main.pane_{pane.id}")
    counted = f" · {count:,}" if count is not None else ""
    title = f"{(pane.id or '').capitalize()} {key}{counted}"
    while note and pane.size.width and cell_len(f"{title}  {note}") > pane.size.width - 2:
        note = note.rpartition(" · ")[0]
    pane.border_title = Content(f"{title}{f'  {note}' if note else ''}")
