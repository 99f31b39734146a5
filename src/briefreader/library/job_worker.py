"""The worker process that runs a job for :mod:`briefreader.library.jobs`.

Reads the job from stdin and writes records to stdout, as pickles from the program to itself. The end of stdin cancels
the job.
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

HEARTBEAT_SECONDS = 0.1  # heartbeat interval in seconds; the caller can cancel on each
NICENESS = 5  # lower priority than the UI


class Reporter:
    """Send messages to the parent process."""

    def __init__(self, back: BinaryIO) -> None:
        self.cancelled = threading.Event()
        self._back = back
        self._turn = threading.Lock()

    def send(self, kind: str, value: object = None) -> None:
        """Send a message; a closed pipe cancels."""
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
        """Send heartbeats until the process ends; only on a message can the caller cancel or detach."""
        while True:
            self.send("alive")
            time.sleep(HEARTBEAT_SECONDS)  # even after ``cancelled``: the current item is finished first


def run(job: Job, reporter: Reporter) -> None:
    """Run a job and send its records."""
    module, _, name = job.function.partition(":")
    function = getattr(import_module(module), name)
    options = {"progress": lambda at: reporter.send("progress", at), "cancelled": reporter.cancelled.is_set}
    for record in function(*job.arguments, **options):
        reporter.send("record", record)


def main() -> None:
    """Run the job on stdin."""
    back = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # the library's own output isn't a record
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
