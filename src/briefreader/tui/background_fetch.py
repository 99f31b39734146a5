"""Fetch in the background while the app is open (setting ``[fetch] every``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from briefreader.errors import BriefreaderError, LockedError
from briefreader.tui.workers import describe_error, in_thread

if TYPE_CHECKING:
    from briefreader.tui.screens.main import MainScreen

MIN_SECONDS = 60  # shortest interval
_GROUP = "fetch"


class BackgroundFetch:
    """Fetch the sources that are due, at regular intervals.

    Nothing is fetched while another bulk command is running. ``every`` is a duration such as ``30m``.
    """

    def __init__(self, main: MainScreen, every: str) -> None:
        from briefreader.sources.config import seconds

        self._main = main
        self._every = seconds(every)

    def start(self) -> None:
        """Start the timer, if ``every`` is valid."""
        if self._every is not None:
            self._main.set_interval(max(self._every, MIN_SECONDS), self.run)

    def run(self) -> None:
        """Fetch once; do nothing without sources, or while the previous fetch is running."""
        running = any(worker.group == _GROUP and not worker.is_finished for worker in self._main.workers)
        if self._main.library.sources.path.exists() and not running:
            self._main.run_worker(self._fetch(), name=_GROUP, group=_GROUP, exit_on_error=False)

    async def _fetch(self) -> None:
        """Fetch in a subprocess, and report new and revised briefings or an error."""
        from briefreader.library.fetching import FetchOptions  # slow: it imports the network modules
        from briefreader.library.item_storage import SourceResult
        from briefreader.tui.screens.fetch import found_text

        try:
            results: list[Any] = await in_thread(
                lambda cancelled: list(
                    self._main.library.run_in_subprocess("fetch", FetchOptions(), cancelled=cancelled)
                )
            )
        except LockedError:
            return
        except BriefreaderError as error:
            self._main.show_status(describe_error(error), "error")
            return
        sources = [result for result in results if isinstance(result, SourceResult)]
        if any(result.new or result.revised for result in sources):
            self._main.changes.refresh(requery=True)
            self._main.show_status(f"{found_text(sources)} fetched")
