"""A brief within a reading budget: which insights to read first, each with its gain, and what is left out.

Greedy selection of a submodular gain under a budget of words (Lin and Bilmes 2010): an insight's worth times the share
of its rare words that nothing chosen before has, for each word that it costs. Deterministic; thousands of insights
take a fraction of a second.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter
from dataclasses import astuple, dataclass, field
from typing import TYPE_CHECKING

from briefreader.stories.terms import NAME
from briefreader.text import count_words, sentences

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from briefreader.stories.terms import Floats, Numbers

WORDS_PER_MINUTE = 230
MAX_SHOWN_WORDS = 60  # of one insight: its first sentences
MIN_COST = 30  # words that reading any insight takes at least, with its source
NOVELTY = {"new": 1.0, "updated": 0.8, "repeat": 0.0}
NO_TOPIC = 0.4  # worth of an insight without a topic, where others have one
MIN_GAIN = 0.02
OTHERS = 0.15  # how fast a briefing's further insights lose
PLAIN = 0.6  # what an insight without names and figures loses
ENOUGH_NATS = 15.0  # of names and figures, to lose nothing


@dataclass(frozen=True, slots=True)
class Candidate:
    """An insight that a brief may hold.

    ``weight`` is what its best topic is worth to the reader, ``confidence`` the topic's score, ``liking`` more than 1
    where its source is often starred. ``rank`` counts from 0 within its briefing.
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


@dataclass(frozen=True, slots=True)
class Parts:
    """What an insight's gain is made of; they multiply.

    ``substance`` counts names and figures, ``others`` what the brief has of the same briefing already, ``uncovered``
    is the share of its rare words that nothing chosen has.
    """

    novelty: float
    topic: float
    confidence: float
    liking: float
    sources: float
    rank: float
    substance: float
    others: float
    uncovered: float

    @property
    def product(self) -> float:
        """The gain."""
        return float(math.prod(astuple(self)))


@dataclass(frozen=True, slots=True)
class Chosen:
    """An insight of a brief: ``text`` is what is shown of it."""

    candidate: Candidate
    text: str
    words: int
    gain: float
    parts: Parts


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What is not in a brief, and why."""

    repeats: int = 0  # reported before
    same_story: int = 0  # other reports of what is in it
    no_topic: int = 0  # below every topic's threshold
    time: int = 0
    first: tuple[int, ...] = ()  # keys of what comes next, the best first


@dataclass(frozen=True, slots=True)
class Brief:
    """What to read, in the order in which it was chosen."""

    chosen: tuple[Chosen, ...] = ()
    left_out: LeftOut = field(default_factory=LeftOut)
    words: int = 0


def shown(text: str, most: int = MAX_SHOWN_WORDS) -> str:
    """The first sentences of a text, as they stand, up to a number of words; at least one."""
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
    """Choose insights, one for each story, within a budget of words.

    Args:
        candidates: what there is, in the order that breaks ties.
        words: the words of each candidate, by key.
        idf: the weight of each word.
        budget: how many words the brief may have.
        most: how many insights it may have.
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
        if ratio + 1e-12 < -before:  # gains only fall: look again when it is its turn
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
    """The state of a greedy choice: what is covered, and each candidate's gain beside that."""

    def __init__(self, candidates: Sequence[Candidate], words: Mapping[int, Numbers], idf: Floats) -> None:
        self.candidates = candidates
        self.texts = [shown(each.text) for each in candidates]
        self.costs = [max(count_words(text), MIN_COST) for text in self.texts]
        self.words = [set((words[each.key] & ~NAME).tolist()) for each in candidates]
        self.substance = [_substance(words[each.key], idf) for each in candidates]
        self.idf = idf
        self.covered: set[int] = set()
        self.stories: set[int] = set()
        self.taken: Counter[int] = Counter()  # insights by briefing
        self.with_topics = any(each.topic for each in candidates)

    def parts(self, n: int) -> Parts:
        """What a candidate's gain is made of now."""
        each = self.candidates[n]
        told = bool(each.story) and each.story in self.stories
        topic = each.weight if each.topic or not self.with_topics else NO_TOPIC
        return Parts(
            0.0 if told else NOVELTY.get(each.status, 1.0),
            topic,
            each.confidence if each.topic else 1.0,
            each.liking,
            1 + math.log2(each.sources),
            1 / (1 + 0.05 * each.rank),
            self.substance[n],
            1 / (1 + OTHERS * self.taken[each.briefing]),
            self._uncovered(n),
        )

    def _uncovered(self, n: int) -> float:
        every = sum(float(self.idf[word]) for word in self.words[n])
        left = sum(float(self.idf[word]) for word in self.words[n] if word not in self.covered)
        return left / every if every else 0.0

    def ratio(self, n: int) -> float:
        """Gain by cost; the root keeps long insights in the running."""
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
    named = float(idf[words[words >= NAME] & ~NAME].sum())
    return 1 - PLAIN + PLAIN * min(1.0, named / ENOUGH_NATS)


def _left_out(candidates: Sequence[Candidate], chosen: Sequence[Chosen], waiting: Sequence[int]) -> LeftOut:
    taken = {each.candidate.key for each in chosen}
    stories = {each.candidate.story for each in chosen if each.candidate.story}
    with_topics = any(each.topic for each in candidates)
    why: Counter[str] = Counter()
    for each in candidates:
        if each.key in taken:
            continue
        if each.story in stories:
            why["same_story"] += 1
        elif each.status == "repeat":
            why["repeats"] += 1
        elif with_topics and not each.topic:
            why["no_topic"] += 1
        else:
            why["time"] += 1
    first = tuple(candidates[n].key for n in waiting if candidates[n].story not in stories)[:5]
    return LeftOut(why["repeats"], why["same_story"], why["no_topic"], why["time"], first)
