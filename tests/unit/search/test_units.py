"""What a word of the query finds: which spellings, and what an insight that holds them is worth."""

from __future__ import annotations

from typing import Any

import pytest

from briefreader.search.aliases import Alternative
from briefreader.search.term_matches import FUZZY_PREFIX, INFIX, INFLECTED, SPLIT, Units, fuzzy_similarity, spellings
from briefreader.search.vocabulary import Vocabulary


def like(word: str, *terms: str, last: bool = False, known: bool = False) -> dict[str, float]:
    """Spellings of a word among some terms."""
    return spellings(Vocabulary(sorted(terms), [1] * len(terms)), word, last=last, known=known)


def test_a_short_or_known_word_has_near_spellings_only() -> None:
    assert like("plane", "blank") == {"blank": fuzzy_similarity(5, 2)}
    assert like("plan", "blank") == {}
    assert like("plane", "blank", known=True) == {}
    (similarity,) = like("plane", "plant", known=True).values()
    assert 0 < similarity < fuzzy_similarity(5, 1)
    assert like("ab", "abc", "aa") == {}


def test_the_best_reason_to_be_alike_counts() -> None:
    assert like("token", "stoken") == {"stoken": fuzzy_similarity(5, 1)}
    assert like("token", "untoken") == {"untoken": INFIX}


def test_what_begins_with_the_word_is_no_other_spelling() -> None:
    assert like("token", "tokens", "tokenise", last=True) == {}


def test_only_a_word_that_may_go_on_begins_others_misspelt() -> None:
    assert like("tkoen", "tokenisation", last=True) == {"tokenisation": FUZZY_PREFIX}
    assert like("tkoen", "tokenisation") == {}
    assert like("tkoen", "tokenisation", last=True, known=True) == {}


def test_other_forms_are_nearer_than_other_spellings() -> None:
    assert like("price", "pricing", "prince", "priced") == {"pricing": INFLECTED, "prince": fuzzy_similarity(5, 1)}


class _Worth:
    """An index with what its insights are worth for a word."""

    def __init__(self, shelf: Any, insights: list[tuple[str, str]]) -> None:
        self.library = shelf(insights)
        self.library.merge()
        self.library.searcher.refresh(self.library.reader)
        self.units = Units(self.library.searcher.index)

    def of(self, word: str, **options: Any) -> list[int]:
        """By insight, in the order given."""
        values: list[int] = self.units.find(self.library.reader, word, **options).values.tolist()
        return values[1 : self.library.searcher.index.insights]


def test_a_title_is_worth_more(shelf: Any) -> None:
    text, title = _Worth(shelf, [("x", "token"), ("token", "x")]).of("token")
    assert 0 < text < title


def test_a_rare_misspelling_is_worth_less_than_the_common_word(shelf: Any) -> None:
    *words, misspelt = _Worth(shelf, [("x", "token")] * 60 + [("x", "tokan")]).of("token")
    assert 0 < misspelt < min(words)


def test_less_similar_words_score_less(shelf: Any) -> None:
    worth = _Worth(shelf, [("x", "sunsets")] * 40 + [("x", "the sun will set")] + [("x", "other")] * 20)
    values = worth.of("sunset", last=True, alternatives=[Alternative(0, 1, ("sun", "set"), SPLIT)])
    assert 0 < values[40] < min(values[:40])
    assert max(values[41:]) == 0


def test_a_word_still_typed_begins_others_more_likely(shelf: Any) -> None:
    worth = _Worth(shelf, [("x", "tokens"), ("y", "z")])
    assert worth.of("token", last=True)[0] > worth.of("token")[0] > 0


def test_short_words_begin_words_of_titles_only(shelf: Any) -> None:
    text, title = _Worth(shelf, [("x", "aim"), ("aim", "x")]).of("ai")
    assert text == 0 < title


def test_of_many_terms_that_begin_so_the_frequent_count(shelf: Any) -> None:
    often = [("x", "stone stove")] * 3 + [("x", "sto")] * 4
    rare = [("x", f"sto{a}{b}") for a in "bcdfg" for b in "aeiou"]
    library = shelf([*often, *rare])
    library.merge()
    index = library.searcher.index
    library.searcher.refresh(library.reader)
    held = index.prefixed(library.reader, "sto", 3).everywhere.tolist()
    assert sorted(held) == [1, 1, 2, 2, 3, 3]


@pytest.mark.parametrize("query", ["moe", "mixture of experts"])
def test_another_name_is_as_good_as_the_word(shelf: Any, query: str) -> None:
    texts = [("x", "MoE"), ("x", "a mixture of experts"), ("x", "a mixture")]
    library = shelf(texts, aliases=[("MoE", "mixture of experts")])
    assert {m.key for m in library.search(query) if m.score > 1} == {1, 2}
