"""Fit vocabulary, IDF and topic vectors to unlabelled documents.

``fit`` imports scikit-learn. ``background`` is for use without a library: it needs NumPy only, and the topic vectors
have only the words of the taxonomy.
"""

from __future__ import annotations

import itertools
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from briefreader.phrases import normal, phrase_index
from briefreader.tagging.hits import KINDS
from briefreader.tagging.prior import Prior, batches, scaled, topic_forms, topic_pairs, topic_vectors
from briefreader.tagging.sparse import Column, SparseRows
from briefreader.tagging.vectors import (
    Document,
    Encoded,
    Entries,
    Floats,
    Ints,
    Vocabulary,
    position_weight,
    whole_text,
    whole_weight,
)
from briefreader.text import STOP_WORDS, parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from briefreader.tagging.hits import Hits
    from briefreader.taxonomy import Taxonomy

_EMPTY: Column = (np.zeros(0, np.int64), np.zeros(0))
SAMPLE_CHARACTERS = 30_000_000
# Feedback documents are those that name a topic most often; terms that stand out in them are added to its vector.
FEEDBACK_DOCUMENTS = 60  # maximum number of feedback documents per topic
MIN_FEEDBACK_DOCUMENTS = 3  # with fewer, no terms are added
MIN_FEEDBACK_WORDS = 40  # minimum length of a feedback document; short notes would dominate a topic's terms
FEEDBACK_TERMS = 60  # maximum number of terms that are added
FULL_FEEDBACK = 30  # number of feedback documents from which added terms weigh as much as the topic's own words
SMOOTHING = 1e-3  # smoothing, without which the rarest terms would stand out most
MIN_DOCUMENTS = 2  # minimum number of documents with a word of the vocabulary that isn't in the taxonomy


def fit(taxonomy: Taxonomy, documents: Iterable[Document]) -> Prior:
    """Return a prior fitted to ``documents``.

    If they have more than ``SAMPLE_CHARACTERS``, it is fitted to every second, third … document.
    """
    sample = _sample(list(documents))
    words = _vocabulary(taxonomy, sample, MIN_DOCUMENTS if len(sample) > 20 else 1)  # few documents share few words
    groups = list(batches(sample))
    encoded = [words.encode(group) for group in groups]
    plain = _prior(taxonomy, words, np.ones(words.size), [_EMPTY] * len(taxonomy.topics))
    offsets = itertools.accumulate((len(group) for group in groups), initial=0)
    density = [_EMPTY]
    for group, e, offset in zip(groups, encoded, offsets, strict=False):
        density.append(_density(plain, plain.finder.find(group, e), e, offset))
    cells, values = (np.concatenate(arrays) for arrays in zip(*density, strict=True))
    top = _feedback_documents(cells, values, len(taxonomy.topics))
    vocabulary = Vocabulary(words.words, topic_pairs(taxonomy, words.numbers) | _frequent_pairs(words, encoded, top))
    entries = _entries(vocabulary, encoded)
    idf = _idf(entries, len(sample), vocabulary)
    vectors = topic_vectors(taxonomy, vocabulary, idf)
    if sample:
        vectors = _expanded(vectors, vocabulary, idf, entries, len(sample), top)
    vocabulary, idf, vectors = drop_unused_pairs(vocabulary, idf, vectors)
    return _prior(taxonomy, vocabulary, idf, vectors)


def background(taxonomy: Taxonomy, documents: Iterable[Document]) -> Prior:
    """Return a prior for use without a library, with the IDF of ``documents``."""
    sample = list(documents)
    words = _vocabulary(taxonomy, sample, 1)
    vocabulary = Vocabulary(words.words, topic_pairs(taxonomy, words.numbers))
    frequency = np.zeros(vocabulary.size)
    for group in batches(sample):
        np.add.at(frequency, vocabulary.weighted_tf(vocabulary.encode(group)).terms, 1.0)
    frequency[len(vocabulary.words) : vocabulary.border] = 0.0
    # the smoothed IDF of scikit-learn's TfidfTransformer
    idf = np.log((1.0 + len(sample)) / (1.0 + frequency)) + 1.0
    idf[vocabulary.border : vocabulary.first_pair] = 0.0
    return _prior(taxonomy, vocabulary, idf, topic_vectors(taxonomy, vocabulary, idf))


