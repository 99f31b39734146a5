"""The main screen, which connects the panes by messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual import events, on, work
from textual.containers import Horizontal, Vertical
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from briefreader.query import Query
from briefreader.tui import messages
from briefreader.tui.actions.editing import EditingActions
from briefreader.tui.actions.marks import MarkActions
from briefreader.tui.actions.moving import MovingActions
from briefreader.tui.actions.searching import SearchActions
from briefreader.tui.actions.topics import TopicActions
from briefreader.tui.actions.transfer import TransferActions
from briefreader.tui.background_fetch import BackgroundFetch
from briefreader.tui.changes import Changes
from briefreader.tui.keys import bindings
from briefreader.tui.layout import Layout
from briefreader.tui.listings import Listing, completions, empty_text
from briefreader.tui.panes import PANES, set_pane_title
from briefreader.tui.panes.briefings import BriefingsPane
from briefreader.tui.panes.insights import InsightsPane
from briefreader.tui.panes.library import LibraryPane, notices_of
from briefreader.tui.panes.reader import ReaderPane
from briefreader.tui.panes.topic_bar import TopicBar
from briefreader.tui.session import Session
from briefreader.tui.targets import Targets
from briefreader.tui.widgets.bars import BottomBar, TopBar
from briefreader.tui.widgets.filter_bar import FilterBar
from briefreader.tui.widgets.query_input import QueryInput
from briefreader.tui.widgets.reader import Reader
from briefreader.tui.widgets.tour import TourBar
from briefreader.tui.widgets.welcome import Welcome
from briefreader.tui.workers import debounce, describe_error

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from briefreader.library import Library
    from briefreader.tui.app import BriefreaderApp

ACTIONS = (EditingActions, MarkActions, MovingActions, SearchActions, TopicActions, TransferActions)


class MainScreen(Screen[None], inherit_bindings=False):
    """The main screen.

    ``first`` is the first page of the list, if it is loaded already.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings("main")
    SCOPES: ClassVar[tuple[str, ...]] = ("main",)
    AUTO_FOCUS = ""
    # panes draw their focus themselves, so the screen isn't repainted
    focused = Reactive[Widget | None](None, repaint=False)

    def __init__(self, library: Library, session: Session, first: Listing | None = None) -> None:
        super().__init__(classes="-at-briefings")
        self.library = library
        self.pane = "briefings"
        self.targets = Targets(self)
        self.changes = Changes(self)
        self._session = session
        self._first = first
        self.arrangement = Layout(self, session.density, session.reader_share)
        self.came_from = "briefings"
        self._passage: tuple[str, int, int | None] | None = None  # to be shown when its briefing is selected
        for group in ACTIONS:
            group(self).attach()

    def compose(self) -> ComposeResult:
        """Lay out the panes between the bars."""
        app, library = self.briefreader, self.library
        self.top, self.filter_bar, self.places = TopBar(), FilterBar(), LibraryPane(library)
        self.briefings, self.insights = (
            BriefingsPane(library, today=app.today),
            InsightsPane(library),
        )
        self.reader = ReaderPane(library, width=app.settings.app.width)
        self.topic_bar, self.tour, self.bottom = TopicBar(library), TourBar(app.keymap), BottomBar(app.keymap)
        yield self.top
        yield self.filter_bar
        with Horizontal(id="panes"):
            yield self.places
            with Vertical(id="middle"):
                yield self.briefings
                yield self.insights
            yield self.reader
        yield Welcome(id="welcome")
        yield self.topic_bar
        yield self.tour
        yield self.bottom
        yield Static(id="tiny", markup=False)

    def on_mount(self) -> None:
        """Restore the session."""
        self.topic_bar.show_keys(*(self.key_of(f"main.{name}") for name in ("accept", "reject", "why")))
        for name in PANES:
            set_pane_title(self.query_one(f"#{name}"))
        self.arrangement.arrange()
        self.show_pane(self._session.pane if self._session.pane in PANES else "briefings")
        self.filter_bar.set_value(self._session.query)
        if self._first is not None:
            self.briefings.show_first(self._first)
        self.call_after_refresh(self._fill)

    def _fill(self) -> None:
        """Load the list and the counts after the first paint."""
        self.changes.watch()
        if every := self.briefreader.settings.fetch.every:
            BackgroundFetch(self, every).start()
        self.briefings.load(self.filter_bar.asked, self.briefings.current_key or self._session.briefing)
        self.places.load()

    @property
    def briefreader(self) -> BriefreaderApp:
        """The app, typed as ``BriefreaderApp``."""
        return cast("BriefreaderApp", self.app)

    def key_of(self, command_id: str) -> str:
        """Return a command's first key for display."""
        return self.briefreader.key_of(command_id)

    def session(self) -> Session:
        """Return the state to restore at the next start."""
        row = self.briefings.current
        query, briefing = self.briefings.query_shown.typed, row.id if row is not None else ""
        app, layout = self.briefreader, self.arrangement
        return Session(query, briefing, self.pane, app.theme, app.exported_to, layout.density, layout.reader_share)

    # Layout and focus

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Keep Textual from styling all widgets again, which takes 20 ms."""
        event.refresh_styles = False

    def on_resize(self, event: events.Resize) -> None:
        """Rearrange the panes."""
        self.arrangement.arrange()

    def show_pane(self, pane: str) -> None:
        """Focus a pane, and show it if it is hidden."""
        if pane == "library":
            self.remove_class("-no-library")
        self.pane = pane
        # Restyling takes 20 ms, and is only needed if a single pane is shown.
        self.update_classes({f"-at-{name}": name == pane for name in PANES}, update=self.has_class("-single"))
        self._focus_pane()

    def _focus_pane(self) -> None:
        """Focus the chosen pane, or the welcome list in an empty library."""
        name = "welcome" if self.has_class("-empty") else self.pane
        self.set_focus(self.query_one(f"#{name}"), scroll_visible=False)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Update the hints and the topic bar when another widget gets the focus."""
        if event.widget is not self.focused:
            return  # the focus has moved on since
        pane = event.widget.id or ""
        self.tour.advance(f"#{pane}")
        if pane in PANES and pane != self.pane:
            self.show_pane(pane)
        self.bottom.show_hints_of(event.widget.id or "")
        if pane == "insights" and self.insights.current is not None:
            self._show_insight(messages.InsightSelected(self.insights.current))
        elif pane in ("briefings", "reader") and (row := self.briefings.current) and self.topic_bar.target != row.id:
            self.topic_bar.load(row.id)

    # Lists

    def list_briefings(self, query: Query, keep: int | str | None = None) -> None:
        """List the briefings that match a query, and show it in the filter line.

        ``keep`` (row key or ID) is selected if it is among them.
        """
        self.filter_bar.set_query(query)
        self.briefings.load(query, keep)

    def clear_filter(self) -> None:
        """Clear the filter, and list all briefings."""
        if self.filter_bar.value:
            self.list_briefings(Query(), self.briefings.current_key)

    @on(messages.QueryChanged)
    def _query_changed(self, event: messages.QueryChanged) -> None:
        event.stop()
        if event.keep_cursor:
            self.briefings.load(event.query, self.briefings.current_key)
        else:
            self.list_briefings(event.query)

    @on(BriefingsPane.Loading)
    def _list_loading(self) -> None:
        self.top.busy("searching")

    @on(BriefingsPane.NotListed)
    def _not_listed(self, event: BriefingsPane.NotListed) -> None:
        """Show the error; the old rows stay."""
        self.top.busy("")
        self.filter_bar.status("✗ listing failed")
        self.show_status(f"{event.text} · press {self.key_of('main.reload')} to retry", "error")

    @on(BriefingsPane.Listed)
    def _listed(self, event: BriefingsPane.Listed) -> None:
        """Update what depends on the list: its title, count and selection."""
        listing, facets = event.listing, self.places.facets
        self.top.busy("")
        if event.new:
            self.briefings.empty = empty_text(listing.query, facets, self.key_of)
            self.places.show_query(listing.query)
            self.show_top_line()
            self.show_briefing(at_once=not self.filter_bar.input.has_focus)
        if listing.whole:
            self.filter_bar.show_result(listing, facets.total if facets is not None else None)
            set_pane_title(self.briefings, len(listing.keys))

    @on(LibraryPane.Counted)
    def _counted(self, event: LibraryPane.Counted) -> None:
        """Update what depends on the counts; show the welcome list if empty."""
        self.filter_bar.input.values = completions(event.facets)
        empty = event.facets.total == 0
        if empty != self.has_class("-empty"):
            self.set_class(empty, "-empty")
            self.call_after_refresh(self._focus_pane)  # focus the welcome list, or leave it
        self.show_top_line()

    def show_top_line(self) -> None:
        """Show the query and the notices in the top line."""
        marked = len(self.briefings.marked_ids)
        notices = ["read-only"] * self.library.readonly + notices_of(self.places.facets)
        if marked:
            notices.append(f"{marked:,} marked" + (" (for the next command)" if self.targets.armed else ""))
        self.top.show_query(self.briefings.query_shown.typed, notices)

    def show_status(self, text: str, kind: str = "good") -> None:
        """Show a message in the bottom line."""
        self.bottom.show_message(text, kind)

    # The briefing under the cursor

    @on(messages.BriefingSelected)
    def _briefing_selected(self, event: messages.BriefingSelected) -> None:
        event.stop()
        self.show_briefing(at_once=event.at_once)

    @work(exclusive=True, group="briefing", exit_on_error=False)
    async def show_briefing(self, *, at_once: bool = False) -> None:
        """Show the selected briefing in the other panes.

        Unless ``at_once``, wait until the cursor rests.
        """
        if not at_once:
            await debounce()
        row = self.briefings.current
        if row is None:
            if self.briefings.keys:
                self.briefings.load_current()
            else:
                self.reader.clear()
                self.insights.clear()
                self.topic_bar.clear()
            return
        passage = None
        if self._passage is not None and self._passage[0] == row.id:
            passage, self._passage = self._passage[1:], None
            self.changes.mark_read()
        self.reader.load(row.id, passage)
        self.insights.load(row.id, passage)
        if self.pane != "insights":
            text = f"No topics · press {self.key_of('main.tags')} to add one"
            if not row.scored:
                text = f"Not tagged yet · press {self.key_of('main.retag')} to tag new briefings"
            self.topic_bar.load(row.id, text)

    @on(messages.BriefingOpened)
    def _briefing_opened(self, event: messages.BriefingOpened) -> None:
        event.stop()
        self.came_from = "briefings"
        self.show_briefing(at_once=True)
        self.changes.mark_read()
        self.show_pane("reader")

    def open_passage(self, briefing_id: str, start: int, end: int | None = None) -> None:
        """Open a briefing at an offset; if it isn't listed, list all briefings first."""
        self._passage = (briefing_id, start, end)
        self.show_pane("reader")
        self.briefings.select(briefing_id)

    @on(messages.InsightSelected)
    def _show_insight(self, event: messages.InsightSelected) -> None:
        """Highlight the passage of the insight, and show its topics."""
        event.stop()
        if self.pane == "insights":
            self.reader.show_passage(self.insights.briefing_id, event.insight.start, event.insight.end)
            self.topic_bar.load(event.insight.id, "This insight has no topics of its own")

    @on(messages.InsightOpened)
    def _insight_opened(self, event: messages.InsightOpened) -> None:
        event.stop()
        self.came_from = "insights"
        self.reader.show_passage(self.insights.briefing_id, event.insight.start, event.insight.end)
        self.changes.mark_read()
        self.show_pane("reader")

    # Other messages from widgets

    @on(LibraryPane.Opened)
    def _place_opened(self) -> None:
        self.show_pane("briefings")

    @on(Reader.Reached)
    def _reached(self, event: Reader.Reached) -> None:
        """Select the insight that the reader has jumped to."""
        self.insights.point_at(event.start, event.end)

    @on(ReaderPane.Resized)
    def _reader_resized(self, event: ReaderPane.Resized) -> None:
        self.arrangement.set_reader_share(event.share)

    @on(TopicBar.ReasonsFound)
    def _reasons_found(self, event: TopicBar.ReasonsFound) -> None:
        self.reader.show_reasons(event.target, event.spans)

    @on(FilterBar.Left)
    def _filter_left(self, event: FilterBar.Left) -> None:
        if event.cleared:
            self.clear_filter()
        self.show_pane("briefings")

    @on(QueryInput.Offered)
    def _offered(self, event: QueryInput.Offered) -> None:
        event.stop()
        self.bottom.offer(event.options)

    @on(Welcome.Picked)
    async def _begin(self, event: Welcome.Picked) -> None:
        """Run the command of the chosen row of the welcome list."""
        if event.choice == "demo":
            self.briefreader.open_demo()
        elif event.choice in ("feed", "mail"):
            await self.run_action(f"sources({event.choice!r})")
        else:
            await self.briefreader.action_run("app.help" if event.choice == "help" else f"main.{event.choice}")

    @on(messages.ChangeRequested)
    def _change_requested(self, event: messages.ChangeRequested) -> None:
        event.stop()
        self.changes.make(event.call, event.summary)

    @on(messages.StatusChanged)
    def _status_changed(self, event: messages.StatusChanged) -> None:
        event.stop()
        self.show_status(event.text, event.kind)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Report the error of one of the screen's workers."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self.show_status(describe_error(event.worker.error), "error")
