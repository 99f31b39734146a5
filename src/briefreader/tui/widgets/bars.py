"""Bars: the query and notices at the top, hints and messages at the bottom."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from rich.cells import cell_len

from briefreader.display import one_line
from briefreader.markdown_layout import wrap
from briefreader.tui.commands import COMMANDS, SCOPES
from briefreader.tui.keys import Keymap, reachable_commands
from briefreader.tui.widgets.cells import Piece, cut, strip_of
from briefreader.tui.widgets.lines import Drawn

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.style import Style
    from textual import events
    from textual.strip import Strip
    from textual.timer import Timer

    from briefreader.tui.commands import Command, Scope


MAX_MESSAGE_LINES = 4


class Bar(Drawn):
    """A line drawn from styled pieces."""

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
        """Return the style of component ``bar--name`` on the bar's background."""
        return self.base_style + self.get_component_rich_style(f"bar--{name}", partial=True)

    @abstractmethod
    def pieces(self, width: int) -> list[Piece]:
        """Return the styled pieces of the line; subclasses override this."""

    def render_line(self, y: int) -> Strip:
        """Return line ``y`` of the widget as shown."""
        width = self.size.width
        return strip_of(self.pieces(width), width, self.base_style)


class TopBar(Bar):
    """The top line, with the query and notices.

    For example ``briefreader │ All ▸ topic:pricing … 212 unread · 37 to review``.
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._place = ""
        self._notices: list[str] = []
        self._busy = ""

    def show_query(self, query: str, notices: list[str]) -> None:
        """Show the current query on the left, and notices on the right."""
        self._place, self._notices = "All" + (f" ▸ {query}" if query.strip() else ""), notices
        self.refresh()

    def busy(self, text: str) -> None:
        """Show what is running in the background; "" for nothing."""
        if text != self._busy:
            self._busy = text
            self.refresh()

    def pieces(self, width: int) -> list[Piece]:
        """Return the styled pieces of the line."""
        notices = [*self._notices, *([f"⟳ {self._busy}"] if self._busy else [])]
        right = " · ".join(notices) + " " if notices else ""
        name = " briefreader "
        left = cut(one_line(self._place, 200), max(width - cell_len(right) - len(name) - 5, 0))
        gap = " " * max(width - len(name) - 2 - cell_len(left) - cell_len(right), 1)
        return [
            (name, self.part("name")),
            ("│ ", self.part("muted")),
            (left, self.base_style),
            (gap, self.base_style),
            (right, self.part("muted")),
        ]


class Hint(NamedTuple):
    """A key, its effect, and the action that a click on the hint runs ("" for none)."""

    key: str
    label: str
    action: str = ""


CLOSE = Hint("Esc", "Close", "screen.leave")


_BEGIN = Hint("Enter", "Begin", "focused.choose")
_FILTERING = (
    Hint("Enter", "Go to the list", "screen.pane_briefings"),
    Hint("Tab", "Complete"),
    Hint("Esc", "Clear", "screen.clear_filter"),
)


class HintBar(Bar):
    """Key hints, which can be clicked; those that don't fit are left out, except the last one."""

    DEFAULT_CSS = "HintBar { padding: 0; }"

    def __init__(self, hints: Sequence[Hint] = (), *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.hints: tuple[Hint, ...] = tuple(hints)
        self._spots: list[tuple[int, int, Hint]] = []
        self._offered: Sequence[str] = ()

    def offer(self, options: Sequence[str]) -> None:
        """Show completions in place of the hints; an empty list restores the hints."""
        self._offered = options
        self.refresh()

    def show_hints(self, hints: Sequence[Hint]) -> None:
        """Replace the hints."""
        if tuple(hints) != self.hints:
            self.hints = tuple(hints)
            self.refresh()

    def pieces(self, width: int) -> list[Piece]:
        """Return the styled pieces of the line."""
        self._spots = []
        if self._offered:
            first, *rest = self._offered
            more = cut("".join(f"  {option}" for option in rest), width - 6 - cell_len(first))
            return [(" Tab ", self.part("key")), (first, self.base_style), (more, self.part("muted"))]
        pieces: list[Piece] = [(" ", self.base_style)]
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
        """Run the clicked hint."""
        for start, end, hint in self._spots:
            if start <= event.x < end and hint.action:
                event.stop()
                await self.app.run_action(hint.action, self)
                return


def _size(hint: Hint) -> int:
    return cell_len(hint.key) + cell_len(hint.label) + 3


def hints_of(commands: Iterable[Command], keymap: Keymap) -> list[Hint]:
    """Return the hints of the commands that have one, in order of ``footer``."""
    ranked = sorted((command for command in commands if command.footer), key=lambda command: command.footer)
    return [hint_of(command, keymap) for command in ranked]


def hint_of(command: Command, keymap: Keymap) -> Hint:
    """Return a command's hint: first key, label and action."""
    return Hint(keymap.shown(command, 1), command.label, f"app.run('{command.id}')")


class BottomBar(HintBar):
    """The main screen's hints or, for a few seconds, a message.

    A message may have several lines, up to ``MAX_MESSAGE_LINES``.
    """

    def __init__(self, keymap: Keymap, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._keymap = keymap
        self.show_hints_of("briefings")
        self.message = ""
        self._kind = "good"
        self._timer: Timer | None = None

    def show_hints_of(self, widget_id: str) -> None:
        """Show the hints of a widget: a pane, the filter line, or the welcome list."""
        if widget_id == "welcome":
            everywhere = (COMMANDS[f"app.{name}"] for name in ("palette", "help", "quit"))
            self.show_hints([_BEGIN, *(hint_of(command, self._keymap) for command in everywhere)])
        elif widget_id == "filter":
            self.show_hints(_FILTERING)
        else:
            scope: Scope = widget_id if widget_id in SCOPES else "main"
            commands = reachable_commands(scope)
            if scope not in ("insights", "reader"):
                commands.remove(COMMANDS["main.back"])
            self.show_hints(hints_of(commands, self._keymap))

    def show_message(self, text: str, kind: str = "good") -> None:
        """Show a message for 6 seconds, an error for 12; "" removes the message.

        ``kind`` is "good", "warning" or "error".
        """
        self.message, self._kind = text, kind
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(12 if kind == "error" else 6, self.clear_message) if text else None
        self._fit_height()

    def clear_message(self) -> None:
        """Remove the message, which restores the hints."""
        if self.message:
            self.message = ""
            self._fit_height()

    def on_resize(self, event: events.Resize) -> None:
        """Wrap the message to the new width."""
        self._fit_height()

    def _wrapped(self, width: int) -> list[str]:
        """Wrap the message, and cut it if it is too long."""
        sign = {"good": "✓ ", "warning": "! ", "error": "✗ "}.get(self._kind, "")
        text = sign + one_line(self.message, MAX_MESSAGE_LINES * width)
        return [text[start:end] for start, end in wrap(text, width)][:MAX_MESSAGE_LINES]

    def _fit_height(self) -> None:
        """Set the height to that of the message.

        Do nothing if it is the same, since setting it causes a new layout.
        """
        lines = len(self._wrapped(self.size.width - 2)) if self.message and self.size.width > 2 else 1
        if lines != self.size.height and self.size.width:
            self.styles.height = lines
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return line ``y`` of the widget as shown."""
        if not self.message:
            return super().render_line(y)
        self._spots = []
        lines = self._wrapped(self.size.width - 2)
        pieces = [(f" {lines[y]}", self.part(self._kind))] if y < len(lines) else []
        return strip_of(pieces, self.size.width, self.base_style)
