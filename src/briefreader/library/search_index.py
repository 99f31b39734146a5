"""The search index of an open library: its posting lists kept up with what is added, and the searcher that reads them.

A library of 100,000 insights is loaded in well under a second; a million work, too.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from briefreader.errors import LockedError
from briefreader.library.progress import CancelCheck, not_cancelled
from briefreader.storage import postings, vectors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from briefreader.library.current_taxonomy import CurrentTaxonomy
    from briefreader.library.meaning_search import MeaningSearch
    from briefreader.search.searcher import Searcher
    from briefreader.storage.database import Connection, Database
    from briefreader.taxonomy import Taxonomy

MERGE_FROM = 500  # insights that wait before they are put into the posting lists
MERGE_SLICE = 1 << 13  # insights that one transaction puts into the lists: half a second, among a million
_BACKLOG = 5000  # waiting insights from which on a search puts them into the lists first


class SearchIndex:
    """Posting lists on disk, and the searcher in memory that is loaded from them when it is first asked for."""

    def __init__(self, db: Database, taxonomy: CurrentTaxonomy, meaning: MeaningSearch) -> None:
        self.loaded = False  # whether the searcher is, by ``warm`` or a first search
        self._db = db
        self._taxonomy = taxonomy
        self._meaning = meaning
        self._merge_lock = threading.Lock()
        self._search_lock = threading.Lock()
        self._searcher: Searcher | None = None
        self._named_by: Taxonomy | None = None
        self._names: tuple[tuple[str, ...], ...] = ()

    def rebuild(self) -> None:
        """Make the posting lists again from the insights."""
        from briefreader.search.indexing import ANALYSIS

        with self._db.writing() as con:
            postings.empty(con, ANALYSIS)
            vectors.empty(con)
        self.merge(1)

    def differs(self) -> bool:
        """Return whether the posting lists are not what the insights' words make; reads them all."""
        from briefreader.search.indexing import ANALYSIS, inverted, tally

        with self._db.reading() as con:
            reader = postings.PostingsReader(con)
            state = reader.state()
            if state.analysis != ANALYSIS:
                return False  # the next search makes them again
            expected, at = 0, 0
            while at < state.indexed:
                part = [row for row in reader.insights(at, MERGE_SLICE) if row[0] <= state.indexed]
                if not part:
                    break
                expected += tally(inverted(part).rows)
                at = part[-1][0]
            return tally(reader.every_row()) != expected

    def merge(self, at_least: int | None = None, cancelled: CancelCheck = not_cancelled) -> None:
        """Put waiting insights into the posting lists when at least ``at_least`` wait, by default MERGE_FROM.

        Slice by slice, so that others may search and write meanwhile, and what is done stays done. Where another
        process writes, it is left for later. Vectors of meaning are made, too, where the extra is installed. Raises
        SearchCancelled.
        """
        self._merge(MERGE_FROM if at_least is None else at_least, cancelled)
        self._meaning.update(cancelled)

    def _merge(self, at_least: int, cancelled: CancelCheck) -> None:
        from briefreader.search.indexing import ANALYSIS, inverted
        from briefreader.search.ranking import SearchCancelled

        while not self._db.readonly:
            if cancelled():
                raise SearchCancelled
            with self._merge_lock:
                with self._db.reading() as con:
                    reader = postings.PostingsReader(con)
                    state = reader.state()
                    if not _wants_merging(reader, at_least):
                        return
                    outdated = state.analysis != ANALYSIS
                    part = [] if outdated else reader.insights(state.indexed, MERGE_SLICE)
                made = inverted(part)
                try:
                    with self._db.writing() as con:
                        now = postings.PostingsReader(con).state()
                        if outdated:
                            postings.empty(con, ANALYSIS)
                        elif (now.indexed, now.rebuilds) == (state.indexed, state.rebuilds):
                            postings.append(con, made.rows, made.gains, made.definitions, part[-1][0])
                except LockedError:
                    return

    @contextmanager
    def reading(self, cancelled: CancelCheck = not_cancelled) -> Iterator[tuple[Connection, postings.PostingsReader]]:
        """Yield the library at one moment, with few insights that aren't merged yet; one search at a time."""
        for last in (False, True):
            with self._search_lock, self._db.reading() as con:
                reader = postings.PostingsReader(con)
                if last or self._db.readonly or not _wants_merging(reader, _BACKLOG):
                    yield con, reader
                    return
            self._merge(1, cancelled)

    @contextmanager
    def turn(self, cancelled: CancelCheck) -> Iterator[None]:
        """Have the searcher to oneself; raises SearchCancelled if nobody wants to know any more by then."""
        from briefreader.search.ranking import SearchCancelled

        with self._search_lock:
            if cancelled():
                raise SearchCancelled
            yield

    def searcher(self, reader: postings.PostingsReader) -> Searcher:
        """Return the searcher with all that is in the library, and the taxonomy's names; in one's ``turn`` only."""
        from briefreader.search.searcher import Searcher

        taxonomy = self._taxonomy.readable()
        if self._searcher is None or taxonomy is not self._named_by:
            names = (*taxonomy.aliases, *((t.label, *t.alt) for t in taxonomy.topics if t.alt))
            if self._searcher is None:
                self._searcher = Searcher(names)
            elif names != self._names:
                self._searcher.set_aliases(names)
            self._named_by, self._names = taxonomy, names
        self._searcher.refresh(reader)
        self.loaded = True
        return self._searcher

    def warm(self) -> None:
        """Load the searcher, so that the first search doesn't wait for it; takes a while."""
        self.merge()
        with self.reading() as (_, reader):
            self.searcher(reader)


def _wants_merging(reader: postings.PostingsReader, at_least: int) -> bool:
    """Whether this number of insights waits for the posting lists, or these follow old rules."""
    from briefreader.search.indexing import ANALYSIS

    state = reader.state()
    return state.analysis != ANALYSIS or max(state.highest - state.indexed, 0) >= at_least
