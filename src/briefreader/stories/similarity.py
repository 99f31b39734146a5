"""Estimate the probability that two insights report the same news, from the words they share.

The model is a logistic regression, fitted by ``python -m benchmarks.stories fit``, with five features (each log is of
1 + the number):

- the cosine of the TF-IDF vectors;
- the log of the summed IDF of shared names;
- the log of the summed IDF of other shared words;
- the log of the number of shared figures;
- the log of the number of words of the longer text.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from briefreader.stories.terms import FIGURE, NAME

if TYPE_CHECKING:
    from briefreader.stories.terms import Floats, Vectors

FEATURES = ("cosine", "names", "others", "figures", "longest")
MIN_COSINE = 0.12  # pairs with a lower cosine are ignored
_CELLS = 1_500_000  # pairs compared at once: 12 MB per feature

Ints = npt.NDArray[np.int64]


@cache
def _weights() -> dict[str, float]:
    """Return the shipped weights of the features, and the bias."""
    found: dict[str, float] = json.loads(files("briefreader.stories").joinpath("similarity.json").read_text("utf-8"))
    return found


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of rows (``left[i]``, ``right[i]``) of two sets of vectors, with features in the order of ``FEATURES``."""

    left: Ints
    right: Ints
    features: Floats

    @property
    def cosine(self) -> Floats:
        """The cosine of each pair."""
        return self.features[:, 0]

    def probability(self) -> Floats:
        """Return the probability that each pair reports the same news."""
        weights = _weights()
        # not matmul: OpenBLAS can emit spurious invalid-value warnings on small arrays
        logit = weights["bias"] + (self.features * [weights[name] for name in FEATURES]).sum(1)
        return np.asarray(1 / (1 + np.exp(-logit)), np.float32)


def pairs(left: Vectors, right: Vectors, allowed: npt.NDArray[np.bool_]) -> Pairs:
    """Return the pairs with a cosine of at least ``MIN_COSINE``.

    ``allowed[i, j]`` says whether row i of ``left`` may be paired with row j of ``right``.
    """
    step = max(_CELLS // max(len(right), 1), 1)
    parts = [_slice(left, right, allowed, start, min(start + step, len(left))) for start in range(0, len(left), step)]
    if not parts:
        return Pairs(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros((0, len(FEATURES)), np.float32))
    return Pairs(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _slice(
    left: Vectors, right: Vectors, allowed: npt.NDArray[np.bool_], start: int, stop: int
) -> tuple[Ints, Ints, Floats]:
    """Compare rows ``start:stop`` of ``left`` with ``right``; return rows, columns and features."""
    width = len(right)
    low, high = int(left.starts[start]), int(left.starts[stop])
    terms, weights = left.terms[low:high], left.weights[low:high]
    rows = np.repeat(np.arange(stop - start), np.diff(left.starts[start : stop + 1]))
    order = np.argsort(terms, kind="stable")
    terms, weights, rows, marks = terms[order], weights[order], rows[order], left.marks[low:high][order]
    first = np.searchsorted(terms, right.terms, "left")
    matching = np.searchsorted(terms, right.terms, "right") - first
    matching[right.weights <= 0] = 0
    columns = np.repeat(np.arange(width), np.diff(right.starts))
    # join the entries of both sides by term
    at = np.repeat(first - np.concatenate([[0], np.cumsum(matching)[:-1]]), matching) + np.arange(int(matching.sum()))
    cells = rows[at] * width + np.repeat(columns, matching)
    size = (stop - start) * width
    both = marks[at] & np.repeat(right.marks, matching)

    def total(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        # without cells, bincount returns integers
        return np.bincount(cells, values, size).reshape(-1, width).astype(float)

    cosine = total(weights[at] * np.repeat(right.weights, matching))
    cosine /= left.norms[start:stop, None] * right.norms[None, :]
    i, j = np.nonzero((cosine >= MIN_COSINE) & allowed[start:stop])
    shared, named = total(weights[at])[i, j], total(weights[at] * ((both & NAME) > 0))[i, j]
    figures = total((both & FIGURE) > 0)[i, j]
    longest = np.maximum(np.diff(left.starts)[i + start], np.diff(right.starts)[j])
    found = [cosine[i, j], *(np.log1p(each) for each in (named, np.maximum(shared - named, 0), figures, longest))]
    return i + start, j, np.column_stack(found).astype(np.float32)
