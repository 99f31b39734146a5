"""Run the app and record when its event loop is blocked.

    python -m benchmarks.app.probe LOG [ARGUMENTS of briefreader | bare]

A task in the event loop sleeps for 5 ms, again and again. Each time that it wakes up at least 10 ms late, a line with
the time and the lateness in seconds is recorded. The lines are written to LOG at the end. With ``bare``, an empty
Textual app is run instead, for comparison.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from typing import Any

from textual.app import App

from .start import BARE

EVERY = 0.005
LATE = 0.010


async def beat(late: list[tuple[float, float]]) -> None:
    """Record each time that the loop is late."""
    while True:
        due = time.perf_counter() + EVERY
        await asyncio.sleep(EVERY)
        now = time.perf_counter()
        if now - due >= LATE:
            late.append((now, now - due))


def main() -> None:
    """Run the benchmark with the options of the command line."""
    log = Path(sys.argv.pop(1))
    late: list[tuple[float, float]] = []
    run_async = App.run_async

    async def watched(self: App[Any], **options: Any) -> Any:
        heart = asyncio.create_task(beat(late))
        try:
            return await run_async(self, **options)
        finally:
            heart.cancel()
            log.write_text("".join(f"{when} {lateness}\n" for when, lateness in late), encoding="ascii")

    App.run_async = watched  # type: ignore[method-assign]  # the probe must run inside the app's loop
    if sys.argv[1:] == ["bare"]:
        exec(BARE, {})
        return
    from briefreader.cli.main import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
