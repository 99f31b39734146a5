"""Targets of a command on the main screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from briefreader.tui.screens.main import MainScreen


class Targets:
    """The briefings or the insight that a command on the main screen applies to.

    While ``armed`` (after ``;``), these are the marked briefings.
    """

    def __init__(self, main: MainScreen) -> None:
        self._main = main
        self.armed = False

    def current(self) -> str:
        """Return the ID of the selected insight or briefing; "" if there is none.

        The insight counts only if its pane has the focus.
        """
        main = self._main
        if main.pane == "insights" and (insight := main.insights.current) is not None:
            return insight.id
        row = main.briefings.current
        return row.id if row is not None else ""

    def title(self) -> str:
        """Return the title of the current target; "" if there is none."""
        insight, row = self._main.insights.current, self._main.briefings.current
        if insight is not None and insight.id == self.current():
            return insight.title
        return row.title if row is not None else ""

    def all(self) -> list[str]:
        """Return the IDs of the marked briefings if armed, else of the current target."""
        marked = list(self._main.briefings.marked_ids.values())
        if self.armed and marked:
            return marked
        return [target] if (target := self.current()) else []

    def disarm(self) -> None:
        """End the effect of ``;``, which applies to one command."""
        if self.armed:
            self.armed = False
            self._main.bottom.clear_message()
            self._main.show_top_line()
