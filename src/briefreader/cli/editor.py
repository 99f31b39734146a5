"""The reader's own editor, on a file or on a text."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from briefreader.config import editor_command
from briefreader.errors import UsageError


def edit_file(path: Path, editor: str = "") -> None:
    """Open ``path`` in ``editor``, else the one that ``editor_command`` finds; return when it is closed.

    Raises:
        UsageError: there is no such editor, or it ended with an error.
    """
    command = editor_command(editor)
    try:
        code = subprocess.call([*command, os.fspath(path)])
    except OSError as error:
        raise UsageError(f"the editor {command[0]} does not start: {error.strerror}", hint="set EDITOR") from error
    if code:
        raise UsageError(f"the editor {command[0]} ended with code {code}", hint="nothing was taken over")


def edit_text(text: str, suffix: str = ".md", editor: str = "") -> str:
    """``text`` after the reader edited it."""
    with tempfile.TemporaryDirectory(prefix="briefreader-") as folder:
        path = Path(folder) / f"note{suffix}"
        path.write_text(text, encoding="utf-8")
        edit_file(path, editor)
        return path.read_text(encoding="utf-8")
