"""Commands for notes, your own insights, metadata, undo, redo and the history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from briefreader.tui.actions import Actions
from briefreader.tui.workers import in_thread

if TYPE_CHECKING:
    from collections.abc import Callable

    from briefreader.model import Batch


class EditingActions(Actions):
    """Commands that change notes, insights and metadata, or undo changes."""

    async def action_note(self) -> None:
        """Write a note on the briefing or insight."""
        from briefreader.tui.screens.writing import NoteDialog

        main, library = self.main, self.library
        target = main.targets.current()
        if not target:
            return
        before = await in_thread(lambda cancelled: library.note_of(target))
        text = await main.app.push_screen_wait(NoteDialog(main.targets.title(), before))
        if text is not None and text != before:
            main.changes.make(lambda: library.note(target, text), "Note saved" if text.strip() else "Note deleted")

    def action_own_insight(self) -> None:
        """Add the selection, or the first visible paragraph, as an insight."""
        main, reader = self.main, self.main.reader
        span = reader.selected_span() or reader.paragraph_at_top()
        if reader.briefing is None or span is None:
            main.show_status("Select a passage in the reader first", "warning")
            return
        briefing_id, (start, end) = reader.briefing.id, span
        reader.clear_highlights()
        main.clear_selection()
        main.changes.make(lambda: self.library.own_insight(briefing_id, start, end), "Insight added")

    def action_drop_insight(self) -> None:
        """Remove the selected insight from the briefing."""
        main = self.main
        insight = main.insights.current if main.pane == "insights" else None
        if insight is None:
            main.show_status(
                f"Select an insight to dismiss · {main.key_of('main.pane_insights')} goes to the insights", "warning"
            )
        else:
            main.changes.make(lambda: self.library.dismiss(insight.id), "Insight dismissed")

    async def action_edit(self) -> None:
        """Edit title, source and date of the briefing, or the source of the marked ones."""
        from briefreader.tui.screens.writing import EditDialog

        main, library = self.main, self.library
        row = main.briefings.current
        if row is None:
            return
        targets = main.targets.all() if main.targets.armed else [row.id]
        folder = await in_thread(lambda cancelled: library.folder_of(targets[0]))
        before = {"title": row.title, "source": row.source, "published": row.published}
        if len(targets) > 1:
            before = {"source": ""}
        known = [name for name, _ in main.places.facets.sources] if main.places.facets else []
        values = await main.app.push_screen_wait(EditDialog(before, folder, known))
        main.targets.disarm()
        if values:
            where = f" of {len(targets):,} briefings" if len(targets) > 1 else ""
            names = " and ".join(name.replace("published", "date") for name in values)
            main.changes.make(lambda: library.edit(targets, **values), f"Changed {names}{where}")

    async def action_undo(self) -> None:
        """Undo the last change, including bulk changes."""
        await self._step_history(self.library.undo, "Undone")

    async def action_redo(self) -> None:
        """Redo the last undone change."""
        await self._step_history(self.library.redo, "Redone")

    async def _step_history(self, call: Callable[[], Batch], word: str) -> None:
        main = self.main
        batch = await main.changes.in_turn(call)
        main.show_status(f"{word}: {batch.verb} {batch.summary}".strip())
        main.topic_bar.restart()
        main.changes.refresh(requery=True)

    def action_history(self) -> None:
        """Show the latest changes; undo any of them."""
        from briefreader.tui.screens.history import HistoryDialog

        def go(changed: bool | None) -> None:
            if changed:
                self.main.changes.refresh(requery=True)

        self.main.app.push_screen(HistoryDialog(self.library), go)
