"""Fixtures for tests of the app: a small library, and helpers to press keys and read the screen."""

from __future__ import annotations

import asyncio
import datetime
import re
import shutil
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from functools import partial
from itertools import chain, groupby
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import pytest
from rich.cells import cell_len
from textual import _wait
from textual._compositor import Compositor
from textual._context import visible_screen_stack
from textual.css.stylesheet import Stylesheet
from textual.geometry import Region
from textual.strip import Strip
from textual.widgets import Static

from briefreader.library import Library
from briefreader.reading import find_insights
from briefreader.tui import changes, listings, workers
from briefreader.tui.app import BriefreaderApp
from briefreader.tui.screens import insight_search
from briefreader.tui.widgets import query_input

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

    from rich.segment import Segment
    from textual.pilot import Pilot

TODAY = datetime.date(2026, 3, 1)

# Textual's pilot treats the app as idle after 20 ms with less than 1 ms of CPU time. Shorter intervals with the
# same share are just as reliable, and a test waits dozens of times.
_wait.SLEEP_GRANULARITY, _wait.SLEEP_IDLE = 0.004, 0.0003

_LOOKS: WeakKeyDictionary[Compositor, list[Strip]] = WeakKeyDictionary()


def _note_update(self: Compositor, full: bool = False, **options: object) -> None:
    """Only record that the screen has changed; it is drawn when a test looks at it."""
    if full or self._dirty_regions:
        self._dirty_regions.clear()
        _LOOKS.pop(self, None)


SHELF = {
    "tolls.md": """---
title: The toll booth of tokens
source: Harbour Notes
date: 2026-02-20
url: https://example.org/tolls
---
# The toll booth of tokens

## Key insights

- **Pay for outcomes, not for tokens:** Charging per million tokens punishes long answers.
- **A price cut is a message:** When API prices fall by half, the competitor was the audience.

## What it costs

A model that costs two dollars per million tokens is cheap until an agent calls it all night. The pricing page of the
harbour company lists [three tiers](https://example.org/tiers), and a fourth that nobody may see.
""",
    "experts.md": """---
title: Sixteen small experts
source: The Long Bench
date: 2026-02-12
---
# Sixteen small experts

## Key insights

- **Most of the model sleeps:** A mixture of experts wakes two of sixteen for every token.
- **The router is the teacher:** Where the router fails, experts learn the same thing sixteen times.

## The router

Mixture-of-experts layers route each token. Sparse models trade memory for speed.
""",
    "errands.md": """---
title: An agent runs an errand
source: Harbour Notes
date: 2026-01-30
---
# An agent runs an errand

## Key insights

- **Tools make the agent:** Agentic workflows fail at the tool call, not in the reasoning.
- **A human stays in the loop:** Autonomous agents ask before they spend.

## Tool use

The agent books a ferry, calls three tools, and stops to ask. Multi-agent systems argue among themselves.
""",
    "weights.md": """---
title: Weights left on the doorstep
source: The Long Bench
date: 2025-11-02
---
# Weights left on the doorstep

## Key insights

- **Open weights are a strategy:** An open-source release under a permissive license commoditises the complement.

## The licence

Open-weight models grow the whole market; the open source licence decides who follows.
""",
    "bread.md": """---
title: Bread without a clock
source: Kitchen Letter
date: 2025-10-10
---
# Bread without a clock

Dough rises when it rises. The oven is hot, the crumb is open, and nobody hurries a loaf that wants another hour.
""",
}


# a separate taxonomy, since changes of the shipped one would change the pictures
TAXONOMY = """
topics:
  - id: pricing
    label: Pricing
    description: What models cost and how they are charged for.
    keywords: [per million tokens, price cut, pricing page, subscription]
  - id: moe
    label: Mixture of experts
    description: Sparse models whose router wakes a few experts.
    alt: [mixture-of-experts]
    keywords: [sparse models, router]
  - id: agents
    label: Agents
    description: Models that act by calling tools.
    keywords: [agentic, tool call, tools, autonomous]
  - id: open-source
    label: Open-source strategy
    description: Why weights are given away.
    keywords: [open weights, open-weight, permissive license]
"""


_PARSED: dict[tuple[Any, ...], list[Any]] = {}
_parse_rules = Stylesheet._parse_rules


def _parse_once(self: Stylesheet, *given: Any, **options: Any) -> list[Any]:
    """Parse a style sheet only once for all tests with the same colours."""
    key = (*given, *options.items(), *self._variables.items())
    if key not in _PARSED:
        _PARSED[key] = _parse_rules(self, *given, **options)
    return _PARSED[key]


