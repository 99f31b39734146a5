"""Dialog that excludes a phrase from a topic.

Exclude a phrase that is mistaken for evidence of the topic, such as "estate agent" for agents.
The preview rescores the briefings that have the topic. Excluding the phrase and retagging are two changes in
the history.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual import on
from textual.content import Content
from textual.widgets import Input, Static

from briefreader.display import one_line
from briefreader.tui.screens.running import RunDialog
from briefreader.tui.widgets.bars import CLOSE, Hint
from briefreader.tui.widgets.text_rows import Part, TextRows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult

    from briefreader.library import Library
    from briefreader.tui.workers import CancelCheck


class ExcludeDialog(RunDialog[bool]):
    """Ask for a phrase, show a preview, and exclude it; return whether it was excluded."""

    heading = "Exclude a phrase"
    hints = (Hint("Enter", "Preview, then exclude", "screen.go"), CLOSE)

    def __init__(self, library: Library, topic: str, phrase: str) -> None:
        super().__init__()
        self.library = library
        self._topic = topic
        self._phrase = phrase
        self._previewed = ""
        self._excluded = False

    def body(self) -> ComposeResult:
        """Lay out the widgets."""
        label = f"Where this phrase occurs, its words do not count for {one_line(self._topic, 40)}."
        yield Static(Content(label), classes="label")
        yield Input(self._phrase, placeholder="a phrase, e.g. estate agent", max_length=100)
        yield Static("", id="report", classes="label", markup=False)
        rows = TextRows()
        rows.empty = (
            "Press Enter to see which briefings would be retagged.",
            "Nothing changes until you press Enter again.",
        )
        yield rows

    def on_mount(self) -> None:
        """Focus the phrase."""
        self.query_one(Input).focus()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_go()

    def action_go(self) -> None:
        """Show the preview; if it was shown already, exclude the phrase."""
        phrase = " ".join(self.query_one(Input).value.split())
        if self.running:
            return
        if phrase and phrase == self._previewed:
            self.run_records(lambda cancelled: self._exclude(phrase), self._done)
        else:
            self.run_records(lambda cancelled: self._preview(phrase, cancelled), self._show_preview)

    def _preview(self, phrase: str, cancelled: CancelCheck) -> Iterator[Any]:
        return self.library.run_in_subprocess("preview_exclusion", self._topic, phrase, cancelled=cancelled)

    def _show_preview(self, records: list[Any], stopped: bool) -> None:
        phrase = " ".join(self.query_one(Input).value.split())
        self._previewed = "" if stopped else phrase
        count = f"{len(records):,} briefing{'s' * (len(records) != 1)} would be retagged"
        self.report(f"Stopped: {count} so far" if stopped else f"Preview: {count} · press Enter to exclude “{phrase}”")

    def _exclude(self, phrase: str) -> Iterator[Any]:
        self.library.exclude_phrase(self._topic, phrase)
        self._excluded = True  # even if tagging fails
        return self.library.run_in_subprocess("tag")

    def _done(self, records: list[Any], stopped: bool) -> None:
        self.leave()

    def record_row(self, record: Any) -> list[Part]:
        """Return the title of a briefing, with the topics it gains and loses."""
        gained, lost = (getattr(record, name, ()) for name in ("gained", "lost"))
        changes = " ".join([*(f"+{topic}" for topic in gained), *(f"-{topic}" for topic in lost)])
        return [(f"{changes:<24}  ", "topic"), (getattr(record, "title", ""), "")]

    def leave(self) -> None:
        """Close, and return whether the phrase was excluded."""
        self.dismiss(self._excluded)
