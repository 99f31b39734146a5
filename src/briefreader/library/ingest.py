"""Bring briefings in and out: read, recognise and store them in slices, remove them, re-read the stored originals."""

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
    from briefreader.library.current_taxonomy import CurrentTaxonomy
    from briefreader.library.progress import Report
    from briefreader.library.search_index import SearchIndex
    from briefreader.library.story_index import StoryIndex
    from briefreader.storage.database import Connection

Source = str | Path | BinaryIO
ItemT = TypeVar("ItemT", bound=Item)

SLICE = 100  # briefings that are read before they are written; fewer where they are long
SLICE_CHARACTERS = 1_000_000
TRANSACTION_SECONDS = 0.1  # other writers wait no longer than this and one item more


class Ingest:
    """Brings briefings in and out of the library."""

    def __init__(
        self, db: Database, batches: Batches, taxonomy: CurrentTaxonomy, index: SearchIndex, stories: StoryIndex
    ) -> None:
        self._db = db
        self._batches = batches
        self._taxonomy = taxonomy
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
        """Read sources and store what is new: one batch, in slices, each whole or not at all.

        ``source`` is who published all of it, in place of what the documents say.

        What the library holds already changes nothing and comes back as ``known``. A run that was cut short goes on
        where it stopped when it is run again. Without ``revive`` a removed briefing stays removed, whatever is found.

        Raises:
            LockedError: another bulk command is running.
        """
        sources = list(sources)
        found = self._read(sources, " ".join(source.split()))
        if dry_run:
            yield from self._would_add(found, revive, cancelled)
            return
        with self._batches.bulk("add", one_line(", ".join(map(_name, sources)), 200)) as bulk:
            yield from self._store_all(bulk, found, 0, progress, cancelled, revive=revive)

    def _read(self, sources: Sequence[Source], publisher: str) -> Iterator[Found]:
        """What stands in the sources; what the library holds, byte for byte, is not parsed again."""
        for source in sources:
            for found in _originals(source):
                if isinstance(found, Problem):
                    yield found
                else:
                    yield from read_document(self._db, found, publisher)

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
        """Read ahead a slice at a time, and store it in transactions that are short."""
        done = 0
        for slice_ in slices(items):
            while slice_ and not cancelled():
                for added in store_some(self._db, bulk.number, slice_, revive=revive):
                    done += 1
                    yield added
                    if progress:
                        progress(Progress(done, total, added.path))
            self._index.merge()
            if cancelled():
                break
        self._stories.refresh(cancelled)

    def _would_add(self, found: Iterator[Found], revive: bool, cancelled: CancelCheck) -> Iterator[Added]:
        """What :meth:`add` would yield: what is new goes into a library that is thrown away, this one is only read."""
        import tempfile

        with tempfile.TemporaryDirectory() as folder, closing(Database(Path(folder))) as scratch:
            for item in found:
                if cancelled():
                    return
                with self._db.reading() as con:
                    told = preview(con, item, revive=revive)
                if told is None:
                    with scratch.writing() as con:
                        told = store_item(con, journal.begin(con, "add"), item)
                yield told

    def remove(self, ids: Iterable[str]) -> Batch:
        """Take briefings out of the library; an undo brings them back with all that was decided on them."""
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
        """Parse stored originals again, all or some: ``changed`` where something else came out, else ``known``.

        ``source`` stands for the briefings of that source, whose other issues say what is template in each. Ids,
        insights' numbers and all that was decided stay; what was edited by hand stays as edited.

        Raises:
            LockedError: another bulk command is running.
        """
        with self._db.reading() as con:
            if source:
                keys = briefings.keys_of_source(con, source)
            else:
                keys = briefings.every_key(con) if ids is None else [briefings.resolve(con, name)[0] for name in ids]
        found = self._anew(keys)
        if dry_run:
            for item in found:
                if cancelled():
                    return
                with self._db.writing(keep=False) as con:
                    told = store_item(con, journal.begin(con, "reread"), item)
                yield told
            return
        with self._batches.bulk("reread", f"{len(keys):,} briefings") as bulk:
            yield from self._store_all(bulk, found, len(keys), progress, cancelled)

    def decide_block(self, id: str, text: str, *, cut: bool) -> Batch:
        """Cut a block from every issue of a briefing's publisher, or keep it; the briefing is parsed again with that.

        ``text`` is the block as it stands in the body or among the cuts.

        Raises:
            UsageError: the block is too short to be recognised, or the publisher is unknown.
        """
        batch = block_decisions.decide(self._db, self._batches, id, text, cut=cut)
        self._index.merge()
        return batch

    def _anew(self, keys: Iterable[int]) -> Iterator[Reread]:
        from briefreader.reading import read_original

        for key in keys:
            try:
                with self._db.reading() as con:
                    kept = briefings.original(con, key)
            except (DamagedError, NotFoundError) as error:
                yield Reread(key, Problem(error.where, error.message, hint=error.hint))
                continue
            found = next(iter(read_original(kept, cleaner=publisher_memory.cleaner(self._db, (key,)))), None)
            yield Reread(key, new_briefing(found or Problem(kept.path, "nothing was found in the original")))


def _name(source: Source) -> str:
    return str(source) if isinstance(source, (str, Path)) else "-"


def read_document(db: Database, original: Original, source: str = "") -> Iterator[Found]:
    """Parse a document, unless the library holds its bytes; ``source`` goes in place of what it says itself."""
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
    """Take items off the list and store them in one transaction, as many as a short one allows.

    ``afterwards`` adds to what is written of an item, in the same transaction.
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
    """Gather items into lists that are read before they are written; fewer where they are long."""
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


def _originals(source: Source) -> Iterator[Original | Problem]:
    """The bytes of a source; a URL is fetched."""
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
