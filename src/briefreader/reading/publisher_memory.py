"""What a publisher repeats from issue to issue: the blocks that are template, and how often they occurred.

Serves the cleaning of newsletters. Blocks are compared by masked hash (``masked_blocks``): digits and addresses don't
count. A block is template that stands in ``MIN_ISSUES`` issues or more, the one being read included, and in
``MIN_SHARE`` of the ``LATEST``. What the reader decided for a publisher wins. Pure: the library gives the counts.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from briefreader.reading.masked_blocks import masked_hash

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LATEST = 12
MIN_ISSUES = 3
MIN_SHARE = 0.3
DECIDED = "you decided so"


@dataclass(frozen=True, slots=True)
class PublisherMemory:
    """How often each block occurs in a publisher's latest issues, without the one that is being read.

    ``decided`` holds the reader's word on a block: True cuts, False keeps it.
    """

    issues: int = 0
    counts: Mapping[int, int] = field(default_factory=dict)
    name: str = ""
    decided: Mapping[int, bool] = field(default_factory=dict)

    def verdict(self, text: str) -> tuple[bool | None, str]:
        """Return whether a block is cut (True), kept (False) or not known here (None), and the reason."""
        block = masked_hash(text)
        if block is None:
            return None, ""
        if block in self.decided:
            return self.decided[block], DECIDED
        found = self.counts.get(block, 0) + 1  # the issue being read holds it
        total = self.issues + 1
        if found < MIN_ISSUES or found < MIN_SHARE * total:
            return None, ""
        return True, f"in {found} of {total} issues" + (f" of {self.name}" if self.name else "")


def memory_of(
    issues: Iterable[frozenset[int]], name: str = "", decided: Mapping[int, bool] | None = None
) -> PublisherMemory:
    """Return the memory that a publisher's issues make, given newest first as the hashes of their blocks."""
    latest = [blocks for _, blocks in zip(range(LATEST - 1), issues, strict=False)]
    counts = Counter(block for blocks in latest for block in blocks)
    return PublisherMemory(len(latest), dict(counts), name, decided or {})
