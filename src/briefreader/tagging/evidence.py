"""Compute features from the phrases and hints in a text and in its passages.

If the taxonomy has a domain, phrases count only as hints in passages outside the domain, and hints don't count there. A
passage is in the domain if it has a domain word, if the text is short, or if at least 40 % of the text is in passages
with a domain word. Hints count only for topics that have a phrase in the text, or that the text is known to have
(``supported``).
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
DOMAIN_SHARE = 0.4  # a text is about the domain if passages with a domain word have at least this share of its words
MIN_CONTEXT_WORDS = 100  # shorter texts need no domain word


@dataclass(frozen=True, slots=True)
class Evidence:
    """Features of documents and of their passages.

    Attributes:
        phrases: number of distinct phrases [documents, topics].
        density: occurrences of phrases per 1,000 words [documents, topics]; 50 is added to the number of words, to
            limit the density of short texts.
        passages: passage of each row of ``features``.
        topics: topic of each row of ``features``. Pairs of a passage and a topic without hits have no row.
        features: features of passages [rows, len(PASSAGE_FEATURES)], at least 0.
        counted: marks the hits that count.
    """

    phrases: Floats
    density: Floats
    passages: Ints
    topics: Ints
    features: Floats
    counted: Bools


def gather(
    hits: Hits, topics: Ints, kinds: Ints, count: int, encoded: Encoded, passages: Passages, supported: Bools | None
) -> Evidence:
    """Compute the features of documents.

    Args:
        hits: occurrences of phrases and hints.
        topics: topic of each phrase, by phrase number.
        kinds: kind of each phrase, by phrase number, as index of ``KINDS``.
        count: number of topics.
        encoded: the documents.
        passages: their passages.
        supported: [documents, topics], marks topics whose hints count without a phrase in the document.
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
    """Return which hits are in passages that belong to the domain."""
    holds = np.zeros(len(passages), dtype=bool)
    holds[owners[kind == KINDS.index("domain")]] = True
    words = np.bincount(passages.documents, passages.words, minlength=documents)
    about = np.bincount(passages.documents, passages.words * holds, minlength=documents)
    whole = (about >= DOMAIN_SHARE * np.maximum(words, 1)) | (words < MIN_CONTEXT_WORDS)
    return np.asarray(holds[owners] | whole[hits.documents])


def _distinct(cell: Ints, phrases: Ints, chosen: Bools) -> Ints:
    """Return the cells of the chosen hits; a phrase counts once per cell."""
    pairs = np.unique(cell[chosen] << 32 | phrases[chosen])
    return np.asarray(pairs >> 32)


def _sums(cells: Ints, shape: tuple[int, int]) -> Floats:
    return np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape).astype(np.float64)


def _by_passage(
    cell: Ints, phrases: Ints, strong: Bools, weak: Bools, count: int, passages: Passages
) -> tuple[Ints, Ints, Floats]:
    """Return the passage, topic and ``PASSAGE_FEATURES`` of each pair of a passage and a topic with hits."""
    cells = np.unique(cell[strong | weak])
    hints = np.bincount(np.searchsorted(cells, _distinct(cell, phrases, weak)), minlength=len(cells))
    occurrences = np.bincount(np.searchsorted(cells, cell[strong]), minlength=len(cells))
    owner, topic = np.divmod(cells, count)
    density = 100.0 * occurrences / (passages.words[owner] + 20.0)  # 20 limits the density of short passages
    columns = [occurrences > 0, occurrences == 0, np.log1p(hints), np.log1p(density)]
    return owner, topic, np.stack(columns, axis=-1).astype(np.float64)
