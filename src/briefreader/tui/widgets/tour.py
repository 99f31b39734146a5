"""The tour: a line above the hints, which asks for one key after another."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from briefreader.records import dataclass
from briefreader.tui.commands import COMMANDS
from briefreader.tui.messages import StatusChanged
from briefreader.tui.widgets.bars import Bar
from briefreader.tui.widgets.cells import cut

if TYPE_CHECKING:
    from briefreader.tui.keys import Keymap
    from briefreader.tui.widgets.cells import Piece

_KEY = re.compile(r"\{([\w.]+)\}")


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the tour.

    In ``message``, ``{main.filter}`` stands for the key of that command. The step is complete after an action in
    ``done``, or when a widget in it (``#briefings``) gets the focus.
    """

    message: str
    done: frozenset[str]


STEPS = (
    Step("{list.cursor_down} and {list.cursor_up} move through the briefings", frozenset({"cursor_down", "cursor_up"})),
    Step("{list.choose} opens one; {reader.next_insight} jumps to the next insight", frozenset({"choose"})),
    Step("{main.back} goes back to the list", frozenset({"back"})),
    Step("{main.filter} filters the list by words or topics", frozenset({"filter"})),
    Step("Type pricing, look at the list, then press Enter", frozenset({"#briefings"})),
    Step("{main.search} searches all insights; try mixtur of expert (typos are OK), then Esc", frozenset({"search"})),
    Step("{main.why} shows why a briefing has its topics, and why not others", frozenset({"why"})),
    Step(
        "{main.accept} accepts a topic, {main.reject} rejects it; the tagger learns from both",
        frozenset({"accept", "reject"}),
    ),
    Step("{main.undo} undoes the last change", frozenset({"undo"})),
    Step("{app.help} lists the keys for this screen, {app.palette} every command", frozenset({"help", "palette"})),
)


class TourBar(Bar):
    """The current step of the tour; hidden while no tour is running."""

    DEFAULT_CSS = "TourBar { display: none; background: $panel; }"

    def __init__(self, keymap: Keymap, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._keymap = keymap
        self._at = 0

    @property
    def under_way(self) -> bool:
        """Whether a tour is running."""
        return bool(self.display)

    def toggle(self) -> bool:
        """Start or end the tour; return whether it is running."""
        self._at = 0
        self.display = not self.display
        self.refresh()
        return self.under_way

    def advance(self, what: str) -> None:
        """Advance if ``what`` completes the step.

        ``what`` is an action, or a widget (``#briefings``) that got the focus.
        """
        if not self.is_mounted or not self.under_way or what not in STEPS[self._at].done:
            return
        self._at += 1
        if self._at == len(STEPS):
            self.display = False
            add, export = self._shown("main.add"), self._shown("main.export")
            self.post_message(StatusChanged(f"End of the tour · {add} adds your own briefings, {export} exports notes"))
        self.refresh()

    def pieces(self, width: int) -> list[Piece]:
        """Return the styled pieces of the line."""
        if self._at == len(STEPS):  # it may be drawn once more before it is hidden
            return []
        leave = f"  {self._shown('app.tour')} ends the tour "
        pieces: list[Piece] = [(f" {self._at + 1} of {len(STEPS)}  ", self.part("muted"))]
        room = width - len(pieces[0][0])
        for n, part in enumerate(_KEY.split(STEPS[self._at].message)):
            text = cut(self._shown(part) if n % 2 else part, room)
            pieces.append((text, self.part("key") if n % 2 else self.rich_style))
            room -= len(text)
        if room >= len(leave):
            pieces += [(" " * (room - len(leave)), self.rich_style), (leave, self.part("muted"))]
        return pieces

    def _shown(self, command_id: str) -> str:
        return self._keymap.shown(COMMANDS[command_id], 1)
