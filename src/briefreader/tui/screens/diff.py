"""What a later text of a briefing says otherwise: changed sentences, figures first, and what lost its sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from briefreader.tui.screens.dialog import Dialog
from briefreader.tui.widgets.text_rows import Part, TextRows

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from briefreader.library import Library
    from briefreader.library.revisions import Diff
    from briefreader.reading.sentence_diff import SentenceChange


class DiffDialog(Dialog[int]):
    """Answers with the offset of the sentence to go to, in today's text."""

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
        rows = TextRows()
        rows.empty = ("Comparing the texts …",)
        yield rows

    def on_mount(self) -> None:
        """Compare."""
        self.query_one(TextRows).focus()
        self.background("diff", lambda cancelled: self.library.diff(self._target), self._show)

    def _show(self, diff: Diff | None) -> None:
        list_ = self.query_one(TextRows)
        list_.empty = ("No earlier text",)
        rows: list[list[Part]] = []
        for change in diff.changes if diff else ():
            rows += change_rows(change)
            self._places += [change.after.start if change.after else None] * (len(rows) - len(self._places))
        for insight in diff.orphans if diff else ():
            rows.append(
                [("lost its sentence: ", "accent"), (f"{self._target}.{insight.number} ", "muted"), (insight.text, "")]
            )
            self._places.append(None)
        if diff and not rows:
            list_.empty = ("No sentence changed",)
        list_.show(rows)

    def on_virtual_list_chosen(self, event: TextRows.Chosen) -> None:
        """Go to the sentence."""
        event.stop()
        place = self._places[event.index] if event.index < len(self._places) else None
        if place is not None:
            self.dismiss(place)


def change_rows(change: SentenceChange) -> list[list[Part]]:
    """A changed sentence as one or two lines, before and after, and a blank one."""
    rows: list[list[Part]] = []
    if change.before:
        rows.append([("− ", "accent"), (change.before.text, "muted")])
    if change.after:
        rows.append([("+ ", "topic"), (change.after.text, "")])
    return [*rows, []]
