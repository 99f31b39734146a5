"""Apply changes in order, refresh the panes, and retag after decisions.

Changes by other processes are noticed too.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from briefreader.display import one_line
from briefreader.tui.workers import in_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from textual.timer import Timer

    from briefreader.model import Batch
    from briefreader.tui.screens.main import MainScreen

CHECK_EVERY = 2.0  # seconds between checks for changes by other processes
LEARN_AFTER = 1.5  # seconds after the last decision before other briefings are retagged
SILENT = "-"  # as the summary of a change: no message


class Changes:
    """Apply changes in order, and refresh the panes when none is waiting."""

    def __init__(self, main: MainScreen) -> None:
        self._main = main
        self._library = main.library
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._learn_timer: Timer | None = None
        self._seen: tuple[Batch, ...] | None = None  # the latest change that the panes show

    def _start(self, work: Coroutine[Any, Any, None], group: str, *, exclusive: bool = False) -> None:
        self._main.run_worker(work, name=group, group=group, exclusive=exclusive, exit_on_error=False)

    def make(self, call: Callable[[], Batch], summary: str = "") -> None:
        """Apply a change in the background, and report it.

        Args:
            call: makes the change.
            summary: the message, instead of the batch's verb and summary; ``SILENT`` for none.
        """
        self._main.targets.disarm()
        self._waiting += 1
        self._start(self._make(call, summary), "change")

    async def _make(self, call: Callable[[], Batch], summary: str) -> None:
        """Apply a change in turn; after the last one waiting, refresh the panes."""
        try:
            batch = await self.in_turn(call)
        finally:
            self._waiting -= 1
        text = summary or (f"{batch.verb}: {batch.summary}" if batch.summary else batch.verb)
        if text != SILENT:
            self._main.show_status(f"{one_line(text, 200)} · {self._main.key_of('main.undo')} to undo")
        if not self._waiting:
            self.refresh()
            self.learn_later()

    async def in_turn(self, call: Callable[[], Batch]) -> Batch:
        """Run a change in a thread, after those already queued; return its batch."""
        async with self._turn:
            return await in_thread(lambda cancelled: call())

    async def finished(self) -> None:
        """Wait for all queued changes, before the app quits."""
        while self._waiting:
            async with self._turn:
                pass
            await asyncio.sleep(0)

    def refresh(self, *, requery: bool = False) -> None:
        """Reload the counts, the rows near the screen and the selected briefing.

        With ``requery``, also run the query again, because other briefings may match.
        """
        self._start(self._note_latest(), "outside", exclusive=True)
        self._main.places.load()
        if requery:
            self._main.briefings.forget()
            self._main.briefings.reload()
        else:
            self._main.briefings.refresh_rows()

    def mark_read(self) -> None:
        """Mark the briefing under the cursor as read, unless the library is read-only."""
        row = self._main.briefings.current
        if row is not None and not row.read and not self._library.readonly:
            self.make(lambda: self._library.mark([row.id], read=True), SILENT)

    # Learning

    def learn_later(self) -> None:
        """Retag other briefings ``LEARN_AFTER`` seconds after the last call, if decisions require it."""
        if self._learn_timer is not None:
            self._learn_timer.stop()
            self._learn_timer = None
        if self._library.topics_to_relearn:
            self._learn_timer = self._main.set_timer(LEARN_AFTER, self._learn_now)

    def _learn_now(self) -> None:
        self._start(self._learn(), "learn", exclusive=True)

    async def _learn(self) -> None:
        """Retag in a subprocess, and report how many briefings changed."""
        changed = await in_thread(
            lambda cancelled: list(self._library.run_in_subprocess("follow", cancelled=cancelled))
        )
        if changed:
            others = f"{len(changed):,} other briefing{'s' * (len(changed) != 1)} retagged"
            self._main.show_status(f"{others} · {self._main.key_of('main.undo')} to undo")
            self.refresh()

    # Other processes

    def watch(self) -> None:
        """Check for changes by other processes regularly."""
        self._start(self._note_latest(), "outside", exclusive=True)
        self._main.set_interval(CHECK_EVERY, self.check_outside)

    def check_outside(self) -> None:
        """Show changes by other processes, such as ``add`` in cron, unless a dialog is open."""
        if not self._waiting and self._main.app.screen is self._main:
            self._start(self._check_outside(), "outside", exclusive=True)

    async def _note_latest(self) -> None:
        """Note the latest change in the history, as one that the panes show."""
        self._seen = tuple(await in_thread(lambda cancelled: self._library.history(1)))

    async def _check_outside(self) -> None:
        """Reload the list if the latest change was made by another process."""
        before = self._seen
        await self._note_latest()
        latest = self._seen or ()
        own = self._library.last_batch
        if self._waiting or before is None or latest == before or not latest or (own and own == latest[0]):
            return
        self.refresh(requery=True)
        self._main.show_status(f"Updated by another process: {one_line(f'{latest[0].verb} {latest[0].summary}', 100)}")
