"""Show what is too long for the terminal through the reader's pager."""

from __future__ import annotations

import io
import os
import shlex
import shutil
import signal
import subprocess


class PagedText(io.StringIO):
    """Collects what a command writes for a terminal."""

    def isatty(self) -> bool:
        """Whether it is meant for a terminal: always."""
        return True


def pager_command() -> list[str]:
    """The words that start the pager: ``$PAGER``, else less; none where PAGER is empty or there is no less."""
    try:
        chosen = shlex.split(os.environ.get("PAGER", "less"), posix=os.name != "nt")
    except ValueError:
        return []
    return chosen if chosen and shutil.which(chosen[0]) else []


def show_paged(command: list[str], text: str, encoding: str) -> bool:
    """Run the pager on a text until the reader leaves it; whether it could be started.

    Ctrl-C is the pager's meanwhile. ``LESS`` becomes ``R``, for colours, if it is not set.
    """
    try:
        pager = subprocess.Popen(command, stdin=subprocess.PIPE, env={"LESS": "R", **os.environ})
    except OSError:
        return False
    former = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        pager.communicate(text.encode(encoding, "replace"))
    finally:
        signal.signal(signal.SIGINT, former)
    return True
