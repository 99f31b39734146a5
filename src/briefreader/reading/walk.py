"""An HTML tree → Markdown: headings, links, lists, bold, quotes, code, and tables that hold data.

One pass over the tree's events, without recursion. Inline text is kept as runs with their marks, so that a bold link
over three table cells comes out as three well-formed ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from briefreader.reading import urls

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
_PLAIN_BLOCKS = _BLOCKS - {"li", "ol", "ul"}  # those that only end the block before them
_ENDING = frozenset((*_HEADINGS, "pre", "blockquote", "ul", "ol", "li", "hr"))  # those that also begin one of a kind
_BOLD = frozenset(("b", "strong"))
_ITALIC = frozenset(("i", "em", "cite", "dfn"))
_CODE = frozenset(("code", "tt", "kbd", "samp"))
_HIDDEN = re.compile(
    r"display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*hidden|max-height\s*:\s*0(?:px)?\s*(?:;|!|$)"
    r"|opacity\s*:\s*0\s*(?:;|!|$)",
    re.I,
)
_HIDING = ("none", "hid", "max-height", "opacity", "NONE", "HID")  # cheap to look for before the expression
_HEAVY = re.compile(r"font-weight\s*:\s*(?:bold|bolder|[6-9]00)", re.I)
_SPACE = re.compile(r"[ \t\r\n\f\xa0]+")
_SPECIAL = re.compile(r"[*`]|<(?=[A-Za-z/!])|&(?=#?\w{2,31};)|(?<!\w)_(?=\w)|(?<=\w)_(?!\w)")
_LINE_START = re.compile(r"^(#{1,6}\s|>|\d{1,3}[.)]\s|[-+]\s|\|)")
_MOST_CELLS = 4000


@dataclass(slots=True)
class _Run:
    text: str
    bold: bool
    italic: bool
    code: bool
    link: str


@dataclass(slots=True)
class _State:
    """Where the walk stands: marks that are on, lists and quotes that are open, the block being gathered."""

    bold: int = 0
    italic: int = 0
    code: int = 0
    quote: int = 0
    pre: int = 0
    links: list[str] = field(default_factory=list)
    lists: list[int] = field(default_factory=list)  # 0 for a bullet list, else the next number
    item: str = ""
    heading: int = 0
    runs: list[_Run] = field(default_factory=list)
    out: list[tuple[str, str]] = field(default_factory=list)  # (kind, Markdown)


def to_markdown(root: _Element) -> str:
    """The visible content of the tree under ``root`` as Markdown; images and hidden parts are left out."""
    from lxml import etree

    state = _State()
    walker = etree.iterwalk(root, events=("start", "end"))
    skipped: _Element | None = None  # its end event still comes, and brings the tail, but must undo nothing
    for event, element in walker:
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "end":
            if element is not skipped:
                _leave(state, element, tag)
            if element is not root:
                _text(state, element.tail)
        elif tag in _SKIPPED or _hidden(element):
            walker.skip_subtree()
            skipped = element
        elif tag == "table" and (rows := _data_rows(element)):
            _flush(state)
            state.out.append(("table", markdown_table(rows)))
            walker.skip_subtree()
            skipped = element
        else:
            _enter(state, element, tag)
            _text(state, element.text)
    _flush(state)
    return _joined(state.out)


def _hidden(element: _Element) -> bool:
    if element.get("hidden") is not None:
        return True
    style = element.get("style")
    if not style or not any(word in style for word in _HIDING):
        return False
    return _HIDDEN.search(style) is not None


def _heavy(element: _Element, tag: str) -> bool:
    if tag in _BOLD:
        return True
    style = element.get("style") if tag in ("span", "font", "a") else None
    return bool(style and "eight" in style.lower() and _HEAVY.search(style))


def _enter(state: _State, element: _Element, tag: str) -> None:
    if tag in _PLAIN_BLOCKS:
        _part(state)
        return
    if tag == "br":
        state.runs.append(_Run("\n", False, False, False, ""))
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
    if _heavy(element, tag):
        state.bold += 1


def _leave(state: _State, element: _Element, tag: str) -> None:
    if tag in _PLAIN_BLOCKS:
        if not state.heading:
            _flush(state)
        return
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
    if _heavy(element, tag):
        state.bold -= 1


def _part(state: _State) -> None:
    """A block begins: it ends the one before, but a heading goes on."""
    if state.heading:
        _text(state, " ")
    else:
        _flush(state)


def _marker(state: _State) -> str:
    """The mark of the list item that begins, indented by its depth."""
    depth = max(len(state.lists) - 1, 0)
    number = state.lists[-1] if state.lists else 0
    if number:
        state.lists[-1] += 1
    return "   " * min(depth, 6) + (f"{number}. " if number else "- ")


def _text(state: _State, text: str | None) -> None:
    if not text:
        return
    if not state.pre:
        if not state.runs and text.isspace():
            return
        if "  " in text or not text.isprintable():
            text = _SPACE.sub(" ", text)
    link = state.links[-1] if state.links else ""
    state.runs.append(_Run(text, state.bold > 0, state.italic > 0, state.code > 0, link))


def _flush(state: _State) -> None:
    """End the block being gathered: render its runs, with the marks of lists, quotes and headings."""
    if not state.runs:
        return
    runs, state.runs = state.runs, []
    if not any(r.text.strip() for r in runs):
        return
    if state.pre:
        code = "".join(r.text for r in runs).strip("\n")
        fence = "```" if "```" not in code else "~~~~"
        state.out.append(("code", f"{fence}\n{code}\n{fence}"))
        return
    for block in _paragraphs(runs):
        text = _render(block, plain=state.heading > 0)
        if not text:
            continue
        if state.heading:
            state.out.append(("heading", "#" * state.heading + " " + " ".join(text.split())))
            continue
        kind = "paragraph"
        if state.item:
            kind, text = "item", state.item + text.replace("\n", " ")
            state.item = ""
        elif _LINE_START.match(text):
            text = _escape_start(text)
        if state.quote:
            kind, text = "quote", "\n".join("> " + line for line in text.split("\n"))
        state.out.append((kind, text))


def _escape_start(text: str) -> str:
    """A paragraph that begins like a heading, quote or list is none: HTML has its own."""
    if m := re.match(r"\d+", text):
        return f"{m.group()}\\{text[m.end() :]}"
    return "\\" + text


def _paragraphs(runs: list[_Run]) -> list[list[_Run]]:
    """Runs parted where two line breaks or more follow each other."""
    parts: list[list[_Run]] = [[]]
    breaks = 0
    for run in runs:
        if run.text == "\n":
            breaks += 1
        elif run.text.strip():
            if breaks >= 2:
                parts.append([])
            breaks = 0
        parts[-1].append(run)
    return parts


def _render(runs: list[_Run], *, plain: bool = False) -> str:
    """Runs as inline Markdown, marks set tight around the text they hold."""
    pieces: list[str] = []
    for link, group in groupby(runs, key=lambda r: r.link):
        inner = "".join(
            _marked("".join(r.text for r in same), bold and not plain, italic, code)
            for (bold, italic, code), same in groupby(group, key=lambda r: (r.bold, r.italic, r.code))
        )
        pieces.append(_linked(inner, link) if link else inner)
    text = "".join(pieces)
    lines = [" ".join(line.split()) for line in text.split("\n")]
    return "\n".join(line for line in lines if line)


def _marked(text: str, bold: bool, italic: bool, code: bool) -> str:
    core = text.strip()
    if not core:
        return text
    head, tail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    if code and "`" not in core and "\n" not in core:
        core = f"`{core}`"
    else:
        core = _SPECIAL.sub(lambda m: "\\" + m.group(), core)
    if "\n" in core or not re.search(r"\w", core):
        return head + core + tail
    if italic:
        core = f"*{core}*"
    if bold:
        core = f"**{core}**"
    return head + core + tail


def _linked(text: str, link: str) -> str:
    core = " ".join(text.split())
    if not core:
        return text
    head, tail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    if core.replace("\\", "") in (link, link.split("://", 1)[-1]):
        return head + link + tail
    core = core.replace("[", "\\[").replace("]", "\\]")
    return f"{head}[{core}]({link.replace('(', '%28').replace(')', '%29').replace(' ', '%20')}){tail}"


def data_tables(root: _Element) -> list[tuple[_Element, str]]:
    """The tables under ``root`` that hold data, each as Markdown."""
    return [(table, markdown_table(rows)) for table in root.iter("table") if (rows := _data_rows(table))]


def _data_rows(table: _Element) -> list[list[str]]:
    """The cells of a table that holds data; [] for one that lays out a page.

    Data: no table within, header cells or a border, two rows and columns or more, and short cells.
    """
    if (table.get("role") or "").lower() in ("presentation", "none"):
        return []
    headed = table.find(".//th") is not None
    if not headed and (table.get("border") or "0") in ("0", ""):
        return []
    if table.find(".//table") is not None or table.find(".//img") is not None:
        return []
    rows: list[list[str]] = []
    cells = 0
    for row in table.iter("tr"):
        texts = [
            _SPACE.sub(" ", "".join(map(str, cell.itertext()))).strip() for cell in row if cell.tag in ("td", "th")
        ]
        cells += len(texts)
        if cells > _MOST_CELLS:
            return []
        if any(texts):
            rows.append(texts)
    if len(rows) < 2 or max(map(len, rows)) < 2 or any(len(t) > 200 for row in rows for t in row):
        return []
    return rows


def markdown_table(rows: list[list[str]]) -> str:
    """Rows of plain cells as a Markdown table, the first its head; shorter rows are filled up."""
    width = max(map(len, rows))
    lines = [
        "| " + " | ".join(t.replace("\\", "\\\\").replace("|", "\\|") for t in row + [""] * (width - len(row))) + " |"
        for row in rows
    ]
    lines.insert(1, "|" + " --- |" * width)
    return "\n".join(lines)


def _joined(out: list[tuple[str, str]]) -> str:
    """Blocks parted by blank lines, the items of a list by line ends."""
    parts: list[str] = []
    previous = ""
    for kind, text in out:
        if parts:
            parts.append("\n" if kind == previous == "item" else "\n\n")
        parts.append(text)
        previous = kind
    return "".join(parts)
