"""Find the blocks that a publisher repeats in its issues."""

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
"""A block in at least this many issues is a template, which duplicate detection ignores."""


def issue_blocks(con: Connection, publisher: str, besides: Collection[int] = ()) -> list[frozenset[int]]:
    """Return the masked hashes of the blocks in each of a publisher's latest issues, newest first.

    Blocks of the whole text count, including boilerplate (see ``reading.masked_blocks``). ``besides`` are row keys of
    issues to leave out. Hashes that aren't stored are computed, but not stored.
    """
    return [
        blocks if blocks is not None else frozenset(_from_content(con, key))
        for key, blocks in memory.issues(con, publisher, besides)
    ]


def template(con: Connection, publisher: str, besides: Collection[int] = ()) -> frozenset[int]:
    """Return the masked hashes of blocks in several issues of a publisher, which duplicate detection ignores."""
    counts = Counter(found for blocks in issue_blocks(con, publisher, besides) for found in blocks)
    return frozenset(found for found, count in counts.items() if count >= MIN_TEMPLATE_ISSUES)


def cleaner(db: Database, besides: Collection[int] = (), decided: Mapping[int, bool] | None = None) -> Cleaner:
    """Return the cleaner with which parsing cuts blocks that a publisher repeats, or that the user decided to cut.

    ``besides`` are the row keys of the briefings being parsed; ``decided`` replaces the stored decisions.
    """
    from briefreader.reading.build_briefing import Cleaner
    from briefreader.reading.publisher_memory import PublisherMemory, memory_of

    def of(publisher: str) -> PublisherMemory:
        with db.reading() as con:
            known = block_decisions.of(con, publisher) if decided is None else decided
            return memory_of(issue_blocks(con, publisher, besides), decided=known)

    return Cleaner(memory=of)


def _from_content(con: Connection, key: int) -> tuple[int, ...]:
    from briefreader.reading.identity import block_hashes

    return block_hashes(briefings.load(con, key))
