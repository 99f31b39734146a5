"""The process that runs a long verb for :mod:`briefreader.library.subprocess_jobs`.

It reads on stdin what to run, and writes to stdout what comes of it: pickles from the program to itself. The end of its
stdin cancels.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, BinaryIO

from briefreader.errors import BriefreaderError, LibraryError
from briefreader.library import Library
from briefreader.library.subprocess_jobs import received, send

if TYPE_CHECKING:
    from briefreader.library.subprocess_jobs import Request

HEARTBEAT_SECONDS = 0.1  # seconds between two signs of life; at each the caller may cancel
NICENESS = 5  # whoever waits for keys comes first


class _Reporter:
    """Sends what happens to whoever started this process."""

    def __init__(self, back: BinaryIO) -> None:
        self.cancelled = threading.Event()
        self._back = back
        self._turn = threading.Lock()

    def send(self, kind: str, value: object = None) -> None:
        """Tell; nobody left to tell it to means that nobody wants it."""
        with self._turn:
            try:
                send((kind, value), self._back)
            except OSError:
                self.cancelled.set()

    def listen(self) -> None:
        """Wait for the end of stdin."""
        sys.stdin.buffer.read()
        self.cancelled.set()

    def live(self) -> None:
        """Give signs of life until the process ends: only when it hears of us can the caller cancel, or leave."""
        while True:
            self.send("alive")
            time.sleep(
                HEARTBEAT_SECONDS
            )  # not on ``cancelled``: what is under way is finished first, and must be heard till then


def _run(request: Request, reporter: _Reporter) -> None:
    options: dict[str, Any] = {"cancelled": reporter.cancelled.is_set}
    if request.verb != "follow":
        options["progress"] = lambda at: reporter.send("progress", at)
    with Library(request.folder, taxonomy=request.taxonomy, create=False) as library:
        library.sensitivity = request.sensitivity
        library.corrected = set(request.corrected)
        for record in getattr(library, request.verb)(*request.given, **options):
            reporter.send("record", record)


def main() -> None:
    """Run the verb that stdin asks for."""
    back = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no record
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    reporter = _Reporter(back)
    request: Request = received(sys.stdin.buffer)
    for work in (reporter.listen, reporter.live):
        threading.Thread(target=work, daemon=True).start()
    try:
        _run(request, reporter)
    except BriefreaderError as error:
        reporter.send("failed", error)
    except MemoryError:
        reporter.send("failed", LibraryError("there is not enough memory", hint="what was done is kept"))
    else:
        reporter.send("done")


if __name__ == "__main__":
    main()
