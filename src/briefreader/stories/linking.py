"""Group insights into stories by their similarity (single linkage with limited chaining) and the user's decisions.

The result depends only on the pairs, not on their order, so updates and a rebuild give the same stories. It is designed
for connected groups of a few hundred insights.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from briefreader.model import Pair, Report

LINK = 0.65  # minimum probability of a pair that links two insights
LINK_GROUPS = 0.5  # minimum probability of a pair that links two groups of several insights
MEAN = 0.4  # minimum mean probability of all pairs of near insights between two groups; limits chaining
MAX_GAP_DAYS = 4.0  # maximum days between linked insights
MAX_SPAN_DAYS = 21.0  # maximum days from the first to the last insight of a story that the user didn't merge
TEMPLATE = 0.6  # minimum cosine of texts that a publisher repeats almost verbatim
VERBATIM = 0.95  # minimum cosine of texts that a publisher repeats verbatim

Key = int


def without_templates(pairs: Iterable[Pair], places: Mapping[Key, Report]) -> list[Pair]:
    """Return the pairs that may link insights, without texts that a publisher repeats.

    A text is repeated if it occurs twice verbatim, or three times almost verbatim.
    """
    pairs = list(pairs)
    repeated = templates(pairs, places)
    return [p for p in pairs if repeated.isdisjoint((p.one, p.other))]


def templates(pairs: Iterable[Pair], places: Mapping[Key, Report]) -> set[Key]:
    """Return the insights that their publisher repeats."""
    own = [p for p in pairs if places[p.one].publisher == places[p.other].publisher and p.cosine >= TEMPLATE]
    times: dict[Key, int] = defaultdict(int)
    for pair in own:
        times[pair.one] += 1
        times[pair.other] += 1
    template = {key for key, count in times.items() if count > 1}
    return template | {key for p in own if p.cosine >= VERBATIM for key in (p.one, p.other)}


def stories(
    pairs: Iterable[Pair],
    places: Mapping[Key, Report],
    same: Iterable[tuple[Key, Key]] = (),
    apart: Iterable[tuple[Key, Key]] = (),
) -> list[list[Key]]:
    """Return the insights of each story (of two or more briefings) in order of time, the earliest story first.

    Args:
        pairs: similar insights, of any probability; each pair once.
        places: date, order, briefing and publisher of each insight.
        same: pairs that the user merged.
        apart: pairs that the user separated; they override ``same``.
    """
    groups = _Groups(pairs, places, apart)
    for one, other in sorted((min(p), max(p)) for p in same):
        if one in places and other in places:
            groups.join(one, other)
    links = [p for p in groups.pairs if p.probability >= LINK_GROUPS and groups.are_near(p.one, p.other)]
    for pair in sorted(links, key=lambda p: (-p.probability, places[p.one].order, places[p.other].order)):
        grown = all(len(groups.members[groups.group[key]]) > 1 for key in (pair.one, pair.other))
        if (pair.probability >= LINK or grown) and groups.joinable(pair.one, pair.other):
            groups.join(pair.one, pair.other)
    found = [sorted(m, key=lambda k: places[k].order) for m in groups.members.values() if len(m) > 1]
    found = [m for m in found if len({places[k].briefing for k in m}) > 1]
    return sorted(found, key=lambda m: places[m[0]].order)


class _Groups:
    """Disjoint groups of insights; ``sums`` has the summed probability of the pairs between two groups."""

    def __init__(self, pairs: Iterable[Pair], places: Mapping[Key, Report], apart: Iterable[tuple[Key, Key]]) -> None:
        self.pairs = [p for p in pairs if p.one in places and p.other in places]
        self.days = {key: place.day for key, place in places.items()}
        keys = {key for p in self.pairs for key in (p.one, p.other)} | set(places)
        self.members: dict[Key, list[Key]] = {key: [key] for key in keys}
        self.group = {key: key for key in keys}
        self.sums: dict[Key, dict[Key, float]] = defaultdict(lambda: defaultdict(float))
        for pair in self.pairs:
            self.sums[pair.one][pair.other] += pair.probability
            self.sums[pair.other][pair.one] += pair.probability
        self.apart: dict[Key, set[Key]] = defaultdict(set)
        for one, other in apart:
            self.apart[one].add(other)
            self.apart[other].add(one)

    def joinable(self, one: Key, other: Key) -> bool:
        """Whether the groups of two insights are similar enough, and close enough in time, to be joined."""
        left, right = self.group[one], self.group[other]
        if left == right:
            return False
        days = [self.days[key] for group in (left, right) for key in self.members[group]]
        if max(days) - min(days) > MAX_SPAN_DAYS:
            return False
        between = sum(self.are_near(a, b) for a in self.members[left] for b in self.members[right])
        return self.sums[left][right] >= MEAN * between

    def are_near(self, one: Key, other: Key) -> bool:
        """Whether two insights are close enough in time to be linked."""
        return abs(self.days[one] - self.days[other]) <= MAX_GAP_DAYS

    def join(self, one: Key, other: Key) -> None:
        """Join the groups of two insights, unless the user separated any of their insights."""
        left, right = self.group[one], self.group[other]
        if left == right or self._kept_apart(left, right):
            return
        if len(self.members[left]) < len(self.members[right]):
            left, right = right, left
        for key in self.members[right]:
            self.group[key] = left
        self.members[left] += self.members.pop(right)
        for third, value in self.sums.pop(right, {}).items():
            del self.sums[third][right]
            if third != left:
                self.sums[left][third] += value
                self.sums[third][left] += value

    def _kept_apart(self, left: Key, right: Key) -> bool:
        """Whether the user separated any insight of one group from one of the other."""
        return any(
            not self.apart[key].isdisjoint(self.members[right]) for key in self.members[left] if key in self.apart
        )
