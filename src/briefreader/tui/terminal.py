"""Leave Textual's driver without waiting for a terminal that was closed.

Textual writes in a thread that ends at the first error, and blocks once 30 writes wait for it. When a terminal is
closed, the system also sends SIGCONT, on which Textual would start its threads a second time.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import IO, Any


class _Output:
    """A terminal's output; drops what can't be written."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self.fileno = file.fileno

    def write(self, text: str) -> None:
        with suppress(OSError):
            self._file.write(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._file.flush()


def outlive_terminal(driver: Any) -> None:
    """Keep a driver from blocking or restarting once its terminal is closed."""
    if not hasattr(driver, "_file") or not sys.stdin.isatty():
        return
    driver._file = _Output(driver._file)
    resume = driver.resume_application_mode

    def resume_if_open() -> None:
        if os.isatty(driver.fileno):
            resume()

    driver.resume_application_mode = resume_if_open


def stop_input(driver: Any) -> None:
    """Stop reading the terminal; Textual would block the loop for 0.2 s to do that."""
    if (thread := getattr(driver, "_key_thread", None)) is not None:
        driver.exit_event.set()
        thread.join()
        driver.exit_event.clear()  # so that Textual continues and restores the terminal
