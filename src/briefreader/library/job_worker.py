"""The worker process that runs a job for :mod:`briefreader.library.jobs`.

It reads the job from stdin and writes messages to stdout, as pickles. The end of stdin cancels the job.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from importlib import import_module
from typing import TYPE_CHECKING, BinaryIO

from briefreader.errors import BriefreaderError, LibraryError
from briefreader.library.jobs import received, send

if TYPE_CHECKING:
    from briefreader.library.jobs import Job

HEARTBEAT_SECONDS = 0.1  # the caller can cancel at each heartbeat
NICENESS = 5  # lower priority than the UI


class Reporter:
    """Sends messages to the parent process."""

    def __init__(self, back: BinaryIO) -> None:
        self.cancelled = threading.Event()
        self._back = back
        self._turn = threading.Lock()

    def send(self, kind: str, value: object = None) -> None:
        """Send a message; if the pipe is closed, cancel the job."""
        with self._turn:
            try:
                send((kind, value), self._back)
            except OSError:
                self.cancelled.set()

    def listen(self) -> None:
        """Wait for the end of stdin, then cancel."""
        sys.stdin.buffer.read()
        self.cancelled.set()

    def heartbeat(self) -> None:
        """Send heartbeats until the process ends; the caller can cancel or detach whenever it gets a message."""
        while True:  # even after ``cancelled``, since the job finishes its current item first
            self.send("alive")
            time.sleep(HEARTBEAT_SECONDS)


def run(job: Job, reporter: Reporter) -> None:
    """Run a job and send each value that it yields."""
    module, _, name = job.function.partition(":")
    function = getattr(import_module(module), name)
    options = {"progress": lambda at: reporter.send("progress", at), "cancelled": reporter.cancelled.is_set}
    for record in function(*job.arguments, **options):
        reporter.send("record", record)


def main() -> None:
    """Run the job on stdin."""
    back = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # print statements must not end up among the messages
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    reporter = Reporter(back)
    job: Job = received(sys.stdin.buffer)
    for work in (reporter.listen, reporter.heartbeat):
        threading.Thread(target=work, daemon=True).start()
    try:
        run(job, reporter)
    except BriefreaderError as error:
        reporter.send("failed", error)
    except MemoryError:
        reporter.send("failed", LibraryError("out of memory", hint="completed work is kept"))
    else:
        reporter.send("done")


if __name__ == "__main__":
    main()
