"""Tests of finding phrases: plural, case, hyphens, excluded phrases, symbols."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefreader.phrases import PhraseIndex
from briefreader.tagging import Tagger
from briefreader.tagging.explanations import Places
from briefreader.taxonomy import Taxonomy, Topic

if TYPE_CHECKING:
    from briefreader.model import Reason


def taxonomy(*keywords: str, exclude: tuple[str, ...] = (), aliases: tuple[tuple[str, ...], ...] = ()) -> Taxonomy:
    return Taxonomy((Topic("t", "zzz", keywords=keywords, exclude=exclude),), aliases)


def find(topics: Taxonomy, text: str) -> list[tuple[str, str, Reason]]:
    """Return the phrases that count in a text: topic, phrase, location."""
    prior = Tagger(topics, ()).prior
    hits, places = prior.measure([("", text)]).hits, Places("", text)
    found = [
        (prior.phrases.phrases[number], places.hit(hits, at, 0.0)) for at, number in enumerate(hits.phrases.tolist())
    ]
    return [(topics.ids[phrase.topic], phrase.text, hit) for phrase, hit in found if phrase.kind == "phrase"]


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
def test_phrase_matches_words_and_their_forms(keyword: str, text: str, found: list[str]) -> None:
    assert [hit.term for *_, hit in find(taxonomy(keyword), text)] == found


def test_longest_phrase_of_a_topic_counts() -> None:
    hits = find(taxonomy("coding agent", "agent", "agent framework"), "a coding agent framework, an agent framework")
    assert [phrase for _, phrase, _ in hits] == ["coding agent", "agent framework"]


@pytest.mark.parametrize("other", ["", " and an estate agent"])
def test_longest_of_phrases_with_the_same_beginning_counts(other: str) -> None:
    topics = taxonomy("open source", "open source model", "agent", exclude=("estate agent",))
    assert [phrase for _, phrase, _ in find(topics, "open source model" + other)] == ["open source model"]


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
def test_phrase_does_not_cross_sentence_item_or_block(text: str) -> None:
    assert find(taxonomy("open model"), text) == []


def test_phrase_crosses_a_line_break_and_a_link() -> None:
    text = "They call it an [open\nmodel](https://example.com/agents) there."
    assert [hit.term for *_, hit in find(taxonomy("open model", "agents"), text)] == ["open\nmodel"]


def test_word_in_unspaced_script_has_the_span_of_its_run() -> None:
    for text, place in (("他们的开源战略", 0), ("开源战略", 0), ("我 开源", 1), ("their 他们的开源", 1)):
        (match,) = PhraseIndex(taxonomy("开源")).literals(text)
        assert (match.place, text[match.start : match.end]) == (place, "开源")


def test_words_of_an_excluded_phrase_do_not_count() -> None:
    text = "An agent met an estate agent, who knew an agent; the source of open source of income."
    hits = find(taxonomy("agent", "open source", exclude=("estate agent", "source of income")), text)
    assert [(phrase, text[: hit.start].split()[-1]) for _, phrase, hit in hits] == [("agent", "An"), ("agent", "an")]
    assert hits[1][2].start == text.rindex("agent")


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
def test_word_has_one_sense_per_text(text: str, counted: list[str]) -> None:
    hits = find(taxonomy("agent", "coding agent", exclude=("estate agent",)), text)
    assert [phrase for _, phrase, _ in hits] == counted


def test_overlapping_phrases_of_two_topics_both_count() -> None:
    topics = Taxonomy((Topic("a", "Coding agents"), Topic("b", "Agents", exclude=("secret agent",))))
    assert [topic for topic, *_ in find(topics, "coding agents")] == ["a", "b"]


def test_aliases_match_each_other() -> None:
    hits = find(taxonomy("MoE", aliases=(("moe", "mixture of experts"),)), "Mixtures of Experts")
    assert [phrase for _, phrase, _ in hits] == ["mixture of experts"]


@given(st.text(), st.text(min_size=1, max_size=6))
def test_hits_are_in_the_text_and_do_not_overlap(text: str, keyword: str) -> None:
    hits = [hit for *_, hit in find(taxonomy(keyword, "the"), f"{text} {keyword} {text}")]
    ends = [0, *(h.end for h in hits)]
    assert all(end <= h.start < h.end for end, h in zip(ends, hits, strict=False))
    assert ends[-1] <= 2 * len(text) + len(keyword) + 2
