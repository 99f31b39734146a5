"""Why a text has a topic, and why not: the parts of its score, each a term and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from briefreader.model import AssignedBy, Reason
from briefreader.tagging.prior import LEAD, SIMILARITY, Prior
from briefreader.tagging.vectors import Document, Floats, position_weight_at
from briefreader.text import Token, part_spans

if TYPE_CHECKING:
    from briefreader.phrases import Match
    from briefreader.tagging.corrections import Corrections
    from briefreader.tagging.prior import Measured
    from briefreader.tagging.vectors import Ints


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why ``topic`` has its ``score``: ``bias`` and the weights of ``parts`` sum to ``logit``.

    ``missing`` is what the logit lacks to the threshold, 0 where the topic is earned. Where a passage earned it,
    ``passage`` are its offsets into the text and the parts are the passage's.
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


class Places:
    """Where a document's words stand, by their number in it."""

    def __init__(self, title: str, text: str) -> None:
        self.title, self.text = title, text
        self._title: list[Token] = part_spans(title)
        self._text: list[Token] = part_spans(text)
        self._gap = len(self._title) + 1 if title else 0

    def reason(self, index: int, length: int, weight: float) -> Reason:
        """A reason that quotes the words ``[index, index + length)``."""
        in_text = index >= self._gap
        tokens = self._text if in_text else self._title
        first = index - self._gap if in_text else index
        return self.quote(in_text, tokens[first].start, tokens[first + length - 1].end, weight)

    def match(self, match: Match, weight: float) -> Reason:
        """A reason that quotes a phrase match."""
        if match.start < 0:
            return self.reason(match.place, match.length, weight)
        return self.quote(match.place >= self._gap, match.start, match.end, weight)

    def quote(self, in_text: bool, start: int, end: int, weight: float) -> Reason:
        """Build a reason for a place in the title or the text."""
        field: Literal["title", "text"] = "text" if in_text else "title"
        return Reason((self.text if in_text else self.title)[start:end], weight, field, start, end)


def parts(
    prior: Prior, weights: Floats, corrections: Corrections, document: Document, topic: int
) -> tuple[float, list[Reason]]:
    """The bias and every other part of the logit, the heaviest first.

    A phrase match has a share of the hit features, and of what was learnt of its phrase, by its position weight. A word
    or pair stands for its product in the cosine, in its lead over the other topics' and in what was learnt, at its
    first place.
    """
    measured = prior.measure([document])
    scale = float(corrections.scale[topic])
    features = measured.features()[0, topic] * weights * scale
    places = Places(*document)
    found = sorted((m for m in measured.matches[0] if m.phrase.topic == topic), key=lambda m: (m.place, m.start))
    by_hits = float(features[1:SIMILARITY].sum())
    total = sum(position_weight_at(match.place) for match in found)
    reasons = []
    for match in found:
        learnt = float(corrections.phrase_weights[match.phrase.number])
        reasons.append(places.match(match, (by_hits + learnt) * position_weight_at(match.place) / total))
    column, others = prior.vectors.column(topic), prior.vectors.width - 1
    above = column - (prior.vectors.row_sums() - column) / others if others else np.zeros_like(column)
    term_weights = _by_term(prior.rows, weights[SIMILARITY] * column + weights[LEAD] * above) * scale
    term_weights += _by_term(corrections.rows, corrections.weights.column(topic))
    reasons += _terms(prior, measured, term_weights, document, places)
    reasons.sort(key=lambda reason: -abs(reason.weight))
    return float(features[0]) + float(corrections.bias[topic]), reasons


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
