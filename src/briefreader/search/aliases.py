"""Look up aliases in a query: other names from the taxonomy, and abbreviations that texts define."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from briefreader.search.analysis import FUNCTION_WORDS, query_terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ALIAS = 0.94  # similarity of an alias to the words that it replaces
MAX_ALIAS_WORDS = 8  # longer phrases aren't names


@dataclass(frozen=True, slots=True, order=True)
class Alternative:
    """Terms that together replace ``query[start:end]``: an alias, or words that were joined or split."""

    start: int
    end: int
    terms: tuple[str, ...]
    similarity: float


class Aliases:
    """Groups of synonymous phrases, looked up in a query."""

    def __init__(self, groups: Iterable[Sequence[str]] = ()) -> None:
        self._others: dict[tuple[str, ...], set[tuple[str, ...]]] = defaultdict(set)
        for group in groups:
            phrases = {tuple(query_terms(phrase)) for phrase in group}
            for phrase in phrases:
                if 0 < len(phrase) <= MAX_ALIAS_WORDS:
                    # a part of the phrase is a broader term: "pricing" isn't a synonym of "token pricing"
                    others = {p for p in phrases if not set(p) <= set(phrase)}
                    self._others[phrase] |= others
                    content = tuple(word for word in phrase if word not in FUNCTION_WORDS)
                    if len(content) > 1:
                        self._others[content] |= others  # function words are removed from most queries
        self._longest = max(map(len, self._others), default=0)

    def find(self, words: Sequence[str]) -> list[Alternative]:
        """Return the alternatives for each sequence of ``words`` that is a known phrase."""
        return [
            Alternative(start, end, other, ALIAS)
            for start in range(len(words))
            for end in range(start + 1, min(start + self._longest, len(words)) + 1)
            for other in sorted(self._others.get(tuple(words[start:end]), ()))
        ]
