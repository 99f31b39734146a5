"""The weights of the score, the same for every topic and taxonomy.

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
    """Logistic weights, each vector with its bias first; and the thresholds that were fitted with them."""

    passage: Floats
    document: Floats
    insight: Floats
    thresholds: dict[str, float]


def load() -> Weights:
    """The weights that come with the program."""
    data = json.loads(files("briefreader.tagging").joinpath("score.json").read_text(encoding="utf-8"))
    vectors = {level: np.array(list(data[level].values()), dtype=np.float64) for level in LEVELS}
    return Weights(**vectors, thresholds=data["thresholds"])


LEVELS = ("passage", "document", "insight")
WEIGHTS = load()
