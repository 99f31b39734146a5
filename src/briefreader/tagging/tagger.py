"""Public API of the tagger: score texts against a taxonomy."""

from __future__ import annotations

import hashlib
from copy import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple, Self

import numpy as np

from briefreader.tagging import fitting, model_files
from briefreader.tagging.corrections import Corrections
from briefreader.tagging.explanations import Explanation, Told
from briefreader.tagging.learner import Learner
from briefreader.tagging.prior import BRIEFING, batches
from briefreader.tagging.weights import LEVELS, WEIGHTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from briefreader.model import AssignedBy
    from briefreader.tagging.hits import Hits
    from briefreader.tagging.learner import Example
    from briefreader.tagging.prior import Measured, Prior
    from briefreader.tagging.vectors import Document, Floats
    from briefreader.taxonomy import Taxonomy

    Bools = npt.NDArray[np.bool_]

THRESHOLD = WEIGHTS.thresholds["document"]
INSIGHT_THRESHOLD = WEIGHTS.thresholds["insight"]
PASSAGE_THRESHOLD = WEIGHTS.thresholds["passage"]
Sensitivity = Literal["sparing", "usual", "generous"]
SHIFTS: dict[Sensitivity, float] = {"sparing": 2.4, "usual": 0.0, "generous": -0.7}  # logits added to every threshold
PASSAGE_SHARE = 0.03  # share of the words, in passages above their threshold
SPEAKS_FROM = 0.5  # minimum probability of a passage that counts for the topic's share of the text
SUGGEST_FROM = 0.15
SUGGEST_AT_MOST = 3


class Thresholds(NamedTuple):
    """Minimum probabilities for a topic of a whole document, of a single insight, and of passages."""

    document: float = THRESHOLD
    insight: float = INSIGHT_THRESHOLD
    passage: float = PASSAGE_THRESHOLD

    def moved(self, sensitivity: Sensitivity) -> Thresholds:
        """Return all three moved by a number of logits."""
        shift = SHIFTS[sensitivity]
        return Thresholds(*(float(_sigmoid(np.array(_logit(p) + shift))) for p in self)) if shift else self


@dataclass(frozen=True, slots=True)
class Tagging:
    """A text's topics: ``scores`` of all, ``tags`` those assigned (best first), and by what.

    ``shares`` are, for each assigned topic, the shares of the text's words in passages about it.
    """

    scores: dict[str, float]
    tags: list[str] = field(default_factory=list)
    earned: dict[str, AssignedBy] = field(default_factory=dict)
    shares: dict[str, float] = field(default_factory=dict)

    @property
    def suggested(self) -> list[str]:
        """Return the next topics below the threshold, best first."""
        near = [t for t, p in self.scores.items() if p >= SUGGEST_FROM and t not in self.earned]
        return sorted(near, key=lambda t: -self.scores[t])[:SUGGEST_AT_MOST]


