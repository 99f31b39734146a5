"""Fetching and tagging what came, as a job in a process of its own: for the app, whose keys must not wait."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from briefreader.errors import ReadingError
from briefreader.library.fetching import FetchOptions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from briefreader.library.progress import CancelCheck, Report
    from briefreader.tagging.tagger import Sensitivity


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """Which library to fetch for, and which sources; none named means those that are due, or all of them."""

    folder: Path
    taxonomy: Path | None
    sensitivity: Sensitivity
    names: tuple[str, ...] = ()
    everything: bool = False


def run(request: FetchRequest, *, progress: Report, cancelled: CancelCheck) -> Iterator[Any]:
    """Yield a result for each source, then each briefing that was tagged.

    Raises:
        LockedError: another bulk command is running.
    """
    from briefreader.library import Library

    options = FetchOptions(request.names, everything=request.everything, cancelled=cancelled)
    with Library(request.folder, taxonomy=request.taxonomy, create=False) as library:
        library.sensitivity = request.sensitivity
        new = 0
        for result in library.fetch(options):
            new += result.new + result.revised
            yield result
        if not new or cancelled():
            return
        yield from library.tag(progress=progress, cancelled=cancelled)
        for source in library.sources.load()[0]:
            if source.write:
                try:
                    library.write_source_topics(source)
                except ReadingError:  # a locked notmuch; the next fetch writes them
                    continue
