"""Public API of the tagger: score texts against a taxonomy."""

from __future__ import annotations

import hashlib
import itertools
from copy import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple, Self

import numpy as np

from briefreader.tagging import fitting, model_files
from briefreader.tagging.corrections import Corrections
from briefreader.tagging.explanations import Explanation, TopicExplainer
from briefreader.tagging.learner import Learner
from briefreader.tagging.passages import places
from briefreader.tagging.prior import batches
from briefreader.tagging.weights import LEVELS, WEIGHTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from briefreader.model import AssignedBy, Insight, Labelled
    from briefreader.tagging.prior import Level, Measured, Prior
    from briefreader.tagging.vectors import Document, Floats
    from briefreader.taxonomy import Taxonomy

    Bools = npt.NDArray[np.bool_]

THRESHOLD = WEIGHTS.thresholds["document"]
INSIGHT_THRESHOLD = WEIGHTS.thresholds["insight"]
Sensitivity = Literal["sparing", "usual", "generous"]
SHIFTS: dict[Sensitivity, float] = {"sparing": 2.4, "usual": 0.0, "generous": -0.7}  # logits added to each threshold
PASSAGE_THRESHOLD = 0.5  # minimum probability at which a passage is about a topic
MIN_SUGGESTED_SCORE = 0.15  # minimum probability of a suggested topic
MAX_SUGGESTED = 3
SURROUNDING = 2  # an insight's surroundings are its passage, and this number of passages before it and after it


class Thresholds(NamedTuple):
    """Minimum probabilities at which documents and insights are assigned a topic."""

    document: float = THRESHOLD
    insight: float = INSIGHT_THRESHOLD

    def adjusted(self, sensitivity: Sensitivity) -> Thresholds:
        """Return both thresholds, changed by the logits of a sensitivity (``SHIFTS``)."""
        shift = SHIFTS[sensitivity]
        return Thresholds(*(float(_sigmoid(np.array(_logit(p) + shift))) for p in self)) if shift else self


class InsightText(NamedTuple):
    """An insight to score: heading, passage and offset.

    ``start`` is the offset of the passage in the text of the briefing, -1 if the text doesn't contain it.
    """

    heading: str
    text: str
    start: int = -1

    @classmethod
    def of(cls, insight: Insight, body: str) -> InsightText:
        """Return an insight with its passage in the body, or its own text if it has none."""
        passage = body[insight.start : insight.end]
        return cls(insight.title or insight.heading, passage or insight.text, insight.start if passage else -1)


@dataclass(frozen=True, slots=True)
class Tagging:
    """The topics of a text.

    Attributes:
        scores: the score of each topic.
        tags: the assigned topics, in descending order of score.
        earned: by assigned topic, "document" for a document and "passage" for an insight.
        shares: by assigned topic, the share of the document's words in passages about it; empty for an insight.
    """

    scores: dict[str, float]
    tags: list[str] = field(default_factory=list)
    earned: dict[str, AssignedBy] = field(default_factory=dict)
    shares: dict[str, float] = field(default_factory=dict)

    @property
    def suggested(self) -> list[str]:
        """The topics with the highest scores below the threshold, but not below 0.15; at most three."""
        near = [t for t, p in self.scores.items() if p >= MIN_SUGGESTED_SCORE and t not in self.earned]
        return sorted(near, key=lambda t: -self.scores[t])[:MAX_SUGGESTED]


