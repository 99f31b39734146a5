"""Pandoc's Markdown → the Markdown that is read here: attributes, spans, divisions and raw parts taken off.

What they hold stays; what they say of a class, an id or another format is nothing to read. Links within the document
lead nowhere from here: one on a number is a footnote's mark, ``[^1]``, all others are their text. After the chapter
"Pandoc's Markdown" of pandoc's manual.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from briefreader.reading.markdown import URL, blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

_VALUE = r"""(?:"(?:[^"\\]|\\.){0,20000}+"|'(?:[^'\\]|\\.){0,20000}+'|[^\s"'{}=]{1,1000}+)"""
_ATTRIBUTE = rf"""(?:[#.][^\s{{}}"']{{1,500}}+|[A-Za-z_:][\w:.-]{{0,100}}+={_VALUE}|-)"""
# possessive: what does not end as attributes do is given up in one pass
_ATTRIBUTES = rf"\{{\s*+(?:{_ATTRIBUTE}(?:\s++|(?=\}})))*+\}}"
_RAW = r"\{=[A-Za-z][\w+-]*+\}"
_MARGIN = r"^(?P<margin>(?:[ \t]*+>)*+)[ \t]*+"
_DIV_BEGIN = re.compile(
    rf"{_MARGIN}:{{3,}}+[ \t]*+(?:[^\s{{}}:][^\s{{}}]*+(?:[ \t]+{_ATTRIBUTES})?|{_ATTRIBUTES})[ \t]*+:*+[ \t]*+$", re.M
)
_DIV_END = re.compile(rf"{_MARGIN}:{{3,}}+[ \t]*+$", re.M)
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t][^\n]*|^[^\s|>][^\n]*(?=\n(?:=+|-{3,})[ \t]*$)", re.M)
_AT_END = re.compile(rf"(?<![ \t])[ \t]*+{_ATTRIBUTES}[ \t]*+\Z")
_RAW_BLOCK = re.compile(rf"[ ]{{0,3}}[`~]{{3,}}[ \t]*{_RAW}[ \t]*\n(?P<raw>.*?)(?:\n[^\n]*)?\Z", re.S)
_TOKEN = re.compile(
    r"(?P<escape>\\.)"
    rf"|(?P<code>(?P<ticks>`++)[^`]{{1,2000}}(?P=ticks)(?!`))(?P<raw>{_RAW})?(?P<coded>{_ATTRIBUTES})?"
    r"|(?P<gap>\n[ \t]*+\n)"
    r"|(?P<open>!?\[)"
    rf"|(?P<close>\](?:\((?P<url>{URL})\)|(?P<reference>\[[^\]\n]{{0,200}}\]))?(?P<attributes>{_ATTRIBUTES})?)"
    rf"|(?P<auto><(?:https?://|mailto:)[^<>\s]{{1,2000}}>)(?P<linked>{_ATTRIBUTES})"
    r"|(?P<dash>(?<=[^\s|:+-]) ---(?= [^\s|:+-]))",
    re.S,
)
_MARK = re.compile(r"(?:\\?\[)?(?P<number>\d{1,3})(?:\\?\])?")
# what a footnote's mark that stands alone belongs to: a paragraph, no heading, list, quote or next footnote
_PARAGRAPH = re.compile(r"\s*+(?![-+*]\s|\d{1,3}[.)]\s|\[\d{1,3}\]\(#|[#>|:`~])(?=\S)")
_TITLE_LINE = re.compile(r"%(?:[ \t]+(?P<text>[^\n]*(?:\n[ \t]+[^\n]*)*))?(?:\n|\Z)")
_SIGNS = ("{", "](#", " --- ")


class TitleBlock(NamedTuple):
    """What the lines that begin with ``%`` say at a text's head."""

    title: str = ""
    authors: str = ""
    date: str = ""


class _Edit(NamedTuple):
    start: int
    end: int
    text: str = ""


def title_block(text: str) -> tuple[TitleBlock, str]:
    """(title block, the rest) of a text that begins with one: ``% title``, ``% authors``, ``% date``, in this order."""
    if not text.startswith(("% ", "%\n")):
        return TitleBlock(), text
    values: list[str] = []
    end = 0
    while len(values) < 3 and (line := _TITLE_LINE.match(text, end)):
        values.append(" ".join((line["text"] or "").split()))
        end = line.end()
    return TitleBlock(*values), text[end:]


