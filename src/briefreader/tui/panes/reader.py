"""The reader pane: loads a briefing, and restores and saves the reading position."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from textual import on, work
from textual.message import Message

from briefreader.display import one_line
from briefreader.tui import preload
from briefreader.tui.messages import ChangeRequested, StatusChanged
from briefreader.tui.widgets.reader import Reader
from briefreader.tui.workers import Background, CancelCheck, in_thread

if TYPE_CHECKING:
    from textual import events

    from briefreader.library import Library
    from briefreader.model import Briefing
    from briefreader.tui.app import BriefreaderApp
    from briefreader.tui.widgets.document import Span
    from briefreader.tui.widgets.text_rows import Part

Passage = tuple[int, "int | None"]  # start and end in the body; without an end, nothing is highlighted


class ReaderPane(Reader, Background):
    """The reader; it shows the briefing ``wanted_id``, or is loading it."""

    class Resized(Message):
        """The border was dragged; the reader should get ``share`` percent of the window."""

        def __init__(self, share: int) -> None:
            super().__init__()
            self.share = share

    def __init__(self, library: Library, *, width: int) -> None:
        super().__init__(id="reader", width=width)
        self.library = library
        self.wanted_id = ""
        self._passage: Passage | None = None  # to be shown when its briefing is loaded
        self._pending_reasons: tuple[str, list[Span]] | None = None  # a briefing that is still loading, and its reasons

    def clear(self) -> None:
        """Clear the pane."""
        self.workers.cancel_group(self, "reader")
        self.wanted_id = ""
        self.show_text("")

    def load(self, briefing_id: str, passage: Passage | None = None) -> None:
        """Load a briefing, and jump to ``passage``.

        Without a passage, jump to the saved reading position, or stay there if the briefing is shown already. While the
        briefing is loading, a ``passage`` given before remains valid.
        """
        if passage is not None or briefing_id != self.wanted_id:
            self._passage = passage
        self.wanted_id = briefing_id
        self._load(briefing_id)

    @work(exclusive=True, group="reader", exit_on_error=False, description="load briefing")
    async def _load(self, briefing_id: str) -> None:
        """Load the briefing in a thread, and show it at the right position."""
        briefing, position = await in_thread(lambda cancelled: self._fetch(briefing_id, cancelled))
        same = self.briefing is not None and self.briefing.id == briefing_id
        if not same and self.has_focus:
            self.save_position()
        if self.briefing != briefing:
            self.show(briefing, briefing.insights, self.top_offset if same else position)
            if self._pending_reasons is not None and self._pending_reasons[0] == briefing_id:
                self.mark_reasons(self._pending_reasons[1])
        if self._passage is not None:
            start, end = self._passage
            self._passage = None
            self.jump(start, end)

    def _fetch(self, briefing_id: str, cancelled: CancelCheck) -> tuple[Briefing, int]:
        preload.import_modules(preload.READER, cancelled)
        return self.library.briefing(briefing_id), self.library.position(briefing_id)

    def show_passage(self, briefing_id: str, start: int, end: int | None) -> None:
        """Highlight a passage of a briefing once it is loaded."""
        if self.briefing is not None and self.briefing.id == briefing_id == self.wanted_id:
            self.jump(start, end)
        else:
            self._passage = (start, end)

    def show_reasons(self, briefing_id: str, spans: list[Span]) -> None:
        """Underline a topic's reasons once the briefing is loaded."""
        self._pending_reasons = None
        if self.briefing is not None and self.briefing.id == briefing_id:
            self.mark_reasons(spans)
        else:
            self._pending_reasons = (briefing_id, spans)

    # Width

    def set_share(self, percent: int) -> None:
        """Set the width in percent of the window; 0 for the width set by the style sheet."""
        if percent:
            self.styles.width = f"{percent}vw"
        else:
            self.styles.clear_rule("width")
            self.refresh(layout=True)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Start to drag the left border."""
        if event.x == 0:
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag the border."""
        if self.app.mouse_captured is self:
            self.post_message(self.Resized(round(100 - 100 * event.screen_x / self.app.size.width)))

    def on_mouse_up(self) -> None:
        """Stop dragging the border."""
        self.release_mouse()

    # Positions

    @property
    def focused_position(self) -> tuple[str, int] | None:
        """The briefing's ID and the reading position; None without the focus or a briefing."""
        return (self.briefing.id, self.top_offset) if self.briefing is not None and self.has_focus else None

    def save_position(self) -> None:
        """Save the reading position, unless the library is read-only."""
        if self.briefing is not None and not self.library.readonly:
            self._save_position(self.briefing.id, self.top_offset)

    @work(group="position", exit_on_error=False, description="save the position")
    async def _save_position(self, briefing_id: str, offset: int) -> None:
        await in_thread(lambda cancelled: self.library.set_position(briefing_id, offset))

    def on_blur(self, event: events.Blur) -> None:
        """Save the position when another pane gets the focus."""
        self.save_position()

    # Finding, contents, what was cut

    @on(Reader.FindRequested)
    def _find(self, event: Reader.FindRequested) -> None:
        event.stop()
        from briefreader.tui.screens.dialog import Prompt

        self.app.push_screen(Prompt("Find in this briefing"), self._find_words)

    def _find_words(self, words: str | None) -> None:
        if self.find(words or ""):
            self._show_match()
        elif words:
            self.post_message(StatusChanged(f"“{one_line(words, 40)}” is not in this briefing", "warning"))

    def action_find_next(self) -> None:
        """Go to the next match."""
        super().action_find_next()
        self._show_match()

    def action_find_previous(self) -> None:
        """Go to the previous match."""
        super().action_find_previous()
        self._show_match()

    def _show_match(self) -> None:
        """Show the number of the match and the keys in the bottom line."""
        key = cast("BriefreaderApp", self.app).key_of
        steps = f"{key('reader.find_next')} next, {key('reader.find_previous')} previous, {key('main.escape')} done"
        self.post_message(StatusChanged(f"Match {self.match + 1:,} of {len(self.matches):,} · {steps}"))

    @on(Reader.Selecting)
    def _show_selecting(self, event: Reader.Selecting) -> None:
        event.stop()
        key = cast("BriefreaderApp", self.app).key_of
        grow = f"{key('reader.scroll_down')} extends, {key('reader.scroll_up')} shrinks"
        uses = f"{key('main.own_insight')} adds it as an insight · {key('main.copy')} copies"
        self.post_message(StatusChanged(f"Selecting: {grow} · {uses} · {key('main.escape')} ends"))

    @on(Reader.ContentsRequested)
    def _show_contents(self, event: Reader.ContentsRequested) -> None:
        """Show the headings, and jump to the chosen one."""
        event.stop()
        from briefreader.tui.screens.dialog import Pick

        if self.briefing is None:
            return
        sections = self.briefing.sections
        rows: list[list[Part]] = [[("  " * (s.level - 1) + s.title, "strong" if s.level < 3 else "")] for s in sections]
        here = max((n for n, s in enumerate(sections) if s.start <= self.top_offset + 1), default=0)

        def go(choice: int | None) -> None:
            if choice is not None:
                self.jump(sections[choice].start)

        self.app.push_screen(Pick("Contents", rows, here, "No headings in this briefing"), go)

    @on(Reader.CutsRequested)
    def _show_cuts(self, event: Reader.CutsRequested) -> None:
        """Show the cut and kept blocks, and apply a decision on one."""
        event.stop()
        from briefreader.tui.screens.source_view import BlockDecision, SourceView

        if (briefing := self.briefing) is None:
            return

        def decide(answer: BlockDecision | None) -> None:
            if answer is not None:
                done = f"Block {'cut from' if answer.cut else 'kept in'} every issue of this publisher"
                call = partial(self.library.decide_block, briefing.id, answer.text, cut=answer.cut)
                self.post_message(ChangeRequested(call, done))

        self.app.push_screen(SourceView(briefing), decide)
