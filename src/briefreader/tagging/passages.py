"""Split encoded texts into passages, since a topic may apply to part of a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from briefreader.tagging.vectors import Encoded, Ints

    Bools = npt.NDArray[np.bool_]

MIN_WORDS = 40  # shorter blocks are joined with the next ones


@dataclass(frozen=True, slots=True)
class Passages:
    """Passages of documents, in order.

    ``documents`` has the document of each passage, ``words`` its number of words. ``begins`` and ``ends`` are positions
    in ``Encoded.ids``, which count words and borders from the first document on.
    """

    documents: Ints
    begins: Ints
    ends: Ints
    words: Ints

    def __len__(self) -> int:
        return len(self.documents)


def passages(encoded: Encoded, border: int, titled: Sequence[bool]) -> Passages:
    """Split documents into passages.

    A passage is a block, or several blocks that are joined until they have ``MIN_WORDS``. A heading or title belongs to
    the block that follows it.

    Args:
        encoded: the documents.
        border: number of the vocabulary's first border.
        titled: which documents have a title.
    """
    ids = encoded.ids  # from ``border`` on, in order: ends of sentences, of blocks and of headings
    is_word = (ids < border).astype(np.int64)
    before = np.concatenate([[0], np.cumsum(is_word)])
    ends = np.flatnonzero((ids > border) & (ids < border + 3))
    heads = ids[ends] == border + 2
    bounds = np.searchsorted(ends, encoded.starts)
    # a title alone isn't a passage
    several = np.flatnonzero(np.diff(bounds) > np.array(titled, dtype=np.int64))
    rows = np.column_stack([np.arange(len(titled)), encoded.starts[:-1], encoded.starts[1:]])
    rows = np.column_stack([rows, before[rows[:, 2]] - before[rows[:, 1]]])
    if len(several):
        cut = [
            row for n in several.tolist() for row in _of_document(n, encoded, ends, heads, bounds, before, titled[n])
        ]
        rows = np.concatenate([np.delete(rows, several, axis=0), np.array(cut, dtype=np.int64).reshape(-1, 4)])
        rows = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
    documents, begins, stops, words = rows.T
    return Passages(documents, begins, stops, words)


def _of_document(
    number: int, encoded: Encoded, ends: Ints, heads: Bools, bounds: Ints, before: Ints, titled: bool
) -> Iterator[tuple[int, int, int, int]]:
    """Yield the passages of a document: its number, begin, end, number of words."""
    span = slice(bounds[number], bounds[number + 1])
    inside = ends[span]
    edges = [int(encoded.starts[number]), *(inside + 1).tolist(), int(encoded.starts[number + 1])]
    headings = [titled, *heads[span].tolist()]
    for row in _joined(edges, np.diff(before[edges]).tolist(), headings):
        yield (number, *row)


def _joined(edges: list[int], counts: list[int], headings: list[bool]) -> Iterator[tuple[int, int, int]]:
    """Join blocks to passages; yield begin, end and number of words of each."""
    begin, words, bare = -1, 0, True  # ``bare``: the passage has only headings so far
    end = edges[0]
    for number, (count, heading) in enumerate(zip(counts, headings, strict=True)):
        if not count:
            continue
        if heading and not bare:
            yield begin, end, words
            begin = -1
        if begin < 0:
            begin, words, bare = edges[number], 0, True
        words, end, bare = words + count, edges[number + 1], bare and heading
        if words >= MIN_WORDS and not heading:
            yield begin, end, words
            begin, bare = -1, True
    if begin >= 0:
        yield begin, end, words


def places(text: str, starts: Sequence[int], words: Ints) -> list[int]:
    """Return the number of the passage at each offset in ``starts``; -1 for negative offsets, or without passages.

    ``words`` are the passages' numbers of words. The passage is estimated from the share of the text's words before the
    offset, which is much faster than tokenising the text again.
    """
    if not len(words):
        return [-1] * len(starts)
    ends = np.cumsum(words)
    total, at, before = max(len(text.split()), 1), 0, 0
    found = dict.fromkeys(starts, -1)
    for start in sorted(start for start in found if start >= 0):
        before, at = before + len(text[at:start].split()), start
        found[start] = min(int(np.searchsorted(ends, before / total * ends[-1], side="right")), len(ends) - 1)
    return [found[start] for start in starts]
