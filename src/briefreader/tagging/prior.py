"""Taxonomy → scores without any labelled document.

Per topic and document: how often, how early and how densely the topic's phrases stand in it, whether they are only
names that the whole library is full of, and the cosine between its tf-idf and the topic's. The topic's vector is its
own words plus the words that stand out in those documents of the reader's library that name the topic most
(pseudo-relevance feedback; Rocchio 1971). A logistic function with weights that do not depend on the topic makes a
probability of them.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from briefreader.phrases import Match, PhraseIndex, normal
from briefreader.tagging.vectors import (
    Document,
    Encoded,
    Entries,
    Floats,
    Ints,
    Vocabulary,
    position_weight_at,
    whole_weight,
)
from briefreader.text import STOP_WORDS, parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from briefreader.tagging.sparse import Column, SparseRows
    from briefreader.taxonomy import Taxonomy, Topic

BATCH_CHARACTERS = 400_000

FEATURES = ("bias", "any hit", "hits", "density", "common names", "similarity", "lead")
# fitted by benchmarks/tagging_weights.py; the same for every topic and taxonomy
WEIGHTS: Floats = np.array([-3.16, 0.66, 1.52, 1.99, -1.79, 8.0, 10.0])
SIMILARITY, LEAD = FEATURES.index("similarity"), FEATURES.index("lead")
COMMON = 0.1  # share of a library's texts from which on a name in them is one of many


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured of documents: arrays [documents, topics], and the phrase matches a document."""

    hits: Floats  # Σ position weights of phrase matches
    names: Floats  # the part of ``hits`` that is names which the library is full of
    cosine: Floats
    lengths: Ints
    matches: list[list[Match]]
    entries: Entries  # tf-idf, not normalized
    norms: Floats  # and its lengths

    def project(self, rows: Ints, matrix: SparseRows) -> Floats:
        """Products [documents, columns] of the unit tf-idf with the columns of a matrix, whose row a term has or -1."""
        found = rows[self.entries.terms]
        known = found >= 0
        owners = self.entries.documents[known]
        products = matrix.combined(found[known], self.entries.values[known], owners, len(self.norms))
        return np.asarray(products / np.maximum(self.norms, 1e-12)[:, None])

    def features(self) -> Floats:
        """[documents, topics, len(FEATURES)]."""
        any_hit = self.hits > 0
        return np.stack(
            [
                np.ones_like(self.hits),
                any_hit.astype(np.float64),
                np.log1p(self.hits),
                np.log1p(100.0 * self.hits / whole_weight(self.lengths)[:, None]),
                self.names / np.where(any_hit, self.hits, 1.0),
                self.cosine,
                lead(self.cosine),
            ],
            axis=-1,
        )


def lead(columns: Floats) -> Floats:
    """By how much each column is above the mean of the other ones; nothing where there is one only."""
    others = columns.shape[1] - 1
    if others < 1:
        return np.zeros_like(columns)
    return np.asarray(columns - (columns.sum(axis=1, keepdims=True) - columns) / others)


