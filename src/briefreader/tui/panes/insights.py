"""The insights pane: the key insights of one briefing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on, work

from briefreader.tui.messages import InsightOpened, InsightSelected
from briefreader.tui.panes import set_pane_title
from briefreader.tui.widgets.insight_list import EXTRACTED_SIGN, REPORT_SIGNS, InsightList
from briefreader.tui.workers import Background, in_thread

if TYPE_CHECKING:
    from briefreader.library import Library
    from briefreader.tui.panes.reader import Passage


class InsightsPane(InsightList, Background):
    """A list of the insights of ``briefing_id``, one of them selected."""

    def __init__(self, library: Library) -> None:
        super().__init__(id="insights")
        self.library = library
        self.briefing_id = ""
        self._wanted_id = ""
        self._passage: Passage | None = None  # to be selected when its briefing is loaded

    def clear(self) -> None:
        """Clear the pane."""
        self.workers.cancel_group(self, "insights")
        self.briefing_id = self._wanted_id = ""
        self.show([])
        set_pane_title(self)

    def load(self, briefing_id: str, passage: Passage | None = None) -> None:
        """Load a briefing's insights, and select the one at ``passage``, if given.

        Without a passage, select the first insight, or keep the selection if the briefing is shown already. While the
        briefing is loading, a ``passage`` given before remains valid.
        """
        if passage is not None or briefing_id != self._wanted_id:
            self._passage = passage
        self._wanted_id = briefing_id
        self._load(briefing_id)

    @work(exclusive=True, group="insights", exit_on_error=False, description="load insights")
    async def _load(self, briefing_id: str) -> None:
        """Load the insights and what other briefings report about their news."""
        rows = await in_thread(lambda cancelled: self.library.insights(briefing_id))
        reports = await in_thread(lambda cancelled: self.library.reports(row.key for row in rows))
        keep = self.cursor if briefing_id == self.briefing_id else 0
        self.briefing_id = briefing_id
        self.show(rows, keep, reports)
        statuses = {status for status, _ in reports.values()}
        signs = {sign: meaning for status, (sign, meaning, _) in REPORT_SIGNS.items() if status in statuses}
        if any(row.kind == "extracted" for row in rows):
            signs[EXTRACTED_SIGN] = "extracted"
        set_pane_title(self, len(rows), " · ".join(f"{sign} {word}" for sign, word in signs.items()))
        passage, self._passage = self._passage, None
        if passage is not None and passage[1] is not None:
            self.point_at(passage[0], passage[1])
        if self.current is not None:
            self.post_message(InsightSelected(self.current))

    @on(InsightList.Moved)
    def _moved(self, event: InsightList.Moved) -> None:
        event.stop()
        if self.current is not None:
            self.post_message(InsightSelected(self.current))

    @on(InsightList.Chosen)
    def _chosen(self, event: InsightList.Chosen) -> None:
        event.stop()
        if self.current is not None:
            self.post_message(InsightOpened(self.current))
