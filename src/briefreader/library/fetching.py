"""Fetching: what has come into the sources is stored, once, under the source's name and rules.

Feeds are polled at the same time, one connection to a host and eight in all; what they answer is stored one source
after another. Built for a few hundred sources. What was delivered is remembered only once it is stored, so that a
run that was killed is completed by the next one, and identity recognises what it had stored.
"""

from __future__ import annotations

import hashlib
import queue
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Literal

from briefreader.display import one_line
from briefreader.errors import LockedError, ReadingError
from briefreader.library.deduplication import Added, Found, KnownBytes, NewBriefing, new_briefing, preview, store_item
from briefreader.library.full_text import with_page
from briefreader.model import Original, Problem
from briefreader.sources import rules
from briefreader.sources.config import MAIL_KINDS
from briefreader.sources.feeds import FeedPoll, poll_feed
from briefreader.sources.http import HttpError, NetworkError, host_of
from briefreader.sources.items import Item, State
from briefreader.storage import decisions, identity, source_states

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from briefreader.library.batches import Bulk
    from briefreader.library.source_list import SourceList
    from briefreader.sources.config import Source
    from briefreader.storage.database import Connection, Database

MAX_CONNECTIONS = 8
TRANSACTION_SECONDS = 0.1  # other writers wait no longer than this and one item more
LOCK_POLL_SECONDS = 0.5
SLICE = 50  # documents read before they are written
HEADER_BYTES = 65_536  # of a mail, for its date
Status = Literal["ok", "unchanged", "failed", "disabled", "not due", "offline"]


@dataclass(slots=True)
class SourceResult:
    """What became of one source: how many items came to what, the bytes received and the seconds it took."""

    source: str
    status: Status = "ok"
    message: str = ""
    new: int = 0
    revised: int = 0
    unchanged: int = 0
    skipped: int = 0
    failed: int = 0
    bytes: int = 0
    seconds: float = 0.0
    added: list[Added] = field(default_factory=list)


@dataclass(slots=True)
class _Polled:
    """A feed's answer, or why there is none."""

    source: Source
    state: State
    poll: FeedPoll | None
    error: ReadingError | None
    seconds: float


@dataclass(slots=True)
class FetchOptions:
    """How to fetch: ``everything`` also asks sources that are not due, ``wait`` is in seconds for the bulk lock."""

    names: Sequence[str] = ()
    everything: bool = False
    dry_run: bool = False
    wait: float = 0.0
    ask_password: Callable[[Source], str] | None = None
    cancelled: Callable[[], bool] = lambda: False


