"""Count how often a block occurs in a publisher's other issues; compute and store missing counts."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from briefreader.storage import block_decisions, briefings
from briefreader.storage import publisher_memory as memory

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from briefreader.reading.build_briefing import Cleaner
    from briefreader.storage.database import Connection, Database

MIN_TEMPLATE_ISSUES = 2
"""Minimum number of issues with a block for identity to treat it as template."""


def issue_blocks(con: Connection, publisher: str, besides: Collection[int] = ()) -> list[frozenset[int]]:
    """Return the masked blocks of a publisher's latest issues, newest first, without the row keys ``besides``.

    Hashes as made by ``reading.masked_blocks``, of the whole text including boilerplate. Reads only.
    """
    return [
        blocks if blocks is not None else frozenset(_from_content(con, key))
        for key, blocks in memory.issues(con, publisher, besides)
    ]


def occurrences(
    con: Connection, publisher: str, hashes: Collection[int], besides: Collection[int] = ()
) -> dict[int, int]:
    """Return in how many of the publisher's latest issues each masked block occurs, if in any."""
    wanted = frozenset(hashes)
    return dict(Counter(found for blocks in issue_blocks(con, publisher, besides) for found in blocks & wanted))


def template(con: Connection, publisher: str, besides: Collection[int] = ()) -> frozenset[int]:
    """Return masked blocks that occur in several issues of a publisher, which say nothing about identity."""
    counts = Counter(found for blocks in issue_blocks(con, publisher, besides) for found in blocks)
    return frozenset(found for found, count in counts.items() if count >= MIN_TEMPLATE_ISSUES)


def cleaner(db: Database, besides: Collection[int] = (), decided: Mapping[int, bool] | None = None) -> Cleaner:
    """Return what parsing needs to cut blocks that a publisher repeats, and the user's decisions on blocks.

    ``besides`` are the row keys of the briefings being parsed; ``decided`` replaces the stored decisions.
    """
    from briefreader.reading.build_briefing import Cleaner
    from briefreader.reading.publisher_memory import PublisherMemory, memory_of

    def of(publisher: str) -> PublisherMemory:
        with db.reading() as con:
            words = block_decisions.of(con, publisher) if decided is None else decided
            return memory_of(issue_blocks(con, publisher, besides), decided=words)

    return Cleaner(memory=of)


def _from_content(con: Connection, key: int) -> tuple[int, ...]:
    from briefreader.reading.identity import memorable_blocks

    return memorable_blocks(briefings.load(con, key))
