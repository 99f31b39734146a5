"""The main screen: library, briefings, insights, reader, and the line of topics under them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from briefreader.query import parse
from briefreader.tui import preload
from briefreader.tui.keys import bindings
from briefreader.tui.screens import NARROW, changing
from briefreader.tui.screens.opening import Opening
from briefreader.tui.screens.shared import PANES
from briefreader.tui.session import Session
from briefreader.tui.widgets.bars import BottomBar, Hint, TopBar
from briefreader.tui.widgets.filter_bar import FilterBar
from briefreader.tui.widgets.lists import BriefingList, InsightList, LibraryList
from briefreader.tui.widgets.reader import Reader
from briefreader.tui.widgets.tag_strip import TagStrip
from briefreader.tui.widgets.tour import TourBar
from briefreader.tui.widgets.welcome import Welcome

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widget import Widget

    from briefreader.library import Library
    from briefreader.tui.commands import Scope
    from briefreader.tui.screens.listing import Listed

SMALL = (60, 15)
_FILTERING = (
    Hint("Enter", "To the list", "screen.pane_briefings"),
    Hint("Tab", "Complete"),
    Hint("Esc", "Clear", "screen.clear_filter"),
)
_ORDERS = {"relevance": "Best match first", "date": "Newest first", "score": "Surest tagging first"}


class MainScreen(Opening, inherit_bindings=False):
    """Panes, focus, and the way between them; ``first``: what is listed, if that is known already."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("main")
    SCOPES: ClassVar[tuple[str, ...]] = ("main",)
    AUTO_FOCUS = ""

    def __init__(self, library: Library, session: Session, first: Listed | None = None) -> None:
        super().__init__(library)
        self._first = first
        self.add_class("-at-briefings")
        self._session = session
        self._zoomed = False
        self._came_from = "briefings"

    def compose(self) -> ComposeResult:
        app = self.briefreader
        yield TopBar()
        yield FilterBar()
        with Horizontal(id="panes"):
            yield LibraryList(id="library")
            with Vertical(id="middle"):
                yield BriefingList(id="briefings", year=app.year)
                yield InsightList(id="insights")
            yield Reader(id="reader", width=app.settings.app.width)
        yield Welcome(id="welcome")
        yield TagStrip()
        yield TourBar(app.keymap)
        yield BottomBar(app.keymap)
        yield Static(id="tiny", markup=False)

    def on_mount(self) -> None:
        """Go where one was."""
        key = self.briefreader.key_of
        self.strip.keys(key("main.accept"), key("main.reject"), key("main.why"))
        for pane in PANES:
            self.query_one(f"#{pane}").border_title = self.pane_title(pane)
        pane = self._session.pane if self._session.pane in PANES else "briefings"
        self._arrange(self.app.size.width, self.app.size.height)
        self.show_pane(pane)
        self.filter_bar.set_value(self._session.query)
        if self._first is not None:
            self.show_listed(self._first)
        self.call_after_refresh(self._fill)

    def _fill(self) -> None:
        """List and count everything, once there is something to look at."""
        self.set_timer(preload.PRELOAD_DELAY, self._look_ahead)
        self.set_interval(changing.LOOK_EVERY, self.look_outside)
        self.load_list(self.filter_bar.value, self.briefings.current_key or self._session.briefing)
        self.load_facets()

    def _look_ahead(self) -> None:
        self.background("ahead", lambda cancelled: preload.bring(preload.DIALOGS, cancelled), lambda _: None)

    def session(self) -> Session:
        """Where one is, for next time."""
        briefing = self.row.id if self.row is not None else ""
        return Session(self.listed, briefing, self.pane, self.app.theme, self.briefreader.exported_to)

    # Panes

    def on_resize(self, event: events.Resize) -> None:
        """Another size: another arrangement."""
        self._arrange(event.size.width, event.size.height)

    def _arrange(self, width: int, height: int) -> None:
        narrow = width < NARROW
        tiny = width < SMALL[0] or height < SMALL[1]
        zoomed = self._zoomed and not narrow
        self.update_classes({"-tiny": tiny, "-narrow": narrow, "-zoomed": zoomed, "-single": narrow or zoomed})
        if tiny:
            says = f"briefreader needs {SMALL[0]} × {SMALL[1]} cells; this window has {width} × {height}"
            self.query_one("#tiny", Static).update(Content(says))

    def show_pane(self, pane: str) -> None:
        """Give a pane the focus, and the window where there is room for one only."""
        if pane == "library":
            self.remove_class("-no-library")
        if self.pane == "reader" and pane != "reader":
            self.keep_position()
        self.pane = pane
        # only where one pane has the window does any style depend on it; to style a screen anew takes 20 ms
        self.update_classes({f"-at-{name}": name == pane for name in PANES}, update=self.has_class("-single"))
        self.focus_pane()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """A click or a key moved the focus: the hints and the line of topics follow."""
        if event.widget is not self.focused:
            return  # it has moved on since
        pane = event.widget.id or ""
        self.tour_did(f"#{pane}")
        if pane in PANES and pane != self.pane:
            self.show_pane(pane)
        if event.widget.id == "welcome":
            self.bottom.welcome(Hint("Enter", "Begin", "focused.choose"))
        elif event.widget is self.filter_bar.input:
            self.bottom.show_hints(_FILTERING)
        else:
            self.bottom.hint(self._scope_of(event.widget))
        if pane == "insights":
            self.show_insight()
        elif pane in ("briefings", "reader"):
            self.show_briefing_topics()

    @staticmethod
    def _scope_of(widget: Widget) -> Scope:
        scopes: dict[str, Scope] = {
            "library": "library",
            "briefings": "briefings",
            "insights": "insights",
            "reader": "reader",
        }
        return scopes.get(widget.id or "", "main")

    def action_next_pane(self) -> None:
        """The next pane."""
        self.show_pane(PANES[(PANES.index(self.pane) + 1) % len(PANES)])

    def action_previous_pane(self) -> None:
        """The previous pane."""
        self.show_pane(PANES[(PANES.index(self.pane) - 1) % len(PANES)])

    def action_pane_library(self) -> None:
        """To the library."""
        self.show_pane("library")

    def action_pane_briefings(self) -> None:
        """To the briefings."""
        self.show_pane("briefings")

    def action_pane_insights(self) -> None:
        """To the insights."""
        self.show_pane("insights")

    def action_pane_reader(self) -> None:
        """To the reader."""
        self.show_pane("reader")

    def action_zoom(self) -> None:
        """Give the pane the whole window, or give it back."""
        self._zoomed = not self._zoomed
        self._arrange(self.size.width, self.size.height)

    def action_toggle_library(self) -> None:
        """Show or hide the library."""
        if self.has_class("-narrow"):
            self.show_pane("briefings" if self.pane == "library" else "library")
        elif self.toggle_class("-no-library") and self.has_class("-no-library") and self.pane == "library":
            self.show_pane("briefings")

    def action_back(self) -> None:
        """One pane back."""
        if self.pane == "reader":
            self.show_pane(self._came_from)
        elif self.pane == "insights":
            self.show_pane("briefings")
        elif self.pane == "briefings" and not self.has_class("-empty"):
            self.show_pane("library")
        else:
            self.say(f"{self.briefreader.key_of('app.quit')} quits", "warning")

    def action_escape(self) -> None:
        """Clear the topmost of: selection and matches, the armed ``;``, the filter, the marks."""
        if self.reader.clear_marks():
            return
        if self.selections:
            self.clear_selection()
        elif self.armed:
            self.disarm()
        elif self.filter_bar.value:
            self.filter_bar.set_value("")
            self.load_list("", self.briefings.current_key)
        elif self.marked_ids:
            self.action_clear_marks()
        else:
            self.bottom.quiet()

    # The tour

    def toggle_tour(self) -> None:
        """Begin the tour, or end it."""
        bar = self.query_one(TourBar)
        if bar.under_way:
            bar.end()
        elif self.has_class("-empty"):
            self.say("The tour wants something to read: open the demo, or add briefings", "warning")
        else:
            bar.begin()
            self.show_pane("briefings")

    def tour_did(self, what: str) -> None:
        """Tell the tour of an action that was run, or of a widget that has the focus now (``#briefings``)."""
        if self.is_mounted and self.query_one(TourBar).did(what):
            key = self.briefreader.key_of
            self.say(
                f"That was the tour · {key('main.add')} adds your own briefings, {key('main.export')} writes notes"
            )

    # Opening and moving on

    @on(LibraryList.Chosen, "#library")
    def _choose_place(self, event: LibraryList.Chosen) -> None:
        event.stop()
        self.open_place()
        self.show_pane("briefings")

    @on(BriefingList.Chosen, "#briefings")
    def _choose_briefing(self, event: BriefingList.Chosen) -> None:
        event.stop()
        self._came_from = "briefings"
        self.follow(soon=False)
        self.mark_opened()
        self.show_pane("reader")

    @on(InsightList.Chosen, "#insights")
    def _choose_insight(self, event: InsightList.Chosen) -> None:
        event.stop()
        insight = self.insights.current
        if insight is not None:
            self._came_from = "insights"
            self.reader.jump(insight.start, insight.end)
            self.mark_opened()
            self.show_pane("reader")

    @on(Welcome.Picked)
    def _begin(self, event: Welcome.Picked) -> None:
        event.stop()
        if event.choice == "demo":
            self.briefreader.open_demo()
        elif event.choice == "add":
            self.action_add()
        else:
            self.briefreader.action_help()

    def action_filter(self) -> None:
        """Type in the filter line."""
        self.set_focus(self.filter_bar.input)

    @on(FilterBar.Left)
    def _filter_left(self, event: FilterBar.Left) -> None:
        event.stop()
        if event.cleared:
            self.action_clear_filter()
        else:
            self.show_pane("briefings")

    def action_clear_filter(self) -> None:
        """List everything again, and leave the filter line."""
        if self.filter_bar.value:
            self.filter_bar.set_value("")
            self.load_list("", self.briefings.current_key)
        self.show_pane("briefings")

    def action_sort(self) -> None:
        """The next order; the first one of a query needs no word in the filter."""
        asked = parse(self.filter_bar.value)
        orders = list(_ORDERS)[0 if asked.terms else 1 :]
        now = orders.index(asked.sort) if asked.sort in orders else 0
        order = orders[(now + 1) % len(orders)]
        rest = [word for word in self.filter_bar.value.split() if not word.startswith("sort:")]
        query = " ".join([*rest, f"sort:{order}"] if order != orders[0] else rest)
        self.filter_bar.set_value(query)
        self.load_list(query)
        self.say(_ORDERS[order])

    def action_next_briefing(self) -> None:
        """Next briefing, from any pane."""
        self._step(1)

    def action_previous_briefing(self) -> None:
        """Previous briefing, from any pane."""
        self._step(-1)

    def _step(self, by: int) -> None:
        if self.pane == "reader":
            self.keep_position()
        self.briefings.move(by)
        if self.pane == "reader":
            self.follow(soon=False)
            self.mark_opened()

    def action_next_unread(self) -> None:
        """Next unread briefing."""
        self.when_whole(lambda: self._unread(1))

    def action_previous_unread(self) -> None:
        """Previous unread briefing."""
        self.when_whole(lambda: self._unread(-1))

    def _unread(self, by: int) -> None:
        """Look along the list, in slices, for one that is not read."""
        keys, at = self.briefings.keys, self.briefings.cursor
        ahead = keys[at + 1 :] if by > 0 else keys[:at][::-1]

        def look(cancelled: object) -> int | None:
            for start in range(0, len(ahead), 200):
                part = ahead[start : start + 200]
                unread = {row.key for row in self.library.rows(part) if not row.read}
                for key in part:
                    if key in unread:
                        return key
            return None

        def go(key: int | None) -> None:
            if key is None:
                self.say("No unread briefing further " + ("down" if by > 0 else "up"), "warning")
            else:
                self.briefings.cursor = keys.index(key)

        self.background("unread", look, go)
