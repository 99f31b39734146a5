from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefreader.cli.argv import normalise, sort_words

ARITY = {"--limit": 1, "-n": 1, "--json": 0, "-q": 0, "-v": 0, "-0": 0, "--pair": 2}


@pytest.mark.parametrize(
    ("given_", "options", "words"),
    [
        (["moe", "-pricing"], [], ["moe", "-pricing"]),
        (["-topic:moe", "--limit", "5"], ["--limit", "5"], ["-topic:moe"]),
        (["-quality"], [], ["-quality"]),
        (["-qv", "a"], ["-qv"], ["a"]),
        (["-n20", "a"], ["-n20"], ["a"]),
        (["-news"], [], ["-news"]),
        (["--limit", "-5", "a"], ["--limit", "-5"], ["a"]),
        (["--pair", "-a", "-b", "-cat"], ["--pair", "-a", "-b"], ["-cat"]),
        (["-x", "-o1"], ["-x"], ["-o1"]),
        (["--limit=5", "-0"], ["--limit=5", "-0"], []),
        (['-"exact phrase"'], [], ['-"exact phrase"']),
        (["-", "--"], [], ["-"]),
        (["--wrong"], ["--wrong"], []),
        (["--limit"], ["--limit"], []),
        (["--limit", "--json", "a"], ["--limit", "--json"], ["a"]),  # a value may be optional
    ],
)
def test_query_words_with_a_dash_are_not_options(given_: list[str], options: list[str], words: list[str]) -> None:
    assert sort_words(given_, ARITY) == (options, words, [])


def test_everything_after_two_dashes_is_a_word() -> None:
    assert sort_words(["+moe", "--", "--json", "-x"], ARITY) == ([], ["+moe"], ["--json", "-x"])


@given(st.lists(st.sampled_from(["--limit", "-n", "--json", "-qv", "--", "a", "-a", "-", "+x", "-n5", "--limit=1"])))
def test_normalise_keeps_all_words_in_order(args: list[str]) -> None:
    found = sort_words(args, ARITY)
    kept = sorted([*found.options, *found.words, *found.rest])
    assert sorted(args) in (kept, sorted([*kept, "--"]))
    for part in found:
        rest = iter(args)
        assert all(word in rest for word in part)


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (["--bulk-tag"], ["bulk-tag"]),
        (["--bulk-tag", "a", "--json"], ["bulk-tag", "a", "--json"]),
        (["--limit", "x", "--bulk-tag", "a"], ["bulk-tag", "--limit", "x", "a"]),
        (["folder", "--bulk-tag"], ["bulk-tag", "folder"]),
        (["note", "--bulk-tag"], ["note", "--bulk-tag"]),
        (["a", "--", "--bulk-tag"], ["a", "--", "--bulk-tag"]),
        (["search", "x"], ["search", "x"]),
    ],
)
def test_bulk_tag_is_a_command(argv: list[str], expected: list[str]) -> None:
    assert normalise(argv, {"note", "search"}, ARITY) == expected


def test_normalise_does_not_change_its_argument() -> None:
    words = ["list", "moe"]
    normalise(words, ["list"], ARITY).clear()
    assert words == ["list", "moe"]
