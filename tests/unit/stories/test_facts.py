"""Tests of facts (figures, quotes, names) and of which are new."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefreader.stories.facts import differing_figures, facts, is_copy, new_facts, word_runs
from briefreader.stories.terms import BITS, number


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It costs $0.27 now.", [("figure", "0.27$")]),
        ("They raised 1.2 billion dollars.", [("figure", "1.2e+09")]),
        ("Sales fell 12 percent.", [("figure", "12%")]),
        ("In 2026 the 3 of them met.", []),
        ("She said “we will never sell this company” twice.", [("quote", "we will never sell this company")]),
        ("A letter from Ada Finch came.", [("name", "ada finch")]),
        ("Growers and Kelp Farms agreed.", [("name", "kelp farm")]),
        ("On Monday it rained.", []),
    ],
)
def test_facts_are_figures_quotes_and_names(text: str, found: list[tuple[str, str]]) -> None:
    assert [(fact.kind, fact.key) for fact in facts(text)] == found


@given(st.text(max_size=300))
def test_facts_have_correct_offsets(text: str) -> None:
    assert all(text[fact.start : fact.end] == fact.text for fact in facts(text))


def test_fact_is_new_if_no_earlier_text_has_it() -> None:
    earlier = ["Kelp Farms said the price fell to $0.27."]
    assert [fact.text for fact in new_facts("The price at Kelp is $0.14, said Ada Finch.", earlier)] == [
        "$0.14",
        "Ada Finch",
    ]
    assert new_facts("At Kelp Farms the price fell to $0.27 again.", earlier) == []


@pytest.mark.parametrize(
    ("text", "earlier"),
    [
        ("A surplus was reported for China.", "The Chinese government reported a surplus."),
        ("A forecast for the night ends (2 Feb).", "A forecast for the night ends soon."),
        ("🦋 Deliver small kelp farms.", "Small farms."),
        ("It costs less than a K–8 school.", "It costs little."),
        ("A vote is held on Feb. 8 there.", "A vote is held."),
        ("The farms are searched by the FBI today.", "The Federal Bureau of Investigation searched the farms."),
        ("Banks In Texas Halt Hiring While Wealthy Families Look For Cash", "Banks halt hiring."),
    ],
)
def test_inflections_dates_and_headlines_are_not_facts(text: str, earlier: str) -> None:
    assert new_facts(text, [earlier]) == []


def test_name_in_a_copy_is_not_an_update() -> None:
    copied = "Take a few minutes to answer our new reader survey and help us make {} better!"
    assert new_facts(copied.format("the books of Jane Hull"), [copied.format("Good Bones")]) == []


def test_name_of_the_source_is_not_new() -> None:
    text = "The farms closed, officials told Kelp Weekly."
    assert (
        new_facts(text, ["The farms closed."])
        and new_facts(text, ["The farms closed."], known=["kelp", "weekly"]) == []
    )


def test_common_names_are_not_updates_if_rarity_is_known() -> None:
    idf = np.full(1 << BITS, 8.0, np.float32)
    earlier = ["The farms closed."]
    assert new_facts("The farms closed, says Ada Finch.", earlier, idf=idf)
    assert new_facts("The farms of Oslo closed.", earlier, idf=idf) == []
    idf[[number("ada"), number("finch")]] = 3.0
    assert new_facts("The farms closed, says Ada Finch.", earlier, idf=idf) == []


def test_name_ends_at_the_end_of_its_line() -> None:
    assert [fact.text for fact in facts("A letter of Ada Finch\nAs colleges wait, she writes.")] == ["Ada Finch"]


def test_figures_of_disagreeing_sources_are_found() -> None:
    assert differing_figures(["It costs $0.27.", "It costs $0.14."]) == ["$0.27", "$0.14"]
    assert differing_figures(["It costs $0.27.", "It costs $0.27, or $5 with tea."]) == []
    assert differing_figures(["It costs $0.27.", "It rains."]) == []


def test_copy_shares_sequences_of_words() -> None:
    text = "Kelp Farms doubled its harvest this spring, growers in Bergen say"
    runs = word_runs(text)
    assert is_copy(runs, word_runs(f"New: {text}!")) and is_copy(runs, runs)
    assert not is_copy(runs, word_runs("This spring the harvest of Kelp Farms doubled, say growers in Bergen"))
    assert not is_copy(word_runs(""), runs) and not is_copy(word_runs("Kelp Farms"), word_runs("Kelp Farms"))
