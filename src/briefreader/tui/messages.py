"""The messages by which the panes tell the main screen what the reader did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from collections.abc import Callable

    from briefreader.model import Batch, BriefingRow, InsightRow
    from briefreader.query import Query


class QueryChanged(Message):
    """Other briefings are asked for; ``keep_cursor`` leaves the cursor on its briefing if that is among them."""

    def __init__(self, query: Query, *, keep_cursor: bool = False) -> None:
        super().__init__()
        self.query = query
        self.keep_cursor = keep_cursor


class BriefingSelected(Message):
    """The cursor is on another briefing, or its row has changed; None where nothing is listed.

    ``at_once`` asks to show it without waiting whether the cursor moves on.
    """

    def __init__(self, row: BriefingRow | None, *, at_once: bool = False) -> None:
        super().__init__()
        self.row = row
        self.at_once = at_once


class BriefingOpened(Message):
    """The briefing under the cursor is to be read."""


class InsightSelected(Message):
    """The cursor is on another insight."""

    def __init__(self, insight: InsightRow) -> None:
        super().__init__()
        self.insight = insight


class InsightOpened(InsightSelected):
    """The passage of an insight is to be read."""


class DecisionMade(Message):
    """A change of data to make: ``call`` makes it, ``summary`` replaces the batch's own ("-": say nothing)."""

    def __init__(self, call: Callable[[], Batch], summary: str = "") -> None:
        super().__init__()
        self.call = call
        self.summary = summary


class StatusChanged(Message):
    """Something to say in the bottom line; ``kind`` is good, warning or error."""

    def __init__(self, text: str, kind: str = "good") -> None:
        super().__init__()
        self.text = text
        self.kind = kind
