"""Edit an HTML tree, keeping the text around elements."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element


def text_of(element: _Element) -> str:
    """Return all text within an element."""
    return str(element.xpath("string()"))


def text_before(element: _Element) -> str:
    """Return the text right before an element within its parent, "" if there is none."""
    before = element.getprevious()
    if before is not None:
        return before.tail or text_of(before)
    parent = element.getparent()
    return (parent.text or "") if parent is not None else ""


def replace_with_text(element: _Element, tag: str, text: str) -> None:
    """Turn an element into a ``tag`` element that contains only ``text``; the text after it stays."""
    tail = element.tail
    element.clear()
    element.tag, element.text, element.tail = tag, text, tail


def drop(element: _Element) -> None:
    """Remove an element with its content; the text after it stays."""
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        return
    if element.tail:
        if before is None:
            parent.text = (parent.text or "") + element.tail
        else:
            before.tail = (before.tail or "") + element.tail
    parent.remove(element)
