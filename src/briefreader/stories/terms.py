"""Convert insights to hashed, weighted words, by which they are compared.

Plural endings and stop words are removed. Words are hashed to numbers of 20 bits; two words with the same number count
as one word.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from briefreader.text import STOP_WORDS, fold, stem

if TYPE_CHECKING:
    from collections.abc import Sequence

BITS = 20
MAX_WORDS = 400  # maximum distinct words compared per insight
SMALL = 1000  # a smaller library counts as having this many insights
COMMON_SHARE = 0.1  # words in a larger share of the insights have no weight

WORD = np.uint32((1 << BITS) - 1)  # mask of a word's number; the bits above are marks
_NAME, _FIGURE = 1 << 31, 1 << 30
NAME = np.uint32(_NAME)  # marks a word written as a name or with a digit
FIGURE = np.uint32(_FIGURE)  # marks a figure that is neither a year nor a day of the month
# a word, and the end of the previous sentence, after which a capital doesn't mark a name
_WORD = re.compile(r"(?P<opening>(?:^|[.!?:\n•→])[\s\"'“‘«(*\[]*)?(?P<word>[^\W_]+(?:(?<=\d)[.,](?=\d)[^\W_]+)*)")

Numbers = npt.NDArray[np.uint32]
Floats = npt.NDArray[np.float32]


@lru_cache(maxsize=1 << 16)
def number(word: str) -> int:
    """Return the number of a word, never 0."""
    return zlib.crc32(stem(word).encode("utf-8", "replace")) & ((1 << BITS) - 1) or 1


@lru_cache(maxsize=2048)  # cached, since it is called twice per text: to count words, and to find pairs
def word_numbers(title: str, text: str) -> Numbers:
    """Return the distinct words of an insight as ascending numbers, with the marks ``NAME`` and ``FIGURE``."""
    found: dict[int, int] = {}
    whole = f"{title}\n{text}"
    for match in _WORD.finditer(whole):
        word = match["word"]
        folded = word.lower() if word.isascii() else fold(word)
        if folded in STOP_WORDS:
            continue
        key = number(folded)
        marks = _NAME if word[1:] != folded[1:] or (word != folded and not match["opening"]) else 0
        if not word.isalpha():
            marks = _NAME | _FIGURE if word[0].isdigit() and not _is_date(match, whole) else _NAME
        found[key] = found.get(key, 0) | marks
        if len(found) >= MAX_WORDS:
            break
    return np.array([key | found[key] for key in sorted(found)], dtype=np.uint32)


def _is_date(match: re.Match[str], text: str) -> bool:
    """Whether a number may be a year or a day of the month: it is in range and has no unit."""
    word, end = match["word"], match.end()
    if not word.isdecimal() or len(word) > 4 or not (int(word) <= 31 or 1900 <= int(word) <= 2100):
        return False
    before = text[match.start("word") - 1 : match.start("word")]
    return before not in tuple("$€£¥") and not text[end : end + 8].lstrip().startswith(("%", "per"))


def spelling(text: str, wanted: int) -> str:
    """Return the first word of a text whose number is ``wanted``, or ""."""
    return next((m["word"] for m in _WORD.finditer(text) if number(fold(m["word"])) == wanted), "")


def document_frequencies(rows: Sequence[Numbers]) -> npt.NDArray[np.uint32]:
    """Return the number of insights that contain each word, by the number of the word."""
    flat = np.concatenate(rows) if rows else np.zeros(0, np.uint32)
    return np.bincount(flat & WORD, minlength=1 << BITS).astype(np.uint32)


def inverse_frequencies(frequencies: npt.NDArray[np.uint32], count: int) -> Floats:
    """Return ln((1 + insights) / (1 + insights with the word)) by the number of the word; 0 for common words.

    A library of fewer than ``SMALL`` insights counts as ``SMALL``. Its frequencies, which are uncertain, are multiplied
    by the square root of the ratio.
    """
    scale = max(SMALL / max(count, 1), 1.0) ** 0.5
    known = np.arange(int(frequencies.max(initial=0)) + 1)  # there are few distinct frequencies
    weights = np.log((1 + max(count, SMALL)) / (1 + np.minimum(known, count) * scale))
    weights[known > max(COMMON_SHARE * count, 3)] = 0.0
    return np.asarray(weights[frequencies], np.float32)


@dataclass(frozen=True, slots=True)
class Vectors:
    """Insights as sparse vectors: the numbers of the words of row ``r`` are ``terms[starts[r]:starts[r + 1]]``."""

    terms: Numbers
    marks: Numbers
    starts: npt.NDArray[np.int64]
    weights: Floats
    norms: Floats

    def __len__(self) -> int:
        return len(self.norms)


def vectors(rows: Sequence[Numbers], idf: Floats) -> Vectors:
    """Return the vectors of insights, with words weighted by inverse document frequency."""
    starts = np.concatenate([[0], np.cumsum([len(row) for row in rows], dtype=np.int64)])
    flat = np.concatenate(rows) if len(rows) else np.zeros(0, np.uint32)
    terms = flat & WORD
    weights = idf[terms]
    sums = np.concatenate([[0.0], np.cumsum(weights.astype(np.float64) ** 2)])
    norms = np.sqrt(np.maximum(sums[starts[1:]] - sums[starts[:-1]], 1e-9)).astype(np.float32)
    return Vectors(terms, flat & ~WORD, starts, weights, norms)
