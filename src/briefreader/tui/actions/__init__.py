"""The commands of the main screen, grouped by subject.

The ``action_…`` methods implement commands of the registry; ``action_clear_filter`` is run by a hint. Async ones run as
workers, so they may await threads and dialogs.
"""

from __future__ import annotations

from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from briefreader.tui.screens.main import MainScreen

_PREFIX = "action_"


class Actions:
    """Base of a group of commands: its ``action_…`` methods."""

    def __init__(self, main: MainScreen) -> None:
        self.main = main
        self.library = main.library

    def attach(self) -> None:
        """Add the group's methods to the main screen, where Textual looks for actions."""
        for name in dir(self):
            if name.startswith(_PREFIX):
                method = getattr(self, name)
                setattr(self.main, name, _as_worker(self.main, method) if iscoroutinefunction(method) else method)


def _as_worker(main: MainScreen, method: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """Return a function that runs an async action as a worker of the screen."""

    def start() -> None:
        main.run_worker(method(), name=method.__name__, group="command", exit_on_error=False)

    return start
