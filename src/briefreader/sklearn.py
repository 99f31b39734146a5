"""The tagger as a scikit-learn classifier, for use with scikit-learn's tools.

No other module imports this one, since importing scikit-learn would slow down start-up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from briefreader.tagging import Labelled, Tagger
from briefreader.tagging.tagger import THRESHOLD
from briefreader.taxonomy import Taxonomy, Topic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from briefreader.tagging.vectors import Document, Floats, Ints


class TopicClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Multi-label classifier of (title, text) pairs.

    Args:
        taxonomy: its topics are the classes, in order; None creates a topic for each column of ``y``.
        threshold: minimum probability at which ``predict`` assigns a topic.
    """

    def __init__(self, taxonomy: Taxonomy | None = None, threshold: float = THRESHOLD) -> None:
        self.taxonomy = taxonomy
        self.threshold = threshold

    def fit(self, X: Sequence[Document], y: Any) -> Self:
        """Fit IDF and topic vectors to the texts, then learn from their labels.

        Args:
            X: n pairs (title, text).
            y: matrix [n, topics] of 0 and 1; 1 means that the text has the topic.

        Raises:
            ValueError: ``X`` and ``y`` don't match each other or the taxonomy.
        """
        documents = _documents(X)
        labels = np.asarray(y)
        if labels.ndim != 2 or len(labels) != len(documents):
            raise ValueError(f"y must be [{len(documents)}, topics], not {labels.shape}")
        if not np.isin(labels, (0, 1)).all():
            raise ValueError("y must contain only 0 and 1")
        columns = labels.shape[1]
        taxonomy = self.taxonomy or Taxonomy(tuple(Topic(f"topic-{n}", f"topic {n}") for n in range(columns)))
        if len(taxonomy.ids) != columns:
            raise ValueError(f"y has {columns} columns, the taxonomy {len(taxonomy.ids)} topics")
        self.classes_ = np.array(taxonomy.ids)
        every = frozenset(taxonomy.ids)
        examples = []
        for (title, text), row in zip(documents, labels, strict=True):
            accepted = frozenset(self.classes_[row.astype(bool)].tolist())
            examples.append(Labelled(title, text, accepted, every - accepted))
        self.tagger_ = Tagger.fitted(taxonomy, documents).learn(examples)
        return self

    def predict_proba(self, X: Sequence[Document]) -> Floats:
        """Return probabilities [n, topics]."""
        check_is_fitted(self)
        return self.tagger_.score(_documents(X))

    def predict(self, X: Sequence[Document]) -> Ints:
        """Return a matrix [n, topics] of 0 and 1; 1 means that the topic is assigned."""
        return np.asarray(self.predict_proba(X) >= self.threshold, dtype=np.int64)

    def score(self, X: Sequence[Document], y: Any, sample_weight: Floats | None = None) -> float:
        """Return micro-averaged F1.

        scikit-learn's default for several labels is subset accuracy, which counts a text as right only if all of its
        topics are.
        """
        from sklearn.metrics import f1_score

        predicted = self.predict(X)
        return float(f1_score(y, predicted, average="micro", sample_weight=sample_weight, zero_division=0.0))

    def __sklearn_tags__(self) -> Any:
        """Declare that a sample is a pair of strings and can have several labels."""
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.target_tags.multi_output = True
        tags.target_tags.two_d_labels = True
        tags.target_tags.single_output = False
        tags.classifier_tags.multi_label = True
        tags.classifier_tags.multi_class = False
        return tags


def _documents(X: Sequence[Document]) -> list[Document]:
    if len(X) == 0:
        raise ValueError("no texts")
    pairs = [tuple(pair) for pair in X]
    if any(len(pair) != 2 for pair in pairs):
        raise ValueError("X must contain pairs of title and text")
    return [(str(title), str(text)) for title, text in pairs]
