"""Search all key insights as you type.

The hits are on the left, the passage of the selected hit is on the right; in a narrow window, below the hits.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Input, Static

from briefreader.display import one_line
from briefreader.query import Query, parse
from briefreader.tui.keys import bindings
from briefreader.tui.listings import completions
from briefreader.tui.screens.dialog import BREAKPOINTS, hint_bar
from briefreader.tui.widgets.bars import CLOSE, Hint, HintBar
from briefreader.tui.widgets.hits import HitList
from briefreader.tui.widgets.query_input import ParsedQuery, QueryInput, QueryStatus
from briefreader.tui.widgets.reader import Reader
from briefreader.tui.workers import Background, debounce, in_thread

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from briefreader.library import Library
    from briefreader.library.progress import CancelCheck
    from briefreader.model import Hit
    from briefreader.tui.app import BriefreaderApp

PASSAGES_AFTER = 3  # full texts are searched after a pause of this many ``DEBOUNCE_SECONDS``
LIMIT = 100  # number of hits loaded at first
_NEAR = 30  # more hits are loaded when the cursor is at most this many rows from the end
_MORE = 4  # factor by which the number of hits then grows
MAX_HITS = 1600  # maximum number of hits loaded


@dataclass(frozen=True)
class PassageChoice:
    """A passage to open in the reader."""

    briefing_id: str
    start: int
    end: int


class InsightSearch(Screen[PassageChoice], Background):
    """Search as you type; return the passage to open."""

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
        self.saved = False  # whether a search was saved

    def compose(self) -> ComposeResult:
        """Lay out the widgets."""
        with Vertical():
            with Horizontal(id="line"):
                yield Static(" Insights / ", classes="prompt", markup=False)
                yield QueryInput(self._query)
                yield QueryStatus()
            yield ParsedQuery()
            with Horizontal(id="both"):
                yield HitList(id="hits")
                yield Reader(id="preview")
            yield hint_bar(self, (Hint("Enter", "Open", "screen.open"), CLOSE))

    @property
    def hits(self) -> HitList:
        """The list of hits."""
        return self.query_one(HitList)

    def on_mount(self) -> None:
        """Focus the input, and load the search index."""
        preview = self.query_one("#preview", Reader)
        preview.can_focus = False
        preview.show_text("")  # hints are shown in place of the hits
        self.hits.can_focus = False
        self.query_one(Input).focus()
        self._warm()
        self._load_completions()
        self._search(parse(self._query))
        self.query_one(ParsedQuery).show(parse(self._query))

    @work(group="warm", exit_on_error=False)
    async def _warm(self) -> None:
        await in_thread(lambda cancelled: self.library.warm())

    @work(group="facets", exit_on_error=False)
    async def _load_completions(self) -> None:
        facets = await in_thread(lambda cancelled: self.library.facets())
        self.query_one(QueryInput).values = completions(facets)

    @on(QueryInput.Offered)
    def _offered(self, event: QueryInput.Offered) -> None:
        event.stop()
        self.query_one(HintBar).offer(event.options)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        asked = parse(event.value)
        self.query_one(ParsedQuery).show(asked)
        self._search(asked)

    @work(exclusive=True, group="search", exit_on_error=False)
    async def _search(self, query: Query, limit: int = 0) -> None:
        """Search, and show up to ``limit`` hits, by default ``LIMIT``.

        With ``limit``, which scrolling sets, the cursor stays on its hit.
        """
        began = perf_counter()
        most = self._limit = limit or LIMIT
        self._show(await self._found(query, most, passages=False), query, began, bool(limit))
        await debounce(PASSAGES_AFTER)
        if query:
            self._show(await self._found(query, most, passages=True), query, began, True)
            if hint := await in_thread(lambda cancelled: self.library.meaning_hint(query, self._hits)):
                self.notify(hint, markup=False)

    async def _found(self, query: Query, limit: int, *, passages: bool) -> list[Hit]:
        def call(cancelled: CancelCheck) -> list[Hit]:
            return self.library.search(query, limit=limit, passages=passages, fold=True, cancelled=cancelled)

        return await in_thread(call)

    def _show(self, hits: list[Hit], query: Query, began: float, keep: bool) -> None:
        """Show the hits and their number, and preview the selected one."""
        if keep and hits == self._hits:
            return
        self._hits = hits
        most, shown = self._limit, self.hits
        nothing = f"No matches for “{one_line(query.typed, 60)}”", "Try fewer words"
        shown.empty = nothing if query else HitList.empty
        shown.show(self._hits, self._grouped, shown.current if keep else None)
        count = f"{len(self._hits):,}{'+' if len(self._hits) == most else ''} hit{'s' * (len(self._hits) != 1)}"
        self._status(f"{count} · {1000 * (perf_counter() - began):.0f} ms" if query else "newest insights")
        self._preview()

    def _status(self, text: str) -> None:
        marked = f"{len(self.hits.marked)} marked · " if self.hits.marked else ""
        self.query_one(QueryStatus).show(marked + text)

    def show_error(self, text: str) -> None:
        """Show an error in place of the count."""
        self._status(text)

    @on(HitList.Moved)
    def _moved(self, event: HitList.Moved) -> None:
        event.stop()
        self._preview()
        near_end = self.hits.cursor >= self.hits.count - _NEAR
        if near_end and len(self._hits) == self._limit < MAX_HITS:
            self._search(parse(self.query_one(Input).value), _MORE * self._limit)

    @on(HitList.Chosen)
    def _chosen(self, event: HitList.Chosen) -> None:
        event.stop()
        self.action_open()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_open()

    def action_open(self) -> None:
        """Close, and return the passage of the selected hit."""
        if (hit := self.hits.current) is not None:
            self.dismiss(PassageChoice(hit.row.briefing_id, hit.row.start, hit.row.end))

    @work(exclusive=True, group="preview", exit_on_error=False)
    async def _preview(self) -> None:
        """Preview the selected hit's passage, after a pause."""
        await debounce()
        preview = self.query_one("#preview", Reader)
        hit = self.hits.current
        if hit is None:
            preview.show_text("")
            return
        row = hit.row
        if preview.briefing is None or preview.briefing.id != row.briefing_id:
            briefing = await in_thread(lambda cancelled: self.library.briefing(row.briefing_id))
            preview.show(briefing, briefing.insights, row.start)
        preview.jump(row.start, row.end)

    def action_move(self, by: int) -> None:
        """Move through the hits while typing."""
        self.hits.move(by)

    def action_mark(self) -> None:
        """Mark or unmark the selected hit, and go to the next."""
        if (hit := self.hits.current) is not None:
            self.hits.marked ^= {hit.row.id}
            self.hits.refresh_row(self.hits.cursor)
            self.hits.move(1)
            self._status(f"{len(self._hits)} hit{'s' * (len(self._hits) != 1)}")

    def _chosen_hits(self) -> list[Hit]:
        marked = [hit for hit in self._hits if hit.row.id in self.hits.marked]
        current = self.hits.current
        return marked or ([current] if current is not None else [])

    @work(exclusive=True, group="copy", exit_on_error=False)
    async def action_copy(self) -> None:
        """Copy the marked insights, or the selected one, as Markdown quotes; skip titles and passages."""
        from briefreader.tui import external_tools

        ids = [hit.row.id for hit in self._chosen_hits() if hit.kind == "insight"]
        if ids:
            quotes = await in_thread(lambda cancelled: [self.library.quote(id) for id in ids])
            self._status(external_tools.copy(self.app, "\n".join(quotes)))

    def action_export(self) -> None:
        """Export the briefings of the marked hits, or of the selected one."""
        from briefreader.tui.screens.export import ExportDialog

        ids = list(dict.fromkeys(hit.row.briefing_id for hit in self._chosen_hits()))
        if ids:
            self.app.push_screen(
                ExportDialog(
                    self.library,
                    cast("BriefreaderApp", self.app).settings,
                    "",
                    ids,
                    f"{len(ids):,} briefing{'s' * (len(ids) != 1)}",
                )
            )

    def action_group(self) -> None:
        """Toggle between grouping by briefing and relevance order."""
        self._grouped = not self._grouped
        self.hits.show(self._hits, self._grouped)
        self._preview()

    @work(exclusive=True, group="save", exit_on_error=False)
    async def action_save_search(self) -> None:
        """Save this search under a name."""
        from briefreader.tui.screens.dialog import Prompt

        query = self.query_one(Input).value.strip()
        if not query:
            return
        name = await self.app.push_screen_wait(Prompt("Save this search", f"Name for: {one_line(query, 60)}"))
        if name:
            await in_thread(lambda cancelled: self.library.save_search(name, query))
            self.saved = True
            self._status("search saved")

    def action_leave(self) -> None:
        """Close without a result."""
        self.dismiss(None)
