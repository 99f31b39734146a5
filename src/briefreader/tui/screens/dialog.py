"""What all dialogs share: a quiet box in the middle, a title, a line of hints, Esc to leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from briefreader.display import one_line
from briefreader.tui.widgets.text_rows import Part, TextRows
from briefreader.tui.work import Background

if TYPE_CHECKING:
    from textual.app import ComposeResult

T = TypeVar("T")
# classes that screens get by their width, for their style sheets
BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]


class Dialog(ModalScreen[T], Background, inherit_bindings=False):
    """A modal box; subclasses yield their widgets from ``body``."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Close", show=False)]
    DEFAULT_CSS = """
    Dialog {
        align: center middle;
        background: $background 60%;
        #box {
            width: 76; max-width: 96%; height: auto; max-height: 92%;
            border: round $border; background: $background; padding: 0 1;
            border-title-color: $accent; border-title-style: bold;
            border-subtitle-color: $muted;
        }
        #box.-tall { height: 80%; }
        #box.-wide { width: 100; }
        Input { border: none; border-bottom: solid $line; height: 2; padding: 0; background: transparent; }
        Input:focus { border: none; border-bottom: solid $accent; }
        .label { color: $muted; height: auto; }
        .error { color: $error; height: auto; }
        .gap { height: 1; }
        VirtualList { background: transparent; height: auto; max-height: 24; min-height: 3; }
        .-tall VirtualList { height: 1fr; max-height: 100%; }
    }
    """
    heading = ""
    hints = "Esc close"
    tall = False
    wide = False

    def compose(self) -> ComposeResult:
        box = Vertical(id="box", classes=("-tall " if self.tall else "") + ("-wide" if self.wide else ""))
        # a border title given as Content is drawn as it is: no markup is read from it
        box.border_title = Content(one_line(self.heading, 60))
        box.border_subtitle = Content(self.hints)
        with box:
            yield from self.body()

    def body(self) -> ComposeResult:
        """The widgets of the dialog."""
        yield from ()

    def retitle(self, heading: str, hints: str | None = None) -> None:
        """Change the title, and the hints."""
        box = self.query_one("#box")
        box.border_title = Content(one_line(heading, 60))
        if hints is not None:
            box.border_subtitle = Content(hints)

    def action_leave(self) -> None:
        """Close without an answer."""
        self.dismiss(None)


class Confirm(Dialog[bool]):
    """Asks before something that touches much."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,enter", "yes", "Yes", show=False),
        Binding("n,q", "leave", "No", show=False),
    ]
    hints = "y yes · n no"

    def __init__(self, heading: str, text: str) -> None:
        super().__init__()
        self.heading = heading
        self._text = text

    def body(self) -> ComposeResult:
        yield Static(Content(self._text))

    def action_yes(self) -> None:
        """Go ahead."""
        self.dismiss(True)

    def action_leave(self) -> None:
        """Don't."""
        self.dismiss(False)


class Prompt(Dialog[str]):
    """Asks for one line."""

    hints = "Enter ok · Esc cancel"

    def __init__(self, heading: str, label: str = "", value: str = "") -> None:
        super().__init__()
        self.heading = heading
        self._label = label
        self._value = value

    def body(self) -> ComposeResult:
        if self._label:
            yield Static(Content(self._label), classes="label")
        yield Input(self._value, select_on_focus=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """The answer."""
        event.stop()
        self.dismiss(event.value.strip() or None)


class Pick(Dialog[int]):
    """A list to choose from; answers with the row's number."""

    tall = True
    hints = "Enter choose · Esc close"

    def __init__(self, heading: str, rows: list[list[Part]], cursor: int = 0, empty: str = "Nothing here") -> None:
        super().__init__()
        self.heading = heading
        self._rows = rows
        self._cursor = cursor
        self._empty = empty

    def body(self) -> ComposeResult:
        rows = TextRows(self._rows)
        rows.empty = (self._empty,)
        yield rows

    def on_mount(self) -> None:
        """Start at the row given."""
        self.query_one(TextRows).cursor = self._cursor
        self.query_one(TextRows).focus()

    def on_virtual_list_chosen(self, event: TextRows.Chosen) -> None:
        """The answer."""
        event.stop()
        self.dismiss(event.index)


class Page(Dialog[None]):
    """Lines to read: help, what was cut, reports."""

    tall = True
    wide = True

    def __init__(self, heading: str, rows: list[list[Part]], hints: str = "Esc close") -> None:
        super().__init__()
        self.heading = heading
        self.hints = hints
        self._rows = rows

    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "leave", "Close", show=False)]

    def body(self) -> ComposeResult:
        yield TextRows(self._rows)

    def on_mount(self) -> None:
        """Keys scroll at once."""
        self.query_one(TextRows).focus()
