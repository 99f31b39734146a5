"""Commands for filters, searches, the sort order, news and statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from briefreader.display import one_line
from briefreader.query import parse
from briefreader.tui.actions import Actions
from briefreader.tui.workers import in_thread

if TYPE_CHECKING:
    from briefreader.model import InsightRow
    from briefreader.tui.screens.insight_search import PassageChoice

_ORDERS = {"relevance": "Best match first", "date": "Newest first", "score": "Most confident first"}


class SearchActions(Actions):
    """Commands that filter, search, sort and count."""

    def action_filter(self) -> None:
        """Focus the filter line."""
        self.main.set_focus(self.main.filter_bar.input)

    def action_clear_filter(self) -> None:
        """Clear the filter, and leave the filter line."""
        self.main.clear_filter()
        self.main.show_pane("briefings")

    def action_search(self) -> None:
        """Search all key insights; the chosen hit opens in the reader."""
        from briefreader.tui.screens.insight_search import InsightSearch

        main = self.main
        search = InsightSearch(self.library)

        def go(choice: PassageChoice | None) -> None:
            if search.saved:
                main.places.load()
            if choice is not None:
                main.open_passage(choice.briefing_id, choice.start, choice.end)

        main.app.push_screen(search, go)

    def action_stories(self) -> None:
        """Show news that several briefings report; the chosen report opens in the reader."""
        from briefreader.tui.screens.news import StoriesDialog

        self.main.app.push_screen(StoriesDialog(self.library), self._open_insight)

    def action_changed(self) -> None:
        """Show what is new or updated, by topic; the chosen insight opens in the reader."""
        from briefreader.tui.screens.news import ChangedDialog

        self.main.app.push_screen(ChangedDialog(self.library), self._open_insight)

    def action_brief(self) -> None:
        """Show the insights to read first; the chosen one opens in the reader."""
        from briefreader.tui.screens.news import BriefDialog

        self.main.app.push_screen(BriefDialog(self.library), self._open_insight)

    def _open_insight(self, row: InsightRow | None) -> None:
        if row is not None:
            self.main.open_passage(row.briefing_id, row.start, row.end)

    def action_sort(self) -> None:
        """Cycle the sort order; only a query with words can be sorted by relevance."""
        main = self.main
        query = main.filter_bar.asked
        orders = list(_ORDERS)[0 if query.terms else 1 :]
        now = orders.index(query.sort) if query.sort in orders else 0
        order = orders[(now + 1) % len(orders)]
        rest = [word for word in main.filter_bar.value.split() if not word.startswith("sort:")]
        main.list_briefings(parse(" ".join([*rest, f"sort:{order}"] if order != orders[0] else rest)))
        main.show_status(_ORDERS[order])

    async def action_save_search(self) -> None:
        """Save the filter under a name."""
        from briefreader.tui.screens.dialog import Prompt

        main = self.main
        query = main.filter_bar.value.strip()
        if not query:
            main.show_status("Nothing to save · type a filter first", "warning")
            return
        name = await main.app.push_screen_wait(Prompt("Save this search", f"Name for: {one_line(query, 60)}"))
        if name:
            main.changes.make(lambda: self.library.save_search(name, query), f"Saved search “{one_line(name, 40)}”")

    def action_statistics(self) -> None:
        """Show counts by topic, source and month."""
        from briefreader.tui.screens.statistics import StatisticsDialog

        self.main.app.push_screen(StatisticsDialog(self.library))

    async def action_reload(self) -> None:
        """Reload the library and the taxonomy."""
        changed = await in_thread(lambda cancelled: bool(self.library.reload_taxonomy()))
        self.main.show_status("Reloaded" + (", with the changed taxonomy" if changed else ""))
        self.main.changes.refresh(requery=True)
