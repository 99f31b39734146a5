"""Open a file or a text in the user's editor."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from briefreader.config import SET_EDITOR, editor_command
from briefreader.errors import UsageError


def edit_file(path: Path, editor: str = "") -> None:
    """Open ``path`` in an editor, and wait until it is closed.

    Without ``editor``, ``editor_command`` chooses one.

    Raises:
        UsageError: the editor doesn't exist or failed.
    """
    command = editor_command(editor)
    try:
        code = subprocess.call([*command, os.fspath(path)])
    except OSError as error:
        raise UsageError(f"cannot start the editor {command[0]}: {error.strerror}", hint=SET_EDITOR) from error
    if code:
        raise UsageError(f"the editor {command[0]} failed with exit code {code}")


def edit_text(text: str, suffix: str = ".md", editor: str = "") -> str:
    """Return ``text`` as edited by the user."""
    with tempfile.TemporaryDirectory(prefix="briefreader-") as folder:
        path = Path(folder) / f"note{suffix}"
        path.write_text(text, encoding="utf-8")
        edit_file(path, editor)
        return path.read_text(encoding="utf-8")
