"""Choose what to read first within a number of words.

Insights are selected greedily by their gain, divided by the square root of their length, under a budget of words
(submodular maximisation, Lin and Bilmes 2010). The gain is a product of factors (``Parts``), such as the worth of the
insight and the share of its words, weighted by rarity, that no chosen insight has. The result is deterministic.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter
from dataclasses import astuple, dataclass, field
from typing import TYPE_CHECKING

from briefreader.stories.terms import NAME, WORD
from briefreader.text import count_words, sentences

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from briefreader.stories.terms import Floats, Numbers

WORDS_PER_MINUTE = 230
MAX_SHOWN_WORDS = 60  # maximum words of an insight that are shown, as whole sentences
MIN_COST = 30  # a shorter insight counts as this many words, since its source is shown too
NOVELTY = {"new": 1.0, "updated": 0.8, "repeat": 0.35}  # a repeat from a single source has no gain
NO_TOPIC = 0.4  # weight of an insight without a topic, if other insights have topics
MIN_GAIN = 0.02  # minimum gain of a chosen insight
MIN_WORTH = 0.1  # a lower worth counts as this
SOURCES = 1.5  # exponent of the number of sources
RANK = 0.02  # discount for each insight that its briefing lists before it
OTHERS = 0.1  # discount for each chosen insight of the same briefing
PLAIN = 0.6  # discount for an insight without names and figures
ENOUGH_NATS = 15.0  # minimum summed IDF of names and figures for an insight without this discount


@dataclass(frozen=True, slots=True)
class Candidate:
    """An insight that may be chosen.

    ``status`` is a key of ``NOVELTY``. ``story`` is 0 if it has none; ``sources`` is the number of the story's sources.
    ``weight`` is the weight of its best topic, ``confidence`` the topic's score; ``liking`` is above 1 if its source is
    often starred. ``rank`` is its number within the briefing, from 0, and ``worth`` is that of ``Insight``.
    """

    key: int
    text: str
    briefing: int = 0
    status: str = "new"
    story: int = 0
    sources: int = 1
    topic: str = ""
    weight: float = 1.0
    confidence: float = 1.0
    liking: float = 1.0
    rank: int = 0
    worth: float = 1.0


@dataclass(frozen=True, slots=True)
class Parts:
    """The factors of an insight's gain.

    ``substance`` rises with names and figures, ``others`` falls with each chosen insight of the same briefing, and
    ``uncovered`` is the share of the insight's words, weighted by rarity, that no chosen insight has.
    """

    novelty: float
    topic: float
    confidence: float
    liking: float
    sources: float
    rank: float
    worth: float
    substance: float
    others: float
    uncovered: float

    @property
    def product(self) -> float:
        """The gain."""
        return float(math.prod(astuple(self)))


@dataclass(frozen=True, slots=True)
class Chosen:
    """A chosen insight; ``text`` is the part of it that is shown, ``words`` the length of this part."""

    candidate: Candidate
    text: str
    words: int
    gain: float
    parts: Parts


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The number of insights left out of a brief, by reason, and the best of those that didn't fit."""

    repeats: int = 0  # reported before
    same_story: int = 0  # other reports of chosen stories
    no_topic: int = 0  # without a topic
    time: int = 0  # beyond the budget or the maximum number, or with too little gain
    first: tuple[int, ...] = ()  # keys of up to five insights beyond the budget or the maximum number, best first


@dataclass(frozen=True, slots=True)
class Brief:
    """The chosen insights, best first, and what was left out; ``words`` are the words of the budget that they use."""

    chosen: tuple[Chosen, ...] = ()
    left_out: LeftOut = field(default_factory=LeftOut)
    words: int = 0


def shown(text: str, most: int = MAX_SHOWN_WORDS) -> str:
    """Return the first sentences of a text, up to ``most`` words, but at least one sentence."""
    end = 0
    for start, stop in sentences(text):
        if end and count_words(text[:stop]) > most:
            break
        if not end or start >= end:
            end = stop
    return text[:end] if end else text


