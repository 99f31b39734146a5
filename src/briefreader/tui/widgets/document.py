"""A briefing laid out in lines, independent of any widget.

A document maps lines to offsets in the briefing's body. With them it finds the insight, paragraph or match at a line.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING

from briefreader.display import clean, one_line
from briefreader.markdown_layout import Line, Run, chunks, layout, wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from briefreader.model import Briefing, Insight

WORDS_PER_MINUTE = 220

Span = tuple[int, int]
_ITEM = re.compile(r"\n[ \t>]*(?:[-*+•]|\d+[.)])[ \t]")


class Document:
    """The lines of one briefing; offsets count the code points before a place in the briefing's body.

    ``width`` is that of the widget, and ``widest`` the maximum for text, both in cells. At first only the head is laid
    out; each ``lay_out_next`` adds lines of the body.
    """

    def __init__(self, briefing: Briefing, insights: Sequence[Insight], width: int, widest: int) -> None:
        self.briefing = briefing
        self.insights = sorted((_with_lead(briefing.body, insight) for insight in insights), key=attrgetter("start"))
        # Each character is replaced by one character, so that offsets stay valid.
        self.body = clean(briefing.body.replace("\r", "\n"))
        most = max((insight.number for insight in insights), default=0)
        self.gutter = len(str(most)) + 2 if most else 1
        self.text_width = max(min(width - self.gutter - 1, widest), 8)
        # In a wide pane, the text is centred.
        self.margin = max((width - self.gutter - self.text_width) // 2, 0) if width > widest + 8 else 0
        self.lines: list[Line] = self._head()
        self.head = len(self.lines)
        self._starts = [0] * self.head
        self._chunks = chunks(self.body)
        self._done = 0

    @property
    def whole(self) -> bool:
        """Whether the whole body is laid out."""
        return self._done == len(self._chunks)

    @property
    def reach(self) -> int:
        """The offset up to which the body is laid out."""
        return len(self.body) if self.whole else self._chunks[self._done][0]

    def lay_out_next(self) -> None:
        """Lay out the next few thousand characters."""
        start, end = self._chunks[self._done]
        lines, _ = layout(self.body, start, end, self.text_width)
        self.lines += lines
        self._starts += [line.start for line in lines]
        self._done += 1

    def _head(self) -> list[Line]:
        """Lay out title (unless the body repeats it), metadata and summary."""
        briefing, width = self.briefing, self.text_width
        title = one_line(briefing.title) or "Untitled"
        first = self.body.lstrip()[: len(title) + 16].split("\n", 1)[0].lstrip("# ").strip()
        lines = [] if first == title else _plain(title, "h3", width)
        minutes = max(1, round(len(self.body.split()) / WORDS_PER_MINUTE))
        facts = [briefing.source, briefing.author, briefing.published[:10], f"{minutes} min"]
        lines += _plain(" · ".join(one_line(fact, 60) for fact in facts if fact), "muted", width)
        if briefing.summary and briefing.summary not in briefing.body:
            lines += [Line((), 0), *_plain(one_line(briefing.summary), "em", width)]
        return [*lines, Line((), 0)]

    def line_of(self, offset: int) -> int:
        """Return the number of the line that shows the character at ``offset``."""
        y = bisect_right(self._starts, offset) - 1
        # A blank line after a block has the same offset as the block.
        while 0 < y < len(self.lines) and not self.lines[y].runs:
            y -= 1
        return max(y, 0)

    def offset_of(self, y: int) -> int:
        """Return the offset of line ``y`` in the body; 0 for a line of the head or after the last line."""
        return self.lines[y].start if self.head <= y < len(self.lines) else 0

    def insight_at(self, y: int) -> Insight | None:
        """Return the first insight whose passage, or bold title before it, is on line ``y``; None if there is none."""
        if not self.head <= y < len(self.lines) or not self.lines[y].runs:
            return None
        line = self.lines[y]
        last = max((run.source + len(run.text) for run in line.runs if run.source >= 0), default=line.start + 1)
        for insight in self.insights:
            if insight.start >= last:
                break
            if line.start < insight.end:
                return insight
        return None

    def gutter_text(self, y: int) -> str:
        """Return the gutter: a bar beside a passage, and on its first line also the insight's number."""
        insight = self.insight_at(y)
        if insight is None:
            return " " * self.gutter
        number = "" if self.insight_at(y - 1) is insight else str(insight.number)
        return f"{number:>{self.gutter - 2}}▏ "

    def find(self, words: str) -> list[Span]:
        """Return the spans of the body that match ``words``, ignoring case.

        Between two words, the body may have any white space, emphasis marks, backticks and quote marks (``>``).
        """
        parts = [re.escape(part) for part in words.split()]
        pattern = r"[\s*_`~>]+".join(parts)
        return [match.span() for match in re.finditer(pattern, self.body, re.IGNORECASE)] if parts else []

    def _begins(self, y: int) -> bool:
        """Whether a paragraph or list item begins on line ``y``."""
        line, above = self.lines[y], self.lines[max(y - 1, 0)]
        return bool(line.runs) and (
            y <= self.head or not above.runs or bool(_ITEM.search(self.body, above.start, line.start + 1))
        )

    def paragraph(self, y: int) -> Span:
        """Return the first and last line of a paragraph or list item.

        It is the first one that begins at or below line ``y``.
        """
        end = len(self.lines) - 1
        first = next((at for at in range(y, end + 1) if self._begins(at)), max(min(y, end), 0))
        last = first
        while last < end and self.lines[last + 1].runs and not self._begins(last + 1):
            last += 1
        return first, last

    def grown(self, lines: Span, by: int) -> Span:
        """Return the first and last line of a selection extended by one paragraph, or shortened by one.

        It is extended if ``by`` is positive. At least one paragraph stays selected.
        """
        first, last = lines
        if by > 0:
            return first, self.paragraph(last + 1)[1] if last + 1 < len(self.lines) else last
        while last > first and not self._begins(last):
            last -= 1
        last -= 1
        while last > first and not self.lines[last].runs:
            last -= 1
        return first, last if last > first else self.paragraph(first)[1]

    def span_of_lines(self, first: int, last: int) -> Span | None:
        """Return the span of the body that lines ``first`` to ``last`` show.

        It includes emphasis marks at its ends. Return None if the lines show nothing of the body.
        """
        span = _span([run for line in self.lines[first : last + 1] for run in line.runs])
        if span is None:
            return None
        before, after = self.body[max(span[0] - 3, 0) : span[0]], self.body[span[1] : span[1] + 3]
        return span[0] - len(before) + len(before.rstrip("*_`")), span[1] + len(after) - len(after.lstrip("*_`"))

    def span_of_columns(self, parts: Sequence[tuple[int, int, int]]) -> Span | None:
        """Return the span of the body that some parts of lines show.

        Each part is ``(line, from, to)``. Columns count characters, including margin and gutter; ``to`` is -1
        for the end of the line. Return None if the parts show nothing of the body.
        """
        runs: list[Run] = []
        for y, low, high in parts:
            at = self.margin + self.gutter
            for run in self.lines[y].runs if y < len(self.lines) else ():
                end = at + len(run.text)
                begin, stop = max(low, at), end if high == -1 else min(high, end)
                if begin < stop and run.source >= 0:
                    runs.append(Run(run.text[begin - at : stop - at], run.style, run.source + begin - at))
                at = end
        return _span(runs)

    def plain(self) -> str:
        """Return the lines laid out so far as text, indented as displayed."""
        indent = " " * (self.margin + self.gutter)
        return "\n".join(indent + line.text for line in self.lines)


def _plain(text: str, style: str, width: int) -> list[Line]:
    return [Line((Run(text[start:end], style),), 0) for start, end in wrap(text, width)]


def _span(runs: Sequence[Run]) -> Span | None:
    own = [run for run in runs if run.source >= 0]
    return (own[0].source, max(run.source + len(run.text) for run in own)) if own else None


def _with_lead(body: str, insight: Insight) -> Insight:
    """Return the insight extended to its title, if this is bold text directly before the passage; else unchanged."""
    lead = re.search(r"(?:\*\*|__)([^*_\n]+)(?:\*\*|__)[\s.:–—-]*$", body[max(insight.start - 400, 0) : insight.start])
    if not insight.title or lead is None or not lead[1].startswith(insight.title):
        return insight
    return replace(insight, start=insight.start - len(lead[0]))
