"""The tour: a line above the hints that says what to press next, and goes on once that was done."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

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
    """``{main.filter}`` in ``says`` is that command's key; an action or focus in ``done`` ends the step."""

    says: str
    done: frozenset[str]


STEPS = (
    Step(
        "{list.cursor_down} and {list.cursor_up} go from briefing to briefing", frozenset({"cursor_down", "cursor_up"})
    ),
    Step("{list.choose} opens one; {reader.next_insight} there goes from insight to insight", frozenset({"choose"})),
    Step("{main.back} goes back to the list", frozenset({"back"})),
    Step("{main.filter} narrows the list, by words or by topic:", frozenset({"filter"})),
    Step("Type pricing, look at the list, then press Enter", frozenset({"#briefings"})),
    Step("{main.search} finds any insight, misspelt too: mixtur of expert; Esc comes back", frozenset({"search"})),
    Step("{main.why} says why a briefing has its topics, and why not others", frozenset({"why"})),
    Step(
        "{main.accept} accepts a topic, {main.reject} rejects it: next time is better", frozenset({"accept", "reject"})
    ),
    Step("{main.undo} takes that back, or whatever you did last", frozenset({"undo"})),
    Step("{app.help} has every key of where you are, {app.palette} every command", frozenset({"help", "palette"})),
)


class TourBar(Bar):
    """The step one is at; hidden while no tour is taken."""

    DEFAULT_CSS = "TourBar { display: none; background: $panel; }"

    def __init__(self, keymap: Keymap, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._keymap = keymap
        self._at = 0

    @property
    def under_way(self) -> bool:
        """Whether a tour is being taken."""
        return bool(self.display)

    def toggle(self) -> bool:
        """Begin the tour, or end it; whether it is under way now."""
        self._at = 0
        self.display = not self.display
        self.refresh()
        return self.under_way

    def did(self, what: str) -> None:
        """Go on if ``what``, an action that was run or a widget that has the focus (``#briefings``), ends the step."""
        if not self.is_mounted or not self.under_way or what not in STEPS[self._at].done:
            return
        self._at += 1
        if self._at == len(STEPS):
            self.display = False
            add, export = self._shown("main.add"), self._shown("main.export")
            self.post_message(StatusChanged(f"End of the tour · {add} adds your own briefings, {export} writes notes"))
        self.refresh()

    def pieces(self, width: int) -> list[Piece]:
        """Return the styled pieces of the line."""
        if self._at == len(STEPS):  # drawn once more before it is hidden
            return []
        leave = f"  {self._shown('app.tour')} ends the tour "
        pieces: list[Piece] = [(f" {self._at + 1} of {len(STEPS)}  ", self.part("muted"))]
        room = width - len(pieces[0][0])
        for n, part in enumerate(_KEY.split(STEPS[self._at].says)):
            text = cut(self._shown(part) if n % 2 else part, room)
            pieces.append((text, self.part("key") if n % 2 else self.rich_style))
            room -= len(text)
        if room >= len(leave):
            pieces += [(" " * (room - len(leave)), self.rich_style), (leave, self.part("muted"))]
        return pieces

    def _shown(self, command_id: str) -> str:
        return self._keymap.shown(COMMANDS[command_id], 1)
