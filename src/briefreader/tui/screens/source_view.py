"""Dialog with the cut boilerplate and the kept blocks of a briefing.

A key cuts a kept block from all issues of the publisher, or keeps a cut block in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from briefreader.display import one_line
from briefreader.markdown import blocks, plain
from briefreader.markdown_layout import wrap
from briefreader.tui.keys import bindings
from briefreader.tui.screens.dialog import Dialog
from briefreader.tui.widgets.text_rows import Part, TextRows

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from briefreader.model import Briefing

LABEL_CELLS = 12


@dataclass(frozen=True, slots=True)
class BlockDecision:
    """The decision to cut or keep a block in every issue of the publisher."""

    text: str
    cut: bool


class SourceView(Dialog[BlockDecision]):
    """List sponsors, cut blocks with the reason, and kept blocks; return the decision on one block."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("source"), Binding("q", "leave", "Close", show=False)]
    SCOPES: ClassVar[tuple[str, ...]] = ("source",)
    heading = "What was cut"
    tall = True
    wide = True

    def __init__(self, briefing: Briefing) -> None:
        super().__init__()
        self._briefing = briefing
        self._rows: list[list[Part]] = []
        self._answers: list[BlockDecision | None] = []
        self._width = 0

    def _fill(self) -> None:
        """List the blocks, wrapped to the width."""
        rows = self.query_one(TextRows)
        width = max(rows.size.width - LABEL_CELLS - 4, LABEL_CELLS)
        if width == self._width:
            return
        self._width, self._rows, self._answers = width, [], []
        briefing = self._briefing
        for sponsor in briefing.sponsors:
            self._add([("sponsor      ", "accent"), (f"{sponsor.name} ", ""), (sponsor.url, "muted")], None)
        for cut in briefing.cuts:
            for number, text in enumerate(_texts(cut.text)):
                self._block("" if number else cut.kind, text, BlockDecision(text, cut=False))
            if cut.reason:
                self._add([(" " * (LABEL_CELLS + 1), ""), (cut.reason, "")], self._answers[-1])
        if not briefing.cuts and not briefing.sponsors:
            self._add([("Nothing was cut from this briefing.", "muted")], None)
        for number, text in enumerate(_texts(briefing.body)):
            self._block("" if number else "kept", text, BlockDecision(text, cut=True))
        rows.show(self._rows, rows.cursor)

    def _add(self, row: list[Part], answer: BlockDecision | None) -> None:
        self._rows.append(row)
        self._answers.append(answer)

    def _block(self, label: str, text: str, answer: BlockDecision) -> None:
        shown = one_line(plain(text)) or one_line(text)
        for n, (start, end) in enumerate(wrap(shown, self._width)):
            self._add([(f"{'' if n else label:<{LABEL_CELLS}} ", "accent"), (shown[start:end], "muted")], answer)

    def body(self) -> ComposeResult:
        """Lay out the widgets."""
        yield TextRows()

    def on_mount(self) -> None:
        """Focus the list."""
        self.query_one(TextRows).focus()

    def on_resize(self) -> None:
        """Wrap the blocks to the new width."""
        self.call_after_refresh(self._fill)

    def action_decide(self) -> None:
        """Cut a text from all issues of the publisher as boilerplate, or restore it."""
        answer = self._answers[self.query_one(TextRows).cursor] if self._answers else None
        if answer is not None:
            self.dismiss(answer)


def _texts(markdown: str) -> list[str]:
    return [markdown[block.text : block.end] for block in blocks(markdown) if block.kind != "rule"]
