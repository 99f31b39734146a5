"""Build the posting lists of new insights."""

from __future__ import annotations

import zlib
from array import array
from collections import Counter, defaultdict
from itertools import count
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from briefreader.search.abbreviations import definitions
from briefreader.search.analysis import terms

if TYPE_CHECKING:
    from collections.abc import Iterable

ANALYSIS = 1  # version; increase it whenever the same text would give other terms
BLOCK_BITS = 16  # a block of a posting list covers 2**16 keys of insights
_OFFSET = (1 << BLOCK_BITS) - 1


def postings_of(title: str, text: str) -> tuple[set[str], set[str]]:
    """Return the terms of an insight's title, and all its terms."""
    in_title = terms(title)
    return in_title, in_title | terms(text)


class Inverted(NamedTuple):
    """The posting lists of some insights.

    ``rows`` are (term, block, title_docs, docs), sorted by block and term; ``title_docs`` and ``docs`` are sorted
    little-endian uint16 offsets into the block, of insights with the term in the title, and of all with the term.
    ``gains`` are the increases of the terms' document frequencies. ``definitions`` are (short form, long form, number
    of definitions) of abbreviations.
    """

    rows: list[tuple[str, int, bytes, bytes]]
    gains: list[tuple[str, int]]
    definitions: list[tuple[str, str, int]]


def inverted(insights: Iterable[tuple[int, str, str]]) -> Inverted:
    """Build the posting lists of insights (key, title, text; keys ascending)."""
    numbers: defaultdict[str, int] = defaultdict(count().__next__)  # numbers of the terms, in order of appearance
    blocks: defaultdict[int, tuple[_Holders, _Holders]] = defaultdict(lambda: (_Holders(), _Holders()))
    defined: Counter[tuple[str, str]] = Counter()
    for key, title, text in insights:
        in_title, all_terms = postings_of(title, text)
        titles, everywhere = blocks[key >> BLOCK_BITS]
        titles.add(key & _OFFSET, map(numbers.__getitem__, in_title))
        everywhere.add(key & _OFFSET, map(numbers.__getitem__, all_terms))
        if "(" in text:
            defined.update(definitions(text))
    names = list(numbers)
    rows = [
        (names[number], block, in_titles.get(number, b""), docs)
        for block, (titles, everywhere) in blocks.items()
        for in_titles in (titles.lists(),)
        for number, docs in everywhere.lists().items()
    ]
    rows.sort(key=itemgetter(1, 0))
    gains: Counter[str] = Counter()
    for term, _, _, docs in rows:
        gains[term] += len(docs) // 2
    return Inverted(rows, sorted(gains.items()), [(short, long, n) for (short, long), n in sorted(defined.items())])


def tally(rows: Iterable[tuple[str, int, bytes, bytes]]) -> int:
    """Return a checksum of posting lists; that of several lists is the sum of theirs."""
    total = 0
    for term, block, title_docs, docs in rows:
        weight = zlib.crc32(f"{term} {block}".encode())
        for factor, packed in ((1, docs), (7, title_docs)):
            offsets = np.frombuffer(packed[: len(packed) & ~1], "<u2")
            total += factor * weight * (len(packed) * 65_537 + int(offsets.sum(dtype=np.uint64)))
    return total


class _Holders:
    """Collect the insights of each term."""

    def __init__(self) -> None:
        self._terms = array("i")
        self._offsets: list[int] = []
        self._sizes: list[int] = []

    def add(self, offset: int, terms: Iterable[int]) -> None:
        """Add the terms (by number) of an insight at an offset into the block; offsets must ascend."""
        before = len(self._terms)
        self._terms.extend(terms)
        self._offsets.append(offset)
        self._sizes.append(len(self._terms) - before)

    def lists(self) -> dict[int, bytes]:
        """Return, for each term, the packed offsets of its insights."""
        if not self._terms:
            return {}
        terms = np.frombuffer(self._terms, np.int32)
        order = np.argsort(terms, kind="stable")
        offsets = np.repeat(np.array(self._offsets, "<u2"), self._sizes)[order]
        ordered = terms[order]
        starts = np.flatnonzero(np.diff(ordered, prepend=-1))
        ends = np.append(starts[1:], ordered.size)
        packed = offsets.tobytes()
        bounds = zip((2 * starts).tolist(), (2 * ends).tolist(), strict=True)
        return {term: packed[a:b] for term, (a, b) in zip(ordered[starts].tolist(), bounds, strict=True)}
