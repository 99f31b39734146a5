"""How often a block of text occurs in a publisher's other issues: fills in what storage does not remember yet."""

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
"""Other issues of the publisher that hold a block which identity takes for template."""


def issue_blocks(con: Connection, publisher: str, besides: Collection[int] = ()) -> list[frozenset[int]]:
    """The masked blocks of a publisher's latest issues, newest first, without the briefings ``besides`` (row keys).

    Hashes as ``reading.masked_blocks`` makes them, of the whole text, boilerplate too. Reads only.
    """
    return [
        blocks if blocks is not None else frozenset(_from_content(con, key))
        for key, blocks in memory.issues(con, publisher, besides)
    ]


def occurrences(
    con: Connection, publisher: str, hashes: Collection[int], besides: Collection[int] = ()
) -> dict[int, int]:
    """In how many of the publisher's latest issues each masked block occurs; blocks that occur in none are left out."""
    wanted = frozenset(hashes)
    return dict(Counter(found for blocks in issue_blocks(con, publisher, besides) for found in blocks & wanted))


def template(con: Connection, publisher: str, besides: Collection[int] = ()) -> frozenset[int]:
    """The masked blocks that stand in several issues of a publisher: what they share makes no two of them one."""
    counts = Counter(found for blocks in issue_blocks(con, publisher, besides) for found in blocks)
    return frozenset(found for found, count in counts.items() if count >= MIN_TEMPLATE_ISSUES)


def cleaner(db: Database, besides: Collection[int] = (), decided: Mapping[int, bool] | None = None) -> Cleaner:
    """What reading needs to cut what a publisher repeats in its other issues, and what the reader decided on.

    ``besides`` are the row keys of the briefings that are being read; ``decided`` stands for what is stored.
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
