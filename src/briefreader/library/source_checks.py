"""Test a source without storing anything, and report the health of all sources."""

from __future__ import annotations

import time
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from briefreader.library.source_items import items_of
from briefreader.model import Briefing, Problem
from briefreader.sources.feeds import poll_feed
from briefreader.sources.items import State
from briefreader.storage import briefings, source_states

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from briefreader.library.source_list import SourceList
    from briefreader.sources.config import Source
    from briefreader.sources.items import Item
    from briefreader.storage.database import Database
    from briefreader.storage.source_states import Activity

NEWEST = 5  # number of briefings that a test shows
MAX_TRIED = 200  # maximum number of items, and of documents in an item, that a test reads
RULES_TRIED = 100  # number of stored briefings that rules are tested on
ACTIVITY_WEEKS = 4  # period over which briefings per week are averaged
MAX_PUBLISHERS = 1_000  # maximum number of publishers whose unsubscribe links are listed
TRIAL_DAYS = 7  # a test reads messages that an IMAP folder received in this time


@dataclass(frozen=True, slots=True)
class Health:
    """A source with its state and activity."""

    source: Source
    state: State
    activity: Activity


@dataclass(frozen=True, slots=True)
class Trial:
    """The result of a test of a source."""

    seconds: float
    items: int  # number of briefings read
    newest: list[Briefing] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    tried: int = 0  # number of stored briefings that the rules were tested on
    rules: list[tuple[str, int]] = field(default_factory=list)  # each rule, and to how many of these it applies


class SourceChecks:
    """Tests the sources of a library. Read-only."""

    def __init__(self, db: Database, sources: SourceList) -> None:
        self._db = db
        self._sources = sources

    def health(self) -> list[Health]:
        """Return each source with its state and activity."""
        since = (datetime.now(UTC) - timedelta(weeks=ACTIVITY_WEEKS)).isoformat(timespec="seconds")
        with self._db.reading() as con:
            states = source_states.states(con)
            activity = source_states.activity(con, since)
        return [
            Health(
                source,
                State.from_json(states.get(source.name, "")),
                activity.get(source.name, source_states.Activity()),
            )
            for source in self._sources.load()[0]
        ]

    def trial(self, name: str, ask_password: Callable[[Source], str] | None = None) -> Trial:
        """Connect to a source and return some of its items, without storing anything.

        Raises:
            NotFoundError: there is no such source.
            ReadingError: the source can't be reached, or isn't of the stated kind.
        """
        source = self._sources.find(name)
        started = time.monotonic()
        items = list(_sample(source, ask_password))
        found = [one for item in items for one in _read(item)]
        read = sorted((b for b in found if isinstance(b, Briefing)), key=lambda b: b.published, reverse=True)
        with self._db.reading() as con:
            stored = source_states.latest(con, source.name, RULES_TRIED)
        return Trial(
            time.monotonic() - started,
            len(read),
            read[:NEWEST],
            [problem for problem in found if isinstance(problem, Problem)],
            len(stored),
            _applied(source, stored),
        )


def unsubscribe_links(db: Database, source: str) -> list[tuple[str, str]]:
    """Return publisher and URL of the unsubscribe links in the latest mail of each publisher of a source.

    The user can open the links; the program never does.
    """
    from briefreader.reading.mail_headers import unsubscribe_addresses

    found = []
    with db.reading() as con:
        for key, publisher in source_states.latest_mails(con, source, MAX_PUBLISHERS):
            found += [(publisher, url) for url in unsubscribe_addresses(briefings.original(con, key).data)]
    return found


def write_topics(db: Database, source: Source, topics: Mapping[str, Iterable[str]]) -> int:
    """Write topics of a notmuch source's briefings (by ID) back as tags; return the number of changed messages.

    Raises:
        ReadingError: notmuch is not installed, times out or fails.
    """
    from briefreader.sources.notmuch import write_topics as write

    with db.reading() as con:
        ids = source_states.message_ids(con, source.name)
    return write(source.address, {message: topics.get(id, ()) for id, message in ids.items()})


def _sample(source: Source, ask_password: Callable[[Source], str] | None) -> Iterable[Item]:
    """Return a feed, an mbox, or up to ``NEWEST`` messages or files of another source."""
    if source.kind == "feed":
        item = poll_feed(source, State()).item
        return [item] if item else []
    found = items_of(source, State(), {}, ask_password, since=time.time() - TRIAL_DAYS * 86_400)
    return islice(found, NEWEST) if source.kind in ("imap", "mbox") else deque(islice(found, MAX_TRIED), NEWEST)


def _read(item: Item) -> Iterator[Briefing | Problem]:
    """Yield the briefings in an item."""
    from briefreader.reading import originals, read_original

    with item.open() as stream:
        for original in islice(originals(stream, name=item.path, format=item.format), MAX_TRIED):
            if isinstance(original, Problem):
                yield original
            else:
                yield from read_original(original)


def _applied(source: Source, stored: Iterable[source_states.Stored]) -> list[tuple[str, int]]:
    """Return each rule with the number of stored briefings that it is applied to; the first matching rule counts."""
    counts: Counter[str] = Counter()
    for row in stored:
        if rule := source.rule_for(subject=row.title, author=row.author, list_id=row.publisher):
            counts[str(rule)] += 1
    return [(str(rule), counts[str(rule)]) for rule in source.rules]
