"""Commands for topics: accept, reject, edit, explain, review and retag."""

from __future__ import annotations

from typing import TYPE_CHECKING

from briefreader.errors import BriefreaderError
from briefreader.query import parse
from briefreader.tui.actions import Actions
from briefreader.tui.workers import describe_error, in_thread

if TYPE_CHECKING:
    from pathlib import Path

    from briefreader.model import Batch, Verdict


class TopicActions(Actions):
    """Commands that decide on topics, or open dialogs about them."""

    def action_accept(self) -> None:
        """Accept the highlighted topic."""
        self._decide("accepted")

    def action_reject(self) -> None:
        """Reject the highlighted topic."""
        self._decide("rejected")

    def _decide(self, verdict: Verdict) -> None:
        main = self.main
        if main.topic_bar.topic:
            main.topic_bar.decide(verdict, main.targets.all() if main.targets.armed else [])
        else:
            main.show_status(f"No topic here to decide on · press {main.key_of('main.tags')} to add one", "warning")

    def action_accept_all(self) -> None:
        """Accept all topics that the tagger assigned."""
        main, library = self.main, self.library
        if not main.targets.armed:
            target, assigned = main.topic_bar.target, main.topic_bar.assigned
            changes: list[tuple[str, str, Verdict | None]] = [(target, topic, "accepted") for topic in assigned]
            if changes:
                main.changes.make(lambda: library.decide_many(changes), f"Accepted {', '.join(assigned)}")
            else:
                main.show_status("No assigned topics left to accept", "warning")
            return
        targets = main.targets.all()

        def accept() -> Batch:
            """Accept the assigned, undecided topics of all targets as one change."""
            return library.decide_many(
                [
                    (target, state.topic, "accepted")
                    for target in targets
                    for state in library.topics(target)
                    if state.earned not in ("", "source") and not state.verdict
                ]
            )

        main.changes.make(accept, f"Accepted the topics of {len(targets):,} marked briefing{'s' * (len(targets) != 1)}")

    def action_next_topic(self) -> None:
        """Highlight the next topic."""
        self.main.topic_bar.point(1)

    def action_previous_topic(self) -> None:
        """Highlight the previous topic."""
        self.main.topic_bar.point(-1)

    def action_tags(self) -> None:
        """Edit the topics of the briefing or insight or, after ``;``, of the marked briefings."""
        from briefreader.tui.screens.tags import TagEditor

        main = self.main
        targets = main.targets.all()
        if not targets:
            return
        title = f"{len(targets):,} marked briefings" if len(targets) > 1 else main.targets.title()
        if len(targets) == 1 and main.briefings.marked_ids and not main.targets.armed:
            key, marked = main.key_of("main.apply_marked"), len(main.briefings.marked_ids)
            title += f" (this briefing only; press {key} first to apply to all {marked:,} marked)"
        main.targets.disarm()
        main.app.push_screen(TagEditor(self.library, targets, title), self._changed)

    def action_why(self) -> None:
        """Show why the topics were assigned, and why others were not."""
        from briefreader.tui.screens.why import WhyDialog

        if target := self.main.targets.current():
            self.main.app.push_screen(WhyDialog(self.library, target, self.main.topic_bar.topic))

    def action_review(self) -> None:
        """Review the least certain topics of all briefings."""
        from briefreader.tui.screens.review import ReviewScreen

        self.main.app.push_screen(ReviewScreen(self.library), self._changed)

    def _changed(self, changed: bool | None) -> None:
        if changed:
            self.main.changes.refresh()
            self.main.changes.learn_later()

    def action_topics(self) -> None:
        """Show topics over time and their precision; edit the taxonomy."""
        from briefreader.tui.screens.topics import TopicsDialog

        def go(query: str | None) -> None:
            if query is not None:
                self.main.list_briefings(parse(query))
            self.main.changes.refresh()

        self.main.app.push_screen(TopicsDialog(self.library, self._edit_file), go)

    def _edit_file(self, path: Path) -> bool:
        """Open a file in the user's editor; return whether that succeeded."""
        from briefreader.tui import external_tools

        try:
            external_tools.edit(self.main.app, path, self.main.briefreader.settings.editor)
        except BriefreaderError as error:
            self.main.show_status(describe_error(error), "error")
            return False
        return True

    def action_retag(self) -> None:
        """Tag new briefings, and learn from your decisions."""
        self.main.run_worker(self._retag(), group="retag", exclusive=True, exit_on_error=False)

    async def _retag(self) -> None:
        """Tag in a subprocess, and report the number of tagged briefings."""
        main = self.main
        main.top.busy("tagging")
        try:
            changed = await in_thread(
                lambda cancelled: list(self.library.run_in_subprocess("tag", cancelled=cancelled))
            )
        finally:
            main.top.busy("")
        main.show_status(
            f"Tagged {len(changed):,} briefing{'s' * (len(changed) != 1)}" if changed else "Topics are up to date"
        )
        main.changes.refresh()