class Tagger:
    """Assign topics of a taxonomy to texts.

    Documents are pairs ``(title, text)``; offsets count code points. Word frequencies (IDF) come from ``fit``, and
    before that from the ``background`` texts (default: the shipped briefings).
    """

    def __init__(
        self, taxonomy: Taxonomy, background: Iterable[Document] | None = None, *, prior: Prior | None = None
    ) -> None:
        self.taxonomy = taxonomy
        self.thresholds = Thresholds()
        if prior is None:
            prior = fitting.background(taxonomy, model_files.shipped_texts() if background is None else background)
        self.prior = prior
        self.documents = 0  # number of documents that the model was fitted to
        self.training_digest = training_digest([])  # hash of the decisions that the corrections were learned from
        self.corrections = Corrections(prior, {})
        self._learner = Learner(prior)

    def with_sensitivity(self, threshold: float | None = None, sensitivity: Sensitivity = "usual") -> Tagger:
        """Return a copy with thresholds adjusted for a sensitivity: "sparing", "usual" or "generous".

        If ``threshold`` is given, it is the threshold of documents.
        """
        adjusted = self.thresholds.adjusted(sensitivity)
        return self.with_thresholds(adjusted if threshold is None else adjusted._replace(document=threshold))

    def with_thresholds(self, thresholds: Thresholds) -> Tagger:
        """Return a copy with other ``Thresholds``, one for documents and one for insights."""
        other = copy(self)
        other.thresholds = thresholds
        return other

    @classmethod
    def fitted(cls, taxonomy: Taxonomy, documents: Iterable[Document]) -> Self:
        """Return a tagger for a taxonomy, fitted to unlabelled documents; see ``fit``."""
        documents = list(documents)
        tagger = cls(taxonomy, prior=fitting.fit(taxonomy, documents))
        tagger.documents = len(documents)
        return tagger

    def fit(self, documents: Iterable[Document]) -> Self:
        """Fit IDF and topic vectors to unlabelled documents, and return this tagger; imports scikit-learn.

        Learned corrections are lost, thresholds are kept.
        """
        vars(self).update(vars(self.fitted(self.taxonomy, documents)) | {"thresholds": self.thresholds})
        return self

    def learn(self, examples: Iterable[Labelled], topics: Sequence[str] | None = None) -> Self:
        """Learn from labelled texts how to correct the scores of topics, and return this tagger.

        Args:
            examples: texts with accepted and rejected topics. Features of texts from earlier calls are cached.
            topics: IDs of the topics to learn, whose earlier corrections are replaced; None for all topics. The
                corrections of other topics are kept.
        """
        examples = list(examples)
        kept = {} if topics is None else {t: c for t, c in self.corrections.by_topic.items() if t not in topics}
        self.corrections = Corrections(self.prior, kept | self._learner.learn(examples, topics))
        self.training_digest = training_digest(examples)
        return self

    def trained_on(self, examples: Iterable[Labelled]) -> Tagger:
        """Return a copy with corrections that are learned from these examples only."""
        other = copy(self)
        other.corrections = Corrections(self.prior, self._learner.learn(examples))
        return other

    @property
    def fingerprint(self) -> str:
        """A hash of everything that assigned topics depend on; its first 8 digits depend on the taxonomy only."""
        prior, learnt = self.prior, self.corrections
        digest = hashlib.sha256()
        rules = (*self.thresholds, *(getattr(self.prior.weights, level).tolist() for level in LEVELS))
        digest.update(repr(rules).encode())
        digest.update("\n".join(prior.vocabulary.words).encode("utf-8", "replace"))
        vectors, weights = prior.vectors, learnt.weights
        for array in (
            prior.idf, prior.terms, vectors.starts, vectors.columns, vectors.values, prior.vocabulary.pairs,
            weights.starts, weights.columns, weights.values, learnt.scale, learnt.bias,
            learnt.phrase_weights, learnt.terms,
        ):  # fmt: skip
            digest.update(np.ascontiguousarray(array).tobytes())
        return f"{hashlib.sha256(self.taxonomy.digest.encode()).hexdigest()[:8]}{digest.hexdigest()[:8]}"

    def score(self, documents: Sequence[Document]) -> Floats:
        """Return the probability of each topic for each document as an array [documents, topics]."""
        found = [self._scored(self.prior.measure(group))[0] for group in batches(documents)]
        return np.concatenate([np.zeros((0, len(self.taxonomy.topics))), *found])

    def tag(self, documents: Sequence[Document]) -> list[Tagging]:
        """Return the scores and assigned topics of each document, as ``Tagging`` objects."""
        return [tagging for tagging, _ in self.tag_briefings((document, ()) for document in documents)]

    def tag_briefings(
        self, briefings: Iterable[tuple[Document, Sequence[InsightText]]]
    ) -> Iterator[tuple[Tagging, list[Tagging]]]:
        """Yield a pair per briefing: the ``Tagging`` of its document, and a list with those of its insights.

        The scores of an insight also depend on its document and the passages around it.
        """
        pairs = list(briefings)
        rest = iter(pairs)
        for group in batches((document for document, _ in pairs), len(self.taxonomy.ids)):
            measured = self.prior.measure(group)
            scores, by_passage = self._scored(measured)
            inside = [insights for _, insights in itertools.islice(rest, len(group))]
            singly = self._tag_insights(measured, scores, group, inside)
            for tagging, insights in zip(self._taggings(scores, by_passage, measured), inside, strict=True):
                yield tagging, list(itertools.islice(singly, len(insights)))

    def _tag_insights(
        self, measured: Measured, scores: Floats, group: Sequence[Document], inside: Sequence[Sequence[InsightText]]
    ) -> Iterator[Tagging]:
        owners = np.repeat(np.arange(len(group)), [len(insights) for insights in inside])
        around = self._surroundings(measured, group, inside)
        insights = [(i.heading, i.text) for of_one in inside for i in of_one]
        ids, scored, begin = self.taxonomy.ids, [np.zeros((0, len(self.taxonomy.ids)))], 0
        for chosen in batches(insights, len(ids)):
            rows = slice(begin, begin := begin + len(chosen))
            found = self._insight_features(chosen, scores[owners[rows]], around[rows])
            scored.append(self._insight_scores(*found))
        for row in np.concatenate(scored):  # yielded one by one, since dictionaries of many topics take much memory
            yield _tagging(dict(zip(ids, row.tolist(), strict=True)), self.thresholds.insight, "passage")

    def explain(self, title: str, text: str, topic: str, *, insight: InsightText | None = None) -> Explanation:
        """Return an ``Explanation`` of the score of a topic for a document, or for an insight in it.

        Args:
            title: the document's title.
            text: the document's text.
            topic: the topic's ID.
            insight: explain this insight; offsets are then into its heading and text.

        Raises:
            NotFoundError: the taxonomy has no such topic; the hint suggests a similar ID.
        """
        topic = self.taxonomy.topic(topic).id
        column, document = self.taxonomy.ids.index(topic), (title, text)
        measured = self.prior.measure([document])
        scores, by_passage = self._scored(measured)
        features = measured.features(self.prior.weights)
        level: Level = "document"
        by_itself: AssignedBy = "document"
        if insight is not None:
            around = self._surroundings(measured, [document], [[insight]])
            document = (insight.heading, insight.text)
            measured, features = self._insight_features([document], scores, around)
            scores, level, by_itself = self._insight_scores(measured, features), "insight", "passage"
        explainer = TopicExplainer(self.prior, self.corrections, document, measured, column)
        bias, reasons = explainer.parts(features[0, column], level)
        score, threshold = float(scores[0, column]), getattr(self.thresholds, level)
        logit = bias + sum(reason.weight for reason in reasons)
        missing = max(0.0, _logit(threshold) - logit)
        best = int(by_passage[:, column].argmax()) if insight is None and len(by_passage) > 1 else -1
        passage = explainer.span(best) if best >= 0 and by_passage[best, column] >= PASSAGE_THRESHOLD else None
        earned: AssignedBy = by_itself if score >= threshold else ""
        return Explanation(topic, score, logit, bias, threshold, tuple(reasons), missing, earned, passage)

    def passages_about(self, title: str, text: str, topic: str, most: int = 2) -> list[tuple[int, int]]:
        """Return the spans ``(start, end)`` of the passages that are most about a topic, in text order.

        The list has at least one and up to ``most`` spans. A span begins at the passage's first sentence with a phrase
        of the topic, if it has one.

        Raises:
            NotFoundError: the taxonomy has no such topic.
        """
        column = self.taxonomy.ids.index(self.taxonomy.topic(topic).id)
        measured = self.prior.measure([(title, text)])
        by_passage = self._scored(measured)[1][:, column]
        best = sorted(range(len(by_passage)), key=lambda n: -by_passage[n])[:most]
        explainer = TopicExplainer(self.prior, self.corrections, (title, text), measured, column)
        return [
            explainer.span(n) for n in sorted(n for n in best if n == best[0] or by_passage[n] >= PASSAGE_THRESHOLD)
        ]

    def top_terms(self, topic: str, most: int = 10) -> tuple[list[str], list[str], list[str]]:
        """Return three lists of up to ``most`` terms: the topic's strongest, and those learned for and against it."""
        column = self.taxonomy.ids.index(self.taxonomy.topic(topic).id)
        name, learnt = self.prior.vocabulary.name, self.corrections

        def heaviest(terms: npt.NDArray[np.int64], weights: Floats) -> list[str]:
            order = np.argsort(-weights, kind="stable")[:most]
            return [name(int(terms[n])) for n in order.tolist() if weights[n] > 0 and name(int(terms[n]))]

        weights = learnt.weights.column(column)
        return (
            heaviest(self.prior.terms, self.prior.vectors.column(column)),
            heaviest(learnt.terms, weights),
            heaviest(learnt.terms, -weights),
        )

    def save(self, folder: Path) -> None:
        """Save the model in a folder, atomically."""
        model_files.save(self, folder)

    @classmethod
    def load(cls, folder: str | Path) -> Tagger:
        """Return the model that ``save`` wrote to a folder.

        Raises:
            LibraryError: there is no model, it is damaged, or its format has another version.
        """
        prior, corrections, training_digest, documents, thresholds = model_files.load(folder)
        tagger = cls(prior.taxonomy, prior=prior).with_thresholds(Thresholds(*thresholds))
        tagger.corrections, tagger.training_digest, tagger.documents = corrections, training_digest, documents
        return tagger

    def _scored(self, measured: Measured) -> tuple[Floats, Floats]:
        """Return the probabilities [documents, topics] and [passages, topics].

        The correction of a document also applies to its passages.
        """
        weights = self.prior.weights
        logits = measured.features(weights) @ weights.document
        learnt = self.corrections.corrected(logits, measured)
        moved = (learnt - logits)[measured.passages.documents] + weights.passage[0]
        return _sigmoid(learnt), _sigmoid(measured.passage_evidence(weights) + moved)

    def _insight_features(
        self, insights: Sequence[Document], briefings: Floats, around: Floats
    ) -> tuple[Measured, Floats]:
        """Return ``Measured`` of insights, and their features."""
        measured = self.prior.measure(insights, briefings >= self.thresholds.document)
        return measured, measured.insight_features(self.prior.weights, briefings, around)

    def _insight_scores(self, measured: Measured, features: Floats) -> Floats:
        return _sigmoid(self.corrections.corrected(features @ self.prior.weights.insight, measured))

    def _surroundings(
        self, measured: Measured, documents: Sequence[Document], inside: Sequence[Sequence[InsightText]]
    ) -> Floats:
        """Return the evidence [insights, topics] in the passages around each insight."""
        evidence = measured.passage_evidence(self.prior.weights)
        rows = [np.zeros((0, evidence.shape[1]))]
        bounds = np.searchsorted(measured.passages.documents, np.arange(len(documents) + 1))
        for number, ((_, text), insights) in enumerate(zip(documents, inside, strict=True)):
            own = slice(bounds[number], bounds[number + 1])
            found = places(text, [i.start for i in insights], measured.passages.words[own])
            rows += [surroundings(evidence[own], place)[None] for place in found]
        return np.concatenate(rows)

    def _taggings(self, scores: Floats, by_passage: Floats, measured: Measured) -> list[Tagging]:
        ids, found = self.taxonomy.ids, []
        for row, shares in zip(scores.tolist(), _shares(by_passage, measured).tolist(), strict=True):
            by_topic, of_all = dict(zip(ids, row, strict=True)), dict(zip(ids, shares, strict=True))
            found.append(_tagging(by_topic, self.thresholds.document, "document", of_all))
        return found


