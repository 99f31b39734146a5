"""Commands that mark briefings, and set their state: read or starred."""

from __future__ import annotations

from briefreader.tui.actions import Actions
from briefreader.tui.workers import in_thread


class MarkActions(Actions):
    """Commands for marks, read and unread briefings, and stars."""

    def action_mark(self) -> None:
        """Mark or unmark the briefing, and go to the next."""
        self.main.briefings.toggle_mark()
        self.main.briefings.move(1)
        self.main.show_top_line()

    def action_clear_marks(self) -> None:
        """Clear all marks."""
        main = self.main
        count = len(main.briefings.marked_ids)
        main.targets.disarm()
        main.briefings.set_marks({})
        main.show_top_line()
        if count:
            key = main.key_of("main.restore_marks")
            main.show_status(f"Cleared {count:,} mark{'s' * (count != 1)} · {key} to restore")

    def action_restore_marks(self) -> None:
        """Restore the marks that were cleared last."""
        main = self.main
        marked = main.briefings.cleared_marks
        if not marked:
            main.show_status("No cleared marks to restore", "warning")
            return
        main.briefings.set_marks(marked | main.briefings.marked_ids)
        main.show_top_line()
        count = len(main.briefings.marked_ids)
        main.show_status(f"{count:,} briefing{'s' * (count != 1)} marked")

    def action_apply_marked(self) -> None:
        """Apply the next command to the marked briefings."""
        main = self.main
        count = len(main.briefings.marked_ids)
        if not count:
            main.show_status(f"Nothing marked · press {main.key_of('main.mark')} to mark", "warning")
            return
        main.targets.armed = not main.targets.armed
        main.show_top_line()
        if main.targets.armed:
            main.show_status(f"The next command applies to {count:,} marked briefing{'s' * (count != 1)}", "warning")

    def _briefing_ids(self) -> list[str]:
        """Return the IDs of the target briefings; for an insight, that of its briefing."""
        return list(dict.fromkeys(target.partition(".")[0] for target in self.main.targets.all()))

    def action_toggle_read(self) -> None:
        """Mark the briefing as read or unread."""
        main = self.main
        ids, row = self._briefing_ids(), main.briefings.current
        if ids:
            read = not (row.read if row is not None and not main.targets.armed else False)
            what = f" {len(ids):,} briefings" if len(ids) > 1 else ""
            text = f"Marked{what} as {'read' if read else 'unread'}"
            main.changes.make(lambda: self.library.mark(ids, read=read), text)

    def action_toggle_star(self) -> None:
        """Add or remove a star."""
        main = self.main
        ids, row = self._briefing_ids(), main.briefings.current
        if ids:
            starred = not (row.starred if row is not None and not main.targets.armed else False)
            what = f"{len(ids):,} briefings" if len(ids) > 1 else ""
            text = f"Starred {what}" if starred else f"Removed the star {'from ' if what else ''}{what}"
            main.changes.make(lambda: self.library.mark(ids, starred=starred), text.strip())

    async def action_all_read(self) -> None:
        """Mark all listed briefings as read, after asking."""
        from briefreader.tui.screens.dialog import Confirm

        main = self.main
        await main.briefings.listed_whole()
        query = main.briefings.query_shown.typed
        shown = f" listed for “{query}”" if query.strip() else ""
        keys = main.briefings.keys
        count = len(keys)
        question = f"Mark {f'all {count:,} briefings' if count != 1 else 'the briefing'}{shown} as read?"
        if await main.app.push_screen_wait(Confirm("All read", question)):
            ids = await in_thread(lambda cancelled: [row.id for row in self.library.rows(keys) if not row.read])
            main.changes.make(lambda: self.library.mark(ids, read=True))

    async def action_next_unread(self) -> None:
        """Go to the next unread briefing."""
        if not await self.main.briefings.next_unread(1):
            self.main.show_status("No unread briefings below", "warning")

    async def action_previous_unread(self) -> None:
        """Go to the previous unread briefing."""
        if not await self.main.briefings.next_unread(-1):
            self.main.show_status("No unread briefings above", "warning")
