"""Explain why two reports belong together: rare words, names, figures and links that they share."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from briefreader.stories.facts import facts
from briefreader.stories.story import Shared
from briefreader.stories.terms import NAME, WORD, spelling, word_numbers
from briefreader.text import sentences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from briefreader.stories.terms import Floats

MAX_REASONS = 12
_LINK = re.compile(r"https?://[^\s)>\]\"']+")


def shared(one: str, other: str, idf: Floats, links: Sequence[str] = ()) -> list[Shared]:
    """Return what two texts share: links and figures, then names and words, rarest first.

    ``links`` are the links that both passages contain.
    """
    left, right = ({int(value & WORD): value & NAME for value in word_numbers("", text)} for text in (one, other))
    words = [word for word in left.keys() & right.keys() if idf[word] > 0]
    rare = [
        Shared("name" if left[w] and right[w] else "word", spelling(one, w), round(float(idf[w]), 2)) for w in words
    ]
    figures = {fact.key: fact.text for fact in facts(one) if fact.kind == "figure"}
    both = [figures[fact.key] for fact in facts(other) if fact.key in figures and fact.kind == "figure"]
    reasons = [Shared("link", link) for link in links] + [Shared("figure", text) for text in dict.fromkeys(both)]
    return reasons + sorted(rare, key=lambda part: (-part.weight, part.text))


def common(text: str, others: Sequence[str], idf: Floats) -> list[Shared]:
    """Return what a text shares with the largest number of other texts: figures first, then by rarity."""
    found = [{part.text: part for part in shared(text, other, idf)} for other in others]
    counts = Counter(name for parts in found for name in parts)
    widest = max(counts.values(), default=0)
    parts = {name: part for each in found for name, part in each.items() if counts[name] == widest}
    return sorted(parts.values(), key=lambda part: (part.kind != "figure", -part.weight, part.text))[:MAX_REASONS]


def sentence(text: str, others: Sequence[str], idf: Floats) -> str:
    """Return the sentence of a text that shares most words with other reports, by rarity, relative to its length."""
    theirs = {int(value & WORD) for other in others for value in word_numbers("", other)}

    def weight(part: str) -> float:
        """Return the weight of the words that a sentence shares, times their share of its words."""
        own = {int(value & WORD) for value in word_numbers("", part)}
        both = sum(float(idf[word]) for word in own & theirs)
        return both * both / (sum(float(idf[word]) for word in own) or 1.0)

    return max((text[slice(*span)] for span in sentences(text)), key=weight, default=text)


def title_fits(title: str, others: Sequence[str], idf: Floats) -> bool:
    """Whether a title fits other reports: they contain at least half of its words, weighted by rarity."""
    own = {int(value & WORD) for value in word_numbers(title, "")}
    theirs = {int(value & WORD) for other in others for value in word_numbers("", other)}
    return sum(float(idf[word]) for word in own & theirs) * 2 >= sum(float(idf[word]) for word in own) > 0


def links_of(passage: str) -> set[str]:
    """Return the URLs in a passage, without query strings."""
    return {match.group().partition("?")[0].rstrip(".,") for match in _LINK.finditer(passage)}
