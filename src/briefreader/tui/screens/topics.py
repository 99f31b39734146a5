"""Dialog with topics over time, their quality, and the taxonomy to edit."""

from __future__ import annotations

import shutil
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from briefreader.atomic import atomic_write
from briefreader.display import one_line, sparkline
from briefreader.query import quote
from briefreader.tui.keys import bindings
from briefreader.tui.screens import NARROW
from briefreader.tui.screens.dialog import Confirm, Dialog, TextPage
from briefreader.tui.widgets.bars import CLOSE, Hint
from briefreader.tui.widgets.cells import fit
from briefreader.tui.widgets.text_rows import Part, TextRows
from briefreader.tui.workers import describe_error, in_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from textual.app import ComposeResult

    from briefreader.library import Library
    from briefreader.library.taxonomies import Retagged
    from briefreader.tagging.evaluation import TopicQuality
    from briefreader.taxonomy import TaxonomyProblem, Topic
    from briefreader.tui.workers import CancelCheck

_DRAFT = "taxonomy.draft.yaml"
_MONTHS = 12
MAX_WARNINGS = 4  # number of warnings about a changed taxonomy that are shown before it is saved


class TopicLine(NamedTuple):
    """A topic with its number of briefings, in total (None until counted) and by month."""

    topic: Topic
    total: int | None
    months: tuple[int, ...]


