"""The three lists of the main screen: what there is, the briefings, and the insights of one briefing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.message import Message

from briefreader.display import one_line
from briefreader.tui.keys import bindings
from briefreader.tui.widgets.cells import Piece, ago, cut, fit, said
from briefreader.tui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.style import Style
    from textual.binding import BindingType

    from briefreader.model import BriefingRow, InsightRow

_CACHED = 2_000  # rows kept; a screenful is fifty
_TELLING = 12  # cells beside a title from which on a piece of the text says something


class BriefingList(VirtualList):
    """Briefings by their row keys; asks for the rows that are on screen and not known yet."""

    SCOPES: ClassVar[tuple[str, ...]] = ("briefings", "list")

    class Wanted(Message):
        """Rows are on screen that ``supply`` has not given yet."""

        def __init__(self, keys: list[int]) -> None:
            super().__init__()
            self.keys = keys

    def __init__(self, *, id: str | None = None, year: int = 0) -> None:
        super().__init__(id=id)
        self.keys: list[int] = []
        self.whole = True  # False while only the first page of a list is there
        self._to_bottom = False  # where the cursor goes once the rest is there
        self.marks: set[int] = set()
        self._year = year
        self._rows: dict[int, BriefingRow] = {}
        self._asked: set[int] = set()
        self._missing: set[int] = set()

    def show(
        self, keys: list[int], rows: Iterable[BriefingRow], keep: int | None = None, *, whole: bool = True
    ) -> None:
        """Show these briefings; the cursor stays on key ``keep`` if it is among them.

        Where they are not the ``whole`` list, ``go_on`` gives the rest.
        """
        self.keys, self.whole, self._to_bottom = keys, whole, False
        self.supply(rows, redraw=False)
        cursor = keys.index(keep) if keep is not None and keep in keys else min(self.cursor, max(len(keys) - 1, 0))
        if keep is not None and keep not in keys:
            cursor = 0
        self.reset(len(keys), cursor)

    def go_on(self, keys: list[int]) -> None:
        """The whole list, of which a first part is shown: nothing on screen moves, the cursor stays."""
        self.keys, self.whole = keys, True
        self.grow(len(keys))
        if self._to_bottom:
            self.cursor = len(keys) - 1

    def action_cursor_bottom(self) -> None:
        """Last row; the last of all, should they not be there yet."""
        self._to_bottom = not self.whole
        super().action_cursor_bottom()

    def supply(self, rows: Iterable[BriefingRow], *, redraw: bool = True) -> None:
        """Take in rows, new or changed."""
        if len(self._rows) > _CACHED:
            on_screen = {self.keys[index] for index in self.visible_rows if index < len(self.keys)}
            self._rows = {key: row for key, row in self._rows.items() if key in on_screen}
        for row in rows:
            self._rows[row.key] = row
            self._asked.discard(row.key)
        if redraw:
            self.refresh()

    def forget(self) -> None:
        """Drop what is known of all rows but those on screen: they may have changed."""
        on_screen = {self.keys[index] for index in self.visible_rows if index < len(self.keys)}
        self._rows = {key: row for key, row in self._rows.items() if key in on_screen}
        self._asked.clear()

    @property
    def current(self) -> BriefingRow | None:
        """The row under the cursor, if there is one and it is known."""
        return self._rows.get(self.keys[self.cursor]) if self.keys else None

    @property
    def current_key(self) -> int | None:
        """The key under the cursor."""
        return self.keys[self.cursor] if self.keys else None

    def index_of(self, id: str) -> int | None:
        """Where a briefing stands whose row is known."""
        key = next((row.key for row in self._rows.values() if row.id == id), None)
        return self.keys.index(key) if key in self.keys else None

    def nearby(self) -> list[int]:
        """Keys on screen and a screenful on either side."""
        shown = self.visible_rows
        size = max(len(shown), 20)
        return self.keys[max(shown.start - size, 0) : shown.stop + size]

    def toggle_mark(self) -> None:
        """Mark or unmark the briefing under the cursor."""
        if (key := self.current_key) is not None:
            self.marks ^= {key}
            self.refresh_row(self.cursor)

    def render_row(self, index: int, line: int, width: int, base: Style) -> list[Piece]:
        key = self.keys[index]
        row = self._rows.get(key)
        bar = ("▌" if index == self.cursor else " ", self.part("accent", base))
        if row is None:
            self._want(key)
            return [bar, (" …", self.part("muted", base))]
        marked = key in self.marks
        state = "x" if marked else "●" if not row.read else " "
        title_style = self.part("strong", base) if not row.read else base
        source_width = 12 if width >= 72 else 8 if width >= 56 else 0
        pieces: list[Piece] = [
            bar,
            (state, self.part("mark" if marked else "topic", base)),
            ("★" if row.starred else "✎" if row.noted else " ", self.part("accent", base)),
            (f"{_dated(row, self._year)} ", self.part("muted", base)),
        ]
        if source_width:
            pieces.append((fit(one_line(row.source, 40), source_width) + " ", self.part("muted", base)))
        topics, topic_style = self._topics(row, width // 3 if width >= 60 else width // 4)
        left = width - sum(cell_len(text) for text, _ in pieces) - cell_len(topics) - (1 if topics else 0) - 1
        pieces.append((fit(one_line(row.title, 2 * width) or "Untitled", max(left, 4)), title_style))
        if topics:
            pieces.append((" " + topics, self.part(topic_style, base)))
        return pieces

    @staticmethod
    def _topics(row: BriefingRow, room: int) -> tuple[str, str]:
        """The topics as far as they fit, then how many more: ``pricing +2``; suggestions with a question mark."""
        topics = list(row.topics) or [f"{score.topic}?" for score in row.suggested]
        style = "topic" if row.topics else "muted"
        if not topics:
            return "", style
        shown = topics[0]
        for count in range(len(topics), 0, -1):
            more = f" +{len(topics) - count}" if count < len(topics) else ""
            shown = " ".join(topics[:count]) + more
            if cell_len(shown) <= room:
                return shown, style
        return cut(shown, room), style

    def _want(self, key: int) -> None:
        """Ask once for what is on screen and not known."""
        if key in self._asked:
            return
        if not self._missing:
            self.call_after_refresh(self._ask)
        self._missing.add(key)
        self._asked.add(key)

    def _ask(self) -> None:
        self._missing.clear()
        wanted = [key for key in self.nearby() if key not in self._rows]
        self._asked.update(wanted)
        if wanted:
            self.post_message(self.Wanted(wanted))


def _dated(row: BriefingRow, year: int) -> str:
    """When it was published, in seven cells; else when it was added, with a plus: ``+22 Nov``, ``+Nov’24``."""
    if row.published:
        return ago(row.published, year)
    return f"+{ago(row.added, year).replace(' ’', '’').rstrip():<6}" if row.added else " " * 7


class InsightList(VirtualList):
    """The insights of one briefing, stated ones first."""

    SCOPES: ClassVar[tuple[str, ...]] = ("insights", "list")

    empty = ("No insights",)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.rows: Sequence[InsightRow] = ()

    def show(self, rows: Sequence[InsightRow], cursor: int = 0) -> None:
        """Show these insights."""
        self.rows = rows
        self.reset(len(rows), cursor)

    @property
    def current(self) -> InsightRow | None:
        """The insight under the cursor."""
        return self.rows[self.cursor] if self.rows else None

    def point_at(self, start: int, end: int) -> None:
        """The cursor goes to the insight of a passage, where it is one's."""
        at = next((n for n, row in enumerate(self.rows) if (row.start, row.end) == (start, end)), None)
        if at is not None:
            self.cursor = at

    def render_row(self, index: int, line: int, width: int, base: Style) -> list[Piece]:
        row = self.rows[index]
        number = row.id.rpartition(".")[2]
        kind = {"own": "✎", "extracted": "~"}.get(row.kind, " ")
        topics = cut(" ".join(row.topics), width // 3)
        pieces: list[Piece] = [
            ("▌" if index == self.cursor else " ", self.part("accent", base)),
            (f"{cut(number, 3):>2}{kind} ", self.part("muted", base)),
        ]
        left = width - 6 - cell_len(topics) - (1 if topics else 0)
        title = cut(one_line(row.title or row.text, 2 * width), max(left, 4))
        rest = left - cell_len(title) - 2
        goes_on = one_line(row.text[said(row.title, row.text) :], 2 * width) if rest >= _TELLING else ""
        pieces += [(title, base), (fit("  " + goes_on, max(rest, 0) + 2) if goes_on else "", self.part("muted", base))]
        if topics:
            pieces.append((" " * (width - 1 - sum(cell_len(text) for text, _ in pieces) - cell_len(topics) - 1), base))
            pieces.append((" " + topics, self.part("topic", base)))
        return pieces


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the library: what it is called, what it shows, how many; a heading has no query."""

    label: str
    query: str | None
    count: int | None = None
    sign: str = " "
    saved: str = ""


class LibraryList(VirtualList):
    """Everything, unread, starred, the inbox, topics, sources and saved searches, with counts."""

    SCOPES: ClassVar[tuple[str, ...]] = ("library", "list")
    empty = ("Counting …",)
    BINDINGS: ClassVar[list[BindingType]] = bindings("library")

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.places: Sequence[Place] = ()
        self.query_shown = ""

    def show(self, places: Sequence[Place]) -> None:
        """Show these places; the cursor stays on the same one."""
        here = self.current
        self.places = places
        keep = next((n for n, place in enumerate(places) if here and place.query == here.query), 0)
        self.reset(len(places), keep)

    @property
    def current(self) -> Place | None:
        """The place under the cursor."""
        return self.places[self.cursor] if self.places else None

    class DropAsked(Message):
        """The saved search under the cursor is to go."""

    class RenameAsked(Message):
        """The saved search under the cursor is to have another name."""

    def action_drop_saved(self) -> None:
        """Take the saved search off."""
        self.post_message(self.DropAsked())

    def action_rename_saved(self) -> None:
        """Give the saved search another name."""
        self.post_message(self.RenameAsked())

    def mark_query(self, query: str) -> None:
        """Point at the place whose briefings are shown now."""
        before, self.query_shown = self.query_shown, query
        for n, place in enumerate(self.places):
            if place.query in (before, query) and before != query:
                self.refresh_row(n)

    def is_heading(self, index: int) -> bool:
        """What has no query shows no briefings."""
        return self.places[index].query is None

    def render_row(self, index: int, line: int, width: int, base: Style) -> list[Piece]:
        place = self.places[index]
        if place.query is None:
            return [(" " + cut(place.label, width - 1), self.part("muted", base))]
        here = place.query == self.query_shown
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
