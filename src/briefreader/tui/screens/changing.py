"""Main screen, part three: what the reader decides. Every change goes through the library, and can be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from briefreader.tui.screens.listing import Listing

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.timer import Timer

    from briefreader.library import Library
    from briefreader.library.tagging import Tagged
    from briefreader.model import Batch, Verdict


LOOK_EVERY = 2.0  # seconds between two looks at what others changed
LEARN_AFTER = 1.5  # seconds of rest after a decision before other briefings follow it


class Changing(Listing):
    """Topics, marks, notes, insights, undo."""

    def __init__(self, library: Library) -> None:
        super().__init__(library)
        self._learn_timer: Timer | None = None
        # the latest change when the library was read; None: not looked at
        self._change_seen: tuple[Batch, ...] | None = None

    # Others

    def look_outside(self) -> None:
        """Show what another program changed, as ``add`` by cron or ``pull``; the list stays until asked for."""
        if self._changing or self.app.screen is not self:
            return

        def came(latest: tuple[Batch, ...]) -> None:
            before, self._change_seen = self._change_seen, latest
            own = self.library.last_batch
            if self._changing or before is None or latest == before or not latest or (own and own == latest[0]):
                return
            self.refresh_data()
            self.say(f"The library was changed elsewhere · {self.briefreader.key_of('main.reload')} lists what is new")

        self.background("outside", lambda cancelled: tuple(self.library.history(1)), came, lambda text: None)

    def refresh_data(self, *, requery: bool = False) -> None:
        """Read again what a change may have touched; what is there now is no longer news."""
        self._change_seen = None
        super().refresh_data(requery=requery)

    # Topics

    def action_accept(self) -> None:
        """Accept the topic the strip points at."""
        self._decide("accepted")

    def action_reject(self) -> None:
        """Reject the topic the strip points at."""
        self._decide("rejected")

    def _decide(self, verdict: Verdict) -> None:
        topic = self.strip.topic
        if not topic:
            self.say(f"No topic here to decide on · {self.briefreader.key_of('main.tags')} adds one", "warning")
            return
        targets = self.targets() if self.armed else [self.strip.target]
        word = "Accepted" if verdict == "accepted" else "Rejected"
        where = f" on {len(targets):,} marked" if len(targets) > 1 else ""
        self.change(lambda: self.library.decide(targets, topic, verdict), f"{word} {topic}{where}")

    def action_accept_all(self) -> None:
        """Accept every topic the tagger gave."""
        targets = self.targets() if self.armed else [self.strip.target]
        given = [] if self.armed else self.strip.given

        def call() -> Batch:
            changes: list[tuple[str, str, Verdict | None]] = [(targets[0], topic, "accepted") for topic in given]
            if not given:
                changes = [
                    (target, state.topic, "accepted")
                    for target in targets
                    for state in self.library.topics(target)
                    if state.earned and not state.verdict
                ]
            return self.library.decide_many(changes)

        if given or self.armed:
            all_of = f"the topics of {len(targets):,} marked" if self.armed else ", ".join(given)
            self.change(call, f"Accepted {all_of}")
        else:
            self.say("Nothing undecided here", "warning")

    def action_next_topic(self) -> None:
        """Point the strip at the next topic."""
        self.strip.point(1)

    def action_previous_topic(self) -> None:
        """Point the strip at the previous topic."""
        self.strip.point(-1)

    def follow_corrections(self) -> None:
        """After a rest, learn from the decisions and say what that changed on other briefings."""
        if self._learn_timer is not None:
            self._learn_timer.stop()
            self._learn_timer = None
        if self.library.topics_to_relearn:
            self._learn_timer = self.set_timer(LEARN_AFTER, self._learn)

    def _learn(self) -> None:
        def done(changed: list[Tagged]) -> None:
            if changed:
                others = f"{len(changed):,} other{'s' * (len(changed) != 1)} changed by that"
                self.say(f"{others} · {self.briefreader.key_of('main.undo')} takes it back")
                self.refresh_data()

        self.background(
            "learn", lambda cancelled: list(self.library.run_in_subprocess("follow", cancelled=cancelled)), done
        )

    # Marks

    def action_mark(self) -> None:
        """Mark or unmark the briefing, and go on."""
        row = self.row
        if row is None:
            return
        if row.key in self.marked_ids:
            del self.marked_ids[row.key]
        else:
            self.marked_ids[row.key] = row.id
        self.briefings.toggle_mark()
        self.briefings.move(1)
        self.show_place()

    def action_clear_marks(self) -> None:
        """Unmark everything."""
        self.marked_ids.clear()
        self.armed = False
        self.briefings.marks = set()
        self.briefings.refresh()
        self.show_place()

    def action_apply_marked(self) -> None:
        """The next command applies to what is marked."""
        if not self.marked_ids:
            self.say(f"Nothing is marked · {self.briefreader.key_of('main.mark')} marks", "warning")
            return
        self.armed = not self.armed
        self.show_place()
        if self.armed:
            self.say(f"The next command applies to {len(self.marked_ids):,} marked", "warning")

    def _briefing_ids(self) -> list[str]:
        """Briefings a command is about, without their insights."""
        return list(dict.fromkeys(target.partition(".")[0] for target in self.targets()))

    def action_toggle_read(self) -> None:
        """Mark as read, or as unread again."""
        ids, row = self._briefing_ids(), self.row
        if ids:
            read = not (row.read if row is not None and not self.armed else False)
            what = f"{len(ids):,} briefings" if len(ids) > 1 else "Marked"
            self.change(lambda: self.library.mark(ids, read=read), f"{what} as {'read' if read else 'unread'}")

    def action_toggle_star(self) -> None:
        """Star, or take the star off."""
        ids, row = self._briefing_ids(), self.row
        if ids:
            starred = not (row.starred if row is not None and not self.armed else False)
            what = f" {len(ids):,} briefings" if len(ids) > 1 else ""
            self.change(lambda: self.library.mark(ids, starred=starred), ("Starred" if starred else "Star off") + what)

    def action_all_read(self) -> None:
        """Mark all listed briefings as read, after asking."""
        self.when_whole(self._ask_all_read)

    def _ask_all_read(self) -> None:
        from briefreader.tui.screens.dialog import Confirm

        query = " ".join(filter(None, (self.listed, "is:unread")))

        def go(yes: bool | None) -> None:
            if yes:
                self.change(lambda: self.library.mark([row.id for row in self.library.list(query)], read=True))

        count = len(self.briefings.keys)
        shown = f" under “{self.listed}”" if self.listed.strip() else ""
        self.app.push_screen(Confirm("All read", f"Mark all {count:,} briefings{shown} as read?"), go)

    def mark_opened(self) -> None:
        """Opening a briefing reads it, where that can be written down."""
        row = self.row
        if row is not None and not row.read and not self.library.readonly:
            self.change(lambda: self.library.mark([row.id], read=True), "-")

    # Notes, insights, metadata

    def action_note(self) -> None:
        """Write a note on the briefing or the insight."""
        target = self.target()
        if target:
            self.background(
                "note", lambda cancelled: self.library.note_of(target), lambda text: self._write_note(target, text)
            )

    def _write_note(self, target: str, text: str) -> None:
        from briefreader.tui.screens.writing import NoteDialog

        def save(new: str | None) -> None:
            if new is not None and new != text:
                self.change(lambda: self.library.note(target, new), "Note kept" if new.strip() else "Note taken off")

        title = self.insights.current.title if "." in target and self.insights.current else ""
        self.app.push_screen(NoteDialog(title or (self.row.title if self.row else ""), text), save)

    def action_own_insight(self) -> None:
        """Make an insight of the selected passage, or of the paragraph at the top."""
        briefing = self.reader.briefing
        span = self.reader.selected_span() or self.reader.paragraph_at_top()
        if briefing is None or span is None:
            self.say("Select a passage in the reader first", "warning")
            return
        briefing_id, (start, end) = briefing.id, span
        self.reader.clear_marks()
        self.clear_selection()
        self.change(lambda: self.library.own_insight(briefing_id, start, end), "An insight of your own")

    def action_drop_insight(self) -> None:
        """Take an extracted insight off."""
        insight = self.insights.current if self.pane == "insights" else None
        if insight is None:
            self.say("Go to the insight first; then this takes it off", "warning")
            return
        self.change(lambda: self.library.dismiss(insight.id), "Insight taken off")

    def action_edit(self) -> None:
        """Edit title, source and date."""
        from briefreader.tui.screens.writing import EditDialog

        row = self.row
        if row is None:
            return

        def save(values: dict[str, str] | None) -> None:
            if values:
                self.change(lambda: self.library.edit(row.id, **values), f"Changed {', '.join(values)}")

        self.app.push_screen(EditDialog(row.title, row.source, row.published), save)

    # History

    def action_undo(self) -> None:
        """Take back the latest change."""
        self._undone(self.library.undo, "Undone")

    def action_redo(self) -> None:
        """Make the change again that was undone."""
        self._undone(self.library.redo, "Done again")

    def _undone(self, call: Callable[[], Batch], word: str) -> None:
        def come(batch: Batch) -> None:
            self.say(f"{word}: {batch.verb} {batch.summary}".strip())
            self.strip.restart()
            self.refresh_data(requery=True)

        self.background("undo", lambda cancelled: call(), come)

    def action_history(self) -> None:
        """Every change, newest first."""
        from briefreader.tui.screens.history import HistoryDialog

        self.app.push_screen(
            HistoryDialog(self.library), lambda changed: self.refresh_data(requery=True) if changed else None
        )
