"""Tests of web pages: formulas, footnotes, lists, tables, scripts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefreader.model import Briefing
from briefreader.reading import read

FIRST = "A mixture of experts sends each token to two of its sixty-four experts, and that keeps the cost of a call low."
SECOND = "For a small team it means that the memory must hold all the experts, though only two of them work at once."
NAV = '<nav><a href="/">Home</a> <a href="/about">About</a></nav>'
MENU = "<ul><li><a href='/a'>Subscribe</a></li><li><a href='/b'>Jobs at our house</a></li></ul>"


def page(body: str, *, head: str = "", after: str = "") -> Briefing:
    text = (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>Experts</title>{head}</head><body>{NAV}"
        f"<article><h1>Experts</h1><p>{FIRST}</p><p>{SECOND}</p>{body}</article>{after}"
        f"<footer>{MENU}<p>© 2026 Oak</p></footer></body></html>"
    )
    (made,) = read(text.encode(), name="a.html")
    assert isinstance(made, Briefing)
    return made


DRAWN = "<span class='katex-html'>x2+y</span>"
FALLBACK = "<img class='mwe-math-fallback-image-inline' alt='{x^2}'>"
TEX = "<annotation encoding='application/x-tex'>x^{2}+y</annotation>"


@pytest.mark.parametrize(
    "formula",
    [
        '<math alttext="x^{2}+y"><mi>x</mi></math>',
        f"<math><semantics><mrow><mi>x</mi></mrow>{TEX}</semantics></math>",
        f"<span class='katex'><span class='katex-mathml'><math>{TEX}</math></span>{DRAWN}</span>",
        "<span class='MathJax_Preview'>x</span><script type='math/tex'>x^{2}+y</script>",
        f"<span class='mwe-math-element'><span style='display: none'><math>{TEX}</math></span>{FALLBACK}</span>",
        "<img class='latex' src='/f.png' alt='x^{2}+y'>",
    ],
)
def test_formula_is_shown_as_tex(formula: str) -> None:
    assert page(f"<p>The loss is {formula} at most.</p>").body.endswith("The loss is `x^{2}+y` at most.")


def test_formula_without_tex_is_converted_from_mathml() -> None:
    power, fraction = "<msup><mi>x</mi><mn>2</mn></msup>", "<mrow><mi>b</mi><mo>+</mo><mn>1</mn></mrow>"
    formula = f"<math>{power}<mo>+</mo><mfrac><mi>a</mi>{fraction}</mfrac></math>"
    assert "`x^2+a/{b+1}`" in page(f"<p>It is {formula}.</p>").body


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("10<sup>13</sup> tokens", "10^13 tokens"),
        ("10<sup>−3</sup> seconds", "10^-3 seconds"),
        ("an area of 5 m<sup>2</sup>", "an area of 5 m^2"),
        ("O(n)<sup>2</sup> steps", "O(n)^2 steps"),
        ("the 1<sup>st</sup> of May", "the 1st of May"),
        ("H<sub>2</sub>O", "H2O"),
        ("as it said<sup>1</sup> before", "as it said[^1] before"),
    ],
)
def test_superscripts_are_powers_or_notes(html: str, expected: str) -> None:
    assert expected in page(f"<p>The paper has {html}, and no more of it.</p>").body


@pytest.mark.parametrize(
    ("reference", "notes"),
    [
        (
            '<sup><a href="#f1">1</a></sup>',
            '<section class="footnotes"><ol><li id="f1"><p>Measured on nine tasks. <a href="#r1">↩</a></p></li></ol>'
            "</section>",
        ),
        (
            '<a class="footnote-ref" id="r1" href="#fn:1">[1]</a>',
            '<div class="footnotes"><hr><ol><li id="fn:1">Measured on nine tasks.</li></ol></div>',
        ),
        (
            '<a class="footnote-anchor" href="#footnote-1">1</a>',
            '<div class="footnote"><a id="footnote-1" href="#footnote-anchor-1" class="footnote-number">1</a>'
            '<div class="footnote-content"><p>Measured on nine tasks.</p></div></div>',
        ),
        (
            '<sup id="cite"><a href="#n">*</a></sup>',
            '<footer><p id="n"><sup>*</sup> Measured on nine tasks.</p></footer>',
        ),
    ],
)
def test_footnotes_are_kept_with_their_marks(reference: str, notes: str) -> None:
    made = page(f"<p>Two are enough for all of it.{reference}</p>{notes}")
    assert "Two are enough for all of it.[^1]" in made.body and "[^1]: " in made.body
    assert "Measured on nine tasks." in made.body.split("[^1]: ")[1]


def test_nested_lists_are_kept() -> None:
    items = "<ul><li>Caches<ul><li>They cost a tenth<ul><li>But they expire</li></ul></li></ul></li></ul>"
    assert page(items).body.endswith("- Caches\n   - They cost a tenth\n      - But they expire")


def test_list_of_links_among_prose_is_kept() -> None:
    links = "".join(f'<li><a href="https://x.example/{n}">The report number {n} on caches</a></li>' for n in range(5))
    made = page(f"<p>These five reports say how caches are used by teams of every size today:</p><ul>{links}</ul>")
    assert "[The report number 4 on caches](https://x.example/4)" in made.body


def test_list_of_related_stories_is_cut() -> None:
    links = "".join(f'<li><a href="https://x.example/{n}">An older story number {n}</a></li>' for n in range(5))
    made = page("", after=f"<aside><h3>Related stories</h3><ul>{links}</ul></aside>")
    assert "older story" not in made.body and "older story" in made.cuts[0].text and made.cuts[0].kind == "page"


@pytest.mark.parametrize(
    "name", ["comment-on-law", "footer-note-text", "header-text", "sponsor-interview", "menu-of-week"]
)
def test_prose_in_a_block_with_a_misleading_name_is_kept(name: str) -> None:
    law = "The law says that a person must sign, and so the agent stops there."
    assert law in page(f'<div class="{name}"><p>{law}</p></div>').body


def test_comments_of_readers_are_cut() -> None:
    comment = "Great post, thanks for it, I liked the part on experts."
    made = page("", after=f'<div id="comments" class="comments"><div class="comment"><p>{comment}</p></div></div>')
    assert comment not in made.body


def test_lines_and_blocks_in_table_cells_are_separated() -> None:
    table = (
        "<table><tr><th>Model</th><th>Note</th></tr>"
        "<tr><td>Rowan<br>Small</td><td><div>cheap</div><div>fast</div></td></tr></table>"
    )
    assert "| Rowan Small | cheap fast |" in page(table).body


@pytest.mark.parametrize(
    "code",
    [
        '<table class="highlighttable"><tr><td class="linenos"><pre>1\n2</pre></td>'
        "<td><pre>x = 1\ny = 2</pre></td></tr></table>",
        "<table><tr><td><pre>1\n2\n</pre></td><td><pre>x = 1\ny = 2</pre></td></tr></table>",
        '<pre><span class="lineno">1</span>x = 1\n<span class="lineno">2</span>y = 2</pre>',
        '<pre><span class="line-number">1 </span>x = 1\n<span class="line-number">2 </span>y = 2</pre>',
    ],
)
def test_line_numbers_of_code_are_removed(code: str) -> None:
    assert "x = 1\ny = 2" in page(f"<p>The code of it all is short, as the next lines show to you:</p>{code}").body


def test_button_within_a_sentence_is_a_word() -> None:
    made = page("<p>Press <button>Save</button> to keep the price list.</p><button>Subscribe now</button>")
    assert "Press Save to keep the price list." in made.body and "Subscribe now" not in made.body


def test_text_that_a_script_makes_visible_is_read() -> None:
    hidden = f'<div id="c" style="visibility: hidden; opacity: 0;"><p>{FIRST}</p></div>'
    text = f"<html><head><title>周报</title></head><body>{hidden}</body></html>"
    (made,) = read(text.encode(), name="a.html")
    assert isinstance(made, Briefing) and made.body == FIRST


def test_linked_data_article_replaces_an_empty_page() -> None:
    data = f'{{"@type": "NewsArticle", "headline": "Experts", "articleBody": "{FIRST} {SECOND}"}}'
    head = f'<title>Experts</title><script type="application/ld+json">{data}</script>'
    text = f'<html><head>{head}</head><body><div id="app">Loading</div></body></html>'
    (made,) = read(text.encode(), name="a.html")
    assert isinstance(made, Briefing) and made.body == f"{FIRST} {SECOND}"


def test_soft_hyphens_are_no_part_of_words() -> None:
    assert "Sprachmodelle kommen" in page("<p>Neue Sprach&shy;modelle kommen in diesem Jahr.</p>").body


PARAGRAPH = st.lists(st.text("abcdefgh", min_size=2, max_size=9), min_size=12, max_size=30).map(" ".join)


TAGS = st.lists(st.sampled_from(["p", "li", "blockquote", "div", "pre"]), min_size=8, max_size=8)


@given(st.lists(PARAGRAPH, min_size=3, max_size=8), TAGS)
def test_no_paragraph_of_an_article_is_lost(paragraphs: list[str], tags: list[str]) -> None:
    written = {"li": "<ul><li>{}</li></ul>", "p": "<p>{}.</p>"}
    parts = [
        written.get(tag, f"<{tag}>{{}}.</{tag}>").format(text) for tag, text in zip(tags, paragraphs, strict=False)
    ]
    body = page("".join(f"{part}<p>{FIRST}</p>" for part in parts)).body
    for text in paragraphs:
        assert text in " ".join(body.split())


PICTURE = "Token prices 2024 to 2026 * in dollars"


@pytest.mark.parametrize(
    ("picture", "expected"),
    [
        (f'<img src="https://x.example/c.png" alt="{PICTURE}" width="600">', f"![{PICTURE}](https://x.example/c.png)"),
        (
            f'<img data-src="https://x.example/c(1).png" alt="{PICTURE}">',
            f"![{PICTURE}](https://x.example/c%281%29.png)",
        ),
        (
            f'<a href="https://x.example/1"><img src="https://x.example/c.png" alt="{PICTURE}"></a>',
            f"[![{PICTURE}](https://x.example/c.png)](https://x.example/1)",
        ),
        (f'<img src="https://x.example/t.gif" alt="{PICTURE}" width="1" height="1">', ""),
        ('<img src="https://x.example/l.png" alt="Oak Weekly logo">', ""),
        ('<img src="https://x.example/l.png" alt="image">', ""),
        ('<img src="https://x.example/l.png" alt="">', ""),
        ('<img src="cid:a@b" alt="A chart of prices">', ""),
        ('<img class="emoji" src="https://x.example/e.png" alt="🎉">', "🎉"),
    ],
)
def test_images_with_alternative_text_are_kept(picture: str, expected: str) -> None:
    head = "From: Oak <o@x.example>\nSubject: Prices\nContent-Type: text/html; charset=utf-8\n\n"
    (made,) = read(f"{head}<p>{FIRST}</p><p>{picture}</p><p>{SECOND}</p>".encode(), name="a.eml")
    assert isinstance(made, Briefing)
    assert made.body == "\n\n".join(filter(None, [FIRST, expected, SECOND]))
