"""Programs outside the app: clipboard, browser and editor."""

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
    """Copy ``text`` through the terminal and the system clipboard; return a description of the result.

    Terminals don't acknowledge OSC 52, so the system clipboard is used as well if there is one.
    """
    app.copy_to_clipboard(text)
    if "SSH_CONNECTION" in os.environ:
        return "through the terminal"
    try:
        import pyperclip

        pyperclip.copy(text)
    except Exception:  # pyperclip raises exceptions of its own if no clipboard program exists
        return "through the terminal, if it allows that"
    return "to the clipboard"


def browse(url: str) -> None:
    """Open a web page.

    Raises:
        UsageError: the URL isn't http(s), or there is no browser.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise UsageError(f"{one_line(url, 80)} is not a web URL")
    if not webbrowser.open(url):
        raise UsageError("no browser could be started", hint=one_line(url, 200))


def edit(app: App[None], path: Path, setting: str = "") -> None:
    """Suspend the app and run the editor.

    Raises:
        UsageError: there is no terminal, or the editor didn't start or failed.
    """
    from textual.app import SuspendNotSupported

    command = [*editor_command(setting), str(path)]
    try:
        with app.suspend():
            subprocess.run(command, check=False)
    except SuspendNotSupported:
        raise UsageError("cannot run an editor: the app has no terminal here") from None
    except OSError as error:
        raise UsageError(f"{command[0]}: {error.strerror}", hint="set $EDITOR") from None


def view(app: App[None], name: str, data: bytes, setting: str = "") -> None:
    """Show bytes in the editor, in a temporary file.

    Raises:
        UsageError: as for ``edit``.
    """
    with tempfile.TemporaryDirectory(prefix="briefreader-") as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        path.chmod(0o400)
        edit(app, path, setting)
