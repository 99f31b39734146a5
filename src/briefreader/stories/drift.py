"""Find topic drift: words that become more or less frequent in the insights of a topic.

The score of a word is the log-odds ratio of insights that contain it, in the last third of the weeks against the weeks
before, divided by the ratio's standard error (Monroe, Colaresi and Quinn 2008).
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
MIN_PER_PERIOD = 8  # minimum insights of the topic in the last weeks, and in the weeks before
MAX_SHARE = 0.3  # maximum share of the topic's insights with the word
MIN_Z = 1.6  # minimum absolute score
PRIOR = 0.5  # added to each count


@dataclass(frozen=True, slots=True)
class Trend:
    """A word (by number) that becomes more frequent (``z`` above 0) or less frequent.

    ``weeks`` has the number of insights with the word in each week.
    """

    number: int
    z: float
    weeks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Drift:
    """A word of a topic with its trend, and the latest insight with the word; the first one if ``z`` is negative."""

    topic: str
    word: str
    z: float
    weeks: tuple[int, ...]
    insight_id: str
    text: str


def trends(weeks: Sequence[int], words: Sequence[Numbers], span: int, most: int = 3) -> list[Trend]:
    """Return the words that rise most, then those that fall most; [] if there are too few insights.

    Args:
        weeks: each insight's week, from 0 to ``span - 1``.
        words: each insight's words, as from ``terms.word_numbers``.
        span: number of weeks.
        most: maximum rising words, and maximum falling words.
    """
    split = span - max(span // 3, 1)
    recent = sum(week >= split for week in weeks)
    if min(recent, len(weeks) - recent) < MIN_PER_PERIOD:
        return []
    flat = np.concatenate(words) & WORD
    when = np.repeat(np.asarray(weeks), [len(row) for row in words])
    late = np.bincount(flat[when >= split], minlength=1 << BITS) + PRIOR
    early = np.bincount(flat[when < split], minlength=1 << BITS) + PRIOR
    total_late, total_early = recent + 2 * PRIOR, len(weeks) - recent + 2 * PRIOR
    odds = np.log(late / np.maximum(total_late - late, PRIOR)) - np.log(early / np.maximum(total_early - early, PRIOR))
    z = odds / np.sqrt(1 / late + 1 / early)
    count = late + early - 2 * PRIOR
    z[(count < MIN_INSIGHTS) | (count > max(MAX_SHARE * len(words), MIN_INSIGHTS))] = 0.0
    order = np.argsort(-z, kind="stable")
    chosen = [n for n in order[:most] if z[n] >= MIN_Z] + [n for n in order[::-1][:most] if z[n] <= -MIN_Z]
    return [
        Trend(int(n), round(float(z[n]), 2), tuple(np.bincount(when[flat == n], minlength=span).tolist()))
        for n in chosen
    ]
