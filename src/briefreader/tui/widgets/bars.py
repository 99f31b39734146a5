"""The line at the top (where one is, what is waiting) and the line at the bottom (what keys do, what just happened)."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from rich.cells import cell_len

from briefreader.display import one_line
from briefreader.tui.commands import COMMANDS
from briefreader.tui.keys import Keymap, reaches
from briefreader.tui.widgets.cells import Piece, cut, strip_of
from briefreader.tui.widgets.lines import Drawn

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.style import Style
    from textual import events
    from textual.strip import Strip
    from textual.timer import Timer

    from briefreader.tui.commands import Command, Scope


class Bar(Drawn):
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
        return self.ground + self.get_component_rich_style(f"bar--{name}", partial=True)

    @abstractmethod
    def pieces(self, width: int) -> list[Piece]:
        """What the bar shows; subclasses override this."""

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        return strip_of(self.pieces(width), width, self.ground)


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
            (left, self.ground),
            (gap, self.ground),
            (right, self.part("muted")),
        ]


class Hint(NamedTuple):
    """A key as people read it, what it does, and the action that a click runs ("" for none)."""

    key: str
    label: str
    action: str = ""


CLOSE = Hint("Esc", "Close", "screen.leave")


class HintBar(Bar):
    """What keys do here; the mouse does it, too. The last hint is the way out: it stays where others don't fit."""

    DEFAULT_CSS = "HintBar { padding: 0; }"

    def __init__(self, hints: Sequence[Hint] = (), *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.hints: tuple[Hint, ...] = tuple(hints)
        self._spots: list[tuple[int, int, Hint]] = []
        self._offered: Sequence[str] = ()

    def offer(self, options: Sequence[str]) -> None:
        """Show what Tab would put in, and what else fits; nothing to go back to the hints."""
        self._offered = options
        self.refresh()

    def show_hints(self, hints: Sequence[Hint]) -> None:
        """Show other hints."""
        if tuple(hints) != self.hints:
            self.hints = tuple(hints)
            self.refresh()

    def pieces(self, width: int) -> list[Piece]:
        self._spots = []
        if self._offered:
            first, *rest = self._offered
            more = cut("".join(f"  {option}" for option in rest), width - 6 - cell_len(first))
            return [(" Tab ", self.part("key")), (first, self.ground), (more, self.part("muted"))]
        pieces: list[Piece] = [(" ", self.ground)]
        at = 1
        room = width - (_size(self.hints[-1]) if self.hints else 0) + 2
        for hint in self.hints:
            size = _size(hint)
            last = hint is self.hints[-1]
            if not last and at + size > room:
                continue
            self._spots.append((at, at + size - 2, hint))
            pieces += [(hint.key, self.part("key")), (f" {hint.label}  ", self.part("muted"))]
            at += size
        return pieces

    async def on_click(self, event: events.Click) -> None:
        """Do what was clicked."""
        for start, end, hint in self._spots:
            if start <= event.x < end and hint.action:
                event.stop()
                await self.app.run_action(hint.action, self)
                return


def _size(hint: Hint) -> int:
    return cell_len(hint.key) + cell_len(hint.label) + 3


def hints_of(commands: Iterable[Command], keymap: Keymap) -> list[Hint]:
    """The hints of those commands that are to be hinted at, the most wanted first."""
    ranked = sorted((command for command in commands if command.footer), key=lambda command: command.footer)
    return [hint_of(command, keymap) for command in ranked]


def hint_of(command: Command, keymap: Keymap) -> Hint:
    """The hint of one command: its first key, its name, and that a click runs it."""
    return Hint(keymap.shown(command, 1), command.label, f"app.run('{command.id}')")


class BottomBar(HintBar):
    """The main screen's hints, or for some seconds a message in their stead."""

    def __init__(self, keymap: Keymap, *, id: str | None = None) -> None:
        super().__init__(hints_of(reaches("briefings"), keymap), id=id)
        self._keymap = keymap
        self._message = ""
        self._kind = "good"
        self._timer: Timer | None = None

    def hint(self, scope: Scope) -> None:
        """Show the hints of a place."""
        self.show_hints(hints_of(reaches(scope), self._keymap))

    def welcome(self, *own: Hint) -> None:
        """Show the few hints that hold in an empty library, after those given."""
        everywhere = (COMMANDS[f"app.{name}"] for name in ("palette", "help", "quit"))
        self.show_hints([*own, *(hint_of(command, self._keymap) for command in everywhere)])

    def say(self, text: str, kind: str = "good", seconds: float = 6.0) -> None:
        """Show a message for a while; ``kind`` is good, warning or error."""
        self._message, self._kind = text, kind
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(seconds, self.quiet) if text else None
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
        if self._message:
            sign = {"good": "✓ ", "warning": "! ", "error": "✗ "}.get(self._kind, "")
            self._spots = []
            return [(" " + cut(sign + one_line(self._message), width - 2), self.part(self._kind))]
        return super().pieces(width)
