"""Tests of verifying quotations: only exact ones pass, others get the nearest passage."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from tests.quotations import altered_quotations, passages, true_quotations

from briefreader.errors import UsageError
from briefreader.library import Library
from briefreader.library.quotes import Difference
from briefreader.paths import shipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A library with the sample documents."""
    with Library(tmp_path_factory.mktemp("samples")) as library:
        list(library.add([shipped("sample_docs")]))
        yield library


@pytest.fixture
def holding(tmp_path: Path) -> Iterator[Callable[[str], Library]]:
    """Create a library of one briefing: ``holding("The price is $4.5.")``."""
    with Library(tmp_path / "library") as library:

        def make(body: str) -> Library:
            file = tmp_path / "briefing.md"
            file.write_text(
                f"# A briefing\n\n{body}\n\nThe harbour is quiet tonight, and the boats stay in.\n", "utf-8"
            )
            assert [item.status for item in library.add([file])] == ["added"]
            return library

        yield make


def texts(library: Library) -> list[str]:
    return passages(library.briefing(row.id) for row in library.list())


def test_exact_quotations_are_verified_with_their_place(samples: Library) -> None:
    for quote in true_quotations(texts(samples), random.Random(1), 100):
        found = samples.verify_quote(quote)
        assert found and found.verified, quote
        assert samples.briefing(found.id).body[found.start : found.end] == found.text


def test_altered_quotations_are_never_verified(samples: Library) -> None:
    accepted = [
        quote
        for quote in altered_quotations(texts(samples), random.Random(2), 100)
        if (found := samples.verify_quote(quote)) and found.verified
    ]
    assert accepted == []


@pytest.mark.parametrize(
    "quote",
    [
        "prices fell by 4",
        "prices fell by 4.",
        "prices fell by 40",
        "fell by 40.5% in the north",
        "do this on a Sunday",
        "There. We do",
        "the model GPT-4",
        "costs 5 dollars a day",
        "It costs 3,5",
        "prices Fell by 40.5%",
    ],
)
def test_part_of_a_word_or_number_is_not_verified(holding: Callable[[str], Library], quote: str) -> None:
    library = holding(
        "Prices fell by 40.5% there. We don't do this; the model GPT-4-turbo helps. It costs -5 dollars, not 3,500."
    )
    found = library.verify_quote(quote)
    assert found is None or not found.verified


@pytest.mark.parametrize(
    "quote",
    [
        "The “new” model isn’t dear",
        'The "new" model isn\'t dear',
        "“The new router sends tokens”",
        "router   sends\ntokens to two experts",
        "router sends **tokens** to two experts",
        "see [the paper](https://oak.example/paper) for",
        "see the paper for more",
        "quiet tonight, and",
    ],
)
def test_typography_and_markup_may_differ(holding: Callable[[str], Library], quote: str) -> None:
    library = holding(
        "The “new” model isn’t dear. The new router *sends* tokens to\ntwo experts; "
        "see [the paper](https://oak.example/paper) for more."
    )
    found = library.verify_quote(quote)
    assert found and found.verified


def test_other_link_target_is_not_verified(holding: Callable[[str], Library]) -> None:
    library = holding("Well then, see [the paper](https://oak.example/paper) for more.")
    found = library.verify_quote("see [the paper](https://evil.example/paper) for more")
    assert found and not found.verified


def test_text_without_spaces_is_verified(holding: Callable[[str], Library]) -> None:
    found = holding("新しいモデルは二人の専門家にトークンを送ります。").verify_quote("モデルは二人の専門家に")
    assert found and found.verified


def test_nearest_passage_names_what_differs(holding: Callable[[str], Library]) -> None:
    found = holding("The harvest doubled to 40 tonnes in a single season.").verify_quote(
        "The harvest doubled to 60 tonnes"
    )
    assert found and not found.verified
    assert found.text == "The harvest doubled to 40 tonnes in a single season."
    assert found.differences == (Difference("60", "40"),)


def test_nearest_passage_is_more_than_a_number(holding: Callable[[str], Library]) -> None:
    body = "All the large cranes of 2025 are painted in this way.\n\n## 2. How they are painted\n\nAt 2. Slowly."
    found = holding(body).verify_quote("All the large cranes of 2024 are painted in this way.")
    assert found is not None and found.differences == (Difference("2024", "2025"),)


def test_unknown_text_has_no_nearest_passage(holding: Callable[[str], Library]) -> None:
    assert holding("The harvest doubled.").verify_quote("Purple xylophones orbit quietly") is None


def test_removed_briefing_is_not_quoted(holding: Callable[[str], Library]) -> None:
    library = holding("The harvest doubled to 40 tonnes.")
    library.remove([library.list()[0].id])
    assert library.verify_quote("The harvest doubled to 40 tonnes.") is None


@pytest.mark.parametrize("quote", ["", "the", " . "])
def test_short_text_is_refused(holding: Callable[[str], Library], quote: str) -> None:
    with pytest.raises(UsageError, match="too short"):
        holding("The harvest doubled.").verify_quote(quote)
