"""Main screen, part four: what opens over it, and what leaves the app."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from textual import on

from briefreader.display import clean, one_line
from briefreader.errors import BriefreaderError
from briefreader.tui.screens.changing import Changing
from briefreader.tui.widgets.lists import LibraryList
from briefreader.tui.widgets.reader import Reader
from briefreader.tui.workers import sentence

if TYPE_CHECKING:
    from pathlib import Path

    from briefreader.library.tagging import Tagged
    from briefreader.model import Original
    from briefreader.tui.widgets.text_rows import Part
    from briefreader.tui.workers import CancelCheck


class Opening(Changing):
    """Search, tag editor, why, review, export, add, links, contents, copy, browser, editor."""

    # Finding and searching

    def action_search(self) -> None:
        """Search all key insights."""
        from briefreader.tui.screens.insight_search import Choice, InsightSearch

        search = InsightSearch(self.library)

        def go(choice: Choice | None) -> None:
            if search.saved:
                self.load_facets()
            if choice is not None:
                self.jump_to(choice.briefing_id, choice.start, choice.end)
                self.show_pane("reader")

        self.app.push_screen(search, go)

    @abstractmethod
    def show_pane(self, pane: str) -> None:
        """Move to a pane; the main screen does it."""

    @on(Reader.FindAsked)
    def _find(self, event: Reader.FindAsked) -> None:
        event.stop()
        from briefreader.tui.screens.dialog import Prompt

        def find(words: str | None) -> None:
            count = self.reader.find(words or "")
            if not words:
                return
            if not count:
                self.say(f"“{one_line(words, 40)}” is not in this briefing", "warning")
                return
            key = self.briefreader.key_of
            steps = f"{key('reader.find_next')} next, {key('reader.find_previous')} previous"
            self.say(f"{count:,} places · {steps}, {key('main.escape')} done")

        self.app.push_screen(Prompt("Find in this briefing"), find)

    @on(Reader.Selecting)
    def _tell_selecting(self, event: Reader.Selecting) -> None:
        event.stop()
        key = self.briefreader.key_of
        grow = f"{key('reader.scroll_down')} and {key('reader.scroll_up')} change it"
        uses = f"{key('main.own_insight')} makes an insight · {key('main.copy')} copies"
        self.say(f"Selecting: {grow} · {uses} · {key('main.escape')} ends")

    @on(Reader.ContentsAsked)
    def _contents(self, event: Reader.ContentsAsked) -> None:
        event.stop()
        from briefreader.tui.screens.dialog import Pick

        briefing = self.reader.briefing
        if briefing is None:
            return
        sections = briefing.sections
        rows: list[list[Part]] = [[("  " * (s.level - 1) + s.title, "strong" if s.level < 3 else "")] for s in sections]
        here = max((n for n, s in enumerate(sections) if s.start <= self.reader.top_offset + 1), default=0)

        def go(choice: int | None) -> None:
            if choice is not None:
                self.reader.jump(sections[choice].start)

        self.app.push_screen(Pick("Contents", rows, here, "No headings in this briefing"), go)

    @on(Reader.CutsAsked)
    def _cuts(self, event: Reader.CutsAsked) -> None:
        event.stop()
        from briefreader.tui.screens.source_view import BlockDecision, SourceView

        briefing = self.reader.briefing
        if briefing is None:
            return

        def decide(answer: BlockDecision | None) -> None:
            if answer is not None:
                done = (
                    "Cut from every issue of this publisher" if answer.cut else "Kept in every issue of this publisher"
                )
                self.change(lambda: self.library.decide_block(briefing.id, answer.text, cut=answer.cut), done)

        self.app.push_screen(SourceView(briefing), decide)

    # Topics

    def action_tags(self) -> None:
        """Edit topics."""
        from briefreader.tui.screens.tags import TagEditor

        targets = self.targets()
        if not targets:
            return
        title = f"{len(targets):,} marked briefings" if len(targets) > 1 else ""
        if not title:
            insight = self.insights.current if "." in targets[0] else None
            title = insight.title if insight is not None else self.row.title if self.row is not None else ""
            if self.marked_ids:
                key = self.briefreader.key_of("main.apply_marked")
                title += f" (this one only; {key} first means the {len(self.marked_ids):,} marked)"
        self.disarm()
        self.app.push_screen(TagEditor(self.library, targets, title), self._changed)

    def action_why(self) -> None:
        """Why the topics were given, and why others were not."""
        from briefreader.tui.screens.why import WhyDialog

        if target := self.target():
            self.app.push_screen(WhyDialog(self.library, target, self.strip.topic))

    def action_review(self) -> None:
        """The suggestions the tagger is least sure of."""
        from briefreader.tui.screens.review import ReviewScreen

        self.app.push_screen(ReviewScreen(self.library), self._changed)

    def _changed(self, changed: bool | None) -> None:
        if changed:
            self.refresh_data()
            self.follow_corrections()

    # In and out

    def action_export(self) -> None:
        """Write notes of the marked or listed briefings."""
        self.when_whole(self._ask_export)

    def _ask_export(self) -> None:
        from briefreader.tui.screens.export import ExportDialog

        ids = list(self.marked_ids.values())
        what = f"{len(ids):,} marked briefings" if ids else f"{len(self.briefings.keys):,} listed briefings"
        self.disarm()
        self.app.push_screen(ExportDialog(self.library, self.briefreader.settings, self.listed, ids, what))

    def action_add(self) -> None:
        """Add files, folders or pasted text."""
        from briefreader.tui.screens.add import AddDialog

        self.app.push_screen(AddDialog(self.library), self._added)

    def _added(self, changed: bool | None) -> None:
        if changed:
            self.refresh_data(requery=True)

    @on(LibraryList.DropAsked)
    def _drop_saved(self, event: LibraryList.DropAsked) -> None:
        event.stop()
        place = self.places.current
        if place is not None and place.saved:
            self.change(lambda: self.library.drop_search(place.saved), f"“{one_line(place.saved, 40)}” taken off")
        else:
            self.say("That is no saved search", "warning")

    @on(LibraryList.RenameAsked)
    def _rename_saved(self, event: LibraryList.RenameAsked) -> None:
        event.stop()
        from briefreader.tui.screens.dialog import Prompt

        place = self.places.current
        if place is None or not place.saved:
            self.say("That is no saved search", "warning")
            return

        def rename(name: str | None) -> None:
            if name and name != place.saved:
                self.change(lambda: self.library.rename_search(place.saved, name), f"Now “{one_line(name, 40)}”")

        self.app.push_screen(Prompt("Rename the search", f"Another name for: {place.saved}", place.saved), rename)

    def action_save_search(self) -> None:
        """Keep the filter under a name."""
        from briefreader.tui.screens.dialog import Prompt

        query = self.filter_bar.value.strip()
        if not query:
            self.say("Type a filter first", "warning")
            return

        def save(name: str | None) -> None:
            if name:
                self.change(lambda: self.library.save_search(name, query), f"Saved “{one_line(name, 40)}”")

        self.app.push_screen(Prompt("Save this search", f"A name for: {one_line(query, 60)}"), save)

    def action_copy(self) -> None:
        """Copy the selection or the insight as a Markdown quote, else a link to the briefing's source."""
        briefing = self.reader.briefing
        if briefing is None:
            return
        span = self.reader.selected_span()
        insight = self.insights.current if self.pane == "insights" and span is None else None
        target = briefing.id if insight is None else insight.id
        self.background("copy", lambda cancelled: self.library.quote(target, span), self._copy)

    def _copy(self, text: str) -> None:
        from briefreader.tui import external_tools

        self.say(f"Copied {len(text.split()):,} words {external_tools.copy(self.app, text)}")

    def action_browser(self) -> None:
        """Open the briefing's page."""
        url = self.reader.briefing.url if self.reader.briefing else ""
        if not url:
            self.say("This briefing has no web address", "warning")
            return
        self.open_url(url)

    def open_url(self, url: str) -> None:
        """Start a browser, off the UI thread."""
        from briefreader.tui import external_tools

        self.background(
            "browser", lambda cancelled: external_tools.browse(url), lambda _: self.say(f"Opened {one_line(url, 80)}")
        )

    def action_links(self) -> None:
        """The briefing's links: Enter opens one."""
        from briefreader.tui.screens.links import LinksDialog
        from briefreader.tui.widgets.markdown import Link, links_of

        briefing = self.reader.briefing
        if briefing is None:
            return

        def go(url: str | None) -> None:
            if url:
                self.open_url(url)

        def show(links: list[Link]) -> None:
            self.app.push_screen(LinksDialog(links), go)

        self.background("links", lambda cancelled: links_of(clean(briefing.body)), show)

    def action_diff(self) -> None:
        """Show what a later text of the briefing changed; Enter goes to the sentence."""
        from briefreader.tui.screens.diff import DiffDialog

        def go(start: int | None) -> None:
            if start is not None:
                self.reader.jump(start)

        if (row := self.row) is not None:
            self.app.push_screen(DiffDialog(self.library, row.id), go)

    def action_editor(self) -> None:
        """Show the original in the editor."""
        if (row := self.row) is not None:
            self.background("original", lambda cancelled: self.library.original(row.id), self._edit_original)

    def _edit_original(self, original: Original) -> None:
        from briefreader.tui import external_tools

        last = original.path.rpartition("/")[2][-60:]
        name = "".join(c if c.isalnum() or c in "._-" else "_" for c in last) or f"briefing.{original.format}"
        try:
            external_tools.view(self.app, name, original.data, self.briefreader.settings.editor)
        except BriefreaderError as error:
            self.tell_error(sentence(error))

    def edit_file(self, path: Path) -> bool:
        """Open a file in the editor; whether that went well."""
        from briefreader.tui import external_tools

        try:
            external_tools.edit(self.app, path, self.briefreader.settings.editor)
        except BriefreaderError as error:
            self.tell_error(sentence(error))
            return False
        return True

    # Places

    def action_topics(self) -> None:
        """Topics over time, how well they are given, and the taxonomy."""
        from briefreader.tui.screens.topics import TopicsDialog

        def go(query: str | None) -> None:
            if query is not None:
                self.filter_bar.set_value(query)
                self.load_list(query)
            self.refresh_data()

        self.app.push_screen(TopicsDialog(self.library, self.edit_file), go)

    def action_retag(self) -> None:
        """Learn from the decisions, and tag what changes by them."""

        def call(cancelled: CancelCheck) -> list[Tagged]:
            return list(self.library.run_in_subprocess("tag", cancelled=cancelled))

        def done(changed: list[Tagged]) -> None:
            self.top.busy("")
            self.say(f"Learnt from your decisions: {len(changed):,} briefings tagged anew")
            self.refresh_data()

        self.top.busy("learning")
        self.background("retag", call, done, self._retag_failed)

    def _retag_failed(self, text: str) -> None:
        self.top.busy("")
        self.tell_error(text)

    def action_statistics(self) -> None:
        """Counts by topic, source and month."""
        from briefreader.tui.screens.statistics import StatisticsDialog

        self.app.push_screen(StatisticsDialog(self.library))

    def action_reload(self) -> None:
        """Read everything again."""

        def done(changed: bool) -> None:
            self.say("Read again" + (", with the changed taxonomy" if changed else ""))
            self.refresh_data(requery=True)

        self.background("reload", lambda cancelled: bool(self.library.reload_taxonomy()), done)