class Fetching:
    """Fetches from the sources of a library."""

    def __init__(
        self,
        db: Database,
        sources: SourceList,
        *,
        bulk: Callable[[str, str], AbstractContextManager[Bulk]],
        index_new: Callable[[], None],
    ) -> None:
        self._db = db
        self._sources = sources
        self._bulk = bulk
        self._index_new = index_new

    def fetch(self, options: FetchOptions) -> Iterator[SourceResult]:
        """Fetch what is new: one batch, one result for each source, as they come.

        Raises:
            ConfigError: sources.toml cannot be read at all.
            NotFoundError: no source has one of ``options.names``.
            LockedError: another bulk command still runs after ``options.wait`` seconds.
        """
        listed, _ = self._sources.load()
        chosen = [self._sources.find(name) for name in options.names] or listed
        with ExitStack() as stack:
            batch = 0
            if not options.dry_run:
                words = one_line(", ".join(options.names) or "all sources", 200)
                batch = self._locked(stack, words, options.wait).number
            states = self._states(chosen, options.dry_run)
            yield from self._fetch(chosen, states, options, batch)

    def states(self) -> dict[str, State]:
        """Return what is remembered of each source, by name."""
        with self._db.reading() as con:
            return {name: State.from_json(text) for name, text in source_states.states(con).items()}

    def _locked(self, stack: ExitStack, words: str, wait: float) -> Bulk:
        end = time.monotonic() + wait
        while True:
            try:
                return stack.enter_context(self._bulk("fetch", words))
            except LockedError:
                if time.monotonic() >= end:
                    raise
                time.sleep(min(LOCK_POLL_SECONDS, max(end - time.monotonic(), 0.01)))

    def _states(self, sources: Sequence[Source], dry_run: bool) -> dict[str, State]:
        former = [source for source in sources if source.previous_names]
        if former and not dry_run:
            with self._db.writing() as con:
                for source in former:
                    source_states.rename(con, source.name, source.previous_names)
        found = self.states()
        return {source.name: found.get(source.name) or State() for source in sources}

    def _fetch(
        self, sources: Sequence[Source], states: Mapping[str, State], options: FetchOptions, batch: int
    ) -> Iterator[SourceResult]:
        named, now = bool(options.names), time.time()
        feeds: list[tuple[Source, State]] = []
        others: list[Source] = []
        for source in sources:
            state = states[source.name]
            if state.disabled and not named:
                yield SourceResult(source.name, "disabled", state.disabled)
            elif not (named or options.everything or state.is_due(source.interval, now)):
                yield SourceResult(source.name, "not due", state.last_error)
            elif source.kind == "feed":
                feeds.append((source, state))
            else:
                others.append(source)
        polled = _poll_all(feeds, options.cancelled)
        for source in others:
            if options.cancelled():
                return
            yield self._store_items(source, states[source.name], options, batch)
        offline: list[_Polled] = []
        for answer in polled:
            if isinstance(answer.error, NetworkError):
                offline.append(answer)
            else:
                yield self._store_feed(answer, options, batch)
        # without any network no source is to blame: nothing is counted against them
        without_network = bool(offline) and len(offline) == len(feeds)
        for answer in offline:
            if without_network:
                yield SourceResult(answer.source.name, "offline", str(answer.error), seconds=answer.seconds)
            else:
                yield self._store_feed(answer, options, batch)

    def _store_feed(self, answer: _Polled, options: FetchOptions, batch: int) -> SourceResult:
        result = SourceResult(answer.source.name, seconds=answer.seconds)
        if answer.error or answer.poll is None:
            return self._failed(answer.source, answer.state, result, answer.error, options)
        result.bytes = answer.poll.received
        items = iter([answer.poll.item]) if answer.poll.item else iter(())
        return self._store(answer.source, answer.state, items, result, options, batch)

    def _store_items(self, source: Source, state: State, options: FetchOptions, batch: int) -> SourceResult:
        started = time.monotonic()
        with self._db.reading() as con:
            seen = source_states.seen(con, source.name)
        result = SourceResult(source.name)
        try:
            since = time.time() - source.since if source.since is not None and not state.last_success else 0.0
            items = items_of(source, state, seen, options, since=since)
            self._store(source, state, items, result, options, batch)
        except ReadingError as error:
            self._failed(source, state, result, error, options)
        result.seconds = time.monotonic() - started
        return result

    def _failed(
        self, source: Source, state: State, result: SourceResult, error: ReadingError | None, options: FetchOptions
    ) -> SourceResult:
        result.status, result.message = "failed", str(error or "no answer")
        state.failed(
            result.message, source.interval, time.time(), error.retry_after if isinstance(error, HttpError) else 0
        )
        if not options.dry_run:
            with self._db.writing() as con:
                source_states.save(con, source.name, state.to_json())
        return result

    def _store(
        self,
        source: Source,
        state: State,
        items: Iterator[Item],
        result: SourceResult,
        options: FetchOptions,
        batch: int,
    ) -> SourceResult:
        """Store a source's items; its state is kept once all of them are."""
        first_run = not state.last_success
        delivered: list[tuple[str, str]] = []
        with self._db.reading() as con:
            known = source_states.seen(con, source.name)
        for item in items:
            found = self._documents(source, item, first_run, known, delivered, result)
            if not self._store_documents(source, found, options, batch, result):
                delivered.append((item.key, item.stamp))
            if options.cancelled():
                return result
        state.succeeded(time.time())
        if not options.dry_run:
            with self._db.writing() as con:
                source_states.save(con, source.name, state.to_json(), delivered)
            self._index_new()
        if not (result.new or result.revised or result.failed):
            result.status = "unchanged"
        return result

    def _documents(
        self,
        source: Source,
        item: Item,
        first_run: bool,
        known: Mapping[str, str],
        delivered: list[tuple[str, str]],
        result: SourceResult,
    ) -> Iterator[Found]:
        """Yield the documents of an item that are not skipped; those held byte for byte are not parsed."""
        from briefreader.reading import originals, read_original

        oldest = time.time() - source.since if first_run and source.since is not None else 0.0
        try:
            stream = item.open()
        except OSError as error:
            yield Problem(item.path, f"cannot be read: {error.strerror or error}")
            return
        with stream:
            for original in originals(stream, name=item.path, format=item.format):
                if isinstance(original, Problem):
                    yield original
                    continue
                digest = hashlib.sha256(original.data).hexdigest()
                if oldest and source.kind in MAIL_KINDS and is_older(original, oldest):
                    result.skipped += 1
                elif self._holds(digest):
                    yield KnownBytes(original.path, digest)
                else:
                    for found in read_original(original):
                        named = found if isinstance(found, Problem) else replace(found, source=source.name)
                        yield from self._ruled(source, new_briefing(named), known, delivered, result)

    def _ruled(
        self,
        source: Source,
        found: NewBriefing | Problem,
        known: Mapping[str, str],
        delivered: list[tuple[str, str]],
        result: SourceResult,
    ) -> Iterator[NewBriefing | Problem]:
        """Yield a document, with the text of its page if the source asks for that, unless a rule skips it.

        Of a skipped item only the digest is remembered, and so it is of one whose page is stored in its place.
        """
        if isinstance(found, Problem):
            yield found
            return
        skips = _outcome(source, found).skip
        key = f"{'skipped' if skips else 'page'}:{found.digest}"
        if (skips or source.full) and key in known:
            result.unchanged += 1
        elif skips:
            result.skipped += 1
            delivered.append((key, ""))
        elif source.full:
            try:
                yield with_page(source, found)
                delivered.append((key, ""))
            except ReadingError as error:
                result.message = f"pages that could not be fetched, the latest: {error}"
                yield found
        else:
            yield found

    def _holds(self, digest: str) -> bool:
        with self._db.reading() as con:
            return identity.known(con, digest) is not None

    def _store_documents(
        self,
        source: Source,
        found: Iterator[Found],
        options: FetchOptions,
        batch: int,
        result: SourceResult,
    ) -> int:
        """Store documents, read outside the transactions, written in short ones; return how many can't be opened."""
        unreadable = 0
        for slice_ in _slices(found):
            while slice_:
                done = self._previewed(slice_) if options.dry_run else self._written(source, batch, slice_)
                for added in done:
                    _count(result, added)
                    unreadable += added.status == "failed" and "cannot be read" in added.message
        return unreadable

    def _written(self, source: Source, batch: int, pending: list[Found]) -> list[Added]:
        """Take documents off the list and store them in one transaction, as many as a short one allows."""
        done: list[Added] = []
        with self._db.writing() as con:
            until = time.monotonic() + TRANSACTION_SECONDS
            while pending and (not done or time.monotonic() < until):
                document = pending.pop(0)
                added = store_item(con, batch, document, revive=False)
                if added.status == "added" and isinstance(document, NewBriefing):
                    self._mark(con, batch, source, document)
                done.append(added)
        return done

    def _previewed(self, pending: list[Found]) -> list[Added]:
        done: list[Added] = []
        with self._db.reading() as con:
            while pending:
                document = pending.pop(0)
                added = preview(con, document, revive=False)
                if added is None and isinstance(document, NewBriefing):
                    added = Added(document.path, "added", title=document.briefing.title)
                done += [added] if added else []
        return done

    def _mark(self, con: Connection, batch: int, source: Source, new: NewBriefing) -> None:
        """Mark a new briefing read where a rule says so."""
        outcome = _outcome(source, new)
        if outcome.read and (held := identity.known(con, new.digest)):
            decisions.mark(con, batch, held.key, read=True, starred=None)


