"""Tests of finding abbreviations that a text defines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefreader.search.abbreviations import definitions


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We train a Mixture of Experts (MoE) model.", ("moe", "mixture of experts")),
        ("many large-language models (LLMs) do", ("llm", "large language models")),
        ("a state-of-the-art (SOTA) result", ("sota", "state of the art")),
        ("Base Open Mass (BOms)", ("boms", "base open mass")),
        ("Rotary Position Embedding (RoPE)", ("rope", "rotary position embedding")),
    ],
)
def test_definition_is_found(text: str, expected: tuple[str, str]) -> None:
    assert list(definitions(text)) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        *("the paper (2024)", "he said (MoE) so", "a bank (NASA)", "()", "(MoE)", "its price (low)"),
        *("the pool of words (Pow)", "he palmed out eggs (MOE)"),
    ],
)
def test_text_without_definition_gives_none(text: str) -> None:
    assert list(definitions(text)) == []


@given(st.text("aAbB ()-.é", max_size=60))
def test_definitions_of_any_text_never_fail(text: str) -> None:
    for short, long in definitions(text):
        assert short and long
