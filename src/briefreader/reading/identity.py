"""Whether two briefings are the same document: fingerprints nominate, the text confirms.

Candidates share the file's digest, the original Message-ID, the canonical URL, or some of the ``INDEXED`` smallest
hashes of their word shingles (bottom-k sketch, Broder 1997). An equal digest alone decides; else the texts do, by
Jaccard or containment of their shingles. Dates and titles never decide.
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
    from briefreader.model import Briefing

INDEXED = 32
SKETCH = 256
SHINGLE = 5
JACCARD = 0.30
CONTAINMENT = 0.80
SHORTEST = 100
"""Words from which on shingles speak; shorter texts are the same only if equal."""


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
    count, text_digest, hashes = _cut(briefing.body)
    return Fingerprint(
        digest=hashlib.sha256(briefing.original.data).hexdigest(),
        message_id=briefing.original.message_id,
        url=canonical(briefing.url) if briefing.url else "",
        sketch=tuple(sorted(hashes)[:SKETCH]) if count >= SHORTEST else (),
        text_digest=text_digest,
        words=count,
    )


def same(a: Fingerprint, text_a: str, b: Fingerprint, text_b: str) -> bool:
    """Whether two briefings with these fingerprints and bodies are one document."""
    if a.digest == b.digest:
        return True
    if min(a.words, b.words) < SHORTEST:
        return a.text_digest == b.text_digest and a.words > 0
    if a.text_digest == b.text_digest:
        return True
    left, right = _cut(text_a)[2], _cut(text_b)[2]
    shared = len(left & right)
    return shared >= JACCARD * len(left | right) or shared >= CONTAINMENT * min(len(left), len(right))


@lru_cache(maxsize=4)  # a text is compared with several candidates in a row
def _cut(body: str) -> tuple[int, str, frozenset[int]]:
    """How many words a body has, the digest of their forms, and their shingles' hashes."""
    forms = _forms(body)
    digest = hashlib.sha256(" ".join(forms).encode("utf-8", "replace")).hexdigest()
    return len(forms), digest, frozenset(_shingles(forms))


def _forms(body: str) -> list[str]:
    """The folded words of a body without markup, link targets and headings' marks."""
    return words(" ".join(strip(body[b.text : b.end]).text for b in blocks(body)))


def _shingles(forms: list[str]) -> set[int]:
    hashed = hashlib.blake2b
    text = [f.encode("utf-8", "replace") for f in forms]
    return {
        int.from_bytes(hashed(b" ".join(text[i : i + SHINGLE]), digest_size=8).digest(), "big") >> 1
        for i in range(max(len(text) - SHINGLE + 1, 1))
    }
