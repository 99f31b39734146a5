"""All key insights, searched as one types: highlighted hits on the left, the passage in its briefing on the right."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, Static

from briefreader.display import clean, one_line
from briefreader.model import Briefing, Hit
from briefreader.tui.keys import bindings
from briefreader.tui.screens.dialog import BREAKPOINTS, hint_bar
from briefreader.tui.screens.listing import completions
from briefreader.tui.widgets.bars import CLOSE, Hint, HintBar
from briefreader.tui.widgets.cells import Piece, cut
from briefreader.tui.widgets.query_input import QueryInput
from briefreader.tui.widgets.reader import Reader
from briefreader.tui.widgets.virtual_list import VirtualList
from briefreader.tui.work import Background, Cancelled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style
    from textual.app import ComposeResult
    from textual.timer import Timer

    from briefreader.library import Library
    from briefreader.library.browsing import Facets
    from briefreader.model import Batch

LIMIT = 300
REST = 0.08


@dataclass(frozen=True)
class Choice:
    """A passage to open in the reader."""

    briefing_id: str
    start: int
    end: int


class HitList(VirtualList):
    """Two lines a hit: its title with what matched lit up, then where it comes from and a piece of its text."""

    row_height = 2
    empty = ("Type to search every key insight", "Words may be misspelt; topic:, source:, after: narrow")

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.items: list[Hit | str] = []  # a heading is the title of the briefing that its hits are in
        self.marked: set[str] = set()

    def show(self, hits: Sequence[Hit], grouped: bool) -> None:
        """Show hits, best first or under their briefings."""
        self.items = list(hits)
        if grouped:
            order = list(dict.fromkeys(hit.row.briefing_id for hit in hits))
            self.items = []
            for briefing_id in order:
                of_it = [hit for hit in hits if hit.row.briefing_id == briefing_id]
                self.items += [of_it[0].row.briefing_title, *of_it]
        self.reset(len(self.items), 1 if grouped and self.items else 0)

    @property
    def current(self) -> Hit | None:
        """The hit under the cursor."""
        item = self.items[self.cursor] if self.cursor < len(self.items) else None
        return item if isinstance(item, Hit) else None

    def move(self, by: int) -> None:
        """Headings are stepped over."""
        target = max(0, min(self.cursor + by, self.count - 1))
        while 0 <= target < self.count and isinstance(self.items[target], str):
            target += 1 if by > 0 else -1
        if 0 <= target < self.count:
            self.cursor = target

    def render_row(self, index: int, line: int, width: int, base: Style) -> list[Piece]:
        item = self.items[index]
        bar = ("▌" if index == self.cursor else " ", self.part("accent", base))
        if isinstance(item, str):
            return [(" " + one_line(item, 2 * width), self.part("strong", base))] if line else []
        row = item.row
        mark = ("x " if row.id in self.marked else "  ", self.part("mark", base))
        if line == 0:
            title = row.title or one_line(row.text, 3 * width)
            spans = [span for span in item.spans if span[1] <= len(row.title)]
            topics = cut(" ".join(row.topics), width // 3)
            room = width - 5 - cell_len(topics)
            lit = self._lit(title, spans, room, self.part("strong", base))
            pad = " " * (room - sum(cell_len(text) for text, _ in lit) + 1)
            return [bar, mark, *lit, (pad, base), (topics, self.part("topic", base))]
        whence = cut(one_line(row.source or row.briefing_title, 60), max(width // 3 - 8, 8))
        about = " · ".join(filter(None, (whence, row.published[:7])))
        lead = f"  {about}  "
        muted = self.part("muted", base)
        at = len(row.title) + 1
        # where the title is the text's first words, the line goes on behind them
        skip = len(row.title) if row.title and row.text.startswith(row.title) else 0
        skip += len(row.text) - skip - len(row.text[skip:].lstrip(" :;,.*")) if skip else 0
        spans = [(start - at - skip, end - at - skip) for start, end in item.spans if start >= at + skip]
        rest = row.text[skip:] if len(row.text) - skip > 2 else ""
        text, spans = _snippet(rest, spans, max(width - cell_len(lead) - 3, 8))
        return [bar, (lead, muted), *self._lit(text, spans, width - cell_len(lead) - 2, base)]

    def _lit(self, text: str, spans: Sequence[tuple[int, int]], room: int, style: Style) -> list[Piece]:
        """The text with its spans lit up, within ``room`` cells."""
        shown = cut(clean(text).replace("\n", " ").replace("\t", " "), room)
        found = style + self.get_component_rich_style("row--found", partial=True)
        pieces: list[Piece] = []
        at = 0
        for start, end in sorted(spans):
            start, end = max(start, at), min(end, len(shown))
            if start < end:
                pieces += [(shown[at:start], style), (shown[start:end], found)]
                at = end
        return [*pieces, (shown[at:], style)]


def _snippet(text: str, spans: Sequence[tuple[int, int]], room: int) -> tuple[str, list[tuple[int, int]]]:
    """A piece of ``text`` that holds its first span, with the spans moved along."""
    if not spans or min(spans)[0] < room * 2 // 3:
        return text[: room * 2], list(spans)
    begin = max(min(spans)[0] - room // 3, 0)
    return "…" + text[begin : begin + room * 2], [(s - begin + 1, e - begin + 1) for s, e in spans if s >= begin]


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
        self.query_one("#preview", Reader).can_focus = False
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

    def _search(self, query: str) -> None:
        began = perf_counter()

        def show(hits: list[Hit]) -> None:
            self._hits = hits
            shown = self.hits
            shown.empty = (
                (f"Nothing like “{one_line(query, 60)}”", "Fewer words find more") if query.strip() else HitList.empty
            )
            shown.show(hits, self._grouped)
            more = "+" if len(hits) == LIMIT else ""
            self._status(
                f"{len(hits)}{more} hits · {1000 * (perf_counter() - began):.0f} ms" if query.strip() else "newest"
            )
            self._preview_soon()

        def call(cancelled: Cancelled) -> list[Hit]:
            return self.library.search(query, limit=LIMIT, cancelled=cancelled)

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
        self._timer = self.set_timer(REST, self._preview)

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
            from briefreader.tui import outside

            self._status(f"copied {len(quotes)} {outside.copy(self.app, chr(10).join(quotes))}")

        if ids:
            self.background("copy", lambda cancelled: [self.library.quote(id) for id in ids], copy)

    def action_export(self) -> None:
        """Write notes of the briefings that the hits are in."""
        from briefreader.tui.app import BriefreaderApp
        from briefreader.tui.screens.export import ExportDialog

        assert isinstance(self.app, BriefreaderApp)
        ids = list(dict.fromkeys(hit.row.briefing_id for hit in self._chosen_hits()))
        if ids:
            self.app.push_screen(ExportDialog(self.library, self.app.settings, "", ids, f"{len(ids):,} briefings"))

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
