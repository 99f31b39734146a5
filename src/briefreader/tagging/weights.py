"""The weights of the scores, which are the same for all topics and taxonomies.

``python -m benchmarks.tagging_weights`` fits them and writes them to ``score.json``, together with the figures of a
cross-validation by publisher.
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
    """Logistic weights (the bias first) and thresholds.

    ``passage``, ``document`` and ``insight`` have the weights of the features in ``evidence`` and ``prior``.
    ``thresholds`` has the thresholds of "document" and "insight".
    """

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
