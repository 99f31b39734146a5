"""Texts → word numbers → position-weighted tf-idf, many documents at once, by numpy alone.

A document is its title followed by its text. What it is about it says in its first few hundred words: a word at
``position`` weighs ``1 / (1 + (position / 300)²)``.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from briefreader.phrases import normal
from briefreader.text import lower, raw_parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Document = tuple[str, str]  # title, text

HALF = 300.0  # words after which a word weighs half
BUCKETS = 1 << 14  # words outside the vocabulary share this many numbers: they count in a text's length only
MAX_FORMS = 1 << 19
_POSITION_BITS = 22
_GAP = b""  # no word: ``raw_parts`` never cuts it


def position_weight(position: Ints) -> Floats:
    """Weight of a word at 0-based ``position``."""
    return np.asarray(1.0 / (1.0 + (position / HALF) ** 2), dtype=np.float64)


def position_weight_at(place: int) -> float:
    """The same for one place."""
    return 1.0 / (1.0 + (place / HALF) ** 2)


def whole_weight(lengths: Ints) -> Floats:
    """The weights of texts' words together (the integral of ``position_weight``), at least one word's."""
    return np.asarray(HALF * np.arctan(np.maximum(lengths, 1) / HALF))


class _Forms(dict[bytes, int]):
    """Word as ``raw_parts`` cuts it → number; each distinct form is resolved once."""

    def __init__(self, numbers: dict[str, int]) -> None:
        super().__init__()
        self.numbers = numbers

    def __missing__(self, form: bytes) -> int:
        if form == _GAP:
            return len(self.numbers) + BUCKETS
        word = normal(lower(form.decode("utf-8")))
        number = self.numbers.get(word)
        if number is None:
            number = len(self.numbers) + zlib.crc32(word.encode("utf-8", "replace")) % BUCKETS
        if len(self) >= MAX_FORMS:
            self.clear()
        self[form] = number
        return number


@dataclass(frozen=True, slots=True)
class Encoded:
    """Documents as word numbers: document ``d`` is ``ids[starts[d]:starts[d + 1]]``."""

    ids: Ints
    starts: Ints

    @property
    def lengths(self) -> Ints:
        """Words a document."""
        return np.diff(self.starts)

    def documents_and_positions(self) -> tuple[Ints, Ints]:
        """For each word its document and its place in it."""
        lengths = self.lengths
        documents = np.repeat(np.arange(len(lengths)), lengths)
        return documents, np.arange(len(self.ids)) - np.repeat(self.starts[:-1], lengths)


@dataclass(frozen=True, slots=True)
class Entries:
    """A sparse matrix as triples, ordered by document, then term."""

    documents: Ints
    terms: Ints
    values: Floats


class Vocabulary:
    """Numbers for words and for the word pairs that matter.

    Words have the numbers ``0 … len(words)-1``, unknown ones ``BUCKETS`` more, ``gap`` stands between title and text
    so that nothing matches across it, pairs have the numbers from ``first_pair`` on.
    ``pairs`` are sorted keys ``first << 32 | second``.
    """

    def __init__(self, words: Sequence[str], pairs: Iterable[tuple[int, int]] = ()) -> None:
        self.words = list(words)
        self.numbers = {word: number for number, word in enumerate(self.words)}
        self.gap = len(self.words) + BUCKETS
        self.first_pair = self.gap + 1
        self.pairs: Ints = np.array(sorted({first << 32 | second for first, second in pairs}), dtype=np.int64)
        self._forms = _Forms(self.numbers)
        self._leads = np.zeros(self.first_pair, dtype=bool)
        self._leads[self.pairs >> 32] = True

    @property
    def size(self) -> int:
        """How many term numbers there are."""
        return self.first_pair + len(self.pairs)

    def name(self, term: int) -> str:
        """The word or pair of a term number, as it is compared (without plural)."""
        if term >= self.first_pair:
            pair = int(self.pairs[term - self.first_pair])
            return f"{self.words[pair >> 32]} {self.words[pair & 0xFFFFFFFF]}"
        return self.words[term] if term < len(self.words) else ""

    def encode(self, documents: Iterable[Document]) -> Encoded:
        """Cut documents into words and number them."""
        words: list[bytes] = []
        ends = [0]
        for title, text in documents:
            if title:
                words += raw_parts(title)
                words.append(_GAP)
            words += raw_parts(text)
            ends.append(len(words))
        ids = np.fromiter(map(self._forms.__getitem__, words), dtype=np.int64, count=len(words))
        return Encoded(ids, np.array(ends))

    def pair_places(self, encoded: Encoded) -> tuple[Ints, Ints]:
        """Where known pairs begin, and their term numbers."""
        if not len(self.pairs) or len(encoded.ids) < 2:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        places = np.flatnonzero(self._leads[encoded.ids[:-1]])
        ends = np.zeros(len(encoded.ids) + 1, dtype=bool)
        ends[encoded.starts[1:]] = True
        places = places[~ends[places + 1]]
        keys = encoded.ids[places] << 32 | encoded.ids[places + 1]
        slots = np.minimum(np.searchsorted(self.pairs, keys), len(self.pairs) - 1)
        known = self.pairs[slots] == keys
        return places[known], slots[known] + self.first_pair

    def weighted_tf(self, encoded: Encoded) -> Entries:
        """Position-weighted frequency of each document's words and known pairs."""
        documents, positions = encoded.documents_and_positions()
        places, pairs = self.pair_places(encoded)
        documents = np.concatenate([documents, documents[places]])
        positions = np.concatenate([positions, positions[places]])
        return _sum_by_key(documents, np.concatenate([encoded.ids, pairs]), positions, self.size)


def _sum_by_key(documents: Ints, terms: Ints, positions: Ints, size: int) -> Entries:
    # one integer sort orders by document, term and place; the place gives the weight back
    keys = (documents * size + terms) << _POSITION_BITS | np.minimum(positions, (1 << _POSITION_BITS) - 1)
    keys.sort()
    weights = position_weight(keys & ((1 << _POSITION_BITS) - 1))
    keys >>= _POSITION_BITS
    heads = np.flatnonzero(np.diff(keys, prepend=-1))
    if not len(heads):
        return Entries(keys, keys, weights)
    documents, terms = np.divmod(keys[heads], size)
    return Entries(documents, terms, np.add.reduceat(weights, heads))
