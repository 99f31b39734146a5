"""Why a text has a topic, and why not: the parts of its score, each a term and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from briefreader.displayed import displayed
from briefreader.model import AssignedBy, Reason
from briefreader.tagging.hits import words_before_text
from briefreader.tagging.prior import BRIEFING, SIMILARITY, Prior
from briefreader.tagging.vectors import BORDERS, Document, Floats, position_weight
from briefreader.text import Token, part_spans

if TYPE_CHECKING:
    from briefreader.tagging.corrections import Corrections
    from briefreader.tagging.hits import Hits
    from briefreader.tagging.prior import Measured
    from briefreader.tagging.vectors import Ints


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why ``topic`` has its ``score``: ``bias`` and the weights of ``parts`` sum to ``logit``.

    ``missing`` is what the logit lacks to the threshold, 0 where the topic is earned. Where a passage earned it,
    ``passage`` are its offsets into the text and the parts are the passage's. ``outdated``: the library's score is of
    another model or taxonomy; ``stored`` is that score, None if it was too low to be kept.
    """

    topic: str
    score: float
    logit: float
    bias: float
    threshold: float
    parts: tuple[Reason, ...]
    missing: float
    earned: AssignedBy = ""
    passage: tuple[int, int] | None = None
    outdated: bool = False
    stored: float | None = None


class Places:
    """Where a document's words stand, by their number in it (borders count as words)."""

    def __init__(self, title: str, text: str) -> None:
        self.title, self.text = title, text
        self._title: list[Token] = part_spans(displayed(title), borders=True)
        self._text: list[Token] = part_spans(displayed(text), borders=True)
        self._gap = words_before_text(title)

    def reason(self, index: int, length: int, weight: float) -> Reason:
        """A reason that quotes the words ``[index, index + length)``."""
        in_text = index >= self._gap
        tokens = self._text if in_text else self._title
        first = index - self._gap if in_text else index
        return self.quote(in_text, tokens[first].start, tokens[first + length - 1].end, weight)

    def quote(self, in_text: bool, start: int, end: int, weight: float) -> Reason:
        """Build a reason for a place in the title or the text."""
        field: Literal["title", "text"] = "text" if in_text else "title"
        return Reason((self.text if in_text else self.title)[start:end], weight, field, start, end)

    def hit(self, hits: Hits, number: int, weight: float) -> Reason:
        """A reason that quotes a phrase."""
        place = int(hits.places[number])
        if hits.starts[number] < 0:
            return self.reason(place, int(hits.lengths[number]), weight)
        return self.quote(place >= self._gap, int(hits.starts[number]), int(hits.ends[number]), weight)

    def span(self, begin: int, end: int) -> tuple[int, int]:
        """Offsets into the text of the words ``[begin, end)``, whole words with their signs, without the title."""
        first, last = max(begin - self._gap, 0), end - self._gap - 1
        if last < first:  # nothing but the title
            return 0, 0
        while first < last and self._text[first].form in BORDERS:
            first += 1
        while last > first and self._text[last].form in BORDERS:
            last -= 1
        start, end = self._text[first].start, self._text[last].end
        while start and not self.text[start - 1].isspace():
            start -= 1
        while end < len(self.text) and not self.text[end].isspace():
            end += 1
        return start, end


class Told:
    """The parts of one topic's score in one document, each a term where it stands; together they are the logit."""

    def __init__(
        self, prior: Prior, corrections: Corrections, document: Document, measured: Measured, topic: int
    ) -> None:
        self._prior, self._corrections, self._topic = prior, corrections, topic
        self._document, self._measured, self._places = document, measured, Places(*document)
        counted = measured.evidence.strong | measured.evidence.weak
        self._counted = np.flatnonzero(counted & (prior.finder.topics[measured.hits.phrases] == topic))

    def of_whole(self, features: Floats, weights: Floats) -> tuple[float, list[Reason]]:
        """The constant and the other parts, the heaviest first.

        A phrase has a share of the phrases' features, and of what was learnt of it, by its position weight. A word or
        pair stands for its product in the cosine and in what was learnt, at its first place.
        """
        learnt, topic, prior = self._corrections, self._topic, self._prior
        scale = float(learnt.scale[topic])
        valued = features * weights * scale
        reasons = self._phrases(self._counted, float(valued[1:SIMILARITY].sum()))
        term_weights = _by_term(prior.rows, weights[SIMILARITY] * prior.vectors.column(topic)) * scale
        term_weights += _by_term(learnt.rows, learnt.weights.column(topic))
        reasons += _terms(prior, self._measured, term_weights, self._document, self._places)
        reasons.sort(key=lambda reason: -abs(reason.weight))
        return float(valued[0] + valued[BRIEFING] + learnt.bias[topic]), reasons

    def of_passage(self, passage: int, learnt: float) -> tuple[float, list[Reason]]:
        """The same of a passage; ``learnt`` is what decisions changed in the whole document's logit."""
        found = self._measured.evidence.by_passage
        (row,) = np.flatnonzero((found.passages == passage) & (found.topics == self._topic))
        inside = self._counted[self._measured.evidence.owners[self._counted] == passage]
        reasons = self._phrases(inside, float(found.features[row] @ self._prior.weights.passage[1:]), learned=False)
        reasons.sort(key=lambda reason: -abs(reason.weight))
        return float(self._prior.weights.passage[0]) + learnt, reasons

    def span(self, passage: int) -> tuple[int, int]:
        """Offsets of a passage into the document's text."""
        return self._places.span(
            int(self._measured.passages.begins[passage]), int(self._measured.passages.ends[passage])
        )

    def _phrases(self, counted: Ints, worth: float, *, learned: bool = True) -> list[Reason]:
        hits = self._measured.hits
        shares = position_weight(hits.places[counted])
        shares /= max(float(shares.sum()), 1e-12)
        taught = self._corrections.phrase_weights[hits.phrases[counted]] * learned
        weights = ((worth + taught) * shares).tolist()
        return [self._places.hit(hits, int(number), w) for number, w in zip(counted, weights, strict=True)]


def _by_term(rows: Ints, column: Floats) -> Floats:
    """A column of a matrix whose row each term has or -1, as a weight of every term."""
    weights = np.zeros(len(rows))
    weights[rows >= 0] = column[rows[rows >= 0]]
    return weights


def _terms(prior: Prior, measured: Measured, weights: Floats, document: Document, places: Places) -> list[Reason]:
    entries = measured.entries
    weighted = weights[entries.terms] * entries.values / max(float(measured.norms[0]), 1e-12)
    encoded = prior.vocabulary.encode([document])
    first_place: dict[int, int] = {}
    for index, term in enumerate(encoded.ids.tolist()):
        first_place.setdefault(term, index)
    for index, term in zip(*(a.tolist() for a in prior.vocabulary.pair_places(encoded)), strict=True):
        first_place.setdefault(term, index)
    pair = prior.vocabulary.first_pair
    return [
        places.reason(first_place[term], 2 if term >= pair else 1, float(value))
        for term, value in zip(entries.terms.tolist(), weighted.tolist(), strict=True)
        if value
    ]
