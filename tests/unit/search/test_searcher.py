"""Tests of ranking, masks, highlights and the index."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from briefreader.query import parse
from briefreader.search.analysis import query_terms, terms
from briefreader.search.inflections import inflections
from briefreader.search.ranking import SearchCancelled, _top
from briefreader.search.searcher import Searcher
from briefreader.storage import postings

WORD = st.sampled_from(
    "model models modal token tokens agent pricing price moe open weights 模型好 größe don't 4.1 gpt".split()
)
SENTENCE = st.lists(WORD, min_size=1, max_size=7).map(" ".join)
INSIGHTS = st.lists(st.tuples(SENTENCE, SENTENCE), min_size=1, max_size=14)
QUERY = st.lists(WORD | st.sampled_from(["modle", "tokn", "pri", "agnet", "openweights"]), min_size=1, max_size=3).map(
    " ".join
)


@settings(max_examples=40, deadline=None)
@given(INSIGHTS, QUERY)
def test_exact_match_comes_before_fuzzy_match(shelf: Any, insights: list[tuple[str, str]], query: str) -> None:
    wanted = set(query_terms(query))
    found = shelf(insights).keys(query)
    exact = [wanted <= terms(" ".join(insights[key - 1])) for key in found]
    assert exact == sorted(exact, reverse=True)
    assert sum(exact) == sum(wanted <= terms(" ".join(i)) for i in insights)


@settings(max_examples=40, deadline=None)
@given(INSIGHTS, QUERY, st.integers(0, 2**14 - 1))
def test_mask_restricts_hits_and_is_ranked_by_its_own_best(
    shelf: Any, insights: list[tuple[str, str]], query: str, bits: int
) -> None:
    library = shelf(insights)
    allowed = {key for key in range(1, len(insights) + 1) if bits >> (key - 1) & 1}
    everything, masked = library.keys(query), set(library.keys(query, mask=library.searcher.mask(allowed)))
    assert set(everything) & allowed <= masked <= allowed
    if allowed.issuperset(everything):
        assert masked == set(everything)


@settings(max_examples=40, deadline=None)
@given(INSIGHTS, QUERY)
def test_highlights_cover_the_matches(shelf: Any, insights: list[tuple[str, str]], query: str) -> None:
    wanted = query_terms(query)
    for match in shelf(insights).search(query):
        title, text = insights[match.key - 1]
        whole = f"{title}\n{text}"
        assert match.spans
        ends = [0, *(e for _, e in match.spans)]
        assert all(before <= start < end <= len(whole) for before, (start, end) in zip(ends, match.spans, strict=False))
        marked = [terms(whole[a:b]) for a, b in match.spans]
        for word in wanted:
            if word in terms(whole):
                assert any(word in forms for forms in marked)
        assert all(any(_alike(form, word) for form in forms for word in wanted) for forms in marked)


def _alike(form: str, word: str) -> bool:
    begins = any(OSA.distance(form[:n], word) <= 1 for n in (len(word) - 1, len(word), len(word) + 1))
    return word in form or form in word or begins or OSA.distance(form, word) <= 2 or form in inflections(word)


@settings(max_examples=40, deadline=None)
@given(INSIGHTS, st.lists(st.integers(1, 5), max_size=6), QUERY)
def test_incremental_index_equals_a_rebuilt_one(
    shelf: Any, insights: list[tuple[str, str]], slices: list[int], query: str
) -> None:
    kept, rebuilt, waiting = shelf(), shelf(insights), shelf(insights)
    rest = list(insights)
    for size in slices:
        kept.add(rest[:size])
        kept.search(query)
        kept.merge(max(size - 1, 1))
        rest = rest[size:]
    kept.add(rest)
    found = kept.search(query)
    kept.merge()
    rebuilt.merge()
    for table in ("term", "post", "abbreviation"):
        select = f"SELECT * FROM {table} ORDER BY 1, 2"
        assert kept.con.execute(select).fetchall() == rebuilt.con.execute(select).fetchall()
    assert found == rebuilt.search(query) == waiting.search(query) == kept.search(query)


def test_blocks_of_posting_lists_are_joined(shelf: Any) -> None:
    library = shelf([("first", "common word")])
    library.con.execute("UPDATE insight SET key = 65535")
    library.add([("second", "common words"), ("third", "common")])
    assert sorted(library.keys("common")) == [65535, 65536, 65537]
    library.merge(2)
    assert sorted(library.keys("common")) == [65535, 65536, 65537]
    library.merge()
    assert sorted(library.keys("common")) == [65535, 65536, 65537]
    assert library.keys("third") == [65537]


def test_known_word_is_not_treated_as_a_typo(shelf: Any) -> None:
    texts = [("The router of tokens", "It picks an expert"), ("Processing tokens", "x"), ("Taken", "y")]
    library = shelf([*texts, ("Pricing by tokens", "a token costs less")])
    assert library.keys("pricing token") == [4]  # processing is two edits away from the other word
    assert library.keys("priccing token")[0] == 4
    library.merge()
    library.add([("A pickle of tokens", "z")])  # not in the stored posting lists, unlike the word itself
    assert library.keys("pricing token") == [4]


def test_weak_matches_are_left_out(shelf: Any) -> None:
    library = shelf([("GLM 4.6", "open weights"), ("LLM papers", "a club"), ("A price", "of a token"), ("Price", "x")])
    assert library.keys("glm") == [1]
    assert library.keys("glmm") == [1]
    assert set(library.keys("xlm")) == {1, 2}  # not in the library; both are equally similar
    assert library.keys("token price") == [3]


def test_inflections_of_a_word_are_found(shelf: Any) -> None:
    library = shelf([("Pricing", "x"), ("It was repriced", "y"), ("Policies", "z"), ("Prince", "x"), ("A price", "x")])
    assert library.keys("price") == [5, 1]
    assert library.keys("policy") == [3]
    assert library.search("price")[1].spans == ((0, 7),)


def test_alias_that_is_part_of_the_query_is_not_expanded(shelf: Any) -> None:
    texts = [("One", "Token pricing by the million"), ("Pricing", "of roads"), ("Two", "API prices fall")]
    library = shelf(texts, aliases=[("Pricing", "token pricing", "API prices")])
    assert library.keys("token pricing") == [1, 3]
    assert set(library.keys("pricing")) == {1, 2, 3}


def test_aliases_work_both_ways_and_are_learned(shelf: Any) -> None:
    texts = [("A mixture of many experts", "x"), ("MoE", "y"), ("z", "graph neural network")]
    library = shelf(texts, aliases=[("MoE", "mixture of experts")])
    assert set(library.keys("moe")) >= {1, 2}
    assert set(library.keys("mixture of experts")) >= {1, 2}
    assert library.keys("gnn") == []
    library.add([("a", "A graph neural network (GNN) here."), ("b", "Another graph neural network (GNN) there.")])
    library.merge()
    fresh = Searcher()
    fresh.refresh(library.reader)
    assert 3 in [m.key for m in fresh.search(library.reader, parse("gnn"), 10)]


def test_hidden_insights_are_not_found_until_restored(shelf: Any) -> None:
    library = shelf([("one", "token"), ("two", "token")])
    assert sorted(library.keys("token")) == [1, 2]
    library.con.execute("UPDATE insight SET hidden = 1 WHERE key = 1")
    assert library.keys("token") == [2]
    library.con.execute("UPDATE insight SET hidden = 0 WHERE key = 1")
    library.con.execute("UPDATE briefing SET removed = 1 WHERE key = 2")
    assert library.keys("token") == [1]


def test_incremental_typing_equals_a_single_query(shelf: Any) -> None:
    texts = [("open weights", "pricing of tokens"), ("tokens", "open models and weights"), ("price", "open token")]
    library = shelf(texts)
    for query in ("open weights token", "open token pri", "weights", "open"):
        typed = [library.search(query[:end]) for end in range(1, len(query) + 1)]
        assert typed[-1] == shelf(texts).search(query)


def test_joined_and_split_words_are_found(shelf: Any) -> None:
    library = shelf([("open weights", "x"), ("chatroom", "y"), ("other", "z")])
    assert library.keys("openweights")[0] == 1
    assert library.keys("chat room")[0] == 2


@pytest.mark.parametrize("calls", [1, 30, 110])
@pytest.mark.parametrize("sign", ["", "model -"])
def test_query_of_many_phrases_is_cancelled_midway(shelf: Any, calls: int, sign: str) -> None:
    left = iter(range(calls))
    query = " ".join(f'{sign}"model {word}"' for word in ["tokens", *(f"x{n}" for n in range(300))])
    insights = [("model tokens", " ".join(["model", *(f"model x{n}" for n in range(300))]))] * 40
    with pytest.raises(SearchCancelled):
        shelf(insights).search(query, cancelled=lambda: next(left, None) is None)


@pytest.mark.parametrize("calls", [0, 30, 150])
def test_search_for_negated_phrases_is_cancelled_midway(shelf: Any, calls: int) -> None:
    filled, left = shelf([("model tokens", "open weights")]), iter(range(calls))
    terms = parse(" ".join(f'-"open x{n}"' for n in range(300))).negations
    with pytest.raises(SearchCancelled):
        filled.searcher.holding_any(postings.PostingsReader(filled.con), terms, lambda: next(left, None) is None)


def test_cancelled_search_raises(shelf: Any) -> None:
    with pytest.raises(SearchCancelled):
        shelf([("a", "token")]).search("token", cancelled=lambda: True)


def test_search_ranks_many_hits_completely(shelf: Any) -> None:
    library = shelf([(f"title {i}", '"per token" pricing' if i % 2 else "token per pricing") for i in range(300)])
    assert len(library.keys('"per token"', limit=120)) == 120
    assert len(library.keys('"per token"')) == 150
    assert len(library.keys("pricing")) == 300
    assert len(library.keys("pricing sort:date", limit=10)) == 10


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=1, max_size=400), st.integers(1, 70))
def test_top_selects_the_best_values(values: list[int], most: int) -> None:
    order = sorted((k for k in range(len(values)) if values[k]), key=lambda k: (-values[k], -k))
    assert sorted(_top(np.array(values, np.uint16), most).tolist()) == sorted(order[:most])


def test_top_selects_the_best_of_20_000_values() -> None:
    values = np.random.default_rng(0).integers(0, 9_000, 20_000).astype(np.uint16)
    for most in (1, 32, 300):
        best = sorted(range(len(values)), key=lambda k: (-int(values[k]), -k))[:most]
        assert sorted(_top(values, most).tolist()) == sorted(best)


def test_masked_insights_are_found_by_index(shelf: Any) -> None:
    library = shelf()
    plan = library.con.execute(f"EXPLAIN QUERY PLAN {postings._MASKED}").fetchall()
    steps = [row[3] for row in plan if row[3].startswith(("SCAN", "SEARCH"))]
    assert len(steps) == 1
    assert all("INDEX" in step for step in steps)
