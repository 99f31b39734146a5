"""Compute the features by which texts are scored without any labelled document.

For each topic and document these are features of the topic's phrases and hints (see ``evidence``), and the cosine
between the TF-IDF of the document and the topic's vector. The vector has the topic's own words, and words that stand
out in those documents of the library that name the topic most often (pseudo-relevance feedback; Rocchio 1971). A
logistic function, with the same weights for all topics, turns the features into a probability.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from briefreader.phrases import normal, phrase_index
from briefreader.tagging.evidence import gather
from briefreader.tagging.hits import HitFinder
from briefreader.tagging.passages import passages
from briefreader.tagging.vectors import Document, Encoded, Entries, Floats, Ints, Vocabulary
from briefreader.tagging.weights import WEIGHTS, Weights
from briefreader.text import STOP_WORDS, parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import numpy.typing as npt

    from briefreader.tagging.evidence import Evidence
    from briefreader.tagging.hits import Hits
    from briefreader.tagging.passages import Passages
    from briefreader.tagging.sparse import Column, SparseRows
    from briefreader.taxonomy import Taxonomy, Topic

BATCH_CHARACTERS = 400_000
BATCH_SCORES = 500_000  # documents times topics: 4 MB for each array
_SIGNED_LETTER = re.compile(r"(?<![^\W_])[A-Za-z][#+&*]+|[#+&*]+[A-Za-z](?![^\W_])")  # C++, C#, Q&A

# the weights of all features but the bias are at least 0; the similarity must be the last feature
DOCUMENT_FEATURES = ("bias", "passages", "phrases", "density", "similarity")
INSIGHT_FEATURES = ("bias", "briefing", "surroundings", "best passage", "similarity")
Level = Literal["document", "insight"]
CONSTANT: dict[Level, int] = {"document": 1, "insight": 3}
"""Number of features (the first ones) that don't depend on the words of the text itself."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The properties of documents that scores depend on.

    Attributes:
        hits: the phrase hits that count.
        passages: the passages of the documents.
        evidence: features of the hits.
        cosine: similarity to the topics' vectors [documents, topics].
        lengths: numbers of words and borders.
        entries: TF-IDF, not normalised.
        norms: L2 norm of each document's TF-IDF.
    """

    hits: Hits
    passages: Passages
    evidence: Evidence
    cosine: Floats
    lengths: Ints
    entries: Entries
    norms: Floats

    def project(self, rows: Ints, matrix: SparseRows) -> Floats:
        """Multiply the normalised TF-IDF by a matrix; return [documents, columns].

        ``rows`` maps term numbers to rows of the matrix, or to -1.
        """
        found = rows[self.entries.terms]
        known = found >= 0
        owners = self.entries.documents[known]
        products = matrix.combined(found[known], self.entries.values[known], owners, len(self.norms))
        return np.asarray(products / np.maximum(self.norms, 1e-12)[:, None])

    def features(self, weights: Weights) -> Floats:
        """Return the features [documents, topics, len(DOCUMENT_FEATURES)]."""
        found = self.evidence
        is_about = found.features @ weights.passage[1:] >= -weights.passage[0]
        passages = np.bincount(self._cells[is_about], minlength=self.cosine.size).reshape(self.cosine.shape)
        counts = map(np.log1p, (passages, found.phrases, found.density))
        return np.stack([np.ones_like(self.cosine), *counts, self.cosine], axis=-1)

    def insight_features(self, weights: Weights, briefings: Floats, surroundings: Floats) -> Floats:
        """Return the features [insights, topics, len(INSIGHT_FEATURES)].

        The documents must be insights. ``briefings`` are the scores of their briefings, ``surroundings`` the evidence
        in the passages around them; both are [insights, topics].
        """
        best = np.zeros(self.cosine.size)
        np.maximum.at(best, self._cells, self.evidence.features @ weights.passage[1:])
        columns = [np.ones_like(self.cosine), briefings, surroundings, best.reshape(self.cosine.shape), self.cosine]
        return np.stack(columns, axis=-1)

    @property
    def _cells(self) -> Ints:
        """Document and topic of each row of evidence, as one number."""
        found = self.evidence
        return np.asarray(self.passages.documents[found.passages] * self.cosine.shape[1] + found.topics)

    def passage_evidence(self, weights: Weights) -> Floats:
        """Return the evidence [passages, topics] in logits, without the bias."""
        found = self.evidence
        evidence = np.zeros((len(self.passages), self.cosine.shape[1]))
        evidence[found.passages, found.topics] = found.features @ weights.passage[1:]
        return evidence


class Prior:
    """A taxonomy with vocabulary, IDF and topic vectors.

    ``vectors`` is [len(terms), topics]: row ``n`` has the values of the term ``terms[n]``.
    """

    def __init__(
        self,
        taxonomy: Taxonomy,
        vocabulary: Vocabulary,
        idf: Floats,
        terms: Ints,
        vectors: SparseRows,
        weights: Weights = WEIGHTS,
    ) -> None:
        self.weights = weights
        self.taxonomy, self.vocabulary = taxonomy, vocabulary
        self.phrases = phrase_index(taxonomy)
        self.idf = idf
        self.terms, self.vectors = terms, vectors
        self.rows = np.full(vocabulary.size, -1, dtype=np.int64)
        self.rows[terms] = np.arange(len(terms))
        self.finder = HitFinder(self.phrases, vocabulary.first_pair)

    def tf_idf(self, encoded: Encoded) -> tuple[Entries, Floats]:
        """Return the sublinear TF-IDF, not normalised, and its L2 norm per document."""
        entries = self.vocabulary.weighted_tf(encoded)
        return scaled(entries, self.idf, len(encoded.lengths))

    def measure(self, documents: Sequence[Document], supported: npt.NDArray[np.bool_] | None = None) -> Measured:
        """Compute the phrase hits, evidence and similarities of documents.

        ``supported`` [documents, topics] marks topics whose hints count without a phrase in the document.
        """
        encoded = self.vocabulary.encode(documents)
        hits = self.finder.find(documents, encoded)
        cut = passages(encoded, self.vocabulary.border, [bool(title) for title, _ in documents])
        topics = len(self.taxonomy.topics)
        evidence = gather(hits, self.finder.topics, self.finder.kinds, topics, encoded, cut, supported)
        entries, norms = self.tf_idf(encoded)
        counted, none = hits.where(evidence.counted), np.zeros((len(documents), topics))
        measured = Measured(counted, cut, evidence, none, encoded.lengths, entries, norms)
        return replace(measured, cosine=measured.project(self.rows, self.vectors))


def scaled(entries: Entries, idf: Floats, documents: int) -> tuple[Entries, Floats]:
    """Return ``log1p(3·tf) · idf`` of all entries, and the L2 norm of each document."""
    values = np.log1p(3.0 * entries.values) * idf[entries.terms]
    norms = np.sqrt(np.bincount(entries.documents, values * values, minlength=documents))
    return Entries(entries.documents, entries.terms, values), norms


def topic_words(topic: Topic) -> Iterator[tuple[str, float]]:
    """Yield the texts that describe a topic, with their weights.

    Letters of names such as "C++" are left out, since the "C" would match that of "C#" too.
    """
    texts = [(text, 1.0) for text in (*dict.fromkeys(topic.phrases), topic.description, *topic.examples)]
    for text, weight in (*texts, (topic.include, 0.3)):
        yield _SIGNED_LETTER.sub(" ", text), weight


def topic_forms(taxonomy: Taxonomy) -> set[str]:
    """Return the normalised words that describe the taxonomy's topics."""
    return {
        form
        for topic in taxonomy.topics
        for text, _ in topic_words(topic)
        for form in map(normal, parts(text))
        if form not in STOP_WORDS
    }


