"""Extract the article of a web page with readability, and restore parts that readability drops.

Readability judges elements by their class names, and drops small tables and lists. Misleading names are therefore
removed first; tables, lists and code are replaced by sentences (placeholders) and put back afterwards. Prose between
two parts of the article is restored.
"""

from __future__ import annotations

import re
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from briefreader.markdown import Block, blocks, plain
from briefreader.reading.html import parse
from briefreader.reading.html_to_markdown import to_markdown
from briefreader.reading.html_tree import text_of

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_CHARACTERS = 3_000_000  # maximum size of a page passed to readability
MAX_CUT_CHARACTERS = 100_000  # maximum characters kept of the rest of the page
_MAX_PROTECTED = 2000  # maximum elements that are considered for a placeholder
_MAX_BETWEEN = 12  # maximum blocks restored between two parts
# a sentence that readability takes for prose
_PLACEHOLDER = "Part number {} of the article, which is kept aside, belongs in this place."
_PLACEHOLDERS = re.compile(r"Part number (\d{1,6}) of the article, which is kept aside, belongs in this place\.")
_MIN_SHARE = 0.25  # minimum share of the article in the characters of the page, unless it has at least 600
# class names for which readability drops an element
_SUSPECTED = re.compile(
    r"combx|comment|community|disqus|extra|foot|header|menu|remark|rss|shoutbox|sidebar|sponsor|ad-break|agegate"
    r"|pagination|pager|popup|tweet|twitter|com-|contact|masthead|media|meta|outbrain|promo|related|scroll|shopping"
    r"|tags|tool|widget",
    re.I,
)
# class names of elements that don't belong to the article
_FRAME = re.compile(
    r"(?:^|[\s_-])(?:comments?|comment[-_]?(?:list|body|content|text|area|section|thread|form|wrap\w*|author|meta)"
    r"|disqus\w*|respond|reply|side-?bar\w*|footer|site-?footer|global-?footer|page-?footer|masthead|nav\w*|menu"
    r"|related(?:-\w+)*|share\w*|sharing|social\w*|newsletter\w*|subscri\w+|promo\w*|advert\w*|ads?|sponsor(?:ed|s)?"
    r"|pop-?up|modal|cookie\w*|breadcrumbs?|pagination|pager|tags?|widgets?|outbrain|taboola|recommend\w*)(?:$|\s)",
    re.I,
)
# headings and labels of parts that don't belong to the article
_MORE = re.compile(
    r"(?:related|more|read (?:more|next)|see also|share|tags?|filed under|categories|popular|trending|recommended"
    r"|latest|you (?:may|might)|about the author|comments?|sign up|subscribe|newsletter|follow)\b",
    re.I,
)
_LINKS = re.compile(r"\[((?:\\.|[^\[\]\\])*)\]\([^()\s]*\)")


def article(root: _Element, text: str) -> tuple[str, str]:
    """Return the article under ``root`` and the rest of the page, as Markdown; modifies the tree.

    If ``text`` (the page's HTML) is too long for readability, or if readability finds too little, the article is the
    whole page, and the rest is "".
    """
    whole = to_markdown(root)
    found = _extracted(root) if len(text) <= MAX_CHARACTERS else ""
    if len(found) < min(_MIN_SHARE * len(whole), 600):
        return whole, ""
    return _completed(whole, found)


def _extracted(root: _Element) -> str:
    """Return the article found by readability, as Markdown."""
    _remove_misleading_names(root)
    protected = _protected(root)
    for number, (element, _) in enumerate(protected):
        placeholder = element.makeelement("p")
        placeholder.text, placeholder.tail = _PLACEHOLDER.format(number), element.tail
        parent = element.getparent()
        if parent is not None:
            parent.replace(element, placeholder)
    found = _readable(root)
    body = to_markdown(found) if found is not None else ""
    return _PLACEHOLDERS.sub(lambda m: protected[int(m[1])][1] if int(m[1]) < len(protected) else m[0], body)


def _remove_misleading_names(root: _Element) -> None:
    """Remove class names and IDs from blocks of prose that would be dropped because of them."""
    for element in islice(root.iter("div", "section", "p", "ul", "ol", "span", "header", "blockquote"), 50_000):
        names = f"{element.get('class') or ''} {element.get('id') or ''}".strip()
        if names and _SUSPECTED.search(names) and not _FRAME.search(names) and _is_prose(element):
            for name in {"class", "id"} & set(element.attrib):
                del element.attrib[name]


