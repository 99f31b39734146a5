"""The tag editor: type to filter topics, then accept or reject the selected one."""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from briefreader.display import one_line
from briefreader.tui.keys import bindings
from briefreader.tui.screens.dialog import Dialog
from briefreader.tui.widgets.bars import Hint, HintBar
from briefreader.tui.widgets.text_rows import Part, TextRows
from briefreader.tui.workers import in_thread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from briefreader.library import Library
    from briefreader.library.tagging import TopicState
    from briefreader.model import Verdict
    from briefreader.taxonomy import Topic


def likeness(typed: str, names: Sequence[str]) -> float:
    """Return how well the input matches one of a topic's names.

    The result is between 0 (not at all) and 4 (equal).
    """
    typed = typed.casefold().strip()
    best = 0.0
    for name in (name.casefold() for name in names):
        if name == typed:
            return 4.0
        if name.startswith(typed):
            best = max(best, 3.0)
        elif re.search(rf"[\s_/-]{re.escape(typed)}", name):
            best = max(best, 2.5)
        elif typed in name:
            best = max(best, 2.0)
        elif (ratio := SequenceMatcher(None, typed, name[: len(typed) + 2]).ratio()) > 0.6:
            best = max(best, ratio)
    return best


class TagEditor(Dialog[bool]):
    """Edit the topics of ``targets``; save each decision, and return whether any was made."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("tags"),
        Binding("down", "move(1)", "Down", show=False),
        Binding("up", "move(-1)", "Up", show=False),
        Binding("pagedown", "move(8)", "Page down", show=False),
        Binding("pageup", "move(-8)", "Page up", show=False),
    ]
    SCOPES: ClassVar[tuple[str, ...]] = ("tags",)
    DEFAULT_CSS = "TagEditor .row--cursor { background: $cursor; }"
    heading = "Topics"
    hints = (Hint("Enter", "Accept / undo", "screen.accept"), Hint("Esc", "Done", "screen.leave"))
    tall = True
    wide = True

    def __init__(self, library: Library, targets: Sequence[str], title: str) -> None:
        super().__init__()
        self.library = library
        self._targets = list(targets)
        self._title = title
        self._states: dict[str, TopicState] = {}
        self._verdicts: dict[str, Verdict | None] = {}  # of a single target, and those given here
        self._counts: Counter[str] = Counter()  # how many of several targets have each topic
        self._shown: list[Topic] = []
        self._changed = False

    def body(self) -> ComposeResult:
        """Lay out the widgets."""
        yield Static(Content(one_line(self._title, 180)), classes="label")
        yield Input(placeholder="type to filter topics", select_on_focus=False)
        yield TextRows()
        yield Static("", id="message", classes="label", markup=False)

    def on_mount(self) -> None:
        """Focus the input."""
        self.query_one(TextRows).can_focus = False
        self.query_one(Input).focus()
        if len(self._targets) == 1:
            self._load(self._targets[0])
        else:
            self._count()
        self._fill()

    @work(exclusive=True, group="states", exit_on_error=False)
    async def _count(self) -> None:
        """Count how many of the targets have each topic."""
        states = await in_thread(lambda cancelled: [self.library.topics(target) for target in self._targets])
        self._counts = Counter(state.topic for each in states for state in each if state.given)
        self._shown = []
        self._fill()

    @work(exclusive=True, group="states", exit_on_error=False)
    async def _load(self, target: str) -> None:
        """Load the state of all topics for a single target."""
        states = await in_thread(lambda cancelled: self.library.topics(target))
        self._states = {state.topic: state for state in states}
        for state in states:
            if state.verdict in ("accepted", "rejected"):
                self._verdicts.setdefault(state.topic, "accepted" if state.verdict == "accepted" else "rejected")
        self._shown = []
        self._fill()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._fill()

    def _fill(self) -> None:
        """Show the topics that match the input.

        Without input, accepted, assigned and suggested topics come first.
        """
        typed = self.query_one(Input).value
        topics = list(self.library.taxonomy.topics)
        if typed.strip():
            scored = [(likeness(typed, (topic.label, topic.id, *topic.alt)), topic) for topic in topics]
            topics = [topic for score, topic in sorted(scored, key=lambda pair: -pair[0]) if score > 0]
        else:
            topics.sort(key=self._rank)
        here = self._current
        self._shown = topics
        rows = self.query_one(TextRows)
        create = next(hint.key for hint in self.query_one(HintBar).hints if "tags.create" in hint.action)
        rows.empty = (f"No topic matches “{one_line(typed, 40)}”", f"{create} creates it")
        keep = topics.index(here) if here in topics and not typed.strip() else 0
        rows.show([self._row(topic) for topic in topics], keep)

    def _rank(self, topic: Topic) -> tuple[int, float]:
        """Return the sort key of a topic: accepted first, then by state and score."""
        state = self._states.get(topic.id)
        if self._verdicts.get(topic.id) == "accepted":
            return 0, 0.0
        if state is None:
            return 5, -self._counts[topic.id]
        return (1 if state.earned else 2 if state.suggested else 3, -state.score)

    def _row(self, topic: Topic) -> list[Part]:
        """Return the row of a topic: sign, state, score, label and description."""
        state = self._states.get(topic.id)
        verdict = self._verdicts.get(topic.id)
        score = f"{state.score:.2f}" if state is not None else "    "
        count, targets = self._counts[topic.id], len(self._targets)
        if verdict == "accepted":
            sign, status, style = "✓", "accepted", "accent"
        elif verdict == "rejected":
            sign, status, style = "✗", "rejected", "muted"
        elif state is not None and state.earned:
            sign, status, style = "●", "assigned", "topic"
        elif state is not None and state.suggested:
            sign, status, style = "?", "suggested", "topic"
        elif count:
            sign, status, style = "●" if count == targets else "◐", "all" if count == targets else "some", "topic"
            score = f"{count:,} of {targets:,}"
        else:
            sign, status, style = " ", "", ""
        about = one_line(topic.description or topic.include, 120)
        return [
            (f"{sign} ", style),
            (f"{status:<10}{score}  ", "muted"),
            (f"{topic.label:<24} ", style),
            (about, "muted"),
        ]

    @property
    def _current(self) -> Topic | None:
        rows = self.query_one(TextRows)
        return self._shown[rows.cursor] if rows.cursor < len(self._shown) else None

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_accept()

    @on(TextRows.Chosen)
    def _chosen(self, event: TextRows.Chosen) -> None:
        event.stop()
        self.action_accept()

    def action_accept(self) -> None:
        """Accept the topic; if it is accepted already, undo that."""
        self._decide("accepted")

    def action_reject(self) -> None:
        """Reject the topic; if it is rejected already, undo that."""
        self._decide("rejected")

    def action_move(self, by: int) -> None:
        """Move through the topics while typing."""
        self.query_one(TextRows).move(by)

    def _decide(self, verdict: Verdict) -> None:
        """Save a verdict on the selected topic; undo it if it was saved before."""
        topic = self._current
        if topic is None:
            return
        new = None if self._verdicts.get(topic.id) == verdict else verdict
        typed = self.query_one(Input)
        self._save(topic, new, filtered=bool(typed.value))
        typed.value = ""  # at once, since keys typed while the decision is saved are for the next topic

    @work(group="decide", exit_on_error=False)
    async def _save(self, topic: Topic, verdict: Verdict | None, *, filtered: bool) -> None:
        """Save a verdict in a thread, then update the list."""
        await in_thread(lambda cancelled: self.library.decide(self._targets, topic.id, verdict))
        self._changed = True
        self._verdicts[topic.id] = verdict
        where = f" on {len(self._targets):,} briefings" if len(self._targets) > 1 else ""
        self._show_message(f"{(verdict or 'undecided').capitalize()}: {topic.label}{where}")
        if filtered:
            self._fill()
        else:
            rows = self.query_one(TextRows)
            rows.show([self._row(shown) for shown in self._shown], rows.cursor)

    def show_error(self, text: str) -> None:
        """Show an error below the list."""
        self._show_message(text)

    def _show_message(self, text: str) -> None:
        self.query_one("#message", Static).update(Content(one_line(text, 160)))

    def action_create(self) -> None:
        """Create a topic with the typed name, after a preview."""
        from briefreader.tui.screens.new_topic import NewTopicDialog

        label = one_line(self.query_one(Input).value, 60)
        self.app.push_screen(NewTopicDialog(self.library, label), self._created)

    def _created(self, topic_id: str | None) -> None:
        """Select the created topic, and say what to do with it."""
        if topic_id:
            self.query_one(Input).value = self.library.taxonomy.topic(topic_id).label
            retag = f"{self.key_of('main.retag')} on the main screen tags other briefings"
            self._show_message(f"Created topic “{topic_id}”. Enter accepts it here; {retag}.")
            self._fill()

    def action_leave(self) -> None:
        """Close, and return whether any decision was made."""
        self.dismiss(self._changed)
