"""A text cut into passages: a long interview speaks of each topic in one of them."""

from __future__ import annotations

import re

MIN_WORDS = 40

_LINE = re.compile(r"[^\n]+")
_WORD = re.compile(r"\S+")


def passages(text: str) -> list[tuple[int, int, int]]:
    """Paragraphs as ``(start, end, words)``; short ones join those that follow until they have ``MIN_WORDS``."""
    found: list[tuple[int, int, int]] = []
    start, words = -1, 0
    for line in _LINE.finditer(text):
        count = sum(1 for _ in _WORD.finditer(line.group()))
        if not count:
            continue
        if start < 0:
            start, words = line.start(), 0
        words += count
        if words >= MIN_WORDS:
            found.append((start, line.end(), words))
            start = -1
    return found
