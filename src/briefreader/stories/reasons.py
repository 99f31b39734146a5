"""Explain why two reports belong together: shared rare words, names, figures and links."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from briefreader.stories.facts import facts
from briefreader.stories.story import Shared
from briefreader.stories.terms import NAME, WORD, cut, number
from briefreader.text import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from briefreader.stories.terms import Floats

MAX_REASONS = 12
_LINK = re.compile(r"https?://[^\s)>\]\"']+")


def shared(one: str, other: str, idf: Floats, links: Sequence[str] = ()) -> list[Shared]:
    """Return what two texts share, rarest first; ``links`` are those in both passages."""
    left, right = cut("", one), cut("", other)
    common = {int(value & WORD) for value in left} & {int(value & WORD) for value in right}
    named = {int(v & WORD) for v in left if v & NAME} & {int(v & WORD) for v in right if v & NAME}
    found: dict[int, Shared] = {}
    for match in re.finditer(r"[^\W_]+(?:[.,]\d+)*", one):
        for word in words(match.group()):
            value = number(word)
            if value in common and idf[value] > 0:
                kind = "name" if value in named else "word"
                found.setdefault(value, Shared(kind, match.group(), round(float(idf[value]), 2)))
    figures = {fact.key: fact.text for fact in facts(one) if fact.kind == "figure"}
    both = [figures[fact.key] for fact in facts(other) if fact.key in figures and fact.kind == "figure"]
    reasons = [Shared("link", link) for link in links] + [Shared("figure", text) for text in dict.fromkeys(both)]
    return (reasons + sorted(found.values(), key=lambda part: (-part.weight, part.text)))[:MAX_REASONS]


def links_of(passage: str) -> set[str]:
    """Return the URLs in a passage, without query strings."""
    return {match.group().partition("?")[0].rstrip(".,") for match in _LINK.finditer(passage)}