class TopicsDialog(Dialog[str]):
    """Show the topics; return the query for the chosen one.

    ``edit`` opens a file in the user's editor, and returns whether that succeeded.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("topics"), Binding("q", "leave", "Close", show=False)]
    SCOPES: ClassVar[tuple[str, ...]] = ("topics",)
    heading = "Topics"
    hints = (Hint("Enter", "List its briefings", "focused.choose"), CLOSE)
    tall = True
    wide = True

    def __init__(self, library: Library, edit: Callable[[Path], bool]) -> None:
        super().__init__()
        self.library = library
        self._edit = edit
        self._lines: list[TopicLine] = []
        self._quality: dict[str, str] = {}

    def body(self) -> ComposeResult:
        """Lay out the widgets."""
        rows = TextRows()
        rows.empty = ("Counting …",)
        yield rows
        yield Static("", id="terms", classes="label", markup=False)
        yield Static("", id="message", classes="label", markup=False)

    def on_mount(self) -> None:
        """List the topics, and start counting."""
        self.query_one(TextRows).focus()
        self._lines = [TopicLine(topic, None, ()) for topic in self.library.taxonomy.topics]
        self._draw()
        self._load()

    @work(exclusive=True, group="topics", exit_on_error=False)
    async def _load(self, message: str = "") -> None:
        self._show(*await in_thread(self._count))
        if message:
            self._show_message(message)

    def _count(self, cancelled: CancelCheck) -> tuple[list[TopicLine], str]:
        """Count the briefings of each topic, in total and by month.

        The months are the twelve up to that of the newest briefing.
        """
        months = [month for month, _ in self.library.stats().months if month]
        last = months[-1] if months else ""
        spans = _months_up_to(last) if last else []
        counts = {topic: count for topic, _, count in self.library.facets().topics}
        lines = []
        for topic in self.library.taxonomy.topics:
            asked = f"topic:{quote(topic.id)}"
            by_month = tuple(self.library.count(f"{asked} after:{a} before:{b}") for a, b in spans if not cancelled())
            lines.append(TopicLine(topic, counts.get(topic.id, 0), by_month))
        return lines, last

    def _show(self, lines: list[TopicLine], last: str) -> None:
        rows = self.query_one(TextRows)
        here = self._lines[rows.cursor].topic.id if self._lines else ""
        self._lines = lines
        self._draw(next((n for n, line in enumerate(lines) if line.topic.id == here), rows.cursor))
        self._show_terms()
        if last:
            self._show_message(f"Briefings by month, {_months_up_to(last)[0][0]} to {last}")

    def _draw(self, cursor: int | None = None) -> None:
        rows = self.query_one(TextRows)
        rows.show([self._row(line) for line in self._lines], rows.cursor if cursor is None else cursor)

    def _row(self, line: TopicLine) -> list[Part]:
        """Return the row of a topic: label, count, months, quality or description."""
        quality = self._quality.get(line.topic.id, "")
        narrow = self.app.size.width < NARROW
        plot = "" if narrow and quality else sparkline(line.months) + "  "  # no room for both
        return [
            (fit(one_line(line.topic.label), 20 if narrow else 23) + " ", ""),
            (f"{'…' if line.total is None else f'{line.total:,}':>6}  ", "muted"),
            (plot, "topic"),
            (quality or one_line(line.topic.description, 120), "muted" if not quality else ""),
        ]

    def _show_message(self, text: str) -> None:
        self.query_one("#message", Static).update(Content(one_line(text, 200)))

    def show_error(self, text: str) -> None:
        """Show an error below the list."""
        self._show_message(text)

    def on_virtual_list_chosen(self, event: TextRows.Chosen) -> None:
        """List the topic's briefings."""
        event.stop()
        self.dismiss(f"topic:{quote(self._lines[event.index].topic.id)}")

    def on_virtual_list_moved(self, event: TextRows.Moved) -> None:
        """Show the strongest terms of the selected topic."""
        event.stop()
        self._show_terms()

    def _show_terms(self) -> None:
        if not self._lines:
            return
        self._load_terms(self._lines[self.query_one(TextRows).cursor].topic.id)

    @work(exclusive=True, group="terms", exit_on_error=False)
    async def _load_terms(self, topic: str) -> None:
        """Show the strongest, rising and falling terms of a topic."""
        found = await in_thread(lambda cancelled: self.library.top_terms(topic))
        vector, more, less = (", ".join(one_line(term) for term in terms) for terms in found)
        parts = [("Strongest terms: ", vector), ("From your decisions: ", more), ("against it: ", less)]
        drift = await in_thread(lambda cancelled: self.library.topic_drift([topic]))
        for head, moving in (("Rising: ", [d for d in drift if d.z > 0]), ("Falling: ", [d for d in drift if d.z < 0])):
            parts.append((head, ", ".join(f"{one_line(d.word, 24)} {sparkline(d.weeks, '·')}" for d in moving)))
        if drift:
            parts.append(
                (f"{one_line(drift[0].word, 24)}: ", f"“{one_line(drift[0].text, 120)}” ({drift[0].insight_id})")
            )
        text = " · ".join(head + terms for head, terms in parts if terms)
        self.query_one("#terms", Static).update(Content(text))

    @work(exclusive=True, group="evaluate", exit_on_error=False)
    async def action_precision(self) -> None:
        """Estimate the precision and recall of each topic from the user's decisions."""
        self._show_message("Evaluating with your decisions …")
        wide = self.app.size.width >= NARROW

        (evaluation,) = await in_thread(lambda cancelled: list(self.library.run_in_subprocess("evaluate")))
        for quality in evaluation.topics:
            self._quality[quality.topic] = _quality_text(quality, wide=wide)
        self._draw()
        count = evaluation.documents
        self._show_message(f"Cross-validated on {count:,} briefing{'s' * (count != 1)} you have decided on")

    # The taxonomy in the editor

    def action_edit(self) -> None:
        """Edit a draft of the taxonomy.

        It is saved if it has no errors and the user confirms the changes. A draft that isn't saved stays in the
        library's folder, and the next edit continues with it.
        """
        draft, file = self.library.folder / _DRAFT, self.library.taxonomy_path
        try:
            if not draft.exists():
                shutil.copyfile(file, draft)
            edited = self._edit(draft)
            changed = draft.read_bytes() != file.read_bytes()
            if not changed:
                draft.unlink()
        except OSError as error:
            self._show_message(describe_error(error))
            return
        if not changed:
            self._show_message("Taxonomy unchanged")
        elif edited:
            self._show_message("Checking the changed taxonomy …")
            self._check(draft)

    @work(exclusive=True, group="check", exit_on_error=False)
    async def _check(self, draft: Path) -> None:
        self._checked(draft, *await in_thread(lambda cancelled: _check_draft(self.library, draft)))

    def _checked(self, draft: Path, problems: Sequence[TaxonomyProblem], retagged: Sequence[Retagged]) -> None:
        """Show the errors of the draft, or ask whether to save it."""
        errors = [problem for problem in problems if problem.severity == "error"]
        if errors:
            rows: list[list[Part]] = [
                [(f"{p.line}:{p.column}  ", "accent"), (p.message, ""), (f"  {p.hint}", "muted")] for p in errors
            ]
            rows += [
                [],
                [("The taxonomy is unchanged. To continue with your draft, edit the taxonomy again.", "muted")],
            ]
            self.app.push_screen(TextPage("The taxonomy has errors", rows))
            self._show_message(f"Not saved: {len(errors)} error{'s' * (len(errors) != 1)}. Your draft is in {draft}")
            return
        shown = [
            f"{item.title}: {' '.join(f'+{t}' for t in item.gained)} {' '.join(f'-{t}' for t in item.lost)}"
            for item in retagged
        ]
        listed = "\n".join(one_line(line, 90) for line in shown[:12]) + ("\n…" if len(shown) > 12 else "")
        noted = [f"Warning, line {p.line}: {p.message}" for p in problems[:MAX_WARNINGS]]
        warned = "".join(f"{one_line(line, 140)}\n" for line in noted)
        count = f"{len(shown):,} briefing{'s' * (len(shown) != 1)} would change topics."
        text = f"{count}\n{listed}\n{warned}Save the changed taxonomy?"

        def go(yes: bool | None) -> None:
            if not yes:
                self._show_message(f"Taxonomy unchanged. Your draft is in {draft}")
                return
            self._show_message("Taxonomy saved; retagging …")
            self._save_draft(draft)

        self.app.push_screen(Confirm("Changed taxonomy", text), go)

    @work(exclusive=True, group="take", exit_on_error=False)
    async def _save_draft(self, draft: Path) -> None:
        tagged = await in_thread(lambda cancelled: _save_draft(self.library, draft))
        self._load(f"Taxonomy saved; {tagged:,} briefing{'s' * (tagged != 1)} retagged")


