"""Exporting: notes for other apps, and the reader's edits in them read back.

``export_run`` and ``pull_run`` do the work. They are imported when they are used: opening the library must not load
a template engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from briefreader.library.browsing import Browsing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from briefreader.exporting.vault import Exported
    from briefreader.library.base import Progress
    from briefreader.library.pull_run import Pulled


class Exporting(Browsing):
    """Verbs between the library and a folder of notes."""

    def export(
        self,
        to: Path | None,
        query: str = "",
        *,
        format: str = "markdown",
        profile: str = "obsidian",
        template: Path | None = None,
        group_by: str | None = None,
        since: str | None = None,
        single: str | None = None,
        full_text: bool = False,
        wikilinks: bool = False,
        dry_run: bool = False,
        diff: bool = False,
        ids: Sequence[str] = (),
        progress: Callable[[Progress], None] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Iterator[Exported]:
        """Write the briefings that answer ``query`` as notes into the folder ``to``, merged with the reader's edits.

        Args:
            format: ``markdown``, or ``json``, ``jsonl``, ``csv`` for one file of data.
            profile: the app that reads the notes: ``obsidian``, ``logseq``, ``hugo``, ``plain``.
            template: a Jinja2 template of the reader's for a note's body.
            group_by: ``topic`` for a note a topic instead of one a briefing.
            since: only what was published in a period (``30d``, ``2w``, ``6m``, ``1y``) or since a date.
            single: one file for all, a digest: a name within ``to`` (or a path, without ``to``), ``-`` for a stream.
            dry_run: write nothing; what is reported is what a run would do. ``diff`` fills in the differences.
            ids: these briefings, instead of those that answer ``query``.
            cancelled: asked between notes; what is written by then stays.

        Yields one ``Exported`` a note as it is written; for a stream, pieces of its text.

        Raises:
            UsageError: an impossible option, or a template that fails, with its line.
            ExportStopped: the disk is full or read-only; what was written is whole, the rest is as it was.
        """
        from briefreader.library.export_run import ExportRun, Request

        request = Request(
            to=to,
            query=query,
            format=format,
            profile=profile,
            template=template,
            group_by=group_by,
            since=since,
            single=single,
            full_text=full_text,
            wikilinks=wikilinks,
            dry_run=dry_run,
            diff=diff,
            ids=tuple(ids),
        )
        return ExportRun(self, request, progress, cancelled).run()

    def pull(self, folder: Path, *, dry_run: bool = False) -> Pulled:
        """Read the reader's edits of exported notes back: tags as verdicts, notes as notes; one batch, undoable."""
        from briefreader.library.pull_run import pull

        return pull(self, folder, dry_run=dry_run)

    def quote(self, target: str, span: tuple[int, int] | None = None) -> str:
        """What a reader pastes elsewhere: a passage as a Markdown quote, with a link to its source.

        The passage is ``body[start:end]`` of a ``span``, else the insight's; of a briefing there is the link alone.
        """
        from briefreader.exporting.notes import quote

        briefing = self.briefing(target.partition(".")[0])
        if span is not None:
            return quote(briefing, briefing.body[slice(*span)])
        if "." not in target:
            return quote(briefing, "")
        insight = self.insight(target)
        return quote(briefing, briefing.body[insight.start : insight.end] or insight.text)
