"""``add FOLDER --watch``: files as they come, once they have been written to the end."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from briefreader.reading.sniff import SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from threading import Event


def changes(folder: Path, *, stop: Event | None = None, debounce: int = 1000) -> Iterator[set[Path]]:
    """Sets of files that were added or written under ``folder``, until ``stop`` is set or the caller interrupts.

    Changes are gathered for ``debounce`` milliseconds, so that a file in the middle of being copied comes once.
    """
    from watchfiles import Change, watch

    for found in watch(folder, stop_event=stop, debounce=debounce, raise_interrupt=True, recursive=True):
        paths = {Path(path) for kind, path in found if kind is not Change.deleted}
        ready = {p for p in paths if p.suffix.lower() in SUFFIXES and not _hidden(p, folder) and p.is_file()}
        if ready:
            yield ready


def _hidden(path: Path, folder: Path) -> bool:
    try:
        return any(part.startswith(".") for part in path.relative_to(folder).parts)
    except ValueError:
        return path.name.startswith(".")
