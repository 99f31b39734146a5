"""A choice between a few names on one line: ``● obsidian  ○ logseq  ○ hugo``."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from briefreader.tui.widgets.bars import Bar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events

    from briefreader.tui.widgets.cells import Piece


class Choice(Bar, can_focus=True):
    """A choice made with the arrow keys, ``h``, ``l``, Space or the mouse."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h,up", "step(-1)", "Previous", show=False),
        Binding("right,l,down,space", "step(1)", "Next", show=False),
    ]
    DEFAULT_CSS = """
    Choice { height: 1; padding: 0; }
    Choice:focus { background: $cursor; }
    """

    class Changed(Message):
        """Another name was chosen."""

    def __init__(self, names: Sequence[str], chosen: str, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._names = list(names)
        self._at = self._names.index(chosen) if chosen in self._names else 0

    @property
    def value(self) -> str:
        """The chosen name."""
        return self._names[self._at]

    def pieces(self, width: int) -> list[Piece]:
        """Return the styled pieces of the line."""
        pieces: list[Piece] = []
        for number, name in enumerate(self._names):
            here = number == self._at
            pieces.append(("● " if here else "○ ", self.part("key" if here else "muted")))
            pieces.append((f"{name}   ", self.rich_style if here else self.part("muted")))
        return pieces

    def action_step(self, by: int) -> None:
        """Choose the next or previous name."""
        self._choose((self._at + by) % len(self._names))

    def _choose(self, number: int) -> None:
        self._at = number
        self.refresh()
        self.post_message(self.Changed())

    def on_click(self, event: events.Click) -> None:
        """Choose the name that was clicked."""
        at = 0
        for number, name in enumerate(self._names):
            at += len(name) + 5
            if event.x < at:
                self._choose(number)
                return
