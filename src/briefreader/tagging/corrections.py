"""The learned corrections of all topics as arrays, to score many texts at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from briefreader.tagging.sparse import SparseRows
from briefreader.tagging.vectors import position_weight

if TYPE_CHECKING:
    from collections.abc import Mapping

    from briefreader.tagging.learner import Correction
    from briefreader.tagging.prior import Measured, Prior
    from briefreader.tagging.vectors import Floats


class Corrections:
    """The corrections of ``learner`` in arrays.

    ``scale`` and ``bias`` are [topics], ``phrase_weights`` is [phrases]. ``weights`` is [terms, topics] and has a row
    for each term number in ``terms``; ``rows`` maps all term numbers to these rows, or to -1.
    """

    def __init__(self, prior: Prior, by_topic: Mapping[str, Correction]) -> None:
        self.by_topic = dict(by_topic)
        topics = len(prior.taxonomy.topics)
        self.scale, self.bias = np.ones(topics), np.zeros(topics)
        self.phrase_weights = np.zeros(len(prior.phrases.phrases))
        columns = [(np.zeros(0, np.int64), np.zeros(0))] * topics
        numbers = {id: number for number, id in enumerate(prior.taxonomy.ids)}
        for topic, correction in self.by_topic.items():
            column = numbers[topic]
            self.scale[column] += correction.scale
            self.bias[column] = correction.bias
            self.phrase_weights[correction.phrases] = correction.phrase_weights
            order = np.argsort(correction.terms, kind="stable")
            columns[column] = correction.terms[order], correction.term_weights[order]
        self.terms, self.weights = SparseRows.from_columns(columns)
        self._topics = prior.finder.topics
        self.rows = np.full(prior.vocabulary.size, -1, dtype=np.int64)
        self.rows[self.terms] = np.arange(len(self.terms))

    def corrected(self, logits: Floats, measured: Measured) -> Floats:
        """Return the logits [documents, topics] after all corrections."""
        if not self.by_topic:
            return logits
        hits = measured.hits
        cells = hits.documents * logits.shape[1] + self._topics[hits.phrases]
        weights = position_weight(hits.places)
        weighted = weights * self.phrase_weights[hits.phrases]
        total = np.bincount(cells, weights, minlength=logits.size).reshape(logits.shape)
        phrases = np.bincount(cells, weighted, minlength=logits.size).reshape(logits.shape) / np.where(
            total > 0, total, 1.0
        )
        return logits * self.scale + self.bias + phrases + measured.project(self.rows, self.weights)
