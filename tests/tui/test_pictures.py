"""The screens as they look: text of every main screen, and whole pictures where nothing on them is scored.

`make snapshots` takes them anew; a crashed app fails here, it does not become a blank picture.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from textual.color import Color

from briefreader.tui.app import BriefreaderApp
from briefreader.tui.themes import THEMES, fallback
from briefreader.tui.widgets.bars import BottomBar

if TYPE_CHECKING:
    from textual.pilot import Pilot

HERE = Path(__file__).parent / "pictures"
SIZES = {"wide": (120, 40), "small": (80, 24)}
SCREENS: dict[str, tuple[list[str], list[str]]] = {
    "main": ([], ["Charging per million tokens"]),
    "reading": (["enter"], ["4 unread", "Charging per million tokens"]),
    "library": (["1", "j"], ["is:unread"]),
    "insights": (["3"], ["A price cut"]),
    "search": (["i", "t", "o", "k", "e", "n", "s"], ["hits · 0 ms", "Pay for outcomes"]),
    "tags": (["t"], ["Mixture of experts", "given"]),
    "nothing": (["slash", "z", "z", "q", "q"], ["Nothing matches zzqq"]),
    "palette": (["colon", "e", "x", "p", "o", "r", "t"], ["Write Markdown notes"]),
    "help": (["question_mark"], ["gg Home"]),
    "export": (["E"], ["nothing is written before"]),
    "add": (["plus"], ["Nothing added yet"]),
    "links": (["U"], ["https://example.org/tiers"]),
}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", SCREENS)
async def test_the_screen_reads_as_it_did(stage: Any, library: Any, name: str, size: str) -> None:
    keys, ready = SCREENS[name]
    async with stage(library, SIZES[size]) as on:
        await on.sees("The toll booth" if size == "small" else "Charging per million tokens")
        await on.press(*keys)
        await on.sees(*(text for text in ready if size == "wide" or name != "main"))
        await on.until(lambda: not on.app.workers._workers, "rest")
        # scores and reasons are the tagger's business
        text = re.sub(r"\b[01]\.\d\d\b", "0.00", on.text) + "\n"
        text = re.sub(r"^ (Topics|Suggested|No topic).*$", " ‹topics›", text, flags=re.MULTILINE)
    kept = HERE / f"{name}-{size}.txt"
    if os.environ.get("UPDATE_PICTURES"):
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(text, encoding="utf-8")
    assert text == kept.read_text(encoding="utf-8"), "looks different; `make snapshots` if it should"


@pytest.mark.parametrize("theme", [theme.name for theme in THEMES])
def test_the_welcome_looks_as_it_did(snap_compare: Any, empty: Any, theme: str) -> None:
    app = BriefreaderApp(empty, remember=False)
    app.theme = theme

    async def wait(pilot: Pilot[None]) -> None:
        while getattr(app.screen.focused, "id", None) != "welcome" or app.screen.query_one(BottomBar)._scope != "main":
            assert app._exception is None, app._exception
            await pilot.pause(0.01)
        await pilot.pause()

    assert snap_compare(app, terminal_size=(100, 30), run_before=wait)
    assert app._exception is None


def luminance(color: Color) -> float:
    """Relative luminance, WCAG 2.1."""
    parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in color.normalized]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(text: str, ground: str) -> float:
    """Contrast ratio of two colours, WCAG 2.1."""
    high, low = sorted((luminance(Color.parse(text)), luminance(Color.parse(ground))), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_text_has_contrast_on_every_ground(theme: Any) -> None:
    colors = {
        name: getattr(theme, name) for name in ("primary", "secondary", "accent", "error", "success", "foreground")
    }
    grounds = {
        "background": theme.background,
        "panel": theme.panel,
        **{n: theme.variables[n] for n in ("cursor", "cursor-blur")},
    }
    for name, ground in grounds.items():
        for of, color in {**colors, "muted": theme.variables["muted"]}.items():
            assert contrast(color, ground) >= 4.5, f"{of} on {name}: {contrast(color, ground):.2f}"
    assert contrast(theme.foreground, theme.variables["found"]) >= 4.5


async def test_every_theme_has_what_the_style_sheets_use(stage: Any, library: Any) -> None:
    async with stage(library) as on:
        for name, theme in on.app.available_themes.items():
            assert set(fallback(theme)) == {"muted", "line", "cursor", "cursor-blur", "passage", "found"}, name
        for name in ("nord", "textual-light", "ansi-dark"):
            if name in on.app.available_themes:
                on.app.theme = name
                await on.sees("Charging per million tokens")


async def test_no_color_tells_as_much(stage: Any, library: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with stage(library) as on:
        await on.sees("Charging per million tokens")
        await on.press("x", "s")
        await on.sees("x 20 Feb", "▌●★", "1 marked")
