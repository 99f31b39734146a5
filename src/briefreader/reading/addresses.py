"""Turn bare URLs in text into Markdown links, which keeps them out of search and tagging.

Plain-text mails contain ``text ( https://… )``, ``[text] https://…``, ``Unsubscribe https://…``, or URLs on lines of
their own. ``hide`` replaces each URL with a short mark before lines are joined into paragraphs. ``reveal`` turns each
mark, together with the words that belong to it, into a link. ``link`` does both, for Markdown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from briefreader.markdown import blocks
from briefreader.reading import urls

if TYPE_CHECKING:
    from collections.abc import Iterator

_URL = r"https?://[^\s<>\"”]{3,4000}"
_ADDRESS = re.compile(rf"(?P<open>[(<\[])\s{{0,20}}(?P<inner>{_URL}?)\s{{0,20}}(?P<close>[)>\]])|(?P<bare>{_URL})")
_BEFORE = re.compile(r"[ \t]{0,20}\n?[ \t]{0,20}\Z")
_PAIRS = {"(": ")", "<": ">", "[": "]"}
# A mark is ``_INNER`` (for a URL in brackets) or ``_BARE``, the number of the URL, and ``_END``. These private-use
# characters are removed from the text first.
_INNER, _BARE, _END = "\ue000", "\ue001", "\ue002"
MARK = re.compile("[\ue000\ue001](\\d{1,6})\ue002")
_PRIVATE = re.compile("[\ue000-\ue002]")
_MARKDOWN = re.compile(  # inline code, links, images, link definitions and HTML tags
    r"(?=[ `!\[\]<])(?:"  # the first characters of the alternatives: checking these first is much faster
    r"`[^`\n]{1,2000}`"
    r"|!?\[(?:[^\[\]\n]++|\[[^\[\]\n]{0,200}\]){0,1000}\]\((?:[^()\s]++|\([^()\s]*\)){0,4000}(?:\s+\"[^\"\n]*\")?\)"
    r"|(?m:^ {0,3}\[[^\]\n]{1,100}\]:[ \t]*\S+.*$)|\]\([^)\n]{0,4000}\)|<(?!https?://)[a-zA-Z/!][^<>\n]{0,4000}>)"
)
# words and signs before a URL that aren't part of the link's text
_LEAD_IN = re.compile(r"(?:[\s:→>»|–—-]|\b(?:at|here|visit|auf|unter|sur|en)(?=[\s:]*$))+$", re.I)
# bullets and other signs at the beginning of a line, which aren't part of the link's text
_START = re.compile(r"(?:[ \t]*(?:[-*+•‣▪◦●○·]|\d{1,3}[.)])[ \t]+|#{1,6} |>[ \t]?|[\W_]+(?=\w))")
_BRACKETED = re.compile(r"\\?\[([^\[\]\n\\]{1,300})\\?\]$")
_QUOTED = re.compile(r"[“\"‘'][^“”\"‘’'\n]{2,80}[”\"’']$")
_MAX_QUOTED = 82  # maximum characters that ``_QUOTED`` matches
_NAME = re.compile(r"(?:[A-Z0-9][\w.’'&-]*(?:[ ](?:of|the|and|for|in|de|von|&)(?=[ ][A-Z0-9]))?[ ]?){1,6}$")
_LAST = re.compile(r"\S+$")
_SHORT = 12  # maximum words of a line that becomes the text of its link
_TRAILING = ".,;:!?'’"


@dataclass(frozen=True, slots=True)
class Hidden:
    """Text with marks in place of its URLs; mark number ``n`` replaces ``targets[n]``."""

    text: str
    targets: tuple[str, ...]


def link(markdown: str) -> str:
    """Turn bare URLs in Markdown into links; code, links, images, link definitions and HTML tags are unchanged."""
    if "http" not in markdown:
        return markdown
    parts: list[str] = []
    done = 0
    for start, end in _kept(markdown):
        parts += [_linked(markdown[done:start]), markdown[start:end]]
        done = end
    return "".join([*parts, _linked(markdown[done:])])


def _kept(markdown: str) -> Iterator[tuple[int, int]]:
    """Yield the spans that ``link`` doesn't change."""
    done = 0
    for block in blocks(markdown):
        if block.kind == "code":
            yield from (found.span() for found in _MARKDOWN.finditer(markdown, done, block.start))
            yield block.start, block.end
            done = block.end
    yield from (found.span() for found in _MARKDOWN.finditer(markdown, done))


