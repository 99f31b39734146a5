"""Base class of dialogs that run a long operation.

They show its progress and a report, and can stop it.
"""

from __future__ import annotations

from abc import abstractmethod
from operator import itemgetter
from time import perf_counter
from typing import TYPE_CHECKING, Any, TypeVar

from textual import work
from textual.content import Content
from textual.message import Message
from textual.widgets import Static
from textual.worker import Worker, WorkerState, get_current_worker

from briefreader.display import one_line
from briefreader.tui.screens.dialog import Dialog
from briefreader.tui.widgets.bars import Hint, HintBar
from briefreader.tui.widgets.cells import bar
from briefreader.tui.widgets.text_rows import Part, TextRows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from briefreader.library.progress import Progress
    from briefreader.tui.workers import CancelCheck

T = TypeVar("T")
R = TypeVar("R")
# statuses that have another name in reports
_NAMES = {"alias": "skipped as duplicate", "known": "already in the library", "revision": "updated"}
_EVERY = 0.1  # seconds between progress updates
_WIDTH = 24  # width of the bar in cells
_STOP = Hint("Esc", "Stop (what is done stays)", "screen.leave")
_STOPPING = Hint("Esc", "Close (once it has stopped)", "screen.leave")
NOT_DONE = ("failed", "conflict", "skipped")  # statuses that need the user's attention


class Progressed(Message):
    """More records are available, or the progress has changed."""

    bubble = False

    def __init__(self, records: list[Any]) -> None:
        super().__init__()
        self.records = records


class RunDialog(Dialog[T]):
    """A dialog that runs an operation in a thread, with a row per record."""

    tall = True
    wide = True

    def __init__(self) -> None:
        super().__init__()
        self.running = False
        self.records: list[Any] = []
        self._cancel = False
        self._at: Progress | None = None
        self._reported = 0.0
        self._hints: Sequence[Hint] = self.hints
        self._ended: Callable[[list[Any], bool], None] = lambda records, stopped: None

    def run_records(self, make: Callable[[CancelCheck], Iterable[R]], then: Callable[[list[R], bool], None]) -> None:
        """Iterate over ``make(cancelled)`` in a thread.

        At the end, call ``then(records, stopped)``; after an error, ``show_error``.
        """
        self.running = True
        self.records = []
        self._cancel = False
        self._at = None
        self._ended = then
        rows = self.query_one(TextRows)
        rows.empty = ()
        rows.show([])
        hints = self.query_one(HintBar)
        self._hints = hints.hints
        hints.show_hints([_STOP])
        self.report(self._so_far())
        self._run_in_thread(make)

    @work(thread=True, exclusive=True, group="run", exit_on_error=False)
    def _run_in_thread(self, make: Callable[[CancelCheck], Iterable[R]]) -> bool:
        """Iterate over the records and post them, in a thread.

        Return whether the user stopped the run.
        """
        worker = get_current_worker()
        pending: list[R] = []
        posted = perf_counter()

        def stopped() -> bool:
            return self._cancel or worker.is_cancelled

        try:
            for record in _stoppable(make(stopped), stopped):
                pending.append(record)
                if perf_counter() - posted > _EVERY:
                    self.post_message(Progressed(pending))
                    pending, posted = [], perf_counter()
        finally:  # also post the records before an error
            self.post_message(Progressed(pending))
        return stopped()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Finish a run that ended without an error; ``Background`` reports errors."""
        if event.worker.group == "run" and event.state is WorkerState.SUCCESS:
            self._end()
            self._move_failures_last()
            self._ended(self.records, bool(event.worker.result))

    def on_progressed(self, message: Progressed) -> None:
        """Show new records."""
        message.stop()
        self.records += message.records
        rows = self.query_one(TextRows)
        if message.records:
            at_end = rows.cursor >= rows.count - 1
            shown = [*rows.rows, *(self.record_row(record) for record in message.records)]
            rows.show(shown, len(shown) - 1 if at_end else rows.cursor)
        if self.running and not self._cancel:
            self.report(self._so_far())

    def progress(self, at: Progress) -> None:
        """Store the progress, and request its display; called in the worker thread."""
        self._at = at
        if at.stage or perf_counter() - self._reported > _EVERY:
            self._reported = perf_counter()
            self.post_message(Progressed([]))

    def _so_far(self) -> str:
        """Return the progress as a bar, or as a count if the total is unknown."""
        at = self._at
        if at is None and not self.records:
            return "⟳ Starting …"
        if at is not None and at.stage:
            return f"⟳ {at.done:,} done, {at.stage} …"
        if at is None or at.total <= 1:
            return f"⟳ {max(len(self.records), at.done if at else 0):,} so far"
        return f"{bar(at.done, at.total, _WIDTH):░<{_WIDTH}} {at.done / at.total:.0%} · {at.done:,} of {at.total:,}"

    def _end(self) -> None:
        self.running = False
        self.query_one(HintBar).show_hints(self._hints)

    def _move_failures_last(self) -> None:
        """Move the records whose status is in ``NOT_DONE`` to the end, and scroll there."""
        not_done = [getattr(record, "status", "") in NOT_DONE for record in self.records]
        if any(not_done):
            self.records = [record for _, record in sorted(zip(not_done, self.records, strict=True), key=itemgetter(0))]
            rows = [self.record_row(record) for record in self.records]
            self.query_one(TextRows).show(rows, len(rows) - 1)

    @abstractmethod
    def record_row(self, record: Any) -> list[Part]:
        """Return the row of a record."""

    def show_error(self, text: str) -> None:
        """Report an error; the records shown before it stay."""
        self._end()
        self.report(text, error=True)

    def report(self, text: str, *, error: bool = False) -> None:
        """Show progress or the final report in the status line."""
        report = self.query_one("#report", Static)
        report.set_class(error, "error")
        report.update(Content(one_line(text, 300)))

    def action_leave(self) -> None:
        """Stop the run; if none is running, close."""
        if self.running:
            self._cancel = True
            self.query_one(HintBar).show_hints([_STOPPING])
            self.report("Finishing the current item, then stopping …")
        else:
            self.leave()

    def leave(self) -> None:
        """Close with the dialog's result."""
        self.dismiss(None)


def _stoppable(records: Iterable[R], stop: Callable[[], bool]) -> Iterator[R]:
    """Yield records, and check after each whether to ``stop``."""
    for record in records:
        yield record
        if stop():
            return


def counts(statuses: Iterable[str]) -> str:
    """Return counts by status, such as ``12 written · 3 unchanged``."""
    found: dict[str, int] = {}
    for status in statuses:
        status = _NAMES.get(status, status)
        found[status] = found.get(status, 0) + 1
    return " · ".join(f"{number:,} {status}" for status, number in found.items()) or "nothing to do"
