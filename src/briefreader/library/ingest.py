"""Add, remove and re-parse briefings, in short transactions."""

from __future__ import annotations

import hashlib
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeVar

from briefreader.display import one_line
from briefreader.errors import DamagedError, NotFoundError, ReadingError
from briefreader.library import block_decisions, publisher_memory
from briefreader.library.deduplication import (
    WEB,
    Added,
    Found,
    Item,
    KnownBytes,
    NewBriefing,
    Reread,
    new_briefing,
    preview,
    store_item,
)
from briefreader.library.progress import CancelCheck, Progress, not_cancelled
from briefreader.model import Batch, Briefing, Original, Problem
from briefreader.storage import briefings, identity, journal
from briefreader.storage.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from briefreader.library.batches import Batches, Bulk
    from briefreader.library.progress import Report
    from briefreader.library.search_index import SearchIndex
    from briefreader.library.story_index import StoryIndex
    from briefreader.storage.database import Connection

Source = str | Path | BinaryIO
ItemT = TypeVar("ItemT", bound=Item)

SLICE = 100  # maximum number of items parsed before they are written
SLICE_CHARACTERS = 1_000_000  # briefings are written once they have this many characters in total
TRANSACTION_SECONDS = 0.1  # a transaction ends with the item during which this time passes


class Ingest:
    """Adds, removes and re-parses briefings."""

    def __init__(self, db: Database, batches: Batches, index: SearchIndex, stories: StoryIndex) -> None:
        self._db = db
        self._batches = batches
        self._index = index
        self._stories = stories

    def add(
        self,
        sources: Iterable[Source],
        *,
        dry_run: bool = False,
        source: str = "",
        revive: bool = True,
        progress: Report | None = None,
        cancelled: CancelCheck = not_cancelled,
    ) -> Iterator[Added]:
        """Add files, folders, URLs or binary streams as one batch; yield an ``Added`` per document.

        ``source`` overrides the documents' own source. The batch is written in several transactions.

        Items already in the library are reported as ``known``. A run that was interrupted continues where it stopped
        when run again. Removed briefings are restored only with ``revive``.

        Raises:
            LockedError: another bulk command is running.
        """
        sources = list(sources)
        found = self._read(sources, " ".join(source.split()), progress)
        if dry_run:
            yield from self._would_add(found, revive, cancelled)
            return
        with self._batches.bulk("add", one_line(", ".join(map(_name, sources)), 200)) as bulk:
            yield from self._store_all(bulk, found, 0, progress, cancelled, revive=revive)

    def _read(self, sources: Sequence[Source], publisher: str, progress: Report | None) -> Iterator[Found]:
        """Yield the items of the sources; those whose bytes are known are not parsed again."""
        files = [file for source in sources for file in _files(source)]
        for done, source in enumerate(files, 1):
            for found in [source] if isinstance(source, Problem) else _originals(source):
                if isinstance(found, Problem):
                    yield found
                else:
                    yield from read_document(self._db, found, publisher)
            if progress:
                progress(Progress(done, len(files)))

    def _store_all(
        self,
        bulk: Bulk,
        items: Iterator[Item],
        total: int,
        progress: Report | None,
        cancelled: CancelCheck,
        *,
        revive: bool = True,
    ) -> Iterator[Added]:
        """Parse a slice of items at a time, store it in short transactions, and yield the results.

        ``total`` is the number of items, for progress reports; 0 if reading ``items`` reports the progress.
        """
        done = 0
        for slice_ in slices(items):
            while slice_ and not cancelled():
                for added in store_some(self._db, bulk.number, slice_, revive=revive):
                    done += 1
                    yield added
                    if progress and total:
                        progress(Progress(done, total, added.path))
            self._index.merge()
            if cancelled():
                break
        if progress and done:
            progress(Progress(done, done, stage="comparing with other briefings"))
        self._stories.refresh(cancelled)

    def _would_add(self, found: Iterator[Found], revive: bool, cancelled: CancelCheck) -> Iterator[Added]:
        """Yield the results that :meth:`add` would, storing new items in a temporary library instead."""
        import tempfile

        with tempfile.TemporaryDirectory() as folder, closing(Database(Path(folder))) as scratch:
            for item in found:
                if cancelled():
                    return
                with self._db.reading() as con:
                    added = preview(con, item, revive=revive)
                if added is None:
                    with scratch.writing() as con:
                        added = store_item(con, journal.begin(con, "add"), item)
                yield added

    def remove(self, ids: Iterable[str]) -> Batch:
        """Remove briefings; ``undo`` restores them with all decisions."""
        with self._db.reading() as con:
            found = sorted({briefings.resolve(con, name) for name in ids})
        return self._batches.apply(
            "remove",
            found,
            lambda con, batch, one: journal.put(con, batch, "briefing", str(one[0]), None),
            lambda con, gone: f"{len(gone):,} briefings" if len(gone) != 1 else gone[0][1],
        )

    def reread(
        self,
        ids: Iterable[str] | None = None,
        *,
        source: str = "",
        dry_run: bool = False,
        progress: Report | None = None,
        cancelled: CancelCheck = not_cancelled,
    ) -> Iterator[Added]:
        """Parse stored originals again (default: all), and yield an ``Added`` for each.

        Its status is ``changed``, ``known`` if nothing changed, or ``failed``. ``source`` selects the briefings of a
        source. IDs, insight numbers, decisions and manual edits are kept.

        Raises:
            LockedError: another bulk command is running.
        """
        with self._db.reading() as con:
            if source:
                keys = briefings.keys_of_source(con, source)
            else:
                keys = briefings.every_key(con) if ids is None else [briefings.resolve(con, name)[0] for name in ids]
        found = self._reread_each(keys)
        if dry_run:
            for item in found:
                if cancelled():
                    return
                with self._db.writing(keep=False) as con:
                    added = store_item(con, journal.begin(con, "reread"), item)
                yield added
            return
        with self._batches.bulk("reread", f"{len(keys):,} briefings") as bulk:
            yield from self._store_all(bulk, found, len(keys), progress, cancelled)

    def decide_block(self, id: str, text: str, *, cut: bool) -> Batch:
        """Cut a block of text from a publisher's issues, or keep it, and parse the briefing again.

        The decision applies to this briefing and to issues added later; ``reread`` applies it to others. ``text`` is
        the block as it is in the body or among the cuts.

        Raises:
            UsageError: the block is too short to be recognised, or the publisher is unknown.
        """
        batch = block_decisions.decide(self._db, self._batches, id, text, cut=cut)
        self._index.merge()
        return batch

    def _reread_each(self, keys: Iterable[int]) -> Iterator[Reread]:
        """Yield briefings parsed again from their stored originals."""
        from briefreader.reading import read_original

        for key in keys:
            try:
                with self._db.reading() as con:
                    kept = briefings.original(con, key)
            except (DamagedError, NotFoundError) as error:
                yield Reread(key, Problem(error.where, error.message, hint=error.hint))
                continue
            found = next(iter(read_original(kept, cleaner=publisher_memory.cleaner(self._db, (key,)))), None)
            yield Reread(key, new_briefing(found or Problem(kept.path, "the original contains no briefing")))