def _linked(text: str) -> str:
    return reveal(hide(text)) if "http" in text else text


def hide(text: str) -> Hidden:
    """Replace each URL with a mark.

    The mark of a URL in brackets is attached to the preceding words, even across a line end.
    """
    text = _PRIVATE.sub("", text)
    targets: list[str] = []
    parts: list[str] = []
    done = 0
    for found in _ADDRESS.finditer(text):
        if found["open"] and _PAIRS[found["open"]] == found["close"]:
            before = text[done : found.start()]
            space = _BEFORE.search(before, max(len(before) - 41, 0))
            parts += [before[: space.start()] if space else before, " ", _INNER]
            address, after = found["inner"], ""
        else:
            start = found.start("inner") if found["open"] else found.start()
            address, after = _trimmed(found["bare"] or found["inner"] + found["close"])
            parts += [text[done:start], _BARE]
        done = found.end()
        parts += [str(len(targets)), _END, after, " " if text[done : done + 1].isalnum() else ""]
        targets.append(address)
    return Hidden("".join([*parts, text[done:]]), tuple(targets))


def reveal(hidden: Hidden) -> str:
    """Return the text with links in place of its marks."""
    return "\n".join(_line(line, hidden.targets) if _END in line else line for line in hidden.text.split("\n"))


def _trimmed(address: str) -> tuple[str, str]:
    """Return a URL without the punctuation of the sentence around it, and this punctuation."""
    core = address.rstrip(_TRAILING)
    while core.endswith((")", "]")) and core.count(core[-1]) > core.count("(" if core[-1] == ")" else "["):
        core = core[:-1].rstrip(_TRAILING)
    return core, address[len(core) :]


def _line(line: str, targets: tuple[str, ...]) -> str:
    """Return a line with links in place of its marks."""
    done: list[str] = []
    rest = line
    alone = len(MARK.findall(line)) == 1
    while found := MARK.search(rest):
        before, rest = rest[: found.start()], rest[found.end() :]
        target = urls.clean(targets[int(found[1])])
        ends = alone and not re.search(r"\w", rest)
        inner = found.group()[0] == _INNER
        if inner and done and not before.strip():
            continue  # a URL in brackets directly after a link adds nothing
        start, words, after = _anchor(before.rstrip() if inner else before, ends=ends, inner=inner)
        done.append(start + _link(words, target) + after)
        if words and rest[:1] == " " and rest[1:2] in _TRAILING:
            rest = rest[1:]
    return "".join(done) + rest


def _anchor(before: str, *, ends: bool, inner: bool) -> tuple[str, str, str]:
    """Split the text before a mark into text, link text and punctuation after the link; the link text may be "".

    ``ends`` says that the line ends with its only URL, ``inner`` that the URL is in brackets.
    """
    stripped = before.rstrip()
    if stripped.endswith("]") and (found := _BRACKETED.search(stripped)):
        return stripped[: found.start()], found[1].strip(), ""
    if not inner and not ends:
        return before, "", ""
    if ends:
        start = _START.match(stripped)
        first = start.end() if start else 0
        core = stripped[first:]
        core = _LEAD_IN.sub("", core) if core.count(" ") < 2 * _SHORT else core
        if core and len(core.split()) <= _SHORT and "](" not in core:
            return stripped[:first], core, ""
        if not inner:
            return before, "", ""
    found = (
        _QUOTED.search(stripped, max(len(stripped) - _MAX_QUOTED, 0))
        or _NAME.search(stripped)
        or _LAST.search(stripped)
    )
    if not found or "](" in found.group() or not re.search(r"\w", found.group()):
        return before + (" " if before else ""), "", ""
    tail = re.search(r"[.,;:!?]*$", found.group())
    words = found.group()[: tail.start()] if tail else found.group()
    return stripped[: found.start()], words.strip(), tail.group() if tail else ""


def _link(words: str, target: str) -> str:
    """Return a Markdown link with the text ``words`` or, if that is "", the host; without a target, only ``words``."""
    if not target:
        return words
    if not words:
        words = urlsplit(target).netloc.removeprefix("www.")
    words = words.replace("[", "\\[").replace("]", "\\]")
    return f"[{words}]({target.replace('(', '%28').replace(')', '%29')})"
