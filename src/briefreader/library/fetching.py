"""Fetch from the sources, store new items by each source's rules, and tag them.

Feeds are polled concurrently, but items are stored one source at a time. Items are recorded as delivered only after
all items of the source are stored. If a run is killed, the next one fetches them again and skips the known ones.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from briefreader.display import one_line
from briefreader.errors import LockedError, ReadingError
from briefreader.library.feed_polling import Polled, poll_all
from briefreader.library.item_storage import ItemStorage, SourceResult
from briefreader.library.progress import CancelCheck, Progress, not_cancelled
from briefreader.library.source_items import items_of
from briefreader.sources.http import HttpError, NetworkError
from briefreader.sources.items import Item, State
from briefreader.storage import source_states, suggestions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from briefreader.library.batches import Batches, Bulk
    from briefreader.library.deduplication import Added
    from briefreader.library.progress import Report
    from briefreader.library.search_index import SearchIndex
    from briefreader.library.source_items import AskPassword
    from briefreader.library.source_list import SourceList
    from briefreader.library.story_index import StoryIndex
    from briefreader.library.tagging import Tagged, Tagging
    from briefreader.sources.config import Source
    from briefreader.storage.database import Database

    Items = Callable[[Mapping[str, str], float], Iterator[Item]]

LOCK_POLL_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class FetchOptions:
    """Options of a fetch."""

    names: Sequence[str] = ()  # sources to fetch, even if not due or disabled; by default all that are due
    everything: bool = False  # fetch sources that aren't due, too
    dry_run: bool = False  # store nothing
    tag: bool = True  # tag the briefings that aren't tagged yet
    wait: float = 0.0  # seconds to wait for another bulk command
    ask_password: AskPassword | None = None  # asks for the password of a source that has no command for it


class Fetching:
    """Fetches from the sources of a library; ``write_topics`` writes topics back to notmuch."""

    def __init__(
        self,
        db: Database,
        batches: Batches,
        sources: SourceList,
        index: SearchIndex,
        stories: StoryIndex,
        tagging: Tagging,
        write_topics: Callable[[Source], int],
    ) -> None:
        self._db = db
        self._batches = batches
        self._sources = sources
        self._index = index
        self._stories = stories
        self._tagging = tagging
        self._write_topics = write_topics

    def fetch(
        self, options: FetchOptions, *, progress: Report | None = None, cancelled: CancelCheck = not_cancelled
    ) -> Iterator[SourceResult | Tagged]:
        """Fetch and tag new items as one batch; yield a result per source, then the tagged briefings.

        If writing topics back to a source fails, another result with the error follows.

        Raises:
            ConfigError: sources.toml can't be read.
            NotFoundError: a name in ``options.names`` is unknown.
            LockedError: another bulk command is still running after ``options.wait`` seconds.
        """
        listed, _ = self._sources.load()
        chosen = [self._sources.find(name) for name in options.names] or listed
        if options.dry_run or not chosen:
            yield from _Run(self._db, options, 0, cancelled).results(chosen)
            return
        with ExitStack() as stack:
            bulk = self._begin_batch(stack, one_line(", ".join(options.names) or "all sources", 200), options.wait)
            for result in _Run(self._db, options, bulk.number, cancelled, progress).results(chosen):
                if result.new or result.revised:
                    self._index.merge()
                yield result
            self._stories.refresh(cancelled)
            if options.tag and not cancelled() and self._is_any_unscored():
                yield from self._tagging.tag_into(bulk, progress=progress, cancelled=cancelled)
                yield from self._write_back(chosen)

    def _is_any_unscored(self) -> bool:
        """Return whether any briefing isn't tagged yet, for example after an interrupted run."""
        with self._db.reading() as con:
            return suggestions.has_unscored(con)

    def states(self) -> dict[str, State]:
        """Return the state of each source that has been checked, by name."""
        return _states(self._db)

    def _begin_batch(self, stack: ExitStack, words: str, wait: float) -> Bulk:
        """Begin the batch once no other bulk command is running."""
        end = time.monotonic() + wait
        while True:
            try:
                return stack.enter_context(self._batches.bulk("fetch", words))
            except LockedError:
                if time.monotonic() >= end:
                    raise
                # nothing notifies a waiting process when the lock is released
                time.sleep(min(LOCK_POLL_SECONDS, max(end - time.monotonic(), 0.01)))

    def _write_back(self, sources: Sequence[Source]) -> Iterator[SourceResult]:
        """Write topics back to the notmuch sources with ``write = true``; yield a result for each failure."""
        for source in sources:
            if source.write:
                try:
                    self._write_topics(source)
                except ReadingError as error:
                    yield SourceResult(source.name, "failed", f"writing topics failed: {_describe(error)}")


