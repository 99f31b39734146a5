"""An app with a heartbeat in its loop: ``python -m benchmarks.app.probe LOG [briefreader's arguments]``.

With the single argument ``bare`` it is not briefreader, but the bare Textual app that it is measured beside.

Every 5 ms the loop should come round; a line ``moment lateness`` (s) is kept for each time it was 10 ms late or more,
and written to LOG at the end.
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
    """Note when the loop comes round late."""
    while True:
        due = time.perf_counter() + EVERY
        await asyncio.sleep(EVERY)
        now = time.perf_counter()
        if now - due >= LATE:
            late.append((now, now - due))


def main() -> None:
    """Run the benchmark as the command line asks."""
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

    App.run_async = watched  # type: ignore[method-assign]  # the probe is the point
    if sys.argv[1:] == ["bare"]:
        exec(BARE, {})
        return
    from briefreader.cli.main import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
