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
    """Copy ``text`` to the clipboard, and return a message that says how.

    The terminal is asked to copy with OSC 52, which it doesn't confirm. The system clipboard is used too, except over
    SSH, where it would be that of the remote machine.
    """
    app.copy_to_clipboard(text)
    words = len(text.split())
    copied = f"Copied {words:,} word{'s' * (words != 1)}"
    if "SSH_CONNECTION" in os.environ:
        return f"{copied} through the terminal, if it supports that"
    try:
        import pyperclip

        pyperclip.copy(text)
    except Exception:  # pyperclip has its own exceptions, for example without a clipboard program
        return f"{copied} through the terminal, if it supports that"
    return f"{copied} to the clipboard"


def browse(url: str) -> None:
    """Open a web page in the browser.

    Raises:
        UsageError: the URL isn't http(s), or there is no browser.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise UsageError(f"{one_line(url, 80)} is not a web URL")
    if not webbrowser.open(url):
        raise UsageError("no browser could be started", hint=one_line(url, 200))


def edit(app: App[None], path: Path, setting: str = "") -> None:
    """Suspend the app and run the editor on a file.

    ``setting`` is the user's editor setting; "" for ``$EDITOR``. The editor's exit code is ignored.

    Raises:
        UsageError: the app has no terminal, or the editor can't be started.
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
    """Show ``data`` in the editor, as a read-only file ``name`` that is deleted afterwards.

    Raises:
        UsageError: the app has no terminal, or the editor can't be started.
    """
    with tempfile.TemporaryDirectory(prefix="briefreader-") as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        path.chmod(0o400)
        edit(app, path, setting)
