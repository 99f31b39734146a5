"""Take the screenshots in this folder, of the app on the sample briefings.

    python docs/screenshots/make.py

Each screenshot shows the app in a terminal of the given size after the given keys.
"""

from __future__ import annotations

import asyncio
import datetime
import os
from pathlib import Path
from time import monotonic

from textual.widgets import Input

from briefreader.config import AppSettings, Settings
from briefreader.library import Library
from briefreader.tui.app import BriefreaderApp

HERE = Path(__file__).parent
TIMEOUT_SECONDS = 60.0

# name: theme, columns, lines, keys to press
PICTURES: dict[str, tuple[str, int, int, tuple[str, ...]]] = {
    "main-dark": ("briefreader-dark", 124, 36, ("G",)),
    "main-light": ("briefreader-light", 124, 36, ("G",)),
    "insights": ("briefreader-dark", 124, 30, ("i", *"mixtur of expert")),
    "why": ("briefreader-dark", 124, 30, ("G", "w")),
}


async def settled(app: BriefreaderApp) -> str:
    """Return a screenshot as SVG, once the screen has not changed for a second."""
    end = monotonic() + TIMEOUT_SECONDS
    before, since = "", monotonic()
    while monotonic() < end:
        await asyncio.sleep(0.2)
        for box in app.screen.query(Input):
            box.cursor_blink = False
        picture = app.export_screenshot(title="briefreader")
        if picture != before:
            before, since = picture, monotonic()
        elif monotonic() - since > 1:
            return picture
    raise TimeoutError(f"the screen still changes after {TIMEOUT_SECONDS:.0f} seconds")


async def take(library: Library, name: str) -> None:
    """Take one screenshot and write it to this folder."""
    theme, columns, lines, keys = PICTURES[name]
    settings = Settings(app=AppSettings(theme=theme))
    app = BriefreaderApp(library, settings=settings, remember=False, today=datetime.date(2026, 2, 14))
    async with app.run_test(size=(columns, lines)) as pilot:
        await settled(app)
        await pilot.press(*keys)
        (HERE / f"{name}.svg").write_text(await settled(app), encoding="utf-8")


def main() -> None:
    """Take all screenshots."""
    os.environ["COLORTERM"] = "truecolor"  # use all colours, even if this terminal has fewer
    with Library.demo() as library:
        for name in PICTURES:
            asyncio.run(take(library, name))


if __name__ == "__main__":
    main()
