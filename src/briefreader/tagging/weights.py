"""The weights of the score, shared by all topics and taxonomies.

``python -m benchmarks.tagging_weights`` fits them and writes ``score.json``; its figures are cross-validated by
publisher.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from briefreader.tagging.vectors import Floats


@dataclass(frozen=True, slots=True)
class Weights:
    """Logistic weights, each vector with its bias first, and the fitted thresholds."""

    passage: Floats
    document: Floats
    insight: Floats
    thresholds: dict[str, float]


def load() -> Weights:
    """Return the shipped weights."""
    data = json.loads(files("briefreader.tagging").joinpath("score.json").read_text(encoding="utf-8"))
    vectors = {level: np.array(list(data[level].values()), dtype=np.float64) for level in LEVELS}
    return Weights(**vectors, thresholds=data["thresholds"])


LEVELS = ("passage", "document", "insight")
WEIGHTS = load()
