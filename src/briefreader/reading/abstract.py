"""Find a document's own abstract.

The abstract is a mail's preheader (the preview text that mail programs show in their lists), or the description of a
page, note or feed. ``checked`` drops an abstract that isn't worth showing.
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

MAX_CHARACTERS = 600  # of an abstract
MIN_WORDS = 4  # of an abstract
MAX_ELEMENTS = 60  # elements at the beginning of a mail that are searched for its preheader
_REPEATED = 0.9  # an abstract with this share of its word pairs in the title or text is dropped
MAX_CUE_SHARE = 0.3  # an abstract with this share of characters in boilerplate phrases is dropped
_PADDING = re.compile("[\u00ad\u034f\u200b-\u200f\u2007\u2060\u2800\u3164\ufeff\u00a0]+")
_CLASS = re.compile(r"preheader|preview", re.I)
_WORD = re.compile(r"\w+")


def preheader(root: _Element) -> str:
    """Return the first hidden text at the beginning of a mail that has at least ``MIN_WORDS`` words, or "".

    An element whose class contains "preheader" or "preview" counts as hidden.
    """
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


def checked(text: str, title: str, body: str) -> str:
    """Return the abstract ``text`` on one line, or "" if it isn't worth showing.

    Not worth showing are texts of few words, boilerplate, and texts that repeat ``title`` and ``body``.
    """
    text = one_line(text, MAX_CHARACTERS)
    words = _WORD.findall(text.lower())
    if len(words) < MIN_WORDS or boilerplate_patterns.covered(text, text.lower())[1] >= MAX_CUE_SHARE:
        return ""
    known = f" {' '.join(_WORD.findall(f'{title} {body}'.lower()))} "
    repeated = sum(f" {a} {b} " in known for a, b in pairwise(words))
    return "" if repeated >= _REPEATED * (len(words) - 1) else text