def _prior(taxonomy: Taxonomy, vocabulary: Vocabulary, idf: Floats, vectors: Sequence[Column]) -> Prior:
    terms, matrix = SparseRows.from_columns(vectors)
    return Prior(taxonomy, vocabulary, idf, terms, matrix)


def drop_unused_pairs(
    vocabulary: Vocabulary, idf: Floats, vectors: Sequence[Column]
) -> tuple[Vocabulary, Floats, list[Column]]:
    """Return vocabulary, IDF and vectors without the pairs that no vector uses."""
    first = vocabulary.first_pair
    used = np.unique(np.concatenate([np.zeros(0, np.int64), *(terms[values != 0] for terms, values in vectors)]))
    kept = used[used >= first] - first
    pairs = [(int(pair) >> 32, int(pair) & 0xFFFFFFFF) for pair in vocabulary.pairs[kept]]
    rows = np.concatenate([np.arange(first), first + kept])
    renumbered = []
    for terms, values in vectors:
        known = values != 0
        renumbered.append((np.searchsorted(rows, terms[known]), values[known]))
    return Vocabulary(vocabulary.words, pairs), idf[rows], renumbered


def _sample(documents: list[Document]) -> list[Document]:
    size = sum(len(title) + len(text) for title, text in documents)
    step = max(1, -(-size // SAMPLE_CHARACTERS))
    return documents[::step]


def _vocabulary(taxonomy: Taxonomy, documents: Sequence[Document], minimum: int) -> Vocabulary:
    counts: Counter[str] = Counter()
    for title, text in documents:
        counts.update({normal(form) for form in set(parts(whole_text(title, text)))})
    known = {word for word, count in counts.items() if count >= minimum} | topic_forms(taxonomy)
    first = phrase_index(taxonomy).words  # the words of phrases must have the same numbers as in the index
    return Vocabulary([*first, *sorted(known - first.keys())])


def _density(prior: Prior, hits: Hits, encoded: Encoded, offset: int) -> tuple[Ints, Floats]:
    """Return the density of each topic's phrases in documents.

    This is the number of occurrences per word, both position-weighted. Returns cells ``(offset + document) * topics +
    topic`` and their densities, for documents of at least ``MIN_FEEDBACK_WORDS`` and topics that have a phrase in them.
    """
    long_enough = encoded.lengths[hits.documents] >= MIN_FEEDBACK_WORDS
    found = hits.where((prior.finder.kinds[hits.phrases] == KINDS.index("phrase")) & long_enough)
    topics = len(prior.taxonomy.topics)
    cells, places = np.unique(found.documents * topics + prior.finder.topics[found.phrases], return_inverse=True)
    summed = np.bincount(places, position_weight(found.places), minlength=len(cells))
    return cells + offset * topics, summed / whole_weight(encoded.lengths)[cells // max(topics, 1)]


def _feedback_documents(cells: Ints, density: Floats, topics: int) -> list[Ints]:
    """Return the feedback documents of each topic; none if there are too few."""
    documents, owners = np.divmod(cells, max(topics, 1))
    order = np.lexsort((documents, -density, owners))
    bounds = np.searchsorted(owners[order], np.arange(topics + 1))
    chosen = []
    for begin, end in itertools.pairwise(bounds.tolist()):
        best = documents[order[begin : min(end, begin + FEEDBACK_DOCUMENTS)]]
        chosen.append(np.sort(best) if len(best) >= MIN_FEEDBACK_DOCUMENTS else best[:0])
    return chosen


def _frequent_pairs(words: Vocabulary, encoded: Sequence[Encoded], top: list[Ints]) -> set[tuple[int, int]]:
    """Return pairs of words that two or more feedback documents of a topic share."""
    limit = len(words.words)
    inner = np.ones(words.size, dtype=bool)
    inner[limit:] = False
    inner[[words.numbers[w] for w in STOP_WORDS if w in words.numbers]] = False
    by_document = []
    for group in encoded:
        for begin, end in itertools.pairwise(group.starts.tolist()):
            ids = group.ids[begin:end]
            known = inner[ids[:-1]] & inner[ids[1:]]
            by_document.append(np.unique(ids[:-1][known] << 32 | ids[1:][known]))
    found = [np.zeros(0, np.int64)]
    for chosen in top:
        if len(chosen):
            pairs, counts = np.unique(np.concatenate([by_document[number] for number in chosen]), return_counts=True)
            found.append(pairs[counts > 1])
    return {(int(pair) >> 32, int(pair) & 0xFFFFFFFF) for pair in np.unique(np.concatenate(found))}


def _entries(vocabulary: Vocabulary, encoded: Sequence[Encoded]) -> Entries:
    found = [vocabulary.weighted_tf(group) for group in encoded]
    offsets = np.cumsum([0, *(len(group.lengths) for group in encoded)])
    if not found:
        return Entries(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    documents = np.concatenate([e.documents + offset for e, offset in zip(found, offsets, strict=False)])
    return Entries(documents, np.concatenate([e.terms for e in found]), np.concatenate([e.values for e in found]))


def _idf(entries: Entries, documents: int, vocabulary: Vocabulary) -> Floats:
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import TfidfTransformer

    shape = (max(documents, 1), vocabulary.size)
    counts = csr_matrix((entries.values, (entries.documents, entries.terms)), shape=shape)
    idf: Floats = TfidfTransformer(smooth_idf=True).fit(counts).idf_
    # a bucket of words outside the vocabulary gets the IDF of a word that is in one document
    idf[len(vocabulary.words) : vocabulary.border] = np.log((1.0 + documents) / 2.0) + 1.0
    idf[vocabulary.border : vocabulary.first_pair] = 0.0
    return idf


def _expanded(
    vectors: Sequence[Column], vocabulary: Vocabulary, idf: Floats, entries: Entries, documents: int, top: list[Ints]
) -> list[Column]:
    """Add terms to each topic's vector.

    They are the terms that are most frequent in its feedback documents, compared with all documents.
    """
    weighted, norms = scaled(entries, idf, documents)
    values = weighted.values / np.maximum(norms, 1e-12)[weighted.documents]
    mean = np.bincount(weighted.terms, values, minlength=vocabulary.size) / documents
    bounds = np.searchsorted(weighted.documents, np.arange(documents + 1))
    barred = np.zeros(vocabulary.size, dtype=bool)
    barred[len(vocabulary.words) : vocabulary.first_pair] = True
    barred[[vocabulary.numbers[w] for w in STOP_WORDS if w in vocabulary.numbers]] = True
    expanded = []
    for column, chosen in zip(vectors, top, strict=True):
        if not len(chosen):
            expanded.append(column)
            continue
        spans = [slice(bounds[number], bounds[number + 1]) for number in chosen]
        terms, places = np.unique(np.concatenate([weighted.terms[span] for span in spans]), return_inverse=True)
        total = np.bincount(places, np.concatenate([values[span] for span in spans]), minlength=len(terms))
        above = (total / len(chosen) - mean[terms]) / np.sqrt(mean[terms] + SMOOTHING)
        above[barred[terms]] = 0.0
        best = np.argsort(-above, kind="stable")[:FEEDBACK_TERMS]
        best = best[above[best] > 0]
        relevance = above[best] / max(float(np.linalg.norm(above[best])), 1e-12)
        expanded.append(_added(column, terms[best], min(1.0, len(chosen) / FULL_FEEDBACK) * relevance))
    return expanded


def _added(column: Column, terms: Ints, values: Floats) -> Column:
    """Return the sum of two vectors, normalised to unit length."""
    both, places = np.unique(np.concatenate([column[0], terms]), return_inverse=True)
    summed = np.bincount(places, np.concatenate([column[1], values]), minlength=len(both))
    return both, summed / np.linalg.norm(summed)
