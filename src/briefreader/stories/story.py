"""A story, and why its insights belong together."""

from __future__ import annotations

from dataclasses import dataclass

from briefreader.model import day_number


@dataclass(frozen=True, slots=True)
class Shared:
    """What two reports share: ``kind`` is word, name, figure or link; ``weight`` in nats, 0 if it has none."""

    kind: str
    text: str
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class Story:
    """Insights of different briefings that report the same news, in order of time.

    ``id`` is the first insight's with prefix ``s``; ``figures`` are those that differ between the reports.
    """

    id: str
    title: str
    insights: tuple[str, ...]
    briefings: int
    sources: int
    first: str
    last: str
    first_source: str = ""
    figures: tuple[str, ...] = ()
    reasons: tuple[Shared, ...] = ()

    @property
    def days(self) -> int:
        """Number of days from the first report to the last."""
        return day_number(self.last) - day_number(self.first) + 1
