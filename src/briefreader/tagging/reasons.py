"""Why a text has a topic, and why not: the parts of its score, each a term and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from briefreader.model import Earned, Reason
from briefreader.tagging.prior import FEATURES, SIMILARITY, Prior
from briefreader.tagging.vectors import HALF, Document, Floats
from briefreader.text import Token, part_spans

if TYPE_CHECKING:
    from briefreader.phrases import Match


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
    earned: Earned = ""
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
        field: Literal["title", "text"] = "text" if in_text else "title"
        return Reason((self.text if in_text else self.title)[start:end], weight, field, start, end)


def parts(prior: Prior, weights: Floats, document: Document, topic: int) -> tuple[float, list[Reason]]:
    """The bias and every other part of the prior's logit, the heaviest first.

    A phrase match has a share of the hit features by its position weight; the first has that of the first hit too. A
    word or pair stands for its product in the cosine, at its first place.
    """
    measured = prior.measure([document])
    features = measured.features()[0, topic] * weights
    places = Places(*document)
    found = [match for match in measured.matches[0] if match.phrase.topic == topic]
    reasons = []
    by_hits = float(features[1 : FEATURES.index("similarity")].sum())
    total = sum(1.0 / (1.0 + match.place / HALF) for match in found)
    by_first = float(features[FEATURES.index("first hit")])
    for number, match in enumerate(sorted(found, key=lambda m: (m.place, m.start))):
        share = 1.0 / (1.0 + match.place / HALF) / total
        reasons.append(places.match(match, by_hits * share + (by_first if number == 0 else 0.0)))
    reasons += _similar(prior, float(weights[SIMILARITY]), document, topic, places)
    reasons.sort(key=lambda reason: -abs(reason.weight))
    return float(features[0]), reasons


def _similar(prior: Prior, weight: float, document: Document, topic: int, places: Places) -> list[Reason]:
    encoded = prior.vocabulary.encode([document])
    entries, norms = prior.tf_idf(encoded)
    rows = prior.rows[entries.terms]
    products = np.where(rows >= 0, prior.vectors[np.maximum(rows, 0), topic], 0.0) if len(prior.terms) else rows * 0.0
    weighted = weight * products * entries.values / max(float(norms[0]), 1e-12)
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
