"""Cutting text to terminal cells: the few measures that every line-drawn widget shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

if TYPE_CHECKING:
    from collections.abc import Iterable

Piece = tuple[str, Style]


def cut(text: str, width: int) -> str:
    """``text`` in at most ``width`` cells, with an ellipsis where it was cut."""
    if width <= 0:
        return ""
    # a title of ten thousand characters need not be measured whole
    text = text[: width + 1] if text.isascii() else text[: 2 * width + 2]
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1).rstrip(" …") + "…"


def fit(text: str, width: int, *, right: bool = False) -> str:
    """``text`` in exactly ``width`` cells: cut or padded, on the left when ``right``."""
    text = cut(text, width)
    pad = " " * max(width - cell_len(text), 0)
    return pad + text if right else text + pad


def strip_of(pieces: Iterable[Piece], width: int, fill: Style) -> Strip:
    """A line of exactly ``width`` cells out of styled pieces, filled up with ``fill``.

    A blank needs no colour of its own and joins its neighbour: each change of style costs the terminal forty bytes.
    """
    segments: list[Segment] = []
    filled = list(pieces)
    filled.append((" " * (width - sum(cell_len(text) for text, _ in filled)), fill))
    for text, style in filled:
        if not text:
            continue
        last = segments[-1] if segments else None
        if last is not None and last.style is not None and _joins(last.text, last.style, text, style):
            segments[-1] = Segment(last.text + text, style if last.text.isspace() else last.style)
        else:
            segments.append(Segment(text, style))
    strip = Strip(segments)
    return strip.crop(0, width) if strip.cell_length != width else strip


def _joins(before: str, style: Style, text: str, other: Style) -> bool:
    """Whether two neighbours can be drawn in one style: the same, or one is blank and shows none of its own."""
    if style == other:
        return True
    blank = before.isspace() or text.isspace()
    return (
        blank
        and style.bgcolor == other.bgcolor
        and not any(each.underline or each.reverse or each.strike or each.meta for each in (style, other))
    )


def said(title: str, text: str) -> int:
    """How much of a text its title says already: where the text goes on, 0 when it begins otherwise."""
    head = title.removesuffix("…")
    if not head or not text.startswith(head):
        return 0
    return len(text) - len(text[len(head) :].lstrip(" :;,.*"))


def ago(date: str, year: int) -> str:
    """A date in seven cells: ``22 Feb`` in the given year, ``Nov ’24`` before it, blank when unknown."""
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    parts = date[:10].split("-")
    if len(parts) < 2 or not all(part.isascii() and part.isdigit() for part in parts):
        return " " * 7
    month = months[(int(parts[1]) - 1) % 12]
    if int(parts[0]) == year and len(parts) == 3:
        return f"{int(parts[2]):>2} {month} "
    return f"{month} ’{parts[0][-2:]}"


def bar(value: float, most: float, width: int) -> str:
    """A bar of at most ``width`` cells; anything above nothing shows at least an eighth."""
    eighths = round(8 * width * value / most) if most else 0
    eighths = max(eighths, 1 if value else 0)
    return "█" * (eighths // 8) + (" ▏▎▍▌▋▊▉"[eighths % 8] if eighths % 8 else "")
