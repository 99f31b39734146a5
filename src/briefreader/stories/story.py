"""Data types: a story, its reports, and what they share."""

from __future__ import annotations

from dataclasses import dataclass

from briefreader.model import day_number


@dataclass(frozen=True, slots=True)
class Shared:
    """What two reports share: ``kind`` is word, name, figure or link; ``weight`` is its IDF, 0 if it has none."""

    kind: str
    text: str
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """A report of a story: ``sentence`` is the one that shares most with the other reports."""

    insight: str
    source: str
    published: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Story:
    """Insights of different briefings that report the same news, in order of time.

    ``id`` is the ID of the first insight with the prefix ``s``. ``figures`` are up to three that differ between the
    reports. ``reasons`` are what the report that gives the story its title shares with as many others as possible.
    ``briefings`` and ``sources`` are numbers; ``first`` and ``last`` are the dates of the first and last report.
    """

    id: str
    title: str
    reports: tuple[Report, ...]
    briefings: int
    sources: int
    first: str
    last: str
    figures: tuple[str, ...] = ()
    reasons: tuple[Shared, ...] = ()

    @property
    def insights(self) -> tuple[str, ...]:
        """The IDs of the insights, in order."""
        return tuple(report.insight for report in self.reports)

    @property
    def names(self) -> str:
        """The names of all sources, in order of their first report, joined by commas."""
        return ", ".join(dict.fromkeys(report.source or "unknown source" for report in self.reports))

    @property
    def shared(self) -> str:
        """The figures, names and words in ``reasons``, joined by commas."""
        return ", ".join(dict.fromkeys(part.text for part in self.reasons if part.kind != "link"))

    @property
    def days(self) -> int:
        """The number of days from the first report to the last, including both."""
        return day_number(self.last) - day_number(self.first) + 1
