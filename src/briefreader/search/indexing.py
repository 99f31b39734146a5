"""The write side of the index: which blocks of which posting lists a change of insights touches.

Nothing here speaks SQL: the caller reads rows, hands them in and writes what comes back.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from briefreader.search.analysis import terms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

ANALYSIS = 1  # goes up whenever the same text would be cut into other terms
BLOCK_BITS = 16
_OFFSET = (1 << BLOCK_BITS) - 1
Text = tuple[str, str]


def postings_of(title: str, text: str) -> tuple[set[str], set[str]]:
    """The terms an insight is found by: those of its title, and all."""
    in_title = terms(title)
    return in_title, in_title | terms(text)


class Changes:
    """What must be put into and taken out of posting lists, by term and block.

    Call ``put`` or ``take`` for each insight, then ``rows`` for the new contents of all blocks touched.
    """

    def __init__(self) -> None:
        self._put: dict[tuple[str, int], list[int]] = defaultdict(list)
        self._put_titles: dict[tuple[str, int], list[int]] = defaultdict(list)
        self._take: dict[tuple[str, int], list[int]] = defaultdict(list)

    def put(self, key: int, title: str, text: str) -> None:
        """Index an insight."""
        block, offset = key >> BLOCK_BITS, key & _OFFSET
        in_title, everywhere = postings_of(title, text)
        for term in everywhere:
            self._put[term, block].append(offset)
        for term in in_title:
            self._put_titles[term, block].append(offset)

    def take(self, key: int, title: str, text: str) -> None:
        """Take an insight out that was indexed with this title and text."""
        block, offset = key >> BLOCK_BITS, key & _OFFSET
        for term in postings_of(title, text)[1]:
            self._take[term, block].append(offset)

    def replace(self, key: int, old: Text | None, new: Text | None) -> None:
        """Index an insight anew: ``old`` is what the lists know of it, ``new`` what it says now."""
        if old is not None:
            self.take(key, *old)
        if new is not None:
            self.put(key, *new)

    def rows(
        self, read: Callable[[str, int], tuple[bytes, bytes]] | None
    ) -> Iterable[tuple[str, int, bytes, bytes, int]]:
        """``(term, block, docs, title_docs, gain)`` for every block touched, in order of term and block.

        ``read(term, block)`` gives what the block holds now (None: nothing yet, as in an empty index); ``gain`` is by
        how much the term's document frequency changes.
        """
        for term, block in sorted(self._put.keys() | self._take.keys()):
            place = (term, block)
            old, old_titles = read(term, block) if read else (b"", b"")
            gone = self._take.get(place, ())
            docs = _merged(old, gone, self._put.get(place, ()))
            titles = _merged(old_titles, gone, self._put_titles.get(place, ()))
            yield term, block, docs, titles, (len(docs) - len(old)) // 2


def _merged(old: bytes, gone: Sequence[int], new: Sequence[int]) -> bytes:
    """A block's offsets without ``gone`` and with ``new``, sorted and distinct."""
    fresh = np.unique(np.array(new, "<u2"))
    if not old:
        return fresh.tobytes()
    kept = np.frombuffer(old, "<u2")
    if gone:
        kept = np.setdiff1d(kept, np.array(gone, "<u2"), assume_unique=False)
    if fresh.size and kept.size and fresh[0] <= kept[-1]:
        return np.union1d(kept, fresh).tobytes()
    return kept.tobytes() + fresh.tobytes()
