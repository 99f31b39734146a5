"""Determine the appearance of HTML text: inherited styles, and the look of each block.

Mails repeat the same ``style`` attributes hundreds of times, so parsed ones are cached.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.etree import _Element

    from briefreader.reading.inline import Run

_COLOURS = {
    "black": 0x000000, "white": 0xFFFFFF, "gray": 0x808080, "grey": 0x808080, "silver": 0xC0C0C0, "red": 0xFF0000,
    "blue": 0x0000FF, "navy": 0x000080, "green": 0x008000, "orange": 0xFFA500, "yellow": 0xFFFF00, "darkgray": 0xA9A9A9,
    "lightgray": 0xD3D3D3, "dimgray": 0x696969, "lightgrey": 0xD3D3D3, "darkgrey": 0xA9A9A9,
}  # fmt: skip
# CSS font sizes, and the sizes of <font size=1> to <font size=7>, in pixels
_SIZES = {"xx-small": 9, "x-small": 10, "small": 13, "medium": 16, "large": 18, "x-large": 24, "xx-large": 32}
_FONT_SIZES = (10, 13, 16, 18, 24, 32, 48)
_SIZE = re.compile(r"([\d.]{1,8})\s*(px|pt|r?em|%)?")
_HEX = re.compile(r"#([0-9a-f]{6}|[0-9a-f]{3})\b")
_RGB = re.compile(r"rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})")
_NAME_WORDS = re.compile(r"[a-z]+")
# roles of elements, and the words in class names and IDs that suggest them
ROLES = (
    ("button", frozenset("button btn cta buttons".split())),
    ("header", frozenset("header masthead preheader preview navbar nav menu topbar logo".split())),
    (
        "promotion",
        frozenset("ad ads advert advertisement sponsor sponsored sponsorship promo promotion banner".split()),
    ),
    ("byline", frozenset("byline author meta date avatar caption credit pencraft".split())),
)
# elements that count as containers
_DIVISIONS = frozenset("table td th div section article footer header center nav aside".split())
_ROLE_TAGS = {"header": "header", "nav": "header", "button": "button", "figcaption": "byline"}


class Look(NamedTuple):
    """Styles that text inherits.

    ``size`` is in pixels, 0 if unknown; colours are 0xRRGGBB, -1 if unknown. ``cell`` and ``table`` are the numbers of
    the innermost container and table around the text, 0 if there is none; ``depth`` counts the containers.
    """

    size: float = 0.0
    bold: bool = False
    colour: int = -1
    background: int = -1
    align: str = ""
    roles: frozenset[str] = frozenset()
    cell: int = 0
    table: int = 0
    depth: int = 0


NO_LOOK = Look()


@dataclass(frozen=True, slots=True)
class Appearance:
    """The appearance of a block: its main look, the shares of bold and italic text, and what precedes it."""

    look: Look = NO_LOOK
    html: bool = False  # whether the block comes from HTML
    bold: float = 0.0
    italic: float = 0.0
    images: int = 0  # images since the previous block
    ruled: bool = False  # a horizontal rule precedes the block


PLAIN = Appearance()


@dataclass(frozen=True, slots=True)
class _Declared:
    """The styles that one ``style`` attribute sets; ``factor`` multiplies the inherited size."""

    size: float = 0.0
    factor: float = 1.0
    bold: bool | None = None
    colour: int = -1
    background: int = -1
    align: str = ""


_NOTHING = _Declared()


def inherited(look: Look, tag: str, element: _Element, number: int) -> Look:
    """Return the look within an element: ``look`` is its parent's, ``number`` identifies the element."""
    division = tag in _DIVISIONS
    if not element.attrib and not division and tag not in _ROLE_TAGS:
        return look
    style = element.get("style")
    own = _declared(style) if style else _NOTHING
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    roles = _roles(names) if len(names) > 1 else frozenset()
    if tag in _ROLE_TAGS:
        roles |= {_ROLE_TAGS[tag]}
    colour = own.colour if own.colour >= 0 else _colour(element.get("color"))
    background = own.background if own.background >= 0 else _colour(element.get("bgcolor"))
    align = own.align or (element.get("align") or "").lower() or ("center" if tag == "center" else "")
    size = own.size or look.size * own.factor
    if tag == "font" and (element.get("size") or "").isdigit():
        size = _FONT_SIZES[min(max(int((element.get("size") or "1")[:2]), 1), 7) - 1]
    return Look(
        size,
        look.bold if own.bold is None else own.bold,
        colour if colour >= 0 else look.colour,
        background if background >= 0 else look.background,
        align or look.align,
        look.roles | roles if roles else look.roles,
        number if division else look.cell,
        number if tag == "table" else look.table,
        look.depth + division,
    )


