"""Measure how long the app takes to start and to quit, and its memory.

A start ends when the title of the first briefing is on the screen. An empty Textual app is measured in turn, so other
load on the machine affects both.
"""

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
    """Return the beginning of the title that the app shows first."""
    with Library(folder, create=False) as opened:
        return " ".join(opened.rows(opened.keys(limit=1))[0].title.split())[:12]


def briefreader(folder: Path) -> list[str]:
    """Return the command that opens a library in the app."""
    return [sys.executable, "-m", "briefreader", "--library", str(folder)]


def measure(folder: Path, home: Path) -> None:
    """Print the times to start and to quit, and the memory when idle."""
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
            f"  {name:<12} first paint {1000 * paint:5.0f} ms, CPU {1000 * work:5.0f} ms   quit {1000 * leave:5.0f} ms"
            f"   memory {memory:4.0f} MB"
        )
    paint, work, _, leave = (ours / bare for ours, bare in zip(*reversed(medians.values()), strict=True))
    print(f"  {'ratio':<12} first paint {paint:5.2f}     CPU {work:5.2f}      quit {leave:5.2f}")
