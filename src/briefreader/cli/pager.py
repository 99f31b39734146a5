"""Show long output in the user's pager."""

from __future__ import annotations

import io
import os
import shlex
import shutil
import signal


class PagedText(io.StringIO):
    """A stream that collects a command's output for the pager."""

    def isatty(self) -> bool:
        """Return True: the text is meant for a terminal."""
        return True


def pager_command() -> list[str]:
    """Return the command line of ``$PAGER``, else of less.

    It is [] if PAGER is empty or the pager isn't installed.
    """
    try:
        chosen = shlex.split(os.environ.get("PAGER", "less"), posix=os.name != "nt")
    except ValueError:
        return []
    return chosen if chosen and shutil.which(chosen[0]) else []


def show_paged(command: list[str], text: str, encoding: str) -> bool:
    """Run the pager on a text until it exits; return whether it started.

    Ctrl-C is left to the pager. ``LESS`` defaults to ``R``, for colours.
    """
    import subprocess

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
