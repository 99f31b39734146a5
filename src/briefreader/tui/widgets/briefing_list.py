"""The list of briefings, which loads rows when they scroll into view."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.message import Message

from briefreader.display import one_line
from briefreader.tui.explanations import plain_line
from briefreader.tui.widgets.cells import Piece, cut, fit, short_date
from briefreader.tui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from rich.style import Style

    from briefreader.model import BriefingRow
    from briefreader.tui.listings import Page

MAX_CACHED_ROWS = 2_000  # above this, rows off screen are discarded; a screen shows about fifty
MIN_SOURCE_WIDTH = 50  # minimum width, in cells, of a row with a column for the source
MIN_TOPICS_WIDTH = 56  # minimum width, in cells, of a row with topics beside the title rather than below
MIN_TITLE_WIDTH = 18  # minimum width, in cells, of a title beside topics


class BriefingList(VirtualList):
    """A list of briefings; it requests the rows on screen that aren't loaded."""

    SCOPES: ClassVar[tuple[str, ...]] = ("briefings", "list")

    class RowsRequested(Message):
        """Rows should be loaded and passed to ``supply``."""

        def __init__(self, keys: list[int]) -> None:
            super().__init__()
            self.keys = keys

    def __init__(self, *, id: str | None = None, today: datetime.date) -> None:
        super().__init__(id=id)
        self.keys: list[int] = []
        self.whole = True  # False while only the first page of a list is loaded
        self._to_bottom = False  # whether the cursor moves to the last row when the list is whole
        self.marks: set[int] = set()
        self._today = today
        self._several_sources = False  # if not, the source is hidden
        self._abstracts: dict[int, str] = {}
        self._rows: dict[int, BriefingRow] = {}
        self._asked: set[int] = set()
        self._missing: set[int] = set()

    def show(self, keys: list[int], page: Page, cursor: int, *, whole: bool = True) -> None:
        """Show these briefings.

        If they aren't the ``whole`` list, ``show_all`` adds the rest.
        """
        self.keys, self.whole, self._to_bottom = keys, whole, False
        self._several_sources = False
        self.supply(page, redraw=False)
        self.reset(len(keys), cursor)

    def show_all(self, keys: list[int]) -> None:
        """Replace a first page with the whole list.

        The cursor and the rows on screen stay.
        """
        self.keys, self.whole = keys, True
        self.grow(len(keys))
        if self._to_bottom:
            self.cursor = len(keys) - 1

    def action_cursor_bottom(self) -> None:
        """Go to the last row, and again when the rest of the list is added."""
        self._to_bottom = not self.whole
        super().action_cursor_bottom()

    def supply(self, page: Page, *, redraw: bool = True) -> None:
        """Store new or changed rows."""
        if len(self._rows) > MAX_CACHED_ROWS:
            on_screen = {self.keys[index] for index in self.visible_rows if index < len(self.keys)}
            self._rows = {key: row for key, row in self._rows.items() if key in on_screen}
            self._abstracts = {key: text for key, text in self._abstracts.items() if key in on_screen}
        self._abstracts.update(page.abstracts)
        sources = set()
        for row in page.rows:
            self._rows[row.key] = row
            self._asked.discard(row.key)
            sources.add(row.source)
        self._several_sources = self._several_sources or len(sources) > 1
        if redraw:
            self.refresh()

    def set_row_height(self, height: int) -> None:
        """Set the height of a row: one line, or two with the abstract."""
        if height != self.row_height:
            self.row_height = height
            self.reset(self.count, self.cursor)

    def forget(self) -> None:
        """Discard the rows off screen, so that they are loaded again when shown."""
        on_screen = {self.keys[index] for index in self.visible_rows if index < len(self.keys)}
        self._rows = {key: row for key, row in self._rows.items() if key in on_screen}
        self._asked.clear()

    @property
    def current(self) -> BriefingRow | None:
        """The selected row, or None if it isn't loaded."""
        return self._rows.get(self.keys[self.cursor]) if self.keys else None

    @property
    def current_key(self) -> int | None:
        """The selected row key, or None if the list is empty."""
        return self.keys[self.cursor] if self.keys else None

    def index_of(self, id: str) -> int | None:
        """Return the position of a briefing, or None if its row isn't loaded."""
        key = next((row.key for row in self._rows.values() if row.id == id), None)
        return self.keys.index(key) if key in self.keys else None

    def nearby(self) -> list[int]:
        """Return the keys on screen, and as many above and below, at least 20 each."""
        shown = self.visible_rows
        size = max(len(shown), 20)
        return self.keys[max(shown.start - size, 0) : shown.stop + size]

    def toggle_mark(self) -> None:
        """Mark or unmark the selected briefing."""
        if (key := self.current_key) is not None:
            self.marks ^= {key}
            self.refresh_row(self.cursor)

    def render_row(self, index: int, line: int, width: int, base: Style) -> list[Piece]:
        """Return one line of a row as styled pieces."""
        key = self.keys[index]
        row = self._rows.get(key)
        bar = ("▌" if index == self.cursor else " ", self.part("accent", base))
        if row is None:
            self._request(key)
            return [bar, (" …", self.part("muted", base))]
        if line:
            return [bar, *self._second_line(row, width - 1, base)]
        marked = key in self.marks
        state = "x" if marked else "●" if not row.read else " "
        pieces: list[Piece] = [
            bar,
            (state, self.part("mark" if marked else "topic", base)),
            ("★" if row.starred else "✎" if row.noted else " ", self.part("accent", base)),
            (f"{shown_date(row, self._today)} ", self.part("muted", base)),
        ]
        if self._several_sources and self.row_height == 1 and width >= MIN_SOURCE_WIDTH:
            size = 12 if width >= 72 else 8
            pieces.append((fit(one_line(row.source, 40), size) + " ", self.part("muted", base)))
        left = width - sum(cell_len(text) for text, _ in pieces) - 1
        title = one_line(row.title, 2 * width) or "Untitled"
        if self.row_height > 1 and width < MIN_TOPICS_WIDTH:
            return [*pieces, (cut(title, left), self.part("strong", base) if not row.read else base)]
        # If space is short, shorten the title first, down to its minimum, then the topics.
        topics, style = self._topics(row, max(left - min(cell_len(title), MIN_TITLE_WIDTH) - 1, left // 3))
        left -= cell_len(topics) + (1 if topics else 0)
        pieces.append((fit(title, max(left, 4)), self.part("strong", base) if not row.read else base))
        if topics:
            pieces.append((" " + topics, self.part(style, base)))
        return pieces

    def _second_line(self, row: BriefingRow, width: int, base: Style) -> list[Piece]:
        """Return the second line: source and abstract.

        Topics come first if they don't fit beside the title.
        """
        topics, style = self._topics(row, width // 3) if width < MIN_TOPICS_WIDTH else ("", "")
        about = plain_line(self._abstracts.get(row.key, ""), 2 * width)
        room = max(width // 3, 8) if about else width
        source = cut(one_line(row.source, 40), room) if self._several_sources else ""
        text = " · ".join(filter(None, (source, about)))
        if topics:
            lead, text = (f"   {topics}", self.part(style, base)), f" · {text}"
        else:
            lead = ("   ", base)
        return [lead, (cut(text, width - 1 - cell_len(lead[0])), self.part("muted", base))]

    @staticmethod
    def _topics(row: BriefingRow, room: int) -> tuple[str, str]:
        """Return the topics as text, and the name of its style.

        One or two topics are shown, with their shares if these fit, and a count of the others. If none is assigned,
        suggestions are shown with a ``?``.
        """
        topics = list(row.topics) or [f"{score.topic}?" for score in row.suggested]
        style = "topic" if row.topics else "muted"
        shares = [f" {share:.0%}" if share else "" for share in row.shares] or [""] * len(topics)
        shown = ""
        for count in range(min(len(topics), 2), 0, -1):
            more = f" +{len(topics) - count}" if count < len(topics) else ""
            for figures in (shares, [""] * len(topics)):
                shown = " ".join(map("".join, zip(topics[:count], figures[:count], strict=True))) + more
                if cell_len(shown) <= room:
                    return shown, style
        return cut(shown, room), style

    def _request(self, key: int) -> None:
        """Request the row of ``key`` and others nearby, unless it was requested already."""
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
            self.post_message(self.RowsRequested(wanted))


def shown_date(row: BriefingRow, today: datetime.date) -> str:
    """Return when a briefing was published, in seven cells.

    This is the time if it was today (``14:05``), else the date. Without a publication date, return the date when it was
    added, with a plus: ``+22 Nov``, ``+Nov’24``. Without either, return blanks.
    """
    if row.published:
        return _time(row.published, today) or short_date(row.published, today.year)
    return f"+{short_date(row.added, today.year).replace(' ’', '’').rstrip():<6}" if row.added else " " * 7


def _time(moment: str, today: datetime.date) -> str:
    """Return the local time of an ISO timestamp, in seven cells.

    Return "" if it isn't of today or has no time.
    """
    if len(moment) <= len("2026-02-20"):
        return ""
    try:
        at = datetime.datetime.fromisoformat(moment)
    except ValueError:
        return ""
    at = at.astimezone() if at.tzinfo is not None else at
    return f"{at:%H:%M}  " if at.date() == today else ""
