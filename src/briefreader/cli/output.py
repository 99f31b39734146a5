"""The output of commands: data on stdout, progress and messages on stderr.

All text passes through ``display``. Each command produces JSON records and lines of text; the output format decides
which of them are written. A terminal gets colour and columns, a pipe plain tab-separated lines. Apart from ``dump`` and
``mcp``, only this module writes to stdout.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, Protocol, TextIO

from briefreader import display
from briefreader.cli.terminal import laid_out, writes_utf8
from briefreader.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from rich.console import Console
    from rich.progress import Progress
    from rich.text import Text

    from briefreader.cli.terminal import Color

SCHEMA_VERSION = 1
Format = Literal["human", "json", "jsonl", "nul"]
REDRAW_SECONDS = 0.1
"""Seconds between updates of a progress bar."""
MAX_WIDTH = 100
"""Maximum width of rendered Markdown, in cells."""
FLEXIBLE_WIDTH, MIN_WIDTH = 24, 8
"""Preferred width of the flexible column, and default minimum width of a column, in cells."""
StyledText = str | tuple[str, str]
"""Text, or text with a rich style."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a listing.

    ``width`` is in cells; the flexible column has 0 and takes the rest of the line. On a narrow line a column shrinks
    to ``least`` cells; if ``least`` is 0, the column is then hidden.
    """

    width: int
    style: str = ""
    least: int = MIN_WIDTH


def _fitted(columns: Sequence[Column], width: int) -> list[int]:
    """Return the columns' widths on a line of ``width`` cells.

    On a narrow line, the widest columns shrink first.
    """
    widths = [column.width for column in columns]
    left = width - sum(each + 2 for each in widths if each)
    while left < FLEXIBLE_WIDTH and (giving := [n for n, column in enumerate(columns) if widths[n] > column.least]):
        widest = max(giving, key=widths.__getitem__)
        less = 1 if columns[widest].least or widths[widest] > MIN_WIDTH else widths[widest]
        widths[widest] -= less
        left += less if widths[widest] else less + 2
    return [each if column.width else max(left, MIN_WIDTH) for column, each in zip(columns, widths, strict=True)]


class Writer(Protocol):
    """A function that writes one record."""

    def __call__(self, record: Mapping[str, Any], name: str | None = None) -> None:
        """Write a record as JSON; with ``-0`` only ``name``, in the human format nothing."""


class Output:
    """The output of one command in one format.

    ``color`` is ``auto`` (a terminal that is not dumb), ``always`` or ``never``; see :func:`terminal.color_choice`.
    """

    def __init__(self, form: Format = "human", color: Color = "auto", *, quiet: bool = False, verbose: int = 0) -> None:
        self.form = form
        self.quiet = quiet
        self.verbose = verbose
        self._color = color
        self._stdout: TextIO = sys.stdout
        self._stderr: TextIO = sys.stderr
        self._out: Console | None = None
        self._err: Console | None = None
        self._bar: Progress | None = None
        self._document: Literal["", "open", "whole"] = ""  # how much of the JSON document is written
        self._ascii = not writes_utf8(self._stdout)

    @property
    def is_terminal(self) -> bool:
        """Whether the format is human, and stdout is a terminal."""
        return self.form == "human" and self._stdout.isatty()

    @property
    def is_tabular(self) -> bool:
        """Whether lists are tab-separated: in a pipe, unless colour is forced."""
        return self.form == "human" and not self._stdout.isatty() and not self._colored(self._stdout)

    @property
    def width(self) -> int:
        """Line width in cells: ``COLUMNS``, else the terminal's, else 80."""
        return shutil.get_terminal_size().columns

    # data

    @contextmanager
    def records(self, kind: str) -> Iterator[Writer]:
        """Yield a function that writes one record.

        If the ``with`` block raises, ``failure`` completes the JSON document. In the human format the function writes
        nothing, since the command prints its own lines.
        """
        head = f'{{"schema_version": {SCHEMA_VERSION}, "command": {json.dumps(kind)}, "records": ['

        def write(record: Mapping[str, Any], name: str | None = None) -> None:
            if self.form == "jsonl":
                self._write(self._dumps({"schema_version": SCHEMA_VERSION, **record}) + "\n")
            elif self.form == "json":
                self._write((",\n" if self._document else head + "\n") + self._dumps(record))
                self._document = "open"
            elif self.form == "nul" and name is not None:
                self._write(display.clean(name) + "\0")

        yield write
        if self.form == "json":
            self._write("]}\n" if self._document else head + "]}\n")
            self._document = "whole"

    def failure(self, command: str, message: str, hint: str, code: int) -> None:
        """With ``--json``, write an error and complete the document."""
        if self.form != "json" or self._document == "whole":
            return
        error = self._dumps({"message": message, "hint": hint, "code": code})
        head = f'{{"schema_version": {SCHEMA_VERSION}, "command": {json.dumps(command)}'
        self._write(f'{"]" if self._document else head}, "error": {error}}}\n')
        self._document = "whole"

    def record(self, record: Mapping[str, Any]) -> None:
        """Write the only record of a command as JSON; nothing in the other formats."""
        if self.form in ("json", "jsonl"):
            self._write(self._dumps({"schema_version": SCHEMA_VERSION, **record}) + "\n")
            self._document = "whole"

    def line(self, *parts: StyledText) -> None:
        """Write a line in the human format; nothing in the others."""
        if self.form != "human":
            return
        if self._colored(self._stdout):
            self._console().print(_text(parts), soft_wrap=True)
        else:
            self._write("".join(_plain(part) for part in parts) + "\n")

    def paragraph(self, head: Sequence[StyledText], *parts: StyledText) -> None:
        """Write a line, wrapped at the terminal's width and indented below ``head``.

        In a pipe, ``head``'s parts and the rest are tab-separated.
        """
        if not self.is_terminal:
            self.cells(*head, "".join(_plain(part) for part in parts)) if self.is_tabular else self.line(*head, *parts)
            return
        console = self._console()
        first = _text(head)
        indent = first.cell_len
        for line in _text(parts).wrap(console, max(self.width - indent, FLEXIBLE_WIDTH)):
            line.rstrip()
            console.print(first + line, soft_wrap=True)
            first = _text([" " * indent])

    def cells(self, *parts: StyledText) -> None:
        """Write a line of padded parts; in a pipe, tab-separated and without the padding."""
        if not self.is_tabular:
            self.line(*parts)
        else:
            self._write("\t".join(display.one_line(_plain(part)) for part in parts) + "\n")

    def row(self, columns: Sequence[Column], values: Sequence[str]) -> None:
        """Write a row of columns that fit the terminal; in a pipe, tab-separated."""
        if self.form != "human":
            return
        cells = [display.one_line(value) for value in values]
        if not self.is_terminal:
            self._write("\t".join(cells) + "\n")
            return
        from rich.text import Text

        line = Text()
        for column, cell, width in zip(columns, cells, _fitted(columns, self.width), strict=True):
            if not width:
                continue
            piece = Text(cell, style=column.style)
            piece.truncate(width, overflow="ellipsis", pad=True)
            line += piece + "  "
        line.rstrip()
        line.truncate(self.width)
        self._console().print(line, soft_wrap=True)

    def room(self, columns: Sequence[Column], limit: int) -> int:
        """Return the width of the flexible column in cells, but not more than ``limit``; in a pipe, ``limit``."""
        return min(limit, _fitted(columns, self.width)[-1]) if self.is_terminal else limit

    def shortened(self, text: str, limit: int) -> str:
        """Return ``text``, on a terminal cut to ``limit`` code points."""
        return text[: limit - 1] + "…" if self.is_terminal and len(text) > limit else text

    def text(self, text: str) -> None:
        """Write a text, whatever the format, with one line break at its end."""
        self.piece(text.rstrip("\n") + "\n")

    def piece(self, text: str) -> None:
        """Write a piece of a longer text, whatever the format."""
        self._write(display.clean(text))

    def markdown(self, text: str) -> None:
        """Write Markdown: rendered on a terminal, as source in a pipe."""
        if not self.is_terminal:
            self.text(text)
            return
        from briefreader.markdown_layout import whole_layout

        console = self._console()
        links = os.environ.get("TERM") != "linux"
        for line in whole_layout(display.clean(text), min(self.width, MAX_WIDTH)):
            console.print(laid_out(line, links=links), soft_wrap=True)

    @contextmanager
    def paged(self, *, wanted: bool = True) -> Iterator[None]:
        """Show what the ``with`` block writes in ``$PAGER``, if ``wanted`` and it doesn't fit the terminal."""
        from briefreader.cli.pager import PagedText, pager_command, show_paged

        command = pager_command() if wanted and self.is_terminal else []
        if not command:
            yield
            return
        terminal, self._stdout, self._out = self._stdout, PagedText(), None
        try:
            yield
        finally:
            text = self._stdout.getvalue()
            self._stdout, self._out = terminal, None
            fits = text.count("\n") < shutil.get_terminal_size().lines
            if fits or not show_paged(command, text, terminal.encoding or "utf-8"):
                terminal.write(text)

    def data(self, data: bytes) -> None:
        """Write bytes: unchanged in a pipe, without control characters on a terminal."""
        if self._stdout.isatty() or not hasattr(self._stdout, "buffer"):
            self.text(data.decode("utf-8", "replace"))
        else:
            self._stdout.flush()
            self._stdout.buffer.write(data)

    # messages

    def info(self, *parts: StyledText) -> None:
        """Write an informational message to stderr; silent with ``-q``."""
        if not self.quiet:
            self._message(parts)

    def detail(self, *parts: StyledText) -> None:
        """Write a message to stderr, only with ``-v``."""
        if self.verbose and not self.quiet:
            self._message(parts)

    def problem(self, message: str, *, where: str = "", hint: str = "", style: str = "red") -> None:
        """Write an error to stderr: where it occurred, what failed, and a hint."""
        place = f"{where}: " if where else ""
        self._message(["briefreader: ", place, (message, style)])
        if hint:
            self._message([f"  {hint}"])

    @contextmanager
    def progress(self, label: str, total: int | None = None) -> Iterator[Callable[[int, int | None], None]]:
        """Show a progress bar if stderr is a terminal, and yield the function that updates it: (done, total)."""
        if self.quiet or not self._stderr.isatty() or os.environ.get("TERM") == "dumb":
            yield _no_bar
            return
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}", markup=False), BarColumn(), TextColumn("{task.fields[count]}"))
        bar = Progress(
            *columns, TimeRemainingColumn(), console=self._console(err=True), transient=True,
            auto_refresh=False, redirect_stdout=False, redirect_stderr=False,
        )  # fmt: skip
        task = bar.add_task(label, total=total, count="")
        drawn = 0.0

        def advance(done: int, total: int | None = None) -> None:
            nonlocal drawn
            bar.update(task, completed=done, total=total, count=f"{done:,}/{total:,}" if total else f"{done:,}")
            if (now := time.monotonic()) - drawn >= REDRAW_SECONDS:
                drawn = now
                bar.start()  # again, if other output cleared the bar
                bar.refresh()

        self._bar = bar
        bar.start()
        try:
            yield advance
        finally:
            self.clear_bar()
            self._bar = None

    def flush(self) -> None:
        """Flush stdout; raises BrokenPipeError if the pipe is closed."""
        self._stdout.flush()

    # implementation

    def clear_bar(self) -> None:
        """Clear the progress bar before other output.

        The next update redraws the bar.
        """
        if self._bar is not None:
            self._bar.stop()

    def _message(self, parts: Sequence[StyledText]) -> None:
        self.clear_bar()
        if self._colored(self._stderr):
            self._console(err=True).print(_text(parts), soft_wrap=True)
        else:
            self._stdout.flush()
            self._stderr.write("".join(_plain(part) for part in parts) + "\n")

    def _colored(self, stream: TextIO) -> bool:
        if self._color != "auto":
            return self._color == "always"
        return stream.isatty() and os.environ.get("TERM") != "dumb"

    def _console(self, *, err: bool = False) -> Console:
        """Return the console for printing, clearing a progress bar first."""
        from rich.console import Console

        self.clear_bar()
        made = self._err if err else self._out
        if made is None:
            stream = self._stderr if err else self._stdout
            colored = self._colored(stream)
            made = Console(
                file=stream,
                color_system="auto" if colored else None,
                force_terminal=colored or None,
                no_color=not colored,
                markup=False,
                highlight=False,
                emoji=False,
                width=self.width,
            )
            if err:
                self._err = made
            else:
                self._out = made
        return made

    def _dumps(self, record: Mapping[str, Any]) -> str:
        return display.json_line(json.dumps(record, ensure_ascii=self._ascii))

    def _write(self, text: str) -> None:
        if self._bar is not None and self._stdout.isatty():
            self.clear_bar()
        self._stdout.write(text)


def _no_bar(_done: int, _total: int | None = None) -> None:
    """Ignore progress."""


def _plain(part: StyledText) -> str:
    return display.clean(part if isinstance(part, str) else part[0])


def _text(parts: Sequence[StyledText]) -> Text:
    from rich.text import Text

    line = Text()
    for part in parts:
        line.append(_plain(part), style=None if isinstance(part, str) else part[1])
    return line
