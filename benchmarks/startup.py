"""How long the app takes to its first useful paint and to leave, in a real pseudo-terminal, beside a bare Textual app.

    python benchmarks/startup.py [--library DIR] [--runs 7] [--size 120x40]

Useful means: the first briefing's title is on the screen. Without ``--library`` the demo is opened, as ``make run``
does. The two apps take turns, so that a busy machine hurts both; medians of the runs are compared.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import pty
import select
import statistics
import struct
import sys
import tempfile
import termios
import time
from pathlib import Path

BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    BINDINGS = [("ctrl+q", "quit", "Quit")]
    def compose(self):
        yield Static("first paint")
Bare().run()
"""
QUIT = b"\x11"  # ctrl+q
LIMIT = 60.0  # seconds


def run(command: list[str], needle: bytes, size: tuple[int, int]) -> tuple[float, float, int]:
    """Seconds from start to ``needle`` on the terminal, from Ctrl+Q to the end, and bytes sent until the paint."""
    began = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program has its bytecode
        os.execvp(command[0], command)
    seen = b""
    while needle not in seen:
        if time.perf_counter() - began > LIMIT:
            raise TimeoutError(f"{needle!r} never came from {command}")
        if select.select([terminal], [], [], 0.5)[0]:
            seen += os.read(terminal, 65536)
    painted = time.perf_counter() - began
    os.write(terminal, QUIT)
    left = time.perf_counter()
    while True:
        try:
            if select.select([terminal], [], [], 0.5)[0] and not os.read(terminal, 65536):
                break
        except OSError:  # the other end is closed
            break
        if time.perf_counter() - left > LIMIT:
            raise TimeoutError(f"{command} does not end")
    os.waitpid(pid, 0)
    os.close(terminal)
    return painted, time.perf_counter() - left, len(seen)


def first_title(library: Path | None) -> bytes:
    """The beginning of the title that a start shows first."""
    from briefreader.library import Library

    with Library(library, create=False) if library else Library.demo() as opened:
        title = opened.rows(opened.keys(limit=1))[0].title
    return " ".join(title.split())[:12].encode()


def main() -> None:
    """Measure and print medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", type=Path, help="a library's folder; the demo without it")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--size", default="120x40", help="columns x rows")
    given = parser.parse_args()
    columns, rows = (int(part) for part in given.size.split("x"))
    needle = first_title(given.library)
    ours = [sys.executable, "-m", "briefreader", *(["--library", str(given.library)] if given.library else ["--demo"])]
    with tempfile.NamedTemporaryFile("w", suffix=".py", delete=False) as bare:
        bare.write(BARE)
    figures: dict[str, list[tuple[float, float, int]]] = {"bare": [], "briefreader": []}
    try:
        for turn in range(given.runs + 1):
            for name, command, text in (
                ("bare", [sys.executable, bare.name], b"first paint"),
                ("briefreader", ours, needle),
            ):
                figure = run(command, text, (columns, rows))
                if turn:  # the first turn warms the caches
                    figures[name].append(figure)
    finally:
        Path(bare.name).unlink()
    medians = {
        name: [statistics.median(column) for column in zip(*runs, strict=True)] for name, runs in figures.items()
    }
    print(f"{'':<12} {'paint ms':>9} {'exit ms':>9} {'bytes':>8}   median of {given.runs}, {given.size}")
    for name, (paint, leave, sent) in medians.items():
        print(f"{name:<12} {1000 * paint:>9.0f} {1000 * leave:>9.0f} {sent:>8,.0f}")
    ratios = [medians["briefreader"][i] / medians["bare"][i] for i in (0, 1)]
    print(f"{'ratio':<12} {ratios[0]:>9.2f} {ratios[1]:>9.2f}")


if __name__ == "__main__":
    main()
