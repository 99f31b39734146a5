"""The topic bar below the panes.

It shows assigned, suggested and rejected topics with their scores, and the terms that count for the current one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual import work
from textual.message import Message

from briefreader.tui.explanations import quoted_terms, top_term_spans
from briefreader.tui.messages import ChangeRequested
from briefreader.tui.widgets.bars import Bar
from briefreader.tui.widgets.cells import Piece, cut
from briefreader.tui.workers import Background, debounce, in_thread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style
    from textual import events

    from briefreader.library import Library
    from briefreader.library.tagging import TopicState
    from briefreader.model import Verdict


_GROUPS = ("Topics", "Suggested", "Rejected")


def _group(state: TopicState) -> str:
    """Return the heading that a topic is shown under."""
    if state.verdict:
        return "Rejected" if state.verdict == "rejected" else "Topics"
    return "Topics" if state.earned else "Suggested"


class TopicBar(Bar, Background):
    """The topics of ``target``, a briefing or insight; commands apply to the current one."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"topic-bar--topic", "topic-bar--here"}
    DEFAULT_CSS = """
    TopicBar {
        height: 1;
        background: $boost;
        .topic-bar--topic { color: $primary; }
        .topic-bar--here { background: $cursor; color: $foreground; text-style: bold; }
    }
    """

    class ReasonsFound(Message):
        """The reasons for the current topic were found.

        ``spans`` are those of its terms in the text of ``target``, as (start, end).
        """

        def __init__(self, target: str, spans: list[tuple[int, int]]) -> None:
            super().__init__()
            self.target = target
            self.spans = spans

    def __init__(self, library: Library, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.library = library
        self.target = ""
        self.states: list[TopicState] = []
        self._at = 0
        self._reason = ""
        self._empty_text = ""
        self._keys = ""
        self._spots: list[tuple[int, int, int]] = []

    def show_keys(self, accept: str, reject: str, why: str) -> None:
        """Set the keys of these commands, shown on the right if there is room."""
        self._keys = f"{accept} accept  {reject} reject  {why} why "

    @work(exclusive=True, group="topics_of", exit_on_error=False, description="load topics")
    async def load(self, target: str, empty_text: str = "") -> None:
        """Load the topics of a briefing or insight; ``empty_text`` is shown if it has none."""
        states = await in_thread(lambda cancelled: self.library.topics(target))
        self.show(target, states, empty_text)

    def clear(self) -> None:
        """Clear the bar."""
        self.workers.cancel_group(self, "topics_of")
        self.show("", [])

    def show(self, target: str, states: Sequence[TopicState], empty_text: str = "") -> None:
        """Show a target's topics; keep the current one if it is undecided, else go to the first undecided."""
        topic = self.topic if target == self.target else ""
        self.target, self._empty_text, self._reason = target, empty_text, ""
        named = [state for state in states if state.verdict or state.earned or state.suggested]
        self.states = sorted(named, key=lambda state: (_GROUPS.index(_group(state)), not state.verdict, -state.score))
        kept = next((n for n, s in enumerate(self.states) if s.topic == topic and not s.verdict), None)
        undecided = next((n for n, s in enumerate(self.states) if not s.verdict), 0)
        self._at = undecided if kept is None else kept
        self.refresh()
        if self.topic:
            self._load_reason(self.target, self.topic)

    @work(exclusive=True, group="reason", exit_on_error=False, description="explain the topic")
    async def _load_reason(self, target: str, topic: str) -> None:
        """Load the reasons after a pause in moving, since computing them takes time."""
        await debounce(2)
        explanations = await in_thread(lambda cancelled: self.library.explain(target, topic))
        if not explanations or (self.target, self.topic) != (target, topic):
            return
        shown = explanations[0]
        quotes = ", ".join(f"“{term}”" for term in quoted_terms(shown))
        # Smaller differences are noise, and after a decision the score doesn't matter.
        decided = self.states[self._at].verdict
        moved = shown.outdated and not decided and abs((shown.stored or 0.0) - shown.score) >= 0.05
        self._reason = f"{shown.changed} changed since scoring; {quotes}" if moved else quotes
        self.refresh()
        self.post_message(self.ReasonsFound(target, top_term_spans(explanations[0])))

    def restart(self) -> None:
        """Make the next ``show`` start at the first undecided topic."""
        self.target = ""

    def decide(self, verdict: Verdict, targets: Sequence[str]) -> None:
        """Accept or reject the current topic for ``targets``.

        If these are empty, decide for the target shown.
        """
        topic = self.topic
        targets = list(targets) or [self.target]
        word = "Accepted" if verdict == "accepted" else "Rejected"
        where = f" on {len(targets):,} marked briefings" if len(targets) > 1 else ""
        self.post_message(
            ChangeRequested(lambda: self.library.decide(targets, topic, verdict), f"{word} {topic}{where}")
        )

    @property
    def topic(self) -> str:
        """The current topic, or ""."""
        return self.states[self._at].topic if self._at < len(self.states) else ""

    @property
    def assigned(self) -> list[str]:
        """The topics that the tagger assigned and the user hasn't decided on.

        Topics assigned by the source are not included.
        """
        return [state.topic for state in self.states if state.earned not in ("", "source") and not state.verdict]

    def point(self, by: int) -> None:
        """Make the next (1) or previous (-1) topic current."""
        if self.states:
            self._at = (self._at + by) % len(self.states)
            self._reason = ""
            self.refresh()
            self._load_reason(self.target, self.topic)

    def pieces(self, width: int) -> list[Piece]:
        """Return the styled pieces of the line."""
        self._spots = []
        muted = self.part("muted")
        if not self.states:
            return [(" " + cut(self._empty_text, width - 1), muted)]
        # Leave out as few topics on the left as needed for the current one to fit.
        for first in range(self._at + 1):
            pieces, self._spots = self._from(first, width)
            if self._spots and self._spots[-1][2] >= self._at:
                break
        at = sum(cell_len(text) for text, _ in pieces)
        if self._keys and at + len(self._keys) + 2 <= width:
            pieces += [(" " * (width - at - len(self._keys)), self.base_style), (self._keys, muted)]
        return pieces

    def _from(self, first: int, width: int) -> tuple[list[Piece], list[tuple[int, int, int]]]:
        """Return the pieces of the topics from number ``first`` that fit.

        Also return the cells (from, to) of each topic, and its number.
        """
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
        """Return the pieces of one topic: its name, and its sign or score.

        Reasons follow if the topic is current (``here``).
        """
        muted = self.part("muted")
        score = "by source" if state.earned == "source" else f"{state.score:.2f}"
        sign = {"accepted": "✓", "rejected": "✗"}.get(state.verdict, score)
        of_text = " of text" * bool(here and width >= 100 and state.share and state.given)
        if state.share and state.given:
            sign = f"{sign} · {state.share:.0%}{of_text}"
        style = self.topic_style("here") if here else self.topic_style("topic")
        drawn: list[Piece] = [(f"{'▸' if here else ' '}{state.topic}", style), (f" {sign} ", style if here else muted)]
        if here and self._reason:
            drawn.append(
                (cut(self._reason, max(width // 3 - len(of_text) if width >= 100 else width // 5, 12)) + " ", muted)
            )
        return drawn

    def topic_style(self, name: str) -> Style:
        """Return the style of ``topic-bar--name`` on the bar's background."""
        return self.base_style + self.get_component_rich_style(f"topic-bar--{name}", partial=True)

    def on_click(self, event: events.Click) -> None:
        """Make the clicked topic current."""
        for start, end, number in self._spots:
            if start <= event.x < end:
                self.point(number - self._at)
