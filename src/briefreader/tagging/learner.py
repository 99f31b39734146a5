"""Learn from decisions: corrections of the prior for each topic.

The corrected logit of a topic is ``(1+s)·z + b + w·x + v·h``. z is the logit of the prior, x the TF-IDF of the text
(unit length), and h has each phrase's share of the topic's hits. s, b, w and v are fitted by logistic regression with
an L2 penalty. The optimal w is a combination of the labelled texts, so the fit needs only their dot products (the
kernel). Newton's method (Rasmussen & Williams 2006, algorithm 3.1) takes milliseconds for hundreds of labels, whatever
the size of the vocabulary.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from briefreader.tagging.vectors import position_weight

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from briefreader.model import Labelled
    from briefreader.tagging.prior import Prior
    from briefreader.tagging.vectors import Document, Floats, Ints

# L2 penalties; larger values stay closer to the prior
SCALE_PENALTY = 30.0
BIAS_PENALTY = 4.0
TERM_PENALTY = 0.3
PHRASE_PENALTY = 0.4
CAUTION = 20.0  # the larger, the more decisions are needed for the same effect (see ``_trust``)
MAX_LABELS = 1000  # maximum number of labelled texts per topic; the last ones are used


@dataclass(frozen=True, slots=True)
class Correction:
    """A topic's corrections, learned from ``labels`` texts: s, b, w and v of the module's formula.

    w has the weights ``term_weights`` of the term numbers ``terms``, v those of the phrase numbers ``phrases``.
    """

    scale: float
    bias: float
    terms: Ints
    term_weights: Floats
    phrases: Ints
    phrase_weights: Floats
    labels: int


class _Features(NamedTuple):
    logits: Floats  # of all topics
    terms: Ints
    values: Floats  # unit length
    phrases: dict[int, float]  # by phrase number: sum of the position weights of its hits


class Learner:
    """Labelled texts with cached features, and the corrections learned from them."""

    def __init__(self, prior: Prior) -> None:
        self.prior = prior
        self._cache: dict[Document, _Features] = {}

    def learn(self, examples: Iterable[Labelled], topics: Sequence[str] | None = None) -> dict[str, Correction]:
        """Return the corrections of ``topics`` (default: all) by topic ID, without topics that have no label."""
        from threadpoolctl import threadpool_limits

        examples = list(examples)
        self._cache_features([(e.title, e.text) for e in examples])
        corrections = {}
        for number, topic in enumerate(self.prior.taxonomy.ids):
            if topics is not None and topic not in topics:
                continue
            labelled = [e for e in examples if topic in e.accepted or topic in e.rejected][-MAX_LABELS:]
            if labelled:
                features = [self._cache[e.title, e.text] for e in labelled]
                accepted = np.array([topic in e.accepted for e in labelled], dtype=np.float64)
                with threadpool_limits(1, "blas"):  # the matrices are too small for several threads
                    corrections[topic] = self._fit(number, features, accepted)
        return corrections

    def _cache_features(self, documents: Sequence[Document]) -> None:
        unknown = list(dict.fromkeys(d for d in documents if d not in self._cache))
        if not unknown:
            return
        measured = self.prior.measure(unknown)
        logits = measured.features(self.prior.weights) @ self.prior.weights.document
        entries, norms = measured.entries, measured.norms
        bounds = np.searchsorted(entries.documents, np.arange(len(unknown) + 1))
        phrases: list[dict[int, float]] = [{} for _ in unknown]
        hits = measured.hits
        shares = zip(hits.documents, hits.phrases, position_weight(hits.places), strict=True)
        for number, phrase, weight in shares:
            phrases[number][int(phrase)] = phrases[number].get(int(phrase), 0.0) + float(weight)
        for number, document in enumerate(unknown):
            span = slice(bounds[number], bounds[number + 1])
            values = entries.values[span] / max(float(norms[number]), 1e-12)
            self._cache[document] = _Features(logits[number], entries.terms[span], values, phrases[number])

    def _fit(self, topic: int, features: Sequence[_Features], accepted: Floats) -> Correction:
        logits = np.array([s.logits[topic] for s in features])
        owners, columns, terms, values = _entries(features)
        phrases, h = self._phrase_matrix(topic, features)
        kernel = np.outer(logits, logits) / SCALE_PENALTY + 1.0 / BIAS_PENALTY
        kernel += _products(owners, columns, values, len(features)) / TERM_PENALTY + h @ h.T / PHRASE_PENALTY
        trust = _trust(accepted)
        alpha = trust * _newton(trust * kernel, logits, accepted)
        return Correction(
            scale=float(alpha @ logits) / SCALE_PENALTY,
            bias=float(alpha.sum()) / BIAS_PENALTY,
            terms=terms,
            term_weights=np.bincount(columns, alpha[owners] * values, minlength=len(terms)) / TERM_PENALTY,
            phrases=phrases,
            phrase_weights=np.asarray(alpha @ h / PHRASE_PENALTY),
            labels=len(features),
        )

    def _phrase_matrix(self, topic: int, features: Sequence[_Features]) -> tuple[Ints, Floats]:
        topics = self.prior.finder.topics
        found = np.array(sorted({p for s in features for p in s.phrases if topics[p] == topic}), dtype=np.int64)
        held = np.array([[s.phrases.get(p, 0.0) for p in found.tolist()] for s in features], dtype=np.float64)
        return found, held / np.maximum(held.sum(axis=1, keepdims=True), 1e-12)


def _trust(accepted: Floats) -> float:
    """Return a factor below 1 by which the penalties are divided.

    It grows with the number of acceptances or of rejections, whichever is smaller: a user who only rejects, or only
    accepts, says nothing about how often the topic is right.
    """
    rarer = min(float(accepted.sum()), float((1.0 - accepted).sum()))
    return 1.0 / (1.0 + CAUTION / (4.0 * rarer + 1.0))


def _entries(features: Sequence[_Features]) -> tuple[Ints, Ints, Ints, Floats]:
    """Return the TF-IDF of examples as a sparse matrix: rows, columns, terms, values.

    ``terms`` has the term of each column.
    """
    terms, columns = np.unique(np.concatenate([s.terms for s in features]), return_inverse=True)
    owners = np.repeat(np.arange(len(features)), [len(s.terms) for s in features])
    return owners, columns, terms, np.concatenate([s.values for s in features])


def _products(owners: Ints, columns: Ints, values: Floats, count: int) -> Floats:
    """Return the dot products of the examples.

    Terms of a single example count only in its product with itself, which makes the matrix much smaller.
    """
    shared = np.bincount(columns)[columns] > 1
    used, places = np.unique(columns[shared], return_inverse=True)
    x = np.zeros((count, len(used)))
    x[owners[shared], places] = values[shared]
    products = x @ x.T
    np.fill_diagonal(products, np.bincount(owners, values**2, minlength=count))
    return np.asarray(products)


def _newton(kernel: Floats, prior: Floats, accepted: Floats) -> Floats:
    """Return the α that minimises ``_loss``. The corrected logits of the examples are ``prior + kernel @ α``."""
    alpha = np.zeros_like(prior)
    loss = _loss(kernel, prior, accepted, alpha)
    for _ in range(30):
        moved = kernel @ alpha
        p = 1.0 / (1.0 + np.exp(-(prior + moved)))
        root = np.sqrt(np.maximum(p * (1.0 - p), 1e-10))
        b = root**2 * moved + accepted - p
        inner = np.eye(len(b)) + root[:, None] * kernel * root
        step = b - root * np.linalg.solve(inner, root * (kernel @ b)) - alpha
        # a full step can overshoot if the prior is confidently wrong
        size = 1.0
        while size > 1e-4 and (tried := _loss(kernel, prior, accepted, alpha + size * step)) > loss:
            size /= 2.0
        if tried > loss - 1e-9:
            break
        alpha, loss = alpha + size * step, tried
    return alpha


def _loss(kernel: Floats, prior: Floats, accepted: Floats, alpha: Floats) -> float:
    """Return the log-loss of the examples plus the L2 penalty."""
    moved = kernel @ alpha
    signed = np.where(accepted > 0, -1.0, 1.0) * (prior + moved)
    return float(np.logaddexp(0.0, signed).sum() + 0.5 * alpha @ moved)
