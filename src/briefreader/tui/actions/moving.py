"""Commands that move between panes and briefings, or change the layout."""

from __future__ import annotations

from briefreader.tui.actions import Actions
from briefreader.tui.panes import PANES


class MovingActions(Actions):
    """Commands for the focus, the layout and the selected briefing."""

    def action_next_pane(self) -> None:
        """Move to the next pane."""
        self._step_pane(1)

    def action_previous_pane(self) -> None:
        """Move to the previous pane."""
        self._step_pane(-1)

    def _step_pane(self, by: int) -> None:
        self.main.show_pane(PANES[(PANES.index(self.main.pane) + by) % len(PANES)])

    def action_pane_library(self) -> None:
        """Move to the library."""
        self.main.show_pane("library")

    def action_pane_briefings(self) -> None:
        """Move to the briefings."""
        self.main.show_pane("briefings")

    def action_pane_insights(self) -> None:
        """Move to the insights."""
        self.main.show_pane("insights")

    def action_pane_reader(self) -> None:
        """Move to the reader."""
        self.main.show_pane("reader")

    def action_zoom(self) -> None:
        """Maximise or restore this pane."""
        self.main.arrangement.toggle_zoom()

    def action_density(self) -> None:
        """Show one or two lines for each briefing and insight."""
        self.main.arrangement.toggle_density()

    def action_widen_reader(self) -> None:
        """Make the reader wider."""
        self.main.arrangement.widen_reader(5)

    def action_narrow_reader(self) -> None:
        """Make the reader narrower."""
        self.main.arrangement.widen_reader(-5)

    def action_toggle_library(self) -> None:
        """Show or hide the library."""
        main = self.main
        if main.has_class("-narrow"):
            main.show_pane("briefings" if main.pane == "library" else "library")
        elif main.toggle_class("-no-library") and main.has_class("-no-library") and main.pane == "library":
            main.show_pane("briefings")

    def action_back(self) -> None:
        """Go back: from the reader to the list, from the list to the library."""
        main = self.main
        if main.pane == "reader":
            main.show_pane(main.came_from)
        elif main.pane == "insights":
            main.show_pane("briefings")
        elif main.pane == "briefings" and not main.has_class("-empty"):
            main.show_pane("library")
        else:
            main.show_status(f"Nothing to go back to · {main.key_of('app.quit')} quits", "warning")

    async def action_escape(self) -> None:
        """Cancel the first that is set: highlights, mouse selection, ``;``, filter, marks.

        A full-window reader or insights pane hides the filter and the marks, so go back first.
        """
        main = self.main
        if main.reader.clear_highlights():
            return
        if main.selections:
            main.clear_selection()
        elif main.targets.armed:
            main.targets.disarm()
        elif main.has_class("-single") and main.pane in ("insights", "reader"):
            self.action_back()
        elif main.filter_bar.value:
            main.clear_filter()
        elif main.briefings.marked_ids:
            await main.run_action("clear_marks")
        else:
            main.bottom.clear_message()

    def action_next_briefing(self) -> None:
        """Go to the next briefing, from any pane."""
        self._step_briefing(1)

    def action_previous_briefing(self) -> None:
        """Go to the previous briefing, from any pane."""
        self._step_briefing(-1)

    def _step_briefing(self, by: int) -> None:
        main = self.main
        main.briefings.move(by)
        if main.pane == "reader":
            main.show_briefing(at_once=True)
            main.changes.mark_read()
