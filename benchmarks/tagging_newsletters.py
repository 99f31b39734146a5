"""Features and labels of newsletters, passages and insights.

``tagging_weights`` fits weights to them. The folder of data has newsletters and labels in ``mail/`` (``docs.jsonl``,
``labels.jsonl``, ``score.py``). The text of a newsletter consists of its content blocks; each block that is not a
heading is an insight.
"""

from __future__ import annotations

import importlib.util
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from briefreader.displayed import displayed
from briefreader.tagging.fitting import fit
from briefreader.tagging.hits import words_before_text
from briefreader.tagging.passages import places
from briefreader.tagging.tagger import surroundings
from briefreader.text import part_spans

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from briefreader.tagging.prior import Measured, Prior
    from briefreader.tagging.weights import Weights
    from briefreader.taxonomy import Taxonomy

MIN_INSIGHT_WORDS = 6


def scorer(folder: Path) -> ModuleType:
    """Import the scorer that comes with the labels."""
    spec = importlib.util.spec_from_file_location("mail_score", folder / "mail" / "score.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass(frozen=True, slots=True)
class Newsletter:
    """A newsletter with its labels; ``blocks`` are offsets into ``text``."""

    id: str
    publisher: str
    title: str
    text: str
    blocks: dict[int, tuple[int, int]]
    headings: dict[int, str]  # by block (without headings): the heading above it
    topics: dict[str, str]  # by topic: "main" or "part"
    about: dict[str, set[int]]  # by topic: the blocks about it


def load(folder: Path) -> list[Newsletter]:
    """Return the labelled newsletters."""
    score = scorer(folder)
    gold = {g["id"]: g for g in score.lines(folder / "mail" / "labels.jsonl")}
    docs = [doc for doc in score.lines(folder / "mail" / "docs.jsonl") if doc["id"] in gold]
    return [_newsletter(doc, gold[doc["id"]], score.publisher(doc["source"])) for doc in docs]


def _newsletter(doc: dict[str, Any], gold: dict[str, Any], publisher: str) -> Newsletter:
    text, heading = "", ""
    blocks: dict[int, tuple[int, int]] = {}
    headings: dict[int, str] = {}
    for number, (mark, block) in enumerate(doc["blocks"]):
        if number in gold["boiler"]:
            continue
        text += "\n\n" * bool(text) + {"#": "## ", "-": "- "}.get(mark, "")
        blocks[number] = (len(text), len(text) + len(block))
        text += block
        heading = block if mark == "#" else heading
        if mark != "#":
            headings[number] = heading
    about = {topic: set(numbers) for topic, numbers in gold["passages"].items()}
    return Newsletter(doc["id"], publisher, doc["title"], text, blocks, headings, gold["topics"], about)


class LabelledSet:
    """Features and labels of newsletters for one taxonomy, as arrays."""

    def __init__(self, name: str, taxonomy: Taxonomy, newsletters: list[Newsletter]) -> None:
        self.name, self.taxonomy, self.newsletters = name, taxonomy, newsletters
        documents = [(n.title, n.text) for n in newsletters]
        self.prior: Prior = fit(taxonomy, documents)
        self.measured: Measured = self.prior.measure(documents)
        self.publishers = np.array([n.publisher for n in newsletters])
        self.labels = np.array([[t in n.topics for t in taxonomy.ids] for n in newsletters])
        self.main = np.array([[n.topics.get(t) == "main" for t in taxonomy.ids] for n in newsletters])
        self.passage_labels = self._passage_labels()
        self._insights()

    def _passage_labels(self) -> np.ndarray:
        """Return [passages, topics]: whether a block of the passage is about the topic."""
        found = self.measured.passages
        starts = np.concatenate([[0], np.cumsum(self.measured.lengths)])
        rows = []
        for number, begin, end in zip(found.documents, found.begins, found.ends, strict=True):
            letter = self.newsletters[number]
            tokens = part_spans(displayed(letter.text), borders=True)
            gap = words_before_text(letter.title) + int(starts[number])
            inside = tokens[max(begin - gap, 0) : max(end - gap, 0)]
            first, last = (inside[0].start, inside[-1].end) if inside else (0, 0)
            blocks = {b for b, (start, stop) in letter.blocks.items() if start < last and stop > first}
            rows.append([bool(blocks & letter.about.get(t, set())) for t in self.taxonomy.ids])
        return np.array(rows)

    def _insights(self) -> None:
        self.insights: list[tuple[str, str]] = []
        owners, labels = [], []
        found = self.measured.passages
        self.insight_places: list[int] = []  # number of each insight's passage in its newsletter
        for number, letter in enumerate(self.newsletters):
            starts = []
            for block, heading in letter.headings.items():
                text = letter.text[slice(*letter.blocks[block])]
                if len(re.findall(r"\w+", text)) >= MIN_INSIGHT_WORDS:
                    self.insights.append((heading, text))
                    starts.append(letter.blocks[block][0])
                    owners.append(number)
                    labels.append([block in letter.about.get(t, ()) for t in self.taxonomy.ids])
            self.insight_places += places(letter.text, starts, found.words[found.documents == number])
        self.insight_owners, self.insight_labels = np.array(owners), np.array(labels)
        shape = self.insight_labels.shape
        self._supported = [
            self.prior.measure(self.insights, np.full(shape, with_labels)) for with_labels in (False, True)
        ]

    @property
    def truths(self) -> dict[str, np.ndarray]:
        """The labels of documents, passages and insights."""
        return {"document": self.labels, "passage": self.passage_labels, "insight": self.insight_labels}

    def passage_features(self) -> np.ndarray:
        """Return [passages, topics, features]."""
        found = self.measured.evidence
        features = np.zeros((len(self.measured.passages), len(self.taxonomy.ids), found.features.shape[1]))
        features[found.passages, found.topics] = found.features
        return features

    def document_features(self, weights: Weights) -> np.ndarray:
        """Return [documents, topics, features]."""
        return self.measured.features(weights)

    def insight_features(self, weights: Weights, briefings: np.ndarray, threshold: float) -> np.ndarray:
        """Return [insights, topics, features].

        ``briefings`` are the scores of the briefings [documents, topics]. The hints of topics with a score of at least
        ``threshold`` count in insights.
        """
        scores = briefings[self.insight_owners]
        evidence, documents = self.measured.passage_evidence(weights), self.measured.passages.documents
        by_newsletter = [evidence[documents == number] for number in range(len(self.newsletters))]
        pairs = zip(self.insight_owners, self.insight_places, strict=True)
        around = np.array([surroundings(by_newsletter[owner], place) for owner, place in pairs])
        alone, supported = (found.insight_features(weights, scores, around) for found in self._supported)
        return np.where((scores >= threshold)[:, :, None], supported, alone)


@dataclass(frozen=True, slots=True)
class Digests:
    """Digests that a language model has tagged.

    ``measured`` has what doesn't depend on the weights of passages.
    """

    name: str
    measured: list[Measured]
    labels: np.ndarray
    folds: np.ndarray

    def features(self, weights: Weights) -> np.ndarray:
        """Return [documents, topics, features]."""
        return np.concatenate([group.features(weights) for group in self.measured])


def digests(folder: Path, name: str, taxonomy: Taxonomy, folds: int) -> Digests:
    """Return the digests of a file; those of one day are in the same fold."""
    from briefreader.tagging.prior import batches

    with (folder / "tagging" / f"{name}.jsonl").open(encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    documents = [(record["title"], record["text"]) for record in records]
    prior = fit(taxonomy, documents)
    measured = [prior.measure(group) for group in batches(documents)]
    labels = np.array([[topic in record["topics"] for topic in taxonomy.ids] for record in records])
    days = {day: number % folds for number, day in enumerate(sorted({r["date"] for r in records}))}
    return Digests(name, measured, labels, np.array([days[r["date"]] for r in records]))
