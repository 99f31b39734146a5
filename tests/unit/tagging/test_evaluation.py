"""Tests of evaluation: figures, intervals, too few examples."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, f1_score

from briefreader.errors import UsageError
from briefreader.tagging import Labelled, Tagger
from briefreader.tagging.evaluation import against, average_precision, calibration, cross_validated, f1
from briefreader.tagging.gold import read
from briefreader.taxonomy import Taxonomy, Topic

if TYPE_CHECKING:
    from pathlib import Path

TAXONOMY = Taxonomy((Topic("bees", "Bees", keywords=("hive", "honey")), Topic("trams", "Trams", was=("tram",))))


@pytest.mark.parametrize("seed", range(5))
def test_figures_equal_those_of_scikit_learn(seed: int) -> None:
    rng = np.random.default_rng(seed)
    right, scores = rng.random(50) < 0.3, np.round(rng.random(50), 1)
    assert average_precision(right, scores) == pytest.approx(average_precision_score(right, scores))
    assert f1(right, scores > 0.5) == pytest.approx(f1_score(right, scores > 0.5))


def test_calibration_error_is_weighted_by_bin_size() -> None:
    bins, error = calibration(np.array([True, False, False, False]), np.array([0.9, 0.9, 0.1, 0.1]))
    assert bins == ((0.1, 0.0, 2), (0.9, 0.5, 2))
    assert error == pytest.approx((0.1 * 2 + 0.4 * 2) / 4)


def examples(count: int) -> list[Labelled]:
    both = (frozenset({"bees"}), frozenset({"trams"}))
    return [
        Labelled("", f"honey from hive {i}", *both)
        if i % 2
        else Labelled("", f"a slow day {i}", rejected=both[0] | both[1])
        for i in range(count)
    ]


def test_figures_have_intervals_or_are_none() -> None:
    tagger = Tagger(TAXONOMY, [])
    for evaluation in (against(tagger, examples(20)), cross_validated(tagger, examples(20))):
        bees, trams = evaluation.topics
        assert bees.f1 is not None
        assert bees.f1.low <= bees.f1.value <= bees.f1.high == 1.0
        assert (trams.f1, trams.note) == (None, "not enough examples")
        assert evaluation.map == 1.0
    assert against(tagger, []).micro is None


def test_gold_file_is_read_or_its_bad_line_reported(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps({"title": "a", "text": "b", "topics": ["tram", "unknown"]}) + "\n\n", encoding="utf-8")
    (found,) = read(path, TAXONOMY)
    assert (found.accepted, found.rejected) == ({"trams"}, {"bees"})
    path.write_text('{"topics": []}\n{"text": 1}\n', encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        read(path, TAXONOMY)
    assert caught.value.where == f"{path}:2"
