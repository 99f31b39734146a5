"""What to mark in an insight that was found: the words that answer the query's words.

Of what is like a word, only the most similar that the insight holds is marked: where it says ``model`` itself,
``modal`` is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from briefreader.search.analysis import located
from briefreader.search.units import SHORT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from briefreader.search.analysis import Located
    from briefreader.search.units import Unit

Span = tuple[int, int]


def spans(title: str, text: str, units: Iterable[Unit], phrases: Sequence[Sequence[str]] = ()) -> tuple[Span, ...]:
    """Offsets into ``title + "\\n" + text`` of what answers the units and phrases, merged and in order."""
    whole = f"{title}\n{text}"
    words = located(whole)
    held: dict[str, list[Located]] = {}
    for word in words:
        held.setdefault(word.form, []).append(word)
    marked: list[Span] = []
    for unit in units:
        marked += [(w.start, w.end) for w in _answers(unit, held, len(title))]
    if phrases:
        sequence = located(whole, wholes=True)
        for phrase in phrases:
            marked += phrase_places(sequence, phrase)
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


def _answers(unit: Unit, held: Mapping[str, Sequence[Located]], title_end: int) -> list[Located]:
    """The words held that answer the unit's word best: itself and what begins with it, else its stand-ins."""
    exact = list(held.get(unit.word, ()))
    if len(unit.word) > SHORT:
        begun = [w for form, words in held.items() if form.startswith(unit.word) and form != unit.word for w in words]
    elif not exact:
        begun = [w for form, words in held.items() if form.startswith(unit.word) for w in words if w.end <= title_end]
    else:
        begun = []
    if exact or begun:
        return exact + begun
    for alternative in unit.alternatives:
        if all(term in held for term in alternative.terms):
            return [w for term in alternative.terms for w in held[term]]
    present = [s for s in unit.spellings if s.term in held]
    best = max((s.similarity for s in present), default=0.0)
    return [w for s in present if s.similarity == best for w in held[s.term]]


def _merged(marked: list[Span]) -> tuple[Span, ...]:
    result: list[Span] = []
    for start, end in sorted(marked):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return tuple(result)
