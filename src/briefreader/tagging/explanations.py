"""Explain a topic's score as a sum: contributions of terms and their locations."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from briefreader.displayed import displayed
from briefreader.model import AssignedBy, Reason
from briefreader.tagging.hits import words_before_text
from briefreader.tagging.prior import CONSTANT, Prior
from briefreader.tagging.vectors import BORDERS, Document, Floats, position_weight
from briefreader.text import Token, part_spans, sentences

if TYPE_CHECKING:
    from briefreader.tagging.corrections import Corrections
    from briefreader.tagging.hits import Hits
    from briefreader.tagging.prior import Level, Measured
    from briefreader.tagging.vectors import Ints

SCORE_TOLERANCE = 0.005  # scores that differ by less are shown as the same number


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a text has a score for a topic.

    Attributes:
        topic: the topic's ID.
        score: the probability of the topic.
        logit: the logit of the score: ``bias`` plus the weights of all ``parts``.
        bias: the part of the logit that doesn't depend on the words of the text.
        threshold: minimum score at which the topic is assigned.
        parts: what the terms of the text contribute.
        missing: how far the logit is below that of the threshold, 0 if the topic is assigned.
        earned: "document" or "passage" if a document or an insight is assigned the topic, "source" if the briefing's
            source assigned it, "" if it isn't assigned.
        passage: offsets of the passage that is most about the topic; None if no passage is, or if there is only one, or
            for an insight.
        outdated: whether the library has a score from an earlier model or taxonomy.
        stored: the earlier score; None if it was too low to be stored, or if ``outdated`` is false.
        changed: whether the taxonomy or only the model has changed since then; "" if ``outdated`` is false.
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
    changed: Literal["taxonomy", "model", ""] = ""

    @property
    def shortfall(self) -> float:
        """How far the score is below the threshold (at least 0.01); 0 if assigned."""
        return max(self.threshold - self.score, 0.01) if self.missing else 0.0

    def compared(self, stored: float | None, changed: Literal["taxonomy", "model"]) -> Explanation:
        """Return the explanation, marked as outdated and with the stored score.

        If only the model has changed and the score is the same, the explanation is returned unchanged.
        """
        same = not self.earned if stored is None else abs(stored - self.score) < SCORE_TOLERANCE
        return self if same and changed == "model" else replace(self, outdated=True, stored=stored, changed=changed)

    @property
    def remark(self) -> str:
        """Why the stored score may differ from ``score``, and the stored score if it does; "" if not outdated."""
        if not self.outdated or (self.stored is not None and abs(self.stored - self.score) < SCORE_TOLERANCE):
            return f"the {self.changed} has changed since this was scored" if self.outdated else ""
        stored = "no stored score" if self.stored is None else f"stored score {self.stored:.2f}"
        return f"{stored}: the {self.changed} has changed since"


class Places:
    """The locations of a document's words, by position; borders count as words."""

    def __init__(self, title: str, text: str) -> None:
        self.title, self.text = title, text
        self._title: list[Token] = part_spans(displayed(title), borders=True)
        self._text: list[Token] = part_spans(displayed(text), borders=True)
        self._gap = words_before_text(title)

    def reason(self, index: int, length: int, weight: float) -> Reason:
        """Return a reason that quotes the words ``[index, index + length)``."""
        in_text = index >= self._gap
        tokens = self._text if in_text else self._title
        first = index - self._gap if in_text else index
        return self.quote(in_text, tokens[first].start, tokens[first + length - 1].end, weight)

    def quote(self, in_text: bool, start: int, end: int, weight: float) -> Reason:
        """Return a reason that quotes a location in the title or text."""
        field: Literal["title", "text"] = "text" if in_text else "title"
        return Reason((self.text if in_text else self.title)[start:end], weight, field, start, end)

    def hit(self, hits: Hits, number: int, weight: float) -> Reason:
        """Return a reason that quotes a phrase hit, given by its number."""
        place = int(hits.places[number])
        if hits.starts[number] < 0:
            return self.reason(place, int(hits.lengths[number]), weight)
        return self.quote(place >= self._gap, int(hits.starts[number]), int(hits.ends[number]), weight)

    def span(self, begin: int, end: int) -> tuple[int, int]:
        """Return the offsets in the text of the words ``[begin, end)``.

        Words of the title are left out; if there are no others, the result is (0, 0). The span is extended to the
        nearest white space, to include punctuation.
        """
        first, last = max(begin - self._gap, 0), end - self._gap - 1
        if last < first:
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


class TopicExplainer:
    """Split a topic's logit for a document into the contributions of terms."""

    def __init__(
        self, prior: Prior, corrections: Corrections, document: Document, measured: Measured, topic: int
    ) -> None:
        self._prior, self._corrections, self._topic = prior, corrections, topic
        self._document, self._measured, self._places = document, measured, Places(*document)
        self._counted = np.flatnonzero(prior.finder.topics[measured.hits.phrases] == topic)

    def parts(self, features: Floats, level: Level) -> tuple[float, list[Reason]]:
        """Return the constant part and the reasons, in descending order of absolute weight.

        The weight of the phrase features is distributed over all hits by position weight, and each hit also gets a
        learned weight. A word or pair gets its part of the cosine and its learned weight, at its first location.
        """
        learnt, topic, prior = self._corrections, self._topic, self._prior
        weights, constant = getattr(prior.weights, level), CONSTANT[level]
        scale = float(learnt.scale[topic])
        valued = features * weights * scale
        reasons = self._phrases(float(valued[constant:-1].sum()))
        term_weights = _by_term(prior.rows, weights[-1] * prior.vectors.column(topic)) * scale
        term_weights += _by_term(learnt.rows, learnt.weights.column(topic))
        reasons += _terms(prior, self._measured, term_weights, self._document, self._places)
        reasons.sort(key=lambda reason: -abs(reason.weight))
        return float(valued[:constant].sum() + learnt.bias[topic]), reasons

    def span(self, passage: int) -> tuple[int, int]:
        """Return a passage's offsets in the text.

        They begin at the sentence with the topic's first phrase in the passage, if there is one.
        """
        begin, end = (int(bounds[passage]) for bounds in (self._measured.passages.begins, self._measured.passages.ends))
        start, stop = self._places.span(begin, end)
        hits = self._measured.hits
        inside = self._counted[(hits.places[self._counted] >= begin) & (hits.places[self._counted] < end)]
        first = self._places.hit(hits, int(inside[0]), 0.0) if len(inside) else None
        if first and first.field == "text":
            found = [at for at, _ in sentences(self._places.text[start:stop]) if start + at <= first.start]
            start += max(found, default=0)
        return start, stop

    def _phrases(self, worth: float) -> list[Reason]:
        hits, counted = self._measured.hits, self._counted
        shares = position_weight(hits.places[counted])
        shares /= max(float(shares.sum()), 1e-12)
        weights = ((worth + self._corrections.phrase_weights[hits.phrases[counted]]) * shares).tolist()
        return [self._places.hit(hits, int(number), w) for number, w in zip(counted, weights, strict=True)]


def _by_term(rows: Ints, column: Floats) -> Floats:
    """Return weights by term number; ``rows`` maps each term to a row or -1."""
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
