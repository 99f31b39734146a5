"""Highlight the words of a result that match the query.

Only the words most similar to a query word are highlighted: not ``modal`` if the text also has ``model``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from briefreader.search.term_matches import is_short

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from briefreader.search.analysis import TermPosition, Words
    from briefreader.search.term_matches import Unit

Span = tuple[int, int]


def spans(words: Words, title_end: int, units: Iterable[Unit], phrases: Iterable[Span] = ()) -> tuple[Span, ...]:
    """Return the spans of a text that match the units (the matches of each query word), merged and in order.

    The first ``title_end`` characters are a title; ``phrases`` are additional spans to highlight.
    """
    marked = [*phrases]
    for unit in units:
        marked += _best_matches(unit, words, title_end)
    return _merged(marked)


def phrase_places(sequence: Sequence[TermPosition], phrase: Sequence[str], *, unfinished: bool = False) -> list[Span]:
    """Return the spans in which the words of a phrase follow each other; the last may be a prefix if ``unfinished``."""
    size = len(phrase)
    places = []
    for i in range(len(sequence) - size + 1):
        if all(sequence[i + j].form == phrase[j] for j in range(size - 1)):
            last = sequence[i + size - 1].form
            if last == phrase[-1] or (unfinished and last.startswith(phrase[-1])):
                places.append((sequence[i].start, sequence[i + size - 1].end))
    return places


def _best_matches(unit: Unit, words: Words, title_end: int) -> list[Span]:
    """Return the spans of a unit's best match: terms that begin with the word, else an alternative or similar terms."""
    if is_short(unit.word):
        found = words.places((unit.word,)) or [s for s in words.beginning(unit.word) if s[1] <= title_end]
    else:
        found = words.beginning(unit.word)
    if found:
        return found
    for alternative in unit.alternatives:
        if words.forms.issuperset(alternative.terms):
            return words.places(alternative.terms)
    present = unit.spellings.keys() & words.forms
    best = max((unit.spellings[term] for term in present), default=0.0)
    return words.places([term for term in present if unit.spellings[term] == best])


def _merged(marked: list[Span]) -> tuple[Span, ...]:
    """Return spans in order, with overlapping and adjacent ones merged."""
    result: list[Span] = []
    for start, end in sorted(marked):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return tuple(result)
