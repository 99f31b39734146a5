"""Tests of the scikit-learn classifier."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import cross_val_predict
from sklearn.utils import estimator_checks

from briefreader.sklearn import TopicClassifier
from briefreader.taxonomy import Taxonomy, Topic

TAXONOMY = Taxonomy((Topic("bees", "Bees", keywords=("hive", "honey")), Topic("trams", "Trams", keywords=("tramway",))))
TEXTS = [(f"Day {n}", "The hive gave honey." if n % 3 else "A tramway was laid.") for n in range(18)]
LABELS = np.array([[n % 3 > 0, n % 3 == 0] for n in range(18)], dtype=int)


def test_cross_val_predict_gives_probabilities_of_every_topic() -> None:
    found = cross_val_predict(TopicClassifier(TAXONOMY), TEXTS, LABELS, cv=3, method="predict_proba")
    assert found.shape == LABELS.shape
    assert (found[LABELS == 1].min() > found[LABELS == 0].max()) and 0 <= found.min() <= found.max() <= 1


def test_classifier_predicts_labels_and_scores_f1() -> None:
    fitted = TopicClassifier(TAXONOMY).fit(TEXTS, LABELS)
    assert fitted.classes_.tolist() == ["bees", "trams"]
    assert (fitted.predict(TEXTS) == LABELS).all() and fitted.score(TEXTS, LABELS) == 1.0
    assert (TopicClassifier(TAXONOMY, threshold=1.1).fit(TEXTS, LABELS).predict(TEXTS) == 0).all()


@pytest.mark.parametrize("labels", [LABELS[:5], LABELS[:, :1], LABELS[:, 0], LABELS * 2])
def test_classifier_refuses_invalid_arguments(labels: np.ndarray) -> None:
    with pytest.raises(ValueError, match="y "):
        TopicClassifier(TAXONOMY).fit(TEXTS, labels)
    with pytest.raises(ValueError, match="no texts"):
        TopicClassifier(TAXONOMY).fit([], LABELS[:0])
    with pytest.raises(NotFittedError):
        TopicClassifier(TAXONOMY).predict(TEXTS)


@pytest.mark.parametrize(
    "check",
    [
        estimator_checks.check_no_attributes_set_in_init,
        estimator_checks.check_parameters_default_constructible,
        estimator_checks.check_estimator_tags_renamed,
        estimator_checks.check_valid_tag_types,
        estimator_checks.check_estimator_repr,
        estimator_checks.check_estimator_cloneable,
        estimator_checks.check_get_params_invariance,
        estimator_checks.check_set_params,
        estimator_checks.check_mixin_order,
    ],
    ids=lambda check: str(check.__name__),
)
def test_applicable_estimator_checks_pass(check: object) -> None:
    assert callable(check)
    check("TopicClassifier", TopicClassifier())


def test_clone_keeps_the_parameters() -> None:
    copy = clone(TopicClassifier(TAXONOMY, threshold=0.5))
    assert copy.taxonomy == TAXONOMY and copy.threshold == 0.5


def test_starting_the_program_does_not_import_the_classifier() -> None:
    code = "import sys, briefreader.library, briefreader.tagging; sys.exit('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