def _is_prose(element: _Element) -> bool:
    """Whether an element has a sentence, and few of its words in links."""
    words = " ".join(text_of(element).split())
    linked = sum(len(text_of(link)) for link in element.iter("a"))
    return len(words.split()) >= 6 and linked < 0.4 * len(words) and re.search(r"[.!?。:]", words) is not None


def _protected(root: _Element) -> list[tuple[_Element, str]]:
    """Return the elements that get a placeholder (data tables; lists and code among prose) with their Markdown."""
    found: dict[_Element, str] = {}
    for element in list(islice(root.iter("table", "ul", "ol", "dl", "pre"), _MAX_PROTECTED)):
        if any(holder in found for holder in element.iterancestors()):
            continue
        listing = element.tag != "table" or element.find(".//pre") is not None
        if listing and not _is_among_prose(element):
            continue
        body = to_markdown(element).strip()
        if body and (listing or body.startswith("|")):
            found[element] = body
    return list(found.items())


def _is_among_prose(element: _Element) -> bool:
    """Whether an element is beside paragraphs of prose, outside navigation and lists of further links."""
    parent, before = element.getparent(), element.getprevious()
    if parent is None or any(holder.tag in ("nav", "aside", "footer", "li") for holder in element.iterancestors()):
        return False
    names = f"{element.get('class') or ''} {element.get('id') or ''} {parent.get('class') or ''}".strip()
    heading = " ".join(text_of(before).split()) if before is not None else ""
    if _FRAME.search(names) or (len(heading.split()) <= 8 and _MORE.match(heading)):
        return False
    return any(len(text_of(sibling)) >= 60 for sibling in parent.iterchildren("p"))


def _completed(whole: str, found: str) -> tuple[str, str]:
    """Return the article with the content between its parts restored, and the rest of the page; "" if unknown."""
    spans = blocks(whole)
    parts = [whole[b.start : b.end] for b in spans]
    known = {_key(found[b.start : b.end]) for b in blocks(found)}
    kept = [n for n, part in enumerate(parts) if _key(part) in known]
    if not kept or len(kept) < 0.5 * len(known):
        return found, ""
    chosen = set(kept)
    for before, after in pairwise(kept):
        between = range(before + 1, after)
        if len(between) <= _MAX_BETWEEN and not any(_MORE.match(plain(parts[n]).lstrip("# ")) for n in between):
            chosen |= {n for n in between if _is_content(parts[n])}
    dropped = "\n\n".join(part for n, part in enumerate(parts) if n not in chosen)[:MAX_CUT_CHARACTERS]
    if len(chosen) == len(set(kept)):
        return found, dropped
    return _joined(whole, [spans[n] for n in sorted(chosen)]), dropped


def _joined(whole: str, spans: list[Block]) -> str:
    """Join blocks by blank lines, and adjacent list items by line breaks."""
    body = ""
    for number, block in enumerate(spans):
        before = spans[number - 1] if number else None
        close = before is not None and before.kind == block.kind == "item" and before.end + 1 >= block.start
        body += ("\n" if close else "\n\n" if number else "") + whole[block.start : block.end]
    return body


def _key(block: str) -> str:
    """Return the letters and digits of a block, by which blocks are matched."""
    return "".join(re.findall(r"\w+", plain(block).casefold()))


def _is_content(block: str) -> bool:
    """Whether a block between two parts of the article is prose, code or data rather than a widget."""
    if block.startswith(("|", "```", "~~~", "#", "![")):
        return True
    words = plain(block).split()
    linked = sum(len(plain(m[1]).split()) for m in _LINKS.finditer(block))
    return len(words) >= 5 and linked <= 0.6 * len(words)


def _readable(root: _Element) -> _Element | None:
    """Return the article that readability finds, or None."""
    import logging

    from lxml import etree
    from readability import Document

    # readability logs every unusual page
    logging.getLogger("readability.readability").setLevel(logging.CRITICAL)
    try:
        text = etree.tostring(root, encoding="unicode", method="html")
        return parse(Document(text).summary(html_partial=True))
    except Exception:  # readability raises arbitrary exceptions on unusual pages; then the whole page is used
        return None
