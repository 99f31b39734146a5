"""The default theme, dark and light.

Text, also dimmed text, has a contrast of at least 4.5:1. Terminals with 16 colours have variants of their own, since
mapping each colour to the nearest of the 16 would make most of them grey.
"""

from __future__ import annotations

from textual.theme import Theme

_DARK = """
ground #14161b  panel #20242c  boost #1a1d24  text #d9dce3  strong #ffffff  muted #989fac  line #3a404b  hover #525a68
hue #8ab4e8  second #b9a5e0  accent #e8b866  bad #f08a80  good #93c98f
cursor #2a3446  blur #20242c  passage #1f2836  found #5c4a1c  selection #33507a  typed #8ab4e8_35%
"""
_LIGHT = """
ground #faf8f3  panel #eeeae1  boost #f3f0e8  text #23262d  strong #101216  muted #5f6570  line #cfc9bc  hover #b5ae9e
hue #1f5fa8  second #6a4fa3  accent #8a5a00  bad #b3261e  good #2b6e32  caret #faf8f3
cursor #dbe6f4  blur #ebe7dd  passage #edf1e4  found #fae6ae  selection #bcd4f0  typed #1f5fa8_25%
"""
_SIXTEEN_DARK = """
ground #000000  panel #000000  boost #000000  text #ffffff  strong #ffffff  muted #aaaaaa  line #555555  hover #aaaaaa
hue #55ffff  second #ff55ff  accent #ffff55  bad #ff5555  good #55ff55  caret #000000
cursor #0000aa  blur #000000  passage #000000  found #aa00aa  selection #0000aa  typed #0000aa
"""
_SIXTEEN_LIGHT = """
ground #ffffff  panel #ffffff  boost #ffffff  text #000000  strong #000000  muted #555555  line #aaaaaa  hover #555555
hue #0000aa  second #aa00aa  accent #aa00aa  bad #aa0000  good #000000  caret #ffffff
cursor #55ffff  blur #ffffff  passage #ffffff  found #ffff55  selection #55ffff  typed #55ffff
"""


def _theme(name: str, palette: str, *, dark: bool) -> Theme:
    """Return a theme; ``palette`` lists roles, each followed by its colour."""
    words = palette.split()
    color = {role: value.replace("_", " ") for role, value in zip(words[::2], words[1::2], strict=True)}
    ground, line, hue, strong = color["ground"], color["line"], color["hue"], color["strong"]
    variables = {
        "muted": color["muted"],
        "line": line,
        "cursor": color["cursor"],
        "cursor-blur": color["blur"],
        "passage": color["passage"],
        "found": color["found"],
        "border": hue,
        "border-blurred": line,
        "input-cursor-background": color["accent"],
        "input-selection-background": color["typed"],
        "block-cursor-background": color["cursor"],
        "block-cursor-foreground": strong,
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": color["cursor"],
        "block-cursor-blurred-foreground": strong,
        "scrollbar": line,
        "scrollbar-hover": color["hover"],
        "scrollbar-active": hue,
        **{f"scrollbar-background{state}": ground for state in ("", "-hover", "-active")},
        "screen-selection-background": color["selection"],
        "screen-selection-foreground": strong,
        **({"input-cursor-foreground": color["caret"]} if "caret" in color else {}),
    }
    return Theme(
        name, hue, color["second"], color["accent"], color["bad"], color["good"], color["accent"], color["text"],
        background=ground, surface=ground, panel=color["panel"], boost=color["boost"], dark=dark, text_alpha=1.0,
        variables=variables,
    )  # fmt: skip


DARK = _theme("briefreader-dark", _DARK, dark=True)
LIGHT = _theme("briefreader-light", _LIGHT, dark=False)
THEMES = (DARK, LIGHT)


def sixteen_color_variant(theme: Theme) -> Theme:
    """Return the variant of a default theme for terminals with 16 colours."""
    return _theme(theme.name, _SIXTEEN_DARK if theme.dark else _SIXTEEN_LIGHT, dark=theme.dark)


def fallback(theme: Theme) -> dict[str, str]:
    """Return values of our style variables for Textual's own themes, which lack them."""
    colors = theme.to_color_system().generate()
    return {
        "muted": colors["foreground-darken-2" if theme.dark else "foreground-lighten-2"],
        "line": colors["panel-lighten-2" if theme.dark else "panel-darken-2"],
        "cursor": colors["primary-muted"],
        "cursor-blur": colors["panel"],
        "passage": colors["panel"],
        "found": colors["warning-muted"],
    }
