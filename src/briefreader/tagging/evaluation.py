"""Evaluate tagging against the user's decisions or a gold file.

Each figure has a 95 % confidence interval, by a percentile bootstrap over documents (Efron & Tibshirani 1993). F1 and
average precision equal those of ``sklearn.metrics`` (tested). They are computed here for speed: an interval needs 500
of each, for which scikit-learn takes a minute with fifteen topics.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from briefreader.model import Labelled
    from briefreader.tagging.tagger import Tagger
    from briefreader.tagging.vectors import Floats

    Bools = npt.NDArray[np.bool_]

MIN_EXAMPLES = 5  # minimum number of positives, and of negatives, for a figure
RESAMPLES = 500
FOLDS = 5
BINS = 10
NOT_ENOUGH = "not enough examples"


class Estimate(NamedTuple):
    """A figure and its 95 % confidence interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class TopicQuality:
    """The figures of one topic; None, with a ``note``, if there are too few examples."""

    topic: str
    positives: int
    negatives: int
    precision: Estimate | None = None
    recall: Estimate | None = None
    f1: Estimate | None = None
    ap: Estimate | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The result of an evaluation.

    A pair is a document with a topic that was accepted or rejected for it.

    Attributes:
        topics: the figures of each topic.
        documents: number of documents.
        micro: F1 over all pairs; like ``macro`` and ``map``, None if no topic has enough examples.
        macro: mean F1 of the topics with enough examples.
        map: mean average precision of these topics.
        calibration: bins of scores: mean score, share of accepted pairs, number of pairs.
        ece: expected calibration error; None if there are no pairs.
    """

    topics: tuple[TopicQuality, ...]
    documents: int
    micro: Estimate | None
    macro: float | None
    map: float | None
    calibration: tuple[tuple[float, float, int], ...]
    ece: float | None


def cross_validated(tagger: Tagger, examples: Sequence[Labelled]) -> Evaluation:
    """Evaluate a tagger's taxonomy on examples by five-fold cross-validation over documents.

    For each fold, a copy of the tagger learns from the other folds. With fewer than five examples, each is a fold.
    """
    folds = np.arange(len(examples)) % FOLDS
    scores = np.zeros((len(examples), len(tagger.taxonomy.ids)))
    for fold in range(min(FOLDS, len(examples))):
        others = [e for e, f in zip(examples, folds, strict=True) if f != fold]
        own = np.flatnonzero(folds == fold)
        scores[own] = tagger.trained_on(others).score([(examples[i].title, examples[i].text) for i in own.tolist()])
    return _evaluation(tagger, scores, examples)


def against(tagger: Tagger, examples: Sequence[Labelled]) -> Evaluation:
    """Evaluate a model on examples that it wasn't trained on."""
    return _evaluation(tagger, tagger.score([(e.title, e.text) for e in examples]), examples)


def _evaluation(tagger: Tagger, scores: Floats, examples: Sequence[Labelled]) -> Evaluation:
    ids = tagger.taxonomy.ids
    right = np.array([[t in e.accepted for t in ids] for e in examples], dtype=bool).reshape(len(examples), len(ids))
    wrong = np.array([[t in e.rejected for t in ids] for e in examples], dtype=bool).reshape(len(examples), len(ids))
    known = right | wrong
    rng = np.random.default_rng(0)
    topics = tuple(
        _topic(topic, right[known[:, k], k], scores[known[:, k], k], tagger.thresholds.document, rng)
        for k, topic in enumerate(ids)
    )
    estimated = [t for t in topics if t.f1 is not None and t.ap is not None]
    bins, ece = calibration(right[known], scores[known])
    return Evaluation(
        topics=topics,
        documents=len(examples),
        micro=_micro(right, known, scores >= tagger.thresholds.document, rng) if estimated else None,
        macro=float(np.mean([t.f1.value for t in estimated if t.f1])) if estimated else None,
        map=float(np.mean([t.ap.value for t in estimated if t.ap])) if estimated else None,
        calibration=bins,
        ece=ece,
    )


def _topic(topic: str, right: Bools, scores: Floats, threshold: float, rng: np.random.Generator) -> TopicQuality:
    positives = int(right.sum())
    negatives = len(right) - positives
    if min(positives, negatives) < MIN_EXAMPLES:
        return TopicQuality(topic, positives, negatives, note=NOT_ENOUGH)
    given = scores >= threshold

    def estimate(figure: Callable[[npt.NDArray[np.int64]], float]) -> Estimate:
        return bootstrap(figure, len(right), rng)

    return TopicQuality(
        topic,
        positives,
        negatives,
        precision=estimate(lambda i: float(right[i][given[i]].mean()) if given[i].any() else 0.0),
        recall=estimate(lambda i: float(given[i][right[i]].mean()) if right[i].any() else 0.0),
        f1=estimate(lambda i: f1(right[i], given[i])),
        ap=estimate(lambda i: average_precision(right[i], scores[i])),
    )


def _micro(right: Bools, known: Bools, given: Bools, rng: np.random.Generator) -> Estimate:
    hit, judged, true = right & given, given & known, right
    sums = np.stack([hit.sum(1), judged.sum(1), true.sum(1)], axis=1)

    def figure(i: npt.NDArray[np.int64]) -> float:
        both, predicted, actual = sums[i].sum(axis=0)
        return float(2 * both / max(predicted + actual, 1))

    return bootstrap(figure, len(right), rng)


def bootstrap(figure: Callable[[npt.NDArray[np.int64]], float], count: int, rng: np.random.Generator) -> Estimate:
    """Return a figure with its bootstrap interval.

    Args:
        figure: computes the figure for some documents, given by number.
        count: number of documents.
        rng: random numbers of the resampling.
    """
    resampled = [figure(rng.integers(0, count, count)) for _ in range(RESAMPLES)]
    low, high = np.percentile(resampled, [2.5, 97.5])
    return Estimate(figure(np.arange(count)), float(low), float(high))


def f1(right: Bools, given: Bools) -> float:
    """Return the F1 of predictions, 0 if there are neither positives nor predictions."""
    return float(2 * (right & given).sum() / max(right.sum() + given.sum(), 1))


def average_precision(right: Bools, scores: Floats) -> float:
    """Return the mean precision at the positives, in descending order of score; 0 without positives.

    Equal scores count as one group, as in scikit-learn.
    """
    if not right.any():
        return 0.0
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(right[order])
    ends = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    gained = np.diff(hits[ends], prepend=0)
    return float((gained * hits[ends] / (ends + 1)).sum() / right.sum())


def calibration(right: Bools, scores: Floats) -> tuple[tuple[tuple[float, float, int], ...], float | None]:
    """Return up to ten bins of scores and the expected calibration error.

    A bin is mean score, share of positives and number of pairs; empty bins are left out. The error is the mean absolute
    difference between the first two, weighted by the third; None if there are no pairs.
    """
    if not len(right):
        return (), None
    place = np.minimum((scores * BINS).astype(int), BINS - 1)
    bins = []
    for number in range(BINS):
        among = place == number
        if among.any():
            bins.append((float(scores[among].mean()), float(right[among].mean()), int(among.sum())))
    error = sum(abs(predicted - seen) * count for predicted, seen, count in bins) / len(right)
    return tuple(bins), float(error)
