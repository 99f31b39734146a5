"""Tests of converting URLs in running text to links."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefreader.markdown import plain
from briefreader.reading import addresses, plaintext_to_markdown


def revealed(text: str) -> str:
    return addresses.reveal(addresses.hide(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("View this post on the web at https://oak.example/p", "[View this post on the web](https://oak.example/p)"),
        ("Unsubscribe https://oak.example/u?x=1", "[Unsubscribe](https://oak.example/u?x=1)"),
        ("[Read more] https://oak.example/x", "[Read more](https://oak.example/x)"),
        (r"\[ Read more \] https://oak.example/x", "[Read more](https://oak.example/x)"),
        (r"\[ Read more ](https://oak.example/x) 12", "[Read more](https://oak.example/x) 12"),
        ("says Ana Ruiz ( https://ana.example ), a pilot", "says [Ana Ruiz](https://ana.example), a pilot"),
        ("says Ana Ruiz\n( https://ana.example ), a pilot", "says [Ana Ruiz](https://ana.example), a pilot"),
        ("• Oak Beds (\nhttps://oak.example\n) sells beds", "• [Oak Beds](https://oak.example) sells beds"),
        ("see https://oak.example/a/b for more", "see [oak.example](https://oak.example/a/b) for more"),
        ("(https://oak.example/a).", "[oak.example](https://oak.example/a)."),
        ("Read it now: <https://oak.example>", "[Read it now](https://oak.example)"),
        ("https://oak.example/p (\nhttps://click.example/abc\n)", "[oak.example](https://oak.example/p)"),
        ("Oak Beds <https://oak.example> <https://oak.example> sells", "[Oak Beds](https://oak.example) sells"),
    ],
)
def test_reveal_links_the_words_before_an_address(text: str, expected: str) -> None:
    assert revealed(text).strip() == expected


def test_addresses_in_code_blocks_are_unchanged() -> None:
    code = "Run:\n\n    curl https://oak.example/a\n\n```\ncurl https://oak.example/b\n```\n\n"
    assert addresses.link(f"{code}https://oak.example") == f"{code}[oak.example](https://oak.example)"


@pytest.mark.parametrize(
    "markdown",
    [
        "a [b](https://oak.example/d_(e)) c",
        "`curl https://oak.example`",
        "```\nhttps://oak.example\n```",
        "[1]: https://oak.example",
        '<a href="https://oak.example">oak</a>',
        "![chart](https://oak.example/c.png)",
    ],
)
def test_link_keeps_markdown_links_and_code(markdown: str) -> None:
    assert addresses.link(markdown) == markdown


def test_link_of_an_autolink_shows_its_host() -> None:
    assert plain(addresses.link("Go to: <https://www.oak.example/a?b=c>")) == "Go to"
    assert plain(addresses.link("<https://www.oak.example/a?b=c>")) == "oak.example"


def test_flat_text_joins_lines_over_addresses() -> None:
    text = (
        "The ferry company said on Monday that it will buy four boats\n"
        "from a shipyard ( https://yard.example/a/very/long/address/of/a/page )\n"
        "and that the first of them will sail in the spring of the\n"
        "coming year, when the old ones go.\n  -- Ana Ruiz"
    )
    first, second = plaintext_to_markdown.to_markdown(text).split("\n\n")
    assert plain(first).startswith("The ferry company") and plain(first).endswith("old ones go.")
    assert "\n" not in first and second == "-- Ana Ruiz"


@pytest.mark.parametrize(
    "text", ["*****\nFerry News\n*****\n\nText", "-----\nFerry News\n-----\nText", "Ferry News\n----"]
)
def test_flat_text_treats_underlined_lines_as_headings(text: str) -> None:
    assert plaintext_to_markdown.to_markdown(text).split("\n\n")[0] == "## Ferry News"


_WORDS = st.text(alphabet="abc .,()\n•-", max_size=40)
_TEXTS = st.lists(
    st.tuples(_WORDS, st.sampled_from(["https://oak.example/x", "(https://elm.example)", ""])), max_size=8
)


@given(_TEXTS)
def test_reveal_leaves_no_address_outside_a_link(parts: list[tuple[str, str]]) -> None:
    text = " ".join(f"{words} {address}" for words, address in parts)
    outside = re.sub(r"\]\(https?://[^()\s]*\)", "", revealed(text))
    assert "http" not in outside


@given(_TEXTS)
def test_reveal_keeps_every_word(parts: list[tuple[str, str]]) -> None:
    text = " ".join(f"{words} {address}" for words, address in parts)
    before = re.findall(r"[abc]+", re.sub(r"https?://\w+\.example(?:/x)?", " ", text))
    after = re.findall(r"[abc]+", re.sub(r"\]\([^()\s]*\)|(?:oak|elm)\.example", " ", revealed(text)))
    # only a leading "at" or "here" of a short line may be removed
    assert "".join(after) == "".join(before)
