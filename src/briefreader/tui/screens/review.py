"""The review queue: the least certain topics of all briefings, one keypress each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from briefreader.display import one_line
from briefreader.tui.explanations import top_term_spans
from briefreader.tui.keys import bindings
from briefreader.tui.screens.dialog import BREAKPOINTS, hint_bar
from briefreader.tui.screens.why import reason_rows
from briefreader.tui.widgets.bars import CLOSE
from briefreader.tui.widgets.reader import Reader
from briefreader.tui.widgets.text_rows import TextRows
from briefreader.tui.workers import Background, in_thread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from briefreader.library import Library
    from briefreader.model import Briefing, Verdict
    from briefreader.tagging import Explanation

MAX_QUESTIONS = 200  # maximum number of questions in the queue


@dataclass(frozen=True)
class Question:
    """A topic to decide on for ``target``, the ID of a briefing or insight.

    ``start`` and ``end`` are the offsets of the insight; for a briefing they are 0 and None.
    """

    target: str
    topic: str
    score: float
    briefing: Briefing
    start: int
    end: int | None
    explained: Sequence[Explanation]


class ReviewScreen(Screen[bool], Background):
    """Ask for one decision after another; return whether any was made."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("review"),
        Binding("escape,q", "leave", "Close", show=False),
        Binding("pagedown", "scroll(10)", "Scroll", show=False),
        Binding("pageup", "scroll(-10)", "Scroll", show=False),
    ]
    SCOPES: ClassVar[tuple[str, ...]] = ("review",)
    HORIZONTAL_BREAKPOINTS = BREAKPOINTS
    AUTO_FOCUS = ""  # a focused list would take the keys
    DEFAULT_CSS = """
    ReviewScreen {
        background: $background;
        #question { height: 3; padding: 1 2 0 2; }
        #both { height: 1fr; }
        #reasons {
            width: 52; min-width: 30; height: 100%;
            border: round $border-blurred; border-title-color: $muted; background: $background;
        }
        #passage {
            width: 1fr; min-width: 30; height: 100%;
            border: round $border-blurred; border-title-color: $muted; background: $background; }
        HintBar { background: $panel; }
        &.-narrow #both { layout: vertical; }
        &.-narrow #reasons { width: 100%; height: 9; }
        &.-narrow #passage { width: 100%; height: 1fr; }
    }
    """

    def __init__(self, library: Library) -> None:
        super().__init__()
        self.library = library
        self._queue: list[tuple[str, str, float]] = []
        self._more = False  # whether there are more topics to review than in the queue
        self.position = 0
        self._question: Question | None = None
        # batch number, number of decisions, position in the queue, and the queue at that time
        self._decided: list[tuple[int, int, int, list[tuple[str, str, float]]]] = []
        self._changed = False

    def compose(self) -> ComposeResult:
        """Lay out the widgets."""
        with Vertical():
            yield Static("", id="question", markup=False)
            with Horizontal(id="both"):
                yield TextRows(id="reasons", has_cursor=False)
                yield Reader(id="passage")
            yield hint_bar(self, (CLOSE,))

    def on_mount(self) -> None:
        """Load the queue."""
        for pane in (self.query_one("#reasons"), self.query_one("#passage")):
            pane.can_focus = False
        self.query_one("#reasons", TextRows).empty = ()
        self.query_one("#passage", Reader).show_text("")
        self._show_question("Loading …", "")
        self.query_one("#reasons").border_title = Content("Reasons")
        self.query_one("#passage").border_title = Content("Briefing · PgDn scrolls")
        self._load()

    @work(exclusive=True, group="queue", exit_on_error=False)
    async def _load(self) -> None:
        self._queue = list(await in_thread(lambda cancelled: self.library.review(MAX_QUESTIONS)))
        self._more = len(self._queue) == MAX_QUESTIONS
        self._ask()

    @work(exclusive=True, group="ask", exit_on_error=False)
    async def _ask(self) -> None:
        """Load the next question."""
        if self.position >= len(self._queue):
            self._question = None
            decided = sum(count for _, count, _, _ in self._decided)
            done = f"{decided:,} decided. " if decided else ""
            if self._more:
                self._show_question(
                    f"These were the {MAX_QUESTIONS} least certain questions. {done}", "Close and review again for more"
                )
            else:
                self._show_question(f"Nothing left to review. {done}", "Esc closes")
            self.query_one("#reasons", TextRows).show([])
            self.query_one("#passage", Reader).show_text("")
            return
        target, topic, score = self._queue[self.position]

        self._show(await in_thread(lambda cancelled: self._question_on(target, topic, score)))

    def _question_on(self, target: str, topic: str, score: float) -> Question:
        """Load the briefing, the passage and the reasons for a question."""
        briefing = self.library.briefing(target.partition(".")[0])
        start, end = 0, None
        if "." in target:
            insight = self.library.insight(target)
            start, end = insight.start, insight.end
        return Question(target, topic, score, briefing, start, end, self.library.explain(target, topic))

    def _show(self, question: Question) -> None:
        """Show a question, with its reasons and passage."""
        self._question = question
        label = next((t.label for t in self.library.taxonomy.topics if t.id == question.topic), question.topic)
        what = "this insight" if question.end is not None else "this briefing"
        number = f"question {self.position + 1} of {len(self._queue)}{' (the least certain)' if self._more else ''}"
        self._show_question(
            f"Is {what} about {label}?", f"score {question.score:.2f} · {number} · {question.briefing.title}"
        )
        rows = [row for item in question.explained for row in reason_rows(item, 12)]
        self.query_one("#reasons", TextRows).show(rows)
        passage = self.query_one("#passage", Reader)
        passage.show(question.briefing, question.briefing.insights, question.start)
        if question.end is not None:
            passage.jump(question.start, question.end)
        elif question.explained:
            passage.mark_reasons(top_term_spans(question.explained[0]))

    def _show_question(self, question: str, about: str) -> None:
        text = Content.assemble((question, "bold $accent"), "\n", (one_line(about, 200), "$muted"))
        self.query_one("#question", Static).update(text)

    def show_error(self, text: str) -> None:
        """Show an error in place of the question."""
        self._show_question(text, "Esc closes")

    def action_accept(self) -> None:
        """Accept the topic."""
        self._decide("accepted")

    def action_reject(self) -> None:
        """Reject the topic."""
        self._decide("rejected")

    def _decide(self, verdict: Verdict) -> None:
        """Save the verdict in the background, and show the next question."""
        question, at = self._question, self.position
        if question is None:
            return

        self._changed = True
        self._question = None
        self.position += 1
        self._save(question, verdict, at)
        self._ask()

    @work(group="decide", exit_on_error=False)
    async def _save(self, question: Question, verdict: Verdict, at: int) -> None:
        batch = await in_thread(lambda cancelled: self.library.decide([question.target], question.topic, verdict))
        self._decided.append((batch.number, 1, at, self._queue))

    def action_skip(self) -> None:
        """Leave the topic undecided."""
        if self.position < len(self._queue):
            self.position += 1
            self._ask()

    @work(group="undo", exit_on_error=False)
    async def action_undo(self) -> None:
        """Undo the last decision and ask again."""
        if self._decided:
            number, _, at, queue = self._decided.pop()
            await in_thread(lambda cancelled: self.library.undo(number))
            self.position, self._queue = at, queue
            self._ask()

    @work(group="bulk", exit_on_error=False)
    async def action_accept_above(self) -> None:
        """Answer yes to all remaining questions with this score or more, after asking."""
        from briefreader.tui.screens.dialog import Confirm

        question = self._question
        if question is None:
            return
        left = self._queue[self.position :]
        changes: list[tuple[str, str, Verdict | None]] = [
            (target, topic, "accepted") for target, topic, score in left if score >= question.score
        ]
        rest = [item for item in left if item[2] < question.score]

        questions = f"{len(changes):,} remaining question{'s' * (len(changes) != 1)}"
        text = f"Answer yes to the {questions} with a score of {question.score:.2f} or more?"
        if await self.app.push_screen_wait(Confirm("Accept above", text)):
            batch = await in_thread(lambda cancelled: self.library.decide_many(changes))
            self._changed = True
            self._decided.append((batch.number, len(changes), self.position, self._queue))
            self._queue = [*self._queue[: self.position], *rest]
            self._ask()

    def action_why(self) -> None:
        """Show the reasons for and against all topics."""
        from briefreader.tui.screens.why import WhyDialog

        if self._question is not None:
            self.app.push_screen(WhyDialog(self.library, self._question.target, self._question.topic))

    def action_scroll(self, by: int) -> None:
        """Scroll the briefing."""
        passage = self.query_one("#passage", Reader)
        passage.scroll_to(y=passage.scroll_offset.y + by, animate=False)

    def action_leave(self) -> None:
        """Close, and return whether any decision was made."""
        self.dismiss(self._changed)
