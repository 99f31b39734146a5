"""Dialog with bar charts by topic, source and month."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType

from briefreader.display import byte_size, one_line
from briefreader.tui.screens.dialog import Dialog
from briefreader.tui.widgets.cells import bar, fit
from briefreader.tui.widgets.text_rows import Part, TextRows
from briefreader.tui.workers import in_thread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from briefreader.library import Library
    from briefreader.storage.counts import Stats

MAX_ROWS = 15  # maximum number of topics, and of sources
MONTHS_SHOWN = 24


class StatisticsDialog(Dialog[None]):
    """Statistics of the whole library."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("q,S", "leave", "Close", show=False)]
    heading = "Statistics"
    tall = True
    wide = True

    def __init__(self, library: Library) -> None:
        super().__init__()
        self.library = library

    def body(self) -> ComposeResult:
        """Lay out the widgets."""
        rows = TextRows(has_cursor=False)
        rows.empty = ("Counting …",)
        yield rows

    def on_mount(self) -> None:
        """Start counting."""
        self.query_one(TextRows).focus()
        self._load()

    @work(exclusive=True, group="stats", exit_on_error=False)
    async def _load(self) -> None:
        self._show(await in_thread(lambda cancelled: self.library.stats()))

    def _show(self, stats: Stats) -> None:
        """Show the totals, then the bar charts."""
        rows: list[list[Part]] = [
            [
                (f"{stats.briefings:,}", "strong"),
                (" briefings   ", "muted"),
                (f"{stats.insights:,}", "strong"),
                (" insights   ", "muted"),
                (f"{stats.words:,}", "strong"),
                (" words   ", "muted"),
                (f"{stats.decisions:,}", "strong"),
                (f" decision{'s' * (stats.decisions != 1)} by you", "muted"),
            ]
        ]
        if stats.copies:
            kept = f" stored duplicate{'s' * (stats.copies != 1)} ({byte_size(stats.copies_bytes)})"
            rows.append([(f"{stats.copies:,}", "strong"), (kept, "muted")])
        list_ = self.query_one(TextRows)
        width = max(min(list_.size.width - 40, 40), 10)
        rows += bars("Topics", stats.topics[:MAX_ROWS], len(stats.topics), width)
        rows += bars("Sources", stats.sources[:MAX_ROWS], len(stats.sources), width)
        rows += bars("Months", stats.months[-MONTHS_SHOWN:], len(stats.months), width)
        list_.show(rows)


def bars(heading: str, counts: Sequence[tuple[str, int]], of: int, width: int) -> list[list[Part]]:
    """Return a heading and a bar for each count.

    ``counts`` may be only some of all counts; ``of`` is the number of all.
    """
    most = max((count for _, count in counts), default=0)
    more = f"  ({len(counts)} of {of:,})" if of > len(counts) else ""
    rows: list[list[Part]] = [[], [(heading, "accent"), (more, "muted")]]
    for name, count in counts:
        rows.append(
            [
                (fit(one_line(name) or "(unknown)", 26) + " ", ""),
                (f"{count:>7,} ", "muted"),
                (bar(count, most, width), "topic"),
            ]
        )
    return rows
