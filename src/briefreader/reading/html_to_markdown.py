"""Convert an HTML tree to Markdown blocks: headings, links, lists, emphasis, quotes, code, and data tables.

A single pass over the tree, without recursion. Each block is returned with its appearance.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from briefreader.reading import images, urls
from briefreader.reading.appearance import PLAIN, Appearance, Look, inherited, of_runs
from briefreader.reading.inline import Run, paragraphs, rendered
from briefreader.reading.tables import WHITE_SPACE, data_rows, markdown_table

if TYPE_CHECKING:
    from lxml.etree import _Element

_SKIPPED = frozenset(
    "head script style title meta noscript template svg math iframe object embed video audio canvas map area "
    "input select option button textarea".split()
)
_BLOCKS = frozenset(
    "address article aside body center dd details dialog div dl dt fieldset figcaption figure footer form header "
    "hgroup html li main nav ol p section summary table tbody td tfoot th thead tr ul caption legend".split()
)
_HEADINGS = {f"h{n}": n for n in range(1, 7)}
_PLAIN_BLOCKS = _BLOCKS - {"li", "ol", "ul"}  # elements that only end the previous block
_ENDING = frozenset((*_HEADINGS, "pre", "blockquote", "ul", "ol", "li", "hr"))  # elements that also begin a block
_BOLD = frozenset(("b", "strong"))
_ITALIC = frozenset(("i", "em", "cite", "dfn"))
_CODE = frozenset(("code", "tt", "kbd", "samp"))
_HIDDEN = re.compile(
    r"display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*hidden|max-height\s*:\s*0(?:px)?\s*(?:;|!|$)"
    r"|opacity\s*:\s*0\s*(?:;|!|$)",
    re.I,
)
_BOLD_STYLE = re.compile(r"font-weight\s*:\s*(?:bold|bolder|[6-9]00)", re.I)
_LINE_START = re.compile(r"^(#{1,6}\s|>|\d{1,3}[.)]\s|[-+]\s|\|)")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A block as Markdown, with its appearance."""

    kind: str
    text: str
    appearance: Appearance = PLAIN


@dataclass(slots=True)
class _State:
    """The state of the conversion: active formatting, open lists and quotes, and the current block."""

    bold: int = 0
    italic: int = 0
    code: int = 0
    quote: int = 0
    pre: int = 0
    links: list[str] = field(default_factory=list)
    lists: list[int] = field(default_factory=list)  # 0 for a bullet list, else the next number
    item: str = ""
    heading: int = 0
    runs: list[Run] = field(default_factory=list)
    looks: list[Look] = field(default_factory=lambda: [Look()])
    elements: int = 0
    images: int = 0
    ruled: bool = False
    out: list[Rendered] = field(default_factory=list)


def to_markdown(root: _Element) -> str:
    """Return the content of the tree under ``root`` as Markdown, without hidden elements, form fields and media."""
    return joined(to_blocks(root))


def to_blocks(root: _Element) -> list[Rendered]:
    """Return the blocks of the tree under ``root`` in order, without hidden elements, form fields and media."""
    from lxml import etree

    state = _State()
    walker = etree.iterwalk(root, events=("start", "end"))
    skipped: _Element | None = None  # an element without its content; its end event must not change the state
    for event, element in walker:
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "end":
            if element is not skipped:
                _leave(state, element, tag)
            if element is not root:
                _text(state, element.tail)
        elif tag in _SKIPPED or is_hidden(element):
            walker.skip_subtree()
            skipped = element
        elif tag == "table" and (rows := data_rows(element)):
            _flush(state)
            state.out.append(Rendered("table", markdown_table(rows), Appearance(state.looks[-1], html=True)))
            walker.skip_subtree()
            skipped = element
        else:
            _enter(state, element, tag)
            _text(state, element.text)
    _flush(state)
    return state.out


def is_hidden(element: _Element) -> bool:
    """Whether an element's own ``style`` or ``hidden`` attribute hides it."""
    style = element.get("style")
    return element.get("hidden") is not None or bool(style and _hides(style))


# cached, since a mail repeats its styles
_hides, _sets_bold = lru_cache(maxsize=4096)(_HIDDEN.search), lru_cache(maxsize=4096)(_BOLD_STYLE.search)


def _is_bold(element: _Element, tag: str) -> bool:
    """Whether an element makes its text bold, by its tag or style."""
    if tag in _BOLD:
        return True
    style = element.get("style") if tag in ("span", "font", "a") else None
    return bool(style and _sets_bold(style))


