"""The room's door: a taxonomy and, if there is one, a library's texts → topics with scores and reasons."""

from __future__ import annotations

import hashlib
from copy import copy
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, NamedTuple, Self

import numpy as np

from briefreader.tagging import fitting, model_files
from briefreader.tagging.corrections import Corrections
from briefreader.tagging.explanations import Explanation, parts
from briefreader.tagging.learner import Learner
from briefreader.tagging.passages import passages
from briefreader.tagging.prior import WEIGHTS, batches

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from briefreader.model import AssignedBy, Reason
    from briefreader.tagging.learner import Example
    from briefreader.tagging.prior import Prior
    from briefreader.tagging.vectors import Document, Floats
    from briefreader.taxonomy import Taxonomy

    Bools = npt.NDArray[np.bool_]

THRESHOLD = 0.34
INSIGHT_THRESHOLD = 0.6
PASSAGE_THRESHOLD = 0.98
Sensitivity = Literal["sparing", "usual", "generous"]
SHIFTS: dict[Sensitivity, float] = {"sparing": 2.4, "usual": 0.0, "generous": -0.7}  # logits on every threshold
PASSAGE_SHARE = 0.06  # of the text's words, in passages above their threshold
SUGGEST_FROM = 0.15
SUGGEST_AT_MOST = 3


class Thresholds(NamedTuple):
    """Probabilities from which a topic is earned by a whole document, by a single insight, and by passages."""

    document: float = THRESHOLD
    insight: float = INSIGHT_THRESHOLD
    passage: float = PASSAGE_THRESHOLD

    def moved(self, sensitivity: Sensitivity) -> Thresholds:
        """All three higher or lower by as many logits."""
        shift = SHIFTS[sensitivity]
        return Thresholds(*(float(_sigmoid(np.array(_logit(p) + shift))) for p in self)) if shift else self


@dataclass(frozen=True, slots=True)
class Tagging:
    """A text's topics: ``scores`` of all, ``tags`` those earned (best first), and by what."""

    scores: dict[str, float]
    tags: list[str] = field(default_factory=list)
    earned: dict[str, AssignedBy] = field(default_factory=dict)

    @property
    def suggested(self) -> list[str]:
        """The next topics below the threshold, best first."""
        near = [t for t, p in self.scores.items() if p >= SUGGEST_FROM and t not in self.earned]
        return sorted(near, key=lambda t: -self.scores[t])[:SUGGEST_AT_MOST]


