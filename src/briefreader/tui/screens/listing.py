"""Main screen, part two: the lists filled from the library, and the filter."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING, Literal

from textual import on

from briefreader.query import Query, parse, quote
from briefreader.tui.screens import following
from briefreader.tui.screens.following import Following
from briefreader.tui.widgets.filter_bar import FilterBar
from briefreader.tui.widgets.lists import BriefingList, LibraryList, Place
from briefreader.tui.widgets.query_input import QueryInput

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from textual.timer import Timer

    from briefreader.library import Library
    from briefreader.library.browsing import Facets
    from briefreader.model import BriefingRow
    from briefreader.tui.workers import CancelCheck

FIRST = 80  # rows fetched with a new list
Part = Literal["whole", "first", "rest"]  # a list; its first page alone; the whole list after its first page


@dataclass(frozen=True)
class Listed:
    """The answer to a query."""

    query: str
    keys: list[int]
    rows: list[BriefingRow]
    start: int
    ms: float
    notes: tuple[str, ...]
    quick: bool = False  # words taken as they are spelt, since the search index is not loaded yet
    part: Part = "whole"


def without_marked(query: Query) -> tuple[str, bool | None]:
    """The query without ``is:marked``, which only the app knows, and whether marked ones are asked for."""
    marked = [f for f in query.filters if f.key == "is" and f.value == "marked"]
    if not marked:
        return str(query), None
    rest = tuple(f for f in query.filters if f not in marked)
    return str(replace(query, filters=rest)), not marked[0].negated


def completions(facets: Facets) -> dict[str, list[str]]:
    """What a query's keys may be completed with."""
    return {"topic": [topic for topic, _, _ in facets.topics], "source": [name for name, _ in facets.sources]}


def first_page(library: Library, keep: str) -> Listed | None:
    """The newest briefings, without the rest of the list; None when the briefing ``keep`` is not among them."""
    rows = library.rows(library.keys(limit=FIRST))
    start = next((n for n, row in enumerate(rows) if row.id == keep), None if keep else 0)
    return None if start is None else Listed("", [row.key for row in rows], rows, start, 0.0, (), part="first")


