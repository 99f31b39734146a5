"""Background work: thread workers that only post messages, and one place where their errors become words."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from textual.message import Message
from textual.message_pump import MessagePump
from textual.worker import Worker, get_current_worker

from briefreader.display import clean
from briefreader.errors import BriefreaderError

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger("briefreader")
_LOG_SIZE = 1_000_000
T = TypeVar("T")
# Work that no key waits for, because it decides nothing that a key means, or because keys must stop it.
BACKGROUND_GROUPS = frozenset(
    "ahead facets warm learn retag outside position reason preview run evaluate topics terms stats".split()
)
LIST_GROUPS = frozenset({"list", "undo", "reload"})  # work that keys moving in a list wait for
CancelCheck = Callable[[], bool]


class Finished(Message):
    """A worker's result, carried to the UI thread, where ``deliver`` runs."""

    bubble = False

    def __init__(self, deliver: Callable[[], None]) -> None:
        super().__init__()
        self.deliver = deliver


class Background(MessagePump):
    """Mixin for screens: ``background`` runs library calls off the UI thread.

    Within a group only the latest call counts: an earlier one is cancelled, and its result never arrives.
    """

    def background(
        self,
        group: str,
        call: Callable[[CancelCheck], T],
        then: Callable[[T], None],
        failed: Callable[[str], None] | None = None,
    ) -> None:
        """Run ``call(cancelled)`` in a thread, then ``then(result)`` here; an error goes to ``failed`` in words."""
        self.background_each(group, lambda cancelled: [call(cancelled)], then, failed)

    def background_each(
        self,
        group: str,
        calls: Callable[[CancelCheck], Iterable[T]],
        then: Callable[[T], None],
        failed: Callable[[str], None] | None = None,
    ) -> None:
        """Run ``calls(cancelled)`` in a thread, ``then(result)`` here for each of its results, as they come."""
        latest: dict[str, int] = self.__dict__.setdefault("_latest", {})
        turn = latest[group] = latest.get(group, 0) + 1
        report = failed or self.tell_error

        def stale() -> bool:
            return latest[group] != turn

        def run() -> None:
            worker: Worker[None] = get_current_worker()

            def cancelled() -> bool:
                return worker.is_cancelled or stale()

            def deliver(to: Callable[[T], None] | Callable[[str], None], what: Any) -> None:
                if not stale():
                    to(what)

            try:
                for result in calls(cancelled):
                    if cancelled():
                        return
                    self.post_message(Finished(partial(deliver, then, result)))
            except Exception as error:
                message = sentence(error)
                if not cancelled():
                    self.post_message(Finished(partial(deliver, report, message)))

        node: Any = self
        node.run_worker(run, group=group, exclusive=True, exit_on_error=False, thread=True)

    def on_finished(self, message: Finished) -> None:
        """Deliver a worker's result, on the UI thread."""
        message.stop()
        message.deliver()

    def tell_error(self, text: str) -> None:
        """Show an error; screens with a place for it override this."""
        node: Any = self
        node.app.tell(text, severity="error")


class _Log(logging.Handler):
    """Appends to a file that is made when there is something to tell, and begun anew when it has grown large."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    def emit(self, record: logging.LogRecord) -> None:
        """Write it down, cleaned: a fault may quote a document. A log that can't be written is no fault of its own."""
        with suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            full = self.path.exists() and self.path.stat().st_size > _LOG_SIZE
            with self.path.open("w" if full else "a", encoding="utf-8") as file:
                file.write(f"{clean(self.format(record))}\n")


def set_up_log(folder: Path) -> None:
    """From now on faults of the program go to ``briefreader.log`` in a folder, and nowhere else."""
    handler = _Log(folder / "briefreader.log")
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    log.handlers = [handler]
    log.propagate = False


def sentence(error: Exception) -> str:
    """What went wrong, for a reader; a fault of the program goes to the log whole."""
    if isinstance(error, BriefreaderError):
        return clean(str(error))
    if isinstance(error, OSError) and error.strerror:
        place = f"{error.filename}: " if error.filename else ""
        return clean(f"{place}{error.strerror}")
    log.error("a background task failed", exc_info=error)
    return clean(f"{type(error).__name__}: {error} (details are in the log)")
