"""What the parts of the main screen share: its widgets, what is chosen, and how a change of data is made."""

from __future__ import annotations

from abc import abstractmethod
from collections import deque
from typing import TYPE_CHECKING, cast

from rich.cells import cell_len
from textual.content import Content
from textual.screen import Screen

from briefreader.display import one_line
from briefreader.tui.widgets.bars import BottomBar, TopBar
from briefreader.tui.widgets.filter_bar import FilterBar
from briefreader.tui.widgets.lists import BriefingList, InsightList, LibraryList
from briefreader.tui.widgets.reader import Reader
from briefreader.tui.widgets.tag_strip import TagStrip
from briefreader.tui.workers import Background

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.widget import Widget

    from briefreader.library import Library
    from briefreader.model import Batch, BriefingRow
    from briefreader.tui.app import BriefreaderApp

PANES = ("library", "briefings", "insights", "reader")


class MainBase(Screen[None], Background):
    """Widgets, selection and the queue of changes."""

    def __init__(self, library: Library) -> None:
        super().__init__()
        self.library = library
        self.pane = "briefings"
        self.listed = ""  # the query whose briefings are shown
        self.marked_ids: dict[int, str] = {}  # row key → id of what is marked
        self.armed = False  # the next command applies to the marked
        self._changes: deque[tuple[Callable[[], Batch], str]] = deque()
        self._changing = False

    @property
    def briefreader(self) -> BriefreaderApp:
        """The app, by its own type."""
        return cast("BriefreaderApp", self.app)

    def focus_pane(self) -> None:
        """Give the chosen pane the focus, or the ways to begin in an empty library."""
        target: Widget = self.query_one("#welcome" if self.has_class("-empty") else f"#{self.pane}")
        if self.focused is not target and self.app.screen is self:
            self.set_focus(target, scroll_visible=False)

    @property
    def places(self) -> LibraryList:
        """The library pane."""
        return self.query_one("#library", LibraryList)

    @property
    def briefings(self) -> BriefingList:
        """The briefings pane."""
        return self.query_one("#briefings", BriefingList)

    @property
    def insights(self) -> InsightList:
        """The insights pane."""
        return self.query_one("#insights", InsightList)

    @property
    def reader(self) -> Reader:
        """The reader pane."""
        return self.query_one("#reader", Reader)

    @property
    def strip(self) -> TagStrip:
        """The line of topics."""
        return self.query_one(TagStrip)

    @property
    def filter_bar(self) -> FilterBar:
        """The filter line."""
        return self.query_one(FilterBar)

    @property
    def top(self) -> TopBar:
        """The line at the top."""
        return self.query_one(TopBar)

    @property
    def bottom(self) -> BottomBar:
        """The line at the bottom."""
        return self.query_one(BottomBar)

    @property
    def row(self) -> BriefingRow | None:
        """The briefing under the cursor."""
        return self.briefings.current

    def pane_title(self, pane: str, count: int | None = None) -> Content:
        """A pane's title: name, key, count."""
        name = pane.capitalize()
        key = self.briefreader.key_of(f"main.pane_{pane}")
        return Content(f"{name} {key}" + (f" · {count:,}" if count is not None else ""))

    def target(self) -> str:
        """What a command is about: the insight when its list has the focus, else the briefing; "" for nothing."""
        if self.pane == "insights" and (insight := self.insights.current) is not None:
            return insight.id
        return self.row.id if self.row is not None else ""

    def targets(self) -> list[str]:
        """What a command is about: all that is marked after ``;``, else the one target."""
        if self.armed and self.marked_ids:
            return list(self.marked_ids.values())
        return [target] if (target := self.target()) else []

    def disarm(self) -> None:
        """``;`` holds for one command."""
        if self.armed:
            self.armed = False
            self.bottom.quiet()
            self.show_place()

    def say(self, text: str, kind: str = "good") -> None:
        """Tell what happened, in the bottom line."""
        self.bottom.say(text, kind)

    def tell_error(self, text: str) -> None:
        """Tell what went wrong, in the bottom line; what is too long for it stands in a note of its own as well."""
        told = self.bottom.message == text  # a failing filter tells it at every key
        self.bottom.say(text, "error", 12)
        if not told and cell_len(text) + 4 > self.size.width:
            self.briefreader.tell(text, severity="error", seconds=12)

    def change(self, call: Callable[[], Batch], says: str = "") -> None:
        """Change data: one after another, in the order asked for; ``says`` replaces the batch's own summary."""
        self._changes.append((call, says))
        self.disarm()
        self._next_change()

    def _next_change(self) -> None:
        if self._changing or not self._changes:
            return
        call, says = self._changes.popleft()
        self._changing = True

        def done(batch: Batch) -> None:
            self._changing = False
            text = says or (f"{batch.verb}: {batch.summary}" if batch.summary else batch.verb)
            if text != "-":
                self.say(f"{one_line(text, 200)} · {self.briefreader.key_of('main.undo')} undoes")
            self._next_change()
            if not self._changing:
                self.refresh_data()
                self.follow_corrections()

        def failed(text: str) -> None:
            self._changing = False
            self.tell_error(text)
            self._next_change()

        self.background("change", lambda cancelled: call(), done, failed)

    @abstractmethod
    def refresh_data(self, *, requery: bool = False) -> None:
        """Read again what a change may have touched; the main screen does it."""

    @abstractmethod
    def follow_corrections(self) -> None:
        """Show what the reader's decisions change elsewhere; the main screen does it."""

    def mark_opened(self) -> None:
        """Opening a briefing reads it; the main screen does it."""

    @abstractmethod
    def show_place(self) -> None:
        """Write the top line anew; the main screen does it."""