def select(
    candidates: Sequence[Candidate],
    words: Mapping[int, Numbers],
    idf: Floats,
    budget: int,
    *,
    most: int | None = None,
) -> Brief:
    """Choose insights, one per story, within a budget of words.

    Args:
        candidates: all candidates, in the order that breaks ties.
        words: the words of each candidate (as from ``terms.word_numbers``), by key.
        idf: the inverse document frequency of each word, by number.
        budget: maximum words.
        most: maximum insights; None for no maximum.
    """
    selection = _Selection(candidates, words, idf)
    heap = [(-selection.ratio(n), n) for n in range(len(candidates))]
    heapq.heapify(heap)
    chosen: list[Chosen] = []
    spent = 0
    waiting: list[int] = []
    while heap:
        before, n = heapq.heappop(heap)
        ratio = selection.ratio(n)
        if ratio + 1e-12 < -before:  # gains only decrease, so a candidate is only recomputed when it comes first
            heapq.heappush(heap, (-ratio, n))
            continue
        if selection.parts(n).product < MIN_GAIN:
            continue
        if spent + selection.costs[n] > budget or (most is not None and len(chosen) >= most):
            waiting.append(n)
            continue
        spent += selection.costs[n]
        chosen.append(selection.take(n))
    return Brief(tuple(chosen), _left_out(candidates, chosen, waiting), spent)


class _Selection:
    """The state of the selection: covered words, and each candidate's gain."""

    def __init__(self, candidates: Sequence[Candidate], words: Mapping[int, Numbers], idf: Floats) -> None:
        self.candidates = candidates
        self.texts = [shown(each.text) for each in candidates]
        self.costs = [max(count_words(text), MIN_COST) for text in self.texts]
        self.words = [set((words[each.key] & WORD).tolist()) for each in candidates]
        self.substance = [_substance(words[each.key], idf) for each in candidates]
        self.idf = idf
        self.covered: set[int] = set()
        self.stories: set[int] = set()
        self.taken: Counter[int] = Counter()  # insights by briefing
        self.with_topics = any(each.topic for each in candidates)

    def parts(self, n: int) -> Parts:
        """Return the current factors of a candidate's gain."""
        each = self.candidates[n]
        reported = bool(each.story) and each.story in self.stories
        reported = reported or (each.status == "repeat" and each.sources < 2)
        topic = each.weight if each.topic or not self.with_topics else NO_TOPIC
        return Parts(
            0.0 if reported else NOVELTY.get(each.status, 1.0),
            topic,
            each.confidence if each.topic else 1.0,
            each.liking,
            each.sources**SOURCES,
            1 / (1 + RANK * each.rank),
            max(each.worth, MIN_WORTH),
            self.substance[n],
            1 / (1 + OTHERS * self.taken[each.briefing]),
            self._uncovered(n),
        )

    def _uncovered(self, n: int) -> float:
        """Return the share of a candidate's words, weighted by rarity, that no chosen insight has."""
        every = sum(float(self.idf[word]) for word in self.words[n])
        left = sum(float(self.idf[word]) for word in self.words[n] if word not in self.covered)
        return left / every if every else 0.0

    def ratio(self, n: int) -> float:
        """Return the gain divided by the square root of the length, which gives long insights a chance."""
        return self.parts(n).product / math.sqrt(self.costs[n])

    def take(self, n: int) -> Chosen:
        """Choose a candidate, and return it as it is shown."""
        parts, each = self.parts(n), self.candidates[n]
        self.covered |= self.words[n]
        self.taken[each.briefing] += 1
        if each.story:
            self.stories.add(each.story)
        return Chosen(each, self.texts[n], count_words(self.texts[n]), parts.product, parts)


def _substance(words: Numbers, idf: Floats) -> float:
    """Return the factor for names and figures, 0.4 without any."""
    named = float(idf[words[(words & NAME) > 0] & WORD].sum())
    return 1 - PLAIN + PLAIN * min(1.0, named / ENOUGH_NATS)


def _left_out(candidates: Sequence[Candidate], chosen: Sequence[Chosen], waiting: Sequence[int]) -> LeftOut:
    """Count the insights that were not chosen, by reason."""
    taken = {each.candidate.key for each in chosen}
    stories = {each.candidate.story for each in chosen if each.candidate.story}
    with_topics = any(each.topic for each in candidates)
    why = Counter(
        "same_story" if each.story in stories
        else "repeats" if each.status == "repeat"
        else "no_topic" if with_topics and not each.topic
        else "time"
        for each in candidates if each.key not in taken
    )  # fmt: skip
    first = tuple(candidates[n].key for n in waiting if candidates[n].story not in stories)[:5]
    return LeftOut(**why, first=first)