@contextmanager
def stated_insights() -> Iterator[None]:
    """Disable extracted insights, since changes of the model would change the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(find_insights, "choose", lambda *args, **options: [])
        yield


@pytest.fixture(autouse=True)
def only_stated_insights() -> Iterator[None]:
    """Use only stated insights in all tests."""
    with stated_insights():
        yield


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files of SHELF."""
    folder = tmp_path_factory.mktemp("shelf")
    for name, text in SHELF.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def shelf(files: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tagged library with SHELF."""
    folder = tmp_path_factory.mktemp("library")
    (folder / "taxonomy.yaml").write_text(TAXONOMY, encoding="utf-8")
    with stated_insights(), Library(folder) as library:
        assert {added.status for added in library.add([files])} == {"added"}
        assert list(library.tag())
    return folder


@pytest.fixture
def library(shelf: Path, tmp_path: Path) -> Iterator[Library]:
    """A library with SHELF, for one test."""
    folder = tmp_path / "library"
    shutil.copytree(shelf, folder)
    with Library(folder) as opened:
        yield opened


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Library]:
    """An empty library."""
    with Library(tmp_path / "empty") as opened:
        yield opened


@pytest.fixture(autouse=True)
def no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove delays, and show no durations on the screen."""
    monkeypatch.setenv("COLORTERM", "truecolor")  # independent of the terminal in which the tests run
    monkeypatch.setattr(Compositor, "render_update", _note_update)
    monkeypatch.setattr(Stylesheet, "_parse_rules", _parse_once)
    monkeypatch.setattr(workers, "DEBOUNCE_SECONDS", 0.001)
    monkeypatch.setattr(query_input, "LAYOUT_DELAY", 0.001)
    monkeypatch.setattr(changes, "LEARN_AFTER", 3600)
    monkeypatch.setattr(changes, "CHECK_EVERY", 3600)
    monkeypatch.setattr(listings, "perf_counter", lambda: 0.0)
    monkeypatch.setattr(insight_search, "perf_counter", lambda: 0.0)


class Stage:
    """A running app: press keys, read the screen; each read checks that it hasn't crashed."""

    def __init__(self, app: BriefreaderApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def text(self) -> str:
        """The screen as lines of text."""
        assert self.app._exception is None, self.app._exception
        return "\n".join("".join(segment.text for segment in line).rstrip() for line in self._lines())

    @property
    def picture(self) -> str:
        """The screen as text, then its styles: runs of ``letter + length`` per line, then a legend.

        As faithful as an SVG, a tenth as long, and readable where it differs.
        """
        assert self.app._exception is None, self.app._exception
        letters: dict[str, str] = {}
        lines: list[str] = []
        styles: list[str] = []
        for segments in self._segments:
            lines.append("".join(segment.text for segment in segments).rstrip())
            runs = []
            for style, run in groupby(segments, lambda segment: str(segment.style)):
                letter = letters.setdefault(style, f"{len(letters):x}")
                runs.append(f"{letter}*{sum(segment.cell_length for segment in run)}")
            styles.append(" ".join(runs))
        meanings = [f"{letter} {style}" for style, letter in letters.items()]
        return "\n".join([*lines, "", *styles, "", *meanings]) + "\n"

    def _lines(self) -> list[Strip]:
        """The lines of the whole screen, drawn again only after a change."""
        screen = self.app.screen
        compositor = screen._compositor
        changing = (part._repaint_required or part._layout_required for part in screen.walk_children(with_self=True))
        if compositor in _LOOKS and not (compositor._dirty_regions or screen._dirty_widgets or any(changing)):
            return _LOOKS[compositor]
        visible_screen_stack.set(self.app._background_screens)  # the screen behind a dialog
        update = compositor.render_full_update()
        lines = [Strip(segment for strip in line for segment in strip if not segment.control) for line in update.strips]
        _LOOKS[compositor] = lines
        return lines

    @property
    def _segments(self) -> list[list[Segment]]:
        """The lines of the top screen; of a dialog, only its box."""
        screen = self.app.screen
        lines = self._lines()
        if screen.is_modal:
            # the container of the palette is hidden, but not its children
            parts = screen.query("*").exclude("ToastRack").exclude("ToastHolder").exclude("Toast")
            box = Region.from_union([part.region for part in parts if part.region.area] or [screen.region])
            lines = [line.crop(box.x, box.right) for line in lines[box.y : box.bottom]]
        return [list(line) for line in lines]

    @property
    def colors(self) -> dict[tuple[str, str], str]:
        """Return the pairs of text and background colours on the screen, each with an example."""
        found: dict[tuple[str, str], str] = {}
        for segment in chain.from_iterable(self._segments):
            style = segment.style
            if style is None or style.color is None or style.bgcolor is None or not re.search(r"\w", segment.text):
                continue
            assert not style.dim, segment.text
            pair = style.color.get_truecolor().hex, style.bgcolor.get_truecolor().hex
            found[pair[::-1] if style.reverse else pair] = segment.text.strip()[:40]
        return found

    @property
    def working(self) -> bool:
        """Whether the top screen is busy; a command may also wait for a dialog that it opened."""
        top = self.app.screen
        running = (worker.node for worker in self.app.workers if not worker.is_finished)
        return any(node is self.app or (node.is_attached and node.screen is top) for node in running)

    async def rest(self, *, busy: bool = False) -> None:
        """Wait until the app is idle, or its screen doesn't change for a while."""
        last, same = list[Strip](), 0
        while same < 3:
            await self.until(lambda: busy or (self.app.keys.idle and not self.working), "rest")
            await self.pilot.pause(0.005)
            assert self.app._exception is None, self.app._exception
            now = self._lines()
            last, same = now, same + 1 if now == last else 0

    async def until(self, true: Callable[[], bool], what: str = "") -> None:
        """Wait until a condition is true, up to the timeout of the test."""
        try:
            while not true():
                assert self.app._exception is None, self.app._exception
                await asyncio.sleep(0.005)
                self.app.screen._on_timer_update()
        except BaseException:
            print(f"never came: {what}\n{self.text if self.app._exception is None else ''}")
            raise
        await self.pilot.pause()

    def _shows(self, text: str) -> bool:
        return text in self.text

    def _notified(self, text: str) -> bool:
        return text in self.notices

    async def sees(self, *texts: str) -> None:
        """Wait until all texts are on the screen."""
        for text in texts:
            await self.until(partial(self._shows, text), repr(text))

    @property
    def notices(self) -> str:
        """The messages of the app before they are cut and wrapped."""
        main = self.app.main_screen
        said = [note.message for note in self.app._notifications] + ([main.bottom.message] if main else [])
        for screen in self.app.screen_stack:
            said += [str(static.content) for static in screen.query("#report, #message").results(Static)]
        return "\n".join(said)

    async def hears(self, *texts: str) -> None:
        """Wait until all texts are in messages."""
        for text in texts:
            await self.until(partial(self._notified, text), f"{text!r} in {self.notices}")

    async def loses(self, text: str) -> None:
        """Wait until ``text`` is not on the screen."""
        await self.until(lambda: text not in self.text, f"without {text!r}")

    async def click(self, text: str) -> None:
        """Click a text on the screen, its last occurrence."""
        lines = self.text.split("\n")
        y = max(n for n, line in enumerate(lines) if text in line)
        await self.pilot.click(offset=(cell_len(lines[y][: lines[y].index(text)]), y))

    async def press(self, *keys: str) -> None:
        """Press keys."""
        await self.pilot.press(*keys)

    async def write(self, text: str) -> None:
        """Type text."""
        names = {
            " ": "space",
            ":": "colon",
            "-": "minus",
            ".": "full_stop",
            "/": "slash",
            "~": "tilde",
            "_": "underscore",
        }
        await self.pilot.press(*(names.get(character, character) for character in text))

    async def add(self, path: object) -> list[Any]:
        """Add a path in the add dialog and return its records."""
        await self.press("plus")
        await self.sees("File or folder")
        dialog: Any = self.app.screen
        dialog.query_one("Input").value = str(path)
        await self.press("enter")
        await self.ends(dialog)
        return list(dialog.records)

    async def ends(self, dialog: Any) -> None:
        """Wait until the work of a dialog is done."""
        await self.until(lambda: not dialog.running, "the end of the dialog's work")
        await self.rest()


@asynccontextmanager
async def _stage(
    library: Library, size: tuple[int, int] = (120, 40), *, ready: str = "unread", **options: Any
) -> AsyncIterator[Stage]:
    app = BriefreaderApp(library, remember=False, today=TODAY, **options)
    async with app.run_test(size=size, notifications=True) as pilot:
        stage = Stage(app, pilot)
        await stage.sees(ready)
        yield stage
        await pilot.pause()
        assert app._exception is None, app._exception
    assert app._exception is None, app._exception
    assert app.return_code in (0, None)


@pytest.fixture
def stage() -> Callable[..., AbstractAsyncContextManager[Stage]]:
    """``async with stage(library, (80, 24)) as on:`` runs the app; checks that it doesn't crash."""
    return _stage
