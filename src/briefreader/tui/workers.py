"""Background work: library calls in threads, errors, and the log.

Panes and screens call the library in ``@work`` methods that await ``in_thread``. In an exclusive group, a new worker
cancels the previous one. Errors are passed to ``show_error``.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from threading import Event
from typing import TYPE_CHECKING, TypeVar

from textual.message_pump import MessagePump
from textual.worker import Worker, WorkerState

from briefreader.display import clean
from briefreader.errors import BriefreaderError
from briefreader.tui.messages import StatusChanged

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger("briefreader")
MAX_LOG_BYTES = 1_000_000
T = TypeVar("T")
DEBOUNCE_SECONDS = 0.08  # pause after a key before dependent data is loaded
# Groups of workers that no key waits for: they don't affect what a key does, or a key must be able to cancel them.
BACKGROUND_GROUPS = frozenset(
    "preload facets rest warm learn retag fetch outside position reason preview run evaluate topics terms stats".split()
)
LIST_GROUPS = frozenset({"list", "search", "command"})  # groups that keys for moving in a list wait for
CancelCheck = Callable[[], bool]


async def in_thread(call: Callable[[CancelCheck], T]) -> T:
    """Run ``call(cancelled)`` in a thread, and return its result.

    ``cancelled()`` becomes true when the result is no longer needed, for example because the worker was cancelled.
    """
    stopped = Event()
    try:
        return await asyncio.to_thread(call, stopped.is_set)
    finally:
        stopped.set()


async def debounce(factor: float = 1) -> None:
    """Wait for a pause in typing.

    In an exclusive worker, the next key cancels the worker here.
    """
    await asyncio.sleep(factor * DEBOUNCE_SECONDS)


class Background(MessagePump):
    """Mixin for widgets and dialogs whose workers may fail."""

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Report the error of a worker."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self.show_error(describe_error(event.worker.error))

    def show_error(self, text: str) -> None:
        """Report an error to the screen.

        Screens that show errors themselves override this.
        """
        self.post_message(StatusChanged(text, "error"))


class _Log(logging.Handler):
    """Append to a log file, which is created when first needed.

    A record written after the file exceeds ``MAX_LOG_BYTES`` replaces its content.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record, made safe for display; ignore write errors."""
        with suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            full = self.path.exists() and self.path.stat().st_size > MAX_LOG_BYTES
            with self.path.open("w" if full else "a", encoding="utf-8") as file:
                file.write(f"{clean(self.format(record))}\n")


def set_up_log(folder: Path) -> None:
    """Log to ``briefreader.log`` in a folder, and nowhere else."""
    handler = _Log(folder / "briefreader.log")
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    log.handlers = [handler]
    log.propagate = False


def describe_error(error: BaseException) -> str:
    """Return a message for the user; an unexpected exception is logged in full."""
    if isinstance(error, BriefreaderError):
        return clean(str(error))
    if isinstance(error, OSError) and error.strerror:
        place = f"{error.filename}: " if error.filename else ""
        return clean(f"{place}{error.strerror}")
    log.error("a background task failed", exc_info=error)
    return clean(f"{type(error).__name__}: {error} (details are in the log)")