def _shares(by_passage: Floats, measured: Measured) -> Floats:
    """Return the share [documents, topics] of words in passages about each topic.

    If no passage is about a topic, the best one counts.
    """
    documents, words = measured.passages.documents, measured.passages.words
    total = np.maximum(np.bincount(documents, words, minlength=len(measured.lengths)), 1)
    about = np.zeros((len(total), by_passage.shape[1]))
    np.add.at(about, documents, (by_passage >= PASSAGE_THRESHOLD) * words[:, None])
    if (about == 0).any():
        best = np.zeros_like(about)
        np.maximum.at(best, documents, by_passage)
        first = (by_passage == best[documents]) & (about == 0)[documents]
        np.maximum.at(about, documents, first * words[:, None])
    return np.asarray(about / total[:, None])


def surroundings(evidence: Floats, place: int) -> Floats:
    """Return the mean evidence in the passage ``place`` and around it; for -1, in all passages.

    Around ``place``, the weight of a passage is halved with each step away from it.
    """
    if place < 0:
        return np.asarray(evidence.sum(axis=0) / max(len(evidence), 1))
    near = np.arange(max(place - SURROUNDING, 0), min(place + SURROUNDING + 1, len(evidence)))
    weights = 0.5 ** np.abs(near - place)
    return np.asarray(weights @ evidence[near] / weights.sum())


def training_digest(examples: Iterable[Labelled]) -> str:
    """Return a hash of decisions and their texts."""
    digest = hashlib.sha256()
    for e in examples:
        evidence = repr((e.title, e.text, sorted(e.accepted), sorted(e.rejected)))
        digest.update(evidence.encode("utf-8", "replace"))
    return digest.hexdigest()[:16]


def _tagging(
    scores: dict[str, float], threshold: float, by: AssignedBy, shares: dict[str, float] | None = None
) -> Tagging:
    tags = sorted((t for t, p in scores.items() if p >= threshold), key=lambda t: -scores[t])
    return Tagging(scores, tags, dict.fromkeys(tags, by), {t: shares[t] for t in tags} if shares else {})


def _sigmoid(logits: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logits, -700, 700))))


def _logit(probability: float) -> float:
    inside = min(max(probability, 1e-12), 1.0 - 1e-12)
    return float(np.log(inside / (1.0 - inside)))
