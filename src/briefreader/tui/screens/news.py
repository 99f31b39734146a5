"""Dialogs with news from several briefings: stories, what changed, and the brief."""

from __future__ import annotations

import textwrap
from abc import abstractmethod
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType

from briefreader.display import one_line
from briefreader.errors import BriefreaderError
from briefreader.library.news import by_topic
from briefreader.tui.keys import bindings
from briefreader.tui.screens.dialog import Dialog
from briefreader.tui.widgets.bars import CLOSE, Hint
from briefreader.tui.widgets.text_rows import Part, TextRows
from briefreader.tui.workers import describe_error, in_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult

    from briefreader.library import Library
    from briefreader.library.news import Change, ReadingBrief
    from briefreader.model import Batch, InsightRow
    from briefreader.stories.story import Story

MAX_TITLE_CHARACTERS = 300
MAX_STORIES = 300
# words for each length of a period in days; 0 for all briefings
PERIODS = {1: "since yesterday", 7: "in the last 7 days", 30: "in the last 30 days", 0: "in the whole library"}
MINUTES = (2, 5, 10, 15, 30, 60)  # lengths of the brief
_STYLES = {"new": "topic", "updated": "accent", "repeat": "muted"}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the list, with its insight and the ID of its story."""

    parts: list[Part]
    row: InsightRow | None = None
    story: str = ""


class NewsDialog(Dialog["InsightRow"]):
    """A list of insights with headings; return the insight chosen with Enter."""

    tall = True
    wide = True
    hints = (Hint("Enter", "Open", "focused.choose"), CLOSE)
    nothing: tuple[str, ...] = ("Nothing new",)

    def __init__(self, library: Library) -> None:
        super().__init__()
        self.library = library
        self.lines: list[Line] = []

    def body(self) -> ComposeResult:
        """Lay out the widgets."""
        rows = TextRows()
        rows.empty = ("Loading …",)
        yield rows

    def on_mount(self) -> None:
        """Start loading."""
        self.query_one(TextRows).focus()
        self.load()

    def on_resize(self) -> None:
        """Wrap the lines to the new width."""
        if self.lines:
            self.call_after_refresh(self.load)

    @work(exclusive=True, group="news", exit_on_error=False)
    async def load(self) -> None:
        """Load and show the lines, keeping the cursor."""
        self.show_lines(await in_thread(lambda cancelled: self.read()))

    @abstractmethod
    def read(self) -> list[Line]:
        """Load and return the lines; called in a thread."""

    def show_lines(self, lines: list[Line]) -> None:
        """Show the lines."""
        rows = self.query_one(TextRows)
        cursor = self.cursor_in(lines)
        self.lines = lines
        rows.empty = self.nothing if not lines else ()
        rows.show([line.parts for line in lines], cursor, _items(lines))

    def cursor_in(self, lines: list[Line]) -> int:
        """Return the index that the cursor gets when ``lines`` are shown.

        It stays the same, or becomes that of the last line.
        """
        return min(self.query_one(TextRows).cursor, max(len(lines) - 1, 0))

    def show_error(self, text: str) -> None:
        """Show an error in place of the lines."""
        rows = self.query_one(TextRows)
        rows.empty = (text,)
        rows.show([])

    @property
    def current(self) -> Line | None:
        """The selected line, or None if there are no lines."""
        cursor = self.query_one(TextRows).cursor
        return self.lines[cursor] if cursor < len(self.lines) else None

    def on_virtual_list_chosen(self, event: TextRows.Chosen) -> None:
        """Choose the selected line."""
        event.stop()
        if (line := self.current) is not None:
            self.choose(line)

    def choose(self, line: Line) -> None:
        """Close, and return the insight of a line."""
        if line.row is not None:
            self.dismiss(line.row)

    def wrapped(
        self, text: str, row: InsightRow | None, indent: str = "    ", story: str = "", style: str = ""
    ) -> list[Line]:
        """Wrap a text into lines of an insight or a story."""
        width = max(self.query_one(TextRows).size.width - len(indent) - 3, 30)
        return [Line([(indent + part, style)], row, story) for part in textwrap.wrap(one_line(text), width)]


def _items(lines: Sequence[Line]) -> list[range]:
    """Return for each line the range of lines of its insight or story; for a heading, only itself."""
    items: list[range] = []
    parts = [(line.row, line.story) if line.row or line.story else number for number, line in enumerate(lines)]
    for _, group in groupby(range(len(lines)), parts.__getitem__):
        numbers = list(group)
        items += [range(numbers[0], numbers[-1] + 1)] * len(numbers)
    return items


def origin(row: InsightRow) -> str:
    """Return an insight's source, date and ID."""
    return " · ".join(part for part in (one_line(row.source), row.published[:10], row.id) if part)


