"""Watch folders for new and changed files (``add FOLDER --watch``)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from briefreader.reading.files import wanted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from threading import Event


def changes(*folders: Path, stop: Event | None = None, debounce: int = 1000) -> Iterator[set[Path]]:
    """Yield sets of files added or changed under ``folders``, until ``stop`` is set or Ctrl-C is pressed.

    Hidden files and files that aren't ``wanted`` are skipped. Changes in quick succession are reported together, after
    ``debounce`` milliseconds at most. A file that takes longer to copy is reported again.
    """
    from watchfiles import Change, watch

    for found in watch(*folders, stop_event=stop, debounce=debounce, raise_interrupt=True, recursive=True):
        paths = {Path(path) for kind, path in found if kind is not Change.deleted}
        ready = {p for p in paths if not _hidden(p, folders) and p.is_file() and _wanted(p)}
        if ready:
            yield ready


def _wanted(path: Path) -> bool:
    """Whether a changed file should be added."""
    try:
        return wanted(path)
    except OSError:  # the file was deleted again, or can't be read, which ``add FOLDER`` reports
        return False


def _hidden(path: Path, folders: tuple[Path, ...]) -> bool:
    """Whether a path below one of the watched folders is hidden."""
    below = (path.relative_to(folder) for folder in folders if path.is_relative_to(folder))
    return any(part.startswith(".") for part in next(below, path).parts)
