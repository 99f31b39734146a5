"""Poll many feeds concurrently, with one connection per host and eight in all."""

from __future__ import annotations

import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import TYPE_CHECKING

from briefreader.errors import ReadingError
from briefreader.sources.feeds import FeedPoll, poll_feed
from briefreader.sources.http import host_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from briefreader.library.progress import CancelCheck
    from briefreader.sources.config import Source
    from briefreader.sources.items import State

MAX_CONNECTIONS = 8


@dataclass(slots=True)
class Polled:
    """The result of polling a feed: ``poll`` or ``error``; the other is None."""

    source: Source
    state: State
    poll: FeedPoll | None
    error: ReadingError | None
    seconds: float


def poll_all(feeds: Sequence[tuple[Source, State]], cancelled: CancelCheck) -> Iterator[Polled]:
    """Poll feeds concurrently, those of one host one after the other.

    Polling begins at the call, not when the first result is requested.

    Returns:
        An iterator over the results; those of a host arrive together.
    """
    by_host: dict[str, list[tuple[Source, State]]] = defaultdict(list)
    for source, state in feeds:
        by_host[host_of(state.moved_to or source.address)].append((source, state))
    pool = ThreadPoolExecutor(MAX_CONNECTIONS, thread_name_prefix="fetch")

    def poll(group: Sequence[tuple[Source, State]]) -> list[Polled]:
        return [_poll(source, state) for source, state in group if not cancelled()]

    running = [pool.submit(poll, group) for group in by_host.values()]

    def answers() -> Iterator[Polled]:
        with pool:
            for job in as_completed(running):
                yield from job.result()

    return answers()


def _poll(source: Source, state: State) -> Polled:
    started = time.monotonic()
    poll, error = None, None
    try:
        poll = poll_feed(source, state)
    except ReadingError as caught:
        error = caught
    return Polled(source, state, poll, error, time.monotonic() - started)
