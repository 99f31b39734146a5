"""Tests of parsing and completing queries."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefreader.query import IS_VALUES, KEYS, MAX_TERMS, Filter, Term, complete, iso_date, parse, with_saved

VALUES = {"topic": ["moe", "mobile", "pricing"], "source": ["The Sequence", "Snipd"], "author": ["Ada L"]}


def test_query_has_words_phrases_and_negations() -> None:
    query = parse('moe "open source" -pricing -"per token" multi-agent')
    assert [t.text for t in query.words] == ["moe", "multi-agent"]
    assert [t.text for t in query.phrases] == ["open source"]
    assert query.negations == (Term("pricing", negated=True), Term("per token", phrase=True, negated=True))
    assert not query.warnings


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("topic:moe", Filter("topic", "moe")),
        ("-topic:moe", Filter("topic", "moe", negated=True)),
        ("Topic:NONE", Filter("topic", "none")),
        ("any:moe", Filter("any", "moe")),
        ("suggested:moe", Filter("suggested", "moe")),
        ('source:"The Sequence"', Filter("source", "The Sequence")),
        ("author:“Ada L”", Filter("author", "Ada L")),
        ("is:Unread", Filter("is", "unread")),
        ("after:2025-1", Filter("after", "2025-01")),
        ("before:2025-01-31", Filter("before", "2025-01-31")),
        ("has:note", Filter("has", "note")),
        ("score:>0.6", Filter("score", "0.6", operator=">")),
        ("score:>200%", Filter("score", "1", operator=">")),
        ("score:60%", Filter("score", "0.6", operator=">=")),
        ("-score:<=.25", Filter("score", "0.25", negated=True, operator="<=")),
    ],
)
def test_filters_are_parsed(text: str, expected: Filter) -> None:
    query = parse(text)
    assert query.filters == (expected,)
    assert not query.terms and not query.warnings


def test_scopes_and_sort_are_parsed() -> None:
    query = parse("in:title in:notes sort:date in:title moe")
    assert query.scopes == ("title", "notes")
    assert query.sort == "date"
    assert query.terms == (Term("moe"),)
    assert not parse("sort:date")


@pytest.mark.parametrize(
    "text", ["is:blue", "after:2025-13", "score:high", "sort:size", "-in:title", "topc:moe", "x:y"]
)
def test_invalid_filter_is_text_with_a_warning(text: str) -> None:
    query = parse(text)
    assert not query.filters and not query.scopes and query.sort is None
    assert [t.text for t in query.terms] == [text.lstrip("-")]
    assert len(query.warnings) == 1


def test_filter_without_value_is_reported() -> None:
    query = parse("topic: moe")
    assert query.terms == (Term("moe"),)
    assert query.warnings == ("topic: needs a value",)


def test_unknown_filter_is_searched_as_text() -> None:
    query = parse("autor:lambert")
    assert query.terms[0].text == "autor:lambert"
    assert query.warnings == (
        "no filter named autor: (did you mean author:?) – searching for the text autor:lambert instead",
    )


def test_url_and_time_are_words() -> None:
    query = parse("https://example.org/a 1:30")
    assert [t.text for t in query.terms] == ["https://example.org/a", "1:30"]
    assert not query.warnings


def test_unclosed_quote_is_an_unfinished_phrase() -> None:
    (term,) = parse('"open sou').terms
    assert term.phrase and term.unfinished and term.text == "open sou"


@pytest.mark.parametrize("value", ['a"b', '"„b"', "a„b", '"a b"', "a»b"])
def test_filter_value_with_quotes_round_trips(value: str) -> None:
    query = parse(f"source:{value}")
    assert len(query.filters) == 1 and parse(str(query)) == query


@given(st.text(max_size=80) | st.text('ab-:"“„» topicsource>0.5*', max_size=60))
def test_parse_never_fails_and_str_round_trips(text: str) -> None:
    query = parse(text)
    assert parse(str(query)) == query
    for part in (*query.terms, *query.filters):
        assert 0 <= part.start < part.end <= len(text)


def test_parse_of_long_text_round_trips() -> None:
    for text in (
        "a" * 10_000,
        '"' * 10_000,
        "«" * 10_000,
        "-" * 10_000,
        "topic:" * 2_000,
        "a:b " * 2_500,
        "\x00\x1b[31m",
    ):
        query = parse(text)
        assert parse(str(query)) == query


@pytest.mark.parametrize(
    ("value", "iso"), [("2024-2-29", "2024-02-29"), ("2023-02-29", ""), ("0000", ""), ("2025", "2025")]
)
def test_iso_date_normalises_dates(value: str, iso: str) -> None:
    assert iso_date(value) == iso


def test_complete_offers_keys_and_values() -> None:
    assert complete("foo so", 6, VALUES).options[0][0] == "source:"
    assert [o for o, _ in complete("topic:mo", 8, VALUES).options] == ["topic:moe ", "topic:mobile "]
    quoted = complete('x -source:"the s y', 16, VALUES)
    assert quoted.apply('x -source:"the s y') == ('x -source:"The Sequence"  y', 25)
    assert complete("foo ", 4, VALUES).options == ()
    assert complete("topic:mo", 99, VALUES) == complete("topic:mo", 8, VALUES)
    assert [o for o, _ in complete("topic:no", 8, VALUES).options] == ["topic:none "]
    assert complete("any:no", 6, VALUES).options == ()
    assert complete('source:"The Sequence"', 21, VALUES).options == ()


@given(st.sampled_from(sorted(KEYS)), st.text(max_size=10).map(lambda begun: "".join(begun.split())))
def test_completions_parse_without_warnings(key: str, begun: str) -> None:
    text = f"{key}:{begun}"
    completion = complete(text, len(text), VALUES)
    for choice in range(len(completion.options)):
        assert not parse(completion.apply(text, choice)[0]).warnings


def test_every_is_value_parses() -> None:
    assert [parse(f"is:{v}").filters[0].value for v in IS_VALUES] == list(IS_VALUES)


def test_query_of_2_000_phrases_is_cut_with_a_warning() -> None:
    query = parse(" ".join(f'"a{n} b{n}"' for n in range(2_000)))
    assert len(query.terms) == MAX_TERMS == 200
    assert query.warnings == ("only the first 200 of 2,000 words and phrases are searched",)
    assert not parse(" ".join(f"a{n}" for n in range(MAX_TERMS))).warnings


def test_query_of_2_000_filters_is_cut_with_a_warning() -> None:
    query = parse(" ".join(f"-source:s{n}" for n in range(2_000)))
    assert len(query.filters) == MAX_TERMS
    assert query.warnings == ("only the first 200 of 2,000 filters are used",)


def test_saved_searches_are_replaced_recursively() -> None:
    saved = {"One": "tokens sort:date saved:two", "two": 'is:unread "open weights" saved:one'}
    made = with_saved(parse("pay saved:one source:x saved:none"), saved)
    assert str(made) == 'pay tokens "open weights" source:x saved:none is:unread sort:date'
    assert with_saved(parse("saved:one sort:score"), saved).sort == "score"
