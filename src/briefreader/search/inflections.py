"""Find the inflected forms of an English word: ``price`` → ``prices``, ``priced``, ``pricing``, and vice versa.

Only inflection counts (step 1 of Porter's stemmer, 1980, reversed): ``train`` and ``training`` are the same word,
``train`` and ``trainer`` are not. No dictionary is used, so some forms don't exist; they match nothing.
"""

from __future__ import annotations

import re

from briefreader.text import stem

MIN_BASE_LETTERS = 3  # minimum letters of a base form
_SHORT = re.compile(r"[^aeiou]*[aeiouy][^aeiouwxy]")  # one syllable whose last consonant is doubled before an ending
_DOUBLED = re.compile(r"([bdgklmnprt])\1$")
_VOWEL = re.compile("[aeiouy]")
SIBILANT = ("s", "x", "z", "ch", "sh")


def inflections(word: str) -> set[str]:
    """Return the other forms of a folded word; none unless it consists of three or more letters from a to z."""
    if len(word) < MIN_BASE_LETTERS or not (word.isascii() and word.isalpha()):
        return set()
    return {form for base in _bases(word) for form in _forms(base)} - {word}


def _bases(word: str) -> set[str]:
    """Return the possible base forms of a word, including the word itself."""
    bases = {word, stem(word)}
    for ending in ("ed", "ing"):
        rest = word.removesuffix(ending)
        if rest == word or len(rest) < MIN_BASE_LETTERS or not _VOWEL.search(rest):
            continue
        if ending == "ed" and rest.endswith("i"):
            bases.add(rest[:-1] + "y")
        elif _DOUBLED.search(rest):
            bases |= {rest[:-1], rest}
        elif _SHORT.fullmatch(rest):
            bases.add(rest + "e")  # ``caring`` is from ``care``; from ``car`` it would be ``carring``
        else:
            bases |= {rest, rest + "e"}
    return bases


def _forms(base: str) -> set[str]:
    """Return a base form and its forms in -s, -ed and -ing."""
    if base.endswith("e"):
        return {base, base + "s", base + "d", base[:-1] + "ing"}
    if base.endswith("y") and base[-2] not in "aeiou":
        return {base, base[:-1] + "ies", base[:-1] + "ied", base + "ing"}
    root = base + base[-1] if _SHORT.fullmatch(base) else base
    return {base, base + ("es" if base.endswith(SIBILANT) else "s"), root + "ed", root + "ing"}
