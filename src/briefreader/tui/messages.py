"""Messages from the panes to the main screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from collections.abc import Callable

    from briefreader.model import Batch, BriefingRow, InsightRow
    from briefreader.query import Query


class QueryChanged(Message):
    """A query should be listed.

    With ``keep_cursor``, the cursor stays on its briefing if that matches.
    """

    def __init__(self, query: Query, *, keep_cursor: bool = False) -> None:
        super().__init__()
        self.query = query
        self.keep_cursor = keep_cursor


class BriefingSelected(Message):
    """Another briefing was selected, or the selected row changed.

    ``row`` is None if nothing is listed or the row isn't loaded. With ``at_once``, it is shown without debouncing.
    """

    def __init__(self, row: BriefingRow | None, *, at_once: bool = False) -> None:
        super().__init__()
        self.row = row
        self.at_once = at_once


class BriefingOpened(Message):
    """The selected briefing should be opened."""


class InsightSelected(Message):
    """Another insight was selected."""

    def __init__(self, insight: InsightRow) -> None:
        super().__init__()
        self.insight = insight


class InsightOpened(InsightSelected):
    """An insight's passage should be opened."""


class ChangeRequested(Message):
    """A change should be applied; the arguments are those of ``Changes.make``."""

    def __init__(self, call: Callable[[], Batch], summary: str = "") -> None:
        super().__init__()
        self.call = call
        self.summary = summary


class StatusChanged(Message):
    """A message for the bottom line; ``kind`` is "good", "warning" or "error"."""

    def __init__(self, text: str, kind: str = "good") -> None:
        super().__init__()
        self.text = text
        self.kind = kind
