"""What an export is asked for, besides which briefings and where to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """How briefings are exported.

    Args:
        format: ``markdown``, or ``json``, ``jsonl``, ``csv`` for one file of data.
        profile: the app that reads the notes: ``obsidian``, ``logseq``, ``hugo``, ``plain``.
        template: a Jinja2 template of the reader's for a note's body.
        group_by: ``topic`` for a note per topic instead of one per briefing.
        since: only what was published in a period (``30d``, ``2w``, ``6m``, ``1y``) or since a date.
        single: one file for all, a digest: a name within the folder (or a path, without one), ``-`` for a stream.
        full_text: the whole text too, not only the key insights.
        wikilinks: topics as links between notes.
        dry_run: write nothing; what is reported is what a run would do.
        diff: fill in the differences.
    """

    format: str = "markdown"
    profile: str = "obsidian"
    template: Path | None = None
    group_by: str | None = None
    since: str | None = None
    single: str | None = None
    full_text: bool = False
    wikilinks: bool = False
    dry_run: bool = False
    diff: bool = False
