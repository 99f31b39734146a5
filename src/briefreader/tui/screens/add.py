"""Dialog that adds files, folders, web pages, feeds or pasted text.

New briefings are tagged at once.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, BinaryIO, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static, TextArea

from briefreader.paths import from_user
from briefreader.tui.screens.running import RunDialog, counts
from briefreader.tui.widgets.bars import CLOSE, Hint
from briefreader.tui.widgets.path_input import PathInput
from briefreader.tui.widgets.text_rows import Part, TextRows

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from textual.app import ComposeResult

    from briefreader.library import Library
    from briefreader.tui.workers import CancelCheck


class AddDialog(RunDialog[bool]):
    """Ask what to add, then add and tag it; return whether anything was added."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s,f10", "paste", "Add the text", show=False, priority=True)]
    heading = "Add briefings"
    hints = (
        Hint("Enter", "Add", "screen.add"),
        Hint("Tab", "Go to the text", "app.focus_next"),
        Hint("ctrl+s", "Add the text", "screen.paste"),
        CLOSE,
    )
    DEFAULT_CSS = """
    AddDialog TextArea { height: 1; border: none; }
    AddDialog TextArea:focus { height: 5; border: none; }
    """

    def __init__(self, library: Library, path: str = "") -> None:
        super().__init__()
        self.library = library
        self._path = path
        self._added = False

    def body(self) -> ComposeResult:
        """Lay out the widgets."""
        text = "File or folder (.md .html .eml .mbox .pdf …; Tab completes it), or URL:"
        yield Static(Content(text), classes="label")
        yield PathInput(self._path, placeholder="e.g. ~/Mail/newsletters")
        yield Static(Content("Or paste text here:"), classes="label")
        yield TextArea(show_line_numbers=False, soft_wrap=True, tab_behavior="focus")
        yield Static("", id="report", classes="label", markup=False)
        rows = TextRows(shorten=1)
        rows.empty = ("Nothing added yet", "Your files stay where they are; the library stores copies.")
        yield rows

    def on_mount(self) -> None:
        """Focus the path."""
        self.query_one(Input).focus()
        if self._path:
            self._add(self._path)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_add()

    def action_add(self) -> None:
        """Add the path or URL."""
        if path := self.query_one(Input).value.strip():
            self._add(path)

    def _add(self, path: str) -> None:
        is_url = path.startswith(("http://", "https://"))
        self._run([path if is_url else from_user(path)])

    def action_paste(self) -> None:
        """Add the pasted text."""
        text = self.query_one(TextArea).text
        if text.strip():
            self._run([BytesIO(text.encode("utf-8", "replace"))])

    def _run(self, sources: list[str | Path | BinaryIO]) -> None:
        """Add the sources, then tag, unless a run is under way."""
        if self.running:
            return

        def make(cancelled: CancelCheck) -> Iterable[Any]:
            """Yield the records of adding, then those of tagging."""
            new = False
            for record in self.library.run_in_subprocess("add", sources, progress=self.progress, cancelled=cancelled):
                new = new or record.status in ("added", "revision")
                yield record
            if new and not cancelled():
                yield from self.library.run_in_subprocess("tag", progress=self.progress, cancelled=cancelled)

        self.run_records(make, self._added_all)

    def show_error(self, text: str) -> None:
        """Report an error; briefings that were added before it stay."""
        super().show_error(text)
        self._note_added(self.records)

    def _note_added(self, records: list[Any]) -> list[Any]:
        """Return the records of added sources, and note whether any is new."""
        added = [record for record in records if hasattr(record, "status")]
        self._added = self._added or any(record.status in ("added", "revision") for record in added)
        return added

    def _added_all(self, records: list[Any], stopped: bool) -> None:
        """Report the result; clear the path unless something failed."""
        added = self._note_added(records)
        if not any(record.status == "failed" for record in added):
            self.query_one(Input).value = ""
        tagged = len(records) - len(added)
        report = counts(record.status for record in added) + (f" · {tagged:,} tagged" if tagged else "")
        untagged = sum(record.status in ("added", "revision") for record in added) - tagged if stopped else 0
        rest = f" · {untagged:,} not tagged yet" if untagged > 0 else ""
        self.report(("Stopped: " if stopped else "Done: ") + report + rest)

    def record_row(self, record: Any) -> list[Part]:
        """Return the row of an added source, or of a tagged briefing."""
        if not hasattr(record, "status"):
            topics = " ".join(score.topic for score in record.topics)
            return [(f"{'tagged':<8} ", "topic"), (record.title, ""), (f"  {topics or 'no topic'}", "muted")]
        style = "accent" if record.status == "failed" else "topic" if record.status == "added" else "muted"
        insights = f"{record.insights:,} insight{'s' if record.insights > 1 else ''}" if record.insights else ""
        about = record.message or insights
        return [
            (f"{record.status:<8} ", style),
            (record.title or PurePath(record.path).name, ""),
            (f"  {about}", "muted"),
        ]

    def leave(self) -> None:
        """Close, and return whether anything was added."""
        self.dismiss(self._added)
