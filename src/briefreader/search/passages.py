"""Find the best passage of a briefing's full text for a query: the sentences with its words closest together.

This finds sentences that no key insight contains. Only the few bodies that the full-text index returns are searched.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from briefreader import markdown
from briefreader.text import fold, lower, sentences

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_WINDOW_CHARACTERS = 400  # maximum characters from the first to the last word of the query
MAX_SHOWN_CHARACTERS = 700  # maximum characters of a passage's text
WHOLE_WORD_LETTERS = 2  # words up to this length don't match as prefixes
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Passage:
    r"""A passage, ``body[start:end]``, with the total weight of the query's words in it.

    ``width`` is the number of characters from the first to the last of these words. ``text`` is plain; ``spans`` are
    the words as offsets into ``"\n" + text``, as in a ``Match`` without a title.
    """

    start: int
    end: int
    weight: float
    width: int
    text: str
    spans: tuple[tuple[int, int], ...]


class PassageFinder:
    """Find the best passage of each body for the same query.

    ``wanted`` has the forms of each word or phrase of the query, ``weights`` their weights (1 by default).
    """

    def __init__(self, wanted: Sequence[Sequence[str]], weights: Sequence[float] = ()) -> None:
        self._weights = (0.0, *(weights or [1.0] * len(wanted)))  # numbered from 1, like the groups of the pattern
        groups = ("|".join(map(_pattern, forms)) for forms in wanted)
        self._words = re.compile(rf"(?<![^\W_])(?:{'|'.join(f'({group})' for group in groups)})")

    def best(self, body: str) -> Passage | None:
        """Return the passage with the highest weight, then the smallest width; None if no word occurs."""
        found = [(m.lastindex or 0, m.start(), m.end()) for m in self._words.finditer(_comparable(body))]
        best: tuple[float, int, int, int] | None = None
        inside: Counter[int] = Counter()
        left = 0
        for word, _, end in found:
            inside[word] += 1
            while inside[found[left][0]] > 1 or end - found[left][1] > MAX_WINDOW_CHARACTERS:
                inside[found[left][0]] -= 1
                left += 1
            start = found[left][1]
            weight = sum(self._weights[word] for word, n in inside.items() if n)
            if best is None or (weight, start - end) > best[:2]:
                best = weight, start - end, start, end
        if best is None:
            return None
        weight, width, start, end = best
        start, end = _sentences_around(body, start, end)
        text = _SPACE.sub(" ", markdown.prose(body[start:end]))[:MAX_SHOWN_CHARACTERS]
        spans = tuple((m.start() + 1, m.end() + 1) for m in self._words.finditer(_comparable(text)))
        return Passage(start, end, weight, -width, text, spans)


def _pattern(form: str) -> str:
    """Return the expression for a word or phrase; one of more than two letters also matches as a prefix."""
    words = r"[\W_]+".join(map(re.escape, form.split()))
    return words + (r"(?![^\W_])" if len(form) <= WHOLE_WORD_LETTERS else r"[^\W_]*")


def _comparable(text: str) -> str:
    """Return the text in lower case without accents, character by character."""
    text = lower(text)
    if text.isascii():
        return text
    return text.translate({ord(c): bare for c in set(text) if not c.isascii() and len(bare := fold(c)) == 1})


def _sentences_around(body: str, start: int, end: int) -> tuple[int, int]:
    """Return the span of the sentences, within a paragraph, that contain ``body[start:end]``."""
    first = body.rfind("\n\n", 0, start) + 2 if "\n\n" in body[:start] else 0
    last = body.find("\n\n", end)
    last = len(body) if last < 0 else last
    around = [(first + a, first + b) for a, b in sentences(body[first:last]) if first + b > start and first + a < end]
    return (around[0][0], around[-1][1]) if around else (start, end)
