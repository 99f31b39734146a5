"""Find passages of full texts, for queries that few insights match."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

from briefreader.model import BriefingRow, Hit, InsightRow
from briefreader.query import Query
from briefreader.storage import briefings, filters, list_rows

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import numpy as np
    import numpy.typing as npt

    from briefreader.search.passages import Passage
    from briefreader.search.searcher import Searcher
    from briefreader.storage.database import Connection

MAX_PASSAGES = 5
MIN_WORTH = 0.75  # minimum share of the words' total weight that a passage must contain
_MAX_BODIES = 16  # maximum number of bodies whose passages are compared
_MAX_SPELLINGS = 3  # maximum number of similar spellings of a word that occurs nowhere
_MAX_DROPPABLE = 8  # maximum number of words and phrases in a query of which one may be missing


class Passages:
    """Finds passages in one snapshot of the library, in the briefings that ``mask`` allows."""

    def __init__(
        self,
        con: Connection,
        searcher: Searcher,
        mask: npt.NDArray[np.bool_],
        known: Collection[str] | None,
    ) -> None:
        self._con, self._searcher, self._mask, self._known = con, searcher, mask, known

    def find(self, asked: Query, found: Sequence[InsightRow]) -> list[Hit]:
        """Return the best passages that don't overlap the insights already found.

        Passages with more of the words come first, then those with the words closer together. If no body has all words
        close together, one frequent word may be missing, in queries of three to eight words.
        """
        from briefreader.search.passages import PassageFinder
        from briefreader.search.searcher import ranking_words

        words = [self._spellings(word) for word in ranking_words(Query(terms=asked.words))]
        words += [[" ".join(term.text.split())] for term in asked.phrases]
        most = 4 * _MAX_BODIES  # more than needed, since some are not allowed
        keys = self._allowed(filters.keys_near(self._con, [words], most)) if words else []
        if not keys and 3 <= len(words) <= _MAX_DROPPABLE:
            without_one = [words[:i] + words[i + 1 :] for i in range(len(words))]
            keys = self._allowed(filters.keys_near(self._con, without_one, most))
        finder = PassageFinder(words, [self._weight(forms) for forms in words])
        whole = sum(self._weight(forms) for forms in words)
        refused = PassageFinder([[term.text] for term in asked.negations]) if asked.negations else None
        best = []
        for row in list_rows.rows(self._con, keys[:_MAX_BODIES], self._known):
            passage = finder.best(briefings.body(self._con, row.key))
            if passage is None or passage.weight < MIN_WORTH * whole or (refused and refused.best(passage.text)):
                continue
            if passage.text not in row.title and not any(_overlap(row, passage, other) for other in found):
                best.append((-passage.weight, passage.width, row, passage))
        best.sort(key=lambda b: b[:2])
        return [
            Hit(
                briefing_row(row, -row.key, passage.text, passage.start, passage.end, title=""),
                passage.weight / whole,
                passage.spans,
                "passage",
                passage.weight < whole - 1e-6,
            )
            for *_, row, passage in best[:MAX_PASSAGES]
        ]

    def _spellings(self, word: str) -> list[str]:
        """Return a word, or its most similar spellings if neither insights nor bodies contain it."""
        from rapidfuzz.distance import OSA
        from rapidfuzz.process import extract

        unknown = len(word) > 3 and not self._searcher.index.frequency(word)
        others = filters.body_words_like(self._con, word) if unknown else []
        near = extract(word, others, scorer=OSA.distance, score_cutoff=2, limit=_MAX_SPELLINGS)
        return [term for term, *_ in near] or [word]

    def _weight(self, forms: Sequence[str]) -> float:
        """Return the weight of a word, which is higher the rarer the word is among insights."""
        index = self._searcher.index
        return 1 + log((index.count + 1) / (1 + min(max(map(index.frequency, forms)), index.count)))

    def _allowed(self, keys: Sequence[int]) -> list[int]:
        first = self._searcher.index.insights
        return [key for key in keys if first + key < self._mask.size and self._mask[first + key]]


def briefing_row(
    row: BriefingRow, key: int, text: str, start: int = 0, end: int = 0, title: str | None = None
) -> InsightRow:
    """Return a briefing, or a passage of its text, as an ``InsightRow`` for a search result."""
    return InsightRow(
        key, row.id, row.id, row.title if title is None else title, text, "item", start, end, row.topics,
        row.source, row.published, row.title,
    )  # fmt: skip


def _overlap(row: BriefingRow, passage: Passage, other: InsightRow) -> bool:
    return other.briefing_id == row.id and other.start < passage.end and passage.start < other.end
