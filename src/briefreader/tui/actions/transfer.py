"""Commands that add, fetch, export, copy, or open something outside the app."""

from __future__ import annotations

from briefreader.display import clean, one_line
from briefreader.errors import BriefreaderError
from briefreader.tui.actions import Actions
from briefreader.tui.workers import describe_error, in_thread


class TransferActions(Actions):
    """Commands that move text into and out of the app."""

    def action_add(self) -> None:
        """Add files, folders, URLs or pasted text."""
        from briefreader.tui.screens.add import AddDialog

        def go(added: bool | None) -> None:
            if added:
                self.main.changes.refresh(requery=True)

        self.main.app.push_screen(AddDialog(self.library), go)

    def action_fetch(self) -> None:
        """Fetch new briefings from all sources."""
        from briefreader.tui.screens.fetch import FetchDialog

        self.main.app.push_screen(FetchDialog(self.library), self._fetched)

    def action_sources(self, adding: str = "") -> None:
        """Show the sources.

        ``adding`` (see ``SourcesDialog``) asks for a new source at once.
        """
        from briefreader.tui.screens.sources import SourcesDialog

        self.main.app.push_screen(SourcesDialog(self.library, adding), self._fetched)

    def _fetched(self, fetched: bool | None) -> None:
        if fetched:
            self.main.changes.refresh(requery=True)

    async def action_export(self) -> None:
        """Export the marked briefings, or all listed ones, as Markdown notes."""
        from briefreader.tui.screens.export import ExportDialog

        main = self.main
        await main.briefings.listed_whole()
        ids = list(main.briefings.marked_ids.values())
        count, kind = (len(ids), "marked") if ids else (len(main.briefings.keys), "listed")
        what = f"{count:,} {kind} briefing{'s' * (count != 1)}"
        main.targets.disarm()
        query = main.briefings.query_shown.typed
        main.app.push_screen(ExportDialog(self.library, main.briefreader.settings, query, ids, what))

    async def action_copy(self) -> None:
        """Copy the selection, the insight, or a link to the briefing, as Markdown."""
        from briefreader.tui import external_tools

        main = self.main
        briefing = main.reader.briefing
        if briefing is None:
            return
        span = main.reader.selected_span()
        insight = main.insights.current if main.pane == "insights" and span is None else None
        target = briefing.id if insight is None else insight.id
        text = await in_thread(lambda cancelled: self.library.quote(target, span))
        main.show_status(external_tools.copy(main.app, text))

    async def action_browser(self) -> None:
        """Open the briefing's web page in a browser."""
        url = self.main.reader.briefing.url if self.main.reader.briefing else ""
        if url:
            await self._open_url(url)
        else:
            self.main.show_status("This briefing has no URL", "warning")

    async def _open_url(self, url: str) -> None:
        from briefreader.tui import external_tools

        await in_thread(lambda cancelled: external_tools.browse(url))
        self.main.show_status(f"Opened {one_line(url, 80)}")

    async def action_links(self) -> None:
        """Show the links in the briefing; Enter opens one."""
        from briefreader.markdown_layout import links_of
        from briefreader.tui.screens.links import LinksDialog

        briefing = self.main.reader.briefing
        if briefing is None:
            return
        links = await in_thread(lambda cancelled: links_of(clean(briefing.body)))
        if url := await self.main.app.push_screen_wait(LinksDialog(links)):
            await self._open_url(url)

    async def action_diff(self) -> None:
        """Show what changed since the previous revision; Enter jumps to a sentence."""
        from briefreader.tui.screens.diff import DiffDialog

        if (row := self.main.briefings.current) is not None:
            start = await self.main.app.push_screen_wait(DiffDialog(self.library, row.id))
            if start is not None:
                self.main.reader.jump(start)

    async def action_editor(self) -> None:
        """Show the stored original of the briefing in the editor."""
        from briefreader.tui import external_tools

        main = self.main
        if (row := main.briefings.current) is None:
            return
        original = await in_thread(lambda cancelled: self.library.original(row.id))
        last = original.path.rpartition("/")[2][-60:]
        name = "".join(c if c.isalnum() or c in "._-" else "_" for c in last) or f"briefing.{original.format}"
        try:
            external_tools.view(main.app, name, original.data, main.briefreader.settings.editor)
        except BriefreaderError as error:
            main.show_status(describe_error(error), "error")
