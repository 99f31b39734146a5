"""Measure, cut and pad text in terminal cells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

if TYPE_CHECKING:
    from collections.abc import Iterable

Piece = tuple[str, Style]
_EMOJI = re.compile("(.)\ufe0f(?!\u200d)")  # a character followed by the variation selector for emoji


def cut(text: str, width: int) -> str:
    """Cut ``text`` to at most ``width`` cells, with an ellipsis if needed."""
    if width <= 0:
        return ""
    # Don't measure more characters than can fit.
    text = text[: width + 1] if text.isascii() else text[: 2 * width + 2]
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1).rstrip(" …") + "…"


def fit(text: str, width: int, *, right: bool = False) -> str:
    """Cut or pad ``text`` to exactly ``width`` cells; with ``right``, align it right."""
    text = cut(text, width)
    pad = " " * max(width - cell_len(text), 0)
    return pad + text if right else text + pad


def strip_of(pieces: Iterable[Piece], width: int, fill: Style) -> Strip:
    """Make a line of ``width`` cells from pieces, padded with ``fill``.

    Blanks get the style of their neighbour, since each change of style sends about 40 bytes to the terminal.
    """
    segments: list[Segment] = []
    filled = list(pieces)
    filled.append((" " * (width - sum(cell_len(text) for text, _ in filled)), fill))
    for text, style in filled:
        if not text:
            continue
        if "\ufe0f" in text:
            text = _EMOJI.sub(_two_cells, text)
        last = segments[-1] if segments else None
        if last is not None and last.style is not None and _joins(last.text, last.style, text, style):
            segments[-1] = Segment(last.text + text, style if last.text.isspace() else last.style)
        else:
            segments.append(Segment(text, style))
    strip = Strip(segments)
    return strip.crop(0, width) if strip.cell_length != width else strip


def _two_cells(match: re.Match[str]) -> str:
    """Return the character padded to two cells, without the selector, which tmux ignores."""
    return match[1] + " " * (2 - cell_len(match[1]))


def _joins(before: str, style: Style, text: str, other: Style) -> bool:
    """Return whether two neighbouring texts can share a style.

    They can if their styles are equal, or one is blank and shows no difference.
    """
    if style == other:
        return True
    blank = before.isspace() or text.isspace()
    return (
        blank
        and style.bgcolor == other.bgcolor
        and not any(each.underline or each.reverse or each.strike or each.meta for each in (style, other))
    )


def title_length(title: str, text: str) -> int:
    """Return how many characters at the start of ``text`` repeat its title.

    Punctuation after the title is included. Return 0 if the text starts differently.
    """
    head = title.removesuffix("…")
    if not head or not text.startswith(head):
        return 0
    return len(text) - len(text[len(head) :].lstrip(" :;,.*"))


def short_date(date: str, year: int) -> str:
    """Format a date in seven cells.

    ``22 Feb`` in the given year; ``Nov ’24`` in others, or without a day; blank if the month is unknown.
    """
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    parts = date[:10].split("-")
    if len(parts) < 2 or not all(part.isascii() and part.isdigit() for part in parts):
        return " " * 7
    month = months[(int(parts[1]) - 1) % 12]
    if int(parts[0]) == year and len(parts) == 3:
        return f"{int(parts[2]):>2} {month} "
    return f"{month} ’{parts[0][-2:]}"


def bar(value: float, most: float, width: int) -> str:
    """Draw a bar that has ``width`` cells at the value ``most``.

    Any value above zero shows at least an eighth of a cell.
    """
    eighths = round(8 * width * value / most) if most else 0
    eighths = max(eighths, 1 if value else 0)
    return "█" * (eighths // 8) + (" ▏▎▍▌▋▊▉"[eighths % 8] if eighths % 8 else "")
