"""``make screenshots``: the README's pictures, taken of the app at work on the demo library.

    python docs/screenshots/make.py

Keys are sent as a reader would; each picture is the screen as a terminal of that size gets it.
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
PATIENCE = 60.0  # seconds for a screen to come to rest

# name: theme, columns, lines, keys
PICTURES: dict[str, tuple[str, int, int, tuple[str, ...]]] = {
    "main-dark": ("briefreader-dark", 124, 36, ("G",)),
    "main-light": ("briefreader-light", 124, 36, ("G",)),
    "insights": ("briefreader-dark", 124, 30, ("i", *"mixtur of expert")),
    "why": ("briefreader-dark", 124, 30, ("G", "w")),
}


async def settled(app: BriefreaderApp) -> str:
    """The screen's picture, once it has been the same for a second."""
    end = monotonic() + PATIENCE
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
    raise TimeoutError("the screen never came to rest")


async def take(library: Library, name: str) -> None:
    """Take one picture of the app on ``library``."""
    theme, columns, lines, keys = PICTURES[name]
    settings = Settings(app=AppSettings(theme=theme))
    app = BriefreaderApp(library, settings=settings, remember=False, today=datetime.date(2026, 2, 14))
    async with app.run_test(size=(columns, lines)) as pilot:
        await settled(app)
        await pilot.press(*keys)
        (HERE / f"{name}.svg").write_text(await settled(app), encoding="utf-8")


def main() -> None:
    """Take all pictures."""
    os.environ["COLORTERM"] = "truecolor"  # a picture has all colours, whatever the terminal that it is made in
    with Library.demo() as library:
        for name in PICTURES:
            asyncio.run(take(library, name))


if __name__ == "__main__":
    main()
