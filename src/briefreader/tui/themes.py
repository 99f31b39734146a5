"""The default theme, dark and light.

One accent, quiet borders, text contrast at least 7:1, dimmed text at least 4.5:1; no information by colour alone.
Terminals with sixteen colours get variants made of those, since mapping to the nearest would turn everything grey.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from textual.theme import Theme

DARK = Theme(
    name="briefreader-dark",
    primary="#8ab4e8",
    secondary="#b9a5e0",
    accent="#e8b866",
    warning="#e8b866",
    error="#f08a80",
    success="#93c98f",
    foreground="#d9dce3",
    background="#14161b",
    surface="#14161b",
    panel="#20242c",
    boost="#1a1d24",
    dark=True,
    text_alpha=1.0,
    variables={
        "muted": "#989fac",
        "line": "#3a404b",
        "cursor": "#2a3446",
        "cursor-blur": "#20242c",
        "passage": "#1f2836",
        "found": "#5c4a1c",
        "border": "#8ab4e8",
        "border-blurred": "#3a404b",
        "input-cursor-background": "#e8b866",
        "input-selection-background": "#8ab4e8 35%",
        "block-cursor-background": "#2a3446",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#2a3446",
        "block-cursor-blurred-foreground": "#ffffff",
        "scrollbar": "#3a404b",
        "scrollbar-hover": "#525a68",
        "scrollbar-active": "#8ab4e8",
        "scrollbar-background": "#14161b",
        "scrollbar-background-hover": "#14161b",
        "scrollbar-background-active": "#14161b",
        "screen-selection-background": "#33507a",
        "screen-selection-foreground": "#ffffff",
    },
)

LIGHT = Theme(
    name="briefreader-light",
    primary="#1f5fa8",
    secondary="#6a4fa3",
    accent="#8a5a00",
    warning="#8a5a00",
    error="#b3261e",
    success="#2b6e32",
    foreground="#23262d",
    background="#faf8f3",
    surface="#faf8f3",
    panel="#eeeae1",
    boost="#f3f0e8",
    dark=False,
    text_alpha=1.0,
    variables={
        "muted": "#5f6570",
        "line": "#cfc9bc",
        "cursor": "#dbe6f4",
        "cursor-blur": "#ebe7dd",
        "passage": "#edf1e4",
        "found": "#fae6ae",
        "border": "#1f5fa8",
        "border-blurred": "#cfc9bc",
        "input-cursor-background": "#8a5a00",
        "input-cursor-foreground": "#faf8f3",
        "input-selection-background": "#1f5fa8 25%",
        "block-cursor-background": "#dbe6f4",
        "block-cursor-foreground": "#101216",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#dbe6f4",
        "block-cursor-blurred-foreground": "#101216",
        "scrollbar": "#cfc9bc",
        "scrollbar-hover": "#b5ae9e",
        "scrollbar-active": "#1f5fa8",
        "scrollbar-background": "#faf8f3",
        "scrollbar-background-hover": "#faf8f3",
        "scrollbar-background-active": "#faf8f3",
        "screen-selection-background": "#bcd4f0",
        "screen-selection-foreground": "#101216",
    },
)

THEMES = (DARK, LIGHT)


def of_sixteen(theme: Theme) -> Theme:
    """Return the default theme in the sixteen colours of a plain terminal."""
    black, white, grey, ash = "#000000", "#ffffff", "#555555", "#aaaaaa"
    if theme.dark:
        text, ground, muted, line, cursor, found = white, black, ash, grey, "#0000aa", "#aa00aa"
        hue, second, accent, bad, good = "#55ffff", "#ff55ff", "#ffff55", "#ff5555", "#55ff55"
    else:
        text, ground, muted, line, cursor, found = black, white, grey, ash, "#55ffff", "#ffff55"
        hue, second, accent, bad, good = "#0000aa", "#aa00aa", "#aa00aa", "#aa0000", black
    variables = {
        "muted": muted,
        "cursor": cursor,
        "found": found,
        "passage": ground,
        "cursor-blur": ground,
        "line": line,
    }
    variables |= {"border": hue, "border-blurred": line, "scrollbar": line, "scrollbar-hover": muted}
    variables |= {"scrollbar-active": hue, "input-selection-background": cursor}
    variables |= {"input-cursor-background": accent, "input-cursor-foreground": ground}
    states = product(("", "-blurred"), (("background", cursor), ("foreground", text)))
    variables |= {f"block-cursor{state}-{part}": color for state, (part, color) in states}
    variables |= {f"scrollbar-background{state}": ground for state in ("", "-hover", "-active")}
    variables |= {"screen-selection-background": cursor, "screen-selection-foreground": text}
    return replace(
        theme, background=ground, surface=ground, panel=ground, boost=ground, foreground=text, primary=hue,
        secondary=second, accent=accent, warning=accent, error=bad, success=good, variables=theme.variables | variables,
    )  # fmt: skip


def fallback(theme: Theme) -> dict[str, str]:
    """Return default values of variables that Textual's own themes lack."""
    colors = theme.to_color_system().generate()
    return {
        "muted": colors["foreground-darken-2" if theme.dark else "foreground-lighten-2"],
        "line": colors["panel-lighten-2" if theme.dark else "panel-darken-2"],
        "cursor": colors["primary-muted"],
        "cursor-blur": colors["panel"],
        "passage": colors["panel"],
        "found": colors["warning-muted"],
    }
