"""Dialogs that edit a note, or the metadata of briefings."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.suggester import SuggestFromList
from textual.widgets import Input, Static, TextArea

from briefreader.display import clean, one_line
from briefreader.tui.screens.dialog import Dialog
from briefreader.tui.widgets.bars import Hint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import ComposeResult


class NoteDialog(Dialog[str]):
    """Edit a note in Markdown, and return it; None if it wasn't saved.

    To discard a change, Esc must be pressed twice.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s,f10", "save", "Save", show=False, priority=True)]
    DEFAULT_CSS = """
    NoteDialog TextArea { height: 12; border: none; }
    NoteDialog TextArea:focus { border: none; }
    """
    heading = "Note"
    hints = (Hint("ctrl+s", "Save", "screen.save"), Hint("Esc", "Close without saving", "screen.leave"))

    def __init__(self, about: str, text: str) -> None:
        super().__init__()
        self._about = about
        self._text = clean(text)

    def body(self) -> ComposeResult:
        """Lay out the widgets."""
        yield Static(Content(one_line(self._about, 200)), classes="label")
        yield TextArea(self._text, show_line_numbers=False, soft_wrap=True, tab_behavior="focus")

    def on_mount(self) -> None:
        """Move the cursor to the end of the note."""
        note = self.query_one(TextArea)
        note.move_cursor(note.document.end)

    def action_save(self) -> None:
        """Save the note."""
        self.dismiss(self.query_one(TextArea).text.strip())

    def action_leave(self) -> None:
        """Close; if the text was changed, only the second time."""
        if self.query_one(TextArea).text.strip() != self._text.strip() and self.heading == "Note":
            self.heading = "Note (changed)"
            self.retitle("Not saved yet", (self.hints[0], Hint("Esc", "Discard the change", "screen.leave")))
        else:
            self.dismiss(None)


class EditDialog(Dialog[dict[str, str]]):
    """Edit the metadata of one or several briefings; return the changed fields.

    ``folder``, the name of the briefing's folder, is among the suggested sources.
    """

    heading = "Edit"
    hints = (
        Hint("Enter", "Save", "screen.keep"),
        Hint("Tab", "Next field", "app.focus_next"),
        Hint("Esc", "Cancel", "screen.leave"),
    )

    def __init__(self, before: Mapping[str, str], folder: str, sources: Sequence[str]) -> None:
        super().__init__()
        self._before = before
        self._folder = folder
        self._sources = [*sources, *([folder] if folder else [])]

    def body(self) -> ComposeResult:
        """Lay out the widgets."""
        labels = {"title": "Title", "source": "Source", "published": "Date (2026-02-20)"}
        for name, value in self._before.items():
            yield Static(Content(labels[name]), classes="label")
            field = Input(one_line(value), id=name, select_on_focus=False)
            if name == "source":
                field.placeholder = f"such as {one_line(self._folder)}" if self._folder else ""
                field.suggester = SuggestFromList(map(one_line, self._sources), case_sensitive=False)
            yield field

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Save the changes."""
        event.stop()
        self.action_keep()

    def action_keep(self) -> None:
        """Close, and return the changed values."""
        after = {name: self.query_one(f"#{name}", Input).value.strip() for name in self._before}
        self.dismiss({name: value for name, value in after.items() if value != one_line(self._before[name])})
