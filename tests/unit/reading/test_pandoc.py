"""Pandoc's Markdown: what it says beside the text goes, the text and all code stay."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefreader.model import Briefing
from briefreader.reading import read
from briefreader.reading.markdown import plain
from briefreader.reading.pandoc import TitleBlock, title_block, to_commonmark


def only(text: str, name: str = "a.md") -> Briefing:
    (made,) = read(text.encode(), name=name)
    assert isinstance(made, Briefing)
    return made


@pytest.mark.parametrize(
    ("pandoc", "common"),
    [
        ("The [old *pier*]{.smallcaps} holds.", "The old *pier* holds."),
        ("[[1,556]{.count}Boats]{.row at='x}y'}", "1,556Boats"),
        ("A [ledger](http://a.example/c_(d)){.x target=\"_blank\"\nrel=\"no}pe\"}.", "A [ledger](http://a.example/c_(d))."),
        ("A [ledger][1]{.x}, a ![crane](a.png){width=50%}.", "A [ledger][1], a ![crane](a.png)."),
        ("<https://a.example/x>{.uri} and `run`{.sh}", "<https://a.example/x> and `run`"),
        ("`<br>`{=html}Tides", "Tides"),
        ("# Tides {#tides .big key=\"a } b\" -}", "# Tides"),
        ("## Tides ## {-}\n\nText", "## Tides ##\n\nText"),
        ("Tides {#tides}\n=====\n\nText", "Tides\n=====\n\nText"),
        ("[](http://a.example){.top} Words", " Words"),
        ("It rose --- by a third.", "It rose — by a third."),
    ],
)  # fmt: skip
def test_attributes_are_taken_off_where_they_may_stand(pandoc: str, common: str) -> None:
    assert to_commonmark(pandoc) == common


@pytest.mark.parametrize(
    "text",
    [
        "`[a]{.b}` and ``[`a]{.b}``",
        "~~~\n[a]{.b}\n::: note\n# H {#h}\n~~~",
        r"$\sqrt[n]{x}$ and \[a\]{.b}",
        "A set {a, b} [c] {.d} and {.e} alone",
        "| a | b |\n| --- | --- |\n| {x} | [y]{z} |",
        ":::::::\nA rule of colons, and no division that it would end {.x}\n:::::::",
        "[a]{.b and no end",
        "An [opening\n\nof another paragraph]{.b}",
    ],
)
def test_code_and_what_only_looks_like_it_stay(text: str) -> None:
    assert to_commonmark(text) == text


def test_divisions_lose_their_fences_wherever_they_stand() -> None:
    text = (
        '::::: {.box attrs="{\\"a\\":\\"}\\"}" x="y"}\nOne.\n\n::: Warning :::\nTwo.\n:::\n\n'
        "> ::: note\n> Three.\n> :::\n:::::\n\n::: {#four}\n- Four\n:::\n"
    )
    assert re.findall(r"\w+", to_commonmark(text)) == ["One", "Two", "Three", "Four"]
    assert ":" not in to_commonmark(text)


def test_raw_html_is_read_and_raw_parts_of_other_formats_go() -> None:
    table = "```{=html}\n<table><tr><th>Pier</th><th>Fee</th></tr><tr><td>Old</td><td>3</td></tr></table>\n```"
    assert to_commonmark(f"Before\n\n{table}\n\nAfter") == (
        "Before\n\n| Pier | Fee |\n| --- | --- |\n| Old | 3 |\n\nAfter"
    )
    assert to_commonmark("a\n\n```{=html}\n<!-- -->\n```\n\nb\n\n``` {=latex}\n\\foo{x}\n```\n\nc").split() == list(
        "abc"
    )
    assert to_commonmark("a\n\n```{=html}\n<p>No end") == "a\n\nNo end"


def test_links_within_the_document_are_no_links() -> None:
    text = "See [the tides](#tides), [all](http://a.example/#x) and [up ↑](#top). [↩](#ref){.back}"
    assert to_commonmark(text) == "See the tides, [all](http://a.example/#x) and up ↑. "


def test_footnotes_are_footnotes_and_no_words() -> None:
    text = (
        "# Piers\n\nThe pier holds[1](#note-1){#anchor-1 .anchor} in storms^[[2]](#note-2)^ of every kind.\n\n"
        ':::: {.footnote k="x"}\n[1](#anchor-1){#note-1 .n}\n\n::: content\nSince 1902 it does.\n:::\n::::\n\n'
        "[2](#anchor-2){#note-2}\n\nBut one.\n"
    )
    body = only(text).body
    assert body == ("The pier holds[^1] in storms[^2] of every kind.\n\n[^1]: Since 1902 it does.\n\n[^2]: But one.")
    assert plain(body) == "The pier holds in storms of every kind. Since 1902 it does. But one."


def test_a_title_block_gives_title_authors_and_date() -> None:
    made = only("% What the\n  pier holds\n% A. Keeper; B. Clerk\n% 2025-03-04\n\nIt holds boats.\n")
    assert (made.title, made.author, made.published, made.body) == (
        "What the pier holds", "A. Keeper; B. Clerk", "2025-03-04", "It holds boats.",
    )  # fmt: skip
    assert title_block("%\n% A. Keeper\nText") == (TitleBlock("", "A. Keeper"), "Text")
    assert title_block("%5 of all piers\n") == (TitleBlock(), "%5 of all piers\n")


def test_nothing_of_it_reaches_insights_links_or_titles() -> None:
    lines = "".join(f"- [**Pier {n}**]{{.strong}}: the [board](http://a.example){{.l}} will open it in May, it said.\n"
                    for n in range(4))  # fmt: skip
    made = only(f"# Piers {{#piers .x}}\n\n::: {{.list}}\n{lines}:::\n")
    assert made.title == "Piers"
    assert {i.title for i in made.insights} >= {"Pier 3"}
    assert not re.search(r"[{}]|:::|\bstrong\b", made.body + repr(made.insights))


PIECES = st.sampled_from(
    [*"[]{}()#.=\"'`\\<>^ :-~%|!*a1\n", "::: ", "[a]{.b}", "[1](#a)", '{.x k="v"}', "```{=html}\n", "\n\n", "# h "]
)


@given(st.lists(PIECES, max_size=60).map("".join))
def test_no_text_is_too_odd_and_none_grows(text: str) -> None:
    made = to_commonmark(text)
    footnotes = text.count("](#")
    assert len(made) <= len(text) + 4 * footnotes + 400 * text.count("{=html")
    assert made.count("a") <= text.count("a")


WORDS = st.text(st.sampled_from("abcdefgh"), min_size=1, max_size=6)
WRAPPED = st.tuples(WORDS, st.sampled_from(["{}", "[{}]{{.a}}", "[{}](http://x.example){{#i k=v}}", "[{}](#there)"]))


@given(st.lists(st.lists(WRAPPED, min_size=1, max_size=5), min_size=1, max_size=5), st.booleans())
def test_every_word_stays_in_its_paragraph(paragraphs: list[list[tuple[str, str]]], divided: bool) -> None:
    written = [" ".join(form.format(word) for word, form in words) for words in paragraphs]
    text = "\n\n".join(f"::: {{.x}}\n{part}\n:::" if divided else part for part in written)
    made = [part for part in to_commonmark(text).split("\n\n") if part.strip()]
    assert [plain(part).split() for part in made] == [[word for word, _ in words] for words in paragraphs]
