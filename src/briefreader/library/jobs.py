"""Run functions in separate processes, so that long work doesn't block the UI thread.

The caller gets the job's progress and can cancel the job. If the process ends unexpectedly, the error contains the last
line of its output. Child processes don't import modules from the current folder.
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
_AGAIN = "run it again: completed work is kept"


@dataclass(frozen=True, slots=True)
class Job:
    """A generator function to run, and its arguments; it is also passed ``progress`` and ``cancelled``."""

    function: str  # "module:function"
    arguments: tuple[Any, ...]


def send(what: object, to: IO[bytes]) -> None:
    """Send an object to the other process."""
    import pickle

    pickle.dump(what, to)
    to.flush()


def received(stream: IO[bytes]) -> Any:
    """Receive an object from the other process."""
    import pickle

    return pickle.load(stream)  # noqa: S301 - a private pipe between two of our processes


class Jobs:
    """Runs jobs in separate processes."""

    def __init__(self) -> None:
        self._detached = False

    def detach(self) -> None:
        """Stop waiting for jobs: their iterators end, and each process completes its current write by itself."""
        self._detached = True

    def run(
        self,
        name: str,
        function: str,
        *arguments: Any,
        progress: Report | None = None,
        cancelled: CancelCheck = not_cancelled,
    ) -> Iterator[Any]:
        """Yield what a generator function yields in a separate process.

        Args:
            name: name of the operation, for error messages.
            function: the function, ``module:function``.
            *arguments: its arguments.
            progress: called with the function's progress.
            cancelled: if it returns True, the function finishes its current item and ends.

        Raises:
            LibraryError: the process ended unexpectedly, for example by an exception other than BriefreaderError.
            BriefreaderError: the function raised it.
        """
        import logging
        import subprocess
        import tempfile

        with tempfile.TemporaryFile() as stderr:
            command, environment = paths.own_module(_WORKER)
            child = subprocess.Popen(
                command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr
            )
            assert child.stdin is not None
            assert child.stdout is not None
            try:
                yield from self._records(Job(function, arguments), child.stdin, child.stdout, progress, cancelled)
            except (EOFError, OSError):
                stderr.seek(0)
                whole = stderr.read().decode(errors="replace").strip()
                logging.getLogger(__name__).error("%s ended: %s", name, whole)
                why = f": {whole.splitlines()[-1]}" if whole else ""
                raise LibraryError(f"the {name} process was terminated unexpectedly{why}", hint=_AGAIN) from None
            finally:
                child.stdin.close()
                child.stdout.close()
                threading.Thread(target=child.wait, daemon=True).start()  # a detached process ends later

    def _records(
        self, job: Job, requests: IO[bytes], results: IO[bytes], progress: Report | None, cancelled: CancelCheck
    ) -> Iterator[Any]:
        """Send a job and yield its records; raise EOFError if the process ends early."""
        send(job, requests)
        while not self._detached:
            kind, value = received(results)
            if cancelled() and not requests.closed:
                requests.close()
            if kind == "record":
                yield value
            elif kind == "progress" and progress:
                progress(value)
            elif kind == "failed":
                raise value
            elif kind == "done":
                return


def parallel(function: Callable[..., R], slices: Iterable[S], workers: int, *arguments: Any) -> Iterator[tuple[S, R]]:
    """Yield each slice with the result of ``function(*arguments, slice)``, computed by several processes, in order.

    Uses joblib's backends, so it can run on a cluster (docs/scale.md).

    Raises:
        LibraryError: one of the processes was terminated.
    """
    from concurrent.futures.process import BrokenProcessPool

    from joblib import Parallel, delayed

    os.environ.setdefault("PYTHONSAFEPATH", "1")  # workers must not import from the current folder
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
