"""Dialog that exports notes to a folder, after a preview."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from briefreader.config import PROFILES, Settings
from briefreader.library.export_options import ExportOptions
from briefreader.paths import from_user
from briefreader.tui.screens.running import RunDialog, counts
from briefreader.tui.widgets.bars import CLOSE, Hint
from briefreader.tui.widgets.choice import Choice
from briefreader.tui.widgets.path_input import PathInput
from briefreader.tui.widgets.text_rows import Part, TextRows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.app import ComposeResult

    from briefreader.library import Library
    from briefreader.tui.app import BriefreaderApp
    from briefreader.tui.workers import CancelCheck

_PLANNED = {"written": "to write", "merged": "to merge", "renamed": "to rename"}


class ExportDialog(RunDialog[None]):
    """Export the briefings ``ids``, or those that match the query; Enter previews, then exports."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "go", "Preview, then write", show=False)]
    heading = "Export notes"
    hints = (
        Hint("Enter", "Preview, then write", "screen.go"),
        Hint("Tab", "Profile", "app.focus_next"),
        CLOSE,
    )

    def __init__(self, library: Library, settings: Settings, query: str, ids: Sequence[str], what: str) -> None:
        super().__init__()
        self.library = library
        self._settings = settings
        self._query = query
        self._ids = list(ids)
        self._what = what
        self._previewed = ""
        self._dry_run = True

    def body(self) -> ComposeResult:
        """Lay out the widgets."""
        yield Static(
            Content(f"Export {self._what} as Markdown notes. Your edits in existing notes are kept."), classes="label"
        )
        folder = self._settings.export.to or self.briefreader.exported_to
        yield PathInput(folder, placeholder="folder, e.g. ~/notes/briefings", folders=True)
        yield Choice(PROFILES, self._settings.export.profile)
        yield Static("", id="report", classes="label", markup=False)
        rows = TextRows(shorten=1)
        rows.empty = ("Press Enter to see what would be written.", "Nothing is written until you press Enter again.")
        yield rows

    @property
    def briefreader(self) -> BriefreaderApp:
        """The app, which remembers the export folder."""
        return cast("BriefreaderApp", self.app)

    def on_mount(self) -> None:
        """Focus the folder."""
        self.query_one(Input).focus()

    @on(Input.Changed)
    @on(Choice.Changed)
    def _changed(self) -> None:
        """Require another preview."""
        self._previewed = ""

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_go()

    def on_virtual_list_chosen(self, event: TextRows.Chosen) -> None:
        """Treat Enter in the list of notes like Enter in the folder field."""
        event.stop()
        self.action_go()

    def action_go(self) -> None:
        """Show the preview; if it was shown already, export."""
        folder = self.query_one(Input).value.strip()
        if not folder:
            self.report("Enter a folder first", error=True)
        elif not self.running:
            self._run(folder, dry_run=self._previewed != folder)

    def _status(self, record: Any) -> str:
        """Return the status of a note; in a preview, the one it would get."""
        return _PLANNED.get(record.status, record.status) if self._dry_run else str(record.status)

    def _run(self, folder: str, *, dry_run: bool) -> None:
        """Preview the export, or write the notes."""
        self._dry_run = dry_run
        profile = self.query_one(Choice).value
        to = from_user(folder)

        def make(cancelled: CancelCheck) -> Iterable[Any]:
            options = ExportOptions.of(self._settings.export, profile=profile, dry_run=dry_run)
            return self.library.export(
                to, self._query, options, ids=self._ids, progress=self.progress, cancelled=cancelled
            )

        def ended(records: list[Any], stopped: bool) -> None:
            """Report the result, and remember the preview or the folder."""
            report = counts(self._status(record) for record in records)
            if dry_run:
                self._previewed = "" if stopped else folder
                self.report(
                    f"Stopped: {report} so far" if stopped else f"Preview: {report} · press Enter to write to {to}"
                )
            else:
                self._previewed = ""
                self.briefreader.exported_to = folder
                self.report(("Stopped: " if stopped else "Done: ") + f"{report} · {to}")

        self.run_records(make, ended)

    def record_row(self, record: Any) -> list[Part]:
        """Return the row of a note: status, path and message."""
        style = {"conflict": "accent", "failed": "accent", "written": "topic", "merged": "topic"}.get(
            record.status, "muted"
        )
        return [
            (f"{self._status(record):<10} ", style),
            (str(record.path or record.id), ""),
            (f"  {record.message}", "muted"),
        ]
