"""Tests of grouping pairs of reports into stories."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from briefreader.model import Pair, Report
from briefreader.stories.linking import stories, without_templates

if TYPE_CHECKING:
    from random import Random


def place(key: int, day: int = 0, publisher: str = "", briefing: int = 0) -> Report:
    when = f"{date(2026, 3, 1) + timedelta(days=day)}"
    return Report(key, briefing or key, 1, when, publisher or f"p{key}", "", "", "", 1.0)


def pair(one: int, other: int, probability: float = 0.9, cosine: float = 0.4) -> Pair:
    return Pair(one, other, probability, cosine)


def test_likely_pairs_become_a_story_in_order_of_time() -> None:
    places = {1: place(1, 3), 2: place(2, 1), 3: place(3, 2), 4: place(4)}
    assert stories([pair(1, 2), pair(2, 3), pair(1, 3), pair(3, 4, 0.3)], places) == [[2, 3, 1]]


def test_insights_of_one_briefing_are_not_a_story() -> None:
    places = {key: place(key, briefing=9) for key in (1, 2)}
    assert stories([], places, same=[(1, 2)]) == []


def test_chain_of_pairs_does_not_join_different_reports() -> None:
    places = {key: place(key) for key in range(1, 7)}
    left, right = (
        [pair(a, b) for a, b in combinations((1, 2, 3), 2)],
        [pair(a, b) for a, b in combinations((4, 5, 6), 2)],
    )
    assert stories([*left, *right, pair(3, 4, 0.7)], places) == [[1, 2, 3], [4, 5, 6]]


def test_groups_with_similar_reports_are_joined() -> None:
    places = {key: place(key) for key in range(1, 5)}
    groups = [pair(1, 2), pair(3, 4)]
    across = [pair(a, b, 0.55) for a in (1, 2) for b in (3, 4)]
    assert stories([*groups, *across], places) == [[1, 2, 3, 4]]
    assert stories([*groups, across[0]], places) == [[1, 2], [3, 4]]
    assert stories(across[:1], places) == []


def test_reports_more_than_four_days_apart_need_one_between() -> None:
    places = {1: place(1, 0), 2: place(2, 6), 3: place(3, 3)}
    assert stories([pair(1, 2)], places) == []
    assert stories([pair(1, 2), pair(1, 3), pair(2, 3)], places) == [[1, 3, 2]]


def test_story_spans_at_most_three_weeks() -> None:
    places = {key: place(key, 3 * key) for key in range(1, 12)}
    pairs = [pair(a, b) for a, b in combinations(places, 2)]
    assert all(places[s[-1]].day - places[s[0]].day <= 21 for s in stories(pairs, places))


def test_decisions_take_precedence_over_texts() -> None:
    places = {1: place(1), 2: place(2), 3: place(3, 40)}
    assert stories([pair(1, 2)], places, apart=[(1, 2)]) == []
    assert stories([], places, same=[(1, 3)]) == [[1, 3]]
    assert stories([], places, same=[(1, 2)], apart=[(2, 1)]) == []


def test_text_that_a_publisher_repeats_is_not_a_report() -> None:
    places = {1: place(1, 1, "oak"), 2: place(2, 2, "oak"), 3: place(3, 3, "oak"), 4: place(4, 3, "elm")}
    template = [pair(1, 2, cosine=0.7), pair(1, 3, cosine=0.7), pair(2, 3, cosine=0.7)]
    assert without_templates([*template, pair(3, 4)], places) == []
    assert without_templates([pair(1, 2, cosine=0.99)], places) == []
    assert len(without_templates([pair(1, 2, cosine=0.5), pair(3, 4, cosine=0.99)], places)) == 2


@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9), st.floats(0.1, 1)), max_size=30),
    st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), max_size=4),
    st.randoms(),
)
def test_stories_do_not_depend_on_the_order_of_pairs(
    found: list[tuple[int, int, float]], apart: list[tuple[int, int]], random: Random
) -> None:
    places = {key: place(key, key) for key in range(1, 10)}
    pairs = list({(min(a, b), max(a, b)): pair(min(a, b), max(a, b), p) for a, b, p in found if a != b}.values())
    kept = [(a, b) for a, b in apart if a != b]
    made = stories(pairs, places, apart=kept)
    random.shuffle(pairs)
    assert stories(pairs, places, apart=kept) == made
    assert len({key for story in made for key in story}) == sum(map(len, made))
    assert not any({a, b} <= set(story) for story in made for a, b in kept)
