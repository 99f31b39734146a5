"""Whether two briefings are the same document: fingerprints nominate, the text confirms.

Candidates share the file's digest, the original Message-ID, the canonical URL, or some of the ``INDEXED`` smallest
hashes of their word shingles (bottom-k sketch, Broder 1997). An equal digest alone decides; else the texts do, by
Jaccard or containment of their shingles. Dates and titles never decide.

A word's hash is blake2b's; a shingle's is a polynomial of its words' hashes modulo 2**64, for all shingles at once.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from briefreader.reading.markdown import blocks, strip
from briefreader.reading.urls import canonical
from briefreader.text import words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from briefreader.model import Briefing

    Hashes = NDArray[np.uint64]

INDEXED = 32
SKETCH = 256
SHINGLE = 5
JACCARD = 0.30
CONTAINMENT = 0.80
MIN_CHARACTERS = 100
"""Words from which on shingles speak; shorter texts are the same only if equal."""
MAX_CHARACTERS = 4_000_000
"""Characters of which shingles are made: longer texts are compared by their beginnings."""
_BASE = 0x9E3779B97F4A7C15  # odd, so that no bit of a word's hash is lost


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a briefing is recognised by: hex digests, and its smallest shingle hashes, of 63 bits: SQLite's range."""

    digest: str
    message_id: str
    url: str
    sketch: tuple[int, ...]
    text_digest: str
    words: int


def fingerprint(briefing: Briefing) -> Fingerprint:
    """The fingerprint of a briefing as it was read."""
    count, text_digest, shingles = _cut(briefing.body)
    return Fingerprint(
        digest=hashlib.sha256(briefing.original.data).hexdigest(),
        message_id=briefing.original.message_id,
        url=canonical(briefing.url) if briefing.url else "",
        sketch=tuple(shingles[:SKETCH].tolist()) if count >= MIN_CHARACTERS else (),
        text_digest=text_digest,
        words=count,
    )


def is_same_document(a: Fingerprint, text_a: str, b: Fingerprint, text_b: str) -> bool:
    """Whether two briefings with these fingerprints and bodies are one document."""
    return a.digest == b.digest or are_similar(text_a, text_b)


def are_similar(a: str, b: str) -> bool:
    """Whether two bodies say the same: equal words, or enough shared shingles where both are long enough."""
    import numpy as np

    (words_a, digest_a, left), (words_b, digest_b, right) = _cut(a), _cut(b)
    if digest_a == digest_b:
        return words_a > 0
    if min(words_a, words_b) < MIN_CHARACTERS:
        return False
    shared = len(np.intersect1d(left, right, assume_unique=True))
    return shared >= JACCARD * (len(left) + len(right) - shared) or shared >= CONTAINMENT * min(len(left), len(right))


@lru_cache(maxsize=4)  # a text is compared with several candidates in a row
def _cut(body: str) -> tuple[int, str, Hashes]:
    """How many words a body has, the digest of their forms, and the hashes of its shingles, sorted, each once."""
    forms = _forms(body[:MAX_CHARACTERS])
    digest = hashlib.sha256(" ".join(forms).encode("utf-8", "replace"))
    digest.update(body[MAX_CHARACTERS:].encode("utf-8", "replace"))
    return len(forms), digest.hexdigest(), _shingles(forms)


def _forms(body: str) -> list[str]:
    """The folded words of a body without markup, link targets and headings' marks."""
    return words(" ".join(strip(body[b.text : b.end]).text for b in blocks(body)))


def _shingles(forms: list[str]) -> Hashes:
    """The hashes of all runs of ``SHINGLE`` words (of all words, where there are fewer), of 63 bits."""
    import numpy as np

    codes = np.fromiter(map(_code, forms), np.uint64, len(forms))
    count = max(len(codes) - SHINGLE + 1, 1)
    mixed = np.zeros(count if len(codes) else 0, np.uint64)
    for i in range(min(SHINGLE, len(codes))):
        mixed = mixed * np.uint64(_BASE) + codes[i : i + count]
    return np.unique(mixed >> np.uint64(1))


@lru_cache(maxsize=1 << 16)
def _code(form: str) -> int:
    return int.from_bytes(hashlib.blake2b(form.encode("utf-8", "replace"), digest_size=8).digest(), "big")
