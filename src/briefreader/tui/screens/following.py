"""Main screen, part one: the briefing under the cursor, with its insights, topics and reasons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on

from briefreader.tui import preload
from briefreader.tui.explanations import top_term_spans, top_terms
from briefreader.tui.screens.shared import MainBase
from briefreader.tui.widgets.lists import BriefingList, InsightList
from briefreader.tui.widgets.reader import Reader
from briefreader.tui.widgets.tag_strip import TagStrip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.timer import Timer

    from briefreader.library import Library
    from briefreader.library.tagging import TopicState
    from briefreader.model import Briefing, InsightRow
    from briefreader.tagging import Explanation

REST = 0.08  # seconds of rest before insights and reader follow the cursor


@dataclass(frozen=True)
class Followed:
    """All that is shown of one briefing."""

    briefing: Briefing
    insights: list[InsightRow]
    states: Sequence[TopicState]
    position: int


class Following(MainBase):
    """Shows one briefing."""

    def __init__(self, library: Library) -> None:
        super().__init__(library)
        self._follow_timer: Timer | None = None
        self._reason_timer: Timer | None = None
        self._jump: tuple[str, int, int | None] | None = None

    @on(BriefingList.Moved)
    def _briefing_moved(self, event: BriefingList.Moved) -> None:
        if event.list is self.briefings:
            event.stop()
            self.follow()

    def follow(self, *, soon: bool = True) -> None:
        """Show the briefing under the cursor, after a rest; the next key cancels it."""
        if self._follow_timer is not None:
            self._follow_timer.stop()
            self._follow_timer = None
        if soon:
            self._follow_timer = self.set_timer(REST, self.follow_now)
        else:
            self.follow_now()

    def follow_now(self) -> None:
        """Show the briefing under the cursor."""
        row = self.row
        if row is None:
            if not self.briefings.keys:
                self.insights.show([])
                self.reader.say("")
                self.strip.show("", [])
            return
        briefing_id = row.id
        self.background("follow", lambda cancelled: self._fetch(briefing_id), self._followed)

    def _fetch(self, briefing_id: str) -> Followed:
        preload.bring(preload.READER)
        return Followed(
            self.library.briefing(briefing_id),
            self.library.insights(briefing_id),
            self.library.topics(briefing_id),
            self.library.position(briefing_id),
        )

    def _followed(self, shown: Followed) -> None:
        row = self.row
        if row is None or row.id != shown.briefing.id:
            return
        reader = self.reader
        same = reader.briefing is not None and reader.briefing.id == shown.briefing.id
        keep = self.insights.cursor if same else 0
        if not same:
            self.keep_position()
        self.insights.show(shown.insights, keep)
        self.insights.border_title = self.pane_title("insights", len(shown.insights))
        if not same or reader.briefing != shown.briefing:
            offset = reader.top_offset if same else shown.position
            reader.show(shown.briefing, shown.briefing.insights, offset)
        if self.pane != "insights":
            says = "No topic yet" if not row.scored else "No topic fits"
            self.strip.show(row.id, shown.states, f"{says} · {self.briefreader.key_of('main.tags')} adds one")
        else:
            self.show_insight()
        if self._jump is not None and self._jump[0] == row.id:
            _, start, end = self._jump
            self._jump = None
            self.call_after_refresh(reader.jump, start, end)
            if end is not None:
                self.insights.point_at(start, end)
            self.mark_opened()

    @on(Reader.Reached)
    def _reached(self, event: Reader.Reached) -> None:
        """The list of insights goes along with the reader."""
        event.stop()
        self.insights.point_at(event.start, event.end)

    def keep_position(self) -> None:
        """Remember how far the briefing on show was read."""
        place = self.reading_place()
        if place is not None and not self.library.readonly:
            self.background(f"position-{place[0]}", lambda c: self.library.set_position(*place), lambda _: None)

    def reading_place(self) -> tuple[str, int] | None:
        """The briefing that is being read and the offset one has come to; None outside the reader."""
        briefing = self.reader.briefing
        return (briefing.id, self.reader.top_offset) if briefing is not None and self.pane == "reader" else None

    @on(InsightList.Moved)
    def _insight_moved(self, event: InsightList.Moved) -> None:
        if event.list is not self.insights:
            return
        event.stop()
        if self.pane == "insights":
            self.show_insight()

    def show_insight(self) -> None:
        """Light up the insight's passage, and show its own topics."""
        insight = self.insights.current
        if insight is None:
            return
        self.reader.jump(insight.start, insight.end)
        target = insight.id

        def show(states: Sequence[TopicState]) -> None:
            if self.pane == "insights" and self.insights.current is not None and self.insights.current.id == target:
                self.strip.show(target, states, "No topic of its own")

        self.background("strip", lambda cancelled: self.library.topics(target), show)

    def show_briefing_topics(self) -> None:
        """The strip shows the briefing's topics again."""
        if (row := self.row) is not None and self.strip.target != row.id:
            target = row.id
            self.background(
                "strip", lambda cancelled: self.library.topics(target), lambda states: self.strip.show(target, states)
            )

    @on(TagStrip.Pointed)
    def _pointed(self, event: TagStrip.Pointed) -> None:
        """Fetch the reasons after a longer rest: they are scored when asked for."""
        event.stop()
        if self._reason_timer is not None:
            self._reason_timer.stop()
        target, topic = event.target, event.topic
        self._reason_timer = self.set_timer(2 * REST, lambda: self._ask_reason(target, topic))

    def _ask_reason(self, target: str, topic: str) -> None:
        def show(explanations: Sequence[Explanation]) -> None:
            if not explanations or self.strip.target != target:
                return
            self.strip.reason(topic, ", ".join(f"“{term}”" for term in top_terms(explanations[0])[:3]))
            if self.reader.briefing is not None and self.reader.briefing.id == target:
                self.reader.mark_reasons(top_term_spans(explanations[0]))

        self.background("reason", lambda cancelled: self.library.explain(target, topic), show, lambda text: None)
