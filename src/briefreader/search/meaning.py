"""Semantic search with static word vectors, for questions worded differently from the text.

The extra ``meaning`` installs wordllama, which has vectors of 256 numbers for 32,000 word pieces; the mean of the
vectors of a text represents it. The vectors are read from the files of the package; its code, which may use the
network, isn't run. In a library of 100,000 insights, the embeddings take 26 MB and a search takes about 20 ms.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

SIZE = 256  # dimensions of a vector
_WEIGHTS = "weights/l2_supercat_256.safetensors"
_TOKENIZER = "tokenizers/l2_supercat_tokenizer_config.json"
_BLOCK = 8192  # vectors compared at a time
_LONGEST = 2000  # maximum characters of a text that are used
# Reciprocal rank fusion (Cormack et al., 2009), fitted on questions worded differently from the matching insights
_RANK_OFFSET = 3
_BY_WORDS = 1.5  # weight of the ranks by words, relative to those by meaning


def installed() -> bool:
    """Whether the extra is installed."""
    return _folder() is not None and find_spec("tokenizers") is not None


def _folder() -> Path | None:
    """Return the folder of the installed package, or None."""
    spec = find_spec("wordllama")  # finds a package without running it
    return Path(spec.submodule_search_locations[0]) if spec and spec.submodule_search_locations else None


@cache
def _model() -> tuple[Any, npt.NDArray[np.float32]]:
    """Load the tokenizer and the vectors, float32 [word pieces, SIZE]; takes a quarter of a second."""
    from tokenizers import Tokenizer

    folder = _folder()
    assert folder is not None  # called only if ``installed``
    data = (folder / _WEIGHTS).read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")  # safetensors: length of the header, header (JSON), numbers
    (tensor,) = (value for name, value in json.loads(data[8:start]).items() if name != "__metadata__")
    first, last = tensor["data_offsets"]
    vectors = np.frombuffer(data[start + first : start + last], "<f2").reshape(-1, SIZE).astype(np.float32)
    tokenizer = Tokenizer.from_file(str(folder / _TOKENIZER))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer, vectors


def vectors_of(texts: Sequence[str]) -> npt.NDArray[np.int8]:
    """Return embeddings of texts, int8 [texts, SIZE], scaled to ±127; zeros for a text without words."""
    tokenizer, vectors = _model()
    means = np.zeros((len(texts), SIZE), np.float32)
    cut = [text[:_LONGEST].lower() for text in texts]
    for mean, encoded in zip(means, tokenizer.encode_batch(cut, add_special_tokens=False), strict=True):
        if encoded.ids:
            mean[:] = vectors[np.minimum(encoded.ids, len(vectors) - 1)].mean(axis=0)
    largest = np.maximum(np.abs(means).max(axis=1, keepdims=True), 1e-9)
    scaled: npt.NDArray[np.int8] = np.round(means * 127 / largest).astype(np.int8)
    return scaled


class Vectors:
    """The embeddings of a library's insights, by key; insights can only be added."""

    def __init__(self) -> None:
        self.keys: npt.NDArray[np.int32] = np.zeros(0, np.int32)
        self._rows = np.zeros((0, SIZE), np.int8)
        self._centre = np.zeros(SIZE, np.float32)  # the mean, which is subtracted since all texts share it

    def extend(self, keys: Sequence[int], rows: Sequence[bytes]) -> None:
        """Append the embeddings of later insights, in the order of their keys."""
        if keys:
            self.keys = np.append(self.keys, np.array(keys, np.int32))
            added = np.frombuffer(b"".join(rows), np.int8).reshape(-1, SIZE)
            self._rows = np.concatenate([self._rows, added])
            self._centre = _unit(self._rows[:: len(self._rows) // 2000 + 1]).mean(axis=0)

    def nearest(self, text: str, allowed: npt.NDArray[np.bool_], limit: int) -> list[int]:
        """Return the keys of up to ``limit`` similar insights, most similar first; ``allowed`` is a mask by key."""
        wanted = _unit(_unit(vectors_of([text])) - self._centre)[0]
        near = np.zeros(len(self.keys), np.float32)
        for start in range(0, len(self.keys), _BLOCK):
            near[start : start + _BLOCK] = _unit(_unit(self._rows[start : start + _BLOCK]) - self._centre) @ wanted
        near[~allowed[self.keys]] = -1
        best = np.argsort(-near, kind="stable")[:limit]
        keys: list[int] = self.keys[best[near[best] > 0]].tolist()
        return keys


def _unit(rows: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """Return rows of numbers as vectors of unit length."""
    numbers = rows.astype(np.float32)
    unit: npt.NDArray[np.float32] = numbers / np.maximum(np.linalg.norm(numbers, axis=1, keepdims=True), 1e-9)
    return unit


def fused(by_words: Sequence[int], by_meaning: Sequence[int]) -> list[int]:
    """Merge two rankings of keys by reciprocal rank; return all keys, best first."""
    score: dict[int, float] = {}
    for weight, ranking in ((_BY_WORDS, by_words), (1.0, by_meaning)):
        for rank, key in enumerate(ranking):
            score[key] = score.get(key, 0.0) + weight / (_RANK_OFFSET + rank)
    return sorted(score, key=lambda key: -score[key])
