"""A list of styled lines, as used by most dialogs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

from briefreader.display import clean, one_line
from briefreader.tui.widgets.cells import Piece, cut, fit
from briefreader.tui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style

Part = tuple[str, str]  # text and style: "", or the NAME of a ``row--NAME`` component, such as muted
MIN_SHORTENED_CELLS = 20  # minimum width of the part that is shortened first


class TextRows(VirtualList):
    """A list whose rows consist of parts, cut to the width.

    In a row that is too long, the part at index ``shorten`` is shortened first.
    """

    def __init__(
        self,
        rows: Sequence[Sequence[Part]] = (),
        *,
        id: str | None = None,
        has_cursor: bool = True,
        shorten: int | None = None,
    ) -> None:
        super().__init__(id=id)
        self.rows: list[Sequence[Part]] = list(rows)
        self.has_cursor = has_cursor
        self._shorten = shorten
        self._items: Sequence[range] = ()

    def on_mount(self) -> None:
        """Show the initial rows."""
        self.reset(len(self.rows))

    def show(self, rows: Sequence[Sequence[Part]], cursor: int = 0, items: Sequence[range] = ()) -> None:
        """Replace the rows.

        If items take several rows, ``items`` has for each row the rows of its item.
        """
        self.rows, self._items = list(rows), items
        self.reset(len(rows), items[cursor].start if items else cursor)

    def is_heading(self, index: int) -> bool:
        """Whether the cursor skips a row: any but the first of its item."""
        return bool(self._items) and self._items[index].start != index

    def rows_of(self, index: int) -> range:
        """Return the rows of the item that a row belongs to."""
        return self._items[index] if self._items else super().rows_of(index)

    def render_row(self, index: int, line: int, width: int, base: Style) -> list[Piece]:
        """Return one line of a row as styled pieces."""
        here = index == self.cursor and self.has_cursor
        pieces: list[Piece] = [("▌" if here else " ", self.part("accent", base))]
        left = width - 2
        parts = [(one_line_keep(text), name) for text, name in self.rows[index]]
        if self._shorten is not None and self._shorten < len(parts):
            text, name = parts[self._shorten]
            over = sum(cell_len(text) for text, _ in parts) - left
            shortened = cut(text, max(cell_len(text) - over, MIN_SHORTENED_CELLS)) if over > 0 else text
            parts[self._shorten] = (shortened, name)
        for text, name in parts:
            if left <= 0:
                break
            shown = cut(text.rstrip() if cell_len(text) > left else text, left)
            left -= cell_len(shown)
            pieces.append((shown, self.part(name, base) if name else base))
        return pieces


def one_line_keep(text: str) -> str:
    """Make text safe to show on one line, keeping spaces that align columns."""
    if text.isascii() and text.isprintable():
        return text
    return clean(text).replace("\n", " ").replace("\t", " ")


def columns(rows: Sequence[Sequence[str]], gap: int = 2, widest: int = 40) -> list[list[str]]:
    """Cut and pad texts to aligned columns.

    A column has at most ``widest`` cells, except the last one, which is neither cut nor padded.
    """
    if not rows:
        return []
    count = max(len(row) for row in rows)
    widths = [min(max((cell_len(row[i]) for row in rows if i < len(row)), default=0), widest) for i in range(count)]
    return [
        [
            fit(one_line(cell), widths[i]) + " " * gap if i + 1 < len(row) else one_line(cell)
            for i, cell in enumerate(row)
        ]
        for row in rows
    ]