def _quality_text(quality: TopicQuality, *, wide: bool) -> str:
    """Return precision and recall as text; if unknown, the number of decisions and the reason."""
    if quality.precision is None or quality.recall is None:
        yes, no = ("accepted", "rejected") if wide else ("yes", "no")
        return f"{quality.positives} {yes}, {quality.negatives} {no}: {quality.note or 'too few'}"
    precision, recall = quality.precision, quality.recall
    return (
        f"precision {precision.value:.2f} ({precision.low:.2f}–{precision.high:.2f})"
        f" · recall {recall.value:.2f}" + f" of {quality.positives}" * wide
    )


def _check_draft(library: Library, draft: Path) -> tuple[list[TaxonomyProblem], list[Retagged]]:
    """Return the problems of a changed taxonomy, and what it would retag.

    If there are errors, the second list is empty.
    """
    from briefreader.taxonomy import Taxonomy

    problems = Taxonomy.check(draft)
    if any(problem.severity == "error" for problem in problems):
        return problems, []
    (use,) = library.run_in_subprocess("phrase_use", draft)
    return Taxonomy.check(draft, use), list(library.run_in_subprocess("taxonomy_diff", draft))


def _save_draft(library: Library, draft: Path) -> int:
    """Save the changed taxonomy and retag; return how many briefings were retagged."""
    atomic_write(library.taxonomy_path, draft.read_bytes())
    draft.unlink()
    library.reload_taxonomy()
    return sum(1 for _ in library.run_in_subprocess("tag"))


def _months_up_to(last: str, count: int = _MONTHS) -> list[tuple[str, str]]:
    """Return ``count`` months up to ``last`` (such as ``2026-02``), each with the month after it."""
    year, month = int(last[:4]), int(last[5:7])
    numbers = range(12 * year + month - count, 12 * year + month)
    names = [f"{n // 12:04}-{n % 12 + 1:02}" for n in (*numbers, numbers[-1] + 1)]
    return list(pairwise(names))
