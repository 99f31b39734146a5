"""Fetching: what has come into the sources is stored, once, under the source's name and rules.

Feeds are polled at the same time, one connection to a host and eight in all; what they answer is stored one source
after another. Built for a few hundred sources. What was delivered is remembered only once it is stored, so that a
run that was killed is completed by the next one, and identity recognises what it had stored.
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
from briefreader.library.source_items import items_of
from briefreader.sources.http import HttpError, NetworkError
from briefreader.sources.items import Item, State
from briefreader.storage import source_states

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from briefreader.library.batches import Bulk
    from briefreader.library.source_items import AskPassword
    from briefreader.library.source_list import SourceList
    from briefreader.sources.config import Source
    from briefreader.storage.database import Database

LOCK_POLL_SECONDS = 0.5


@dataclass(slots=True)
class FetchOptions:
    """How to fetch: ``everything`` also asks sources that are not due, ``wait`` is in seconds for the bulk lock."""

    names: Sequence[str] = ()
    everything: bool = False
    dry_run: bool = False
    wait: float = 0.0
    ask_password: AskPassword | None = None
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
                # the lock file notifies nobody when it is released
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
        polled = poll_all(feeds, options.cancelled)
        for source in others:
            if options.cancelled():
                return
            yield self._store_items(source, states[source.name], options, batch)
        offline: list[Polled] = []
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

    def _store_feed(self, answer: Polled, options: FetchOptions, batch: int) -> SourceResult:
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
            items = items_of(source, state, seen, options.ask_password, since=since)
            self._store(source, state, items, result, options, batch)
        except ReadingError as error:
            self._failed(source, state, result, error, options)
        result.seconds = time.monotonic() - started
        return result

    def _failed(
        self, source: Source, state: State, result: SourceResult, error: ReadingError | None, options: FetchOptions
    ) -> SourceResult:
        hint = f" ({error.hint})" if error and error.hint else ""
        result.status, result.message = "failed", f"{error.message}{hint}" if error else "no answer"
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
        with self._db.reading() as con:
            known = source_states.seen(con, source.name)
        oldest = time.time() - source.since if source.since is not None and not state.last_success else 0.0
        storage = ItemStorage(self._db, source, result, known, batch=batch, dry_run=options.dry_run, oldest=oldest)
        for item in items:
            storage.store(item)
            if options.cancelled():
                return result
        state.succeeded(time.time())
        if not options.dry_run:
            with self._db.writing() as con:
                source_states.save(con, source.name, state.to_json(), storage.delivered)
            self._index_new()
        if not (result.new or result.revised or result.failed):
            result.status = "unchanged"
        return result
