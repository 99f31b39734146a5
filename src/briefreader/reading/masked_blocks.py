"""Hash blocks without their numbers and URLs, to recognise the blocks that a publisher repeats.

Blocks whose words differ only in numbers, URLs or mail addresses have the same hash, called the masked hash. Duplicate
detection and publisher memory use it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING

from briefreader.markdown import blocks, strip
from briefreader.text import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MIN_WORDS = 4
"""Minimum words of a block that gets a hash; shorter blocks aren't distinctive."""
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|[^\s@]+@[^\s@]+\.[^\s@]+")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@lru_cache(maxsize=4096)
def masked(text: str) -> tuple[int | None, list[str]]:
    """Return the masked 63-bit hash of a block's plain text, and its folded words without URLs and mail addresses.

    The hash is None for fewer than ``MIN_WORDS`` words. Results are cached, since duplicate detection and publisher
    memory need the same blocks.
    """
    forms = words(_ADDRESS.sub(" ", text) if "@" in text or "://" in text or "www." in text else text)
    return _hash(forms), forms


def text_blocks(body: str) -> Iterator[tuple[int | None, list[str]]]:
    """Yield the masked hash and the folded words of each block of a Markdown body, in order."""
    for block in blocks(body):
        yield masked(strip(body[block.text : block.end]).text)


def masked_hashes(texts: Iterable[str]) -> tuple[int, ...]:
    """Return the distinct masked hashes of the blocks of Markdown texts, ascending."""
    return tuple(sorted({found for text in texts for found, _ in text_blocks(text) if found is not None}))


def _hash(forms: Sequence[str]) -> int | None:
    """Return the hash of words with numbers masked, None if there are too few words."""
    if len(forms) < MIN_WORDS:
        return None
    without_numbers = _NUMBER.sub("0", " ".join(forms)).encode("utf-8", "replace")
    return int.from_bytes(blake2b(without_numbers, digest_size=8).digest(), "little") >> 1
