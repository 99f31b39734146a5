"""Compute features from the phrases in a text, for the whole and by passage.

A phrase or hint counts in passages with a word of the taxonomy's domain, and in all passages of a text that is short
or about the domain; elsewhere a phrase counts as a hint, and a hint doesn't count. Hints only count for topics that
also have a phrase in the text or its surroundings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from briefreader.tagging.hits import KINDS

if TYPE_CHECKING:
    import numpy.typing as npt

    from briefreader.tagging.hits import Hits
    from briefreader.tagging.passages import Passages
    from briefreader.tagging.vectors import Encoded, Floats, Ints

    Bools = npt.NDArray[np.bool_]

PASSAGE_FEATURES = ("any phrase", "phrases", "occurrences", "hints", "density")
DOMAIN_SHARE = 0.4  # share of words in passages with a domain word from which the whole text is about the domain
MIN_CONTEXT_WORDS = 100  # words below which a text needs no domain word
EARLY = 150.0  # words after which an occurrence weighs 1/e of one at the beginning


@dataclass(frozen=True, slots=True)
class PassageEvidence:
    """Passages with evidence for a topic: ``features`` is [rows, len(PASSAGE_FEATURES)], not negative."""

    passages: Ints
    topics: Ints
    features: Floats


@dataclass(frozen=True, slots=True)
class Evidence:
    """Features [documents, topics] of whole documents, and of their passages.

    ``owners`` is the passage of each hit; ``weak`` and ``strong`` mark hits that count as hints and phrases.
    """

    phrases: Floats  # distinct ones
    early: Floats  # occurrences, weighted by exp(-place / EARLY)
    density: Floats  # occurrences per 1,000 words, short texts taken as longer
    hints: Floats  # distinct ones
    named: Bools  # whether a phrase occurs at all
    by_passage: PassageEvidence
    owners: Ints
    strong: Bools
    weak: Bools


def gather(
    hits: Hits, topics: Ints, kinds: Ints, count: int, encoded: Encoded, passages: Passages, supported: Bools | None
) -> Evidence:
    """Compute the features of documents for ``count`` topics; ``topics`` and ``kinds`` are by phrase number.

    ``supported`` [documents, topics] marks topics whose hints count without a phrase in the document.
    """
    topic, kind = topics[hits.phrases], kinds[hits.phrases]
    documents = len(encoded.lengths)
    owners = np.searchsorted(passages.begins, hits.places + encoded.starts[hits.documents], side="right") - 1
    owners = np.maximum(owners, 0)
    is_phrase, is_hint = kind == KINDS.index("phrase"), kind == KINDS.index("hint")
    named = np.zeros((documents, count + 1), dtype=bool)
    named[hits.documents[is_phrase], topic[is_phrase]] = True
    backed = named[:, :count] if supported is None else named[:, :count] | supported
    backed = np.column_stack([backed, np.zeros(documents, dtype=bool)])
    inside = _in_domain(hits, owners, kind, passages, documents) if (kinds == KINDS.index("domain")).any() else True
    strong = is_phrase & inside
    weak = ((is_hint & inside) | (is_phrase & ~strong)) & backed[hits.documents, topic]
    shape = (documents, count)
    cell = hits.documents * count + topic
    occurrences = _sums(cell[strong], None, shape)
    return Evidence(
        phrases=_sums(_distinct(cell, hits.phrases, strong), None, shape),
        early=_sums(cell[strong], np.exp(-hits.places[strong] / EARLY), shape),
        density=1000.0 * occurrences / (encoded.lengths[:, None] + 50.0),
        hints=_sums(_distinct(cell, hits.phrases, weak), None, shape),
        named=named[:, :count],
        by_passage=_by_passage(owners * count + topic, hits.phrases, strong, weak, count, passages),
        owners=owners,
        strong=strong,
        weak=weak,
    )


def _in_domain(hits: Hits, owners: Ints, kind: Ints, passages: Passages, documents: int) -> Bools:
    """Return which hits are in passages about the taxonomy's domain."""
    holds = np.zeros(len(passages), dtype=bool)
    holds[owners[kind == KINDS.index("domain")]] = True
    words = np.bincount(passages.documents, passages.words, minlength=documents)
    about = np.bincount(passages.documents, passages.words * holds, minlength=documents)
    whole = (about >= DOMAIN_SHARE * np.maximum(words, 1)) | (words < MIN_CONTEXT_WORDS)
    return np.asarray(holds[owners] | whole[hits.documents])


def _distinct(cell: Ints, phrases: Ints, chosen: Bools) -> Ints:
    """Return the cells of the chosen hits, each phrase once per cell."""
    pairs = np.unique(cell[chosen] << 32 | phrases[chosen])
    return np.asarray(pairs >> 32)


def _sums(cells: Ints, weights: Floats | None, shape: tuple[int, int]) -> Floats:
    return np.bincount(cells, weights, minlength=shape[0] * shape[1]).reshape(shape).astype(np.float64)


def _by_passage(
    cell: Ints, phrases: Ints, strong: Bools, weak: Bools, count: int, passages: Passages
) -> PassageEvidence:
    cells = np.unique(cell[strong | weak])
    known = np.searchsorted(cells, cell)

    def numbers(found: Ints) -> Floats:
        return np.bincount(np.searchsorted(cells, found), minlength=len(cells)).astype(np.float64)

    different, hints = numbers(_distinct(cell, phrases, strong)), numbers(_distinct(cell, phrases, weak))
    occurrences = np.bincount(known[strong], minlength=len(cells)).astype(np.float64)
    owner, topic = np.divmod(cells, count)
    density = 100.0 * occurrences / (passages.words[owner] + 20.0)
    columns = [different > 0, np.log1p(different), np.log1p(occurrences), np.log1p(hints), np.log1p(density)]
    return PassageEvidence(
        owner, topic, np.stack(columns, axis=-1).astype(np.float64).reshape(-1, len(PASSAGE_FEATURES))
    )


def best_two(
    found: PassageEvidence, values: Floats, passages: Passages, shape: tuple[int, int]
) -> tuple[Floats, Floats]:
    """Return the largest and second largest value [documents, topics] among each document's passages, or 0."""
    cells = passages.documents[found.passages] * shape[1] + found.topics
    order = np.lexsort((-values, cells))
    cells, values = cells[order], values[order]
    heads = np.flatnonzero(np.diff(cells, prepend=-1))
    best, second = np.zeros(shape[0] * shape[1]), np.zeros(shape[0] * shape[1])
    best[cells[heads]] = values[heads]
    follows = heads[np.append(np.diff(heads), len(cells) - heads[-1:]) > 1] + 1 if len(heads) else heads
    second[cells[follows]] = values[follows]
    return best.reshape(shape), second.reshape(shape)
