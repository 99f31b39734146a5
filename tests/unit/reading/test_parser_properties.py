"""Check that each format keeps any words."""

import csv
import io
import json
import zipfile
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefreader.markdown import prose
from briefreader.model import Briefing
from briefreader.reading import read
from briefreader.reading.reference_links import inline

# words and characters with a meaning in Markdown, CSV, JSON, HTML or XML
WORDS = (
    'harbour fees *up* a_b __init__ 2*3*4 x<y <b> R&D &amp; "said" it\'s per;cent one,two naïve 漢字 [1] 100% C# `x`'
)
SENTENCES = st.lists(st.sampled_from(WORDS.split()), min_size=1, max_size=12).map(lambda w: f"Word {' '.join(w)} end.")
TEXTS = st.lists(SENTENCES, min_size=1, max_size=4)


def briefings(data: bytes, name: str) -> list[Briefing]:
    made = list(read(data, name=name))
    assert all(isinstance(each, Briefing) for each in made), made
    return [each for each in made if isinstance(each, Briefing)]


def words_of(made: Briefing) -> str:
    """Return the visible text of a briefing without white space."""
    texts = [made.title, prose(made.body), *(prose(cut.text) for cut in made.cuts)]
    return " ".join(" ".join(texts).split())


@given(TEXTS, st.sampled_from([",", ";", "\t"]), st.booleans())
def test_csv_rows_keep_their_words(texts: list[str], delimiter: str, quoted: bool) -> None:
    out = io.StringIO(newline="")
    rows = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL)
    rows.writerows([("Title", "URL", "Text"), *((f"T{n}", f"https://x.example/{n}", t) for n, t in enumerate(texts))])
    made = briefings(out.getvalue().encode(), "a.csv")
    assert [each.title for each in made] == [f"T{n}" for n in range(len(texts))]
    assert all(text in words_of(each) for each, text in zip(made, texts, strict=True))


MARKDOWN = SENTENCES.filter(lambda text: not set("*_`<&") & set(text))  # the text of a record may be Markdown


@given(st.lists(MARKDOWN, min_size=1, max_size=4), st.sampled_from(["lines", "list", "feed"]), st.booleans())
def test_json_records_keep_their_words(texts: list[str], form: str, ascii_only: bool) -> None:
    records = [{"title": f"T{n}", "text": text} for n, text in enumerate(texts)]
    if form == "lines":
        data = "\n".join(json.dumps(record, ensure_ascii=ascii_only) for record in records)
    else:
        value = records if form == "list" else {"title": "Feed", "items": records}
        data = json.dumps(value, ensure_ascii=ascii_only, indent=1)
    made = briefings(data.encode(), "a.json")
    assert [each.title for each in made] == [f"T{n}" for n in range(len(texts))]
    assert all(text in words_of(each) for each, text in zip(made, texts, strict=True))


@given(TEXTS, st.sampled_from(["", '<w:pPr><w:pStyle w:val="Heading2"/></w:pPr>', "<w:pPr><w:numPr/></w:pPr>"]))
def test_word_document_keeps_its_words(texts: list[str], style: str) -> None:
    runs = (f"<w:p>{style}<w:r><w:t>{escape(text)}</w:t></w:r></w:p>" for text in texts)
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    document = f'<w:document xmlns:w="{namespace}"><w:body>{"".join(runs)}</w:body></w:document>'
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", document)
    (made,) = briefings(buffer.getvalue(), "a.docx")
    assert " ".join(texts) in words_of(made)


@given(
    st.lists(st.lists(st.sampled_from("harbour fees rise 2*3 a_b [1] R&D".split()), min_size=3), min_size=1, max_size=3)
)
def test_pdf_keeps_its_words(pages: list[list[str]]) -> None:
    pytest.importorskip("pypdf", reason="the extra [pdf] is not installed")
    from tests.unit.reading.test_formats import pdf

    (made,) = briefings(pdf(*([" ".join(words)] for words in pages)), "a.pdf")
    words = [word for page in pages for word in page]
    assert prose(made.body).split() in (words, words[len(made.title.split()) :])


@given(st.lists(st.sampled_from("[a] [b] [b][a] [c][d] [] `[a]` ![a] x (y) [a](z) \\[a]".split()), max_size=8))
def test_reference_links_keep_words_and_code(parts: list[str]) -> None:
    text = " ".join(parts)
    made = inline(f"{text}\n\n[a]: https://a.example\n[b]: <https://b.example/(x)> 'B'\n")
    assert made.count("`[a]`") == text.count("`[a]`")
    assert prose(made).count("b") == text.count("[b]")
    assert inline(text) == text
