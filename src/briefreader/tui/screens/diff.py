"""Dialog with the changes since the previous revision of a briefing."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType

from briefreader.display import one_line
from briefreader.markdown_layout import wrap
from briefreader.tui.screens.dialog import Dialog
from briefreader.tui.widgets.text_rows import Part, TextRows
from briefreader.tui.workers import in_thread

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from briefreader.library import Library
    from briefreader.library.revisions import Diff
    from briefreader.reading.sentence_diff import SentenceChange


class DiffDialog(Dialog[int]):
    """Show the changes; return the offset of the chosen sentence in the current text."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "leave", "Close", show=False)]
    heading = "Changes"
    tall = True
    wide = True

    def __init__(self, library: Library, id: str) -> None:
        super().__init__()
        self.library = library
        self._target = id
        self._places: list[int | None] = []

    def body(self) -> ComposeResult:
        """Lay out the widgets."""
        rows = TextRows()
        rows.empty = ("Comparing the revisions …",)
        yield rows

    def on_mount(self) -> None:
        """Start comparing."""
        self.query_one(TextRows).focus()
        self._load()

    @work(exclusive=True, group="diff", exit_on_error=False)
    async def _load(self) -> None:
        self._show(await in_thread(lambda cancelled: self.library.diff(self._target)))

    def _show(self, diff: Diff | None) -> None:
        """Show the changed sentences, and insights whose sentence was removed."""
        list_ = self.query_one(TextRows)
        list_.empty = ("No earlier revision",)
        rows: list[list[Part]] = []
        width = max(list_.size.width - 4, 20)
        for change in diff.changes if diff else ():
            rows += change_rows(change, width)
            self._places += [change.after.start if change.after else None] * (len(rows) - len(self._places))
        for insight in diff.orphans if diff else ():
            rows += sentence_rows(
                f"insight whose sentence was removed: {self._target}.{insight.number} {insight.text}",
                "  ",
                "muted",
                width,
            )
        if diff and not rows:
            list_.empty = ("No sentence changed",)
        list_.show(rows)

    def on_virtual_list_chosen(self, event: TextRows.Chosen) -> None:
        """Close, and return the offset of the sentence, unless it was removed."""
        event.stop()
        place = self._places[event.index] if event.index < len(self._places) else None
        if place is not None:
            self.dismiss(place)


def change_rows(change: SentenceChange, width: int) -> list[list[Part]]:
    """Return the rows of a changed sentence: old, new, and a blank line."""
    rows: list[list[Part]] = []
    if change.before:
        rows += sentence_rows(change.before.text, "− ", "muted", width)
    if change.after:
        rows += sentence_rows(change.after.text, "+ ", "", width)
    return [*rows, []]


def sentence_rows(text: str, mark: str, style: str, width: int) -> list[list[Part]]:
    """Wrap a sentence into rows, with ``mark`` before the first."""
    text = one_line(text)
    return [[(mark if start == 0 else "  ", "accent"), (text[start:end], style)] for start, end in wrap(text, width)]