class Prior:
    """A taxonomy with a vocabulary, its idf, and the topics' vectors: ``vectors`` is [len(terms), topics].

    ``rates`` says of each phrase which share of the library's texts holds it.
    """

    def __init__(
        self, taxonomy: Taxonomy, vocabulary: Vocabulary, idf: Floats, terms: Ints, vectors: SparseRows, rates: Floats
    ) -> None:
        self.taxonomy, self.vocabulary = taxonomy, vocabulary
        self.phrases = PhraseIndex(taxonomy)
        self.idf = idf
        self.terms, self.vectors = terms, vectors
        self.rates = rates
        self.rows = np.full(vocabulary.size, -1, dtype=np.int64)
        self.rows[terms] = np.arange(len(terms))
        self._starters = _flags(self.phrases.starters, vocabulary.first_pair)
        self._singles = _flags(self.phrases.singles, vocabulary.first_pair)
        self._seconds = _flags(self.phrases.seconds, vocabulary.first_pair)
        self._commonness = np.minimum(rates / COMMON, 1.0).tolist()

    def tf_idf(self, encoded: Encoded) -> tuple[Entries, Floats]:
        """Sub-linear tf × idf, not yet normalized, and each document's length (L2)."""
        entries = self.vocabulary.weighted_tf(encoded)
        return scaled(entries, self.idf, len(encoded.lengths))

    def measure(self, documents: Sequence[Document]) -> Measured:
        """Phrase matches and similarity of documents."""
        encoded = self.vocabulary.encode(documents)
        matches = self.match(documents, encoded)
        hits, names = self._totals(matches)
        entries, norms = self.tf_idf(encoded)
        measured = Measured(hits, names, hits, encoded.lengths, matches, entries, norms)
        return replace(measured, cosine=measured.project(self.rows, self.vectors))

    def match(self, documents: Sequence[Document], encoded: Encoded) -> list[list[Match]]:
        """The phrase matches a document."""
        # a phrase can only begin where its first word stands before a second one, or is all of it
        begins = self._singles[encoded.ids]
        begins[:-1] |= self._starters[encoded.ids[:-1]] & self._seconds[encoded.ids[1:]]
        places = np.flatnonzero(begins)
        bounds = np.searchsorted(places, encoded.starts)
        matches: list[list[Match]] = []
        for number, document in enumerate(documents):
            begin, end = encoded.starts[number], encoded.starts[number + 1]
            at = (places[bounds[number] : bounds[number + 1]] - begin).tolist()
            literals = self._literals(*document)
            if at or literals:
                matches.append(self.phrases.matches(encoded.ids[begin:end].tolist(), literals, at))
            else:
                matches.append([])
        return matches

    def _totals(self, matches: Sequence[Sequence[Match]]) -> tuple[Floats, Floats]:
        """Σ position weights, and of these Σ weights of common names, each [documents, topics]."""
        shape = (len(matches), len(self.phrases.topics))
        hits, names = np.zeros(shape), np.zeros(shape)
        for number, found in enumerate(matches):
            for match in found:
                topic, weight = match.phrase.topic, position_weight_at(match.place)
                hits[number, topic] += weight
                if match.phrase.name:
                    names[number, topic] += weight * self._commonness[match.phrase.number]
        return hits, names

    def _literals(self, title: str, text: str) -> list[Match]:
        """Literal matches with offsets into their field; the text's words are counted from after the gap."""
        found = self.phrases.literals(title)
        later = self.phrases.literals(text)
        if title and later:
            moved = len(parts(title)) + 1
            later = [match._replace(place=match.place + moved) for match in later]
        return found + later


def _flags(numbers: Iterable[int], size: int) -> npt.NDArray[np.bool_]:
    flags = np.zeros(size, dtype=bool)
    flags[list(numbers)] = True
    return flags


def scaled(entries: Entries, idf: Floats, documents: int) -> tuple[Entries, Floats]:
    """``log1p(3·tf) · idf`` and the documents' L2 lengths; word pairs do not count in the length."""
    values = np.log1p(3.0 * entries.values) * idf[entries.terms]
    norms = np.sqrt(np.bincount(entries.documents, values * values, minlength=documents))
    return Entries(entries.documents, entries.terms, values), norms


def topic_words(topic: Topic) -> Iterator[tuple[str, float]]:
    """The texts that describe a topic, with their weight."""
    for phrase in dict.fromkeys(topic.phrases):
        yield phrase, 1.0
    yield topic.description, 1.0
    for example in topic.examples:
        yield example, 1.0
    yield topic.include, 0.3


def topic_forms(taxonomy: Taxonomy) -> set[str]:
    """The words (as compared) that describe the taxonomy's topics."""
    return {
        form
        for topic in taxonomy.topics
        for text, _ in topic_words(topic)
        for form in map(normal, parts(text))
        if form not in STOP_WORDS
    }


def topic_pairs(taxonomy: Taxonomy, numbers: dict[str, int]) -> set[tuple[int, int]]:
    """The neighbouring words in the topics' phrases."""
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
    """Unit tf-idf of each topic's own words: terms and values."""
    stop = np.array([vocabulary.numbers[word] for word in STOP_WORDS if word in vocabulary.numbers], np.int64)
    vectors = []
    for topic in taxonomy.topics:
        found, weights = [np.zeros(0, np.int64)], [np.zeros(0)]
        for text, weight in topic_words(topic):
            encoded = vocabulary.encode([("", text)])
            _, pairs = vocabulary.pair_places(encoded)
            found += [encoded.ids[encoded.ids < len(vocabulary.words)], pairs]
            weights.append(np.full(len(found[-2]) + len(pairs), weight))
        terms, places = np.unique(np.concatenate(found), return_inverse=True)
        values = np.bincount(places, np.concatenate(weights), minlength=len(terms))
        values[np.isin(terms, stop)] = 0.0
        values = np.log1p(3.0 * values) * idf[terms]
        vectors.append((terms, values / max(float(np.linalg.norm(values)), 1e-12)))
    return vectors


def batches(documents: Iterable[Document]) -> Iterator[list[Document]]:
    """Documents in groups of a bounded size in characters."""
    group: list[Document] = []
    size = 0
    for document in documents:
        group.append(document)
        size += len(document[0]) + len(document[1])
        if size >= BATCH_CHARACTERS:
            yield group
            group, size = [], 0
    if group:
        yield group
