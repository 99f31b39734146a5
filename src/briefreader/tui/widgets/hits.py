"""The hits of an insight search, of two lines: the title, then the source and an excerpt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

from briefreader.display import clean, one_line
from briefreader.model import Hit
from briefreader.tui.widgets.cells import Piece, cut, title_length
from briefreader.tui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style


LINE = "─"  # the item that separates full matches from partial ones


class HitList(VirtualList):
    """A list of hits, by relevance or grouped by briefing, with matches highlighted."""

    row_height = 2
    empty = ("Type to search every key insight", "Typos are OK. Narrow with topic:, source:, after:")

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.items: list[Hit | str] = []  # a string is the title of a briefing above its hits, or LINE
        self.marked: set[str] = set()
        self._grouped = False

    def show(self, hits: Sequence[Hit], grouped: bool, keep: Hit | None = None) -> None:
        """Show hits by relevance, or grouped by briefing.

        If ``keep`` is among them, the cursor moves to it.
        """
        self.items = list(hits)
        self._grouped = grouped
        line = next((n for n, hit in enumerate(hits) if hit.below and n), None)
        if line is not None and not grouped:
            self.items.insert(line, LINE)
        if grouped:
            order = list(dict.fromkeys(hit.row.briefing_id for hit in hits))
            self.items = []
            for briefing_id in order:
                own_hits = [hit for hit in hits if hit.row.briefing_id == briefing_id]
                self.items += [own_hits[0].row.briefing_title, *own_hits]
        start = next((n for n, item in enumerate(self.items) if keep and item == keep), None)
        self.reset(len(self.items), start if start is not None else 1 if grouped and self.items else 0)

    @property
    def current(self) -> Hit | None:
        """The selected hit, or None if there are none."""
        item = self.items[self.cursor] if self.cursor < len(self.items) else None
        return item if isinstance(item, Hit) else None

    def is_heading(self, index: int) -> bool:
        """Whether a row is a briefing's title, or the separator above partial matches."""
        return isinstance(self.items[index], str)

    def render_row(self, index: int, line: int, width: int, base: Style) -> list[Piece]:
        """Return one line of a row as styled pieces."""
        item = self.items[index]
        bar = ("▌" if index == self.cursor else " ", self.part("accent", base))
        if isinstance(item, str):
            if item == LINE:
                return [("─" * (width - 1) if not line else "  Partial matches and passages", self.part("muted", base))]
            return [(" " + one_line(item, 2 * width), self.part("strong", base))] if line else []
        row = item.row
        sign = "x " if row.id in self.marked else "≈ " if item.meaning else "  "
        mark = (sign, self.part("mark", base))
        at = len(row.title) + 1
        topics = cut(" ".join(row.topics), width // 3)
        room = width - 5 - cell_len(topics)
        if line == 0:
            title = row.title or row.text[: 3 * width]
            spans = [(start, end) if row.title else (start - at, end - at) for start, end in item.spans]
            highlighted = self._highlighted(
                title, [span for span in spans if span[1] <= len(title)], room, self.part("strong", base)
            )
            pad = " " * (room - sum(cell_len(text) for text, _ in highlighted) + 1)
            return [bar, mark, *highlighted, (pad, base), (topics, self.part("topic", base))]
        muted = self.part("muted", base)
        # Start after the part of the text that the first line shows already.
        skip = title_length(row.title, row.text) if row.title else _fitting(row.text, room)
        spans = [(start - at - skip, end - at - skip) for start, end in item.spans if start >= at + skip]
        rest = row.text[skip:] if len(row.text) - skip > 2 else ""
        month = row.published[:7]
        kind = f"+{item.others}" if item.others else "" if item.kind == "insight" else item.kind
        origin = "" if self._grouped else one_line(row.source or row.briefing_title, 2 * width)
        about = " · ".join(filter(None, (kind, cut(origin, _origin_width(width, month, rest)), month)))
        lead = f"  {about}  "
        text, spans = _snippet(rest, spans, "…" if rest and not row.title else "", max(width - cell_len(lead) - 3, 8))
        return [bar, (lead, muted), *self._highlighted(text, spans, width - cell_len(lead) - 2, base)]

    def _highlighted(self, text: str, spans: Sequence[tuple[int, int]], room: int, style: Style) -> list[Piece]:
        """Return the text with its spans highlighted, within ``room`` cells."""
        shown = cut(_plain(text), room)
        found = style + self.get_component_rich_style("row--found", partial=True)
        pieces: list[Piece] = []
        at = 0
        for start, end in sorted(spans):
            start, end = max(start, at), min(end, len(shown))
            if start < end:
                pieces += [(shown[at:start], style), (shown[start:end], found)]
                at = end
        return [*pieces, (shown[at:], style)]


def _origin_width(width: int, month: str, rest: str) -> int:
    """Return the maximum width of the source, in cells.

    This is about a third of the line, or more if the text is short.
    """
    return max(width // 3 - 8, width - 10 - cell_len(month) - cell_len(rest[:width]), 8)


def _fitting(text: str, room: int) -> int:
    """Return how many characters of a text its first line shows."""
    shown = cut(_plain(text), room)
    return len(shown) - (len(shown) < len(text) and shown.endswith("…"))


def _plain(text: str) -> str:
    """Make text safe on one line, without changing its length, so that spans stay valid."""
    return clean(text).replace("\n", " ").replace("\t", " ")


def _snippet(text: str, spans: Sequence[tuple[int, int]], lead: str, room: int) -> tuple[str, list[tuple[int, int]]]:
    """Return an excerpt around the first span, with the spans shifted.

    Without spans, the excerpt is the start of the text.
    """
    if not spans or min(spans)[0] < room * 2 // 3:
        return lead + text[: room * 2], [(start + len(lead), end + len(lead)) for start, end in spans]
    begin = max(min(spans)[0] - room // 3, 0)
    return "…" + text[begin : begin + room * 2], [(s - begin + 1, e - begin + 1) for s, e in spans if s >= begin]
