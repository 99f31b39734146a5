"""The passage of a briefing's full text that answers a query best: the sentences where its words stand closest.

For readers who remember a sentence that is in no key insight. Looks at the few bodies that the full-text index names,
newsletters of some 10,000 characters each.
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

MAX_WINDOW_CHARACTERS = 400  # within which the words of a passage stand
MAX_SHOWN_CHARACTERS = 700
WHOLE_WORD_LETTERS = 2  # words of so few letters are no beginnings of others
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Passage:
    r"""Where it stands in the body, what the words it holds are worth, within how many characters.

    ``text`` is plain; ``spans`` are offsets into ``"\n" + text``, as those of a hit without a title.
    """

    start: int
    end: int
    held: float
    width: int
    text: str
    spans: tuple[tuple[int, int], ...]


class PassageFinder:
    """Finds the best passage of each body; ``wanted`` has the forms of each word or phrase, ``worth`` what each counts.

    By default each counts 1.
    """

    def __init__(self, wanted: Sequence[Sequence[str]], worth: Sequence[float] = ()) -> None:
        self._worth = (0.0, *(worth or [1.0] * len(wanted)))
        groups = ("|".join(map(_pattern, forms)) for forms in wanted)
        self._words = re.compile(rf"(?<![^\W_])(?:{'|'.join(f'({group})' for group in groups)})")

    def best(self, body: str) -> Passage | None:
        """The passage with the words worth most, closest to each other; None where there is none of them."""
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
            held = sum(self._worth[word] for word, n in inside.items() if n)
            if best is None or (held, start - end) > best[:2]:
                best = held, start - end, start, end
        if best is None:
            return None
        held, width, start, end = best
        start, end = _sentences_around(body, start, end)
        text = _SPACE.sub(" ", markdown.prose(body[start:end]))[:MAX_SHOWN_CHARACTERS]
        spans = tuple((m.start() + 1, m.end() + 1) for m in self._words.finditer(_comparable(text)))
        return Passage(start, end, held, -width, text, spans)


def _pattern(form: str) -> str:
    words = r"[\W_]+".join(map(re.escape, form.split()))
    return words + (r"(?![^\W_])" if len(form) <= WHOLE_WORD_LETTERS else r"[^\W_]*")


def _comparable(text: str) -> str:
    """The text in lower case without accents, character by character."""
    text = lower(text)
    if text.isascii():
        return text
    return text.translate({ord(c): bare for c in set(text) if not c.isascii() and len(bare := fold(c)) == 1})


def _sentences_around(body: str, start: int, end: int) -> tuple[int, int]:
    """The sentences of a paragraph that hold ``start..end``."""
    first = body.rfind("\n\n", 0, start) + 2 if "\n\n" in body[:start] else 0
    last = body.find("\n\n", end)
    last = len(body) if last < 0 else last
    around = [(first + a, first + b) for a, b in sentences(body[first:last]) if first + b > start and first + a < end]
    return (around[0][0], around[-1][1]) if around else (start, end)
