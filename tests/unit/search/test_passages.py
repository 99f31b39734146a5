"""Tests of choosing the best passage of a body."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from briefreader.search.passages import MAX_WINDOW_CHARACTERS, PassageFinder

BODY = """# A heading

The harbour was calm. Old boats lay there, and the *captain* read a novel. Nobody spoke.

- A captain elsewhere
- Ärger im Hafen
"""


def test_passage_is_the_sentences_around_the_words() -> None:
    passage = PassageFinder([["captain"], ["novel"]]).best(BODY)
    assert passage is not None
    assert BODY[passage.start : passage.end] == "Old boats lay there, and the *captain* read a novel."
    assert passage.text == "Old boats lay there, and the captain read a novel."
    assert [("\n" + passage.text)[a:b] for a, b in passage.spans] == ["captain", "novel"]


def test_words_close_together_rank_higher() -> None:
    body = f"alpha {'x ' * 100} beta.\n\nHere alpha meets beta."
    passage = PassageFinder([["alpha"], ["beta"]]).best(body)
    assert passage is not None
    assert passage.text == "Here alpha meets beta."


def test_rarer_words_count_more() -> None:
    body = f"Common words meet often.\n\n{'x ' * MAX_WINDOW_CHARACTERS}\n\nA zebra alone."
    passage = PassageFinder([["common"], ["words"], ["zebra"]], [1, 1, 5]).best(body)
    assert passage is not None
    assert (passage.text, passage.weight) == ("A zebra alone.", 5)


def test_forms_prefixes_and_accents_match() -> None:
    assert PassageFinder([["capt"]]).best(BODY) is not None
    assert PassageFinder([["kaptain", "captain"]]).best(BODY) is not None
    assert PassageFinder([["arger"]]).best(BODY) is not None
    assert PassageFinder([["ca"]]).best(BODY) is None


@given(st.lists(st.sampled_from(["alpha", "beta", "x.", "\n\n", "- y", "Ä"]), max_size=400).map(" ".join))
def test_passage_has_correct_offsets_and_matches(body: str) -> None:
    passage = PassageFinder([["alpha"], ["beta"]]).best(body)
    assert (passage is None) == ("alpha" not in body and "beta" not in body)
    if passage is not None:
        shown = body[passage.start : passage.end]
        assert passage.weight == ("alpha" in shown) + ("beta" in shown) or passage.width > MAX_WINDOW_CHARACTERS - 10
        assert passage.width <= MAX_WINDOW_CHARACTERS