class StoriesDialog(NewsDialog):
    """Stories, most sources first; Enter shows or hides a story's reports, or opens a report."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("stories"), Binding("q,Y", "leave", "Close", show=False)]
    SCOPES: ClassVar[tuple[str, ...]] = ("stories",)
    heading = "Stories"
    nothing = ("No stories yet", "A story is news that several briefings report within three weeks.")

    def __init__(self, library: Library) -> None:
        super().__init__(library)
        self._open: set[str] = set()  # IDs of the insights of expanded stories
        self._shown: dict[str, set[str]] = {}
        self._stories: list[Story] = []
        self._reports: dict[str, list[InsightRow]] = {}
        self._merging = ""

    def read(self) -> list[Line]:
        """Load the stories, and the reports of expanded ones."""
        self._stories = self.library.stories(limit=MAX_STORIES)
        shown = [story for story in self._stories if not self._open.isdisjoint(story.insights)]
        self._reports = {story.id: self.library.story(story.id)[1] for story in shown}
        return self._lines()

    def show_lines(self, lines: list[Line]) -> None:
        """Show the lines, and note which stories they show."""
        super().show_lines(lines)
        self._shown = {story.id: {*story.insights} for story in self._stories}

    def cursor_in(self, lines: list[Line]) -> int:
        """Return the index of the story that the cursor is on.

        A story's ID is that of its first report, so a change may give it another ID.
        """
        kept, here = super().cursor_in(lines), self.current
        if here is None or (kept < len(lines) and lines[kept].story == here.story):
            return kept
        before = self._shown.get(here.story, set())
        same = {story.id for story in self._stories if not before.isdisjoint(story.insights)}
        return next((n for n, line in enumerate(lines) if line.story in same), kept)

    def _lines(self) -> list[Line]:
        """Return the lines of the stories, and of the reports of expanded ones."""
        lines = []
        for story in self._stories:
            is_open = story.id in self._reports
            mark = "▾ " if is_open else "▸ "
            merging = story.id == self._merging
            counts = f"{story.sources} source{'s' * (story.sources != 1)} · {_span(story.first, story.last)} · "
            text, style = "merge with … " * merging + counts + story.names, "accent" if merging else "muted"
            head = self.wrapped(text, None, "  ", story.id, style)
            head[0].parts[:] = [(mark, "accent"), (head[0].parts[0][0][2:], style)]
            lines += head
            lines += self.wrapped(one_line(story.title, MAX_TITLE_CHARACTERS), None, "  ", story.id, "strong")
            if is_open:
                lines += self.wrapped(f"In common: {story.shared}", None, "  ", story.id, "muted")
            if story.figures:
                lines += self.wrapped(f"Figures differ: {', '.join(story.figures)}", None, "  ", story.id, "accent")
            for row in self._reports.get(story.id, ()):
                lines.append(Line([("    " + origin(row), "muted")], row, story.id))
                lines += self.wrapped(row.text, row, story=story.id)
        return lines

    def choose(self, line: Line) -> None:
        """Expand or collapse a story, or open a report."""
        if line.row is not None:
            super().choose(line)
        else:
            reports = self._shown.get(line.story, set())
            self._open = self._open | reports if self._open.isdisjoint(reports) else self._open - reports
            self.load()

    def action_split(self) -> None:
        """Remove the selected report from its story."""
        line = self.current
        if line is None or line.row is None:
            self.retitle("Stories · select a report of an open story first")
            return
        id = line.row.id
        self._change(lambda: self.library.split_story(id), f"Split off {id} · {self.key_of('stories.undo')} to undo")

    def action_merge(self) -> None:
        """Merge two stories.

        The first call notes the selected story, the second one merges it with the story then selected.
        """
        line = self.current
        if line is None:
            return
        if not self._merging or self._merging == line.story:
            self._merging = "" if self._merging else line.story
            again = f" · select the other story, then press {self.key_of('stories.merge')} again" * bool(self._merging)
            self.retitle(f"Stories{again}")
            self.show_lines(self._lines())
            return
        one, other = self._merging, line.story
        self._merging = ""
        self._change(lambda: self.library.merge_stories(one, other), f"Merged · {self.key_of('stories.undo')} to undo")

    def action_undo(self) -> None:
        """Undo the last change."""
        self._change(self.library.undo, "Undone")

    @work(exclusive=True, group="story decision", exit_on_error=False)
    async def _change(self, call: Callable[[], Batch], message: str) -> None:
        """Apply a change to the stories, and show its result in the title."""
        try:
            await in_thread(lambda cancelled: call())
        except BriefreaderError as error:
            message = describe_error(error)
        self.retitle(f"Stories · {one_line(message, 60)}")
        self.load()


def _span(first: str, last: str) -> str:
    """Return the dates of the first and last report, such as ``27–28 Apr``."""
    one, other = (datetime.fromisoformat(each[:10]) for each in (first, last))
    if one == other:
        return f"{other.day} {other:%b}"
    return f"{one.day}{f' {one:%b}' * (one.month != other.month)}–{other.day} {other:%b}"


class PeriodDialog(NewsDialog):
    """A dialog with the news of a period, which a key changes.

    ``days`` is the length of the period, or 0 for all briefings.
    """

    SCOPES: ClassVar[tuple[str, ...]]
    days = 7

    @property
    def query_text(self) -> str:
        """The query for briefings of the period."""
        return f"after:{datetime.now(UTC) - timedelta(days=self.days):%Y-%m-%d}" if self.days else ""

    def show_lines(self, lines: list[Line]) -> None:
        """Show the lines or, if there are none, how to get more."""
        key = self.key_of
        more = (f"Press {key(f'{self.SCOPES[0]}.earlier')} for a longer period.",) * bool(self.days)
        fetch, add = key("main.fetch"), key("main.add")
        self.nothing = (
            f"No news {PERIODS[self.days]}",
            *more,
            f"On the main screen, {fetch} fetches from your sources, {add} adds files.",
        )
        super().show_lines(lines)

    def action_earlier(self) -> None:
        """Cycle the period: a day, a week, a month, everything."""
        steps = list(PERIODS)
        self.days = steps[(steps.index(self.days) + 1) % len(steps)]
        self.load()


class ChangedDialog(PeriodDialog):
    """What is new or updated, by topic, updates first; repeats are only counted."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("changed"), Binding("q,C", "leave", "Close", show=False)]
    SCOPES: ClassVar[tuple[str, ...]] = ("changed",)
    heading = "What changed"

    def read(self) -> list[Line]:
        """Load what changed."""
        self.app.call_from_thread(self.retitle, f"What changed {PERIODS[self.days]}")
        lines = []
        for label, group in by_topic(self.library.changed(self.query_text), self.library.facets()):
            lines.append(Line([(one_line(label), "accent")]))
            for change in sorted(group, key=lambda change: change.status, reverse=True):
                if change.status != "repeat":
                    lines += self._lines(change)
            if repeats := sum(change.status == "repeat" for change in group):
                lines.append(Line([(f"  {repeats} repeat{'s' * (repeats != 1)}", "muted")]))
        return lines

    def _lines(self, change: Change) -> list[Line]:
        """Return the lines of a new or updated insight: status, source, facts and text."""
        row = change.row
        before = f" · before: {one_line(change.earlier.source)}" if change.earlier else ""
        new: list[Part] = [("  " + ", ".join(one_line(fact.text, 30) for fact in change.facts[:6]), "found")]
        head: list[Part] = [(f"  {change.status:<8}", _STYLES[change.status]), (origin(row) + before, "muted")]
        return [Line([*head, *(new if change.facts else [])], row), *self.wrapped(row.text, row)]


