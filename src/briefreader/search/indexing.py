"""The write side of the index: what new insights add to the posting lists."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from briefreader.search.abbreviations import definitions
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


class Inverted(NamedTuple):
    """What some insights add to the index.

    ``rows``: (term, block, docs, title_docs) in order of term and block, with sorted little-endian uint16 offsets into
    the block. ``gains``: by how much each term's document frequency grows. ``definitions``: short form, long form and
    how often it is explained so.
    """

    rows: list[tuple[str, int, bytes, bytes]]
    gains: list[tuple[str, int]]
    definitions: list[tuple[str, str, int]]


def inverted(insights: Iterable[tuple[int, str, str]]) -> Inverted:
    """Cut insights (key, title, text; keys rising) into terms and list them by term."""
    everywhere: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    titles: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    explained: Counter[tuple[str, str]] = Counter()
    for key, title, text in insights:
        block, offset = key >> BLOCK_BITS, key & _OFFSET
        in_title, all_terms = postings_of(title, text)
        holders, title_holders = everywhere[block], titles[block]
        for term in all_terms:
            holders[term].append(offset)
        for term in in_title:
            title_holders[term].append(offset)
        if "(" in text:
            explained.update(definitions(text))
    rows = [
        (term, block, _packed(offsets), _packed(titles[block].get(term, ())))
        for block, holders in everywhere.items()
        for term, offsets in holders.items()
    ]
    rows.sort(key=lambda row: row[:2])
    gains: Counter[str] = Counter()
    for holders in everywhere.values():
        for term, offsets in holders.items():
            gains[term] += len(offsets)
    return Inverted(rows, sorted(gains.items()), [(short, long, n) for (short, long), n in sorted(explained.items())])


def _packed(offsets: Iterable[int]) -> bytes:
    return np.array(offsets, "<u2").tobytes() if offsets else b""
