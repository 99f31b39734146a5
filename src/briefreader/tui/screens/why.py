"""Dialog that explains why topics were assigned, or why not.

The user can exclude a phrase that is mistaken for evidence of a topic, such as "estate agent" for agents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType

from briefreader.display import one_line
from briefreader.markdown_layout import wrap
from briefreader.model import by_term
from briefreader.tui.keys import bindings
from briefreader.tui.screens.dialog import Dialog
from briefreader.tui.widgets.text_rows import Part, TextRows
from briefreader.tui.workers import in_thread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from briefreader.library import Library
    from briefreader.tagging import Explanation
    from briefreader.taxonomy import Topic

    Reason = tuple[str, str]  # a topic, and the term shown on the row or ""

MAX_PARTS = 8  # number of terms shown for each topic
_ASSIGNED = {"": "not assigned", "source": "assigned because of the briefing's source (the score is from the text)"}


class WhyDialog(Dialog[None]):
    """Explain all topics of a briefing or insight, ``topic`` first."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("why"), Binding("q,w", "leave", "Close", show=False)]
    SCOPES: ClassVar[tuple[str, ...]] = ("why",)
    heading = "Why, and why not"
    tall = True
    wide = True

    def __init__(self, library: Library, target: str, topic: str) -> None:
        super().__init__()
        self.library = library
        self._target = target
        self._topic = topic
        self.reasons: list[Reason] = []

    def body(self) -> ComposeResult:
        """Lay out the widgets."""
        rows = TextRows()
        rows.empty = ("Loading the reasons …",)
        yield rows

    def on_mount(self) -> None:
        """Load the explanations."""
        self.query_one(TextRows).focus()
        self._load()

    @work(exclusive=True, group="why", exit_on_error=False)
    async def _load(self) -> None:
        self._show(await in_thread(lambda cancelled: self.library.explain(self._target)))

    def show_error(self, text: str) -> None:
        """Show an error in place of the reasons."""
        rows = self.query_one(TextRows)
        rows.empty = (text,)
        rows.show([])

    def _show(self, explained: Sequence[Explanation]) -> None:
        """Show the explanations, that of the current topic first."""
        order = sorted(explained, key=lambda e: (e.topic != self._topic, -e.score))
        topics = {topic.id: topic for topic in self.library.taxonomy.topics}
        rows: list[list[Part]] = []
        self.reasons = []
        for item in order:
            head, *parts = reason_rows(item)
            about, excluded = _about(topics.get(item.topic), min(self.app.size.width, 100) - 14)
            shown = [head, *about, *parts, *excluded, []]
            rows += shown
            self.reasons += [(item.topic, _term(row)) for row in shown]
        if not rows:
            self.query_one(TextRows).empty = ("No topics to explain",)
        self.query_one(TextRows).show(rows)

    def action_exclude(self) -> None:
        """Ask for the phrase to exclude, prefilled with the selected term."""
        from briefreader.tui.screens.exclude import ExcludeDialog

        rows = self.query_one(TextRows)
        if not rows.rows:
            return
        topic, term = self.reasons[rows.cursor]

        def done(excluded: bool | None) -> None:
            if excluded:
                self._load()

        self.app.push_screen(ExcludeDialog(self.library, topic, term), done)


def _about(topic: Topic | None, width: int) -> list[list[list[Part]]]:
    """Return the rows of a topic's description and of its excluded phrases."""
    texts = (topic.description, topic.exclude and f"Excluded: {', '.join(topic.exclude)}") if topic else ("", "")
    lines = [one_line(text, 300) if text else "" for text in texts]
    return [[[(f"  {text[start:end]}", "muted")] for start, end in wrap(text, width) if text] for text in lines]


def _term(row: Sequence[Part]) -> str:
    """Return the term that a row shows, or ""."""
    return next((text[1:-1] for text, _ in row if text.startswith("“")), "")


def reason_rows(item: Explanation, limit: int = MAX_PARTS) -> list[list[Part]]:
    """Return the rows of a topic: result, terms by weight, and baseline."""
    given = _ASSIGNED.get(item.earned, "assigned")
    head: list[Part] = [(f"{item.topic}  ", "strong"), (f"{item.score:.2f}  ", "accent"), (given, "muted")]
    if item.missing > 0 and item.earned != "source":
        head.append((f" · {item.shortfall:.2f} short of the {item.threshold:.2f} threshold", "muted"))
    rows: list[list[Part]] = [head]
    if item.outdated:
        rows.append([(f"  {item.remark}", "accent")])
    by_weight = by_term(item.parts)
    top = max((abs(weight) for weight, *_ in by_weight), default=1.0) or 1.0
    for weight, reason, _ in by_weight[:limit]:
        bar = "█" * max(1, round(12 * abs(weight) / top))
        where = " in the title" if reason.field == "title" else ""
        style, term = "topic" if weight > 0 else "muted", one_line(reason.term, 60).lower()
        rows.append([(f"  {weight:+6.2f} ", "muted"), (f"{bar:<12} ", style), (f"“{term}”", ""), (where, "muted")])
    if len(by_weight) > limit:
        rest = sum(weight for weight, *_ in by_weight[limit:])
        rows.append([(f"  {rest:+6.2f}              {len(by_weight) - limit} smaller contributions", "muted")])
    rows.append([(f"  {item.bias:+6.2f}              baseline (the same for every text)", "muted")])
    return rows
