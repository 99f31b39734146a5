"""The library's vocabulary: find terms similar to a word.

Letter-count signatures rule out most words before any edit distance is computed. They have two bits for each of 32
classes of letters (occurs, occurs twice). One edit changes at most two bits, so every word within ``k`` edits has
``popcount(a ^ b) <= 2 * k`` and a length within ``k``, and no match is lost. Similarly, hashed letter pairs rule out
most words that don't contain a given word.
"""

from __future__ import annotations

import sys
from bisect import bisect_left
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt

_SLICE = 8192  # words processed at a time; other threads can run in between
LAST = "\U0010ffff"  # the last code point: ``prefix + LAST`` follows all terms that begin with ``prefix``


class Vocabulary:
    """An immutable set of terms in code-point order, each with its document frequency.

    ``terms`` is a sorted list; ``df`` has the document frequencies in the same order.
    """

    def __init__(self, terms: Sequence[str] = (), df: Iterable[int] = ()) -> None:
        self.terms = list(terms)
        self.df: npt.NDArray[np.int32] = np.fromiter(df, np.int32, len(self.terms))
        lengths = [np.zeros(0, np.int32)]
        signatures = [np.zeros(0, np.uint64)]
        pairs = [np.zeros(0, np.uint64)]
        for start in range(0, len(self.terms), _SLICE):
            part = self.terms[start : start + _SLICE]
            lengths.append(np.fromiter(map(len, part), np.int32, len(part)))
            signatures.append(_signatures(part, lengths[-1]))
            pairs.append(_pairs(part, lengths[-1]))
        self._length: npt.NDArray[np.int32] = np.concatenate(lengths)
        self._signature: npt.NDArray[np.uint64] = np.concatenate(signatures)
        self._order = np.argsort(self._length, kind="stable").astype(np.int32)  # shortest first
        self._ordered_signature = self._signature[self._order]
        self._ordered_pairs: npt.NDArray[np.uint64] = np.concatenate(pairs)[self._order]
        longest = int(self._length.max(initial=0))
        self._bounds = np.searchsorted(self._length[self._order], np.arange(longest + 2)).tolist()
        # Last results: while a word is typed, its matches are among those of its beginning.
        self._last_prefix: tuple[str, list[int]] = ("", [])
        self._last_part: tuple[str, list[int]] = ("", [])

    def __len__(self) -> int:
        return len(self.terms)

    def find(self, term: str) -> int:
        """Return the index of a term, -1 if unknown."""
        i = bisect_left(self.terms, term)
        return i if i < len(self.terms) and self.terms[i] == term else -1

    def frequency(self, term: str) -> int:
        """Return the document frequency of a term, 0 if unknown."""
        i = self.find(term)
        return int(self.df[i]) if i >= 0 else 0

    def prefix_range(self, prefix: str) -> tuple[int, int]:
        """Return the half-open range of indices of terms that begin with ``prefix``."""
        return bisect_left(self.terms, prefix), bisect_left(self.terms, prefix + LAST)

    def near(self, word: str, edits: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
        """Return the indices and distances of the terms with a distance of 1 to ``edits`` from ``word``."""
        low, high = self._between(len(word) - edits, len(word) + edits)
        differing = np.bitwise_count(self._ordered_signature[low:high] ^ _signature(word))
        candidates = self._order[low:high][differing <= 2 * edits]
        distance = _distances(word, [self.terms[i] for i in candidates.tolist()], edits)
        kept = (distance >= 1) & (distance <= edits)
        return candidates[kept], distance[kept]

    def near_prefix(self, word: str) -> list[int]:
        """Return the indices of longer terms that begin like ``word``, up to one edit after the first letter."""
        before, candidates = self._last_prefix
        if not before or not word.startswith(before):
            low, high = self.prefix_range(word[:1])
            lacking = np.bitwise_count(~self._signature[low:high] & _signature(word))
            candidates = (low + np.flatnonzero(lacking <= 1)).tolist()
        longer = [i for i in candidates if len(self.terms[i]) > len(word)]
        begins = [self.terms[i][: len(word) + 1] for i in longer]
        distinct = list(dict.fromkeys(begins))
        kept = np.zeros(len(distinct), bool)
        for length in (len(word) - 1, len(word), len(word) + 1):
            kept |= _distances(word, [t[:length] for t in distinct], 1) <= 1
        near = dict(zip(distinct, kept.tolist(), strict=True))
        found = [i for i, begin in zip(longer, begins, strict=True) if near[begin]]
        self._last_prefix = word, found
        return found

    def containing(self, word: str) -> list[int]:
        """Return the indices of longer terms that contain ``word`` but don't begin with it."""
        before, candidates = self._last_part
        if not before or not word.startswith(before):
            low, high = self._between(len(word) + 1, len(self._bounds))
            wanted = _pairs([word], np.array([len(word)], np.int32))
            lacking = ~self._ordered_pairs[low:high] & wanted
            candidates = self._order[low:high][lacking == 0].tolist()
        terms = self.terms
        found = [i for i in candidates if terms[i].find(word, 1) > 0]
        self._last_part = word, found
        return found

    def _between(self, shortest: int, longest: int) -> tuple[int, int]:
        """Return the range of terms with lengths from ``shortest`` to ``longest`` in the order by length."""
        if not self.terms:
            return 0, 0
        bounds: list[int] = self._bounds
        top = len(bounds) - 1
        low = bounds[min(max(shortest, 0), top)]
        return low, len(self.terms) if longest + 1 > top else max(bounds[longest + 1], low)


def _signatures(words: Sequence[str], lengths: npt.NDArray[np.int32]) -> npt.NDArray[np.uint64]:
    """Return the letter-count signatures of words."""
    codes = np.frombuffer("".join(words).encode("utf-32-le", "surrogatepass"), np.uint32)
    letter = codes - np.uint32(97)
    classes = np.where(letter < 26, letter, 26 + codes % 6)
    rows = np.repeat(np.arange(len(words)), lengths)
    counts = np.bincount(rows * 32 + classes, minlength=len(words) * 32).reshape(-1, 32)
    bits = np.concatenate([counts >= 1, counts >= 2], axis=1)
    return np.packbits(bits, axis=1).view(np.uint64).ravel()


def _pairs(words: Sequence[str], lengths: npt.NDArray[np.int32]) -> npt.NDArray[np.uint64]:
    """Return the letter pairs that each word contains, hashed to 64 bits."""
    codes = np.frombuffer("".join(words).encode("utf-32-le", "surrogatepass"), np.uint32)
    rows = np.repeat(np.arange(len(words)), lengths)
    within = rows[1:] == rows[:-1]
    classes = (codes[:-1] * 33 + codes[1:])[within] % 64
    present = np.bincount(rows[1:][within] * 64 + classes, minlength=len(words) * 64).reshape(-1, 64) > 0
    return np.packbits(present, axis=1).view(np.uint64).ravel()


@lru_cache(maxsize=256)
def _signature(word: str) -> np.uint64:
    """Return the signature of one word, as in ``_signatures``."""
    counts: dict[int, int] = {}
    for code in map(ord, word):
        letter = code - 97 if 97 <= code < 123 else 26 + code % 6
        counts[letter] = counts.get(letter, 0) + 1
    bits = [*counts, *(32 + letter for letter, n in counts.items() if n > 1)]
    return np.uint64(
        int.from_bytes(bytes(sum(128 >> b % 8 for b in bits if b // 8 == i) for i in range(8)), sys.byteorder)
    )


def _distances(word: str, others: list[str], cutoff: int) -> npt.NDArray[np.int64]:
    """Return edit distances (optimal string alignment); a value above ``cutoff`` only means that it is larger."""
    if not others:
        return np.zeros(0, np.int64)
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import cdist

    matrix: Any = cdist([word], others, scorer=OSA.distance, score_cutoff=cutoff, dtype=np.uint8)
    return np.asarray(matrix[0], np.int64)
