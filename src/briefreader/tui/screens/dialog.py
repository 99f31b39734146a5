"""Base classes of dialogs: boxes with a title and a line of hints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from briefreader.display import one_line
from briefreader.tui.commands import commands_of
from briefreader.tui.keys import bindings
from briefreader.tui.screens import NARROW
from briefreader.tui.widgets.bars import CLOSE, Hint, HintBar, hints_of
from briefreader.tui.widgets.text_rows import Part, TextRows
from briefreader.tui.workers import Background

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.screen import Screen

    from briefreader.tui.app import BriefreaderApp

T = TypeVar("T")
# classes for style sheets, by the width of the window in cells
BREAKPOINTS = [(0, "-narrow"), (NARROW, "-wide")]


def hint_bar(screen: Screen[Any], own: Sequence[Hint]) -> HintBar:
    """Return a screen's hint line.

    It has the screen's ``own`` hints, with those of its commands before the last one, which is for closing.
    """
    app = cast("BriefreaderApp", screen.app)
    commands = [command for scope in getattr(screen, "SCOPES", ()) for command in commands_of(scope)]
    return HintBar([*own[:-1], *hints_of(commands, app.keymap), own[-1]])


class Dialog(ModalScreen[T], Background, inherit_bindings=False):
    """A modal box; subclasses yield their widgets from ``body``.

    The result is None if it is closed with Esc, unless a subclass overrides ``action_leave``.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Close", show=False),
        Binding("tab", "app.focus_next", "Next field", show=False),
        Binding("shift+tab", "app.focus_previous", "Previous field", show=False),
        *bindings("app", "app."),
    ]
    DEFAULT_CSS = """
    Dialog {
        align: center middle;
        background: $background 60%;
        #box {
            width: 76; max-width: 96%; height: auto; max-height: 92%;
            border: round $border; background: $background; padding: 0 1;
            border-title-color: $accent; border-title-style: bold;
            HintBar { margin-top: 1; }
            &.-tall HintBar { margin-top: 0; }
        }
        #box.-tall { height: 80%; }
        #box.-wide { width: 100; }
        Input { border: none; border-bottom: solid $line; height: 2; padding: 0; background: transparent; }
        Input:focus { border: none; border-bottom: solid $accent; }
        .label { color: $muted; height: auto; }
        .error { color: $error; height: auto; }
        .gap { height: 1; }
        VirtualList { background: transparent; height: auto; max-height: 24; min-height: 3; }
        TextArea { background: $panel; padding: 0 1; }
        TextArea .text-area--cursor-line { background: transparent; }
        .-tall VirtualList { height: 1fr; max-height: 100%; }
    }
    """
    heading = ""
    hints: tuple[Hint, ...] = (CLOSE,)
    tall = False
    wide = False

    def compose(self) -> ComposeResult:
        """Lay out the widgets."""
        box = Vertical(id="box", classes=("-tall " if self.tall else "") + ("-wide" if self.wide else ""))
        # a border title given as Content is not parsed for markup
        box.border_title = Content(one_line(self.heading, 60))
        with box:
            yield from self.body()
            yield hint_bar(self, self.hints)

    def body(self) -> ComposeResult:
        """Yield the dialog's widgets."""
        yield from ()

    def retitle(self, heading: str, hints: Sequence[Hint] | None = None) -> None:
        """Change the title and the hints."""
        self.query_one("#box").border_title = Content(one_line(heading, 60))
        if hints is not None:
            self.query_one(HintBar).show_hints(hints)

    def key_of(self, command_id: str) -> str:
        """Return a command's first key for display."""
        return cast("BriefreaderApp", self.app).key_of(command_id)

    def action_leave(self) -> None:
        """Close without a result."""
        self.dismiss(None)


class Confirm(Dialog[bool]):
    """Ask a yes-or-no question, and return the answer."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,enter", "yes", "Yes", show=False),
        Binding("n,q", "leave", "No", show=False),
    ]
    hints = (Hint("y", "Yes", "screen.yes"), Hint("n", "No", "screen.leave"))

    def __init__(self, heading: str, text: str) -> None:
        super().__init__()
        self.heading = heading
        self._text = text

    def body(self) -> ComposeResult:
        """Lay out the widgets."""
        yield Static(Content(self._text))

    def action_yes(self) -> None:
        """Confirm."""
        self.dismiss(True)

    def action_leave(self) -> None:
        """Cancel."""
        self.dismiss(False)


class Prompt(Dialog[str]):
    """Ask for one line of text; return it, or None if it is empty."""

    hints = (Hint("Enter", "OK", "screen.submit"), Hint("Esc", "Cancel", "screen.leave"))

    def __init__(self, heading: str, label: str = "", value: str = "") -> None:
        super().__init__()
        self.heading = heading
        self._label = label
        self._value = value

    def body(self) -> ComposeResult:
        """Lay out the widgets."""
        if self._label:
            yield Static(Content(self._label), classes="label")
        yield Input(one_line(self._value), select_on_focus=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Submit the text."""
        event.stop()
        self.action_submit()

    def action_submit(self) -> None:
        """Submit the text."""
        self.dismiss(self.query_one(Input).value.strip() or None)


class Pick(Dialog[int]):
    """Choose from a list; return the index of the row."""

    tall = True
    hints = (Hint("Enter", "Choose", "focused.choose"), CLOSE)

    def __init__(self, heading: str, rows: list[list[Part]], cursor: int = 0, empty: str = "Nothing here") -> None:
        super().__init__()
        self.heading = heading
        self._rows = rows
        self._cursor = cursor
        self._empty = empty

    def body(self) -> ComposeResult:
        """Lay out the widgets."""
        rows = TextRows(self._rows)
        rows.empty = (self._empty,)
        yield rows

    def on_mount(self) -> None:
        """Select the initial row."""
        self.query_one(TextRows).cursor = self._cursor
        self.query_one(TextRows).focus()

    def on_virtual_list_chosen(self, event: TextRows.Chosen) -> None:
        """Close, and return the index of the row."""
        event.stop()
        self.dismiss(event.index)


class TextPage(Dialog[None]):
    """A page of text to scroll, such as the help."""

    tall = True
    wide = True

    def __init__(self, heading: str, rows: list[list[Part]]) -> None:
        super().__init__()
        self.heading = heading
        self._rows = rows

    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "leave", "Close", show=False)]

    def body(self) -> ComposeResult:
        """Lay out the widgets."""
        yield TextRows(self._rows, has_cursor=False)

    def on_mount(self) -> None:
        """Focus the page, so that keys scroll it."""
        self.query_one(TextRows).focus()
