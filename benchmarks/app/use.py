"""Measure the time from a key to its effect on the screen.

The keys move the cursor, choose topics, filter and search.
"""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

from briefreader.library import Library
from briefreader.query import quote

from .start import QUIT, briefreader, first_title
from .terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MOVES = 80
WINDOW = 0.06  # seconds in which a move of the cursor is shown; insights and the reader are updated later
FILTERS = ("tokens", "is:unread agents", "source:letter after:2024", "topic:pricing price", "licence weights")
SEARCHES = ("open weights", "pricng of tokens", "agents that ask")


def p95(values: Sequence[float]) -> float:
    """Return the 95th percentile, without interpolation."""
    return sorted(values)[min(int(len(values) * 0.95), len(values) - 1)]


def print_times(name: str, seconds: Sequence[float], more: str = "") -> None:
    """Print a line with the median, 95th percentile and maximum."""
    print(
        f"  {name:<34} median {1000 * statistics.median(seconds):6.1f}   p95 {1000 * p95(seconds):6.1f}"
        f"   longest {1000 * max(seconds):6.1f} ms   n {len(seconds)}{more}",
        flush=True,
    )


def measure(folder: Path, home: Path) -> None:
    """Open the library in the app and measure all keys."""
    with Library(folder) as library:
        terminal = Terminal(briefreader(folder), home=home)
        terminal.until(first_title(folder))
        terminal.settle()
        before = terminal.memory()
        moves(terminal)
        switches(terminal, library)
        typed(terminal, library)
        print(f"  memory before the first search {before:.0f} MB, after filtering {terminal.memory():.0f} MB")
        searched(terminal, library)
        print(f"  memory with {library.stats().insights:,} insights searched: {terminal.memory():.0f} MB")
        terminal.leave(QUIT)


def moves(terminal: Terminal) -> None:
    """Move the cursor in the list, with pauses and at the rate of a key held down."""
    terminal.send("2")
    terminal.settle()
    for name, rest in (("cursor move", 0.35), ("cursor move, key held down", 1 / 30)):
        seconds, sizes = [], []
        for n in range(MOVES):
            pressed = terminal.send("j" if n % 20 < 15 else "k")
            terminal.listen(min(WINDOW, rest))
            seconds.append(terminal.moment - pressed)
            sizes.append(terminal.count)
            terminal.listen(rest - WINDOW)
        print_times(name, seconds, f"   bytes median {statistics.median(sizes):.0f}, p95 {p95(sizes):.0f}")
        terminal.settle()


def switches(terminal: Terminal, library: Library) -> None:
    """Choose topics: from Enter to the topic's first briefing on the screen."""
    topics = [topic for topic, _, count in library.facets().topics if count][:25]
    first = [library.rows(library.keys(f"topic:{quote(topic)}", limit=1))[0].title[:12] for topic in topics]
    terminal.send("1")
    terminal.settle()
    terminal.send("G")  # to the last row, and then back to the first
    terminal.settle(0.5)
    terminal.send("g")
    terminal.send("g")
    terminal.settle(0.5)
    seconds = []
    terminal.send("jjjj")  # unread, starred, inbox, noted
    terminal.settle(0.5)
    shown = ""
    for title in first:
        terminal.send("1")
        terminal.settle()
        terminal.send("j")
        pressed = terminal.send("\r")
        if title != shown:
            seconds.append(terminal.until(title) - pressed)
        terminal.settle()
        shown = title
    print_times("list of a topic", seconds)


def typed(terminal: Terminal, library: Library) -> None:
    """Type filters: from each key to the number of matching briefings."""
    total = library.count()
    counts = {text[:n]: len(library.keys(text[:n])) for text in FILTERS for n in range(1, len(text) + 1)}
    seconds: list[float] = []
    first: list[float] = []
    terminal.send("2")
    terminal.settle()
    for text in FILTERS:
        terminal.send("/")
        terminal.settle()
        terminal.send("\x01\x0b")  # to the line's start; delete to its end
        terminal.settle()
        for n in range(1, len(text) + 1):
            pressed = terminal.send(text[n - 1])
            # until the search index is loaded, the number may be different
            exact = f"{counts[text[:n]]:,} of {total:,}" if first else f"of {total:,}"
            terminal.until(exact, "needs a value", "searched as text", "Nothing matches")
            (seconds if first else first).append(terminal.moment - pressed)
            terminal.settle(0.15)
            if len(first) == 1 and not seconds:
                terminal.settle(5.0)  # wait until the index is loaded
    terminal.send("\x1b")
    terminal.settle()
    print_times("first filter keystroke", first)
    print_times("filter keystroke", seconds)


def searched(terminal: Terminal, library: Library) -> None:
    """Type searches for insights: from each key to the number of hits."""
    pressed = terminal.send("i")
    opened = terminal.until("newest") - pressed
    terminal.send(SEARCHES[0][0])
    ready = terminal.until(" hits") - pressed
    terminal.settle(1.0)
    print(f"  insight search opened in {1000 * opened:.0f} ms, first hits after {1000 * ready:.0f} ms")
    seconds = []
    for text in SEARCHES:
        terminal.send("\x01\x0b")
        terminal.settle()
        for key in text:
            pressed = terminal.send(key)
            seconds.append(terminal.until(" hits", " hit ·", "No matches") - pressed)
            terminal.settle(0.15)
    time.sleep(0.2)
    terminal.send("\x1b")
    terminal.settle()
    print_times("insight search keystroke", seconds)
