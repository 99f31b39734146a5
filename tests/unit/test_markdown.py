"""Tests of Markdown blocks, plain text and layout."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefreader.markdown import blocks, plain
from briefreader.markdown_layout import whole_layout


def shown(markdown: str, width: int = 80) -> str:
    return " ".join(line.text.strip() for line in whole_layout(markdown, width)).strip()


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("from ten ![Chart](https://x.example/c.png) to one", "from ten [image: Chart] to one"),
        ("Vec<u8> and <b>bold</b>", "Vec<u8> and bold"),
        ("`![a](b)` and `Vec<u8>`", "![a](b) and Vec<u8>"),
        ("```\n![a](b)\n```", "![a](b)"),
        (r"\<u8>", "<u8>"),
    ],
)
def test_layout_keeps_the_words_of_images_and_code(markdown: str, expected: str) -> None:
    assert shown(markdown) == expected


@given(st.text(st.sampled_from("ab !>[]()`\n*_"), max_size=60))
def test_layout_keeps_every_word(text: str) -> None:
    assert set("ab") & set(plain(text)) <= set(shown(text))


def test_layout_has_the_target_of_link_text() -> None:
    (line, *_) = whole_layout("See [the **price** list](https://x.example/p) now", 80)
    assert [run.text for run in line.runs if run.url == "https://x.example/p"] == ["the ", "price", " list"]


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("``a ` b`` c", "a ` b c"),
        ("&frac34; &#XD06;", "¾ ആ"),
        ("[a [b](https://x.example) c](https://y.example)", "[a b c](https://y.example)"),
        ("<a h*#ref='hi'>text", "<a h*#ref='hi'>text"),
        ('<a href="x" title=y>text</a>', "text"),
        ("x <b and cost> y", "x y"),
        ("*foo**bar***", "foobar"),
        ("***foo* bar**", "foo bar"),
        ("*foo**bar* baz", "foo**bar baz"),
        (r"[a](<b\>)", "[a](<b>)"),
        ("[a](<b)c", "[a](<b)c"),
        ('</a href="x">', '</a href="x">'),
        ("[a][b]", "[a][b]"),
    ],
)
def test_plain_follows_commonmark(markdown: str, expected: str) -> None:
    assert plain(markdown) == expected


def test_indented_code_is_code_but_an_indented_item_is_not() -> None:
    kinds = [b.kind for b in blocks("Text:\n\n    x = <a> * 2\n\n    y\n\n- item\n\n    more of it\n\n    - inner\n")]
    assert kinds == ["paragraph", "code", "item", "paragraph", "item"]


def test_indented_item_after_a_paragraph_is_code() -> None:
    assert [b.kind for b in blocks("    1. typed\n\nText\n\n    - typed\n")] == ["code", "paragraph", "code"]


def test_number_within_a_paragraph_does_not_begin_a_list() -> None:
    assert [b.kind for b in blocks("There are\n14. And more.\n\nItems:\n1. one\n2. two\n")] == [
        "paragraph", "paragraph", "item", "item",
    ]  # fmt: skip
