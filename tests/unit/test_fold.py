"""Tests of folding case and accents."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefreader.text import fold


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Größe", "GRÖSSE"),
        ("naïve", "naive"),
        ("ﬁne", "FINE"),
        ("𝐀𝐈", "ai"),
        ("Ａ１", "a1"),
        ("İ", "i"),
        ("Ægir", "aegir"),
        ("Þórshöfn", "thorshofn"),
        ("Łódź", "lodz"),
        ("Øst", "ost"),
        ("é", "é"),
        ("שָׁלוֹם", "שלום"),
    ],
)
def test_fold_of_variants_is_equal(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("が", "か"), ("한국", "한구"), ("模型", "模")])
def test_fold_of_different_letters_is_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text())
def test_fold_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)