@lru_cache(maxsize=4096)
def _declared(style: str) -> _Declared:
    """Parse a ``style`` attribute; results are cached."""
    found = _NOTHING
    for part in style.lower().split(";")[:80]:
        name, _, value = part.partition(":")
        name, value = name.strip(), value.strip()
        if name == "font-size":
            size, factor = _size(value)
            found = replace(found, size=size, factor=factor)
        elif name == "font-weight":
            found = replace(found, bold=value.startswith(("bold", "6", "7", "8", "9")))
        elif name == "color":
            found = replace(found, colour=_colour(value))
        elif name in ("background", "background-color"):
            found = replace(found, background=_colour(value))
        elif name == "text-align":
            found = replace(found, align=value.split()[0] if value else "")
    return found


def _size(value: str) -> tuple[float, float]:
    """Return the size in pixels (0 if relative or invalid), and the factor for the inherited size."""
    if value in _SIZES:
        return float(_SIZES[value]), 1.0
    found = _SIZE.match(value)
    if not found:
        return 0.0, 1.0
    try:
        number = float(found[1])
    except ValueError:
        return 0.0, 1.0
    match found[2]:
        case "px" | None:
            return min(number, 200.0), 1.0
        case "pt":
            return min(number * 4 / 3, 200.0), 1.0
        case "rem":
            return min(number * 16, 200.0), 1.0
        case "%":
            return 0.0, min(number / 100, 10.0)
        case _:
            return 0.0, min(number, 10.0)


@lru_cache(maxsize=1024)
def _colour(value: str | None) -> int:
    """Return a CSS colour as 0xRRGGBB, or -1."""
    value = (value or "").lower()
    if found := _HEX.search(value):
        digits = found[1] if len(found[1]) == 6 else "".join(c * 2 for c in found[1])
        return int(digits, 16)
    if found := _RGB.search(value):
        red, green, blue = (min(int(part), 255) for part in found.groups())
        return red << 16 | green << 8 | blue
    return next((_COLOURS[word] for word in value.split()[:3] if word in _COLOURS), -1)


@lru_cache(maxsize=4096)
def _roles(names: str) -> frozenset[str]:
    """Return the roles that an element's class names and IDs suggest."""
    words = set(_NAME_WORDS.findall(names.lower()[:1000]))
    return frozenset(role for role, hints in ROLES if not words.isdisjoint(hints))


def lightness(colour: int) -> float:
    """Return the perceived lightness of a colour, from 0 (black) to 1 (white)."""
    red, green, blue = colour >> 16 & 255, colour >> 8 & 255, colour & 255
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255


def of_runs(runs: Sequence[Run], images: int, *, ruled: bool) -> Appearance:
    """Return the appearance of a block from its runs of text; its look is that of most of the text."""
    total = bold = italic = 0
    sizes: dict[int, int] = {}
    looks: dict[int, Look] = {}
    for run in runs:
        size = len(run.text.strip())
        if not size:
            continue
        total += size
        bold += size if run.bold or run.look.bold else 0
        italic += size if run.italic else 0
        looks[id(run.look)] = run.look
        sizes[id(run.look)] = sizes.get(id(run.look), 0) + size
    total = max(total, 1)
    main = looks[max(sizes, key=lambda k: sizes[k])] if sizes else NO_LOOK
    return Appearance(main, True, bold / total, italic / total, images, ruled)
