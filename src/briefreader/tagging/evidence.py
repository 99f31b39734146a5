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

PASSAGE_FEATURES = ("any phrase", "only hints", "hints", "density")
DOMAIN_SHARE = 0.4  # share of words in passages with a domain word from which the whole text is about the domain
MIN_CONTEXT_WORDS = 100  # words below which a text needs no domain word


@dataclass(frozen=True, slots=True)
class Evidence:
    """What hits say for topics: of whole documents [documents, topics], and of ``passages`` for ``topics``.

    ``features`` is [rows, len(PASSAGE_FEATURES)], not negative; ``counted`` marks the hits that count.
    """

    phrases: Floats  # distinct ones
    density: Floats  # occurrences per 1,000 words, short texts taken as longer
    passages: Ints
    topics: Ints
    features: Floats
    counted: Bools


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
    occurrences = _sums(cell[strong], shape)
    where, about, features = _by_passage(owners * count + topic, hits.phrases, strong, weak, count, passages)
    return Evidence(
        phrases=_sums(_distinct(cell, hits.phrases, strong), shape),
        density=1000.0 * occurrences / (encoded.lengths[:, None] + 50.0),
        passages=where,
        topics=about,
        features=features,
        counted=strong | weak,
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


def _sums(cells: Ints, shape: tuple[int, int]) -> Floats:
    return np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape).astype(np.float64)


def _by_passage(
    cell: Ints, phrases: Ints, strong: Bools, weak: Bools, count: int, passages: Passages
) -> tuple[Ints, Ints, Floats]:
    cells = np.unique(cell[strong | weak])
    hints = np.bincount(np.searchsorted(cells, _distinct(cell, phrases, weak)), minlength=len(cells))
    occurrences = np.bincount(np.searchsorted(cells, cell[strong]), minlength=len(cells))
    owner, topic = np.divmod(cells, count)
    density = 100.0 * occurrences / (passages.words[owner] + 20.0)
    columns = [occurrences > 0, occurrences == 0, np.log1p(hints), np.log1p(density)]
    return owner, topic, np.stack(columns, axis=-1).astype(np.float64)