@dataclass(slots=True)
class _Run:
    """One fetch, whose changes belong to ``batch``; with ``options.dry_run``, nothing is written.

    ``items`` counts the documents, for progress reports.
    """

    db: Database
    options: FetchOptions
    batch: int
    cancelled: CancelCheck
    progress: Report | None = None
    items: int = 0

    def results(self, sources: Sequence[Source]) -> Iterator[SourceResult]:
        """Yield the result of each source."""
        states = self._states(sources)
        named, now = bool(self.options.names), time.time()
        feeds: list[tuple[Source, State]] = []
        others: list[tuple[Source, State]] = []
        for source in sources:
            state = states[source.name]
            if state.disabled and not named:
                yield SourceResult(source.name, "disabled", state.disabled)
            elif named or self.options.everything or state.is_due(source.interval, now):
                (feeds if source.kind == "feed" else others).append((source, state))
            else:
                yield SourceResult(source.name, "not due", state.last_error)
        polled = poll_all(feeds, self.cancelled)
        for source, state in others:
            if self.cancelled():
                return
            yield self._store_items(source, state)
        offline: list[Polled] = []
        for answer in polled:
            if isinstance(answer.error, NetworkError):
                offline.append(answer)
            else:
                yield self._store_feed(answer)
        # if no feed can be reached, the network is probably down, so these failures aren't recorded
        without_network = bool(offline) and len(offline) == len(feeds)
        for answer in offline:
            if without_network:
                yield SourceResult(answer.source.name, "offline", str(answer.error), seconds=answer.seconds)
            else:
                yield self._store_feed(answer)

    def _states(self, sources: Sequence[Source]) -> dict[str, State]:
        """Return the stored state of each source; sources with a new name get that of the previous one."""
        former = [source for source in sources if source.previous_names]
        if former and not self.options.dry_run:
            with self.db.writing() as con:
                for source in former:
                    source_states.rename(con, source.name, source.previous_names)
        found = _states(self.db)
        return {source.name: found.get(source.name) or State() for source in sources}

    def _store_feed(self, answer: Polled) -> SourceResult:
        """Store the result of polling a feed."""
        result = SourceResult(answer.source.name, seconds=answer.seconds)

        def items(seen: Mapping[str, str], since: float) -> Iterator[Item]:
            if answer.poll is None:
                raise answer.error or ReadingError("no answer")
            result.bytes = answer.poll.received
            return iter([answer.poll.item] if answer.poll.item else [])

        return self._store(answer.source, answer.state, items, result)

    def _store_items(self, source: Source, state: State) -> SourceResult:
        """Fetch the items of a source that is not a feed, and store them."""
        started = time.monotonic()
        result = SourceResult(source.name)
        ask = self.options.ask_password
        self._store(source, state, lambda seen, since: items_of(source, state, seen, ask, since=since), result)
        result.seconds = time.monotonic() - started
        return result

    def _store(self, source: Source, state: State, items: Items, result: SourceResult) -> SourceResult:
        """Store a source's items, then its state; return ``result`` with the outcome."""
        with self.db.reading() as con:
            seen = source_states.seen(con, source.name)
        since = time.time() - source.since if source.since is not None and not state.last_success else 0.0
        batch, dry_run, report = self.batch, self.options.dry_run, self._report
        storage = ItemStorage(self.db, source, result, seen, batch=batch, dry_run=dry_run, oldest=since, report=report)
        try:
            for item in items(seen, since):
                storage.store(item)
                if self.cancelled():
                    return result
            state.succeeded(time.time())
            if storage.too_old and source.since:
                mails = f"{storage.too_old:,} mail{'s' * (storage.too_old != 1)}"
                older = f"skipped {mails} older than {source.since // 86_400} days"
                is_path = source.kind in ("maildir", "mbox")
                result.message = older + f"; to add them: briefreader add {source.address}" * is_path
            if not (result.new or result.revised or result.failed or result.skipped):
                result.status = "unchanged"
        except ReadingError as error:
            result.status, result.message = "failed", _describe(error)
            wait = error.retry_after if isinstance(error, HttpError) else 0.0
            state.failed(result.message, source.interval, time.time(), wait)
        if not dry_run:
            with self.db.writing() as con:
                source_states.save(con, source.name, state.to_json(), storage.delivered)
        return result

    def _report(self, added: Added) -> None:
        """Report progress, counting the items of all sources."""
        self.items += 1
        if self.progress:
            self.progress(Progress(self.items, 0, added.path))


def _states(db: Database) -> dict[str, State]:
    """Return the state of each source that has been checked, by name."""
    with db.reading() as con:
        return {name: State.from_json(text) for name, text in source_states.states(con).items()}


def _describe(error: ReadingError) -> str:
    return error.message + (f" ({error.hint})" if error.hint else "")
