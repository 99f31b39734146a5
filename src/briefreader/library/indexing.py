"""Keeping the search index up with the library: posting lists of what was added, a slice at a time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING

from briefreader.errors import LockedError
from briefreader.library.base import Base
from briefreader.storage import postings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from briefreader.storage.database import Connection

MERGE_FROM = 500  # insights that wait before they are put into the posting lists
MERGE_BACKLOG = 5000  # so many that a search puts them into the lists first
MERGE_SLICE = 1 << 13  # insights that one transaction puts into the lists: half a second, among a million
CancelCheck = Callable[[], bool]


def not_cancelled() -> bool:
    """Nobody has cancelled."""
    return False


class Indexing(Base):
    """What adding and searching ask for the index."""

    def rebuild_index(self) -> None:
        """Make the stored index again from the insights."""
        from briefreader.search.indexing import ANALYSIS

        with self.db.writing() as con:
            postings.empty(con, ANALYSIS)
        self._index_new(1)

    def _index_differs(self) -> bool:
        """Whether the stored lists are not what the insights' words make; reads them all."""
        from briefreader.search.indexing import ANALYSIS, inverted, tally

        with self.db.reading() as con:
            reader = postings.PostingsReader(con)
            state = reader.state()
            if state.analysis != ANALYSIS:
                return False  # the next search makes them anew
            expected, at = 0, 0
            while at < state.indexed:
                part = [row for row in reader.insights(at, MERGE_SLICE) if row[0] <= state.indexed]
                if not part:
                    break
                expected += tally(inverted(part).rows)
                at = part[-1][0]
            return tally(reader.every_row()) != expected

    @contextmanager
    def _indexed(self, cancelled: CancelCheck = not_cancelled) -> Iterator[tuple[Connection, postings.PostingsReader]]:
        """The library at one moment, with few insights that aren't in the posting lists yet; one search at a time."""
        for last in (False, True):
            with self._search_lock, self.db.reading() as con:
                reader = postings.PostingsReader(con)
                if last or self.readonly or not _wants_merging(reader, MERGE_BACKLOG):
                    yield con, reader
                    return
            self._index_new(1, cancelled)

    def _index_new(self, at_least: int | None = None, cancelled: CancelCheck = not_cancelled) -> None:
        """Put waiting insights into the posting lists when there are ``at_least`` so many, by default MERGE_FROM.

        Slice by slice, so that others may search and write meanwhile, and what is done stays done. Never fails a
        search; raises Cancelled.
        """
        from briefreader.search.indexing import ANALYSIS, inverted
        from briefreader.search.ranking import SearchCancelled

        while not self.readonly:
            if cancelled():
                raise SearchCancelled
            with self._merge_lock:
                with self.db.reading() as con:
                    reader = postings.PostingsReader(con)
                    state = reader.state()
                    if not _wants_merging(reader, MERGE_FROM if at_least is None else at_least):
                        return
                    outdated = state.analysis != ANALYSIS
                    part = [] if outdated else reader.insights(state.indexed, MERGE_SLICE)
                made = inverted(part)
                try:
                    with self.db.writing() as con:
                        now = postings.PostingsReader(con).state()
                        if outdated:
                            postings.empty(con, ANALYSIS)
                        elif (now.indexed, now.rebuilds) == (state.indexed, state.rebuilds):
                            postings.append(con, made.rows, made.gains, made.definitions, part[-1][0])
                except LockedError:
                    return


def _wants_merging(reader: postings.PostingsReader, at_least: int) -> bool:
    """Whether so many insights wait for the posting lists, or these follow old rules."""
    from briefreader.search.indexing import ANALYSIS

    state = reader.state()
    return state.analysis != ANALYSIS or max(state.highest - state.indexed, 0) >= at_least
