"""Tests of the terms that match a query word, and their scores."""

from __future__ import annotations

from typing import Any

import pytest

from briefreader.search.aliases import Alternative
from briefreader.search.term_matches import FUZZY_PREFIX, INFIX, INFLECTED, SPLIT, Units, fuzzy_similarity, spellings
from briefreader.search.vocabulary import Vocabulary


def like(word: str, *terms: str, last: bool = False, known: bool = False) -> dict[str, float]:
    """Return the similar terms and their similarity."""
    return spellings(Vocabulary(sorted(terms), [1] * len(terms)), word, last=last, known=known)


def test_short_or_known_word_matches_only_near_spellings() -> None:
    assert like("plane", "blank") == {"blank": fuzzy_similarity(5, 2)}
    assert like("plan", "blank") == {}
    assert like("plane", "blank", known=True) == {}
    (similarity,) = like("plane", "plant", known=True).values()
    assert 0 < similarity < fuzzy_similarity(5, 1)
    assert like("ab", "abc", "aa") == {}


def test_best_kind_of_similarity_counts() -> None:
    assert like("token", "stoken") == {"stoken": fuzzy_similarity(5, 1)}
    assert like("token", "untoken") == {"untoken": INFIX}


def test_prefix_match_is_not_a_spelling_variant() -> None:
    assert like("token", "tokens", "tokenise", last=True) == {}


def test_fuzzy_prefix_needs_an_unfinished_unknown_word() -> None:
    assert like("tkoen", "tokenisation", last=True) == {"tokenisation": FUZZY_PREFIX}
    assert like("tkoen", "tokenisation") == {}
    assert like("tkoen", "tokenisation", last=True, known=True) == {}


def test_inflections_are_more_similar_than_typos() -> None:
    assert like("price", "pricing", "prince", "priced") == {"pricing": INFLECTED, "prince": fuzzy_similarity(5, 1)}


class _Worth:
    """An index that returns the scores of its insights for a word."""

    def __init__(self, shelf: Any, insights: list[tuple[str, str]]) -> None:
        self.library = shelf(insights)
        self.library.merge()
        self.library.searcher.refresh(self.library.reader)
        self.units = Units(self.library.searcher.index)

    def of(self, word: str, **options: Any) -> list[int]:
        """Return the scores by insight, in the order of the insights."""
        values: list[int] = self.units.find(self.library.reader, word, **options).values.tolist()
        return values[1 : self.library.searcher.index.insights]


def test_match_in_a_title_scores_more(shelf: Any) -> None:
    text, title = _Worth(shelf, [("x", "token"), ("token", "x")]).of("token")
    assert 0 < text < title


def test_rare_typo_scores_less_than_the_common_word(shelf: Any) -> None:
    *words, misspelt = _Worth(shelf, [("x", "token")] * 60 + [("x", "tokan")]).of("token")
    assert 0 < misspelt < min(words)


def test_less_similar_words_score_less(shelf: Any) -> None:
    worth = _Worth(shelf, [("x", "sunsets")] * 40 + [("x", "the sun will set")] + [("x", "other")] * 20)
    values = worth.of("sunset", last=True, alternatives=[Alternative(0, 1, ("sun", "set"), SPLIT)])
    assert 0 < values[40] < min(values[:40])
    assert max(values[41:]) == 0


def test_prefix_match_of_the_last_word_scores_more(shelf: Any) -> None:
    worth = _Worth(shelf, [("x", "tokens"), ("y", "z")])
    assert worth.of("token", last=True)[0] > worth.of("token")[0] > 0


def test_short_word_is_a_prefix_in_titles_only(shelf: Any) -> None:
    text, title = _Worth(shelf, [("x", "aim"), ("aim", "x")]).of("ai")
    assert text == 0 < title


def test_prefix_with_many_terms_uses_the_most_frequent(shelf: Any) -> None:
    often = [("x", "stone stove")] * 3 + [("x", "sto")] * 4
    rare = [("x", f"sto{a}{b}") for a in "bcdfg" for b in "aeiou"]
    library = shelf([*often, *rare])
    library.merge()
    index = library.searcher.index
    library.searcher.refresh(library.reader)
    held = index.prefixed(library.reader, "sto", 3).everywhere.tolist()
    assert sorted(held) == [1, 1, 2, 2, 3, 3]


@pytest.mark.parametrize("query", ["moe", "mixture of experts"])
def test_alias_scores_like_the_word_itself(shelf: Any, query: str) -> None:
    texts = [("x", "MoE"), ("x", "a mixture of experts"), ("x", "a mixture")]
    library = shelf(texts, aliases=[("MoE", "mixture of experts")])
    assert {m.key for m in library.search(query) if m.score > 1} == {1, 2}
