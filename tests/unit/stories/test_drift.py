"""Tests of words that become more or less frequent."""

from __future__ import annotations

import numpy as np

from briefreader.stories.drift import trends
from briefreader.stories.terms import number, word_numbers


def test_words_rise_and_fall_by_week() -> None:
    words = {n: "reef" if n >= 8 else "pier" for n in range(12)}
    texts = [(week, f"kelp {words[week] if n < 1 else n} stands") for week in range(12) for n in range(3)]
    found = trends([week for week, _ in texts], [word_numbers("", text) for _, text in texts], 12, most=1)
    assert [(each.number, each.z > 0) for each in found] == [(number("reef"), True), (number("pier"), False)]
    assert found[0].weeks == (0,) * 8 + (1,) * 4


def test_drift_without_insights_is_empty() -> None:
    assert trends([], [], 12) == []
    assert trends([0, 11], [word_numbers("", "kelp"), np.zeros(0, np.uint32)], 12) == []


def test_no_word_falls_in_a_new_topic() -> None:
    texts = [f"kelp {'reef' if n < 5 else f'pier{n}'} stands" for n in range(200)]
    assert trends([11] * len(texts), [word_numbers("", text) for text in texts], 12) == []