def _outcome(source: Source, new: NewBriefing) -> rules.Outcome:
    briefing = new.briefing
    return rules.apply(source, subject=briefing.title, author=briefing.author, list_id=briefing.origin.publisher)


def _slices(found: Iterator[Found]) -> Iterator[list[Found]]:
    """Gather documents into lists that are stored together."""
    pending: list[Found] = []
    for document in found:
        pending.append(document)
        if len(pending) >= SLICE:
            yield pending
            pending = []
    if pending:
        yield pending


def _count(result: SourceResult, added: Added) -> None:
    result.added.append(added)
    match added.status:
        case "added":
            result.new += 1
        case "revision":
            result.revised += 1
        case "failed":
            result.failed += 1
        case "skipped":
            result.skipped += 1
        case _:
            result.unchanged += 1


def is_older(original: Original, oldest: float) -> bool:
    """Return whether a mail's Date header is before ``oldest`` (seconds since 1970); one without a date is not."""
    if original.format != "eml":
        return False
    try:
        header = BytesHeaderParser().parsebytes(original.data[:HEADER_BYTES]).get("Date", "")
        return parsedate_to_datetime(str(header)).timestamp() < oldest
    except (ValueError, OverflowError, IndexError, TypeError, LookupError):
        return False


def _poll_all(feeds: Sequence[tuple[Source, State]], cancelled: Callable[[], bool]) -> Iterator[_Polled]:
    """Poll feeds at the same time, those of one host one after another; yield their answers as they come.

    Polling begins at the call, not at the first answer that is asked for.
    """
    by_host: dict[str, list[tuple[Source, State]]] = defaultdict(list)
    for source, state in feeds:
        by_host[host_of(state.moved_to or source.address)].append((source, state))
    answers: queue.Queue[_Polled] = queue.Queue()

    def poll(group: Sequence[tuple[Source, State]]) -> None:
        for source, state in group:
            if cancelled():
                return
            answers.put(_poll(source, state))

    pool = ThreadPoolExecutor(MAX_CONNECTIONS, thread_name_prefix="fetch")
    running = [pool.submit(poll, group) for group in by_host.values()]

    def results() -> Iterator[_Polled]:
        with pool:
            left = len(feeds)
            while left and not cancelled():
                try:
                    answer = answers.get(timeout=0.2)
                except queue.Empty:
                    for job in running:
                        if job.done():
                            job.result()  # a fault of the program, not of a feed
                    continue
                left -= 1
                yield answer

    return results()


