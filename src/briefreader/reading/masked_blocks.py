"""Blocks of text made comparable between a publisher's issues: digits and addresses masked, then hashed.

Serves identity and the recognition of what a publisher repeats; a block that differs only in a date, a number or a
tracking link has the same hash. Texts of any size, some microseconds a block.
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
"""Shorter blocks are told apart too badly: they have no hash."""
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|[^\s@]+@[^\s@]+\.[^\s@]+")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@lru_cache(maxsize=4096)
def masked(text: str) -> tuple[int | None, list[str]]:
    """The hash, of 63 bits, of a block's plain text and its folded words, without addresses.

    None instead of a hash where it has fewer than ``MIN_WORDS`` words. Cached, for the publisher's memory and identity
    ask for the same blocks.
    """
    forms = words(_ADDRESS.sub(" ", text) if "@" in text or "://" in text or "www." in text else text)
    return _hash(forms), forms


def masked_hash(text: str) -> int | None:
    """The hash of ``masked`` alone."""
    return masked(text)[0]


def text_blocks(body: str) -> Iterator[tuple[int | None, list[str]]]:
    """Masked hash and folded words of each block of a Markdown body, in order."""
    for block in blocks(body):
        yield masked(strip(body[block.text : block.end]).text)


def masked_hashes(texts: Iterable[str]) -> tuple[int, ...]:
    """The masked hashes of all blocks of some Markdown texts, each once, rising."""
    return tuple(sorted({found for text in texts for found, _ in text_blocks(text) if found is not None}))


def _hash(forms: Sequence[str]) -> int | None:
    if len(forms) < MIN_WORDS:
        return None
    without_figures = _NUMBER.sub("0", " ".join(forms)).encode("utf-8", "replace")
    return int.from_bytes(blake2b(without_figures, digest_size=8).digest(), "little") >> 1
