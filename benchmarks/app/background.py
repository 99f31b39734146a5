"""Measure how long the app's event loop is blocked.

Measured at start, while a user reads, while documents are added, and while the library is tagged.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from briefreader import paths

from .start import QUIT, first_title
from .terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SECONDS = 20  # how long the app is used while the library is tagged


def measure(folder: Path, home: Path) -> None:
    """Print how long the loop is blocked in each phase, and in an empty Textual app."""
    log = home / "late.txt"
    probe = [sys.executable, "-m", "benchmarks.app.probe", str(log)]
    terminal = Terminal([*probe, "bare"], home=home)
    stretches = [("start of an empty Textual app", terminal.began)]
    terminal.until("first paint")
    terminal.settle(1.0)
    stretches.append(("quitting an empty Textual app", time.perf_counter()))
    terminal.leave(QUIT)
    print_blocks(log, stretches)

    terminal = Terminal([*probe, "--library", str(folder)], home=home)
    stretches = [("start", terminal.began)]
    terminal.until(first_title(folder))
    terminal.settle(1.0)

    stretches.append(("reading, moving, filtering", time.perf_counter()))
    use_app(terminal)
    stretches.append(("adding the sample documents", time.perf_counter()))
    terminal.send("+")
    terminal.settle()
    terminal.send(f"{paths.shipped('sample_docs')}\r")
    terminal.settle(2.0)
    terminal.send("\x1b")
    terminal.settle()
    stretches.append(("learning and tagging", time.perf_counter()))
    terminal.send("2")
    terminal.send("\x14")  # ctrl+t
    until = time.perf_counter() + SECONDS
    while time.perf_counter() < until:
        use_app(terminal)
    stretches.append(("quitting", time.perf_counter()))
    left = terminal.leave(QUIT)
    print_blocks(log, stretches)
    print(f"  quit in {1000 * left:.0f} ms during tagging", flush=True)


def print_blocks(log: Path, stretches: Sequence[tuple[str, float]]) -> None:
    """Print the longest blocks of each phase, given by name and start."""
    late = [tuple(map(float, line.split())) for line in log.read_text(encoding="ascii").splitlines()]
    for n, (name, since) in enumerate(stretches):
        end = stretches[n + 1][1] if n + 1 < len(stretches) else float("inf")
        found = sorted((lateness for when, lateness in late if since <= when < end), reverse=True)
        longest = " ".join(f"{1000 * lateness:.0f}" for lateness in found[:5]) or "under 10"
        print(f"  {name:<34} longest blocks: {longest} ms")


def use_app(terminal: Terminal) -> None:
    """Press the keys of half a minute of reading in three seconds."""
    for keys in ("j", "j", "j", "\r", " ", " ", "]", "h", "/", "t", "o", "k", "\x1b", "3", "j", "j", "2"):
        terminal.send(keys)
        terminal.listen(0.15)