def _poll(source: Source, state: State) -> _Polled:
    started = time.monotonic()
    poll, error = None, None
    try:
        poll = poll_feed(source, state)
    except ReadingError as caught:
        error = caught
    return _Polled(source, state, poll, error, time.monotonic() - started)


def items_of(
    source: Source, state: State, seen: Mapping[str, str], options: FetchOptions, *, since: float = 0.0
) -> Iterator[Item]:
    """Yield what is new in a source that is no feed; of IMAP on the first run only what came after ``since``.

    Raises:
        ReadingError: it cannot be read, or there is no password.
    """
    if source.kind == "maildir":
        from briefreader.sources.folders import maildir_items

        return maildir_items(source, state, seen)
    if source.kind == "mbox":
        from briefreader.sources.folders import mbox_items

        return mbox_items(source, state, seen)
    if source.kind == "folder":
        from briefreader.reading import files
        from briefreader.sources.folders import folder_items

        return folder_items(
            source, state, seen, lambda root: (p for p in files.walk(root) if not isinstance(p, Problem))
        )
    if source.kind == "notmuch":
        from briefreader.sources.notmuch import notmuch_items

        return notmuch_items(source, state, seen)
    from briefreader.sources.imap import imap_items

    return imap_items(source, state, _password(source, options), since)


def _password(source: Source, options: FetchOptions) -> str:
    from briefreader.sources.imap import password_from

    if source.password_command:
        return password_from(source.password_command)
    if options.ask_password:
        return options.ask_password(source)
    raise ReadingError("needs a password", hint='password = {command = "pass show mail"} in sources.toml')
