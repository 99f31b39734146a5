"""Exact and altered quotations from the sample documents, for tests of ``verify_quote``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from briefreader.markdown import blocks, plain
from briefreader.text import sentences

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterable

    from briefreader.model import Briefing

COUNT = 1000
_CONTRARY = {
    "is": "is not",
    "are": "are not",
    "more": "less",
    "all": "few",
    "first": "last",
    "can": "can't",
    "and": "or",
}


def passages(briefings: Iterable[Briefing]) -> list[str]:
    """Return the sentences of bodies as plain text."""
    found = []
    for briefing in briefings:
        for block in blocks(briefing.body):
            if block.kind in ("paragraph", "item", "quote"):
                text = plain(briefing.body[block.text : block.end])
                found += [text[start:end] for start, end in sentences(text)]
    return [text for text in dict.fromkeys(found) if len(text.split()) >= 6]


def true_quotations(texts: list[str], random_: random.Random, count: int = COUNT) -> list[str]:
    """Return sequences of at least four whole words."""
    made = []
    while len(made) < count:
        words = random_.choice(texts).split(" ")
        start = random_.randrange(0, len(words) - 3)
        made.append(" ".join(words[start : random_.randrange(start + 4, len(words) + 1)]))
    return made


def altered_quotations(texts: list[str], random_: random.Random, count: int = COUNT) -> list[str]:
    """Return sentences with one change: a number, a word, its position, a letter or a word end."""
    everything = " ".join(texts)
    made: list[str] = []
    while len(made) < count:
        quote = random_.choice(_CHANGES)(random_.choice(texts), random_)
        if quote and quote not in everything:
            made.append(quote)
    return made


def _figure(text: str, random_: random.Random) -> str:
    figures = list(re.finditer(r"\d", text))
    if not figures:
        return ""
    at = random_.choice(figures).start()
    return text[:at] + str((int(text[at]) + random_.randrange(1, 10)) % 10) + text[at + 1 :]


def _contrary(text: str, random_: random.Random) -> str:
    words = text.split(" ")
    places = [i for i, word in enumerate(words) if word in _CONTRARY]
    if not places:
        return ""
    at = random_.choice(places)
    return " ".join([*words[:at], _CONTRARY[words[at]], *words[at + 1 :]])


def _left_out(text: str, random_: random.Random) -> str:
    words = text.split(" ")
    at = random_.randrange(1, len(words) - 1)
    return " ".join(words[:at] + words[at + 1 :])


def _swapped(text: str, random_: random.Random) -> str:
    words = text.split(" ")
    at = random_.randrange(len(words) - 1)
    words[at : at + 2] = reversed(words[at : at + 2])
    return " ".join(words)


def _letter(text: str, random_: random.Random) -> str:
    letters = [m.start() for m in re.finditer("[a-z]", text)]
    at = random_.choice(letters)
    return text[:at] + chr((ord(text[at]) - 97 + random_.randrange(1, 26)) % 26 + 97) + text[at + 1 :]


_CHANGES: list[Callable[[str, random.Random], str]] = [_figure, _figure, _contrary, _left_out, _swapped, _letter]
