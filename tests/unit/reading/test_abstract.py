"""Tests of the summary that a document states itself."""

import pytest

from briefreader.model import Briefing, Original
from briefreader.reading import read_original

TEXT = (
    "The ferry company said on Monday that it will buy four boats from a shipyard in the north. The first of them will"
    " sail in the spring of the coming year, when the old ones are sold to a museum on the island."
)
ABSTRACT = "Why small islands pay for large boats"


def read(text: str, form: str) -> Briefing:
    made = next(iter(read_original(Original(text.encode(), form, f"a.{form}"))))
    assert isinstance(made, Briefing)
    return made


@pytest.mark.parametrize("key", ["description", "subtitle", "summary"])
def test_frontmatter_abstract_becomes_the_summary(key: str) -> None:
    assert read(f"---\ntitle: Boats\n{key}: {ABSTRACT}\n---\n\n{TEXT}\n", "md").summary == ABSTRACT


def test_page_description_becomes_the_summary() -> None:
    head = f'<title>Boats</title><meta property="og:description" content="{ABSTRACT}">'
    page = f"<html><head>{head}</head><body><article><h1>Boats</h1><p>{TEXT}</p><p>{TEXT}</p></article></body></html>"
    assert read(page, "html").summary == ABSTRACT


@pytest.mark.parametrize(
    ("preheader", "expected"),
    [
        (ABSTRACT, ABSTRACT),
        ("The ferry company said on Monday", ""),
        ("View this email in your browser", ""),
        ("Hi", ""),
    ],
)
def test_preheader_is_used_unless_the_text_repeats_it(preheader: str, expected: str) -> None:
    hidden = f'<div style="display:none">{preheader}&#847;&zwnj;&nbsp;&#847;&zwnj;&nbsp;</div>'
    mail = f"From: a@oak.example\nSubject: Boats\nContent-Type: text/html\n\n<body>{hidden}<p>{TEXT}</p></body>"
    assert read(mail, "eml").summary == expected
