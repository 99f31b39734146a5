"""Dialog with the sources: their activity, their errors, and actions."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType

from briefreader.display import one_line
from briefreader.errors import BriefreaderError
from briefreader.markdown_layout import Link
from briefreader.tui import external_tools
from briefreader.tui.keys import bindings
from briefreader.tui.screens.dialog import Confirm, Dialog, Prompt
from briefreader.tui.screens.fetch import FetchDialog
from briefreader.tui.screens.links import LinksDialog
from briefreader.tui.widgets.cells import fit
from briefreader.tui.widgets.text_rows import Part, TextRows
from briefreader.tui.workers import describe_error, in_thread

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from briefreader.library import Library
    from briefreader.library.source_checks import Health

ADDRESSES = {
    "source": ("Add a source", "URL of a feed, path of a folder or mail folder, or imaps://user@host/FOLDER:"),
    "feed": ("Add a feed", "URL of an RSS, Atom or JSON feed:"),
    "mail": ("Add a mail folder", "Path of a Maildir or mbox, or imaps://user@host/FOLDER:"),
}
_NAME_CELLS = 14


class SourcesDialog(Dialog[bool]):
    """List the sources; return whether any fetched briefing is new or revised.

    ``adding``, a key of ``ADDRESSES``, asks for a new source at once.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("sources"), Binding("q,P", "leave", "Close", show=False)]
    SCOPES: ClassVar[tuple[str, ...]] = ("sources",)
    heading = "Sources"
    tall = True
    wide = True

    def __init__(self, library: Library, adding: str = "") -> None:
        super().__init__()
        self.library = library
        self._adding = adding
        self._health: list[Health] = []
        self._fetched = False

    def body(self) -> ComposeResult:
        """Lay out the widgets."""
        rows = TextRows()
        rows.empty = ("No sources yet", f"{self.key_of('sources.add')} adds a feed, a mail folder or a watched folder")
        yield rows

    def on_mount(self) -> None:
        """Load the list."""
        self.query_one(TextRows).focus()
        self._load()
        if self._adding:
            self._add(self._adding)

    @work(exclusive=True, group="sources", exit_on_error=False)
    async def _load(self) -> None:
        self._health = await in_thread(lambda cancelled: self.library.source_health())
        rows = self.query_one(TextRows)
        rows.show([self._row(health) for health in self._health], min(rows.cursor, max(len(self._health) - 1, 0)))

    @staticmethod
    def _row(health: Health) -> list[Part]:
        """Return the row of a source: name, activity, last success and error."""
        source, state, activity = health.source, health.state, health.activity
        error = state.disabled or state.last_error
        checked = _moment(state.last_success)
        # An error takes the place of the less important columns.
        shares = "" if error else f"{activity.starred:>5.0%} ★{activity.boilerplate:>5.0%} cut"
        return [
            ("● " if not error and state.last_success else "○ ", "accent" if error else "topic"),
            (fit(one_line(source.name), _NAME_CELLS) + " ", "strong"),
            (f"{source.kind:<8}", "muted"),
            (f"{activity.per_week:>5.1f}/week{activity.read:>5.0%} read{shares}  ", ""),
            (f"{checked:<6}", "muted"),
            (f"  {one_line(error) or one_line(source.address)}", "accent" if error else "muted"),
        ]

    @property
    def _current(self) -> Health | None:
        cursor = self.query_one(TextRows).cursor
        return self._health[cursor] if cursor < len(self._health) else None

    def action_add(self) -> None:
        """Add a source."""
        self._add("source")

    @work(exclusive=True, group="add source", exit_on_error=False)
    async def _add(self, kind: str) -> None:
        """Ask for the address of a source, add it and fetch from it."""
        address = await self.app.push_screen_wait(Prompt(*ADDRESSES[kind]))
        if not address:
            return
        try:
            source = await in_thread(lambda cancelled: self.library.sources.add(address.strip()))
        except BriefreaderError as error:
            self.notify(describe_error(error), severity="error", markup=False)
            return
        self._load()
        self._fetch((source.name,))

    def action_fetch(self) -> None:
        """Fetch the selected source."""
        if health := self._current:
            self._fetch((health.source.name,))

    def _fetch(self, names: tuple[str, ...]) -> None:
        def done(fetched: bool | None) -> None:
            self._fetched = self._fetched or bool(fetched)
            self._load()

        self.app.push_screen(FetchDialog(self.library, names), done)

    @work(exclusive=True, group="sources", exit_on_error=False)
    async def action_unsubscribe(self) -> None:
        """Show the unsubscribe links in the source's mails; Enter copies one."""
        if (health := self._current) is None:
            return
        found = await in_thread(lambda cancelled: self.library.unsubscribe_links(health.source.name))
        links = [Link(publisher, url, 0) for publisher, url in found]
        empty = "No unsubscribe link in the mails of this source"
        if url := await self.app.push_screen_wait(LinksDialog(links, "Unsubscribe", choose="Copy", empty=empty)):
            external_tools.copy(self.app, url)
            self.notify("Link copied; open it in your browser to unsubscribe")

    @work(exclusive=True, group="sources", exit_on_error=False)
    async def action_remove(self) -> None:
        """Remove the selected source from the list; its briefings stay."""
        health = self._current
        if health is None:
            return
        name = health.source.name
        if await self.app.push_screen_wait(
            Confirm("Remove the source", f"Stop fetching {one_line(name)}? Its briefings stay in the library.")
        ):
            await in_thread(lambda cancelled: self.library.sources.remove(name))
            self._load()

    def action_leave(self) -> None:
        """Close, and return whether any fetched briefing is new or revised."""
        self.dismiss(self._fetched)


def _moment(seconds: float) -> str:
    """Format the time of the last success.

    The result is like ``14:05`` for today, ``22 Feb`` for other days, and "never" if ``seconds`` is 0.
    """
    if not seconds:
        return "never"
    when = datetime.fromtimestamp(seconds).astimezone()
    return f"{when:%H:%M}" if when.date() == datetime.now().astimezone().date() else f"{when:%d %b}"
