"""Compute the fingerprints of briefings and compare texts, for duplicate detection.

A briefing is a candidate if it shares one of these with the new document: Message-ID, GUID or link of a feed entry,
URL, title and date, text, or one of the ``INDEXED`` smallest hashes of its word shingles (bottom-k sketch, Broder
1997). ``identity_rules`` decides whether a candidate is the same briefing, and calls ``agree`` or ``same_words`` if it
needs the texts.

A word is hashed by BLAKE2b. The hash of a shingle is a polynomial of the hashes of its words, modulo 2**64.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from briefreader.reading.masked_blocks import masked_hashes, text_blocks

if TYPE_CHECKING:
    from collections.abc import Collection

    import numpy as np
    from numpy.typing import NDArray

    from briefreader.model import Briefing, Origin

    Hashes = NDArray[np.uint64]

INDEXED = 32
"""Number of shingle hashes by which candidates are found, the smallest ones."""
SKETCH = 256
"""Maximum number of shingle hashes in a fingerprint, the smallest ones."""
SHINGLE = 5
"""Number of words of a shingle."""
JACCARD = 0.80
"""Minimum share of common shingles for two texts to agree."""
CONTAINMENT = 0.90
"""Minimum share of the shorter text's shingles for it to be part of the longer one."""
NEARLY_EQUAL = 0.98
"""Minimum share of common shingles for two texts to be nearly equal."""
MIN_SAME_WORDS = 100
"""Minimum words for two mails of different publishers to be duplicates."""
MIN_WORDS = 20
"""Minimum words for two texts to agree."""
MIN_CONTAINED = 50
"""Minimum words of a text that is part of a longer one, unless it has at least half the words of the longer one."""
MIN_SKETCHED = 20
"""Minimum words for a text to be a candidate by its shingles."""
MAX_CHARACTERS = 4_000_000
"""Maximum characters used for shingles; longer texts are compared by their beginnings."""
_BASE = 0x9E3779B97F4A7C15  # odd, so that multiplication loses no bit of a word's hash


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The values by which duplicates are found.

    ``digest`` (of the original) and ``text_digest`` are SHA-256 in hex. ``sketch`` has the smallest shingle hashes; it
    is empty for a text of fewer than ``MIN_SKETCHED`` words. ``words`` is the number of words, and ``blocks`` has the
    masked hashes of the blocks. Hashes have 63 bits, the range of SQLite's integers.
    """

    digest: str
    message_id: str
    url: str
    sketch: tuple[int, ...]
    text_digest: str
    words: int
    origin: Origin
    blocks: tuple[int, ...]


def fingerprint(briefing: Briefing) -> Fingerprint:
    """Return the fingerprint of a parsed briefing."""
    forms = _forms(briefing.body)
    shingles = _shingles(forms)
    return Fingerprint(
        digest=hashlib.sha256(briefing.original.data).hexdigest(),
        message_id=briefing.original.message_id,
        url=briefing.origin.url,
        sketch=tuple(shingles[:SKETCH].tolist()) if len(forms) >= MIN_SKETCHED else (),
        text_digest=text_digest(briefing.body),
        words=len(forms),
        origin=briefing.origin,
        blocks=block_hashes(briefing),
    )


def block_hashes(briefing: Briefing) -> tuple[int, ...]:
    """Return the masked hashes (see ``masked_blocks``) of a briefing's blocks, including those that were cut."""
    own = {found for found, _ in _blocks(briefing.body) if found is not None}
    return tuple(sorted(own.union(masked_hashes(cut.text for cut in briefing.cuts))))


def text_digest(body: str) -> str:
    """Return a hash of a body's folded words, which doesn't change with markup, URLs and layout."""
    found = hashlib.sha256(" ".join(_forms(body)).encode("utf-8", "replace"))
    found.update(body[MAX_CHARACTERS:].encode("utf-8", "replace"))
    return found.hexdigest()


def whole_text(briefing: Briefing) -> str:
    """Return a briefing's body including what was cut."""
    return "\n\n".join((briefing.body, *(cut.text for cut in briefing.cuts)))


def same_words(a: Briefing, b: Briefing) -> bool:
    """Whether two briefings have the same words equally often, in any order, including what was cut."""
    return _word_counts(a) == _word_counts(b)


def _word_counts(briefing: Briefing) -> Counter[str]:
    """Return how often each word occurs in a briefing, including cuts."""
    counts = Counter(_forms(briefing.body))
    for cut in briefing.cuts:
        counts.update(form for _, forms in text_blocks(cut.text) for form in forms)
    return counts


def agree(a: str, b: str, template: Collection[int] = (), *, nearly_equal: bool = False) -> bool:
    """Whether two bodies agree without the blocks of ``template`` (masked hashes).

    They agree if they share enough shingles, or if the longer text contains nearly all shingles of the shorter one.
    With ``nearly_equal``, they must share nearly all shingles. Texts of fewer than ``MIN_WORDS`` words never agree.
    """
    import numpy as np

    words_a, words_b = _forms(a, frozenset(template)), _forms(b, frozenset(template))
    short, long = sorted((len(words_a), len(words_b)))
    if short < MIN_WORDS:
        return False
    left, right = _shingles(words_a), _shingles(words_b)
    shared = len(np.intersect1d(left, right, assume_unique=True))
    if nearly_equal:
        return shared >= NEARLY_EQUAL * (len(left) + len(right) - shared)
    if shared >= JACCARD * (len(left) + len(right) - shared):
        return True
    return (short >= MIN_CONTAINED or 2 * short >= long) and shared >= CONTAINMENT * min(len(left), len(right))


@lru_cache(maxsize=8)  # a text is compared with several candidates in a row
def _forms(body: str, template: frozenset[int] = frozenset()) -> tuple[str, ...]:
    """Return the folded words of a body without markup, link targets, heading marks and ``template``."""
    return tuple(form for found, forms in _blocks(body) if found not in template for form in forms)


@lru_cache(maxsize=8)
def _blocks(body: str) -> tuple[tuple[int | None, list[str]], ...]:
    """Return the masked hash and the words of each block; cached."""
    return tuple(text_blocks(body[:MAX_CHARACTERS]))


@lru_cache(maxsize=4)
def _shingles(forms: tuple[str, ...]) -> Hashes:
    """Return 63-bit hashes of all runs of ``SHINGLE`` words, or of all words if there are fewer."""
    import numpy as np

    codes = np.fromiter(map(_code, forms), np.uint64, len(forms))
    count = max(len(codes) - SHINGLE + 1, 1)
    mixed = np.zeros(count if len(codes) else 0, np.uint64)
    for i in range(min(SHINGLE, len(codes))):
        mixed = mixed * np.uint64(_BASE) + codes[i : i + count]
    return np.unique(mixed >> np.uint64(1))


@lru_cache(maxsize=1 << 16)
def _code(form: str) -> int:
    """Return the 64-bit hash of a word."""
    return int.from_bytes(hashlib.blake2b(form.encode("utf-8", "replace"), digest_size=8).digest(), "big")
