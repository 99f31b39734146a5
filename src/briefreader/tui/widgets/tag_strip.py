"""The line under the panes: topics, suggestions, their scores, and the words that earned the one pointed at."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.message import Message

from briefreader.tui.widgets.bars import Bar
from briefreader.tui.widgets.cells import Piece, cut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style
    from textual import events

    from briefreader.library.tagging import TopicState


_GROUPS = ("Topics", "Suggested", "Rejected")


def _group(state: TopicState) -> str:
    """Under which heading a topic stands."""
    if state.verdict:
        return "Rejected" if state.verdict == "rejected" else "Topics"
    return "Topics" if state.earned else "Suggested"


class TagStrip(Bar):
    """Shows the topics of one target, in the order decided, given, suggested, with a pointer for accept and reject."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"strip--topic", "strip--here"}
    DEFAULT_CSS = """
    TagStrip {
        height: 1;
        background: $boost;
        .strip--topic { color: $primary; }
        .strip--here { background: $cursor; color: $foreground; text-style: bold; }
    }
    """

    class Pointed(Message):
        """The pointer is on another topic."""

        def __init__(self, target: str, topic: str) -> None:
            super().__init__()
            self.target = target
            self.topic = topic

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.target = ""
        self.states: list[TopicState] = []
        self._at = 0
        self._reason = ""
        self._says = ""
        self._keys = ""
        self._spots: list[tuple[int, int, int]] = []

    def keys(self, accept: str, reject: str, why: str) -> None:
        """The keys shown on the right."""
        self._keys = f"{accept} accept  {reject} reject  {why} why "

    def show(self, target: str, states: Sequence[TopicState], says: str = "") -> None:
        """Show a target's topics; the pointer goes to the first that is undecided."""
        topic = self.topic if target == self.target else ""
        self.target, self._says, self._reason = target, says, ""
        named = [state for state in states if state.verdict or state.earned or state.suggested]
        self.states = sorted(named, key=lambda state: (_GROUPS.index(_group(state)), not state.verdict, -state.score))
        kept = next((n for n, s in enumerate(self.states) if s.topic == topic and not s.verdict), None)
        undecided = next((n for n, s in enumerate(self.states) if not s.verdict), 0)
        self._at = undecided if kept is None else kept
        self.refresh()
        if self.topic:
            self.post_message(self.Pointed(self.target, self.topic))

    def restart(self) -> None:
        """Let the pointer begin anew at the next ``show``."""
        self.target = ""

    @property
    def topic(self) -> str:
        """The topic pointed at, "" when there is none."""
        return self.states[self._at].topic if self._at < len(self.states) else ""

    @property
    def given(self) -> list[str]:
        """Topics the tagger gave and nobody decided on."""
        return [state.topic for state in self.states if state.earned and not state.verdict]

    def reason(self, topic: str, text: str) -> None:
        """The words that earned a topic, shown behind it while it is pointed at."""
        if topic == self.topic and text != self._reason:
            self._reason = text
            self.refresh()

    def point(self, by: int) -> None:
        """Point at the next or previous topic."""
        if self.states:
            self._at = (self._at + by) % len(self.states)
            self._reason = ""
            self.refresh()
            self.post_message(self.Pointed(self.target, self.topic))

    def pieces(self, width: int) -> list[Piece]:
        self._spots = []
        muted = self.part("muted")
        if not self.states:
            return [(" " + cut(self._says, width - 1), muted)]
        # from the first topic on, or from the first with which the one pointed at fits
        for first in range(self._at + 1):
            pieces, self._spots = self._from(first, width)
            if self._spots and self._spots[-1][2] >= self._at:
                break
        at = sum(cell_len(text) for text, _ in pieces)
        if self._keys and at + len(self._keys) + 2 <= width:
            pieces += [(" " * (width - at - len(self._keys)), self.ground), (self._keys, muted)]
        return pieces

    def _from(self, first: int, width: int) -> tuple[list[Piece], list[tuple[int, int, int]]]:
        """The topics from number ``first`` on, as many as fit, and where each of them stands; then how many more."""
        muted = self.part("muted")
        pieces: list[Piece] = [(" …" if first else "", muted)]
        spots: list[tuple[int, int, int]] = []
        at, group = cell_len(pieces[0][0]), ""
        for number, state in enumerate(self.states[first:], first):
            name = _group(state)
            heading = "" if name == group else f"{'  ' if group else ' '}{name}: "
            drawn = self._topic(state, number == self._at, width)
            size = sum(cell_len(text) for text, _ in drawn)
            rest = len(self.states) - number
            room = width - (len(f"+{rest - 1} ") if rest > 1 else 0)
            if spots and at + len(heading) + size > room:
                pieces.append((f" +{rest}", muted))
                break
            pieces += [(heading, muted), *drawn]
            spots.append((at + len(heading), at + len(heading) + size, number))
            at += len(heading) + size
            group = name
        return pieces, spots

    def _topic(self, state: TopicState, here: bool, width: int) -> list[Piece]:
        """One topic with its sign or score, and the reason if it is pointed at."""
        muted = self.part("muted")
        score = "¶" if state.earned == "passage" else f"{state.score:.2f}"
        sign = {"accepted": "✓", "rejected": "✗"}.get(state.verdict, score)
        style = self.part_of("here") if here else self.part_of("topic")
        drawn: list[Piece] = [(f"{'▸' if here else ' '}{state.topic}", style), (f" {sign} ", style if here else muted)]
        if here and self._reason:
            drawn.append((cut(self._reason, max(width // 3 if width >= 100 else width // 5, 12)) + " ", muted))
        return drawn

    def part_of(self, name: str) -> Style:
        """Style of ``strip--name`` on the strip's background."""
        return self.ground + self.get_component_rich_style(f"strip--{name}", partial=True)

    def on_click(self, event: events.Click) -> None:
        """Point at the topic that was clicked."""
        for start, end, number in self._spots:
            if start <= event.x < end:
                self.point(number - self._at)
