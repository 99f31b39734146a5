"""Tests of the order of hits."""

from __future__ import annotations

from typing import Any

import pytest

from briefreader.search import text_cache
from briefreader.search.aliases import Aliases
from briefreader.storage import postings


def by_date(keys: range) -> list[int]:
    """Return keys by the day of their briefings, newest first."""
    return sorted(keys, key=lambda key: (key % 20, key), reverse=True)


def test_exact_word_is_found_among_many_prefix_matches(shelf: Any) -> None:
    library = shelf([("x", "token")] * 400 + [("tokens", "x")] * 40)
    found = library.keys("token", limit=20)
    assert len(found) == 20 and max(found) <= 400


def test_equal_scores_are_sorted_by_date(shelf: Any) -> None:
    library = shelf([("x", "token")] * 30)
    assert library.keys("token") == by_date(range(1, 31))


def test_score_is_above_one_only_for_exact_matches(shelf: Any) -> None:
    library = shelf([("model pricing", "the pricing of a model"), ("model", "prices")])
    assert [match.score > 1 for match in library.search("model pricing")] == [True, False]
    assert [match.score > 1 for match in library.search("modle pricng")] == [False, False]


def test_newest_of_many_equal_hits_are_compared(shelf: Any) -> None:
    library = shelf([("x", "token")] * 100)
    assert library.keys("token", limit=60)[:32] == by_date(range(41, 101))[:32]


def test_shorter_insight_comes_first(shelf: Any) -> None:
    insights = [("x", "pricing per token"), ("x", "pricing per token, and so on" + " and on" * 40)]
    assert shelf(insights).keys("pricing token") == [1, 2]


def test_words_in_query_order_come_first(shelf: Any) -> None:
    insights = [("x", "agents and pricing"), ("x", "pricing of agents"), ("x", "agents without any pricing")]
    assert shelf(insights).keys("agents and pricing")[0] == 1


@pytest.mark.parametrize(("query", "held"), [("chatbot", "chat bot"), ("botchat", "bot chat")])
def test_word_is_split_into_parts_of_at_least_three_letters(shelf: Any, query: str, held: str) -> None:
    assert shelf([("x", held), ("x", "other")]).keys(query) == [1]


def test_word_is_split_in_the_two_likeliest_ways(shelf: Any) -> None:
    ways = [("x", "abcde fghi")] * 3 + [("x", "abcd efghi")] * 2 + [("x", "abc defghi")]
    assert set(shelf(ways).keys("abcdefghi")) == {1, 2, 3, 4, 5}


@pytest.mark.parametrize(("times", "found"), [(3, True), (4, False)])
def test_word_in_several_insights_is_not_split(shelf: Any, times: int, found: bool) -> None:
    library = shelf([("x", "chatroom")] * times + [("x", "chat of a room")])
    assert (times + 1 in library.keys("chatroom")) is found


def test_emptied_lists_are_reloaded(shelf: Any) -> None:
    library = shelf([("one", "token"), ("two", "token"), ("three", "pricing")])
    library.merge()
    assert set(library.keys("token")) == {1, 2}
    postings.empty(library.con, 1)
    assert library.keys("pricing") == [3]
    library.merge()
    assert set(library.keys("token")) == {1, 2}


def test_insight_without_date_comes_last(shelf: Any) -> None:
    library = shelf([("x", "token")] * 3)
    library.con.execute("UPDATE briefing SET date = 'once' WHERE key = 3")
    assert library.keys("token") == [2, 1, 3]


def test_phrase_with_an_unfinished_last_word_is_found(shelf: Any) -> None:
    library = shelf([("x", "pricing per token"), ("x", "pricing per se"), ("x", "per token pricing")])
    assert library.keys('"pricing per tok') == [1]
    assert library.keys('"pricing per') == [2, 1]
    assert set(library.keys('"pric')) == {1, 2, 3}


def test_negated_phrase_excludes_only_the_exact_phrase(shelf: Any) -> None:
    library = shelf([("x", "open source model"), ("x", "source of an open model")])
    assert library.keys('model -"open source"') == [2]
    assert library.keys("model -open-source") == [2]
    assert library.keys("model -open") == []


def test_in_title_and_in_text_together_search_both(shelf: Any) -> None:
    library = shelf([("token", "x"), ("x", "token")])
    assert library.keys("token in:title") == [1]
    assert library.keys("token in:text") == [2]
    assert set(library.keys("token in:title in:text")) == {1, 2}


def test_in_text_needs_all_words_in_the_text(shelf: Any) -> None:
    library = shelf([("token", "pricing"), ("x", "token pricing"), ("token pricing", "x")])
    assert library.keys("token pricing in:text") == [2]


def test_most_similar_word_is_highlighted(shelf: Any) -> None:
    (match,) = shelf([("x", "the tokem or the tokkem")]).search("token")
    assert [("x\nthe tokem or the tokkem")[a:b] for a, b in match.spans] == ["tokem"]


def test_phrase_is_highlighted_as_one_span(shelf: Any) -> None:
    whole = "x\nit is priced per token"
    (match,) = shelf([("x", "it is priced per token")]).search('"priced per token"')
    assert [whole[a:b] for a, b in match.spans] == ["priced per token"]


def test_adjacent_highlights_are_joined(shelf: Any) -> None:
    (match,) = shelf([("x", "go 🚀🎉")]).search("🚀 🎉")
    assert match.spans == ((5, 7),)


def test_short_prefix_is_highlighted_in_titles_only(shelf: Any) -> None:
    (match,) = shelf([("aimless", "the air")]).search("ai")
    assert match.spans == ((0, 7),)


def test_last_word_next_to_a_phrase_is_a_prefix(shelf: Any) -> None:
    (match,) = shelf([("x", "agentic open source")]).search('agnet "open source"')
    assert match.spans == ((2, 9), (10, 21))


@pytest.mark.parametrize(("query", "keys"), [('"模"', [1]), ("other -模", [2, 3]), ('"c"', [3]), ("other -c", [1, 2])])
def test_single_character_is_a_prefix_in_unspaced_scripts(shelf: Any, query: str, keys: list[int]) -> None:
    library = shelf([("other", "模型"), ("other", "costs"), ("other", "in c")])
    assert sorted(library.keys(query)) == keys
    assert [match.spans for match in library.search("模")] == [((6, 8),)]


def test_word_of_several_terms_has_no_spelling_variants(shelf: Any) -> None:
    library = shelf([("x", "token")])
    library.search("token")
    assert library.searcher.spellings(library.reader, "tokne") == ["token"]
    assert library.searcher.spellings(library.reader, "tokne-costs") == []


def test_aliases_have_few_words() -> None:
    assert Aliases([["MoE", "***"]]).find(["moe"]) == []
    long = "a b c d e f g h i"
    assert Aliases([["MoE", long]]).find(long.split()) == []
    assert Aliases([["MoE", long[:-2]]]).find(long[:-2].split()) != []


def test_evicted_texts_are_read_again(shelf: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    library = shelf([("x", word) for word in ("one", "two", "three", "four")])
    monkeypatch.setattr(text_cache, "MAX_TEXTS", 3)
    held = text_cache.Texts()
    assert list(held.get(library.reader, [1, 2])) == [1, 2]
    assert [text.text for text in held.get(library.reader, [2, 3, 4]).values()] == ["two", "three", "four"]
