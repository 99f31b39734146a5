"""A widget that draws a briefing line by line.

It highlights insights, the phrases for which a topic was assigned (reasons), and matches of Find. After the first
screenful, layout continues in slices of about ten milliseconds, so that a newsletter of half a megabyte opens at once
and keys stay responsive.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise
from time import perf_counter
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.content import Content
from textual.strip import Strip

from briefreader.tui.widgets.cells import Piece, strip_of
from briefreader.tui.widgets.lines import Lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style
    from textual.geometry import Region

    from briefreader.markdown_layout import Run
    from briefreader.model import Briefing, Insight
    from briefreader.tui.widgets.document import Document, Span

_SLICE = 0.010  # seconds of layout before other events are handled
# Each role costs time at every start, since it is looked up in the style sheets.
_ROLES = "h1 h2 h3 strong em s code link mark rule muted".split()


class BriefingPage(Lines):
    """A page with one briefing; offsets are in code points from the start of its body."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"md--{role}" for role in _ROLES),
        "md--current",
        "md--found",
        "md--found-current",
        "md--reason",
    }
    DEFAULT_CSS = """
    BriefingPage {
        border-subtitle-color: $muted;
        .md--h1 { color: $accent; text-style: bold; }
        .md--h2 { color: $primary; text-style: bold; }
        .md--h3 { color: $foreground; text-style: bold; }
        .md--strong { text-style: bold; }
        .md--em { text-style: italic; }
        .md--s { text-style: strike; }
        .md--code { color: $secondary; }
        .md--link { color: $primary; text-style: underline; }
        .md--mark { color: $accent; }
        .md--rule { color: $line; }
        .md--muted { color: $muted; }
        .md--current { background: $cursor; }
        .md--found { background: $found; text-style: bold; }
        .md--found-current { background: $accent; color: $background; text-style: bold; }
        .md--reason { text-style: underline; color: $accent; }
    }
    """

    def __init__(self, *, id: str | None = None, width: int = 84) -> None:
        super().__init__(id=id)
        self.briefing: Briefing | None = None
        self.insights: Sequence[Insight] = ()
        self.matches: list[Span] = []
        self.match = -1
        self._text = "Select a briefing to read it here."
        self._progress = ""
        self._widest = width
        self.document: Document | None = None
        self._width = 0
        self._wanted: int | None = None  # the offset to jump to when its lines are laid out
        self._reasons: Sequence[Span] = ()
        self.passage: Span | None = None
        self._visual: Span | None = None  # first and last line of the selection by paragraph

    def show(self, briefing: Briefing | None, insights: Sequence[Insight] = (), offset: int = 0) -> None:
        """Show a briefing, scrolled to ``offset``; None clears the page."""
        self.briefing, self.insights = briefing, insights
        self.matches, self.match, self._reasons, self.passage, self._visual = [], -1, (), None, None
        self._lay_out(offset)

    def show_text(self, text: str) -> None:
        """Clear the page, and show a line of text."""
        self._text = text
        self.show(None)

    def mark_reasons(self, spans: Sequence[Span]) -> None:
        """Underline the phrases for which a topic was assigned, and no others."""
        before, self._reasons = set(self._reasons), sorted(spans)
        if self.document is not None:
            for low, high in before ^ set(spans):
                first = self.document.line_of(low)
                self.redraw(first, self.document.line_of(high - 1) - first + 1)

    def jump(self, start: int, end: int | None = None) -> None:
        """Scroll to the offset ``start``.

        With ``end``, also highlight the passage from ``start`` to ``end``.
        """
        self.passage = (start, end) if end is not None else None
        self._wanted = start
        self.finish_jump()
        self.refresh()

    @property
    def top_offset(self) -> int:
        """The offset of the topmost line on screen; 0 in the head, or without a briefing."""
        return self.document.offset_of(self.scroll_offset.y) if self.document is not None else 0

    @property
    def percent(self) -> int:
        """How much of the briefing is above the bottom of the screen, in percent; 100 without a briefing."""
        document = self.document
        if document is None or not document.body:
            return 100
        bottom = min(self.scroll_offset.y + self.scrollable_content_region.height, len(document.lines)) - 1
        if document.whole and bottom >= len(document.lines) - 1:
            return 100
        return min(99, round(100 * document.offset_of(bottom) / len(document.body)))

    # Layout

    def _lay_out(self, offset: int = 0) -> None:
        """Lay out the first screenful, and schedule the rest."""
        self._width = self.scrollable_content_region.width
        self.document = None
        self._wanted = offset or None
        if self.briefing is None or self._width <= 0:
            self.extend_to(0)
        else:
            # imported here: the Markdown parser isn't needed before the first paint
            from briefreader.tui.widgets.document import Document

            document = self.document = Document(self.briefing, self.insights, self._width, self._widest)
            height = max(self.scrollable_content_region.height, 1)
            while not document.whole and len(document.lines) < height:
                document.lay_out_next()
            self._extent()
            if not document.whole:
                self.set_timer(0.001, lambda: self._slice(document))
        self.scroll_to(y=0, animate=False, force=True)
        self.finish_jump()
        self._update_progress()
        self.refresh()

    def _slice(self, document: Document) -> None:
        """Lay out for ten milliseconds, then handle other events."""
        if document is not self.document or not self.is_attached:
            return
        end = perf_counter() + _SLICE
        while not document.whole and perf_counter() < end:
            document.lay_out_next()
        self._extent()
        self.finish_jump()
        if document.whole:
            self._update_progress()
        else:
            self.set_timer(0.001, lambda: self._slice(document))

    def _extent(self) -> None:
        if self.document is not None:
            self.extend_to(len(self.document.lines))

    def finish_jump(self) -> None:
        """Scroll to the target of the pending jump if its lines have been laid out."""
        document = self.document
        if self._wanted is None or document is None:
            return
        if self._wanted < document.reach or document.whole:
            y = document.line_of(self._wanted)
            self._wanted = None
            lead = 2 if y > document.head else y
            self.call_after_refresh(self.scroll_to, y=max(y - lead, 0), animate=False, force=True)

    # Drawing

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw lines, and lay out a briefing that was loaded while the page was hidden.

        Showing the page doesn't always cause a Resize event.
        """
        if self.document is None and self.briefing is not None:
            self.call_later(self.on_resize)
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """Return line ``y`` of the widget as shown."""
        width = self.scrollable_content_region.width
        base = self.base_style
        row = y + self.scroll_offset.y
        document = self.document
        if document is None:
            return strip_of([("  " + self._text, base + self._part("muted"))] if y == 1 else [], width, base)
        if row >= len(document.lines):
            return Strip.blank(width, base)
        selected = self._visual is not None and self._visual[0] <= row <= self._visual[1]
        fill = base + self._part("current") if selected else base
        pieces: list[Piece] = [
            (" " * document.margin, base),
            (document.gutter_text(row), base + self._part("mark")),
        ]
        for run in document.lines[row].runs:
            pieces += self._styled(run, fill)
        strip = strip_of(pieces, width, fill)
        if (selection := self.text_selection) is not None and (span := selection.get_span(row)) is not None:
            strip = self._with_selection(strip, span)
        return strip.apply_offsets(0, row)

    def _part(self, name: str) -> Style:
        return self.get_component_rich_style(f"md--{name}", partial=True)

    def _styled(self, run: Run, base: Style) -> list[Piece]:
        """Split a run at the borders of marks, and return the styled pieces."""
        style = base
        for role in run.style.split():
            if role in _ROLES:
                style += self._part(role)
        begin, end = run.source, run.source + len(run.text)
        marks = self._marks(begin, end) if run.source >= 0 else []
        if not marks:
            return [(run.text, style)]
        cuts = sorted({begin, end, *(low for low, _, _ in marks), *(high for _, high, _ in marks)})
        pieces: list[Piece] = []
        for low, high in pairwise(cuts):
            piece = style
            for start, stop, name in marks:
                if start <= low and high <= stop:
                    piece += self._part(name)
            pieces.append((run.text[low - begin : high - begin], piece))
        return pieces

    def _marks(self, begin: int, end: int) -> list[tuple[int, int, str]]:
        """Return the marks between two offsets, as ``(start, end, style)``.

        They are the passage, the reasons and the matches.
        """
        marks = [(*self.passage, "current")] if self.passage is not None else []
        marks += [(low, high, "reason") for low, high in self._reasons]
        first = max(bisect_right(self.matches, (begin, -1)) - 1, 0)
        for number in range(first, len(self.matches)):
            low, high = self.matches[number]
            if low >= end:
                break
            marks.append((low, high, "found-current" if number == self.match else "found"))
        return [(max(low, begin), min(high, end), name) for low, high, name in marks if low < end and high > begin]

    def _with_selection(self, strip: Strip, span: Span) -> Strip:
        """Return the line with the style of the mouse selection on ``span``."""
        start, end = span
        style = self.screen.get_component_rich_style("screen--selection", partial=True)
        stop = strip.cell_length if end == -1 else min(end, strip.cell_length)
        start = min(start, stop)
        parts = strip.divide([start, stop, strip.cell_length])
        if len(parts) < 2:
            return strip
        shown = Strip(Segment.apply_style(parts[1], post_style=style))  # over the background of the text
        return Strip.join([parts[0], shown, *parts[2:]])

    def on_resize(self) -> None:
        """Lay out again if the width has changed."""
        self._origin = None
        if self.scrollable_content_region.width != self._width:
            self._lay_out(self.top_offset if self._wanted is None else self._wanted)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Update the progress after scrolling."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self._update_progress()

    def _update_progress(self) -> None:
        """Show the progress on the border, if it has changed."""
        progress = f"{self.percent}%" if self.document is not None else ""
        if progress != self._progress:
            self._progress = progress
            self.border_subtitle = Content(progress)
