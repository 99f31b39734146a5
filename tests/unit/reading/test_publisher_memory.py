"""Tests of recognising repeated blocks of a publisher."""

from hypothesis import given
from hypothesis import strategies as st

from briefreader.reading import boilerplate
from briefreader.reading.masked_blocks import masked
from briefreader.reading.publisher_memory import DECIDED, LATEST, MIN_ISSUES, PublisherMemory, memory_of

STANDING = "Our office in the old harbour is open every day"
FRESH = "The ferry company buys four boats from a shipyard in the north"


def block(text: str) -> int:
    found = masked(text)[0]
    assert found is not None
    return found


def test_verdict_on_a_repeated_block_names_the_issues() -> None:
    memory = memory_of([frozenset({block(STANDING)})] * 5, "Oak Weekly")
    assert memory.verdict(STANDING) == (True, "in 6 of 6 issues of Oak Weekly")
    assert memory.verdict(FRESH) == (None, "")


def test_verdict_masks_digits_and_addresses() -> None:
    memory = memory_of([frozenset({block("Issue 12 is free at https://oak.example/12 for all")})] * 3)
    assert memory.verdict("Issue 13 is free at https://oak.example/13 for all")[0]


def test_verdict_before_the_third_issue_is_open() -> None:
    assert memory_of([frozenset({block(STANDING)})]).verdict(STANDING) == (None, "")


def test_verdict_on_a_rare_block_is_open() -> None:
    issues = [frozenset({block(STANDING)})] * 2 + [frozenset[int]()] * 9
    assert memory_of(issues).verdict(STANDING) == (None, "")


def test_decision_takes_precedence_over_counts() -> None:
    memory = memory_of([frozenset({block(STANDING)})] * 5, decided={block(STANDING): False, block(FRESH): True})
    assert memory.verdict(STANDING) == (False, DECIDED)
    assert memory.verdict(FRESH) == (True, DECIDED)


def test_cut_removes_repeated_blocks_with_reasons() -> None:
    memory = memory_of([frozenset({block(STANDING)})] * 3, "Oak Weekly")
    body, cuts, _ = boilerplate.cut(f"{FRESH}.\n\n{STANDING}", memory=memory)
    assert body == f"{FRESH}."
    assert [(c.text, c.reason) for c in cuts] == [(STANDING, "in 4 of 4 issues of Oak Weekly")]


def test_cut_keeps_a_repeated_heading_of_new_text() -> None:
    heading = "What we read this week"
    memory = memory_of([frozenset({block(heading), block(STANDING)})] * 3)
    assert boilerplate.cut(f"## {heading}\n\n{FRESH}.", memory=memory)[0] == f"## {heading}\n\n{FRESH}."
    assert boilerplate.cut(f"{FRESH}.\n\n## {heading}\n\n{STANDING}", memory=memory)[0] == f"{FRESH}."


def test_cut_keeps_blocks_that_the_user_kept() -> None:
    text = "Unsubscribe from this newsletter at any time"
    assert boilerplate.cut(f"{FRESH}.\n\n{text}")[0] == f"{FRESH}."
    kept = PublisherMemory(decided={block(text): False})
    assert text in boilerplate.cut(f"{FRESH}.\n\n{text}", memory=kept)[0]


@given(st.lists(st.frozensets(st.integers(0, 3), max_size=4), max_size=20))
def test_memory_counts_only_the_latest_issues(issues: list[frozenset[int]]) -> None:
    memory = memory_of(issues)
    assert memory.issues == min(len(issues), LATEST - 1)
    assert all(0 < count <= memory.issues for count in memory.counts.values())
    assert MIN_ISSUES <= LATEST
