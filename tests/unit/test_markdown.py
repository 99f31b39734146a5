"""Markdown for a renderer that leaves pictures and unknown tags out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefreader.markdown import displayable, plain


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("from ten ![Chart](https://x.example/c.png) to one", r"from ten \[image: Chart\] to one"),
        ("![](https://x.example/c.png)text", "text"),
        ("Vec<u8> and <b>bold</b>", r"Vec\<u8> and <b>bold</b>"),
        ("`![a](b)` and `Vec<u8>`", "`![a](b)` and `Vec<u8>`"),
        ("```\n![a](b)\n```\n\nx", "```\n![a](b)\n```\n\nx"),
        (r"\<u8>", r"\<u8>"),
    ],
)
def test_displayable_keeps_the_words_of_pictures(markdown: str, expected: str) -> None:
    assert displayable(markdown) == expected


@given(st.text(st.sampled_from("ab !<>[]()`\n*_"), max_size=60))
def test_displayable_keeps_every_plain_word(text: str) -> None:
    assert set(plain(text)) <= set(plain(displayable(text))) | set(" ")
