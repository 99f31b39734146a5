"""Run a function in a process of its own, so that long work doesn't hold up the thread that answers keys.

Whatever starts a process of this program goes through here, with the same guarantees: progress comes over, a job can
be cancelled between its records, a process that is killed is reported with what it said, and nothing is imported from
the folder that the program is run in.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, TypeVar

from briefreader import paths
from briefreader.errors import LibraryError
from briefreader.library.progress import CancelCheck, not_cancelled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from briefreader.library.progress import Report

S = TypeVar("S")
R = TypeVar("R")
_WORKER = "briefreader.library.job_worker"
_AGAIN = "run it again: what was done is kept"


@dataclass(frozen=True, slots=True)
class Job:
    """A generator function to run, ``module:function``, and its arguments; it takes ``progress`` and ``cancelled``."""

    function: str
    arguments: tuple[Any, ...]


def send(what: object, to: IO[bytes]) -> None:
    """Hand something to the other process."""
    import pickle

    pickle.dump(what, to)
    to.flush()


def received(stream: IO[bytes]) -> Any:
    """Return what the other process handed over."""
    import pickle

    return pickle.load(stream)  # noqa: S301 - a pipe between two processes of ours, which nobody else writes to


class Jobs:
    """Runs jobs one at a time each, in processes of their own."""

    def __init__(self) -> None:
        self._detached = False

    def detach(self) -> None:
        """Wait for no job any more: each finishes what it writes by itself, and its records end here."""
        self._detached = True

    def run(
        self,
        name: str,
        function: str,
        *arguments: Any,
        progress: Report | None = None,
        cancelled: CancelCheck = not_cancelled,
    ) -> Iterator[Any]:
        """Yield what a generator function (``module:function``) yields in a process of its own.

        What is being written when it is cancelled is finished first.

        Raises:
            LibraryError: the process ended before it was done; and whatever the function raises.
        """
        import logging
        import subprocess
        import tempfile

        with tempfile.TemporaryFile() as said:
            command, environment = paths.own_module(_WORKER)
            child = subprocess.Popen(
                command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said
            )
            assert child.stdin is not None
            assert child.stdout is not None
            try:
                yield from self._records(Job(function, arguments), child.stdin, child.stdout, progress, cancelled)
            except (EOFError, OSError):
                said.seek(0)
                whole = said.read().decode(errors="replace").strip()
                logging.getLogger(__name__).error("%s ended: %s", name, whole)
                why = f": {whole.splitlines()[-1]}" if whole else ""
                raise LibraryError(f"the {name} process was terminated unexpectedly{why}", hint=_AGAIN) from None
            finally:
                child.stdin.close()
                child.stdout.close()
                threading.Thread(target=child.wait, daemon=True).start()  # a detached one has something to finish

    def _records(
        self, job: Job, there: IO[bytes], back: IO[bytes], progress: Report | None, cancelled: CancelCheck
    ) -> Iterator[Any]:
        """Send a job and yield what comes back; EOFError where the other end fell silent."""
        send(job, there)
        while not self._detached:
            kind, value = received(back)
            if cancelled() and not there.closed:
                there.close()
            if kind == "record":
                yield value
            elif kind == "progress" and progress:
                progress(value)
            elif kind == "failed":
                raise value
            elif kind == "done":
                return


def parallel(function: Callable[..., R], slices: Iterable[S], workers: int, *arguments: Any) -> Iterator[tuple[S, R]]:
    """Yield each slice with ``function(*arguments, slice)``, worked on by several processes at once, in order.

    Joblib's backends apply, so that a cluster can do it (docs/scale.md).

    Raises:
        LibraryError: one of the processes was killed.
    """
    from concurrent.futures.process import BrokenProcessPool

    from joblib import Parallel, delayed

    os.environ.setdefault("PYTHONSAFEPATH", "1")  # no worker imports from the folder that it is started in
    pending: list[S] = []

    def calls() -> Iterator[object]:
        for slice_ in slices:
            pending.append(slice_)
            yield delayed(function)(*arguments, slice_)

    try:
        for made in Parallel(n_jobs=workers, return_as="generator", pre_dispatch="2*n_jobs")(calls()):
            yield pending.pop(0), made
    except BrokenProcessPool as error:
        raise LibraryError(f"a worker process was terminated unexpectedly: {error}", hint=_AGAIN) from error