def to_commonmark(text: str) -> str:
    """``text`` without pandoc's extensions; code stays as it is, raw HTML is read, raw parts of other formats go."""
    if ":::" not in text and not any(sign in text for sign in _SIGNS):
        return text
    divided = _DIV_BEGIN.search(text) is not None
    parts: list[str] = []
    done = 0
    for block in blocks(text):
        if block.kind == "code":
            parts += (_prose(text[done : block.start], divided), _code(text[block.start : block.end]))
            done = block.end
    parts.append(_prose(text[done:], divided))
    return "".join(parts)


def _code(block: str) -> str:
    """A fenced block as it is, but what it gives for one format only: HTML as Markdown, all else nothing."""
    raw = _RAW_BLOCK.fullmatch(block)
    if not raw:
        return block
    if not re.match(r"[ ]*[`~]+[ \t]*\{=html", block) or "<" not in raw["raw"]:
        return ""
    from briefreader.reading.html import parse
    from briefreader.reading.html_to_markdown import to_markdown

    root = parse(raw["raw"])
    return to_markdown(root) if root is not None else ""


def _prose(text: str, divided: bool) -> str:
    if divided:
        text = _DIV_END.sub(r"\g<margin>", _DIV_BEGIN.sub(r"\g<margin>", text))
    if "{" in text:
        text = _HEADING.sub(lambda m: _AT_END.sub("", m.group()), text)
    parts: list[str] = []
    done = 0
    for edit in sorted(_edits(text)):
        if edit.start >= done:
            parts += (text[done : edit.start], edit.text)
            done = edit.end
    parts.append(text[done:])
    return "".join(parts)


def _edits(text: str) -> Iterator[_Edit]:
    """What is to be replaced by what; the edits within one that takes more are void."""
    brackets: list[int] = []
    for m in _TOKEN.finditer(text):
        match m.lastgroup:
            case "gap":
                brackets.clear()  # no bracket pairs over the end of a paragraph
            case "open":
                brackets.append(m.start())
            case "dash":
                yield _Edit(m.start(), m.end(), " —")
            case "linked":
                yield _Edit(m.start("linked"), m.end())
            case "raw":
                yield _Edit(m.start(), m.end())
            case "coded":
                yield _Edit(m.start() if m["raw"] else m.start("coded"), m.end())
            case "close" if brackets:
                yield from _bracketed(text, brackets.pop(), m)
            case _:
                pass


def _bracketed(text: str, opened: int, close: re.Match[str]) -> Iterator[_Edit]:
    """A span, a link or an image from ``opened`` on."""
    url, image = close["url"], text[opened] == "!"
    if url is None and close["reference"] is None:
        if close["attributes"] and not image:
            yield from (_Edit(opened, opened + 1), _Edit(close.start(), close.end()))
    elif url and not image and not text[opened + 1 : close.start()].strip():
        yield _Edit(opened, close.end())
    elif url and url.startswith("#") and not image:
        yield from _within(text, opened, close)
    elif close["attributes"]:
        yield _Edit(close.start("attributes"), close.end())


def _within(text: str, opened: int, close: re.Match[str]) -> Iterator[_Edit]:
    """A link within the document: a footnote's mark, the way back from one, or its text."""
    said, end = text[opened + 1 : close.start()].strip(), close.end()
    if mark := _MARK.fullmatch(said):
        if opened and text[opened - 1] == "^" == text[end : end + 1]:
            opened, end = opened - 1, end + 1
        if not _begins_block(text, opened):
            yield _Edit(opened, end, f"[^{mark['number']}]")
        elif following := _PARAGRAPH.match(text, end):
            yield _Edit(opened, following.end(), f"[^{mark['number']}]: ")
    elif not any(map(str.isalnum, said)):
        yield _Edit(opened, end)
    else:
        yield from (_Edit(opened, opened + 1), _Edit(close.start(), end))


def _begins_block(text: str, at: int) -> bool:
    """Whether nothing stands before ``at`` in its line, nor in the line before that."""
    before = text[max(at - 80, 0) : at]  # a longer margin is none
    return before.count("\n", len(before.rstrip())) > 1 or not (before.strip() or at > len(before))
