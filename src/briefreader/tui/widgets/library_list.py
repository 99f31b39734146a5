"""The list of places: states, saved searches, topics and sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from briefreader.display import one_line
from briefreader.records import dataclass
from briefreader.tui.keys import bindings
from briefreader.tui.widgets.cells import Piece, cut, fit
from briefreader.tui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style
    from textual.binding import BindingType


@dataclass(frozen=True, slots=True)
class Place:
    """A row of the library pane: a query with its label, or a heading.

    Selecting it lists the briefings that match the query. A heading has no query. ``saved`` is the name of a saved
    search, else "".
    """

    label: str
    query: str | None
    count: int | None = None
    sign: str = " "
    saved: str = ""


class LibraryList(VirtualList):
    """A list of places; ``▸`` marks the one whose briefings are listed."""

    SCOPES: ClassVar[tuple[str, ...]] = ("library", "list")
    empty = ("Counting …",)
    BINDINGS: ClassVar[list[BindingType]] = bindings("library")

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.places: Sequence[Place] = ()
        self.listed_query = ""

    def show(self, places: Sequence[Place]) -> None:
        """Show these places, keeping the selected one."""
        here = self.current
        self.places = places
        keep = next((n for n, place in enumerate(places) if here and place.query == here.query), 0)
        self.reset(len(places), keep)

    @property
    def current(self) -> Place | None:
        """The selected place, or None before the first count."""
        return self.places[self.cursor] if self.places else None

    def mark_query(self, query: str) -> None:
        """Mark the place with this query."""
        before, self.listed_query = self.listed_query, query
        for n, place in enumerate(self.places):
            if place.query in (before, query) and before != query:
                self.refresh_row(n)

    def is_heading(self, index: int) -> bool:
        """Whether a row is a heading, which has no query."""
        return self.places[index].query is None

    def render_row(self, index: int, line: int, width: int, base: Style) -> list[Piece]:
        """Return one line of a row as styled pieces."""
        place = self.places[index]
        if place.query is None:
            return [(" " + cut(place.label, width - 1), self.part("muted", base))]
        here = place.query == self.listed_query
        count = "" if place.count is None else f"{place.count:,}"
        sign = "▸" if here else place.sign
        bar = "▌" if index == self.cursor else " "
        label = fit(one_line(place.label, 60), max(width - 5 - len(count), 4))
        style = self.part("strong", base) if here else base
        return [
            (bar, self.part("accent", base)),
            (sign + " ", self.part("accent", base)),
            (label, style),
            (f" {count}", self.part("muted", base)),
        ]
