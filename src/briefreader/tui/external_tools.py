"""What leaves the app: the clipboard, a browser, the reader's editor."""

from __future__ import annotations

import os
import subprocess
import tempfile
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from briefreader.config import editor_command
from briefreader.display import one_line
from briefreader.errors import UsageError

if TYPE_CHECKING:
    from textual.app import App


def copy(app: App[None], text: str) -> str:
    """Put ``text`` on the clipboard, through the terminal and natively; returns how it went, in words.

    Terminals don't acknowledge OSC 52, so where there is a native clipboard it gets the text as well.
    """
    app.copy_to_clipboard(text)
    if "SSH_CONNECTION" in os.environ:
        return "through the terminal"
    try:
        import pyperclip

        pyperclip.copy(text)
    except Exception:  # pyperclip raises kinds of its own when no clipboard program is there
        return "through the terminal, if it allows that"
    return "to the clipboard"


def browse(url: str) -> None:
    """Open a web page.

    Raises:
        UsageError: it is no http address, or there is no browser.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise UsageError(f"{one_line(url, 80)} is no web address")
    if not webbrowser.open(url):
        raise UsageError("no browser could be started", hint=one_line(url, 200))


def edit(app: App[None], path: Path, setting: str = "") -> None:
    """Give the terminal to the editor until it ends.

    Raises:
        UsageError: the app has no terminal to give, or the editor cannot be started or ended with an error.
    """
    from textual.app import SuspendNotSupported

    command = [*editor_command(setting), str(path)]
    try:
        with app.suspend():
            subprocess.run(command, check=False)
    except SuspendNotSupported:
        raise UsageError("an editor needs a terminal; the app has none here") from None
    except OSError as error:
        raise UsageError(f"{command[0]}: {error.strerror}", hint="set $EDITOR") from None


def view(app: App[None], name: str, data: bytes, setting: str = "") -> None:
    """Show bytes in the editor, from a file of their own that goes away afterwards.

    Raises:
        UsageError: as for ``edit``.
    """
    with tempfile.TemporaryDirectory(prefix="briefreader-") as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        path.chmod(0o400)
        edit(app, path, setting)
