"""Choose what to read first within a number of words.

Greedy selection of a submodular gain under a word budget (Lin and Bilmes 2010): an insight's worth times the share of
its rare words that nothing chosen before has, divided by the square root of its length. Deterministic; thousands of
insights take a fraction of a second.
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
MAX_SHOWN_WORDS = 60  # maximum words shown of an insight: its first sentences
MIN_COST = 30  # minimum cost of an insight in words, for its source
NOVELTY = {"new": 1.0, "updated": 0.8, "repeat": 0.35}  # a repeat of one source counts nothing
NO_TOPIC = 0.4  # weight of an insight without a topic, if others have one
MIN_GAIN = 0.02
MIN_WORTH = 0.1  # of an insight without a sentence that can be one
SOURCES = 1.5  # power of the number of sources
RANK = 0.02  # discount for each insight that its briefing lists before
OTHERS = 0.1  # discount for further insights of a briefing
PLAIN = 0.6  # factor for an insight without names and figures
ENOUGH_NATS = 15.0  # names and figures for the full factor


@dataclass(frozen=True, slots=True)
class Candidate:
    """An insight that may be chosen.

    ``weight`` is the weight of its best topic, ``confidence`` the topic's score, ``liking`` above 1 if its source is
    often starred. ``rank`` counts from 0 within its briefing. ``worth`` as of ``Insight``.
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

    ``substance`` counts names and figures, ``others`` the insights of the same briefing already chosen, ``uncovered``
    is the share of its rare words that nothing chosen has.
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
    """A chosen insight; ``text`` is what is shown of it."""

    candidate: Candidate
    text: str
    words: int
    gain: float
    parts: Parts


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What was left out of a brief, and why."""

    repeats: int = 0  # reported before
    same_story: int = 0  # other reports of chosen stories
    no_topic: int = 0  # below every topic's threshold
    time: int = 0
    first: tuple[int, ...] = ()  # keys of what comes next, best first


@dataclass(frozen=True, slots=True)
class Brief:
    """The chosen insights in order, and what was left out."""

    chosen: tuple[Chosen, ...] = ()
    left_out: LeftOut = field(default_factory=LeftOut)
    words: int = 0


def shown(text: str, most: int = MAX_SHOWN_WORDS) -> str:
    """Return the first sentences of a text, up to a number of words; at least one."""
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
        words: the words of each candidate, by key.
        idf: the weight of each word.
        budget: maximum words.
        most: maximum insights.
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
        if ratio + 1e-12 < -before:  # gains only decrease: recompute on its turn
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
        told = bool(each.story) and each.story in self.stories
        told = told or (each.status == "repeat" and each.sources < 2)
        topic = each.weight if each.topic or not self.with_topics else NO_TOPIC
        return Parts(
            0.0 if told else NOVELTY.get(each.status, 1.0),
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
        every = sum(float(self.idf[word]) for word in self.words[n])
        left = sum(float(self.idf[word]) for word in self.words[n] if word not in self.covered)
        return left / every if every else 0.0

    def ratio(self, n: int) -> float:
        """Return gain by cost; the square root keeps long insights competitive."""
        return self.parts(n).product / math.sqrt(self.costs[n])

    def take(self, n: int) -> Chosen:
        """Choose a candidate."""
        parts, each = self.parts(n), self.candidates[n]
        self.covered |= self.words[n]
        self.taken[each.briefing] += 1
        if each.story:
            self.stories.add(each.story)
        return Chosen(each, self.texts[n], count_words(self.texts[n]), parts.product, parts)


def _substance(words: Numbers, idf: Floats) -> float:
    named = float(idf[words[(words & NAME) > 0] & WORD].sum())
    return 1 - PLAIN + PLAIN * min(1.0, named / ENOUGH_NATS)


def _left_out(candidates: Sequence[Candidate], chosen: Sequence[Chosen], waiting: Sequence[int]) -> LeftOut:
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