def _name(source: Source) -> str:
    return str(source) if isinstance(source, (str, Path)) else "-"


def read_document(db: Database, original: Original, source: str = "") -> Iterator[Found]:
    """Yield the briefings and problems in a document; if its bytes are known, yield only a ``KnownBytes``.

    ``source`` overrides the document's source.
    """
    from briefreader.reading import read_original

    digest = hashlib.sha256(original.data).hexdigest()
    with db.reading() as con:
        is_known = identity.known(con, digest) is not None
    if is_known:
        yield KnownBytes(original.path, digest)
        return
    for found in read_original(original, cleaner=publisher_memory.cleaner(db)):
        yield new_briefing(replace(found, source=source) if source and isinstance(found, Briefing) else found)


def store_some(
    db: Database,
    batch: int,
    items: list[ItemT],
    *,
    revive: bool,
    afterwards: Callable[[Connection, ItemT, Added], None] | None = None,
) -> list[Added]:
    """Remove items from the list and store them in one transaction of limited duration; return their results.

    ``afterwards`` is called after each item, in the same transaction.
    """
    made: list[Added] = []
    with db.writing() as con:
        until = time.monotonic() + TRANSACTION_SECONDS
        while items and (not made or time.monotonic() < until):
            item = items.pop(0)
            added = store_item(con, batch, item, revive=revive)
            if afterwards:
                afterwards(con, item, added)
            made.append(added)
    return made


def slices(items: Iterator[ItemT]) -> Iterator[list[ItemT]]:
    """Group items into lists of limited length and size, which are parsed before they are written."""
    pending: list[ItemT] = []
    size = 0
    for item in items:
        pending.append(item)
        found = item.found if isinstance(item, Reread) else item
        size += len(found.briefing.body) if isinstance(found, NewBriefing) else 0
        if len(pending) >= SLICE or size >= SLICE_CHARACTERS:
            yield pending
            pending, size = [], 0
    if pending:
        yield pending


def _files(source: Source) -> Iterator[Source | Problem]:
    """Yield the files of a folder, a problem for a missing path, or any other source itself."""
    from briefreader.reading.files import walk

    if isinstance(source, Path) or (isinstance(source, str) and not source.lower().startswith(WEB)):
        yield from walk(Path(source))
    else:
        yield source


def _originals(source: Source) -> Iterator[Original | Problem]:
    """Yield the documents of a file or stream, or of a URL, which is fetched."""
    from briefreader.reading import originals
    from briefreader.reading.charset import recoded
    from briefreader.sources.http import fetch

    if not isinstance(source, str) or not source.lower().startswith(WEB):
        yield from originals(source)
        return
    try:
        page = fetch(source)
    except ReadingError as error:
        yield Problem(source, error.message, hint=error.hint)
        return
    yield from originals(recoded(page.data, page.content_type), name=page.url)
