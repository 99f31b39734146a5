"""The search index of an open library: update its posting lists, and load the searcher from them."""

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

MERGE_FROM = 500  # minimum number of new insights to merge into the posting lists
MERGE_SLICE = 1 << 13  # maximum number of insights merged per transaction
_BACKLOG = 5000  # if at least this many new insights aren't merged, a search merges them first


class SearchIndex:
    """Posting lists on disk, and the searcher in memory, loaded on first use."""

    def __init__(self, db: Database, taxonomy: CurrentTaxonomy, meaning: MeaningSearch) -> None:
        self.loaded = False  # whether the searcher is loaded, by ``warm`` or a first search
        self._db = db
        self._taxonomy = taxonomy
        self._meaning = meaning
        self._merge_lock = threading.Lock()
        self._search_lock = threading.Lock()
        self._searcher: Searcher | None = None
        self._taxonomy_used: Taxonomy | None = None  # the one that the searcher's aliases come from
        self._aliases: tuple[tuple[str, ...], ...] = ()

    def rebuild(self) -> None:
        """Rebuild the search index and the embeddings from the insights."""
        from briefreader.search.indexing import ANALYSIS

        with self._db.writing() as con:
            postings.empty(con, ANALYSIS)
            vectors.empty(con)
        self.merge(1)

    def differs(self) -> bool:
        """Return whether the posting lists differ from the words of the insights, all of which are read."""
        from briefreader.search.indexing import ANALYSIS, inverted, tally

        with self._db.reading() as con:
            reader = postings.PostingsReader(con)
            state = reader.state()
            if state.analysis != ANALYSIS:
                return False  # the next search rebuilds them
            expected, at = 0, 0
            while at < state.indexed:
                part = [row for row in reader.insights(at, MERGE_SLICE) if row[0] <= state.indexed]
                if not part:
                    break
                expected += tally(inverted(part).rows)
                at = part[-1][0]
            return tally(reader.every_row()) != expected

    def merge(self, at_least: int | None = None, cancelled: CancelCheck = not_cancelled) -> None:
        """Merge new insights into the search index, if there are at least ``at_least`` (default: 500).

        Each step is a short transaction. If another process is writing, the rest is left for later. Missing embeddings
        are computed too, if the extra is installed.

        Raises:
            SearchCancelled: ``cancelled`` returned True.
        """
        self._merge(MERGE_FROM if at_least is None else at_least, cancelled)
        self._meaning.update(cancelled)

    def _merge(self, at_least: int, cancelled: CancelCheck) -> None:
        """Merge new insights into the posting lists, in a transaction per slice."""
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
        """Yield a connection and its postings, with exclusive use of the searcher.

        If many insights aren't merged yet, they are merged first, unless the library is read-only.
        """
        for last in (False, True):
            with self._search_lock, self._db.reading() as con:
                reader = postings.PostingsReader(con)
                if last or self._db.readonly or not _wants_merging(reader, _BACKLOG):
                    yield con, reader
                    return
            self._merge(1, cancelled)

    @contextmanager
    def turn(self, cancelled: CancelCheck) -> Iterator[None]:
        """Wait for exclusive use of the searcher; raise SearchCancelled if the search was cancelled in the meantime."""
        from briefreader.search.ranking import SearchCancelled

        with self._search_lock:
            if cancelled():
                raise SearchCancelled
            yield

    def searcher(self, reader: postings.PostingsReader) -> Searcher:
        """Return the searcher, up to date with library and taxonomy; only call it within ``reading`` or ``turn``."""
        from briefreader.search.searcher import Searcher

        taxonomy = self._taxonomy.readable()
        if self._searcher is None or taxonomy is not self._taxonomy_used:
            aliases = (*taxonomy.aliases, *((t.label, *t.alt) for t in taxonomy.topics if t.alt))
            if self._searcher is None:
                self._searcher = Searcher(aliases)
            elif aliases != self._aliases:
                self._searcher.set_aliases(aliases)
            self._taxonomy_used, self._aliases = taxonomy, aliases
        self._searcher.refresh(reader)
        self.loaded = True
        return self._searcher

    def warm(self) -> None:
        """Load the search index, which makes the first search faster."""
        self.merge()
        with self.reading() as (_, reader):
            self.searcher(reader)


def _wants_merging(reader: postings.PostingsReader, at_least: int) -> bool:
    """Return whether ``at_least`` insights aren't merged, or the posting lists have an outdated tokenisation."""
    from briefreader.search.indexing import ANALYSIS

    state = reader.state()
    return state.analysis != ANALYSIS or max(state.highest - state.indexed, 0) >= at_least
