"""Score candidates for key insights with a fitted model: the probability that a candidate is good, and a rank value.

``python -m benchmarks.reading fit_insights`` fits the model to newsletters that were labelled by hand, cross-validated
by publisher. Its file, ``insight_model.json``, contains a description, the names of features, and numbers.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from briefreader.errors import ReadingError
from briefreader.reading.insight_features import LANGUAGE_NAMES, NAMES

if TYPE_CHECKING:
    from briefreader.reading.insight_features import Floats

_LIMIT = 4.0  # standard deviations at which features are clipped


@dataclass(frozen=True, slots=True)
class InsightModel:
    """Two linear models on standardised features: ``good`` gives a probability, ``rank`` the order."""

    names: tuple[str, ...]
    mean: tuple[float, ...]
    scale: tuple[float, ...]
    good: tuple[float, ...]
    bias: float
    rank: tuple[float, ...]

    def score(self, rows: Floats, *, english: bool = True) -> list[tuple[float, float]]:
        """Return each candidate's probability and rank value; the columns of ``rows`` are in the order of ``NAMES``.

        In languages other than English, the features in ``LANGUAGE_NAMES`` are replaced by their average values.
        """
        used = np.array([english or name not in LANGUAGE_NAMES for name in self.names])
        values = rows[:, [NAMES.index(name) for name in self.names]]
        values = np.clip((values - self.mean) / self.scale, -_LIMIT, _LIMIT) * used  # 0 is the average
        good = 1 / (1 + np.exp(-(values @ self.good + self.bias)))
        return list(zip(good.tolist(), (values @ self.rank).tolist(), strict=True))


def parse_model(text: str) -> InsightModel:
    """Parse a model from JSON.

    Raises:
        ReadingError: the model is invalid, or has features that this version lacks.
    """
    try:
        data = json.loads(text)
        names = tuple(data["names"])
        columns = [tuple(map(float, data[key])) for key in ("mean", "scale", "good", "rank")]
        model = InsightModel(names, columns[0], columns[1], columns[2], float(data["bias"]), columns[3])
    except (KeyError, TypeError, ValueError) as error:
        raise ReadingError(f"the insight model is damaged: {error}", hint="reinstall briefreader") from error
    if not set(names) <= set(NAMES) or any(len(column) != len(names) for column in columns) or 0.0 in model.scale:
        raise ReadingError("the insight model does not fit this version", hint="reinstall briefreader")
    return model


@cache
def shipped_model() -> InsightModel:
    """Return the shipped model."""
    return parse_model(files("briefreader.reading").joinpath("insight_model.json").read_text(encoding="utf-8"))
