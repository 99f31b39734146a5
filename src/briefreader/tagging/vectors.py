"""Encode documents as word numbers and count words by position, with NumPy only.

A document is its title followed by its text. Its first few hundred words usually say what it is about, so the word at
``position`` has the weight ``1 / (1 + (position / 300)²)``.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from briefreader.displayed import BLOCK, BORDER, HEADING, mark_sentence_ends, visible
from briefreader.phrases import normal
from briefreader.text import lower, separated, spaced

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Document = tuple[str, str]  # title, text

HALF = 300.0  # position of a word with the weight 0.5
BUCKETS = 1 << 14  # number of hash buckets for words outside the vocabulary, which count only in a text's norm
MAX_FORMS = 1 << 19  # maximum number of cached words
_POSITION_BITS = 22  # later positions than 2²² - 1 count as this one
END = "\x1c"  # between documents that are tokenised together
BORDERS = frozenset((BORDER, BLOCK, HEADING))
_SLOT_BITS = 19  # the array of ``_Forms`` has 2¹⁹ slots
_SLOTS_IN_USE = Lock()  # several threads tag and explain texts
_LOW_BYTES = np.array([(1 << 8 * count) - 1 for count in range(9)], dtype=np.uint64)  # masks of the lowest 0 to 8 bytes
_MIX = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F], dtype=np.uint64)  # odd factors of a multiplicative hash
_BORDERS = {mark.encode(): number for number, mark in enumerate((BORDER, BLOCK, HEADING, END))}


def position_weight(position: Ints) -> Floats:
    """Return the weights of words at 0-based positions."""
    return np.asarray(1.0 / (1.0 + (position / HALF) ** 2), dtype=np.float64)


def whole_weight(lengths: Ints) -> Floats:
    """Return the total weight of the words of texts with these lengths: the integral of ``position_weight``."""
    return np.asarray(HALF * np.arctan(np.maximum(lengths, 1) / HALF))


def whole_text(title: str, text: str) -> str:
    """Return the visible text of a document, after its title as a block."""
    seen = visible(text).replace(END, " ")
    return f"{visible(title).replace(END, ' ')}{BLOCK}{seen}" if title else seen


class _Forms(dict[bytes, int]):
    """Map words and borders to numbers; each distinct form is looked up once.

    For ``find``, words of up to 16 bytes are also in an array indexed by hash. If two words have the same slot, the
    dictionary is used for one of them.
    """

    def __init__(self, numbers: dict[str, int]) -> None:
        super().__init__()
        self.numbers = numbers
        self._keys, self._found = np.zeros(1 << _SLOT_BITS, dtype=np.uint64), np.zeros(1 << _SLOT_BITS, dtype=np.int64)

    def __missing__(self, form: bytes) -> int:
        border = _BORDERS.get(form)
        if border is not None:
            return len(self.numbers) + BUCKETS + border
        word = normal(lower(form.decode("utf-8")))
        number = self.numbers.get(word)
        if number is None:
            number = len(self.numbers) + zlib.crc32(word.encode("utf-8", "replace")) % BUCKETS
        if len(self) >= MAX_FORMS:
            self.clear()
        self[form] = number
        return number

    def find(self, data: bytes) -> Ints:
        """Return the numbers of the words and borders in ``data``, separated by spaces."""
        padded = data + b" " * 16
        inside = np.frombuffer(padded, dtype=np.uint8) != ord(" ")
        edges = np.flatnonzero(np.diff(inside, prepend=False))
        begins, lengths = edges[::2], edges[1::2] - edges[::2]
        # at each byte, it and the next seven as an integer
        eights: npt.NDArray[np.uint64] = np.ndarray(len(padded) - 7, "<u8", padded, strides=(1,))
        keys = (eights[begins] & _LOW_BYTES[np.minimum(lengths, 8)]) * _MIX[0]
        keys ^= (eights[begins + 8 * (lengths > 8)] & _LOW_BYTES[np.clip(lengths - 8, 0, 8)]) * _MIX[1]
        keys = (keys ^ keys >> np.uint64(32)) * _MIX[0] | np.uint64(1)  # never 0, which marks a free slot
        slots = keys >> np.uint64(64 - _SLOT_BITS)
        with _SLOTS_IN_USE:
            found: Ints = self._found[slots]
            missing = np.flatnonzero((self._keys[slots] != keys) | (lengths > 16))
            spans = zip(begins[missing].tolist(), edges[1::2][missing].tolist(), strict=True)
            found[missing] = [self[padded[begin:end]] for begin, end in spans]
            kept = missing[lengths[missing] <= 16]
            self._keys[slots[kept]], self._found[slots[kept]] = keys[kept], found[kept]
        return found


@dataclass(frozen=True, slots=True)
class Encoded:
    """Documents as numbers of words and borders. Document ``d`` is ``ids[starts[d]:starts[d + 1]]``."""

    ids: Ints
    starts: Ints

    @property
    def lengths(self) -> Ints:
        """Number of words and borders of each document."""
        return np.diff(self.starts)


@dataclass(frozen=True, slots=True)
class Entries:
    """A sparse matrix [documents, terms] as triples, ordered by document, then term."""

    documents: Ints
    terms: Ints
    values: Floats


class Vocabulary:
    """The numbers of terms: words, borders and pairs of words.

    The words of the vocabulary have the numbers from 0; the next ``BUCKETS`` numbers are for all other words, by hash.
    Borders (ends of sentences, blocks, headings and documents) have the numbers from ``border``, pairs of words those
    from ``first_pair``. ``pairs`` has the pairs as sorted integers, with the number of the first word in the upper 32
    bits and that of the second in the lower.
    """

    def __init__(self, words: Sequence[str], pairs: Iterable[tuple[int, int]] = ()) -> None:
        self.words = list(words)
        self.numbers = {word: number for number, word in enumerate(self.words)}
        self.border = len(self.words) + BUCKETS
        self.first_pair = self.border + len(_BORDERS)
        self.pairs: Ints = np.array(sorted({first << 32 | second for first, second in pairs}), dtype=np.int64)
        self._forms = _Forms(self.numbers)
        self._leads = np.zeros(self.first_pair, dtype=bool)
        self._leads[self.pairs >> 32] = True

    @property
    def size(self) -> int:
        """The number of terms."""
        return self.first_pair + len(self.pairs)

    def name(self, term: int) -> str:
        """Return the normalised word or pair with this number, "" for other terms."""
        if term >= self.first_pair:
            pair = int(self.pairs[term - self.first_pair])
            return f"{self.words[pair >> 32]} {self.words[pair & 0xFFFFFFFF]}"
        return self.words[term] if term < len(self.words) else ""

    def encode(self, documents: Iterable[Document]) -> Encoded:
        """Return documents as numbers of words and borders."""
        texts = [spaced(whole_text(title, text)) for title, text in documents]
        ids = self._forms.find(separated(mark_sentence_ends(END.join([*texts, ""]).encode("utf-8", "replace"))))
        inside = ids != self.border + _BORDERS[END.encode()]
        lengths = np.diff(np.flatnonzero(~inside), prepend=-1) - 1
        return Encoded(ids[inside], np.concatenate([[0], np.cumsum(lengths)]))

    def pair_places(self, encoded: Encoded) -> tuple[Ints, Ints]:
        """Return where the vocabulary's pairs begin in ``encoded.ids``, and their numbers."""
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
        """Return the position-weighted frequency of the terms of each document, borders included."""
        documents = np.repeat(np.arange(len(encoded.lengths)), encoded.lengths)
        positions = np.arange(len(encoded.ids)) - encoded.starts[documents]
        places, pairs = self.pair_places(encoded)
        documents = np.concatenate([documents, documents[places]])
        positions = np.concatenate([positions, positions[places]])
        return _sum_by_key(documents, np.concatenate([encoded.ids, pairs]), positions, self.size)


def _sum_by_key(documents: Ints, terms: Ints, positions: Ints, size: int) -> Entries:
    # a single sort of integers orders by document, term and position; the weights are computed from the positions
    keys = (documents * size + terms) << _POSITION_BITS | np.minimum(positions, (1 << _POSITION_BITS) - 1)
    keys.sort()
    weights = position_weight(keys & ((1 << _POSITION_BITS) - 1))
    keys >>= _POSITION_BITS
    heads = np.flatnonzero(np.diff(keys, prepend=-1))
    if not len(heads):
        return Entries(keys, keys, weights)
    documents, terms = np.divmod(keys[heads], size)
    return Entries(documents, terms, np.add.reduceat(weights, heads))
