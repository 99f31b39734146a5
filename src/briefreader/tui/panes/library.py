"""The library pane: selecting a state, saved search, topic or source lists its briefings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on, work
from textual.message import Message

from briefreader.display import one_line
from briefreader.query import Query, parse, quote
from briefreader.tui.messages import ChangeRequested, QueryChanged, StatusChanged
from briefreader.tui.widgets.library_list import LibraryList, Place
from briefreader.tui.workers import Background, debounce, in_thread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from briefreader.library import Library
    from briefreader.library.browsing import Facets


class LibraryPane(LibraryList, Background):
    """The list of places, and its counts."""

    class Counted(Message):
        """The counts changed."""

        def __init__(self, facets: Facets) -> None:
            super().__init__()
            self.facets = facets

    class Opened(Message):
        """The selected place was opened."""

    def __init__(self, library: Library) -> None:
        super().__init__(id="library")
        self.library = library
        self.facets: Facets | None = None
        self._counting = False
        self._count_again = False

    @work(group="facets", exit_on_error=False, description="count")
    async def load(self) -> None:
        """Count everything; calls while counting cause one more count afterwards."""
        self._count_again = self._counting
        if self._counting:
            return
        self._counting = True
        try:
            facets = await in_thread(lambda cancelled: self.library.facets())
            saved = await in_thread(lambda cancelled: self._saved())
        finally:
            self._counting = False
        if self._count_again:
            self.load()
            return
        self.facets = facets
        self.show(places_of(facets, saved))
        self.post_message(self.Counted(facets))

    def _saved(self) -> list[tuple[str, str, int | None]]:
        """Return the names, queries and counts of the saved searches.

        The count is None if the query has words, since searching for these takes longer.
        """
        return [
            (name, query, None if parse(query).terms else self.library.count(query))
            for name, query in self.library.saved()
        ]

    def show_query(self, query: Query) -> None:
        """Mark the place whose briefings are listed."""
        self.mark_query(query.typed)

    @on(LibraryList.Moved)
    def _moved(self, event: LibraryList.Moved) -> None:
        event.stop()
        self._list_place()

    @work(exclusive=True, group="list", exit_on_error=False, description="list a place")
    async def _list_place(self) -> None:
        await debounce()
        self._ask_for_place()

    @on(LibraryList.Chosen)
    def _chosen(self, event: LibraryList.Chosen) -> None:
        event.stop()
        self.workers.cancel_group(self, "list")
        self._ask_for_place()
        self.post_message(self.Opened())

    def _ask_for_place(self) -> None:
        place = self.current
        if place is not None and place.query is not None and place.query != self.listed_query:
            self.post_message(QueryChanged(parse(place.query)))

    def action_drop_saved(self) -> None:
        """Delete the saved search."""
        place = self.current
        if place is not None and place.saved:
            summary = f"Deleted search “{one_line(place.saved, 40)}”"
            self.post_message(ChangeRequested(lambda: self.library.drop_search(place.saved), summary))
        else:
            self.post_message(StatusChanged("Select a saved search to delete", "warning"))

    def action_rename_saved(self) -> None:
        """Rename the saved search."""
        from briefreader.tui.screens.dialog import Prompt

        place = self.current
        if place is None or not place.saved:
            self.post_message(StatusChanged("Select a saved search to rename", "warning"))
            return
        before = place.saved

        def rename(name: str | None) -> None:
            if name and name != before:
                summary = f"Renamed search to “{one_line(name, 40)}”"
                self.post_message(ChangeRequested(lambda: self.library.rename_search(before, name), summary))

        self.app.push_screen(Prompt("Rename the search", f"New name for: {before}", before), rename)


def notices_of(facets: Facets | None) -> list[str]:
    """Return the notices in the top line: how many briefings are unread or to review."""
    if facets is None:
        return []
    return [f"{facets.unread:,} unread", *([f"{facets.inbox:,} to review"] if facets.inbox else [])]


def places_of(facets: Facets, saved: Sequence[tuple[str, str, int | None]]) -> list[Place]:
    """Return the rows of the pane, in order."""
    places = [
        Place("All", "", facets.total),
        Place("Unread", "is:unread", facets.unread, "●"),
        Place("Starred", "is:starred", facets.starred, "★"),
        Place("To review", "is:inbox", facets.inbox, "?"),
        Place("Noted", "is:noted", facets.noted, "✎"),
    ]
    if saved:
        places.append(Place("Saved searches", None))
        places += [Place(name, query, count, "◆", saved=name) for name, query, count in saved]
    places.append(Place("Topics", None))
    places += [Place(label, f"topic:{quote(topic)}", count) for topic, label, count in facets.topics]
    if facets.sources:
        places.append(Place("Sources", None))
        places += [Place(name, f"source:{quote(name)}", count) for name, count in facets.sources]
        if facets.without_source:
            places.append(Place("(no source)", "source:none", facets.without_source))
    return places
