"""Fetching and tagging what came: for the app, which runs it in a process of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from briefreader.errors import ReadingError
from briefreader.library.fetching import FetchOptions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from briefreader.library import Library
    from briefreader.library.progress import CancelCheck, Report


def fetch_and_tag(
    library: Library, names: tuple[str, ...], everything: bool, progress: Report, cancelled: CancelCheck
) -> Iterator[Any]:
    """Yield a result for each source, then each briefing that was tagged.

    Raises:
        LockedError: another bulk command is running.
    """
    new = 0
    for result in library.fetch(FetchOptions(names, everything=everything, cancelled=cancelled)):
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
