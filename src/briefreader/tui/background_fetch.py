"""Fetching in the background, every so often, while the app is open (``[fetch] every`` of the settings)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from briefreader.errors import BriefreaderError, LockedError
from briefreader.sources.config import seconds
from briefreader.tui.workers import describe_error, in_thread

if TYPE_CHECKING:
    from briefreader.tui.screens.main import MainScreen

MIN_SECONDS = 60
_GROUP = "fetch"


class BackgroundFetch:
    """Asks the sources that are due; skips a turn where there are none, or where the library is locked."""

    def __init__(self, main: MainScreen, every: str) -> None:
        self._main = main
        self._every = seconds(every) if every else None

    def start(self) -> None:
        """Begin, if the settings ask for it."""
        if self._every is not None:
            self._main.set_interval(max(self._every, MIN_SECONDS), self.run)

    def run(self) -> None:
        """Fetch once, without holding up any key, unless the last turn still runs."""
        running = any(worker.group == _GROUP and not worker.is_finished for worker in self._main.workers)
        if self._main.library.sources.path.exists() and not running:
            self._main.run_worker(self._fetch(), name=_GROUP, group=_GROUP, exit_on_error=False)

    async def _fetch(self) -> None:
        from briefreader.library.fetching import FetchOptions  # with the network's modules, which take their time
        from briefreader.library.item_storage import SourceResult

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
        new = sum(result.new + result.revised for result in results if isinstance(result, SourceResult))
        if new:
            self._main.changes.refresh(requery=True)
            self._main.show_status(f"{new:,} new briefing{'s' * (new != 1)} fetched")
