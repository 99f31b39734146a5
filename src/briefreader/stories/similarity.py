"""Estimate how likely two insights report the same news, from the words they share.

Two measures: the cosine of the tf-idf vectors, and the shared information in nats (the sum of inverse document
frequencies), which prevents short texts that share one name from looking certain. The weights are fitted by ``python -m
benchmarks.stories fit``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from briefreader.stories.terms import Floats, Vectors

MIN_COSINE = 0.12
_ROWS = 64  # rows compared at a time

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Model:
    """Probability = sigmoid(bias + cosine · cos + information · ln(1 + nats) + names · ln(1 + nats of names))."""

    bias: float
    cosine: float
    information: float
    names: float


@cache
def model() -> Model:
    """Return the shipped weights."""
    return Model(**json.loads(files("briefreader.stories").joinpath("similarity.json").read_text("utf-8")))


@dataclass(frozen=True, slots=True)
class Pairs:
    """Row numbers of two sets of vectors, with cosine and shared information of each pair."""

    left: Ints
    right: Ints
    cosine: Floats
    information: Floats
    names: Floats

    def probability(self, weights: Model) -> Floats:
        """Return the probability that each pair reports the same news."""
        logit = weights.bias + weights.cosine * self.cosine
        logit = logit + weights.information * np.log1p(self.information) + weights.names * np.log1p(self.names)
        return (1 / (1 + np.exp(-logit))).astype(np.float32)


def pairs(left: Vectors, right: Vectors, allowed: npt.NDArray[np.bool_]) -> Pairs:
    """Return all allowed pairs (rows × columns) with a cosine of at least ``MIN_COSINE``."""
    parts = [_slice(left, right, allowed, start) for start in range(0, len(left), _ROWS)]
    if not parts:
        none = np.zeros(0, np.int64)
        zero = np.zeros(0, np.float32)
        return Pairs(none, none, zero, zero, zero)
    return Pairs(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _slice(
    left: Vectors, right: Vectors, allowed: npt.NDArray[np.bool_], start: int
) -> tuple[Ints, Ints, Floats, Floats, Floats]:
    stop, width = min(start + _ROWS, len(left)), len(right)
    low, high = int(left.starts[start]), int(left.starts[stop])
    terms, weights = left.terms[low:high], left.weights[low:high]
    rows = np.repeat(np.arange(stop - start), np.diff(left.starts[start : stop + 1]))
    order = np.argsort(terms, kind="stable")
    terms, weights, rows, names = terms[order], weights[order], rows[order], left.names[low:high][order]
    first = np.searchsorted(terms, right.terms, "left")
    held = np.searchsorted(terms, right.terms, "right") - first
    held[right.weights <= 0] = 0
    columns = np.repeat(np.arange(width), np.diff(right.starts))
    # join the entries of both sides by term
    at = np.repeat(first - np.concatenate([[0], np.cumsum(held)[:-1]]), held) + np.arange(int(held.sum()))
    cells = rows[at] * width + np.repeat(columns, held)
    size = (stop - start) * width
    dots = np.bincount(cells, weights[at] * np.repeat(right.weights, held), size).reshape(-1, width)
    nats = np.bincount(cells, weights[at], size).reshape(-1, width)
    named = np.bincount(cells, weights[at] * (names[at] & np.repeat(right.names, held)), size).reshape(-1, width)
    cosine = dots / (left.norms[start:stop, None] * right.norms[None, :])
    i, j = np.nonzero((cosine >= MIN_COSINE) & allowed[start:stop])
    return i + start, j, cosine[i, j].astype(np.float32), nats[i, j].astype(np.float32), named[i, j].astype(np.float32)
