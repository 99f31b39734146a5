"""Options of an export."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from briefreader import paths

if TYPE_CHECKING:
    from pathlib import Path

    from briefreader.config import ExportSettings


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """How briefings are exported.

    Args:
        format: ``markdown``, or ``json``, ``jsonl``, ``csv``, ``readwise``, ``csl`` for one file of data.
        profile: the app that reads the notes: ``obsidian``, ``logseq``, ``hugo``, ``plain``.
        template: a Jinja2 template for a note's body.
        group_by: ``topic`` for a note per topic instead of one per briefing.
        since: only briefings published in a period (``30d``, ``2w``, ``6m``, ``1y``) or since a date.
        single: one file with all briefings: a name within the folder (or a path, without one), ``-`` for a stream.
        name: pattern for new notes' names, such as ``{published} {title}``; empty for the profile's default.
        rename: rename notes whose name was not changed by the user.
        top: with ``group_by``, maximum insights per topic.
        brief: minutes of reading; one brief of the day instead of a note per briefing, none without news.
        all_insights: all insights of a topic, and all items of a digest, not only those of its first topics.
        full_text: include the full text, not only key insights.
        wikilinks: topics as links between notes.
        dry_run: write nothing; report what a run would do.
        diff: fill in the differences.
    """

    format: str = "markdown"
    profile: str = "obsidian"
    template: Path | None = None
    group_by: str | None = None
    since: str | None = None
    single: str | None = None
    name: str = ""
    rename: bool = False
    top: int = 5
    brief: int = 0
    all_insights: bool = False
    full_text: bool = False
    wikilinks: bool = False
    dry_run: bool = False
    diff: bool = False

    @classmethod
    def of(cls, settings: ExportSettings, **changes: Any) -> ExportOptions:
        """Return the options from the settings, with those of ``changes`` that aren't None."""
        template = paths.from_user(settings.template) if settings.template else None
        options = cls(profile=settings.profile, template=template, name=settings.name, full_text=settings.full_text)
        return replace(options, **{name: value for name, value in changes.items() if value is not None})