def listings(
    library: Library,
    query: str,
    keep: int | str | None = None,
    marks: Collection[int] = (),
    *,
    quick: bool = False,
    cancelled: CancelCheck = lambda: False,
) -> Iterator[Listed]:
    """The answer to a query, with rows around the briefing ``keep`` (row key or id), or the first ones.

    A list by date comes as its first page and then whole, unless ``keep`` stands further down: to know all of a
    hundred thousand takes ten times as long.
    """
    began = perf_counter()
    tree = parse(query)
    asked, only_marked = without_marked(tree)
    if isinstance(keep, str):
        keep = library.key_of(keep)

    def answer(keys: list[int], part: Part) -> Listed:
        start = keys.index(keep) if keep in keys else 0
        first = max(start - FIRST // 2, 0)
        rows = library.rows(keys[first : first + FIRST]) if part != "rest" else []
        ms = 1000 * (perf_counter() - began)
        return Listed(query, keys, rows, start, ms, tree.warnings, quick and bool(tree.terms), part)

    if tree.terms or tree.sort == "score" or only_marked is not None:
        keys = library.keys(asked if only_marked is not None else query, quick=quick, cancelled=cancelled)
        if only_marked is not None:
            keys = [key for key in keys if (key in marks) is only_marked]
        yield answer(keys, "whole")
        return
    page = library.keys(query, limit=FIRST)
    shown = keep is None or keep in page or len(page) < FIRST
    if shown:
        yield answer(page, "whole" if len(page) < FIRST else "first")
    if len(page) == FIRST and not cancelled():
        keys = [*page, *library.keys(query, after=page[-1])]
        yield answer(keys, "rest" if shown else "whole")


class Listing(Following):
    """Fills the library and the briefings."""

    def __init__(self, library: Library) -> None:
        super().__init__(library)
        self._facets: Facets | None = None
        self._place_timer: Timer | None = None
        self._spinner: Timer | None = None
        self._warming = False
        self._counting = False
        self._count_again = False
        self._when_whole: list[Callable[[], None]] = []

    # Briefings

    def load_list(self, query: str, keep: int | str | None = None) -> None:
        """List the briefings of a query; the cursor goes to the briefing ``keep`` (key or id) if it is among them."""
        marks = set(self.marked_ids)

        def calls(cancelled: CancelCheck) -> Iterator[Listed]:
            quick = not self.library.searchable
            return listings(self.library, query, keep, marks, quick=quick, cancelled=cancelled)

        self._busy_soon()
        self.background_each("list", calls, self.show_listed, self._list_failed)

    def when_whole(self, then: Callable[[], None]) -> None:
        """Do what needs all rows of the list, once it has more than its first page."""
        if self.briefings.whole:
            then()
        else:
            self._when_whole.append(then)

    def show_listed(self, answer: Listed) -> None:
        """Show what a query found."""
        shown = self.briefings
        if answer.part == "rest":
            shown.go_on(answer.keys)
        else:
            self._show_first(answer)
        if answer.part != "first":
            self._busy_over()
            self._show_found(answer)
            waiting, self._when_whole = self._when_whole, []
            for then in waiting:
                then()
        if answer.quick and not self._warming:
            self._warming = True
            self.background("warm", lambda cancelled: self.library.warm(), self._warmed)

    def _show_first(self, answer: Listed) -> None:
        """Show rows of another list, and the briefing under the cursor."""
        self.listed = answer.query
        shown = self.briefings
        shown.empty = self._nothing(answer.query)
        keep = answer.keys[answer.start] if answer.keys else None
        shown.show(answer.keys, answer.rows, keep, whole=answer.part == "whole")
        shown.marks = set(self.marked_ids)
        self.places.mark_query(answer.query)
        self.show_place()
        self.follow(soon=not self.filter_bar.input.has_focus)

    def _warmed(self, _: None) -> None:
        """The index is loaded: find misspelt words too, and the best first."""
        self._warming = False
        if parse(self.filter_bar.value).terms:
            self.load_list(self.filter_bar.value, self.briefings.current_key)

    def _list_failed(self, text: str) -> None:
        """Old rows stay; the error stands below, and where the count stood."""
        self._busy_over()
        self.filter_bar.status("✗ not listed")
        self.tell_error(f"{text} · {self.briefreader.key_of('main.reload')} tries again")

    def _show_found(self, answer: Listed) -> None:
        if answer.notes:
            self.filter_bar.status(answer.notes[0])
        elif answer.query.strip() and self._facets is not None:
            self.filter_bar.status(f"{len(answer.keys):,} of {self._facets.total:,} · {answer.ms:.0f} ms")
        else:
            self.filter_bar.status("")
        self.briefings.border_title = self.pane_title("briefings", len(answer.keys))

    def _nothing(self, query: str) -> tuple[str, ...]:
        """What the list says when nothing is found."""
        if not query.strip():
            return "No briefings yet", f"{self.briefreader.key_of('main.add')} adds a file or a folder"
        near = self._nearest_topic(query)
        hints = (f"The nearest topic: {near}",) if near else ()
        return f"Nothing matches {query}", *hints, f"{self.briefreader.key_of('main.escape')} clears the filter"

    def _nearest_topic(self, query: str) -> str:
        """The topic most like the words of the query; "" when none is."""
        if self._facets is None:
            return ""
        from difflib import get_close_matches

        tree = parse(query)
        words = [
            *(term.text for term in tree.words),
            *(f.value for f in tree.filters if f.key in ("topic", "any", "suggested")),
        ]
        names = {label.lower(): topic for topic, label, _ in self._facets.topics} | {
            topic: topic for topic, _, _ in self._facets.topics
        }
        for word in words:
            if found := get_close_matches(word.lower(), names, 1, 0.6):
                return names[found[0]]
        return ""

    def _busy_soon(self) -> None:
        """Old rows stay while loading; after 150 ms the top line says that something goes on."""
        if self._spinner is None:
            self._spinner = self.set_timer(0.15, lambda: self.top.busy("searching"))

    def _busy_over(self) -> None:
        if self._spinner is not None:
            self._spinner.stop()
            self._spinner = None
        self.top.busy("")

    @on(BriefingList.Wanted)
    def _rows_wanted(self, event: BriefingList.Wanted) -> None:
        event.stop()
        keys = event.keys
        self.background("rows", lambda cancelled: self.library.rows(keys), self._rows_came)

    def _rows_came(self, rows: list[BriefingRow]) -> None:
        known = self.briefings.current is not None
        self.briefings.supply(rows)
        if not known:
            self.follow(soon=False)

    # The library

    def load_facets(self) -> None:
        """Count what there is; asked while counting, once more afterwards."""
        self._count_again = self._counting
        if self._counting:
            return
        self._counting = True

        def call(cancelled: CancelCheck) -> tuple[Facets, list[tuple[str, str]]]:
            return self.library.facets(), self.library.saved()

        def counted(answer: tuple[Facets, list[tuple[str, str]]]) -> None:
            self._counting = False
            if self._count_again:
                self.load_facets()
            else:
                self._counted(*answer)

        def failed(text: str) -> None:
            self._counting = False
            self.tell_error(text)

        self.background("facets", call, counted, failed)

    def _counted(self, facets: Facets, saved: list[tuple[str, str]]) -> None:
        self._facets = facets
        self.filter_bar.input.values = completions(facets)
        places = [
            Place("All", "", facets.total),
            Place("Unread", "is:unread", facets.unread, "●"),
            Place("Starred", "is:starred", facets.starred, "★"),
            Place("To tag", "is:inbox", facets.inbox, "?"),
            Place("Noted", "is:noted", facets.noted, "✎"),
        ]
        if saved:
            places.append(Place("Saved searches", None))
            places += [Place(name, query, None, "◆", saved=name) for name, query in saved]
        places.append(Place("Topics", None))
        places += [Place(label, f"topic:{quote(topic)}", count) for topic, label, count in facets.topics]
        if facets.sources:
            places.append(Place("Sources", None))
            places += [Place(name, f"source:{quote(name)}", count) for name, count in facets.sources]
        self.places.show(places)
        self.places.border_title = self.pane_title("library")
        empty = facets.total == 0
        if empty != self.has_class("-empty"):
            self.set_class(empty, "-empty")
            self.call_after_refresh(self.focus_pane)  # the ways to begin take the focus, or give it back
        self.show_place()

    def show_place(self) -> None:
        """Where one is, and what is waiting."""
        facts = ["read-only"] if self.library.readonly else []
        if self._facets is not None:
            facts.append(f"{self._facets.unread:,} unread")
            if self._facets.inbox:
                facts.append(f"{self._facets.inbox:,} to tag")
        if self.marked_ids:
            facts.append(f"{len(self.marked_ids):,} marked" + (" ← next command" if self.armed else ""))
        place = "All" + (f" ▸ {self.listed}" if self.listed.strip() else "")
        self.top.show(place, facts)

    @on(LibraryList.Moved)
    def _place_moved(self, event: LibraryList.Moved) -> None:
        if event.list is not self.places:
            return
        event.stop()
        if self._place_timer is not None:
            self._place_timer.stop()
        self._place_timer = self.set_timer(following.REST, self.open_place)

    def open_place(self) -> None:
        """List what the library's cursor is on, at once."""
        if self._place_timer is not None:
            self._place_timer.stop()
        place = self.places.current
        if place is not None and place.query is not None and place.query != self.filter_bar.value:
            self.filter_bar.set_value(place.query)
            self.load_list(place.query)

    @on(FilterBar.Changed)
    def _filter_changed(self, event: FilterBar.Changed) -> None:
        event.stop()
        self.load_list(event.query, self.briefings.current_key)

    @on(QueryInput.Offered)
    def _offered(self, event: QueryInput.Offered) -> None:
        event.stop()
        self.bottom.offer(event.options)

    # Both anew

    def jump_to(self, briefing_id: str, start: int, end: int | None = None) -> None:
        """Show a briefing at an offset, listing everything if the list hasn't got it."""
        self._jump = (briefing_id, start, end)
        self.when_whole(lambda: self._go_to(briefing_id))

    def _go_to(self, briefing_id: str) -> None:
        index = self.briefings.index_of(briefing_id)
        if index is None:
            self.filter_bar.set_value("")
            self.load_list("", briefing_id)
        else:
            self.briefings.cursor = index
            self.follow(soon=False)

    def refresh_data(self, *, requery: bool = False) -> None:
        """Read again what a change may have touched: rows on screen, counts, topics, insights."""
        self.briefings.forget()
        self.load_facets()
        if requery:
            self.load_list(self.filter_bar.value, self.briefings.current_key)
            return
        keys = self.briefings.nearby()

        def came(rows: list[BriefingRow]) -> None:
            self.briefings.supply(rows)
            self.follow_now()

        self.background("rows", lambda cancelled: self.library.rows(keys), came)
