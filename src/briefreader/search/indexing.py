"""The write side of the index: what new insights add to the posting lists."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from briefreader.search.analysis import terms

if TYPE_CHECKING:
    from collections.abc import Iterable

ANALYSIS = 1  # goes up whenever the same text would be cut into other terms
BLOCK_BITS = 16
_OFFSET = (1 << BLOCK_BITS) - 1


def postings_of(title: str, text: str) -> tuple[set[str], set[str]]:
    """The terms an insight is found by: those of its title, and all."""
    in_title = terms(title)
    return in_title, in_title | terms(text)


def inverted(
    insights: Iterable[tuple[int, str, str]],
) -> tuple[list[tuple[str, int, bytes, bytes]], list[tuple[str, int]]]:
    """What insights (key, title, text; keys rising) add to the lists.

    Returns rows ``(term, block, docs, title_docs)`` in order of term and block, with sorted little-endian uint16
    offsets into the block, and by how much each term's document frequency grows.
    """
    everywhere: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    titles: dict[tuple[int, str], list[int]] = defaultdict(list)
    for key, title, text in insights:
        block, offset = key >> BLOCK_BITS, key & _OFFSET
        in_title, all_terms = postings_of(title, text)
        holders = everywhere[block]
        for term in all_terms:
            holders[term].append(offset)
        for term in in_title:
            titles[block, term].append(offset)
    rows = [
        (term, block, _packed(offsets), _packed(titles.get((block, term), ())))
        for block, holders in everywhere.items()
        for term, offsets in holders.items()
    ]
    rows.sort(key=lambda row: row[:2])
    gains: dict[str, int] = defaultdict(int)
    for holders in everywhere.values():
        for term, offsets in holders.items():
            gains[term] += len(offsets)
    return rows, sorted(gains.items())


def _packed(offsets: Iterable[int]) -> bytes:
    return np.array(offsets, "<u2").tobytes() if offsets else b""
