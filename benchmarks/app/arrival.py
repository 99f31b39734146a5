"""Measure how long the app's event loop is blocked while 500 briefings arrive.

First, 500 are fetched by the automatic fetch of every minute, then 500 others by the key F.
"""

from __future__ import annotations

import random
import shutil
import sys
import time
from typing import TYPE_CHECKING

from .background import print_blocks, use_app
from .start import QUIT, first_title
from .terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

ARRIVING = 500
SECONDS = 40  # maximum duration of the first fetch, which begins a minute after the start
WORDS = "kelp tide reef wrack foam gull shoal ebb spray brine dune cove harbour buoy anchor mast agents pricing".split()


def deliver(folder: Path, name: str) -> None:
    """Write generated documents to a folder."""
    folder.mkdir(parents=True)
    rng = random.Random(name)
    for number in range(ARRIVING):
        prose = " ".join(rng.choice(WORDS) + (str(rng.randrange(99)) if n % 3 else "") for n in range(300))
        (folder / f"{number}.md").write_text(f"# {name} {number}\n\n{prose}.\n")


def measure(folder: Path, home: Path) -> None:
    """Print how long the loop is blocked while briefings arrive and the app is used."""
    library, log = home / "arrival", home / "arrived.txt"
    shutil.copytree(folder, library)
    config = home / "briefreader" / "config.toml"
    config.parent.mkdir(exist_ok=True)
    config.write_text('[fetch]\nevery = "1m"\n')
    sources = library / "sources.toml"
    sources.write_text("".join(f'[[source]]\nname = "{n}"\nkind = "folder"\naddress = "{home / n}"\n' for n in "ab"))
    (home / "b").mkdir()
    deliver(home / "a", "first")
    probe = [sys.executable, "-m", "benchmarks.app.probe", str(log), "--library", str(library)]
    terminal = Terminal(probe, home=home)
    stretches = [("start", terminal.began)]
    terminal.until(first_title(folder))
    terminal.settle(1.0)
    stretches.append((f"{ARRIVING} arrive in the background", time.perf_counter()))
    while time.perf_counter() < terminal.began + 60 + SECONDS:
        use_app(terminal)
    stretches.append((f"{ARRIVING} arrive by F", time.perf_counter()))
    shutil.rmtree(home / "b")
    deliver(home / "b", "second")
    terminal.send("\x1b")
    terminal.settle(1.0)
    terminal.send("F")
    terminal.until("new briefings", "Stopped")
    terminal.send("\x1b")
    terminal.settle(2.0)
    stretches.append(("quitting", time.perf_counter()))
    terminal.leave(QUIT)
    print_blocks(log, stretches)
