"""Find a document's own abstract.

The abstract is a mail's preheader (the preview text that mail programs show in their lists), or the description of a
page or note. It is dropped if the title and the text repeat it.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from briefreader.display import one_line
from briefreader.reading import boilerplate_patterns
from briefreader.reading.html_to_markdown import is_hidden

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_CHARACTERS = 600
MIN_WORDS = 4
MAX_ELEMENTS = 60  # elements at the beginning of a mail that are searched for its preheader
_REPEATED = 0.9  # an abstract with this share of its word pairs in the title or text is dropped
MAX_CUE_SHARE = 0.3  # an abstract with this share of characters in boilerplate phrases is dropped
_PADDING = re.compile("[\u00ad\u034f\u200b-\u200f\u2007\u2060\u2800\u3164\ufeff\u00a0]+")
_CLASS = re.compile(r"preheader|preview", re.I)
_WORD = re.compile(r"\w+")


def preheader(root: _Element) -> str:
    """Return a mail's preheader, the hidden preview text at its beginning, or ""."""
    body = next(root.iter("body"), root)
    for number, element in enumerate(body.iter()):
        if number >= MAX_ELEMENTS:
            break
        if not isinstance(element.tag, str) or element.tag in ("style", "script", "head", "title"):
            continue
        if is_hidden(element) or _CLASS.search(element.get("class") or ""):
            text = one_line(_PADDING.sub(" ", "".join(map(str, element.itertext()))), MAX_CHARACTERS)
            if len(_WORD.findall(text)) >= MIN_WORDS:
                return text
    return ""


def own(text: str, title: str, body: str) -> str:
    """Return ``text`` on one line as an abstract, or "" if it isn't worth showing.

    Texts of few words, texts about the newsletter itself, and repetitions of ``title`` and ``body`` are dropped.
    """
    text = one_line(text, MAX_CHARACTERS)
    words = _WORD.findall(text.lower())
    if len(words) < MIN_WORDS or boilerplate_patterns.covered(text, text.lower())[1] >= MAX_CUE_SHARE:
        return ""
    known = f" {' '.join(_WORD.findall(f'{title} {body}'.lower()))} "
    repeated = sum(f" {a} {b} " in known for a, b in pairwise(words))
    return "" if repeated >= _REPEATED * (len(words) - 1) else text
