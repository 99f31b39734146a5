"""Tests of splitting texts and queries into terms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefreader.search.analysis import Words, query_terms, term_positions, terms
from briefreader.text import fold

TEXTS = (
    st.text(max_size=40)
    | st.text("aé' ’.,4-模型が゛한국ก🚀🏽\u0301\u200d\nß", max_size=30)
    | st.text("aBc'’.,14-“— …_", max_size=30)
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GPT-4.1", {"gpt", "4.1", "4", "1"}),
        ("don’t", {"dont", "don", "t"}),
        ("Anthropic's", {"anthropic", "s"}),
        ("1,000 multi-agent", {"1000", "1", "000", "multi", "agent"}),
        ("混合专家", {"混合", "合专", "专家"}),
        ("AI模型", {"ai", "模型"}),
        ("Größe 🚀", {"grosse", "🚀"}),
        ("हिन्दी", {"हिन्दी"}),
        ("e\u0301a", {"ea"}),
    ],
)
def test_terms_of_text_are_as_expected(text: str, expected: set[str]) -> None:
    assert terms(text) == expected


@given(TEXTS)
def test_term_positions_match_the_text(text: str) -> None:
    found = term_positions(text)
    assert {t.form for t in found} == terms(text)
    for term in found:
        assert 0 <= term.start < term.end <= len(text)
        assert (
            term.form in terms(text[term.start : term.end]) | {fold(text[term.start : term.end])} or not text.isascii()
        )


@given(TEXTS, st.data())
def test_places_lookup_equals_a_scan_of_the_text(text: str, data: st.DataObject) -> None:
    words = Words(text)
    assert words.forms == terms(text) == {t.form for t in term_positions(text)}
    wanted = data.draw(st.sets(st.sampled_from(sorted(words.forms)))) if words.forms else set()
    assert set(words.places(wanted)) == {(t.start, t.end) for t in term_positions(text) if t.form in wanted}


@given(TEXTS, st.text("abc41é模", min_size=1, max_size=2))
def test_beginning_finds_all_terms_with_the_prefix(text: str, begin: str) -> None:
    assert set(Words(text).beginning(begin)) == {
        (t.start, t.end) for t in term_positions(text) if t.form.startswith(begin)
    }


@given(TEXTS)
def test_query_of_a_text_matches_the_text(text: str) -> None:
    assert set(query_terms(text)) <= terms(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("GPT-4.1", ["gpt", "4.1"]), ("don’t", ["dont"]), ("model's", ["model"]), ("混合专家", ["混合", "合专", "专家"])],
)
def test_compound_is_searched_as_a_whole(text: str, expected: list[str]) -> None:
    assert query_terms(text) == expected


def test_term_positions_of_folded_text_are_correct() -> None:
    text = "Ein großer Straßen-Test"
    assert [text[t.start : t.end] for t in term_positions(text)] == ["Ein", "großer", "Straßen", "Test"]
