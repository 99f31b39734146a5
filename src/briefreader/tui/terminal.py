"""Keep Textual's driver from hanging when its terminal is closed.

Textual writes in a thread that ends at the first error. Once 30 writes wait for that thread, the app blocks. When a
terminal is closed, the system also sends SIGCONT, which makes Textual start its threads a second time.
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
    """Stop the thread that reads the terminal.

    This takes up to 0.2 s, so don't call it in the thread of the event loop.
    """
    if (thread := getattr(driver, "_key_thread", None)) is not None:
        driver.exit_event.set()
        thread.join()
        driver.exit_event.clear()  # Textual still has to restore the terminal
