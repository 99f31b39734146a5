"""Why each topic was given, and why the others were not: every part of the score, and what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType

from briefreader.display import one_line
from briefreader.tui.screens.dialog import Dialog
from briefreader.tui.widgets.text_rows import Part, TextRows
from briefreader.tui.workers import in_thread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from briefreader.library import Library
    from briefreader.tagging import Explanation

MAX_PARTS = 8
_ASSIGNED = {
    "document": "given by the whole text",
    "passage": "given by a passage",
    "source": "assigned by its source; the text alone scores as follows",
}


class WhyDialog(Dialog[None]):
    """One target; the topic pointed at comes first."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("q,w", "leave", "Close", show=False)]
    heading = "Why, and why not"
    tall = True
    wide = True

    def __init__(self, library: Library, target: str, topic: str) -> None:
        super().__init__()
        self.library = library
        self._target = target
        self._topic = topic

    def body(self) -> ComposeResult:
        """Yield what stands between title and buttons."""
        rows = TextRows()
        rows.empty = ("Reading the reasons …",)
        yield rows

    def on_mount(self) -> None:
        """Ask the tagger."""
        self.query_one(TextRows).focus()
        self._load()

    @work(exclusive=True, group="why", exit_on_error=False)
    async def _load(self) -> None:
        self._show(await in_thread(lambda cancelled: self.library.explain(self._target)))

    def show_error(self, text: str) -> None:
        """Errors stand where the reasons would."""
        rows = self.query_one(TextRows)
        rows.empty = (text,)
        rows.show([])

    def _show(self, explained: Sequence[Explanation]) -> None:
        order = sorted(explained, key=lambda e: (e.topic != self._topic, -e.score))
        rows: list[list[Part]] = []
        for item in order:
            rows += [*reason_rows(item), []]
        if not rows:
            self.query_one(TextRows).empty = ("Nothing speaks for any topic here",)
        self.query_one(TextRows).show(rows)


def reason_rows(item: Explanation, limit: int = MAX_PARTS) -> list[list[Part]]:
    """A topic's score as lines: the verdict, its parts by weight, what is missing."""
    given = _ASSIGNED.get(item.earned, "not given")
    head: list[Part] = [(f"{item.topic}  ", "strong"), (f"{item.score:.2f}  ", "accent"), (given, "muted")]
    if item.missing > 0 and item.earned != "source":
        head.append((f" · {item.missing:+.2f} is missing to the threshold of {item.threshold:.2f}", "muted"))
    rows: list[list[Part]] = [head]
    if item.outdated:
        scored = "too low to be kept" if item.stored is None else f"{item.stored:.2f}"
        rows.append([(f"  stored score {scored}: the model or taxonomy changed since", "accent")])
    weights: dict[str, tuple[float, str]] = {}
    for part in item.parts:
        term = one_line(part.term, 60).lower()
        weight, field = weights.get(term, (0.0, part.field))
        weights[term] = (weight + part.weight, field)
    top = max((abs(weight) for weight, _ in weights.values()), default=1.0) or 1.0
    by_weight = sorted(weights.items(), key=lambda pair: -abs(pair[1][0]))
    for term, (weight, field) in by_weight[:limit]:
        bar = "█" * max(1, round(12 * abs(weight) / top))
        where = " in the title" if field == "title" else ""
        style = "topic" if weight > 0 else "muted"
        rows.append([(f"  {weight:+6.2f} ", "muted"), (f"{bar:<12} ", style), (f"“{term}”", ""), (where, "muted")])
    if len(by_weight) > limit:
        rest = sum(weight for _, (weight, _) in by_weight[limit:])
        rows.append([(f"  {rest:+6.2f}              {len(by_weight) - limit} more", "muted")])
    rows.append([(f"  {item.bias:+6.2f}              what every text starts with", "muted")])
    return rows