class Tagger:
    """Scores texts by a taxonomy.

    Without ``fit`` the ``background`` texts (by default the shipped briefings) give the idf. Documents are ``(title,
    text)``; offsets are code points into these.
    """

    def __init__(
        self, taxonomy: Taxonomy, background: Iterable[Document] | None = None, *, prior: Prior | None = None
    ) -> None:
        self.taxonomy = taxonomy
        self.thresholds = Thresholds()
        if prior is None:
            prior = fitting.background(taxonomy, model_files.shipped_texts() if background is None else background)
        self.prior = prior
        self.documents = 0  # number of documents in the fit
        self.lesson = training_digest([])  # digest of the decisions behind the corrections
        self.corrections = Corrections(prior, {})
        self._learner = Learner(prior)

    def with_sensitivity(self, threshold: float | None = None, sensitivity: Sensitivity = "usual") -> Tagger:
        """Return the model with all thresholds moved by a sensitivity, or another threshold for documents.

        The threshold of passages is at least that of whole documents.
        """
        moved = self.thresholds.moved(sensitivity)
        if threshold is not None:
            moved = moved._replace(document=threshold, passage=max(threshold, moved.passage))
        return self.with_thresholds(moved)

    def with_thresholds(self, thresholds: Thresholds) -> Tagger:
        """Return the model with these thresholds."""
        other = copy(self)
        other.thresholds = thresholds
        return other

    def fit(self, documents: Iterable[Document]) -> Self:
        """Fit idf and expansion to unlabelled documents (imports scikit-learn)."""
        documents = list(documents)
        self.prior = fitting.fit(self.taxonomy, documents)
        self.documents = len(documents)
        self.lesson, self.corrections, self._learner = (
            training_digest([]),
            Corrections(self.prior, {}),
            Learner(self.prior),
        )
        return self

    def learn(self, examples: Iterable[Example], topics: Sequence[str] | None = None) -> Self:
        """Learn corrections of ``topics`` (by default all) from decisions, keeping the others.

        Features of texts used before are cached.
        """
        examples = list(examples)
        kept = {} if topics is None else {t: c for t, c in self.corrections.by_topic.items() if t not in topics}
        self.corrections = Corrections(self.prior, kept | self._learner.learn(examples, topics))
        self.lesson = training_digest(examples)
        return self

    def trained_on(self, examples: Iterable[Example]) -> Tagger:
        """Return another tagger on the same prior, trained on these examples only."""
        other = copy(self)
        other.corrections = Corrections(self.prior, self._learner.learn(examples))
        return other

    @property
    def fingerprint(self) -> str:
        """A hash that changes whenever a score or tag could."""
        prior, learnt = self.prior, self.corrections
        digest = hashlib.sha256(self.taxonomy.digest.encode())
        rules = (*self.thresholds, PASSAGE_SHARE, *(getattr(self.prior.weights, level).tolist() for level in LEVELS))
        digest.update(repr(rules).encode())
        digest.update("\n".join(prior.vocabulary.words).encode("utf-8", "replace"))
        vectors, weights = prior.vectors, learnt.weights
        for array in (prior.idf, prior.terms, vectors.starts, vectors.columns, vectors.values):
            digest.update(np.ascontiguousarray(array).tobytes())
        for array in (prior.vocabulary.pairs, weights.starts, weights.columns, weights.values):
            digest.update(np.ascontiguousarray(array).tobytes())
        for array in (learnt.scale, learnt.bias, learnt.phrase_weights, learnt.terms):
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()[:16]

    def score(self, documents: Sequence[Document]) -> Floats:
        """Return probabilities [documents, topics] of whole documents."""
        found = [_sigmoid(self._logits(self.prior.measure(group))) for group in batches(documents)]
        return np.concatenate(found) if found else np.zeros((0, len(self.taxonomy.topics)))

    def tag(self, documents: Sequence[Document]) -> list[Tagging]:
        """Return the topics of documents: those above the threshold, for the whole or for passages."""
        return [tagging for group, _ in self.tag_groups(documents) for tagging in group]

    def tag_groups(self, documents: Iterable[Document]) -> Iterator[tuple[list[Tagging], Hits]]:
        """Yield the topics by group, each with the phrases found."""
        for group in batches(documents):
            measured = self.prior.measure(group)
            logits = self._logits(measured)
            speaks = self._passage_scores(measured, logits)
            earned = measured.evidence.named & enough(speaks >= self.thresholds.passage, measured)
            yield list(map(self._tagging, _sigmoid(logits), earned, _shares(speaks, measured))), measured.hits

    def tag_insights(
        self, insights: Sequence[Document], briefings: Sequence[Sequence[float]] | None = None
    ) -> list[Tagging]:
        """Return the topics of single passages with their headings.

        Args:
            insights: heading and text of each.
            briefings: [insights, topics], the scores of each insight's briefing, if known.
        """
        ids = self.taxonomy.ids
        taggings = []
        for row in self.score_insights(insights, briefings).tolist():
            earned: dict[str, AssignedBy] = {
                t: "passage" for t, p in zip(ids, row, strict=True) if p >= self.thresholds.insight
            }
            taggings.append(_in_order(dict(zip(ids, row, strict=True)), earned))
        return taggings

    def score_insights(
        self, insights: Sequence[Document], briefings: Sequence[Sequence[float]] | None = None
    ) -> Floats:
        """Return probabilities [insights, topics]; arguments as in ``tag_insights``."""
        found, begin = [np.zeros((0, len(self.taxonomy.topics)))], 0
        for group in batches(insights):
            around = None if briefings is None else np.array(briefings[begin : begin + len(group)])
            begin += len(group)
            measured = self.prior.measure(group, None if around is None else around >= self.thresholds.document)
            found.append(_sigmoid(self._insight_logits(measured, around)))
        return np.concatenate(found)

    def explain(
        self, title: str, text: str, topic: str, *, insight: bool = False, briefing: float | None = None
    ) -> Explanation:
        """Explain why a document (or single insight) has a topic or not.

        Args:
            title: the document's title, or the insight's heading.
            text: its text.
            topic: the topic's id.
            insight: treat it as an insight.
            briefing: the topic's score in the insight's briefing, if known.

        Raises:
            NotFoundError: the taxonomy has no such topic; the hint suggests a similar one.
        """
        topic = self.taxonomy.topic(topic).id
        column = self.taxonomy.ids.index(topic)
        document, weights = (title, text), self.prior.weights
        around = None if briefing is None else np.full((1, len(self.taxonomy.ids)), briefing)
        measured = self.prior.measure([document], None if around is None else around >= self.thresholds.document)
        logits = self._insight_logits(measured, around) if insight else self._logits(measured)
        threshold = self.thresholds.insight if insight else self.thresholds.document
        score = float(_sigmoid(logits)[0, column])
        by_itself: AssignedBy = "passage" if insight else "document"
        earned: AssignedBy = by_itself if score >= threshold else ""
        told = Told(self.prior, self.corrections, document, measured, column)
        passage = None
        if not (insight or earned) and measured.evidence.named[0, column]:
            speaks = self._passage_scores(measured, logits)
            if enough(speaks >= self.thresholds.passage, measured)[0, column]:
                best = int(speaks[:, column].argmax())
                earned, threshold, passage = "passage", self.thresholds.passage, told.span(best)
                score = float(speaks[best, column])
                shift = float((logits - measured.features(self.prior.weights) @ self.prior.weights.document)[0, column])
                bias, reasons = told.of_passage(best, shift)
        if passage is None:
            features = self._insight_features(measured, around) if insight else measured.features(weights)
            bias, reasons = told.of_whole(features[0, column], weights.insight if insight else weights.document)
        logit = bias + sum(reason.weight for reason in reasons)
        missing = max(0.0, _logit(threshold) - logit)
        return Explanation(topic, score, logit, bias, threshold, tuple(reasons), missing, earned, passage)

    def passages_about(self, title: str, text: str, topic: str, most: int = 2) -> list[tuple[int, int]]:
        """Return the offsets of passages most about a topic, in order; at least one."""
        column = self.taxonomy.ids.index(self.taxonomy.topic(topic).id)
        measured = self.prior.measure([(title, text)])
        speaks = self._passage_scores(measured, self._logits(measured))[:, column]
        best = sorted(range(len(speaks)), key=lambda n: -speaks[n])[:most]
        told = Told(self.prior, self.corrections, (title, text), measured, column)
        return [told.span(n) for n in sorted(n for n in best if n == best[0] or speaks[n] >= SPEAKS_FROM)]

    def top_terms(self, topic: str, most: int = 10) -> tuple[list[str], list[str], list[str]]:
        """Return a topic's strongest terms, and those learned from decisions, for and against it."""
        column = self.taxonomy.ids.index(self.taxonomy.topic(topic).id)
        name, learnt = self.prior.vocabulary.name, self.corrections

        def heaviest(terms: npt.NDArray[np.int64], weights: Floats) -> list[str]:
            order = np.argsort(-weights, kind="stable")[:most]
            return [name(int(terms[n])) for n in order.tolist() if weights[n] > 0 and name(int(terms[n]))]

        taught = learnt.weights.column(column)
        return (
            heaviest(self.prior.terms, self.prior.vectors.column(column)),
            heaviest(learnt.terms, taught),
            heaviest(learnt.terms, -taught),
        )

    def save(self, folder: Path) -> None:
        """Save the model as npz and JSON, atomically."""
        model_files.save(self, folder)

    @classmethod
    def load(cls, folder: str | Path) -> Tagger:
        """Load a saved model.

        Raises:
            LibraryError: there is none, or it is damaged or from another version.
        """
        saved = model_files.load(folder)
        tagger = cls(saved.taxonomy, prior=saved.prior)
        tagger.corrections = saved.corrections
        tagger.lesson = saved.lesson
        tagger.documents = saved.documents
        tagger.thresholds = Thresholds(*saved.thresholds)
        return tagger

    def _logits(self, measured: Measured) -> Floats:
        return self.corrections.corrected(measured.features(self.prior.weights) @ self.prior.weights.document, measured)

    def _insight_features(self, measured: Measured, briefings: Floats | None) -> Floats:
        """Return features with the briefings' scores; an insight without a briefing is treated as one."""
        features = measured.features(self.prior.weights)
        alone = _sigmoid(features @ self.prior.weights.document) if briefings is None else briefings
        features[:, :, BRIEFING] = alone
        return features

    def _insight_logits(self, measured: Measured, briefings: Floats | None) -> Floats:
        return self.corrections.corrected(
            self._insight_features(measured, briefings) @ self.prior.weights.insight, measured
        )

    def _passage_scores(self, measured: Measured, logits: Floats) -> Floats:
        """Return probabilities [passages, topics]; corrections of the whole document apply to its passages."""
        learnt = logits - measured.features(self.prior.weights) @ self.prior.weights.document
        return _sigmoid(measured.passage_logits(self.prior.weights) + learnt[measured.passages.documents])

    def _tagging(self, row: Floats, by_passage: Bools, shares: Floats) -> Tagging:
        earned: dict[str, AssignedBy] = {}
        scores = dict(zip(self.taxonomy.ids, row.tolist(), strict=True))
        for (topic, score), passage in zip(scores.items(), by_passage.tolist(), strict=True):
            if score >= self.thresholds.document:
                earned[topic] = "document"
            elif passage:
                earned[topic] = "passage"
        of_all = dict(zip(self.taxonomy.ids, shares.tolist(), strict=True))
        return _in_order(scores, earned, {topic: of_all[topic] for topic in earned})


