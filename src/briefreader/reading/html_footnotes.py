"""Convert footnotes of a page to Markdown: ``[^1]`` in the text, ``[^1]: …`` for the note.

A reference is a link within the page whose text is a number, letter or sign. It is in superscript, or its class, role,
ID or ``rel`` (or that of an element around it) names a reference. The target of the link is the note.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import unquote

from briefreader.reading.html_tree import drop, replace_with_text, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

MAX_NOTES = 2000
_LABEL = re.compile(r"[\[(]?(\d{1,3}|[a-z]|[ivx]{1,5}|[*†‡§]{1,3})[\])]?", re.I)
_NAMED = re.compile(r"foot-?note|fn|note-?ref|noteref|end-?note|sidenote|reference|citation|\bref\b", re.I)
_BLOCKS = frozenset(("li", "p", "div", "dd", "aside", "section", "td", "blockquote", "footer"))
_BACKLINK = re.compile(r"[\s\[(]*(?:[↩↑⏎⬆^↵]\ufe0e?|back|return|\d{1,3}|[*†‡§])[\s\]).:]*", re.I)
_LIST = frozenset(("ol", "ul", "dl"))


def mark_footnotes(root: _Element) -> None:
    """Rewrite the references and notes under ``root``, in place."""
    targets: dict[_Element, str] = {}
    ids: dict[str, _Element] | None = None
    for link in list(islice(_references(root), MAX_NOTES)):
        if ids is None:
            ids = {name: e for e in root.iter() if isinstance(e.tag, str) and (name := e.get("id") or e.get("name"))}
        target = ids.get(unquote((link.get("href") or "")[1:]))
        note = _note(target, link) if target is not None else None
        if note is None:
            continue
        label = targets.setdefault(note, str(len(targets) + 1))
        raised = next((e for e in link.iterancestors() if e.tag == "sup"), link)
        holder = raised if text_of(raised).strip() == text_of(link).strip() else link
        replace_with_text(holder, "span", f"[^{label}]")
    for note, label in targets.items():
        _rewrite(note, label)


def _references(root: _Element) -> Iterator[_Element]:
    """Yield the links that refer to footnotes."""
    for link in root.iter("a"):
        if not (link.get("href") or "").startswith("#") or not _LABEL.fullmatch(text_of(link).strip()):
            continue
        around = [link, *islice(link.iterancestors(), 2)]
        named = any(
            _NAMED.search(" ".join(filter(None, (e.get("class"), e.get("role"), e.get("id"), e.get("rel")))))
            for e in around
        )
        if named or any(e.tag == "sup" for e in around):
            yield link


def _note(target: _Element, link: _Element) -> _Element | None:
    """Return the block that a reference links to, None if it contains the reference or is too long for a note."""
    block = target if target.tag in _BLOCKS else next((e for e in target.iterancestors() if e.tag in _BLOCKS), None)
    if block is not None and len(text_of(block).split()) < 2:  # only the note's number, beside its text
        block = next((e for e in block.iterancestors() if e.tag in _BLOCKS), None)
    if block is None or block in link.iterancestors() or len(text_of(block)) > 5000:
        return None
    return block


def _rewrite(note: _Element, label: str) -> None:
    """Put ``[^label]:`` before a note, and remove links back to the text."""
    for link in list(note.iter("a")):
        if (link.get("href") or "").startswith("#") and _BACKLINK.fullmatch(text_of(link)):
            drop(link)
    for raised in list(note.iter("sup")):
        if not text_of(raised).strip():
            drop(raised)
    first = next((e for e in note.iter() if e.text and e.text.strip()), note)
    block = first if first.tag in _BLOCKS else next((e for e in first.iterancestors() if e.tag in _BLOCKS), note)
    words = re.sub(r"^[\s\d.)\]:]+(?=\D)", "", block.text or "")
    block.text = f"[^{label}]: {words.lstrip()}"
    holder = note.getparent()
    if note.tag == "li":
        note.tag = "div"
        if holder is not None and holder.tag in _LIST and not any(e.tag == "li" for e in holder):
            holder.tag = "div"
    for around in (note, *islice(note.iterancestors(), 3)):
        if around.tag == "footer":
            around.tag = "div"
        if around.tag not in ("body", "html", "article", "main"):
            for name in {"class", "id", "role", "style"} & set(around.attrib):
                del around.attrib[name]  # the extractor of articles would drop an element named "footnotes"
