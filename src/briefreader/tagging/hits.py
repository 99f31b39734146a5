"""A taxonomy's phrases in many documents at once, as arrays.

Single words are looked up in a table; longer phrases, literal ones and excluded senses take the way of
``PhraseIndex``, which few words of a text do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from briefreader.phrases import Match, first_come
from briefreader.text import raw_parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt

    from briefreader.phrases import PhraseIndex
    from briefreader.tagging.vectors import Document, Encoded, Ints

KINDS = ("phrase", "hint", "excluded", "domain")


@dataclass(frozen=True, slots=True)
class Hits:
    """Phrases found, ordered by document and place.

    ``starts`` and ``ends`` are offsets into the title or text where a literal phrase stands, else -1.
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
        """Some of the hits."""
        return Hits(*(getattr(self, name)[chosen] for name in self.__slots__))


class HitFinder:
    """Finds the phrases of an index in documents whose vocabulary begins with the index's words."""

    def __init__(self, index: PhraseIndex, size: int) -> None:
        self.index = index
        self.topics = np.array([p.topic for p in index.phrases], dtype=np.int64)
        self.kinds = np.array([KINDS.index(p.kind) for p in index.phrases], dtype=np.int64)
        self._starters, self._seconds = _flags(index.starters, size), _flags(index.seconds, size)
        singles = [[p.number for p in index.single(word)] for word in range(len(index.words))]
        self._counts = np.zeros(size, dtype=np.int64)
        self._counts[: len(singles)] = [len(found) for found in singles]
        self._first = np.cumsum(self._counts) - self._counts
        self._singles = np.array([number for found in singles for number in found], dtype=np.int64)

    def find(self, documents: Sequence[Document], encoded: Encoded) -> Hits:
        """The hits that count: of one topic they do not overlap, and excluded senses are taken out."""
        longer = self._longer(encoded)
        literals = self._literals(documents)
        rows = self._single_rows(encoded)
        number = np.searchsorted(encoded.starts, rows[:, 1], side="right") - 1
        rows = np.column_stack([number, rows])
        special = {(d, m.phrase.topic) for d, m in literals}
        special |= {(d, m.phrase.topic) for d, m in longer if m.phrase.excluded}
        topics = len(self.index.topics) + 1
        keys = rows[:, 0] * topics + self.topics[rows[:, 1]]
        excluded = self.kinds[rows[:, 1]] == KINDS.index("excluded")
        special |= {divmod(key, topics) for key in np.unique(keys[excluded]).tolist()}
        ordinary = [(d, m) for d, m in longer if (d, m.phrase.topic) not in special]
        kept = _rows(_in_order(ordinary))
        apart = np.isin(keys, np.array([d * topics + t for d, t in special], dtype=np.int64))
        covered = self._covered(kept, encoded)
        free = ~apart & ~np.isin(self.topics[rows[:, 1]] * (len(encoded.ids) + 1) + rows[:, 2], covered)
        mixed = self._mixed(special, [*longer, *literals], rows[apart], encoded)
        rows = np.column_stack([rows[:, :2], rows[:, 2] - encoded.starts[rows[:, 0]]])[free]
        plain = np.column_stack([rows, np.ones(len(rows), np.int64), np.full((len(rows), 2), -1)])
        return _hits(np.concatenate([plain, kept, mixed]))

    def _single_rows(self, encoded: Encoded) -> Ints:
        """Phrase and place (in all documents together) of phrases of one word."""
        at = np.flatnonzero(self._counts[encoded.ids])
        counts = self._counts[encoded.ids[at]]
        offsets = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        phrases = self._singles[np.repeat(self._first[encoded.ids[at]], counts) + offsets]
        return np.column_stack([phrases, np.repeat(at, counts)])

    def _longer(self, encoded: Encoded) -> list[tuple[int, Match]]:
        """Every phrase of two words or more, with its document; overlapping ones too."""
        ids = encoded.ids
        at = np.flatnonzero(self._starters[ids[:-1]] & self._seconds[ids[1:]])
        owners = np.searchsorted(encoded.starts, at, side="right") - 1
        found = []
        listed = ids.tolist() if len(at) else []
        for index, owner in zip(at.tolist(), owners.tolist(), strict=True):
            start, end = encoded.starts[owner], encoded.starts[owner + 1]
            found += [
                (owner, match._replace(place=int(index - start)))
                for match in self.index.longer_at(listed, index)
                if index + match.length <= end
            ]
        return found

    def _literals(self, documents: Sequence[Document]) -> list[tuple[int, Match]]:
        """Literal phrases with offsets into their field; the text's words are counted from after the title."""
        found = []
        for number, (title, text) in enumerate(documents):
            found += [(number, match) for match in self.index.literals(title)] if title else []
            if later := self.index.literals(text):
                moved = words_before_text(title)
                found += [(number, match._replace(place=match.place + moved)) for match in later]
        return found

    def _covered(self, kept: Ints, encoded: Encoded) -> Ints:
        """Keys of topic and place (in all documents together) that longer phrases take."""
        topics, places = self.topics[kept[:, 1]], kept[:, 2] + encoded.starts[kept[:, 0]]
        steps = [places[kept[:, 3] > step] + step for step in range(int(kept[:, 3].max(initial=0)))]
        of = [topics[kept[:, 3] > step] for step in range(len(steps))]
        if not steps:
            return np.zeros(0, dtype=np.int64)
        return np.asarray(np.concatenate(of) * (len(encoded.ids) + 1) + np.concatenate(steps))

    def _mixed(
        self, special: set[tuple[int, int]], others: Sequence[tuple[int, Match]], singles: Ints, encoded: Encoded
    ) -> Ints:
        """The counted hits of documents and topics with literal or excluded ones."""
        grouped: dict[tuple[int, int], list[Match]] = {key: [] for key in special}
        for number, match in others:
            if (number, match.phrase.topic) in grouped:
                grouped[number, match.phrase.topic].append(match)
        for number, phrase, place in singles.tolist():
            found = self.index.phrases[phrase]
            grouped[number, found.topic].append(Match(found, int(place - encoded.starts[number]), 1))
        return _rows([(d, match) for (d, _), group in grouped.items() for match in self.index.counted(group)])


def words_before_text(title: str) -> int:
    """How many words and borders an encoded document has before its text."""
    from briefreader.displayed import displayed

    return len(raw_parts(displayed(title))) + 1 if title else 0


def _in_order(found: Sequence[tuple[int, Match]]) -> list[tuple[int, Match]]:
    """Those that do not overlap; ``found`` is ordered by document and place, the longest first."""
    kept: list[tuple[int, Match]] = []
    owner, group = -1, list[Match]()
    for number, match in [*found, (-2, None)]:
        if number != owner:
            kept += [(owner, each) for each in first_come(group)]
            owner, group = number, []
        if match is not None:
            group.append(match)
    return kept


def _rows(found: Iterable[tuple[int, Match]]) -> Ints:
    rows = [(d, m.phrase.number, m.place, m.length, m.start, m.end) for d, m in found]
    return np.array(rows, dtype=np.int64).reshape(-1, 6)


def _hits(rows: Ints) -> Hits:
    rows = rows[np.lexsort((rows[:, 1], rows[:, 2], rows[:, 0]))]
    documents, phrases, places, lengths, starts, ends = rows.T
    return Hits(documents, places, lengths, phrases, starts, ends)


def _flags(numbers: Iterable[int], size: int) -> npt.NDArray[np.bool_]:
    flags = np.zeros(size, dtype=bool)
    flags[list(numbers)] = True
    return flags
