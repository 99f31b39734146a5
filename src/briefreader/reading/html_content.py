"""Convert special content of an HTML page to text, before its tree is converted to Markdown.

Formulas become TeX, powers are written ``10^13`` and footnotes ``[^1]``. Line numbers beside code are removed, buttons
within sentences become words, and text that a script would show becomes visible.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, cast

from briefreader.reading.html_footnotes import mark_footnotes
from briefreader.reading.html_tree import drop, replace_with_text, text_before, text_of

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_ELEMENTS = 20_000  # maximum elements of one tag that a step processes; of several tags, five or ten times as many
_GUTTER = re.compile(
    r"(?:^|[\s_-])(?:line-?num(?:ber)?s?(?:-rows)?|lineno|linenos|linenodiv|gutter|blob-num|hljs-ln-n\w*)(?:$|[\s_-])",
    re.I,
)
_RENDERED_FORMULA = re.compile(
    r"(?:^|\s)(?:katex-html|MathJax(?:_Preview|_SVG|_Display|_CHTML)?|mwe-math-fallback-image\S*)(?:$|\s)"
)
_FORMULA_IMAGE = re.compile(r"(?:^|[\s_-])(?:latex|tex|math|equation)(?:$|[\s_-])", re.I)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?![.\d]*[1-9])", re.I)
_CODE_LINES = re.compile(r"\s*1\s+2(?:\s+\d+)*\s*")
_UNREADABLE = ("script", "style", "head", "title", "template")


def prepare(root: _Element) -> None:
    """Apply all conversions to the tree under ``root``, in place."""
    _formulas(root)
    _line_numbers(root)
    mark_footnotes(root)
    _superscripts(root)
    _buttons(root)
    _reveal(root)


def _formulas(root: _Element) -> None:
    """Replace formulas with their TeX in code elements, and drop elements that only draw formulas."""
    for element in list(islice(root.iter("math"), MAX_ELEMENTS)):
        _show(element)
        replace_with_text(element, "code", _tex(element))
    for element in list(islice(root.iter("script"), MAX_ELEMENTS)):
        if (element.get("type") or "").lower().startswith("math/tex"):
            replace_with_text(element, "code", (element.text or "").strip())
    for element in list(islice(root.iter("span", "div", "img", "nobr"), 5 * MAX_ELEMENTS)):
        kind = element.get("class") or ""
        if kind and _RENDERED_FORMULA.search(kind) and element.find(".//code") is None:
            drop(element)
        elif (
            element.tag == "img"
            and kind
            and _FORMULA_IMAGE.search(kind)
            and (alt := (element.get("alt") or "").strip())
        ):
            replace_with_text(element, "code", alt)


def _tex(math: _Element) -> str:
    """Return the TeX that a formula states, else a similar form of its MathML."""
    stated = (math.get("alttext") or "").strip()
    for annotation in math.iter("annotation"):
        if "tex" in (annotation.get("encoding") or "").lower():
            stated = stated or (annotation.text or "").strip()
    return stated or " ".join(_linear(math, 0).split())


def _linear(element: _Element, depth: int) -> str:
    """Return MathML in a linear form: ``x^2``, ``a_{ij}``, ``1/n``, ``√{xy}``."""
    if depth > 40:
        return text_of(element)
    parts = [_linear(child, depth + 1) for child in element if child.tag not in ("annotation", "annotation-xml")]
    match element.tag:
        case "msup" if len(parts) == 2:
            return f"{parts[0]}^{_group(parts[1])}"
        case "msub" if len(parts) == 2:
            return f"{parts[0]}_{_group(parts[1])}"
        case "msubsup" if len(parts) == 3:
            return f"{parts[0]}_{_group(parts[1])}^{_group(parts[2])}"
        case "mfrac" if len(parts) == 2:
            return f"{_group(parts[0])}/{_group(parts[1])}"
        case "msqrt":
            return f"√{_group(''.join(parts))}"
        case _:
            return (element.text or "").strip() + "".join(parts)


def _group(text: str) -> str:
    """Put text in braces unless it is a single character or a number."""
    return text if len(text) == 1 or text.isdigit() else f"{{{text}}}"


def _show(element: _Element) -> None:
    """Remove the ``style`` attribute from an element and the two elements around it, if it hides them."""
    for holder in (element, *islice(element.iterancestors(), 2)):
        if _HIDDEN.search(holder.get("style") or ""):
            del holder.attrib["style"]


def _line_numbers(root: _Element) -> None:
    """Remove line numbers beside code."""
    for element in list(islice(root.iter("td", "span", "div", "pre", "a", "code", "th"), 10 * MAX_ELEMENTS)):
        kind = element.get("class")
        numbers = kind is not None and _GUTTER.search(kind) and re.fullmatch(r"[\s\d.:|]*", text_of(element))
        if numbers or (element.tag == "pre" and kind is None and _CODE_LINES.fullmatch(text_of(element))):
            drop(element)


def _superscripts(root: _Element) -> None:
    """Write powers as ``10^13``, and raised numbers after words or years as footnotes (``[^1]``)."""
    for element in list(islice(root.iter("sup"), MAX_ELEMENTS)):
        text = text_of(element).strip()
        before = text_before(element)
        base = re.search(r"(?:\d+|[^\W\d_]+|[)\]])$", before)
        if not text or base is None or element.find(".//code") is not None:
            continue
        power = re.fullmatch(r"[-+−–]?\d{1,4}|[-+−–]?[A-Za-z](?:\s?[-+−–]\s?\d{1,3})?", text)
        if power and (base.group()[0].isdigit() or len(base.group()) <= 2 or base.group() in ")]"):
            is_year = re.fullmatch(r"(?:19|20)\d\d", base.group()) and text.isdigit()
            written = text.replace("−", "-").replace("–", "-")
            mark = f"^{written if re.fullmatch(r'-?[0-9]+|[A-Za-z]', written) else f'{{{written}}}'}"
            replace_with_text(element, "span", f"[^{text}]" if is_year else mark)
        elif re.fullmatch(r"\d{1,2}", text) and element.find(".//a") is None:
            replace_with_text(element, "span", f"[^{text}]")


def _buttons(root: _Element) -> None:
    """Turn buttons within a sentence into words; other buttons are dropped later."""
    for element in list(islice(root.iter("button"), MAX_ELEMENTS)):
        after = (element.tail or "").strip()
        if re.search(r"\w$|[,:“\"(]$", text_before(element).rstrip()) and re.match(r"[\w.,;:)”\"]", after):
            element.tag = "span"


def _reveal(root: _Element) -> None:
    """Make a hidden part of the page visible if it is longer than the visible text: a script would show it.

    The same applies to the fallback for browsers without scripts (``noscript``), if it has more than 200 characters.
    """
    styled = cast("list[_Element]", root.xpath("descendant-or-self::*[@style or @hidden]"))
    hidden = [e for e in styled if _is_hidden(e) and e.tag not in _UNREADABLE]
    if hidden:
        outer = [e for e in hidden[:500] if not any(a.get("style") and _is_hidden(a) for a in e.iterancestors())]
        lengths = {e: _length(e) for e in outer}
        visible = _length(root) - sum(lengths.values())
        longest = max(lengths, key=lambda e: lengths[e], default=None)
        if longest is not None and lengths[longest] > visible:
            for name in {"style", "hidden"} & set(longest.attrib):
                del longest.attrib[name]
    fallback = max(root.iter("noscript"), key=_length, default=None)
    if fallback is not None and _length(fallback) > 200 and 2 * _length(fallback) > _length(root):
        fallback.tag = "div"


def _is_hidden(element: _Element) -> bool:
    style = element.get("style")
    return element.get("hidden") is not None or bool(style and _hides(style))


_hides = lru_cache(maxsize=4096)(_HIDDEN.search)


def _length(element: _Element) -> int:
    """Return the length of an element's text, without scripts and styles."""
    unread = sum(len(text_of(part).strip()) for part in element.iter(*_UNREADABLE))
    return max(len(" ".join(text_of(element).split())) - unread, 0)
