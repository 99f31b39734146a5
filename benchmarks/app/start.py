"""To the first useful paint (the first briefing's title) and to the end, beside a bare Textual app."""

from __future__ import annotations

import statistics
import sys
import time
from typing import TYPE_CHECKING

from briefreader.library import Library

from .terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

RUNS = 9
QUIT = "\x11"  # ctrl+q
BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    BINDINGS = [("ctrl+q", "quit", "Quit")]
    def compose(self):
        yield Static("first paint")
Bare().run()
"""


def first_title(folder: Path) -> str:
    """The beginning of the title that a start shows first."""
    with Library(folder, create=False) as opened:
        return " ".join(opened.rows(opened.keys(limit=1))[0].title.split())[:12]


def briefreader(folder: Path) -> list[str]:
    """The command that opens a library."""
    return [sys.executable, "-m", "briefreader", "--library", str(folder)]


def measure(folder: Path, home: Path) -> None:
    """Print seconds to the paint and to the end, and memory once all is quiet."""
    bare = home / "bare.py"
    bare.write_text(BARE, encoding="utf-8")
    turns = {
        "bare": ([sys.executable, str(bare)], "first paint"),
        "briefreader": (briefreader(folder), first_title(folder)),
    }
    figures: dict[str, list[tuple[float, float, float, float]]] = {name: [] for name in turns}
    for turn in range(RUNS + 1):
        for name, (command, text) in turns.items():
            terminal = Terminal(command, home=home)
            painted = terminal.until(text) - terminal.began
            work = terminal.work()
            terminal.settle()
            figure = painted, work, terminal.memory(), terminal.leave(QUIT)
            if turn:  # the first turn warms the caches
                figures[name].append(figure)
            time.sleep(0.1)
    medians = {
        name: [statistics.median(column) for column in zip(*runs, strict=True)] for name, runs in figures.items()
    }
    for name, (paint, work, memory, leave) in medians.items():
        print(
            f"  {name:<12} paint {1000 * paint:5.0f} ms, processor {1000 * work:5.0f} ms   exit {1000 * leave:5.0f} ms"
            f"   memory {memory:4.0f} MB"
        )
    paint, work, _, leave = (ours / bare for ours, bare in zip(*reversed(medians.values()), strict=True))
    print(f"  {'ratio':<12} paint {paint:5.2f}     processor {work:5.2f}      exit {leave:5.2f}")
