"""Find abbreviations that texts define, such as ``Mixture of Experts (MoE)``.

The algorithm, with its limit on the number of words, is that of A. Schwartz and M. Hearst ("A simple algorithm for
identifying abbreviation definitions in biomedical text", 2003). The letters of the short form are matched from right to
left in the words before the bracket; the first letter must begin a word.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from briefreader.search.analysis import query_terms

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHORT_FORM = re.compile(r"\(([A-Za-z][A-Za-z0-9-]{1,7})\)")
_WORD = re.compile(r"[^\W_]+")
MAX_LOOKBACK_CHARACTERS = 120  # maximum characters before the bracket that are searched


def definitions(text: str) -> Iterator[tuple[str, str]]:
    """Yield the (short form, long form) of each abbreviation that a text defines, as terms joined by spaces."""
    for bracket in _SHORT_FORM.finditer(text):
        short = bracket[1]
        if sum(map(str.isupper, short)) < 2:
            continue
        short = short[:-1] if short.endswith("s") and short[:-1].isupper() else short
        before = text[max(0, bracket.start() - MAX_LOOKBACK_CHARACTERS) : bracket.start()].rstrip()
        words = list(_WORD.finditer(before))[-min(len(short) + 5, 2 * len(short)) :]
        if words and (long := _long_form(short.lower(), before[words[0].start() :].lower())):
            yield " ".join(query_terms(short)), " ".join(query_terms(long))


def _long_form(short: str, before: str) -> str:
    """Return the end of ``before`` that spells out ``short``, or ""."""
    place = len(before)
    for i in range(len(short) - 1, -1, -1):
        if not short[i].isalnum():
            continue
        place = before.rfind(short[i], 0, place)
        while place > 0 and i == 0 and before[place - 1].isalnum():
            place = before.rfind(short[i], 0, place)
        if place < 0:
            return ""
    long = before[place:]
    return long if len(_WORD.findall(long)) > 1 and not set(long) & set("()[]{}|") else ""
