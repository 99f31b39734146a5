"""The list of one briefing's insights."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len

from briefreader.display import one_line
from briefreader.markdown_layout import wrap
from briefreader.tui.widgets.cells import Piece, cut, title_length
from briefreader.tui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.style import Style

    from briefreader.model import InsightRow
    from briefreader.tui.widgets.text_rows import Part

EXTRACTED_SIGN = "~"
# Sign, legend and style for each status of an insight that other briefings report too. In the list, the number of
# sources follows the sign if there are several.
REPORT_SIGNS = {
    "new": ("+", "reported first", "topic"),
    "updated": ("±", "update", "accent"),
    "repeat": ("=", "repeat", "muted"),
}
MIN_TEXT_WIDTH = 12  # minimum width, in cells, of an excerpt beside the title


class InsightList(VirtualList):
    """The insights of one briefing."""

    SCOPES: ClassVar[tuple[str, ...]] = ("insights", "list")

    empty = ("No insights",)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.rows: Sequence[InsightRow] = ()
        self.reports: Mapping[int, tuple[str, int]] = {}

    def show(
        self, rows: Sequence[InsightRow], cursor: int = 0, reports: Mapping[int, tuple[str, int]] | None = None
    ) -> None:
        """Show these insights.

        ``reports`` maps the row keys of insights that other briefings report too to (status, number of sources).
        """
        self.rows = rows
        self.reports = reports or {}
        self.reset(len(rows), cursor)

    @property
    def current(self) -> InsightRow | None:
        """The selected insight, or None if there are none."""
        return self.rows[self.cursor] if self.rows else None

    def point_at(self, start: int, end: int) -> None:
        """Select the insight at offsets ``start`` to ``end`` of the body; do nothing if there is none."""
        at = next((n for n, row in enumerate(self.rows) if (row.start, row.end) == (start, end)), None)
        if at is not None:
            self.cursor = at

    def set_row_height(self, height: int) -> None:
        """Set the height of a row: one or two lines."""
        if height != self.row_height:
            self.row_height = height
            self.reset(self.count, self.cursor)

    def render_row(self, index: int, line: int, width: int, base: Style) -> list[Piece]:
        """Return one line of a row as styled pieces."""
        row = self.rows[index]
        number = row.id.rpartition(".")[2]
        kind = {"own": "✎", "extracted": EXTRACTED_SIGN}.get(row.kind, " ")
        bar = ("▌" if index == self.cursor else " ", self.part("accent", base))
        topics = cut(" ".join(row.topics), width // 3)
        sign, _, style = REPORT_SIGNS[self.reports[row.key][0]] if row.key in self.reports else ("", "", "")
        sources = self.reports[row.key][1] if sign else 0
        mark = f"{sign}{sources if sources > 1 else ''}{' ' if topics else ''}" if sign else ""
        right = cell_len(mark + topics)
        first, second = self._lines(row, width - 6 - (right + 1 if right else 0), width - 6)
        if line:
            return [bar, ("    ", base), *((text, self.part(style, base) if style else base) for text, style in second)]
        pieces: list[Piece] = [bar, (f"{cut(number, 3):>2}{kind} ", self.part("muted", base))]
        pieces += [(text, self.part(style, base) if style else base) for text, style in first]
        if right:
            gap = width - 1 - sum(cell_len(text) for text, _ in pieces) - right
            pieces += [(" " * gap, base), (mark, self.part(style or "muted", base)), (topics, self.part("topic", base))]
        return pieces

    def _lines(self, row: InsightRow, width: int, width_below: int) -> tuple[list[Part], list[Part]]:
        """Return the parts of both lines: the title, and as much of the text as fits."""
        width = max(width, 4)
        title = one_line(row.title or row.text, 4 * width)
        skip = title_length(row.title, row.text)
        if self.row_height == 1 or cell_len(title) + 2 + MIN_TEXT_WIDTH <= width:
            title = cut(title, width)
            rest = width - cell_len(title) - 2
            continuation = one_line(row.text[skip:], 2 * width) if rest >= MIN_TEXT_WIDTH else ""
            first: list[Part] = [(title, ""), *([(f"  {cut(continuation, rest)}", "muted")] if continuation else [])]
            return first, []
        if title.endswith("…") and skip:
            title = one_line(row.text, 8 * width)  # the title is the beginning of the sentence
            skip = len(row.text)
        end = wrap(title, width)[0][1]
        below = title[end:].strip()
        room = width_below - cell_len(below) - 2
        more = one_line(row.text[skip:], 2 * width_below) if room >= MIN_TEXT_WIDTH else ""
        second: list[Part] = [(cut(below, width_below), "")]
        if more:
            second.append((("  " if below else "") + cut(more, room), "muted"))
        return [(title[:end], "")], second