class Tagger:
    """Scores texts under a taxonomy.

    Without ``fit`` the ``background`` texts (by default the shipped briefings) give the idf. Documents are
    ``(title, text)``; offsets are code points into these.
    """

    def __init__(
        self, taxonomy: Taxonomy, background: Iterable[Document] | None = None, *, prior: Prior | None = None
    ) -> None:
        self.taxonomy = taxonomy
        self.thresholds = Thresholds()
        if prior is None:
            prior = fitting.background(taxonomy, model_files.shipped_texts() if background is None else background)
        self.prior = prior
        self.documents = 0  # how many the model was fitted to
        self.lesson = training_digest([])  # digest of the decisions that the corrections come from
        self.corrections = Corrections(prior, {})
        self._learner = Learner(prior)

    def with_sensitivity(self, threshold: float | None = None, sensitivity: Sensitivity = "usual") -> Tagger:
        """The same model with all thresholds moved by a sensitivity, or another one for whole documents.

        Passages need no less than a whole document does.
        """
        moved = self.thresholds.moved(sensitivity)
        if threshold is not None:
            moved = moved._replace(document=threshold, passage=max(threshold, moved.passage))
        return self.with_thresholds(moved)

    def with_thresholds(self, thresholds: Thresholds) -> Tagger:
        """The same model with these thresholds."""
        other = copy(self)
        other.thresholds = thresholds
        return other

    def fit(self, documents: Iterable[Document]) -> Self:
        """Take idf and expansion from unlabelled documents (imports scikit-learn)."""
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
        """Correct ``topics`` (by default all) by what was accepted and rejected; the others stay as they are.

        Texts that were learnt from before are not measured again.
        """
        examples = list(examples)
        kept = {} if topics is None else {t: c for t, c in self.corrections.by_topic.items() if t not in topics}
        self.corrections = Corrections(self.prior, kept | self._learner.learn(examples, topics))
        self.lesson = training_digest(examples)
        return self

    def trained_on(self, examples: Iterable[Example]) -> Tagger:
        """Another tagger on the same prior that learnt from these examples only."""
        other = copy(self)
        other.corrections = Corrections(self.prior, self._learner.learn(examples))
        return other

    @property
    def fingerprint(self) -> str:
        """Changes whenever a score or a tag could."""
        prior, learnt = self.prior, self.corrections
        digest = hashlib.sha256(self.taxonomy.digest.encode())
        rules = (*self.thresholds, PASSAGE_SHARE, WEIGHTS.tolist())
        digest.update(repr(rules).encode())
        digest.update("\n".join(prior.vocabulary.words).encode("utf-8", "replace"))
        vectors, weights = prior.vectors, learnt.weights
        for array in (prior.rates, prior.idf, prior.terms, vectors.starts, vectors.columns, vectors.values):
            digest.update(np.ascontiguousarray(array).tobytes())
        for array in (prior.vocabulary.pairs, weights.starts, weights.columns, weights.values):
            digest.update(np.ascontiguousarray(array).tobytes())
        for array in (learnt.scale, learnt.bias, learnt.phrase_weights, learnt.terms):
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()[:16]

    def score(self, documents: Sequence[Document]) -> Floats:
        """Probabilities [documents, topics] of whole documents."""
        found = [self._scored(group)[0] for group in batches(documents)]
        return np.concatenate(found) if found else np.zeros((0, len(self.taxonomy.topics)))

    def tag(self, documents: Sequence[Document]) -> list[Tagging]:
        """Topics of whole documents: those above the threshold, and those a passage earns."""
        taggings: list[Tagging] = []
        for group in batches(documents):
            scores, named = self._scored(group)
            earned = self._earned_by_passages([text for _, text in group], named & (scores < self.thresholds.document))
            taggings += map(self._tagging, scores, earned)
        return taggings

    def tag_insights(self, insights: Sequence[Document]) -> list[Tagging]:
        """Topics of single passages: a short one needs more to earn a topic, since one hit fills it."""
        ids = self.taxonomy.ids
        taggings = []
        for row in self.score(insights).tolist():
            earned: dict[str, AssignedBy] = {
                t: "passage" for t, p in zip(ids, row, strict=True) if p >= self.thresholds.insight
            }
            taggings.append(_in_order(dict(zip(ids, row, strict=True)), earned))
        return taggings

    def explain(self, title: str, text: str, topic: str, *, insight: bool = False) -> Explanation:
        """Why the document (or single insight) has the topic, or why not.

        Raises:
            NotFoundError: the taxonomy has no such topic; the hint names the nearest.
        """
        topic = self.taxonomy.topic(topic).id
        column = self.taxonomy.ids.index(topic)
        scores, named = self._scored([(title, text)])
        passage = None
        threshold = self.thresholds.insight if insight else self.thresholds.document
        document = (title, text)
        by_itself: AssignedBy = "passage" if insight else "document"
        earned: AssignedBy = by_itself if scores[0, column] >= threshold else ""
        if not insight and self._earned_by_passages([text], named & (scores < threshold))[0, column]:
            passage = self._best_passage(text, column)
            document, earned, threshold = ("", text[slice(*passage)]), "passage", self.thresholds.passage
        bias, reasons = parts(self.prior, WEIGHTS, self.corrections, document, column)
        logit = bias + sum(reason.weight for reason in reasons)
        missing = max(0.0, _logit(threshold) - logit)
        moved = tuple(_moved(reason, passage[0] if passage else 0) for reason in reasons)
        return Explanation(
            topic, float(_sigmoid(np.array(logit))), logit, bias, threshold, moved, missing, earned, passage
        )

    def top_terms(self, topic: str, most: int = 10) -> tuple[list[str], list[str], list[str]]:
        """A topic's weightiest terms: of its vector, and those that decisions taught to speak for and against it."""
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
        """Write the model as npz and JSON, atomically."""
        model_files.save(self, folder)

    @classmethod
    def load(cls, folder: str | Path) -> Tagger:
        """Read a saved model.

        Raises:
            LibraryError: there is none, or it is damaged or of another version; fit anew.
        """
        saved = model_files.load(folder)
        tagger = cls(saved.taxonomy, prior=saved.prior)
        tagger.corrections = saved.corrections
        tagger.lesson = saved.lesson
        tagger.documents = saved.documents
        tagger.thresholds = Thresholds(*saved.thresholds)
        return tagger

    def _scored(self, documents: Sequence[Document]) -> tuple[Floats, Bools]:
        """Probabilities, and which topics are named at all, each [documents, topics]."""
        measured = self.prior.measure(documents)
        logits = self.corrections.corrected(measured.features() @ WEIGHTS, measured)
        return _sigmoid(logits), measured.hits > 0

    def _tagging(self, row: Floats, by_passage: Bools) -> Tagging:
        earned: dict[str, AssignedBy] = {}
        scores = dict(zip(self.taxonomy.ids, row.tolist(), strict=True))
        for (topic, score), passage in zip(scores.items(), by_passage.tolist(), strict=True):
            if score >= self.thresholds.document:
                earned[topic] = "document"
            elif passage:
                earned[topic] = "passage"
        return _in_order(scores, earned)

    def _earned_by_passages(self, texts: Sequence[str], left: Bools) -> Bools:
        """Which of the topics ``left`` [texts, topics] passages earn for their whole text."""
        cut: list[Document] = []
        owners: list[int] = []
        words: list[int] = []
        lengths = np.full((len(texts), 1), np.inf)
        for number in np.flatnonzero(left.any(axis=1)).tolist():
            found = passages(texts[number])
            if len(found) > 1:
                cut += [("", texts[number][start:end]) for start, end, _ in found]
                owners += [number] * len(found)
                words += [count for _, _, count in found]
                lengths[number] = len(texts[number].split())
        speaking = np.zeros(left.shape)
        np.add.at(speaking, owners, np.array(words).reshape(-1, 1) * (self.score(cut) >= self.thresholds.passage))
        return np.asarray(left & (speaking >= PASSAGE_SHARE * lengths))

    def _best_passage(self, text: str, topic: int) -> tuple[int, int]:
        found = passages(text)
        scores = self.score([("", text[start:end]) for start, end, _ in found])[:, topic]
        start, end, _ = found[int(scores.argmax())]
        return start, end


def training_digest(examples: Iterable[Example]) -> str:
    """A hash of what was decided of which texts."""
    digest = hashlib.sha256()
    for e in examples:
        said = repr((e.title, e.text, sorted(e.accepted), sorted(e.rejected)))
        digest.update(said.encode("utf-8", "replace"))
    return digest.hexdigest()[:16]


def _in_order(scores: dict[str, float], earned: dict[str, AssignedBy]) -> Tagging:
    return Tagging(scores, sorted(earned, key=lambda t: -scores[t]), earned)


def _moved(reason: Reason, by: int) -> Reason:
    return replace(reason, start=reason.start + by, end=reason.end + by) if by else reason


def _sigmoid(logits: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logits, -700, 700))))


def _logit(probability: float) -> float:
    inside = min(max(probability, 1e-12), 1.0 - 1e-12)
    return float(np.log(inside / (1.0 - inside)))
