"""The reader's own editor, on a file or on a text."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from pathlib import Path

from briefreader.errors import UsageError


def edit_file(path: Path, editor: str = "") -> None:
    """Open ``path`` in ``editor``, else ``$VISUAL``, ``$EDITOR``, ``vi``; return when it is closed.

    Raises:
        UsageError: there is no such editor, or it ended with an error.
    """
    chosen = editor or os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        code = subprocess.call([*shlex.split(chosen), os.fspath(path)])
    except (OSError, ValueError) as error:
        raise UsageError(f"the editor {chosen} does not start: {error}", hint="set EDITOR") from error
    if code:
        raise UsageError(f"the editor {chosen} ended with code {code}", hint="nothing was taken over")


def edit_text(text: str, suffix: str = ".md", editor: str = "") -> str:
    """``text`` after the reader edited it."""
    with tempfile.TemporaryDirectory(prefix="briefreader-") as folder:
        path = Path(folder) / f"note{suffix}"
        path.write_text(text, encoding="utf-8")
        edit_file(path, editor)
        return path.read_text(encoding="utf-8")
