"""Phrases in text: tolerant of plural, case and hyphens, strict about senses and symbols."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefreader.phrases import PhraseIndex
from briefreader.taxonomy import Taxonomy, Topic


def index(*keywords: str, exclude: tuple[str, ...] = (), aliases: tuple[tuple[str, ...], ...] = ()) -> PhraseIndex:
    return PhraseIndex(Taxonomy((Topic("t", "zzz", keywords=keywords, exclude=exclude),), aliases))


@pytest.mark.parametrize(
    ("keyword", "text", "found"),
    [
        ("open source", "Open-sourced? No: open-source, open sources.", ["open-source", "open sources"]),
        ("agent", "Agents and an agent’s agentic reagent", ["Agents", "agent"]),
        ("policy", "policies", ["policies"]),
        ("C#", "C# and C, c#.", ["C#", "c#"]),
        (".NET", "the .NET runtime, example.net, internet", [".NET"]),
        ("C++", "C++, not C or C+++", ["C++"]),
        ("IT", "it is IT that fixes it", ["IT"]),
        ("R", "r is R, not R&D or ER", ["R", "R"]),
        ("naïve", "NAIVE", ["NAIVE"]),
        ("开源", "他们的开源战略", ["开源"]),
        ("open model", "open models; open (model)", ["open models", "open (model"]),
        ("agentic", "agen\u00adtic, and agent ic", ["agen\u00adtic"]),
        ("Claude Code", "使用Claude Code编写; Claude가, Claude Code로", ["Claude Code", "Claude Code"]),
        ("open vs closed", "Open vs. closed models", ["Open vs. closed"]),
    ],
)
def test_what_matches(keyword: str, text: str, found: list[str]) -> None:
    assert [text[h.start : h.end] for h in index(keyword).find(text)] == found


def test_the_longest_phrase_of_a_topic_wins() -> None:
    hits = index("coding agent", "agent", "agent framework").find("a coding agent framework, an agent framework")
    assert [h.phrase for h in hits] == ["coding agent", "agent framework"]


@pytest.mark.parametrize("other", ["", " and an estate agent"])
def test_the_longest_of_those_that_begin_alike_wins(other: str) -> None:
    found = index("open source", "open source model", "agent", exclude=("estate agent",)).find(
        "open source model" + other
    )
    assert [hit.phrase for hit in found] == ["open source model"]


@pytest.mark.parametrize(
    "text",
    [
        "It is open. Model makers agree.",
        "Is it open? “Model” makers say so.",
        "- open\n- model",
        "# It is open\nModel makers agree.",
        "It is open\n\nmodel makers agree.",
        "| open | model |",
        "![open model](open-model.png)",
        "[here](https://example.com/open/model)",
        "https://example.com/open-model and open-model@example.com",
        "<open model>",
        "```\nopen model\n```\n",
    ],
)
def test_a_phrase_ends_with_its_sentence_item_or_block(text: str) -> None:
    assert index("open model").find(text) == []


def test_a_phrase_reaches_over_a_hard_wrap_and_into_a_link() -> None:
    text = "They call it an [open\nmodel](https://example.com/agents) there."
    assert [text[h.start : h.end] for h in index("open model", "agents").find(text)] == ["open\nmodel"]


def test_hints_and_words_of_the_domain_are_not_found() -> None:
    taxonomy = Taxonomy((Topic("t", "Prices", hints=("cost",)),), domain=("AI",))
    assert [h.phrase for h in PhraseIndex(taxonomy).find("The cost and the price of AI")] == ["Prices"]


def test_a_word_within_a_run_without_spaces_stands_where_the_run_does() -> None:
    for text, place in (("他们的开源战略", 0), ("开源战略", 0), ("我 开源", 1), ("their 他们的开源", 1)):
        (match,) = index("开源").literals(text)
        assert (match.place, text[match.start : match.end]) == (place, "开源")


def test_excluded_senses_take_their_words_along() -> None:
    text = "An agent met an estate agent, who knew an agent; the source of open source of income."
    hits = index("agent", "open source", exclude=("estate agent", "source of income")).find(text)
    assert [(h.phrase, text[: h.start].split()[-1]) for h in hits] == [("agent", "An"), ("agent", "an")]
    assert hits[1].start == text.rindex("agent")


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("Estate agents say that an agent shows a flat twice.", []),
        ("An estate agent; an agent, an agent.", []),
        ("An agent, an agent; an estate agent.", ["agent", "agent"]),
        ("An estate agent; an agent, an agent, a coding agent.", ["agent", "agent", "coding agent"]),
        ("Estate agents use a coding agent; the agent sells.", ["coding agent"]),
        ("Agents, and no other sense.", ["agent"]),
    ],
)
def test_a_word_has_one_sense_a_text(text: str, counted: list[str]) -> None:
    hits = index("agent", "coding agent", exclude=("estate agent",)).find(text)
    assert [h.phrase for h in hits] == counted


def test_topics_do_not_take_words_from_each_other() -> None:
    taxonomy = Taxonomy((Topic("a", "Coding agents"), Topic("b", "Agents", exclude=("secret agent",))))
    assert [h.topic for h in PhraseIndex(taxonomy).find("coding agents")] == ["a", "b"]


def test_aliases_stand_for_each_other() -> None:
    hits = index("MoE", aliases=(("moe", "mixture of experts"),)).find("Mixtures of Experts")
    assert [h.phrase for h in hits] == ["mixture of experts"]


@given(st.text(), st.text(min_size=1, max_size=6))
def test_hits_are_in_the_text_and_apart(text: str, keyword: str) -> None:
    hits = index(keyword, "the").find(f"{text} {keyword} {text}")
    ends = [0, *(h.end for h in hits)]
    assert all(end <= h.start < h.end for end, h in zip(ends, hits, strict=False))
    assert ends[-1] <= 2 * len(text) + len(keyword) + 2
