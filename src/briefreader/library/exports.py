"""Export notes for other apps, and read the reader's edits in them back.

``export_run`` and ``pull_run`` do the work. They are imported when they are used: opening the library must not load
a template engine.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from briefreader.library.export_options import ExportOptions
from briefreader.library.progress import CancelCheck, not_cancelled

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from briefreader.exporting.vault import Exported
    from briefreader.library.batches import Batches
    from briefreader.library.browsing import Browsing
    from briefreader.library.current_taxonomy import CurrentTaxonomy
    from briefreader.library.news import News
    from briefreader.library.progress import Report
    from briefreader.library.pull_run import Pulled
    from briefreader.query import Query
    from briefreader.storage.database import Database

DEFAULTS = ExportOptions()


class Exports:
    """Between the library and a folder of notes."""

    def __init__(
        self, db: Database, batches: Batches, taxonomy: CurrentTaxonomy, browsing: Browsing, news: News
    ) -> None:
        self._db = db
        self._batches = batches
        self._taxonomy = taxonomy
        self._browsing = browsing
        self._news = news

    def export(
        self,
        /,
        to: Path | None,
        query: Query | str = "",
        options: ExportOptions = DEFAULTS,
        *,
        ids: Sequence[str] = (),
        progress: Report | None = None,
        cancelled: CancelCheck = not_cancelled,
        **changes: Any,
    ) -> Iterator[Exported]:
        """Write the briefings that answer ``query`` as notes into the folder ``to``, merged with the reader's edits.

        Args:
            to: the folder; None with ``single`` alone.
            query: which briefings, where ``ids`` names none.
            options: how; single ones can be given as keyword arguments instead.
            ids: these briefings, instead of those that answer ``query``.
            progress: hears of each note.
            cancelled: asked between notes; what is written by then stays.
            changes: fields of ``options``.

        Yields one ``Exported`` per note as it is written; for a stream, pieces of its text.

        Raises:
            UsageError: an impossible option, or a template that fails, with its line.
            ExportStopped: the disk is full or read-only; what was written is whole, the rest is as it was.
        """
        from briefreader.library.export_run import ExportRun, Request

        request = Request(to, query, tuple(ids), replace(options, **changes))
        return ExportRun(
            self._db, self._taxonomy, self._browsing.keys, request, progress, cancelled, self._news.brief
        ).run()

    def pull(self, folder: Path, *, dry_run: bool = False) -> Pulled:
        """Read the reader's edits of exported notes back: tags as verdicts, notes as notes; one batch, undoable."""
        from briefreader.library.pull_run import pull

        return pull(self._db, self._batches, self._taxonomy, folder, dry_run=dry_run)

    def quote(self, target: str, span: tuple[int, int] | None = None) -> str:
        """Return what a reader pastes elsewhere: a passage as a Markdown quote, with a link to its source.

        The passage is ``body[start:end]`` of a ``span``, else the insight's; of a briefing there is the link alone.
        """
        from briefreader.exporting.notes import quote

        briefing = self._browsing.briefing(target.partition(".")[0])
        if span is not None:
            return quote(briefing, briefing.body[slice(*span)])
        if "." not in target:
            return quote(briefing, "")
        insight = self._browsing.insight(target)
        return quote(briefing, briefing.body[insight.start : insight.end] or insight.text)
