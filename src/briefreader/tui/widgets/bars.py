"""The line at the top (where one is, what is waiting) and the line at the bottom (what keys do, what just happened)."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.message import Message
from textual.widget import Widget

from briefreader.display import one_line
from briefreader.tui.keys import Keymap, reaches
from briefreader.tui.widgets.cells import Piece, cut, strip_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style
    from textual import events
    from textual.strip import Strip
    from textual.timer import Timer

    from briefreader.tui.commands import Command, Scope


class Bar(Widget):
    """One line drawn from pieces."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "bar--name",
        "bar--muted",
        "bar--key",
        "bar--good",
        "bar--warning",
        "bar--error",
    }
    DEFAULT_CSS = """
    Bar {
        height: 1;
        .bar--name { color: $accent; text-style: bold; }
        .bar--muted { color: $muted; }
        .bar--key { color: $accent; text-style: bold; }
        .bar--good { color: $success; }
        .bar--warning { color: $warning; text-style: bold; }
        .bar--error { color: $error; text-style: bold; }
    }
    """

    def part(self, name: str) -> Style:
        """The style of component ``bar--name`` on the bar's background."""
        return self.rich_style + self.get_component_rich_style(f"bar--{name}", partial=True)

    @abstractmethod
    def pieces(self, width: int) -> list[Piece]:
        """What the bar shows; subclasses override this."""

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        return strip_of(self.pieces(width), width, self.rich_style)


class TopBar(Bar):
    """``briefreader │ All ▸ topic:pricing … 212 unread · 37 to tag``."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._place = ""
        self._facts: list[str] = []
        self._busy = ""

    def show(self, place: str, facts: list[str]) -> None:
        """Say where one is, and what is waiting."""
        self._place, self._facts = place, facts
        self.refresh()

    def busy(self, text: str) -> None:
        """Say what goes on in the background; empty when nothing does."""
        if text != self._busy:
            self._busy = text
            self.refresh()

    def pieces(self, width: int) -> list[Piece]:
        facts = [*self._facts, *([f"⟳ {self._busy}"] if self._busy else [])]
        right = " · ".join(facts) + " " if facts else ""
        name = " briefreader "
        left = cut(one_line(self._place, 200), max(width - cell_len(right) - len(name) - 5, 0))
        gap = " " * max(width - len(name) - 2 - cell_len(left) - cell_len(right), 1)
        return [
            (name, self.part("name")),
            ("│ ", self.part("muted")),
            (left, self.rich_style),
            (gap, self.rich_style),
            (right, self.part("muted")),
        ]


class BottomBar(Bar):
    """Hints for the place one is in, or for some seconds a message in their stead."""

    class Pressed(Message):
        """A hint was clicked."""

        def __init__(self, command: Command) -> None:
            super().__init__()
            self.command = command

    def __init__(self, keymap: Keymap, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._keymap = keymap
        self._scope: Scope = "main"
        self._message = ""
        self._offered: Sequence[str] = ()
        self._kind = "good"
        self._timer: Timer | None = None
        self._spots: list[tuple[int, int, Command]] = []

    def hint(self, scope: Scope) -> None:
        """Show the hints of a place."""
        if scope != self._scope:
            self._scope = scope
            self.refresh()

    def say(self, text: str, kind: str = "good", seconds: float = 6.0) -> None:
        """Show a message for a while; ``kind`` is good, warning or error."""
        self._message, self._kind = text, kind
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(seconds, self.quiet) if text else None
        self.refresh()

    def offer(self, options: Sequence[str]) -> None:
        """Show what Tab would put in, and what else fits; nothing to go back to the hints."""
        self._offered = options
        self.refresh()

    def quiet(self) -> None:
        """Back to the hints."""
        if self._message:
            self._message = ""
            self.refresh()

    @property
    def message(self) -> str:
        """What is being said now."""
        return self._message

    def pieces(self, width: int) -> list[Piece]:
        self._spots = []
        if self._message:
            sign = {"good": "✓ ", "warning": "! ", "error": "✗ "}.get(self._kind, "")
            return [(" " + cut(sign + one_line(self._message), width - 2), self.part(self._kind))]
        if self._offered:
            first, *rest = self._offered
            more = cut("".join(f"  {option}" for option in rest), width - 6 - cell_len(first))
            return [(" Tab ", self.part("key")), (first, self.rich_style), (more, self.part("muted"))]
        shown = sorted((c for c in reaches(self._scope) if c.footer), key=lambda command: command.footer)
        pieces: list[Piece] = [(" ", self.rich_style)]
        at = 1
        for command in shown:
            key = self._keymap.shown(command, 1)
            size = cell_len(key) + cell_len(command.label) + 3
            if not key or at + size > width:
                continue
            self._spots.append((at, at + size - 2, command))
            pieces += [(key, self.part("key")), (f" {command.label}  ", self.part("muted"))]
            at += size
        return pieces

    def on_click(self, event: events.Click) -> None:
        """Run the command whose hint was clicked."""
        for start, end, command in self._spots:
            if start <= event.x < end:
                self.post_message(self.Pressed(command))
