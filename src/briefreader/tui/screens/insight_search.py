"""All key insights, searched as one types: highlighted hits on the left, the passage in its briefing on the right."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, Static

from briefreader.display import one_line
from briefreader.tui.keys import bindings
from briefreader.tui.screens.dialog import BREAKPOINTS, hint_bar
from briefreader.tui.screens.listing import completions
from briefreader.tui.widgets.bars import CLOSE, Hint, HintBar
from briefreader.tui.widgets.hits import HitList
from briefreader.tui.widgets.query_input import QueryInput
from briefreader.tui.widgets.reader import Reader
from briefreader.tui.workers import Background, CancelCheck

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.timer import Timer

    from briefreader.library import Library
    from briefreader.library.browsing import Facets
    from briefreader.model import Batch, Briefing, Hit
    from briefreader.tui.app import BriefreaderApp

LIMIT = 100  # hits asked for at first; more as one comes near their end
_NEAR = 30
_MORE = 4
MAX_PREVIEW_CHARACTERS = 1600
DEBOUNCE_SECONDS = 0.08


@dataclass(frozen=True)
class Choice:
    """A passage to open in the reader."""

    briefing_id: str
    start: int
    end: int


class InsightSearch(Screen[Choice], Background):
    """Answers with the passage to open."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("search"),
        Binding("escape", "leave", "Close", show=False),
        Binding("down,ctrl+n", "move(1)", "Down", show=False),
        Binding("up", "move(-1)", "Up", show=False),
        Binding("pagedown", "move(8)", "Page down", show=False),
        Binding("pageup", "move(-8)", "Page up", show=False),
    ]
    SCOPES: ClassVar[tuple[str, ...]] = ("search",)
    DEFAULT_CSS = """
    InsightSearch {
        background: $background;
        #line { height: 1; }
        #line .prompt { width: 12; color: $accent; text-style: bold; }
        #line Input { width: 1fr; height: 1; border: none; padding: 0; background: $boost; }
        #line .status { width: auto; height: 1; color: $muted; padding: 0 1; }
        #both { height: 1fr; }
        HitList { width: 1fr; min-width: 30; height: 100%; border: round $border; background: $background; }
        HitList .row--cursor { background: $cursor; }
        #preview { width: 1fr; min-width: 20; height: 100%; border: round $border-blurred; background: $background; }
        HintBar { background: $panel; }
        &.-narrow #both { layout: vertical; }
        &.-narrow HitList { width: 100%; height: 1fr; }
        &.-narrow #preview { width: 100%; height: 1fr; }
    }
    """
    HORIZONTAL_BREAKPOINTS = BREAKPOINTS

    def __init__(self, library: Library, query: str = "") -> None:
        super().__init__()
        self.library = library
        self._query = query
        self._hits: list[Hit] = []
        self._grouped = False
        self._limit = LIMIT
        self.saved = False  # whether a search was kept under a name
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        with Vertical():
            with Horizontal(id="line"):
                yield Static(" Insights / ", classes="prompt", markup=False)
                yield QueryInput(self._query)
                yield Static("", classes="status", markup=False)
            with Horizontal(id="both"):
                yield HitList(id="hits")
                yield Reader(id="preview")
            yield hint_bar(self, (Hint("Enter", "Open", "screen.open"), CLOSE))

    @property
    def hits(self) -> HitList:
        """The list of hits."""
        return self.query_one(HitList)

    def on_mount(self) -> None:
        """Typing starts at once; the index is loaded meanwhile."""
        preview = self.query_one("#preview", Reader)
        preview.can_focus = False
        preview.say("")  # what there is to do is said where the hits will stand
        self.hits.can_focus = False
        self.query_one(Input).focus()
        self.background("warm", lambda cancelled: self.library.warm(), lambda _: None)
        self.background("facets", lambda cancelled: self.library.facets(), self._know)
        self._search(self._query)

    def _know(self, facets: Facets) -> None:
        self.query_one(QueryInput).values = completions(facets)

    @on(QueryInput.Offered)
    def _offered(self, event: QueryInput.Offered) -> None:
        event.stop()
        self.query_one(HintBar).offer(event.options)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._search(event.value)

    def _search(self, query: str, limit: int = 0) -> None:
        """Look for the first hits, or for the best ``limit``, of which some are shown: then the cursor stays."""
        began = perf_counter()
        first = not limit
        self._limit = limit = limit or LIMIT

        def show(hits: list[Hit]) -> None:
            self._hits = hits
            shown = self.hits
            shown.empty = (
                (f"Nothing like “{one_line(query, 60)}”", "Fewer words find more") if query.strip() else HitList.empty
            )
            shown.show(hits, self._grouped, None if first else shown.current)
            more = "+" if len(hits) == limit else ""
            self._status(
                f"{len(hits)}{more} hits · {1000 * (perf_counter() - began):.0f} ms" if query.strip() else "newest"
            )
            self._preview_soon()

        def call(cancelled: CancelCheck) -> list[Hit]:
            return self.library.search(query, limit=limit, cancelled=cancelled)

        self.background("search", call, show, self._status)

    def _status(self, text: str) -> None:
        marked = f"{len(self.hits.marked)} marked · " if self.hits.marked else ""
        self.query_one(".status", Static).update(Content(marked + one_line(text, 80)))

    def tell_error(self, text: str) -> None:
        """Errors stand where the count stands."""
        self._status(text)

    @on(HitList.Moved)
    def _moved(self, event: HitList.Moved) -> None:
        event.stop()
        self._preview_soon()
        near_end = self.hits.cursor >= self.hits.count - _NEAR
        if near_end and len(self._hits) == self._limit < MAX_PREVIEW_CHARACTERS:
            self._search(self.query_one(Input).value, _MORE * self._limit)

    @on(HitList.Chosen)
    def _chosen(self, event: HitList.Chosen) -> None:
        event.stop()
        self.action_open()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_open()

    def action_open(self) -> None:
        """Answer with the passage of the hit under the cursor."""
        if (hit := self.hits.current) is not None:
            self.dismiss(Choice(hit.row.briefing_id, hit.row.start, hit.row.end))

    def _preview_soon(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(DEBOUNCE_SECONDS, self._preview)

    def _preview(self) -> None:
        preview = self.query_one("#preview", Reader)
        hit = self.hits.current
        if hit is None:
            preview.say("")
            return
        row = hit.row

        def show(briefing: Briefing) -> None:
            if preview.briefing is None or preview.briefing.id != briefing.id:
                preview.show(briefing, briefing.insights, row.start)
            preview.jump(row.start, row.end)

        self.background("preview", lambda cancelled: self.library.briefing(row.briefing_id), show)

    def action_move(self, by: int) -> None:
        """Move through the hits while typing."""
        self.hits.move(by)

    def action_mark(self) -> None:
        """Mark or unmark the hit, and go on."""
        if (hit := self.hits.current) is not None:
            self.hits.marked ^= {hit.row.id}
            self.hits.refresh_row(self.hits.cursor)
            self.hits.move(1)
            self._status(f"{len(self._hits)} hits")

    def _chosen_hits(self) -> list[Hit]:
        marked = [hit for hit in self._hits if hit.row.id in self.hits.marked]
        current = self.hits.current
        return marked or ([current] if current is not None else [])

    def action_copy(self) -> None:
        """Copy hits as Markdown quotes."""
        ids = [hit.row.id for hit in self._chosen_hits()]

        def copy(quotes: list[str]) -> None:
            from briefreader.tui import external_tools

            self._status(f"copied {len(quotes)} {external_tools.copy(self.app, chr(10).join(quotes))}")

        if ids:
            self.background("copy", lambda cancelled: [self.library.quote(id) for id in ids], copy)

    def action_export(self) -> None:
        """Write notes of the briefings that the hits are in."""
        from briefreader.tui.screens.export import ExportDialog

        ids = list(dict.fromkeys(hit.row.briefing_id for hit in self._chosen_hits()))
        if ids:
            self.app.push_screen(
                ExportDialog(
                    self.library, cast("BriefreaderApp", self.app).settings, "", ids, f"{len(ids):,} briefings"
                )
            )

    def action_group(self) -> None:
        """Group the hits by briefing, or best first."""
        self._grouped = not self._grouped
        self.hits.show(self._hits, self._grouped)
        self._preview_soon()

    def action_save_search(self) -> None:
        """Keep this search under a name."""
        from briefreader.tui.screens.dialog import Prompt

        query = self.query_one(Input).value.strip()

        def kept(_: Batch) -> None:
            self.saved = True
            self._status("saved in the library")

        def save(name: str | None) -> None:
            if name:
                self.background("save", lambda cancelled: self.library.save_search(name, query), kept)

        if query:
            self.app.push_screen(Prompt("Save this search", f"A name for: {one_line(query, 60)}"), save)

    def action_leave(self) -> None:
        """Back to where one was."""
        self.dismiss(None)
