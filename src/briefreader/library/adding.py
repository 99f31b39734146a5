"""Adding briefings: read, recognised, stored in slices; taking them out; reading the kept originals anew."""

from __future__ import annotations

import hashlib
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

from briefreader.display import one_line
from briefreader.errors import ReadingError
from briefreader.library.base import Bulk, Progress
from briefreader.library.searching import Searching
from briefreader.model import Batch, Briefing, Original, Problem
from briefreader.storage import briefings, identity, journal
from briefreader.storage.database import Database, now

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from briefreader.reading.identity import Fingerprint
    from briefreader.storage.database import Connection

Status = Literal["added", "known", "alias", "longer", "changed", "failed"]
Source = str | Path | BinaryIO

SLICE = 100  # briefings that are read before they are written; fewer where they are long
SLICE_CHARACTERS = 1_000_000
TRANSACTION_SECONDS = 0.1  # others who write wait no longer than this and one briefing more
_WEB = ("http://", "https://")
_LONGER = 1.05  # a copy replaces the one we hold only if it says noticeably more


@dataclass(frozen=True, slots=True)
class Added:
    """What became of one briefing or of a source that couldn't be read (``failed``, with ``message``)."""

    path: str
    status: Status
    id: str = ""
    title: str = ""
    insights: int = 0
    message: str = ""
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """A file or message whose bytes the library holds."""

    path: str
    digest: str


@dataclass(frozen=True, slots=True)
class Fresh:
    """A briefing that was just read, with what identity is decided by."""

    briefing: Briefing
    prints: Fingerprint

    @property
    def path(self) -> str:
        """Where it was found."""
        return self.briefing.original.path

    @property
    def digest(self) -> str:
        """sha256 of its bytes."""
        return self.prints.digest


@dataclass(frozen=True, slots=True)
class Anew:
    """What was read from the original of a briefing that the library holds."""

    key: int
    found: Fresh | Problem


Found = Fresh | Problem | Held
Item = Found | Anew


