"""Tests of Pandoc's Markdown: attributes and divisions are removed, words and code kept."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefreader.markdown import plain
from briefreader.model import Briefing
from briefreader.reading import read
from briefreader.reading.pandoc import to_commonmark


def only(text: str) -> Briefing:
    (made,) = read(text.encode(), name="a.md")
    assert isinstance(made, Briefing)
    return made


@pytest.mark.parametrize(
    ("pandoc", "common"),
    [
        ("The [old *pier*]{.smallcaps} holds.", "The old *pier* holds."),
        ("A [ledger](http://a.example/c_(d)){.x target=\"_blank\"\nrel=\"no}pe\"}.", "A [ledger](http://a.example/c_(d))."),
        ("A ![crane](a.png){width=50%}.", "A ![crane](a.png)."),
        ("`run`{.sh} now", "`run` now"),
        ("# Tides {#tides .big key=\"a } b\" -}", "# Tides"),
        ("See [the tides](#tides) and [all](http://a.example/#x).", "See the tides and [all](http://a.example/#x)."),
        ("It rose --- by a third.", "It rose — by a third."),
        ("The pier holds[1](#note-1){#anchor-1 .anchor} boats.", "The pier holds[^1] boats."),
    ],
)  # fmt: skip
def test_attributes_are_removed(pandoc: str, common: str) -> None:
    assert to_commonmark(pandoc) == common


@pytest.mark.parametrize(
    "text",
    [
        "~~~\n[a]{.b}\n::: note\n# H {#h}\n~~~",
        r"$\sqrt[n]{x}$ and \[a\]{.b}",
        "A set {a, b} [c] {.d} and {.e} alone",
        "[a]{.b and no end",
    ],
)
def test_code_and_other_braces_are_kept(text: str) -> None:
    assert to_commonmark(text) == text


def test_fences_of_divisions_are_removed() -> None:
    text = '::::: {.box attrs="{\\"a\\":\\"}\\"}" x="y"}\nOne.\n\n::: Warning :::\nTwo.\n:::\n:::::\n\n'
    text += "::: {#four}\n- Four\n:::\n"
    assert re.findall(r"\w+", to_commonmark(text)) == ["One", "Two", "Four"]


def test_attributes_are_not_in_title_and_insights() -> None:
    lines = "".join(f"- [**Pier {n}**]{{.strong}}: the [board](http://a.example){{.l}} will open it in May, it said.\n"
                    for n in range(4))  # fmt: skip
    made = only(f"# Piers {{#piers .x}}\n\n::: {{.list}}\n{lines}:::\n")
    assert made.title == "Piers"
    assert not re.search(r"[{}]|:::|\bstrong\b", made.body + repr(made.insights))


WORDS = st.text(st.sampled_from("abcdefgh"), min_size=1, max_size=6)
WRAPPED = st.tuples(WORDS, st.sampled_from(["{}", "[{}]{{.a}}", "[{}](http://x.example){{#i k=v}}", "[{}](#there)"]))


@given(st.lists(st.lists(WRAPPED, min_size=1, max_size=5), min_size=1, max_size=5), st.booleans())
def test_file_with_attributes_keeps_every_word(paragraphs: list[list[tuple[str, str]]], divided: bool) -> None:
    written = [" ".join(form.format(word) for word, form in words) for words in paragraphs]
    text = "\n\n".join(f"::: {{.x}}\n{part}\n:::" if divided else part for part in written)
    made = [part for part in to_commonmark(text).split("\n\n") if part.strip()]
    assert [plain(part).split() for part in made] == [[word for word, _ in words] for words in paragraphs]


@given(st.text(st.sampled_from("[]{}()#.=\"'`\\<>^ :-~%|!*a1\n"), max_size=200))
def test_any_text_gains_no_word(text: str) -> None:
    assert to_commonmark(text).count("a") <= text.count("a")
