"""The order of what is found, and what makes one insight come before another."""

from __future__ import annotations

from typing import Any

import pytest

from briefreader.search import text_cache
from briefreader.search.aliases import Aliases
from briefreader.storage import postings


def by_date(keys: range) -> list[int]:
    """Keys of a shelf as the days of their briefings put them, the newest first."""
    return sorted(keys, key=lambda key: (key % 20, key), reverse=True)


def test_many_that_begin_so_do_not_push_the_exact_word_out(shelf: Any) -> None:
    library = shelf([("x", "token")] * 400 + [("tokens", "x")] * 40)
    found = library.keys("token", limit=20)
    assert len(found) == 20 and max(found) <= 400


def test_level_insights_come_by_date(shelf: Any) -> None:
    library = shelf([("x", "token")] * 30)
    assert library.keys("token") == by_date(range(1, 31))


def test_of_too_many_to_be_compared_the_newest_are(shelf: Any) -> None:
    library = shelf([("x", "token")] * 100)
    assert library.keys("token", limit=60)[:32] == by_date(range(41, 101))[:32]


def test_the_shorter_of_two_comes_first(shelf: Any) -> None:
    insights = [("x", "pricing per token"), ("x", "pricing per token, and so on" + " and on" * 40)]
    assert shelf(insights).keys("pricing token") == [1, 2]


def test_words_in_the_order_asked_come_first(shelf: Any) -> None:
    insights = [("x", "agents and pricing"), ("x", "pricing of agents"), ("x", "agents without any pricing")]
    assert shelf(insights).keys("agents and pricing")[0] == 1


@pytest.mark.parametrize(("query", "held"), [("chatbot", "chat bot"), ("botchat", "bot chat")])
def test_a_word_is_split_down_to_three_letters(shelf: Any, query: str, held: str) -> None:
    assert shelf([("x", held), ("x", "other")]).keys(query) == [1]


def test_a_word_is_split_in_the_two_likeliest_ways(shelf: Any) -> None:
    ways = [("x", "abcde fghi")] * 3 + [("x", "abcd efghi")] * 2 + [("x", "abc defghi")]
    assert set(shelf(ways).keys("abcdefghi")) == {1, 2, 3, 4, 5}


@pytest.mark.parametrize(("times", "found"), [(3, True), (4, False)])
def test_a_word_that_several_insights_hold_is_not_split(shelf: Any, times: int, found: bool) -> None:
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


def test_an_insight_of_no_date_is_found_last(shelf: Any) -> None:
    library = shelf([("x", "token")] * 3)
    library.con.execute("UPDATE briefing SET date = 'once' WHERE key = 3")
    assert library.keys("token") == [2, 1, 3]


def test_a_phrase_of_which_the_last_word_is_still_typed(shelf: Any) -> None:
    library = shelf([("x", "pricing per token"), ("x", "pricing per se"), ("x", "per token pricing")])
    assert library.keys('"pricing per tok') == [1]
    assert library.keys('"pricing per') == [2, 1]
    assert set(library.keys('"pric')) == {1, 2, 3}


def test_a_negated_phrase_leaves_out_who_holds_its_words_so_only(shelf: Any) -> None:
    library = shelf([("x", "open source model"), ("x", "source of an open model")])
    assert library.keys('model -"open source"') == [2]
    assert library.keys("model -open-source") == [2]
    assert library.keys("model -open") == []


def test_title_and_text_together_are_all_of_an_insight(shelf: Any) -> None:
    library = shelf([("token", "x"), ("x", "token")])
    assert library.keys("token in:title") == [1]
    assert library.keys("token in:text") == [2]
    assert set(library.keys("token in:title in:text")) == {1, 2}


def test_in_text_all_words_must_stand_in_the_text(shelf: Any) -> None:
    library = shelf([("token", "pricing"), ("x", "token pricing"), ("token pricing", "x")])
    assert library.keys("token pricing in:text") == [2]


def test_of_words_like_the_one_asked_the_likest_is_marked(shelf: Any) -> None:
    (match,) = shelf([("x", "the tokem or the tokkem")]).search("token")
    assert [("x\nthe tokem or the tokkem")[a:b] for a, b in match.spans] == ["tokem"]


def test_a_phrase_at_the_end_is_marked_as_one(shelf: Any) -> None:
    whole = "x\nit is priced per token"
    (match,) = shelf([("x", "it is priced per token")]).search('"priced per token"')
    assert [whole[a:b] for a, b in match.spans] == ["priced per token"]


def test_marks_that_touch_are_one(shelf: Any) -> None:
    (match,) = shelf([("x", "go 🚀🎉")]).search("🚀 🎉")
    assert match.spans == ((5, 7),)


def test_a_short_word_is_marked_as_a_beginning_in_titles_only(shelf: Any) -> None:
    (match,) = shelf([("aimless", "the air")]).search("ai")
    assert match.spans == ((0, 7),)


def test_the_last_free_word_may_still_be_typed_beside_a_phrase(shelf: Any) -> None:
    (match,) = shelf([("x", "agentic open source")]).search('agnet "open source"')
    assert match.spans == ((2, 9), (10, 21))


@pytest.mark.parametrize(("query", "keys"), [('"模"', [1]), ("other -模", [2, 3]), ('"c"', [3]), ("other -c", [1, 2])])
def test_single_character_is_a_prefix_in_unspaced_scripts(shelf: Any, query: str, keys: list[int]) -> None:
    library = shelf([("other", "模型"), ("other", "costs"), ("other", "in c")])
    assert sorted(library.keys(query)) == keys
    assert [match.spans for match in library.search("模")] == [((6, 8),)]


def test_a_word_of_several_terms_has_no_other_spellings(shelf: Any) -> None:
    library = shelf([("x", "token")])
    library.search("token")
    assert library.searcher.spellings(library.reader, "tokne") == ["token"]
    assert library.searcher.spellings(library.reader, "tokne-costs") == []


def test_names_are_phrases_of_few_words() -> None:
    assert Aliases([["MoE", "***"]]).find(["moe"]) == []
    long = "a b c d e f g h i"
    assert Aliases([["MoE", long]]).find(long.split()) == []
    assert Aliases([["MoE", long[:-2]]]).find(long[:-2].split()) != []


def test_texts_that_are_forgotten_are_read_again(shelf: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    library = shelf([("x", word) for word in ("one", "two", "three", "four")])
    monkeypatch.setattr(text_cache, "MAX_TEXTS", 3)
    held = text_cache.Texts()
    assert list(held.get(library.reader, [1, 2])) == [1, 2]
    assert [text.text for text in held.get(library.reader, [2, 3, 4]).values()] == ["two", "three", "four"]
