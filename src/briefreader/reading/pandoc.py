"""Remove Pandoc's classes, IDs and divisions from Markdown, keeping all words.

Web pages that were converted with Pandoc contain ``{.class}`` attributes and ``:::`` fences. Links within the document
lose their targets: links on a number become footnote marks (``[^1]``), others plain text.
"""

from __future__ import annotations

import re

from briefreader.markdown import outside_code

_ATTRIBUTE = r"""(?:[#.][^\s{}"']+|[A-Za-z_:][\w:.-]*=(?:"(?:[^"\\]|\\.)*+"|'[^']*+'|[^\s"'{}=]++)|-)"""
# possessive quantifiers: text that doesn't end like attributes is rejected in a single pass
_ATTRIBUTES = rf"\{{\s*+(?:{_ATTRIBUTE}(?:\s++|(?=\}})))++\}}"
_DIVISION = re.compile(rf"^[ \t]*+:{{3,}}+(?:[ \t]*+(?:[\w-]++|{_ATTRIBUTES}))*+[ \t]*+:*+[ \t]*+(?:\n|\Z)", re.M)
_HEADING_END = re.compile(rf"^([ ]{{0,3}}#{{1,6}}[ \t][^\n]*?)[ \t]*+{_ATTRIBUTES}[ \t]*+$", re.M)
_SPAN = re.compile(rf"(?<![\\!])\[([^\[\]\n]{{0,1000}})\]{_ATTRIBUTES}")
_AFTER = re.compile(rf"(?<=[\])`>])(?<!\\\]){_ATTRIBUTES}")
_FOOTNOTE = re.compile(r"\^?\[\\?\[?(\d{1,3})\\?\]?\]\(#[^()\s]{0,200}\)\^?")
_DASH = re.compile(r"(?<=[^\s|:+-]) ---(?= [^\s|:+-])")
_WITHIN = re.compile(r"(?<!!)\[([^\[\]\n]{1,1000})\]\(#[^()\s]{0,200}\)")


def to_commonmark(text: str) -> str:
    """Return ``text`` without attributes, divisions and inner links, ``---`` as a dash, and fenced code unchanged."""
    if not any(sign in text for sign in (":::", "{", "](#", " --- ")):
        return text
    return outside_code(text, _prose)


def _prose(text: str) -> str:
    """Convert text outside fenced code."""
    text = _DASH.sub(" —", _DIVISION.sub("", text))
    text = _HEADING_END.sub(r"\1", text)
    text = _AFTER.sub("", _SPAN.sub(r"\1", text))
    return _WITHIN.sub(r"\1", _FOOTNOTE.sub(r"[^\1]", text))