class Adding(Searching):
    """Verbs that bring briefings in and out."""

    def add(
        self,
        sources: Iterable[Source],
        *,
        dry_run: bool = False,
        progress: Callable[[Progress], None] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Iterator[Added]:
        """Read sources and store what is new: one batch, in slices, each whole or not at all.

        What the library holds already changes nothing and comes back as ``known``. A run that was cut short goes on
        where it stopped when it is run again.

        Raises:
            LockedError: another bulk command is running.
        """
        sources = list(sources)
        found = self._read(sources)
        if dry_run:
            yield from self._would_add(found, cancelled)
            return
        with self._bulk("add", one_line(", ".join(map(_name, sources)), 200)) as bulk:
            yield from self._store_all(bulk, found, 0, progress, cancelled)

    def _read(self, sources: Sequence[Source]) -> Iterator[Found]:
        """What stands in the sources; what the library holds, byte for byte, is not parsed again."""
        from briefreader.reading import read_original

        finder = self._topic_finder()
        for source in sources:
            for found in _originals(source):
                if isinstance(found, Problem):
                    yield found
                elif self._holds(digest := hashlib.sha256(found.data).hexdigest()):
                    yield Held(found.path, digest)
                else:
                    yield from map(_fresh, read_original(found, topic_finder=finder))

    def _holds(self, digest: str) -> bool:
        with self.db.reading() as con:
            return identity.known(con, digest) is not None

    def _store_all(
        self,
        bulk: Bulk,
        items: Iterator[Item],
        total: int,
        progress: Callable[[Progress], None] | None,
        cancelled: Callable[[], bool],
    ) -> Iterator[Added]:
        """Read ahead a slice at a time, and store it in transactions that are short."""
        done = 0
        for slice_ in _slices(items):
            while slice_ and not cancelled():
                for added in self._store(bulk.number, slice_):
                    done += 1
                    yield added
                    if progress:
                        progress(Progress(done, total, added.path))
            self._index_new()
            bulk.renew()
            if cancelled():
                break

    def _store(self, batch: int, items: list[Item]) -> list[Added]:
        """Take items off the list and store them in one transaction, as many as a short one allows."""
        made: list[Added] = []
        with self.db.writing() as con:
            until = time.monotonic() + TRANSACTION_SECONDS
            while items and (not made or time.monotonic() < until):
                made.append(_take(con, batch, items.pop(0)))
        return made

    def _would_add(self, found: Iterator[Found], cancelled: Callable[[], bool]) -> Iterator[Added]:
        """What :meth:`add` would yield: what is new goes into a library that is thrown away, this one is only read."""
        with tempfile.TemporaryDirectory() as folder, closing(Database(Path(folder))) as scratch:
            for item in found:
                if cancelled():
                    return
                with self.db.reading() as con:
                    told = _would_be(con, item)
                if told is None:
                    with scratch.writing() as con:
                        told = _take(con, journal.begin(con, "add"), item)
                yield told

    def remove(self, ids: Iterable[str]) -> Batch:
        """Take briefings out of the library; an undo brings them back with all that was decided on them."""
        with self._step("remove") as step:
            keys = {briefings.resolve(step.con, name) for name in ids}
            for key, _ in sorted(keys):
                journal.put(step.con, step.number, "briefing", str(key), None)
            names = [name for _, name in sorted(keys)]
            step.summary = f"{len(names):,} briefings" if len(names) != 1 else names[0]
        return step.batch

    def reread(
        self,
        ids: Iterable[str] | None = None,
        *,
        dry_run: bool = False,
        progress: Callable[[Progress], None] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Iterator[Added]:
        """Read kept originals anew, all or some; what came out otherwise is ``changed``, the rest ``known``.

        Ids, insights' numbers and all that was decided stay; what was edited by hand stays as edited.

        Raises:
            LockedError: another bulk command is running.
        """
        with self.db.reading() as con:
            keys = briefings.every_key(con) if ids is None else [briefings.resolve(con, name)[0] for name in ids]
        found = self._anew(keys)
        if dry_run:
            for item in found:
                if cancelled():
                    return
                with self.db.writing(keep=False) as con:
                    told = _take(con, journal.begin(con, "reread"), item)
                yield told
            return
        with self._bulk("reread", f"{len(keys):,} briefings") as bulk:
            yield from self._store_all(bulk, found, len(keys), progress, cancelled)

    def _anew(self, keys: Iterable[int]) -> Iterator[Anew]:
        from briefreader.reading import read_original

        finder = self._topic_finder()
        for key in keys:
            with self.db.reading() as con:
                kept = briefings.original(con, key)
            found = next(iter(read_original(kept, topic_finder=finder)), None)
            yield Anew(key, _fresh(found or Problem(kept.path, "nothing was found in the original")))


def _name(source: Source) -> str:
    return str(source) if isinstance(source, (str, Path)) else "-"


def _slices(items: Iterator[Item]) -> Iterator[list[Item]]:
    pending: list[Item] = []
    size = 0
    for item in items:
        pending.append(item)
        found = item.found if isinstance(item, Anew) else item
        size += len(found.briefing.body) if isinstance(found, Fresh) else 0
        if len(pending) >= SLICE or size >= SLICE_CHARACTERS:
            yield pending
            pending, size = [], 0
    if pending:
        yield pending


def _failed(problem: Problem) -> Added:
    where = f"{problem.where}: " if problem.where else ""
    hint = f" ({problem.hint})" if problem.hint else ""
    return Added(problem.path, "failed", message=f"{where}{problem.message}{hint}")


def _originals(source: Source) -> Iterator[Original | Problem]:
    """The bytes of a source; a URL is fetched."""
    from briefreader.reading import originals
    from briefreader.reading.fetch import fetch

    if not isinstance(source, str) or not source.lower().startswith(_WEB):
        yield from originals(source)
        return
    try:
        page = fetch(source)
    except ReadingError as error:
        yield Problem(source, error.message, hint=error.hint)
        return
    yield from originals(page.data, name=page.url)


def _fresh(found: Briefing | Problem) -> Fresh | Problem:
    """What was read, with its fingerprint; what was fetched and doesn't tell its own address has that one."""
    from briefreader.reading.identity import fingerprint

    if isinstance(found, Problem):
        return found
    if not found.url and found.original.path.startswith(_WEB):
        found = replace(found, url=found.original.path)
    return Fresh(found, fingerprint(found))


def _would_be(con: Connection, item: Found) -> Added | None:
    """What would become of an item that is known or can't be read; None for a new one. Writes nothing."""
    if isinstance(item, Problem):
        return _failed(item)
    known = identity.known(con, item.digest)
    if known:
        return Added(item.path, "added" if known.removed else "known", known.id, known.title, known.insights)
    same = _same(con, item) if isinstance(item, Fresh) else None
    return _joined(item.briefing, same[1], identity.removed(con, same[0])) if same and isinstance(item, Fresh) else None


def _take(con: Connection, batch: int, item: Item) -> Added:
    """Store an item, or say what became of it."""
    match item:
        case Problem():
            return _failed(item)
        case Held():
            told = _known(con, batch, item.digest, item.path)
            return told or _failed(Problem(item.path, "changed while it was read"))
        case Anew():
            return _renew(con, batch, item.key, item.found)
        case Fresh():
            return _place(con, batch, item)


def _renew(con: Connection, batch: int, key: int, read: Fresh | Problem) -> Added:
    """Give a briefing what its original says now."""
    if isinstance(read, Problem):
        return _failed(read)
    changed = briefings.replace(con, batch, key, read.briefing, read.prints)
    status: Status = "changed" if changed else "known"
    return Added(read.path, status, briefings.name(con, key), read.briefing.title, len(read.briefing.insights))


def _known(con: Connection, batch: int, digest: str, path: str) -> Added | None:
    """What these very bytes are a copy of; a briefing that was removed is brought back."""
    held = identity.known(con, digest)
    if held is None:
        return None
    back = journal.put(con, batch, "briefing", str(held.key), {})
    return Added(path, "added" if back else "known", held.id, held.title, held.insights)


def _same(con: Connection, new: Fresh) -> tuple[int, Briefing] | None:
    """The briefing that a new one is a copy of: fingerprints nominate, the text confirms."""
    from briefreader.reading.identity import alike

    for key in identity.candidates(con, new.prints):
        if alike(new.briefing.body, briefings.body(con, key)):
            return key, briefings.load(con, key)
    return None


def _place(con: Connection, batch: int, new: Fresh) -> Added:
    """Store a briefing, or recognise it as one that the library holds."""
    briefing, prints, path = new.briefing, new.prints, new.path
    held = _known(con, batch, new.digest, path)
    if held:
        return held
    same = _same(con, new)
    if same:
        return _join(con, batch, *same, new)
    linked = identity.by_message(con, prints.message_id)
    key = briefings.insert(con, briefing, prints, now())
    journal.record(con, batch, "briefing", str(key), None, {})
    identity.add_alias(con, batch, key, prints, path)
    identity.link(con, batch, key, linked)
    message = f"same Message-ID as {', '.join(identity.linked(con, key))}, another text" if linked else ""
    return Added(path, "added", briefings.name(con, key), briefing.title, len(briefing.insights), message)


def _join(con: Connection, batch: int, key: int, held: Briefing, new: Fresh) -> Added:
    """Note a copy of a briefing; a longer one takes its place under the same id."""
    identity.add_alias(con, batch, key, new.prints, new.path)
    back = journal.put(con, batch, "briefing", str(key), {})
    added = _joined(new.briefing, held, back)
    if added.status == "longer":
        briefings.replace(con, batch, key, new.briefing, new.prints)
    elif _is_derived(held) and not _is_derived(new.briefing):
        briefings.retitle(con, batch, key, new.briefing.title)
        added = replace(added, title=new.briefing.title)
    return added


def _is_derived(briefing: Briefing) -> bool:
    """Whether a title was made from the text's beginning, for want of one that was stated."""
    from briefreader.reading.metadata import UNTITLED, title_of_text

    return briefing.title in (UNTITLED, title_of_text(briefing.body)[0])


def _joined(copy: Briefing, held: Briefing, back: bool) -> Added:
    """What becomes of a copy of a briefing we hold; ``back``: which had been removed."""
    path = copy.original.path
    if copy.words > held.words * _LONGER:
        return Added(path, "longer", held.id, copy.title, len(copy.insights))
    return Added(path, "added" if back else "alias", held.id, held.title, len(held.insights))
