"""Evaluate the extraction of articles from web pages, compared with peers.

    python -m benchmarks.reading pages --data DIR

The peers are readability-lxml and, if it is installed, trafilatura. The pages are ``DIR/html/web-*.html``, with their
articles in ``web-*.expected.html``, and those of ``CATEGORIES``, which were written for this benchmark. Figures are F1
over words.
"""

from __future__ import annotations

import re
from collections import Counter
from statistics import mean
from typing import TYPE_CHECKING

from lxml import etree

from briefreader.markdown import prose
from briefreader.model import Briefing
from briefreader.reading import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_WORD = re.compile(r"[^\W_]+")
_PROSE = (
    "<p>A mixture of experts sends each token to two of its sixty-four experts, and that keeps the cost low.</p>"
    "<p>For a small team it means that the memory must hold all the experts, though only two work at once.</p>"
)
_FRAME = (
    "<html><head><title>Experts</title></head><body><nav><a href='/'>Home</a><a href='/b'>Blog</a></nav>"
    "<article><h1>Experts</h1>{}</article><aside><h3>Related</h3><ul><li><a href='/x'>Older story of ours</a></li>"
    "</ul></aside><footer><p>Imprint and privacy</p></footer></body></html>"
)
# other parts of an article than paragraphs
CATEGORIES = {
    "nested lists": "<ul><li>Caches<ul><li>They cost a tenth<ul><li>But they expire</li></ul></li></ul></li></ul>",
    "footnotes": "<p>Two do<sup><a href='#f'>1</a></sup></p><div class='footnotes'><p id='f'>Nine tasks.</p></div>",
    "misleading names": "<div class='comment-on-law'><p>The law says that a person must sign each of them.</p></div>",
    "lists of links": "<ul><li><a href='/1'>Report one on caches</a></li><li><a href='/2'>Report two</a></li></ul>",
    "tables": "<table><tr><th>Model</th><th>Price</th></tr><tr><td>Rowan</td><td>four</td></tr></table>",
    "code": "<pre>first line of code\nsecond line of code</pre>",
    "quotes": "<blockquote>No one knew why that was so, said the report.</blockquote>",
    "definitions": "<dl><dt>Router</dt><dd>It picks the experts for each of the tokens.</dd></dl>",
}


def run(data: Path, verbose: bool) -> None:
    """Print the mean F1 of each program on both groups of pages."""
    extractors: dict[str, Callable[[str], str]] = {"briefreader": _ours, "readability-lxml": _readability}
    try:
        import trafilatura

        extractors["trafilatura"] = lambda text: trafilatura.extract(text) or ""
    except ImportError:
        print("trafilatura is not installed")
    print(f"{'':24}" + "".join(f"{name:>18}" for name in extractors))
    for group, pages in (("real pages", _real(data)), ("pages by category", _written())):
        scores: dict[str, list[float]] = {name: [] for name in extractors}
        for name, text, wanted in pages:
            for extractor, extract in extractors.items():
                scores[extractor].append(_f1(extract(text), wanted))
            if verbose:
                print(f"  {name[:22]:22}" + "".join(f"{values[-1]:18.3f}" for values in scores.values()))
        print(f"{group:24}" + "".join(f"{mean(values or [0]):18.3f}" for values in scores.values()))


def _real(data: Path) -> Iterator[tuple[str, str, str]]:
    for page in sorted((data / "html").glob("web-*.expected.html")):
        whole = page.with_name(page.name.replace(".expected", "")).read_text("utf-8", "replace")
        yield page.name, whole, _text(page.read_text("utf-8", "replace"))


def _written() -> Iterator[tuple[str, str, str]]:
    for name, body in CATEGORIES.items():
        yield name, _FRAME.format(_PROSE + body), _text(f"<div>{_PROSE}{body}</div>")


def _text(html: str) -> str:
    root = etree.fromstring(html.encode(), etree.HTMLParser(encoding="utf-8"))
    return " ".join(map(str, root.xpath("//text()[not(ancestor::script or ancestor::style)]")))


def _ours(text: str) -> str:
    made = next(iter(read(text.encode(), name="page.html")))
    return prose(made.body) if isinstance(made, Briefing) else ""


def _readability(text: str) -> str:
    from readability import Document

    return _text(Document(text).summary(html_partial=True))


def _f1(found: str, wanted: str) -> float:
    have, want = Counter(_WORD.findall(found.lower())), Counter(_WORD.findall(wanted.lower()))
    both = (have & want).total()
    return 2 * both / max(have.total() + want.total(), 1)
