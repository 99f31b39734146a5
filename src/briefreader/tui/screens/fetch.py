"""Dialog that fetches from the sources, and tags new briefings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.widgets import Static

from briefreader.display import one_line
from briefreader.library.fetching import FetchOptions
from briefreader.library.item_storage import SourceResult
from briefreader.tui.screens.running import RunDialog
from briefreader.tui.widgets.text_rows import Part, TextRows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.app import ComposeResult

    from briefreader.library import Library
    from briefreader.tui.workers import CancelCheck

_SHOWN = ("new", "revised", "skipped", "failed")
_STYLES = {"ok": "topic", "failed": "accent", "disabled": "accent"}


def found_text(results: Sequence[SourceResult]) -> str:
    """Return the numbers of new and revised briefings, such as ``2 new briefings and 1 revised``."""
    new, revised = sum(result.new for result in results), sum(result.revised for result in results)
    return f"{new:,} new briefing{'s' * (new != 1)}" + f" and {revised:,} revised" * bool(revised)


class FetchDialog(RunDialog[bool]):
    """Fetch from the sources ``names``, by default from all that aren't disabled.

    Return whether any briefing is new or revised.
    """

    heading = "Fetch"

    def __init__(self, library: Library, names: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.library = library
        self._names = names

    def body(self) -> ComposeResult:
        """Lay out the widgets."""
        yield Static("", id="report", classes="label", markup=False)
        yield TextRows(has_cursor=False)

    def on_mount(self) -> None:
        """Start fetching."""
        self.query_one(TextRows).focus()

        def make(cancelled: CancelCheck) -> Iterable[Any]:
            options = FetchOptions(self._names, everything=not self._names)
            return self.library.run_in_subprocess("fetch", options, progress=self.progress, cancelled=cancelled)

        self.run_records(make, self._fetched)

    @property
    def _new(self) -> int:
        return sum(record.new + record.revised for record in self.records if isinstance(record, SourceResult))

    def _fetched(self, records: list[Any], stopped: bool) -> None:
        """Report the numbers of new and revised briefings, and of failed sources."""
        sources = [record for record in records if isinstance(record, SourceResult)]
        if not sources:
            rows = self.query_one(TextRows)
            keys = f"{self.key_of('main.sources')}, then {self.key_of('sources.add')}"
            rows.empty = ("No sources yet", f"To add one, close this dialog and press {keys}.")
            rows.refresh()
            self.report("Nothing to fetch")
            return
        failed = sum(record.status == "failed" for record in sources)
        failures = f" · {failed:,} failed" if failed else ""
        asked = f"{len(sources):,} source{'s' * (len(sources) != 1)}"
        self.report(f"{'Stopped' if stopped else 'Done'}: {found_text(sources)} from {asked}{failures}")

    def record_row(self, record: Any) -> list[Part]:
        """Return the row of a source with its result, or of a tagged briefing."""
        if not isinstance(record, SourceResult):
            topics = " ".join(score.topic for score in record.topics)
            return [(f"{'tagged':<10} ", "topic"), (f"{one_line(record.title)}  ", ""), (topics or "no topic", "muted")]
        counts = " · ".join(f"{getattr(record, name):,} {name}" for name in _SHOWN if getattr(record, name))
        return [
            (f"{record.status:<10} ", _STYLES.get(record.status, "muted")),
            (f"{one_line(record.source)}  ", ""),
            (one_line(record.message) or counts or "nothing new", "muted"),
        ]

    def leave(self) -> None:
        """Close, and return whether any briefing is new or revised."""
        self.dismiss(bool(self._new))
