"""The reader: a briefing with keys for moving, finding and selecting."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, ClassVar

from textual.message import Message

from briefreader.tui.keys import bindings
from briefreader.tui.widgets.page import BriefingPage

if TYPE_CHECKING:
    from textual.binding import BindingType
    from textual.selection import Selection

    from briefreader.tui.widgets.document import Span


class Reader(BriefingPage, can_focus=True):
    """A briefing page with key bindings."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("reader")
    SCOPES: ClassVar[tuple[str, ...]] = ("reader",)

    class Reached(Message):
        """A key jumped to an insight's passage."""

        def __init__(self, start: int, end: int) -> None:
            super().__init__()
            self.start, self.end = start, end

    class FindRequested(Message):
        """The screen should ask for words to find."""

    class Selecting(Message):
        """The user started to select paragraphs."""

    class ContentsRequested(Message):
        """The screen should show the headings."""

    class CutsRequested(Message):
        """The screen should show the cut and kept blocks."""

    # Selecting

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the text selected with the mouse and the line end after it; None without a briefing."""
        return (selection.extract(self.document.plain()), "\n") if self.document is not None else None

    def selection_updated(self, selection: Selection | None) -> None:
        """Redraw the page with a changed mouse selection."""
        self.refresh()

    def selected_span(self) -> Span | None:
        """Return the selected span of the body; None if nothing is selected.

        A selection is made by paragraph or with the mouse.
        """
        document, selection = self.document, self.text_selection
        if document is None:
            return None
        if self._visual is not None:
            return document.span_of_lines(*self._visual)
        if selection is None or selection.start is None or selection.end is None:
            return None
        rows = range(selection.start.y, selection.end.y + 1)
        return document.span_of_columns([(y, *(selection.get_span(y) or (0, 0))) for y in rows])

    def paragraph_at_top(self) -> Span | None:
        """Return the span of the first paragraph that begins on screen or below; None if there is none."""
        document = self.document
        if document is None:
            return None
        return document.span_of_lines(*document.paragraph(max(self.scroll_offset.y, document.head)))

    def clear_highlights(self) -> bool:
        """Clear the matches, the selection by paragraph and the passage.

        Return whether any was set.
        """
        had = bool(self.matches) or self._visual is not None or self.passage is not None
        self.matches, self.match, self._visual, self.passage = [], -1, None, None
        if had:
            self.refresh()
        return had

    # Finding

    def find(self, words: str) -> int:
        """Mark all matches of ``words``, and return their number.

        Go to the first match on screen or below; if there is none, to the first one.
        """
        self.matches = self.document.find(words) if self.document is not None else []
        self.match = -1
        if self.matches:
            self.match = bisect_right(self.matches, (self.top_offset, -1)) - 1
            self._step_match(1)
        self.refresh()
        return len(self.matches)

    def _step_match(self, by: int) -> None:
        self.match = (self.match + by) % len(self.matches)
        self._wanted = self.matches[self.match][0]
        self.finish_jump()
        self.refresh()

    # Actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the keys for matches to the screen if there are no matches."""
        return bool(self.matches) if action in ("find_next", "find_previous") else True

    def _scroll(self, by: int) -> None:
        """Scroll by lines or, while selecting, change the selection."""
        if self._visual is None or self.document is None:
            self.scroll_to(y=self.scroll_offset.y + by, animate=False, immediate=True)
            return
        self._visual = self.document.grown(self._visual, by)
        bottom = self.scroll_offset.y + self.scrollable_content_region.height - 1
        if self._visual[1] > bottom:
            self.scroll_to(y=self.scroll_offset.y + self._visual[1] - bottom, animate=False, immediate=True)
        self.refresh()

    @property
    def _page(self) -> int:
        return self.scrollable_content_region.height

    def action_scroll_down(self) -> None:
        """Scroll down a line."""
        self._scroll(1)

    def action_scroll_up(self) -> None:
        """Scroll up a line."""
        self._scroll(-1)

    def action_scroll_top(self) -> None:
        """Go to the start of the briefing."""
        self.scroll_to(y=0, animate=False, immediate=True)

    def action_scroll_bottom(self) -> None:
        """Go to the end of the briefing."""
        self.scroll_to(y=self.virtual_size.height, animate=False, immediate=True)

    def action_half_down(self) -> None:
        """Scroll down half a page."""
        self._scroll(self._page // 2)

    def action_half_up(self) -> None:
        """Scroll up half a page."""
        self._scroll(-(self._page // 2))

    def action_page_down(self) -> None:
        """Scroll down a page minus two lines."""
        self._scroll(max(self._page - 2, 1))

    def action_page_up(self) -> None:
        """Scroll up a page minus two lines."""
        self._scroll(-max(self._page - 2, 1))

    def action_next_insight(self) -> None:
        """Jump to the passage of the next insight."""
        here = self.passage[0] if self.passage else self.top_offset - 1
        following = sorted((i.start, i.end) for i in self.insights if i.start > here)
        if following:
            self._reach(*following[0])

    def action_previous_insight(self) -> None:
        """Jump to the passage of the previous insight."""
        here = self.passage[0] if self.passage else self.top_offset
        before = sorted((i.start, i.end) for i in self.insights if i.start < here)
        if before:
            self._reach(*before[-1])

    def _reach(self, start: int, end: int) -> None:
        self.jump(start, end)
        self.post_message(self.Reached(start, end))

    def action_find(self) -> None:
        """Ask for words to find."""
        self.post_message(self.FindRequested())

    def action_find_next(self) -> None:
        """Go to the next match."""
        self._step_match(1)

    def action_find_previous(self) -> None:
        """Go to the previous match."""
        self._step_match(-1)

    def action_contents(self) -> None:
        """Show the headings."""
        self.post_message(self.ContentsRequested())

    def action_source(self) -> None:
        """Show the cut and kept blocks."""
        self.post_message(self.CutsRequested())

    def action_visual(self) -> None:
        """Start or stop selecting by paragraph."""
        document = self.document
        if document is None or self._visual is not None:
            self._visual = None
        else:
            self._visual = document.paragraph(max(self.scroll_offset.y, document.head))
            self.post_message(self.Selecting())
        self.refresh()
