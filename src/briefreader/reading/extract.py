"""Key insights of a document that states none: the sentences that say most of what it says, each one of a block.

The values of ``weights.py`` within a budget of words, less what is said twice (maximal marginal relevance, Carbonell &
Goldstein 1998): a greedy choice by value for length, then swaps while they help. Three profiles: NEWS for digests,
ESSAY for a personal voice, DOCUMENT for the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import mul
from types import MappingProxyType
from typing import TYPE_CHECKING

from briefreader.reading.features import Sentence, cosine, is_chatter, is_digest, split, table, technicality, voice
from briefreader.reading.insights import Passage, first_clause
from briefreader.reading.weights import DOCUMENT, ESSAY, NEWS, Profile

if TYPE_CHECKING:
    from briefreader.reading.markdown import Block

TopicFinder = Callable[[str], Sequence[tuple[str, int, int]]]
"""Topics named in a text, as (topic id, start, end)."""

Added = Callable[[int, Sequence[int]], float]

MAX_SENTENCES = 6
REDUNDANCY = 0.5
PERSONAL = 0.04
_POOL = 40
_SWAPS = 12
FLOOR = 1e-3
_TOPIC = 0.7  # what the first sentence about a topic of the reader's taxonomy gains, in the best sentence's value
_CHATTER = 0.5


def extract(body: str, found: list[Block], finder: TopicFinder | None = None) -> list[Passage]:
    """At most six passages of ``body``, in its order."""
    made = split(body, found)
    chosen = choose(made, found, profile_of(body, made, found), finder)
    return [Passage(first_clause(s.text), s.text, s.start, s.end, "extracted") for s in chosen]


def profile_of(body: str, made: list[Sentence], found: list[Block]) -> Profile:
    """NEWS for a digest, ESSAY where one in 25 sentences says "I" and no more speak in code, else DOCUMENT."""
    if is_digest(body, found):
        return NEWS
    return ESSAY if voice(made) >= max(PERSONAL, technicality(made)) else DOCUMENT


def choose(
    made: list[Sentence], found: list[Block], profile: Profile, finder: TopicFinder | None = None
) -> list[Sentence]:
    """The key sentences in order: ``MOST`` at most, one a block, within the profile's budget."""
    values = {i: _value(made[i], row, profile) for i, row in enumerate(table(made, found)) if row is not None}
    topics = {i: frozenset(hit[0] for hit in finder(made[i].text)) for i in values} if finder else {}
    return [made[i] for i in sorted(best(made, values, profile, topics))]


def _value(s: Sentence, row: tuple[float, ...], profile: Profile) -> float:
    value = max(profile.bias + float(sum(map(mul, profile.weights, row))), FLOOR)
    return value * _CHATTER if is_chatter(s) else value


def best(
    made: list[Sentence],
    values: dict[int, float],
    profile: Profile,
    topics: Mapping[int, frozenset[str]] = MappingProxyType({}),
) -> list[int]:
    """The numbers of the sentences that are worth the most together, within the budget."""
    if not values:
        return []
    gain = _TOPIC * max(values.values())

    def density(i: int) -> float:
        return float((values[i] + gain * len(topics.get(i, ()))) / made[i].words ** profile.length)

    pool = sorted(values, key=lambda i: -density(i))[:_POOL]
    known: dict[tuple[int, int], float] = {}

    def shared(i: int, j: int) -> float:
        """What two sentences say twice, in value."""
        pair = (min(i, j), max(i, j))
        if pair not in known:
            known[pair] = REDUNDANCY * cosine(made[i].vector, made[j].vector) * min(values[i], values[j])
        return known[pair]

    def added(i: int, others: Sequence[int]) -> float:
        """What ``i`` adds to ``others``: its value and its new topics, less what they say already."""
        own = topics.get(i)
        fresh = len(own.difference(*(topics[j] for j in others))) if own else 0
        return values[i] + gain * fresh - sum(shared(i, j) for j in others)

    chosen = _greedy(made, profile, pool, added)
    return _swapped(made, profile.budget, pool, chosen, added)


def _greedy(made: list[Sentence], profile: Profile, pool: list[int], added: Added) -> list[int]:
    chosen: list[int] = []
    left = profile.budget
    lengths = {i: made[i].words ** profile.length for i in pool}
    while len(chosen) < MAX_SENTENCES:
        taken = {made[i].block for i in chosen}
        fitting = [i for i in pool if made[i].words <= left and made[i].block not in taken]
        if not fitting:
            break
        chosen.append(max(fitting, key=lambda i: added(i, chosen) / lengths[i]))
        left -= made[chosen[-1]].words
    return chosen


def _swapped(made: list[Sentence], budget: int, pool: list[int], chosen: list[int], added: Added) -> list[int]:
    """Local search: add or exchange one sentence at a time while the whole gains."""
    alone = {i: added(i, ()) for i in pool}
    for _ in range(_SWAPS):
        used = sum(made[i].words for i in chosen)
        most, better = 1e-9, None
        for out in [*chosen, None]:
            if out is None and len(chosen) >= MAX_SENTENCES:
                continue
            rest = [i for i in chosen if i != out]
            lost = 0.0 if out is None else added(out, rest)
            room = budget - used + (0 if out is None else made[out].words)
            blocks = {made[i].block for i in rest}
            for i in pool:
                if i in chosen or made[i].words > room or made[i].block in blocks or alone[i] - lost <= most:
                    continue
                if (won := added(i, rest) - lost) > most:
                    most, better = won, [*rest, i]
        if better is None:
            break
        chosen = better
    return chosen
