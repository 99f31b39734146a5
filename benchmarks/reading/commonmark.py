"""Count the examples of CommonMark's specification that lose words in plain text.

    python -m benchmarks.reading commonmark --data PATH/spec.txt

Each word in the HTML of an example must be in the plain text that ``briefreader.markdown`` returns. The specification
is not part of this project; the source distribution of markdown-it-py has it as spec.md.
"""

from __future__ import annotations

import re
from collections import Counter
from html import unescape
from typing import TYPE_CHECKING

from briefreader.markdown import prose
from briefreader.reading.reference_links import inline

if TYPE_CHECKING:
    from pathlib import Path

_EXAMPLE = re.compile(r"(?ms)^`{32} example\n(?P<markdown>.*?)^\.\n(?P<html>.*?)^`{32}$")
_HIDDEN = re.compile(r"(?s)<!--.*?-->|<\?.*?\?>|<!\[CDATA\[.*?\]\]>|<![A-Z][^>]*>|<(script|style)\b.*?(?:</\1>|\Z)")
_TAG = re.compile(r"</?(?P<name>[A-Za-z][\w-]*)[^<>]*>")
_BLOCKS = frozenset("p h1 h2 h3 h4 h5 h6 li ul ol blockquote pre table tr td th div br hr del".split())
_WORD = re.compile(r"[^\W_]+")


def run(data: Path, verbose: bool) -> None:
    """Print how many examples of ``data`` (spec.txt or its folder) lose words."""
    text = (data / "spec.txt" if data.is_dir() else data).read_text("utf-8")
    version = re.search(r"(?m)^version: *'?([\d.]+)", text)
    total = lost = 0
    for number, example in enumerate(_EXAMPLE.finditer(text), 1):
        markdown, html = (example[part].replace("→", "\t") for part in ("markdown", "html"))
        total += 1
        if missing := _words(html) - Counter(_WORD.findall(prose(inline(markdown)))):
            lost += 1
            if verbose:
                print(f"{number}: {' '.join(missing)}  of {markdown!r}")
    print(f"CommonMark {version[1] if version else '?'}: {total} examples, {lost} lose a word")


def _words(html: str) -> Counter[str]:
    shown = _TAG.sub(lambda m: " " if m["name"].lower() in _BLOCKS else "", _HIDDEN.sub(" ", html))
    return Counter(_WORD.findall(unescape(shown)))
