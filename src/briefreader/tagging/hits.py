"""Find the phrases of a taxonomy in many documents at once.

Most hits are of one-word phrases, which are looked up in arrays. Hits of longer, literal and excluded phrases are rare;
they are found with ``PhraseIndex``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from briefreader.phrases import Match
from briefreader.text import raw_parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt

    from briefreader.phrases import PhraseIndex
    from briefreader.tagging.vectors import Document, Encoded, Ints

KINDS = ("phrase", "hint", "excluded", "domain")


@dataclass(frozen=True, slots=True)
class Hits:
    """Occurrences of phrases, ordered by document and place.

    All arrays have the same length. ``places`` and ``lengths`` count words and borders; ``phrases`` are phrase numbers.
    ``starts`` and ``ends`` are the offsets of literal phrases in the title or text, -1 for other phrases.
    """

    documents: Ints
    places: Ints
    lengths: Ints
    phrases: Ints
    starts: Ints
    ends: Ints

    def __len__(self) -> int:
        return len(self.documents)

    def where(self, chosen: npt.NDArray[np.bool_]) -> Hits:
        """Return the chosen hits."""
        return Hits(*(getattr(self, name)[chosen] for name in self.__slots__))


class HitFinder:
    """Find phrases in encoded documents.

    The vocabulary must number the words of the phrases as the index does; ``size`` is its number of words and borders.
    """

    def __init__(self, index: PhraseIndex, size: int) -> None:
        self.index = index
        self.topics = np.array([p.topic for p in index.phrases], dtype=np.int64)
        self.kinds = np.array([KINDS.index(p.kind) for p in index.phrases], dtype=np.int64)
        pairs = np.array(sorted(index.beginnings), dtype=np.int64).reshape(-1, 2)
        self._starters, self._seconds = _flags(pairs[:, 0], size), _flags(pairs[:, 1], size)
        self._beginnings = pairs[:, 0] << 32 | pairs[:, 1]
        singles = [[p.number for p in index.single(word)] for word in range(len(index.words))]
        self._counts = np.zeros(size, dtype=np.int64)
        self._counts[: len(singles)] = [len(found) for found in singles]
        self._first = np.cumsum(self._counts) - self._counts
        self._singles = np.array([number for found in singles for number in found], dtype=np.int64)

    def find(self, documents: Sequence[Document], encoded: Encoded) -> Hits:
        """Return the hits, without those that excluded phrases cover, and without overlaps within a topic."""
        literals = self._literals(documents)
        singles, longer = self._single_rows(encoded), self._longer_rows(encoded)
        cells, mixed = self._mixed(literals, singles, longer, encoded)
        if len(cells):
            singles, longer = (f[~np.isin(self._cells(f), cells)] for f in (singles, longer))
        longer = self._without_overlaps(longer)
        singles = singles[~np.isin(self._keys(singles, singles[:, 2]), self._covered(longer))]
        kept = np.concatenate([singles, longer])
        kept[:, 2] -= encoded.starts[kept[:, 0]]
        kept = np.column_stack([kept, np.full((len(kept), 2), -1)])
        return _hits(np.concatenate([kept, mixed]) if len(mixed) else kept)

    def _single_rows(self, encoded: Encoded) -> Ints:
        """Return hits of one-word phrases as rows: document, phrase, place, length.

        Places count from the beginning of the first document.
        """
        at = np.flatnonzero(self._counts[encoded.ids])
        counts = self._counts[encoded.ids[at]]
        offsets = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        phrases = self._singles[np.repeat(self._first[encoded.ids[at]], counts) + offsets]
        owners = np.searchsorted(encoded.starts, at, side="right") - 1
        return np.column_stack([np.repeat(owners, counts), phrases, np.repeat(at, counts), np.ones_like(phrases)])

    def _longer_rows(self, encoded: Encoded) -> Ints:
        """Return hits of phrases of several words in the same form; they may overlap."""
        ids = encoded.ids
        at = np.flatnonzero(self._starters[ids[:-1]] & self._seconds[ids[1:]])
        keys = ids[at] << 32 | ids[at + 1]
        slots = np.minimum(np.searchsorted(self._beginnings, keys), max(len(self._beginnings) - 1, 0))
        at = at[self._beginnings[slots] == keys] if len(self._beginnings) else at
        listed = ids.tolist() if len(at) else []
        found = [row for index in at.tolist() for row in self.index.longer_at(listed, index)]
        rows = np.array(found, dtype=np.int64).reshape(-1, 3)
        owners = np.searchsorted(encoded.starts, rows[:, 1], side="right") - 1
        inside = rows[:, 1] + rows[:, 2] <= encoded.starts[owners + 1]
        return np.column_stack([owners, rows])[inside]

    def _cells(self, rows: Ints) -> Ints:
        """Return for each row a number for its document and topic."""
        return rows[:, 0] * (len(self.index.topics) + 1) + self.topics[rows[:, 1]]

    def _keys(self, rows: Ints, places: Ints) -> Ints:
        """Return for each row a number for its topic and the given place."""
        return places * (len(self.index.topics) + 1) + self.topics[rows[:, 1]]

    def _without_overlaps(self, rows: Ints) -> Ints:
        """Return the hits of each topic that don't overlap. Earlier hits take precedence, then longer ones."""
        if len(rows) < 2:
            return rows
        rows = rows[np.lexsort((-rows[:, 3], rows[:, 2], self._cells(rows)))]
        cells, ends = self._cells(rows), rows[:, 2] + rows[:, 3]
        close = (np.diff(cells) == 0) & (rows[1:, 2] < ends[:-1])
        if not close.any():
            return rows
        kept, free, cell = np.ones(len(rows), dtype=bool), 0, -1
        for number, (of, place, end) in enumerate(zip(cells.tolist(), rows[:, 2].tolist(), ends.tolist(), strict=True)):
            if of != cell or place >= free:
                cell, free = of, end
            else:
                kept[number] = False
        return rows[kept]

    def _covered(self, rows: Ints) -> Ints:
        """Return the keys of all places that longer phrases cover."""
        steps = range(int(rows[:, 3].max(initial=0)))
        taken = [self._keys(found, found[:, 2] + step) for step in steps if len(found := rows[rows[:, 3] > step])]
        return np.concatenate(taken) if taken else np.zeros(0, dtype=np.int64)

    def _literals(self, documents: Sequence[Document]) -> list[tuple[int, Match]]:
        """Return literal hits, with the number of their document.

        Their offsets are into the title or text; their places count the words of the title too.
        """
        found = []
        for number, (title, text) in enumerate(documents):
            found += [(number, match) for match in self.index.literals(title)] if title else []
            if later := self.index.literals(text):
                moved = words_before_text(title)
                found += [(number, match._replace(place=match.place + moved)) for match in later]
        return found

    def _mixed(
        self, literals: Sequence[tuple[int, Match]], singles: Ints, longer: Ints, encoded: Encoded
    ) -> tuple[Ints, Ints]:
        """Return the cells with literal or excluded phrases, and the hits that count.

        A cell is a document and a topic. Hits of other cells aren't returned.
        """
        topics = len(self.index.topics) + 1
        excluded = [found[self.kinds[found[:, 1]] == KINDS.index("excluded")] for found in (singles, longer)]
        special = {d * topics + m.phrase.topic for d, m in literals}
        special.update(*(self._cells(found).tolist() for found in excluded))
        cells = np.array(sorted(special), dtype=np.int64)
        grouped: dict[int, list[Match]] = {cell: [] for cell in special}
        for number, match in literals:
            grouped[number * topics + match.phrase.topic].append(match)
        for found in (singles, longer):
            for number, phrase, place, length in found[np.isin(self._cells(found), cells)].tolist():
                one = self.index.phrases[phrase]
                place -= int(encoded.starts[number])
                grouped[number * topics + one.topic].append(Match(one, place, length))
        counted = [(cell // topics, match) for cell, group in grouped.items() for match in self.index.counted(group)]
        return cells, _rows(counted)


def words_before_text(title: str) -> int:
    """Return the number of words and borders before the text of an encoded document."""
    from briefreader.displayed import displayed

    return len(raw_parts(displayed(title))) + 1 if title else 0


def _rows(found: Iterable[tuple[int, Match]]) -> Ints:
    rows = [(d, m.phrase.number, m.place, m.length, m.start, m.end) for d, m in found]
    return np.array(rows, dtype=np.int64).reshape(-1, 6)


def _hits(rows: Ints) -> Hits:
    rows = rows[np.lexsort((rows[:, 1], rows[:, 2], rows[:, 0]))]
    documents, phrases, places, lengths, starts, ends = rows.T
    return Hits(documents, places, lengths, phrases, starts, ends)


def _flags(numbers: Ints, size: int) -> npt.NDArray[np.bool_]:
    flags = np.zeros(size, dtype=bool)
    flags[numbers] = True
    return flags