def topic_pairs(taxonomy: Taxonomy, numbers: dict[str, int]) -> set[tuple[int, int]]:
    """Return the pairs of neighbouring words in the topics' phrases, as numbers; stop words are left out."""
    found = set()
    for topic in taxonomy.topics:
        for phrase in topic.phrases:
            forms = [normal(form) for form in parts(phrase)]
            found |= {
                (numbers[a], numbers[b])
                for a, b in itertools.pairwise(forms)
                if a in numbers and b in numbers and not {a, b} & STOP_WORDS
            }
    return found


def topic_vectors(taxonomy: Taxonomy, vocabulary: Vocabulary, idf: Floats) -> list[Column]:
    """Return the normalised TF-IDF of each topic's own words: terms and values."""
    stop = np.array([vocabulary.numbers[word] for word in STOP_WORDS if word in vocabulary.numbers], np.int64)
    texts = [(number, *words) for number, topic in enumerate(taxonomy.topics) for words in topic_words(topic)]
    encoded = vocabulary.encode(("", text) for _, text, _ in texts)
    places, pairs = vocabulary.pair_places(encoded)
    sources = np.repeat(np.arange(len(texts)), encoded.lengths)
    sources = np.concatenate([sources, sources[places]])
    terms = np.concatenate([encoded.ids, pairs])
    known = (terms < len(vocabulary.words)) | (terms >= vocabulary.first_pair)
    terms, sources = terms[known], sources[known]
    owners, weights = np.array([number for number, _, _ in texts]), np.array([weight for _, _, weight in texts])
    vectors = []
    for number in range(len(taxonomy.topics)):
        own = owners[sources] == number
        found, cells = np.unique(terms[own], return_inverse=True)
        values = np.bincount(cells, weights[sources[own]], minlength=len(found))
        values[np.isin(found, stop)] = 0.0
        values = np.log1p(3.0 * values) * idf[found]
        vectors.append((found, values / max(float(np.linalg.norm(values)), 1e-12)))
    return vectors


def batches(documents: Iterable[Document], topics: int = 0) -> Iterator[list[Document]]:
    """Yield documents in groups.

    A group ends when it reaches ``BATCH_CHARACTERS`` or, for ``topics`` topics, ``BATCH_SCORES``.
    """
    group: list[Document] = []
    size = 0
    for document in documents:
        group.append(document)
        size += len(document[0]) + len(document[1])
        if size >= BATCH_CHARACTERS or len(group) * topics >= BATCH_SCORES:
            yield group
            group, size = [], 0
    if group:
        yield group
