"""Decide which blocks a publisher repeats in its issues.

Blocks are compared by masked hash (``masked_blocks``), which ignores numbers and URLs. A block is repeated if it is in
at least ``MIN_ISSUES`` of the latest issues, which include the current one, and in at least ``MIN_SHARE`` of them. The
user's decisions take precedence. The library passes the hashes of earlier issues.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from briefreader.reading.masked_blocks import masked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LATEST = 12  # maximum issues that are compared, including the current one
MIN_ISSUES = 3  # minimum issues with a repeated block
MIN_SHARE = 0.3  # minimum share of the compared issues with a repeated block
DECIDED = "your decision"


@dataclass(frozen=True, slots=True)
class PublisherMemory:
    """How often each block occurs in a publisher's latest issues, without the current one.

    ``decided`` has the user's decisions: True cuts a block, False keeps it.
    """

    issues: int = 0
    counts: Mapping[int, int] = field(default_factory=dict)
    name: str = ""
    decided: Mapping[int, bool] = field(default_factory=dict)

    def verdict(self, text: str) -> tuple[bool | None, str]:
        """Return whether a block is cut (True), kept (False) or unknown (None), and the reason."""
        block = masked(text)[0]
        if block is None:
            return None, ""
        if block in self.decided:
            return self.decided[block], DECIDED
        found = self.counts.get(block, 0) + 1  # including the issue being read
        total = self.issues + 1
        if found < MIN_ISSUES or found < MIN_SHARE * total:
            return None, ""
        return True, f"in {found} of {total} issues" + (f" of {self.name}" if self.name else "")


def memory_of(
    issues: Iterable[frozenset[int]], name: str = "", decided: Mapping[int, bool] | None = None
) -> PublisherMemory:
    """Return the memory of a publisher; ``issues`` are the hashes of the blocks of each issue, newest first."""
    latest = [blocks for _, blocks in zip(range(LATEST - 1), issues, strict=False)]
    counts = Counter(block for blocks in latest for block in blocks)
    return PublisherMemory(len(latest), dict(counts), name, decided or {})
