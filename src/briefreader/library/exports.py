"""Export notes for other apps, and import the user's edits of them.

``export_run`` and ``pull_run`` do the work. They are imported when needed, so that opening a library doesn't import a
template engine.
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
    """Exports notes, and imports the user's edits."""

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
        """Write the briefings that match ``query`` as notes into the folder ``to``; yield an ``Exported`` per note.

        Args:
            to: the folder; None if ``single`` is a path.
            query: which briefings, unless ``ids`` is given.
            options: options of the export.
            ids: IDs of briefings, instead of ``query``.
            progress: called after each note.
            cancelled: called between notes; notes that are already written are kept.
            **changes: individual options as keyword arguments.

        Yields one ``Exported`` per note as it is written; for a stream, pieces of its text.

        Raises:
            UsageError: an option is invalid, or the template has an error.
            ExportStopped: the disk is full or read-only; written notes are complete, the others unchanged.
        """
        from briefreader.library.export_run import ExportRun, Request

        request = Request(to, query, tuple(ids), replace(options, **changes))
        return ExportRun(
            self._db, self._taxonomy, self._browsing.keys, request, progress, cancelled, self._news.brief
        ).run()

    def pull(self, folder: Path, *, dry_run: bool = False) -> Pulled:
        """Import the user's edits of exported notes as decisions and notes, in one batch; return a ``Pulled``."""
        from briefreader.library.pull_run import pull

        return pull(self._db, self._batches, self._taxonomy, folder, dry_run=dry_run)

    def quote(self, target: str, span: tuple[int, int] | None = None) -> str:
        """Return a passage as a Markdown quote with a link to its source; ``span`` is (start, end) in the body.

        Without ``span``, the passage is that of the insight; for a briefing, only the link is returned.
        """
        from briefreader.exporting.notes import quote

        briefing = self._browsing.briefing(target.partition(".")[0])
        if span is not None:
            return quote(briefing, briefing.body[slice(*span)])
        if "." not in target:
            return quote(briefing, "")
        insight = self._browsing.insight(target)
        return quote(briefing, briefing.body[insight.start : insight.end] or insight.text)
