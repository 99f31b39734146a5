"""What to mark in an insight that was found: the words that answer the query's words.

Of what is like a word, only the most similar that the insight holds is marked: where it says ``model`` itself,
``modal`` is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from briefreader.search.units import SHORT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from briefreader.search.analysis import Located
    from briefreader.search.units import Unit

Span = tuple[int, int]


def spans(
    title: str, held: Mapping[str, Sequence[Span]], units: Iterable[Unit], phrases: Iterable[Span] = ()
) -> tuple[Span, ...]:
    """What answers the units, merged and in order.

    ``held`` says where each term of ``title + "\n" + text`` stands; ``phrases`` are places to be marked as well.
    """
    marked = [*phrases]
    for unit in units:
        marked += _answers(unit, held, len(title))
    return _merged(marked)


def phrase_places(sequence: Sequence[Located], phrase: Sequence[str], *, unfinished: bool = False) -> list[Span]:
    """Where the words of a phrase stand one after the other; the last may be a beginning when ``unfinished``."""
    size = len(phrase)
    places = []
    for i in range(len(sequence) - size + 1):
        if all(sequence[i + j].form == phrase[j] for j in range(size - 1)):
            last = sequence[i + size - 1].form
            if last == phrase[-1] or (unfinished and last.startswith(phrase[-1])):
                places.append((sequence[i].start, sequence[i + size - 1].end))
    return places


def _answers(unit: Unit, held: Mapping[str, Sequence[Span]], title_end: int) -> list[Span]:
    """The words held that answer the unit's word best: itself and what begins with it, else its stand-ins."""
    word = unit.word
    exact = [*held.get(word, ())]
    begun: list[Span] = []
    if len(word) > SHORT or not exact:
        begun = [span for form, places in held.items() if form.startswith(word) and form != word for span in places]
        if len(word) <= SHORT:
            begun = [span for span in begun if span[1] <= title_end]
    if exact or begun:
        return exact + begun
    for alternative in unit.alternatives:
        if all(term in held for term in alternative.terms):
            return [span for term in alternative.terms for span in held[term]]
    present = [s for s in unit.spellings if s.term in held]
    best = max((s.similarity for s in present), default=0.0)
    return [span for s in present if s.similarity == best for span in held[s.term]]


def _merged(marked: list[Span]) -> tuple[Span, ...]:
    result: list[Span] = []
    for start, end in sorted(marked):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return tuple(result)
