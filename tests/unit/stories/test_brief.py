"""Tests of choosing the insights of a brief."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from briefreader.stories.brief import MAX_SHOWN_WORDS, Brief, Candidate, select, shown
from briefreader.stories.terms import BITS, word_numbers
from briefreader.text import count_words

IDF = np.full(1 << BITS, 5.0, np.float32)
TEXTS = [f"Harbour{n} Ledger{n} crane{n} berth{n} deck{n} Anchor{n} rope{n} sail{n}." for n in range(40)]


def choose(candidates: list[Candidate], budget: int = 60, most: int | None = None) -> Brief:
    words = {each.key: word_numbers("", each.text) for each in candidates}
    return select(candidates, words, IDF, budget, most=most)


def keys(brief: Brief) -> list[int]:
    return [each.candidate.key for each in brief.chosen]


def test_story_appears_once_with_its_best_report() -> None:
    brief = choose([Candidate(n, TEXTS[n], n, story=7, sources=3, rank=n) for n in range(3)], 900)
    assert keys(brief) == [0] and brief.left_out.same_story == 2


def test_news_of_more_sources_and_topics_comes_first() -> None:
    candidates = [
        Candidate(0, TEXTS[0], 0),
        Candidate(1, TEXTS[1], 1, topic="moe"),
        Candidate(2, TEXTS[2], 2, topic="moe", story=9, sources=4),
        Candidate(3, TEXTS[3], 3, topic="moe", liking=1.8),
    ]
    assert keys(choose(candidates, 900)) == [2, 3, 1, 0]


def test_repeats_are_left_out_and_counted() -> None:
    brief = choose([Candidate(0, TEXTS[0], 0, "repeat"), Candidate(1, TEXTS[1], 1, "updated")])
    assert keys(brief) == [1] and brief.left_out.repeats == 1


def test_repeated_news_comes_after_new_news() -> None:
    repeat = Candidate(0, TEXTS[0], 0, "repeat", story=4, sources=2)
    assert keys(choose([repeat, Candidate(1, TEXTS[1], 1)], 900)) == [1, 0]
    assert keys(choose([repeat, Candidate(1, TEXTS[1], 1)], 30)) == [1]


def test_promotion_comes_after_news() -> None:
    promotion = Candidate(0, TEXTS[0], 0, worth=0.2)
    assert keys(choose([promotion, Candidate(1, TEXTS[1], 1, rank=5, worth=0.7)], 30)) == [1]


def test_left_out_insights_are_counted_by_reason() -> None:
    brief = choose([Candidate(n, TEXTS[n], n, topic="moe" * (n < 9)) for n in range(12)], 60)
    assert len(brief.chosen) == 2
    assert (brief.left_out.time, brief.left_out.no_topic) == (7, 3) and len(brief.left_out.first) == 5
    assert len(choose([Candidate(n, TEXTS[n], n) for n in range(12)], 9000, most=5).chosen) == 5


def test_repeated_words_gain_less() -> None:
    same = [Candidate(0, TEXTS[0], 0), Candidate(1, TEXTS[0] + " Again.", 1), Candidate(2, TEXTS[2], 2)]
    assert keys(choose(same))[:2] == [0, 2]


@given(
    st.lists(
        st.tuples(st.integers(0, 39), st.sampled_from(["new", "updated", "repeat"]), st.integers(0, 3)), max_size=30
    ),
    st.integers(0, 400),
)
def test_brief_keeps_its_budget_and_counts_the_rest(found: list[tuple[int, str, int]], budget: int) -> None:
    candidates = [
        Candidate(n, TEXTS[text], n, status, story, 1 + story) for n, (text, status, story) in enumerate(found)
    ]
    brief = choose(candidates, budget)
    left = brief.left_out
    assert brief.words <= budget and brief == choose(candidates, budget)
    assert len(brief.chosen) + left.repeats + left.same_story + left.no_topic + left.time == len(candidates)
    stories = [each.candidate.story for each in brief.chosen if each.candidate.story]
    assert len(stories) == len(set(stories))


@given(st.lists(st.integers(1, 40), max_size=8))
def test_shown_is_the_beginning_in_whole_sentences(lengths: list[int]) -> None:
    text = " ".join(" ".join(["Word"] * n) + "." for n in lengths)
    found = shown(text)
    assert text.startswith(found)
    assert count_words(found) <= max(MAX_SHOWN_WORDS, lengths[0] if lengths else 0)