def _enter(state: _State, element: _Element, tag: str) -> None:
    """Update the state at the start of an element."""
    state.elements += 1
    look = inherited(state.looks[-1], tag, element, state.elements)
    state.looks.append(look)
    if tag == "img":
        state.images += element.get("width") not in ("0", "1", "1px")
    elif tag == "hr":
        state.ruled = True
    if tag in _PLAIN_BLOCKS:
        _part(state)
        return
    if tag == "br":
        state.runs.append(Run("\n", False, False, False, "", look))
    elif tag == "img":
        _text(state, images.mark_of(element))
    elif tag == "a":
        state.links.append(urls.clean(element.get("href") or ""))
    elif tag in _ITALIC:
        state.italic += 1
    elif tag in _CODE:
        state.code += 1
    elif tag in _ENDING:
        _flush(state)
        if tag in _HEADINGS:
            state.heading = _HEADINGS[tag]
        elif tag == "pre":
            state.pre += 1
        elif tag == "blockquote":
            state.quote += 1
        elif tag == "li":
            state.item = _marker(state)
        elif tag != "hr":
            state.lists.append(1 if tag == "ol" else 0)
    if _is_bold(element, tag):
        state.bold += 1


def _leave(state: _State, element: _Element, tag: str) -> None:
    """Update the state at the end of an element."""
    if tag in _PLAIN_BLOCKS:
        if not state.heading:
            _flush(state)
        state.looks.pop()
        return
    state.looks.pop()
    if tag == "a":
        state.links.pop()
    elif tag in _ITALIC:
        state.italic -= 1
    elif tag in _CODE:
        state.code -= 1
    elif tag in _ENDING:
        _flush(state)
        if tag in _HEADINGS:
            state.heading = 0
        elif tag == "pre":
            state.pre -= 1
        elif tag == "blockquote":
            state.quote -= 1
        elif tag == "li":
            state.item = ""
        elif tag != "hr":
            state.lists.pop()
    if _is_bold(element, tag):
        state.bold -= 1


def _part(state: _State) -> None:
    """End the previous block, unless it is a heading, which continues."""
    if state.heading:
        _text(state, " ")
    else:
        _flush(state)


def _marker(state: _State) -> str:
    """Return the marker of the next list item, indented by its depth, and count it in a numbered list."""
    depth = max(len(state.lists) - 1, 0)
    number = state.lists[-1] if state.lists else 0
    if number:
        state.lists[-1] += 1
    return "   " * min(depth, 6) + (f"{number}. " if number else "- ")


def _text(state: _State, text: str | None) -> None:
    """Add text to the current block, with the current formatting."""
    if not text:
        return
    if not state.pre:
        if not state.runs and text.isspace():
            return
        if "  " in text or not text.isprintable():
            text = WHITE_SPACE.sub(" ", text)
    link = state.links[-1] if state.links else ""
    state.runs.append(Run(text, state.bold > 0, state.italic > 0, state.code > 0, link, state.looks[-1]))


def _flush(state: _State) -> None:
    """End the current block: render its runs, with the Markdown of lists, quotes and headings."""
    if not state.runs:
        return
    runs, state.runs = state.runs, []
    if not any(r.text.strip() for r in runs):
        return
    images, state.images = state.images, 0
    ruled, state.ruled = state.ruled, False
    if state.pre:
        code = "".join(r.text for r in runs).strip("\n")
        fence = "```" if "```" not in code else "~~~~"
        state.out.append(Rendered("code", f"{fence}\n{code}\n{fence}", of_runs(runs, images, ruled=ruled)))
        return
    for block in paragraphs(runs):
        text = rendered(block, heading=state.heading > 0)
        if not text:
            continue
        kind, text = _marked_up(state, text)
        state.out.append(Rendered(kind, text, of_runs(block, images, ruled=ruled)))
        images, ruled = 0, False


def _marked_up(state: _State, text: str) -> tuple[str, str]:
    """Return a block's kind, and its text with the Markdown of its heading, list or quote."""
    if state.heading:
        return "heading", "#" * state.heading + " " + " ".join(text.split())
    kind = "paragraph"
    if state.item:
        kind, text = "item", state.item + text.replace("\n", " ")
        state.item = ""
    elif _LINE_START.match(text):
        text = _escape_start(text)
    if state.quote:
        kind, text = "quote", "\n".join("> " + line for line in text.split("\n"))
    return kind, text


def _escape_start(text: str) -> str:
    """Escape the start of a paragraph that Markdown would read as a heading, quote, list or table."""
    if m := re.match(r"\d+", text):
        return f"{m.group()}\\{text[m.end() :]}"
    return "\\" + text


def joined(blocks: list[Rendered]) -> str:
    """Join blocks with blank lines, and adjacent list items with line breaks."""
    parts: list[str] = []
    previous = ""
    for block in blocks:
        if parts:
            parts.append("\n" if block.kind == previous == "item" else "\n\n")
        parts.append(block.text)
        previous = block.kind
    return "".join(parts)
