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
        format: ``markdown`` for notes; ``json``, ``jsonl``, ``csv``, ``readwise`` or ``csl`` for one file of data.
        profile: the app that reads the notes: ``obsidian``, ``logseq``, ``hugo``, ``plain``.
        template: a Jinja2 template for a note's body.
        group_by: ``topic`` for a note per topic instead of one per briefing.
        since: export only briefings published in the last ``30d``, ``2w``, ``6m`` or ``1y``, or since a date.
        single: write all briefings to one file: its name in the folder, or its path if no folder is given. With ``-``,
            the text is yielded instead.
        name: pattern for the names of new notes, such as ``{published} {title}``; empty for the profile's default.
        rename: rename notes whose names the user didn't change.
        top: maximum number of insights per topic, with ``group_by``.
        brief: minutes of reading; if not 0, a brief is written instead of the notes, or nothing if there is no news.
        all_insights: include all insights of a topic, and all items of a digest, not only those of its main topics.
        full_text: include the full text, not only key insights.
        wikilinks: write topics as links between notes.
        dry_run: write nothing; report what a run would do.
        diff: include in each result the changes of the file as a diff.
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
        """Return the settings as options, overridden by those ``changes`` that aren't None."""
        template = paths.from_user(settings.template) if settings.template else None
        options = cls(profile=settings.profile, template=template, name=settings.name, full_text=settings.full_text)
        return replace(options, **{name: value for name, value in changes.items() if value is not None})
