"""Dialog that creates a topic, with a preview of the briefings that would get it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.widgets import Input, Static

from briefreader.display import one_line
from briefreader.tui.explanations import plain_line
from briefreader.tui.screens.running import RunDialog
from briefreader.tui.widgets.bars import CLOSE, Hint
from briefreader.tui.widgets.text_rows import Part, TextRows
from briefreader.tui.workers import in_thread

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from briefreader.library import Library
    from briefreader.library.taxonomies import Preview

_FIELDS = (("label", "Name"), ("description", "Description"), ("phrases", "Keywords, separated by commas"))


class NewTopicDialog(RunDialog[str]):
    """Ask for a topic's name, description and keywords, and create it.

    Return its ID.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s,f10", "create", "Create the topic", show=False, priority=True),
        Binding("down", "focus_next", "Next field", show=False),
        Binding("up", "focus_previous", "Previous field", show=False),
    ]
    heading = "New topic"
    hints = (
        Hint("Enter", "Preview", "screen.preview"),
        Hint("Tab", "Next field", "app.focus_next"),
        Hint("ctrl+s", "Create", "screen.create"),
        CLOSE,
    )

    def __init__(self, library: Library, label: str) -> None:
        super().__init__()
        self.library = library
        self._label = label

    def body(self) -> ComposeResult:
        """Lay out the widgets."""
        for name, placeholder in _FIELDS:
            yield Input(self._label if name == "label" else "", placeholder=placeholder, id=name, select_on_focus=False)
        yield Static("", id="report", classes="label", markup=False)
        rows = TextRows()
        rows.empty = (
            "Press Enter to see which briefings would get the topic.",
            "Nothing is stored until you create it.",
        )
        yield rows

    def on_mount(self) -> None:
        """Focus the description, or the name if it is empty."""
        self.query_one("#description" if self._label else "#label", Input).focus()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_preview()

    def _typed(self) -> dict[str, Any]:
        """Return the values of the fields, as arguments of ``Library.new_topic``."""
        values = {name: " ".join(self.query_one(f"#{name}", Input).value.split()) for name, _ in _FIELDS}
        return {**values, "phrases": [phrase for p in values["phrases"].split(",") if (phrase := p.strip())]}

    @work(exclusive=True, group="create", exit_on_error=False)
    async def action_preview(self) -> None:
        """Show which briefings would get the topic, and why."""
        if self.running:
            return
        typed = self._typed()
        topic = await in_thread(lambda cancelled: self.library.new_topic(typed.pop("label"), **typed))
        self.run_records(
            lambda cancelled: self.library.run_in_subprocess(
                "preview_topic", topic, progress=self.progress, cancelled=cancelled
            ),
            self._previewed,
        )

    def _previewed(self, found: list[Any], stopped: bool) -> None:
        """Show the briefings that would get the topic, best first."""
        rows = self.query_one(TextRows)
        rows.empty = ("No briefing would get the topic.", "Try other keywords, or add other spellings.")
        if stopped:
            rows.empty = ("Stopped", "Press Enter to preview it again.")
        rows.show([row for each in sorted(found, key=lambda each: -each.score) for row in _rows(each)])
        so_far = " so far" if stopped else ""
        self.report(f"{len(found):,} briefing{'s' * (len(found) != 1)} would get the topic{so_far}")

    def record_row(self, record: Preview) -> list[Part]:
        """Return the row of a briefing while the preview is running."""
        return _rows(record)[0]

    @work(exclusive=True, group="create", exit_on_error=False)
    async def action_create(self) -> None:
        """Add the topic to the taxonomy."""
        typed = self._typed()
        self.dismiss(await in_thread(lambda cancelled: self.library.add_topic(typed.pop("label"), **typed)))

    def action_focus_next(self) -> None:
        """Go to the next field."""
        self.focus_next()

    def action_focus_previous(self) -> None:
        """Go to the previous field."""
        self.focus_previous()


def _rows(record: Preview) -> list[list[Part]]:
    """Return the rows of a briefing: its title, and passages for the topic."""
    head: list[Part] = [(f"{record.score:.2f}  ", "accent"), (one_line(record.title, 120), "strong")]
    return [head, *([(f"      {plain_line(text, 120)}", "muted")] for _, _, text in record.passages)]
