"""Compare the app with newsboat and neomutt, with the same texts in each.

Measured are the start, a move of the cursor, a search, and memory.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import time
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from briefreader.library import Library

from .start import briefreader, first_title
from .terminal import Terminal
from .use import MOVES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from briefreader.model import Briefing

WORD = "tokens"


def measure(folder: Path, home: Path) -> None:
    """Print a line for each program that is installed."""
    with Library(folder) as library:
        keys = library.keys()
        rows = library.rows(keys[:1])

        def briefings() -> Iterator[Briefing]:
            for start in range(0, len(keys), 500):
                for row in library.rows(keys[start : start + 500]):
                    yield library.briefing(row.id)

        made = home / f"peers-{len(keys)}"
        made.mkdir()
        heading = f"{'start':>9} {'move':>8} {'bytes':>6} {'search':>9} {'memory':>8}"
        print(f"  {'':<12} {heading}   search for “{WORD}” in all texts")
        ours(folder, home, first_title(folder))
        if shutil.which("newsboat"):
            newsboat(made, briefings(), rows[0].title[:12])
        if shutil.which("neomutt"):
            neomutt(made, briefings(), rows[0].title[:12], len(keys))


def moved(terminal: Terminal, key: str = "j") -> tuple[float, float]:
    """Return the median time (s) and output (bytes) of a move of the cursor."""
    seconds, sizes = [], []
    for _ in range(MOVES // 2):
        pressed = terminal.send(key)
        terminal.listen(0.06)
        seconds.append(terminal.moment - pressed)
        sizes.append(terminal.count)
    return statistics.median(seconds), statistics.median(sizes)


def line(name: str, start: float, move: tuple[float, float], search: float, memory: float, more: str = "") -> None:
    """Print a row of the table."""
    print(
        f"  {name:<12} {1000 * start:6.0f} ms {1000 * move[0]:5.1f} ms {move[1]:6.0f} {1000 * search:6.0f} ms"
        f" {memory:5.0f} MB   {more}",
        flush=True,
    )


def ours(folder: Path, home: Path, title: str) -> None:
    """Measure briefreader, with its insight search; the index is loaded before."""
    terminal = Terminal(briefreader(folder), home=home)
    start = terminal.until(title) - terminal.began
    terminal.settle()
    move = moved(terminal)
    terminal.settle()
    terminal.send("i")
    terminal.until("newest")
    terminal.settle(1.0)
    pressed = terminal.send(WORD)
    terminal.until(" hits")
    terminal.settle(0.5)
    search = terminal.moment - pressed
    line("briefreader", start, move, search, terminal.memory(), "insights, ranked, as you type")
    terminal.send("\x1b")
    terminal.settle()
    terminal.leave("\x11")


def newsboat(made: Path, briefings: Iterator[Briefing], title: str) -> None:
    """Measure newsboat, with all texts in one feed that is in its cache."""
    feed = made / "feed.xml"
    with feed.open("w", encoding="utf-8") as file:
        file.write('<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>All</title>\n')
        for briefing in briefings:
            file.write(
                f"<item><guid>{briefing.id}</guid><title>{escape(briefing.title)}</title>"
                f"<pubDate>{rfc822(briefing.published)}</pubDate>"
                f"<description>{escape(briefing.body)}</description></item>\n"
            )
        file.write("</channel></rss>\n")
    (made / "urls").write_text(f"file://{feed}\n", encoding="utf-8")
    (made / "config").write_text("auto-reload no\nrefresh-on-startup no\nmax-items 0\n", encoding="utf-8")
    command = ["newsboat", "-q", "-u", str(made / "urls"), "-c", str(made / "cache.db"), "-C", str(made / "config")]
    began = time.perf_counter()
    subprocess.run([*command, "-x", "reload"], check=True, capture_output=True, stdin=subprocess.DEVNULL)
    loaded = time.perf_counter() - began
    terminal = Terminal(command, home=made)
    terminal.until("All")
    terminal.settle(0.2)
    terminal.send("\r")
    start = terminal.until(title) - terminal.began - 0.2
    terminal.settle()
    move = moved(terminal)
    terminal.send("/")
    terminal.settle()
    pressed = terminal.send(f"{WORD}\r")
    terminal.until("Search result", "No results")
    terminal.settle(1.0)
    search = terminal.moment - pressed
    line(
        "newsboat",
        start,
        move,
        search,
        terminal.memory(),
        f"articles, unranked, after Enter; loading the feed took {loaded:.0f} s",
    )
    terminal.leave("qqqq")


def neomutt(made: Path, briefings: Iterator[Briefing], title: str, count: int) -> None:
    """Measure neomutt, with all texts in one mbox; it reads all headers at start."""
    box = made / "all.mbox"
    with box.open("w", encoding="utf-8") as file:
        for briefing in briefings:
            body = briefing.body.replace("\nFrom ", "\n>From ")
            file.write(
                f"From letter@example.org Thu Jan  1 00:00:00 2026\nFrom: {briefing.source} <letter@example.org>\n"
                f"Subject: {briefing.title}\nDate: {rfc822(briefing.published)}\n"
                f"Message-ID: <{briefing.id}@example.org>\n"
                f"Content-Type: text/plain; charset=utf-8\nStatus: O\n\n{body}\n\n"
            )
    (made / "Mail").mkdir()  # neomutt would ask whether to create it
    rc = made / "neomuttrc"
    rc.write_text("set sort=reverse-date\nset quit=yes\nset read_inc=0\nunset mark_old\n", encoding="utf-8")
    terminal = Terminal(["neomutt", "-n", "-R", "-F", str(rc), "-f", str(box)], home=made)
    start = terminal.until(title) - terminal.began
    terminal.settle()
    move = moved(terminal)
    terminal.send("l")
    terminal.settle()
    pressed = terminal.send(f"~b {WORD}\r")
    search = terminal.until(f"/{count}") - pressed
    line("neomutt", start, move, search, terminal.memory(), "messages, unranked, after Enter")
    terminal.leave("q")


def rfc822(day: str) -> str:
    """Return a date as mails and feeds write it."""
    from datetime import datetime
    from email.utils import format_datetime

    return format_datetime(datetime.fromisoformat(day))
