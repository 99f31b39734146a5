"""Find topic drift: words that become more or less frequent in the insights of a topic.

The score of a word is the log-odds ratio of insights that contain it, in the last third of the weeks against the weeks
before, divided by its standard error (Monroe, Colaresi and Quinn 2008). ``stats`` and the Topics screen show the words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from briefreader.stories.terms import BITS, WORD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from briefreader.stories.terms import Numbers

MIN_INSIGHTS = 4  # minimum insights with the word
MIN_BEFORE = 8  # minimum insights of the topic in the last weeks, and in the weeks before
MAX_SHARE = 0.3  # maximum share of the topic's insights with the word
MIN_Z = 1.6  # minimum absolute score
PRIOR = 0.5  # added to each count


@dataclass(frozen=True, slots=True)
class Trend:
    """A word (by number) that becomes more frequent (``z`` above 0) or less.

    ``weeks`` are the numbers of insights that have it, by week.
    """

    number: int
    z: float
    weeks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Drift:
    """A word of a topic with its trend, and the latest insight that has it, or the first one if the word is falling."""

    topic: str
    word: str
    z: float
    weeks: tuple[int, ...]
    insight_id: str
    text: str


def trends(weeks: Sequence[int], words: Sequence[Numbers], span: int, most: int = 3) -> list[Trend]:
    """Return the words that rise most, then those that fall most.

    Args:
        weeks: each insight's week, from 0 to ``span - 1``.
        words: each insight's words, as from ``terms.cut``.
        span: number of weeks.
        most: maximum words of each kind.
    """
    split = span - max(span // 3, 1)
    recent = sum(week >= split for week in weeks)
    if min(recent, len(weeks) - recent) < MIN_BEFORE:
        return []
    flat = np.concatenate(words) & WORD
    when = np.repeat(np.asarray(weeks), [len(row) for row in words])
    late = np.bincount(flat[when >= split], minlength=1 << BITS) + PRIOR
    early = np.bincount(flat[when < split], minlength=1 << BITS) + PRIOR
    total_late, total_early = recent + 2 * PRIOR, len(weeks) - recent + 2 * PRIOR
    odds = np.log(late / np.maximum(total_late - late, PRIOR)) - np.log(early / np.maximum(total_early - early, PRIOR))
    z = odds / np.sqrt(1 / late + 1 / early)
    z[(late + early) > max(MAX_SHARE * len(words), MIN_INSIGHTS)] = 0.0
    z[late + early < MIN_INSIGHTS + 2 * PRIOR] = 0.0
    order = np.argsort(-z, kind="stable")
    chosen = [n for n in order[:most] if z[n] >= MIN_Z] + [n for n in order[::-1][:most] if z[n] <= -MIN_Z]
    return [
        Trend(int(n), round(float(z[n]), 2), tuple(np.bincount(when[flat == n], minlength=span).tolist()))
        for n in chosen
    ]