def _shares(speaks: Floats, measured: Measured) -> Floats:
    """Return the share [documents, topics] of words in passages about each topic, at least the best passage."""
    documents, words = measured.passages.documents, measured.passages.words
    total = np.maximum(np.bincount(documents, words, minlength=len(measured.lengths)), 1)
    about = np.zeros((len(total), speaks.shape[1]))
    np.add.at(about, documents, (speaks >= SPEAKS_FROM) * words[:, None])
    if (about == 0).any():
        best = np.zeros_like(about)
        np.maximum.at(best, documents, speaks)
        first = (speaks == best[documents]) & (about == 0)[documents]
        np.maximum.at(about, documents, first * words[:, None])
    return np.asarray(about / total[:, None])


def enough(speaks: Bools, measured: Measured) -> Bools:
    """Return which passages [passages, topics] are together long enough to assign the topic."""
    documents, words = measured.passages.documents, measured.passages.words
    total = np.bincount(documents, words, minlength=len(measured.lengths))
    spoken = np.zeros((len(total), speaks.shape[1]))
    np.add.at(spoken, documents, speaks * words[:, None])
    return np.asarray((spoken > 0) & (spoken >= PASSAGE_SHARE * total[:, None]))


def training_digest(examples: Iterable[Example]) -> str:
    """Return a hash of the decisions and their texts."""
    digest = hashlib.sha256()
    for e in examples:
        said = repr((e.title, e.text, sorted(e.accepted), sorted(e.rejected)))
        digest.update(said.encode("utf-8", "replace"))
    return digest.hexdigest()[:16]


def _in_order(
    scores: dict[str, float], earned: dict[str, AssignedBy], shares: dict[str, float] | None = None
) -> Tagging:
    return Tagging(scores, sorted(earned, key=lambda t: -scores[t]), earned, shares or {})


def _sigmoid(logits: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logits, -700, 700))))


def _logit(probability: float) -> float:
    inside = min(max(probability, 1e-12), 1.0 - 1e-12)
    return float(np.log(inside / (1.0 - inside)))
