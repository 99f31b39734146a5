"""Leave Textual's driver without waiting for a terminal that was closed.

Textual writes in a thread that ends at the first error, and blocks once 30 writes wait for it. When a terminal is
closed, the system also sends SIGCONT, on which Textual would start its threads a second time.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import IO, Any


class _Output:
    """A terminal's output, which goes to the null device once the terminal is closed.

    What remains in the file's buffer must go somewhere: if the flush at exit fails, Python exits with 120.
    """

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self.fileno = file.fileno

    def write(self, text: str) -> None:
        try:
            self._file.write(text)
        except OSError:
            self._discard()

    def flush(self) -> None:
        try:
            self._file.flush()
        except OSError:
            self._discard()

    def _discard(self) -> None:
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), self.fileno())


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
