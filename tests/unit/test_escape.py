"""Tests of escaping plain text as Markdown and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefreader.markdown import escape, strip
from briefreader.markdown_layout import layout
from briefreader.model import Briefing
from briefreader.reading import read

LINE = st.text(st.sampled_from("*_<>&[](){}`~!\\#|:;/.@^\"' aB1é字") | st.characters(codec="utf-8"), max_size=60).map(
    lambda text: "x" + "".join(c for c in text if c.isprintable() and (c == " " or not c.isspace()))
)


@given(LINE)
def test_escaped_text_reads_as_typed(line: str) -> None:
    assert strip(escape(line)).text == line


@given(LINE)
def test_escaped_text_is_laid_out_as_typed(line: str) -> None:
    body = escape(line)
    lines, _ = layout(body, 0, len(body), 10_000)
    assert "".join(line.text for line in lines).rstrip() == line.rstrip()


TYPED = [
    "The product 2*3*4 is 24 and the run used 5*6*7 samples in each of the tests we did this week.",
    r"Call __init__ first, then set _price_ and path C:\new\table before the run of the price tests begins.",
    "Write AT&amp;T as it stands, and keep [1](2) and ~~this~~ and `x` for the price list of the vendor.",
    "We saw p50<b and cost>c in each run of the test, which says that caching works well for us.",
    "Use Vec<u8> and Map<String, Price> for the price list of the vendor, since it is fast enough.",
    "Write to <ana@oak.example> about prices of the small model before the end of the month.",
]


@pytest.mark.parametrize("name", ["a.txt", "a.eml"])
@pytest.mark.parametrize("sentence", TYPED)
def test_plain_text_is_an_insight_as_typed(sentence: str, name: str) -> None:
    head = "From: Ana <ana@oak.example>\nSubject: Speed notes\n\n" if name == "a.eml" else "Speed notes\n\n"
    (made,) = read(f"{head}{sentence}\n".encode(), name=name)
    assert isinstance(made, Briefing) and [i.text for i in made.insights] == [sentence]


def test_title_of_plain_text_stays_as_typed() -> None:
    (made,) = read(b"Use __init__ and Vec<u8>\n\nThe price of a small model fell by half this week.\n", name="a.txt")
    assert isinstance(made, Briefing) and made.title == "Use __init__ and Vec<u8>"


def test_structure_of_plain_text_is_kept() -> None:
    text = "A list\n\n# Prices\n\n- 2*3*4 tokens\n\n> a_ quoted _line\n\n```\nx = a*b*c\n```\n\n    indented *code*\n"
    (made,) = read(text.encode(), name="a.txt")
    assert isinstance(made, Briefing)
    assert made.body == (
        "# Prices\n\n- 2\\*3\\*4 tokens\n\n> a\\_ quoted \\_line\n\n```\nx = a*b*c\n```\n\n   indented \\*code\\*"
    )


@pytest.mark.parametrize("text", ["Vec<u8> and Map<String, Price>", "mail <ana@oak.example>", "a<b", "1 <2> 3"])
def test_angle_brackets_outside_html_are_kept(text: str) -> None:
    assert strip(text).text == text
    assert layout(text, 0, len(text), 80)[0][0].text in (text, text.replace("<ana@oak.example>", "ana@oak.example"))


def test_bold_leads_of_a_podcast_summary_are_headlines() -> None:
    text = (
        "The bill\nAlder Talk · AI Summary\n\n→ WHAT IT COVERS\nKay explains a*b*c.\n\n"
        "→ KEY INSIGHTS\n- **Use __init__:** It costs 2*3*4 tokens.\n- **Caps:** A cap loses little.\n"
    )
    (made,) = read(text.encode(), name="a.txt")
    assert isinstance(made, Briefing) and made.summary == "Kay explains a*b*c."
    assert [(i.title, i.text) for i in made.insights] == [
        ("Use __init__", "It costs 2*3*4 tokens."),
        ("Caps", "A cap loses little."),
    ]
    first = made.insights[0]
    assert made.body[first.start : first.end] == r"**Use \_\_init\_\_:** It costs 2\*3\*4 tokens."