class BriefDialog(PeriodDialog):
    """The insights to read first, in a number of minutes that keys change."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("brief"), Binding("q,B", "leave", "Close", show=False)]
    SCOPES: ClassVar[tuple[str, ...]] = ("brief",)
    heading = "Brief"
    days = 1
    minutes = 15

    def read(self) -> list[Line]:
        """Load the brief."""
        from briefreader.stories.brief import WORDS_PER_MINUTE

        found = self.library.brief(self.query_text, words=self.minutes * WORDS_PER_MINUTE)
        length = f" · {self.minutes} minutes · {found.brief.words:,} words" if found.brief.chosen else ""
        title = f"Brief{length} · {PERIODS[self.days]}"
        self.app.call_from_thread(self.retitle, title)
        return self._lines(found)

    def _lines(self, found: ReadingBrief) -> list[Line]:
        """Return the lines of the brief: insights below headings, then what was left out."""
        rows = {row.id: row for row in found.rows.values()}
        lines = []
        for group in found.groups:
            lines.append(Line([(one_line(group.label), "accent")]))
            for entry in group.entries:
                row = rows[entry.id]
                also = f" · {entry.sources} sources" if entry.sources > 1 else ""
                lines += [*self.wrapped(entry.text, row, "  "), Line([(f"    {origin(row)}{also}", "muted")], row)]
        if found.left_out and lines:
            lines.append(Line([]))
            width = max(self.query_one(TextRows).size.width - 3, 30)
            lines += [Line([(part, "muted")]) for part in textwrap.wrap(found.left_out, width)]
        return lines

    def action_longer(self) -> None:
        """Make the brief longer."""
        self._step(1)

    def action_shorter(self) -> None:
        """Make the brief shorter."""
        self._step(-1)

    def _step(self, by: int) -> None:
        at = MINUTES.index(self.minutes) if self.minutes in MINUTES else 3
        self.minutes = MINUTES[max(0, min(at + by, len(MINUTES) - 1))]
        self.load()
