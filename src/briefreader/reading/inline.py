"""Render runs of formatted text as inline Markdown.

For example, a bold link across three table cells becomes three well-formed links.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from briefreader.reading import images
from briefreader.reading.appearance import NO_LOOK, Look

_SPECIAL = re.compile(images.MARK + r"|[*`]|<(?=[A-Za-z/!])|&(?=#?\w{2,31};)|(?<![^\W_])_|_(?![^\W_])")
_SPECIAL_SIGNS = re.compile(rf"[{images.OPEN}*`<&_]")
_WORD = re.compile(r"\w")
_IMAGE_OR_BRACKET = re.compile(r"(?P<image>!\[[^\[\]]*\]\([^()\s]*\))|[\[\]]")


@dataclass(slots=True)
class Run:
    """Text with uniform formatting; ``link`` is a URL or "", ``look`` its appearance (size, colour)."""

    text: str
    bold: bool
    italic: bool
    code: bool
    link: str
    look: Look = NO_LOOK


_LINK, _MARKS = attrgetter("link"), attrgetter("bold", "italic", "code")


def paragraphs(runs: list[Run]) -> list[list[Run]]:
    """Return the runs of each paragraph; two or more consecutive line breaks end a paragraph."""
    parts: list[list[Run]] = [[]]
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


def rendered(runs: list[Run], *, heading: bool = False) -> str:
    """Render runs as inline Markdown, with marks directly around the text, and in a heading without bold."""
    pieces: list[str] = []
    for link, group in groupby(runs, key=_LINK):
        inner = "".join(
            _marked("".join(r.text for r in same), bold and not heading, italic, code)
            for (bold, italic, code), same in groupby(group, key=_MARKS)
        )
        pieces.append(_linked(inner, link) if link else inner)
    text = "".join(pieces)
    lines = [" ".join(line.split()) for line in text.split("\n")]
    return "\n".join(line for line in lines if line)


def _marked(text: str, bold: bool, italic: bool, code: bool) -> str:
    """Return text with the Markdown of its formatting, and special characters escaped."""
    core = text.strip()
    if not core:
        return text
    head, tail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    if code and "`" not in core and "\n" not in core:
        core = f"`{core}`"
    elif _SPECIAL_SIGNS.search(core):
        core = _SPECIAL.sub(lambda m: "\\" + m.group() if m["image"] is None else m["image"], core)
    if "\n" in core or not _WORD.search(core):
        return head + core + tail
    if italic:
        core = f"*{core}*"
    if bold:
        core = f"**{core}**"
    return head + core + tail


def _linked(text: str, link: str) -> str:
    """Return Markdown as a link; a URL that is its own text stays bare."""
    core = " ".join(text.split())
    if not core:
        return text
    head, tail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    if core.replace("\\", "") in (link, link.split("://", 1)[-1]):
        return head + link + tail
    core = _IMAGE_OR_BRACKET.sub(lambda m: m["image"] or "\\" + m.group(), core)
    return f"{head}[{core}]({link.replace('(', '%28').replace(')', '%29').replace(' ', '%20')}){tail}"
