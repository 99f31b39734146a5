"""The briefings pane: lists the matches of a query, and keeps the marks."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING

from textual import on, work
from textual.message import Message

from briefreader.query import Query
from briefreader.tui.listings import Listing, Page, all_keys, find_briefings, page_of
from briefreader.tui.messages import BriefingOpened, BriefingSelected
from briefreader.tui.preload import exempt_from_collection
from briefreader.tui.widgets.briefing_list import BriefingList
from briefreader.tui.widgets.query_input import QueryStatus
from briefreader.tui.workers import Background, describe_error, in_thread

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator

    from briefreader.library import Library

DRAW_DELAY = 0.04  # seconds that the rest of the screen waits for a list, to be drawn together with it
SPINNER_DELAY = 0.15  # seconds after which loading is indicated
_SLICE = 200  # number of rows loaded at a time to find an unread one


class BriefingsPane(BriefingList, Background):
    """A list of the briefings that match a query, one of them selected."""

    class Listed(Message):
        """Briefings are listed: the first page, or all of them (``listing.whole``)."""

        def __init__(self, listing: Listing, *, new: bool) -> None:
            super().__init__()
            self.listing = listing
            self.new = new  # False if the rest was added to a listed first page

    class Loading(Message):
        """Loading takes longer than ``SPINNER_DELAY``; the old rows stay until it ends."""

    class NotListed(Message):
        """Listing failed; the old rows stay."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, library: Library, *, today: datetime.date) -> None:
        super().__init__(id="briefings", today=today)
        self.library = library
        self.query_shown = Query()
        self._pending: tuple[Query, int | str | None] | None = None  # arguments of the ``load`` that is running
        self.marked_ids: dict[int, str] = {}  # row key → ID
        self.cleared_marks: dict[int, str] = {}
        self._listed_whole = asyncio.Event()

    # Lists

    def load(self, query: Query, keep: int | str | None = None) -> None:
        """List the briefings that match a query.

        ``keep`` (row key or ID) is selected if it is among them.
        """
        self._pending = query, keep
        self._load(query, keep)

    @work(exclusive=True, group="list", exit_on_error=False, description="list briefings")
    async def _load(self, query: Query, keep: int | str | None) -> None:
        """Run the query in a thread, and show the list or report an error."""
        self.workers.cancel_group(self, "rest")
        marks = set(self.marked_ids)
        finding = asyncio.ensure_future(
            in_thread(lambda cancelled: find_briefings(self.library, query, keep, marks, cancelled))
        )
        spinner = self.set_timer(SPINNER_DELAY, lambda: finding.done() or self.post_message(self.Loading()))
        try:
            with self._drawn_together():  # the other effects of a key, and the list
                await asyncio.wait([finding], timeout=DRAW_DELAY)
            listing = await finding
        except Exception as error:
            self.post_message(self.NotListed(describe_error(error)))
        else:
            self._pending = None
            with self._drawn_together():  # the rows and the count
                self._show_listing(listing)
                # the screen handles ``Listed``, the count asks to be redrawn, and the screen receives that
                for pump in (self.screen, *self.screen.query(QueryStatus), self.screen):
                    handled = asyncio.Event()
                    if pump.call_later(handled.set):
                        await handled.wait()
            if not listing.whole:
                self.call_after_refresh(self._load_rest, listing)  # draw the first page first
            if listing.quick:
                self._load_index()
        finally:
            finding.cancel()
            spinner.stop()

    @contextmanager
    def _drawn_together(self) -> Iterator[None]:
        """Draw what changes in the block in one frame, right after it."""
        with self.app.batch_update():
            yield
        self.screen.check_idle()  # the end of a batch wakes only the app, not the screen, which draws

    def show_first(self, page: Listing) -> None:
        """Show a first page until ``load`` finishes."""
        self._show_listing(page)

    def reload(self) -> None:
        """Reload the list that is shown or being loaded, keeping the selected briefing."""
        self.load(*(self._pending or (self.query_shown, self.current_key)))

    def _show_listing(self, listing: Listing) -> None:
        """Show a list or its first page, and post ``Listed``."""
        self._listed_whole.clear()
        self.query_shown = listing.query
        self.show(listing.keys, listing.page, listing.start, whole=listing.whole)
        self.marks = set(self.marked_ids)
        self.screen.post_message(self.Listed(listing, new=True))
        if listing.whole:
            self._listed_whole.set()

    @work(exclusive=True, group="rest", exit_on_error=False, description="list the rest")
    async def _load_rest(self, listing: Listing) -> None:
        keys = await in_thread(lambda cancelled: all_keys(self.library, listing.query, listing.keys))
        self.show_all(keys)
        self._listed_whole.set()
        self.post_message(self.Listed(Listing(listing.query, keys, Page([], {}), listing.start, listing.ms), new=False))

    @work(exclusive=True, group="warm", exit_on_error=False, description="load the search index")
    async def _load_index(self) -> None:
        """Load the search index, then reload the list.

        With the index, the list has fuzzy matches, sorted by relevance.
        """
        await in_thread(lambda cancelled: self.library.warm())
        exempt_from_collection(self.app)
        if self.query_shown.terms:
            self.reload()

    async def listed_whole(self) -> None:
        """Wait until ``keys`` has all matches, not only the first page."""
        await self._listed_whole.wait()

    # Rows

    @on(BriefingList.RowsRequested)
    def _rows_requested(self, event: BriefingList.RowsRequested) -> None:
        event.stop()
        self._load_rows(event.keys)

    def refresh_rows(self) -> None:
        """Reload the rows on screen and near them, after a change."""
        self.forget()
        self._load_rows(self.nearby(), changed=True)

    def load_current(self) -> None:
        """Load the selected row; a hidden list doesn't request rows by itself."""
        self._load_rows(self.keys[self.cursor : self.cursor + 1])

    @work(exclusive=True, group="rows", exit_on_error=False, description="load rows")
    async def _load_rows(self, keys: list[int], *, changed: bool = False) -> None:
        known = self.current is not None
        self.supply(await in_thread(lambda cancelled: page_of(self.library, keys)))
        if changed or (not known and self.current is not None):
            self.post_message(BriefingSelected(self.current, at_once=True))

    # The cursor

    @on(BriefingList.Moved)
    def _moved(self, event: BriefingList.Moved) -> None:
        event.stop()
        self.post_message(BriefingSelected(self.current))

    @on(BriefingList.Chosen)
    def _chosen(self, event: BriefingList.Chosen) -> None:
        event.stop()
        self.post_message(BriefingOpened())

    @work(exclusive=True, group="select", exit_on_error=False, description="select a briefing")
    async def select(self, briefing_id: str) -> None:
        """Select a briefing; if it isn't listed, list all briefings first."""
        await self.listed_whole()
        key = await in_thread(lambda cancelled: self.library.key_of(briefing_id))
        if key in self.keys:
            self.cursor = self.keys.index(key)
            self.post_message(BriefingSelected(self.current, at_once=True))
        else:
            self.load(Query(), briefing_id)

    async def next_unread(self, by: int) -> bool:
        """Select the next unread briefing below (1) or above (-1).

        Return whether there is one.
        """
        await self.listed_whole()
        keys, at = self.keys, self.cursor
        ahead = keys[at + 1 :] if by > 0 else keys[:at][::-1]
        for start in range(0, len(ahead), _SLICE):
            part = ahead[start : start + _SLICE]
            unread = await self._unread(part)
            if found := next((key for key in part if key in unread), None):
                self.cursor = keys.index(found)
                return True
        return False

    async def _unread(self, keys: list[int]) -> set[int]:
        """Return the row keys of the unread ones among the briefings ``keys``."""
        rows = await in_thread(lambda cancelled: self.library.rows(keys))
        return {row.key for row in rows if not row.read}

    # Marks

    def toggle_mark(self) -> None:
        """Mark or unmark the briefing under the cursor."""
        if (row := self.current) is not None:
            if row.key in self.marked_ids:
                del self.marked_ids[row.key]
            else:
                self.marked_ids[row.key] = row.id
            super().toggle_mark()

    def set_marks(self, marked: dict[int, str]) -> None:
        """Replace the marks; the previous ones stay in ``cleared_marks``."""
        if self.marked_ids:
            self.cleared_marks = self.marked_ids
        self.marked_ids = dict(marked)
        self.marks = set(self.marked_ids)
        self.refresh()
