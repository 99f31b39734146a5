"""Convert Obsidian's and Logseq's syntax to plain Markdown: note links, highlights, callouts, block IDs.

Text that these programs show is kept; text that they hide (comments, internal properties, IDs) is removed. Code is
unchanged.
"""

from __future__ import annotations

import re

from briefreader.markdown import outside_code

# text without any of these has no such syntax
_SIGNS = ("[[", "==", "[!", "%%", "::", "((", "{{", " ^", "\n^")
_CODE_SPAN = re.compile(r"(?P<ticks>`+)[^`\n](?:[^\n]*?[^`\n])?(?P=ticks)(?!`)")
_LINK = re.compile(
    r"(?<![\w\]])(?P<embed>!?)#?\[\[(?P<target>[^\[\]|\n]{1,300})(?:\|(?P<label>[^\[\]\n]{1,300}))?\]\](?!\()"
)
_HIGHLIGHT = re.compile(r"(?<![=\w])==(?=\S)(?P<text>[^=\n]{1,1000}?)(?<=\S)==(?![=\w])")
_CALLOUT = re.compile(
    r"(?m)^(?P<quote>(?:[ \t]*>)+[ \t]?)\[!(?P<kind>[\w-]{2,30})(?:\|[^\]\n]*)?\][+-]?[ \t]*(?P<title>.*)$"
)
_BLOCK_ID = re.compile(r"(?m)(?:^|(?<=\S)[ \t]+)\^[A-Za-z0-9][\w-]{1,60}[ \t]*$")
_COMMENT = re.compile(r"%%(?:[^%]|%(?!%)){0,20000}%%")
_HIDDEN_PROPERTY = re.compile(
    r"(?mi)^[ \t]*(?:- )?(?:id|collapsed|background-color|heading|hl-\w+|ls-\w+|query-[\w-]+|card-[\w-]+"
    r"|logseq\.[\w.-]+|exclude-from-graph-view)::[^\n]*\n?"
)
_PROPERTY = re.compile(r"(?P<name>[A-Za-z][\w -]{0,40}):: ?(?P<value>.*)")
_BLOCK_REFERENCE = re.compile(r"\(\([0-9a-f]{8}-[0-9a-f-]{20,40}\)\)")
_MACRO = re.compile(r"\{\{(?P<name>embed|video|youtube|tweet|pdf)\s+(?P<rest>[^{}\n]*)\}\}|\{\{[^{}\n]{0,500}\}\}")


def properties(text: str) -> tuple[dict[str, object], str]:
    """Return a page's properties (the ``key:: value`` lines at its beginning; keys in lower case), and the rest."""
    fields: dict[str, object] = {}
    lines = text.split("\n")
    done = 0
    for line in lines:
        found = _PROPERTY.fullmatch(line.strip())
        if not found and (line.strip() or not fields):
            break
        done += 1
        if found:
            fields.setdefault(found["name"].lower(), unlinked(found["value"]).strip())
    return (fields, "\n".join(lines[done:])) if fields else ({}, text)


def unlinked(text: str) -> str:
    """Return ``text`` with links between notes replaced by their labels or targets."""
    return _LINK.sub(lambda m: (m["label"] or m["target"].replace("#^", "#").split("#^", 1)[0]).strip(), text)


def to_markdown(text: str) -> str:
    """Return a note's text as plain Markdown."""
    if not any(sign in text for sign in _SIGNS):
        return text
    return outside_code(text, _prose)


def _prose(text: str) -> str:
    """Convert text outside fenced code; code spans are unchanged."""
    parts: list[str] = []
    done = 0
    for span in _CODE_SPAN.finditer(text):
        parts += [_replaced(text[done : span.start()]), span.group()]
        done = span.end()
    return "".join([*parts, _replaced(text[done:])])


def _replaced(text: str) -> str:
    """Convert text without any code."""
    text = _HIDDEN_PROPERTY.sub("", _COMMENT.sub("", text))
    text = _MACRO.sub(lambda m: m["rest"] or "" if m["name"] else "", text)
    text = _CALLOUT.sub(lambda m: f"{m['quote']}**{m['title'].strip() or m['kind'].capitalize()}**\n{m['quote']}", text)
    text = unlinked(_BLOCK_REFERENCE.sub("", text))
    return _BLOCK_ID.sub("", _HIGHLIGHT.sub(r"\g<text>", text))
