"""Lay out Markdown as terminal lines that keep offsets into the Markdown.

A body is split into chunks at headings, and each chunk is laid out separately. Each run of text has its offset in the
body, by which insights, matches and reasons are highlighted. Used by the app and by the commands ``show`` and ``read``.
Textual's Markdown widget is not suitable: it creates a widget for each block, which takes 18 s for a long newsletter,
and keeps no offsets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len, chop_cells

from briefreader.text import HTML_TAG

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_HEADING = re.compile(r"^#{1,6} ", re.MULTILINE)
_FENCE = re.compile(r"^ {0,3}(```|~~~)", re.MULTILINE)
_CHUNK = 6_000  # code points, whose layout takes about 10 ms


class Run(NamedTuple):
    """Text in one style.

    ``source`` is the offset of its first character in the body, -1 if unknown or for decoration. ``url`` is the target
    of a link, or "".
    """

    text: str
    style: str
    source: int = -1
    url: str = ""


class Line(NamedTuple):
    """A line on screen; ``start`` is its offset in the body, even if it has no text."""

    runs: tuple[Run, ...]
    start: int

    @property
    def text(self) -> str:
        """The line without styles."""
        return "".join(run.text for run in self.runs)


class Link(NamedTuple):
    """A link or picture in the body: text, target and offset."""

    label: str
    url: str
    start: int


def chunks(body: str) -> list[tuple[int, int]]:
    """Return the spans of the body that are laid out separately.

    They begin at headings, and at blank lines of long sections; never within fenced code.
    """
    fenced = _fences(body)
    cuts = [m.start() for m in _HEADING.finditer(body) if not _inside(m.start(), fenced)]
    starts = sorted({0, *cuts})
    spans: list[tuple[int, int]] = []
    for start, end in zip(starts, [*starts[1:], len(body)], strict=True):
        while end - start > _CHUNK:
            at = body.find("\n\n", start + _CHUNK // 2, end)
            while at >= 0 and (_inside(at, fenced) or body[at + 2 : at + 3] in " \t"):
                at = body.find("\n\n", at + 2, end)
            if at < 0:
                break
            spans.append((start, at + 2))
            start = at + 2
        spans.append((start, end))
    return [(start, end) for start, end in spans if end > start]


def _fences(body: str) -> list[tuple[int, int]]:
    marks = [m.start() for m in _FENCE.finditer(body)]
    return list(zip(marks[::2], [*marks[1::2], len(body)][: len(marks[::2])], strict=False))


def _inside(offset: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start < offset < end for start, end in spans)


def wrap(text: str, width: int) -> list[tuple[int, int]]:
    """Wrap a paragraph to lines of at most ``width`` cells; return the lines' spans.

    Lines break at spaces, which belong to neither line; a word longer than a line is cut.
    """
    if width < 1:
        width = 1
    lines: list[tuple[int, int]] = []
    start = at = used = 0
    for word in text.split(" "):
        size = len(word) if word.isascii() else cell_len(word)
        stop = at + len(word)
        if used and used + 1 + size > width:
            lines.append((start, at - 1))
            start, used = at, size
        else:
            used += size + (1 if at > start else 0)
        if used > width:
            word = text[start:stop]  # a wide character doesn't fit into a line of one cell
            *heads, rest = chop_cells(word, width) if width > 1 else list(word)
            for head in heads:
                lines.append((start, start + len(head)))
                start += len(head)
            used = cell_len(rest)
        at = stop + 1
    lines.append((start, len(text)))
    return lines


def layout(body: str, start: int, end: int, width: int) -> tuple[list[Line], list[Link]]:
    """Lay out ``body[start:end]`` to at most ``width`` cells; return lines and links.

    A ``width`` below 8 counts as 8.
    """
    writer = _Writer(body, start, end, max(width, 8))
    writer.blocks(_parser().parse(body[start:end]))
    return writer.lines, writer.links


def whole_layout(body: str, width: int) -> list[Line]:
    """Return the lines of a whole body."""
    return [line for start, end in chunks(body) for line in layout(body, start, end, width)[0]]


def links_of(body: str) -> list[Link]:
    """Return all links and pictures of a body in order; links within the document are left out."""
    width = 80  # has no influence on the links
    return [link for start, end in chunks(body) for link in layout(body, start, end, width)[1]]


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable("text_join")


@dataclass(repr=False, eq=False)
class _Writer:
    """Converts the tokens of a chunk to lines."""

    body: str
    start: int
    end: int
    width: int
    lines: list[Line] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    # prefixes of the lines of the current block (quote bars, indents); ``lead`` replaces the last one in its first line
    prefix: list[Run] = field(default_factory=list)
    lead: Run | None = None
    tight: bool = False
    numbers: list[int | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._line_starts = [self.start]
        at = self.body.find("\n", self.start, self.end)
        while at >= 0:
            self._line_starts.append(at + 1)
            at = self.body.find("\n", at + 1, self.end)

    def blocks(self, tokens: Sequence[Token]) -> None:
        """Write all blocks of the chunk, each followed by a blank line."""
        role = "text"
        rows: list[list[Token]] | None = None
        for token in tokens:
            kind = token.type
            if kind == "heading_open":
                role = min(token.tag, "h3")
            elif kind == "paragraph_open":
                self.tight = token.hidden
            elif kind in ("bullet_list_open", "ordered_list_open"):
                first = token.attrGet("start")
                self.numbers.append(int(first or 1) if kind == "ordered_list_open" else None)
            elif kind in ("bullet_list_close", "ordered_list_close"):
                self.numbers.pop()
                if not self.numbers:
                    self._gap()
            elif kind == "list_item_open":
                self._open_item()
            elif kind == "list_item_close":
                self.prefix.pop()
                self.lead = None
            elif kind == "blockquote_open":
                self.prefix.append(Run("▎ ", "mark"))
            elif kind == "blockquote_close":
                self.prefix.pop()
                self._gap()
            elif kind == "table_open":
                rows = []
            elif kind == "tr_open" and rows is not None:
                rows.append([])
            elif kind == "table_close" and rows is not None:
                self._table(rows)
                rows = None
            elif kind == "inline":
                if rows:
                    rows[-1].append(token)
                else:
                    self._paragraph(self._runs(token, role))
                    if not self.tight:
                        self._gap()
                role = "text"
            elif kind in ("fence", "code_block"):
                self._code(token)
            elif kind == "hr":
                self._put([Run("─" * min(self._room(), 24), "rule")], self._offset(token))
                self._gap()
            elif kind == "html_block":
                self._literal(token)

    def _open_item(self) -> None:
        number = self.numbers[-1]
        mark = "• " if number is None else f"{number}. "
        if number is not None:
            self.numbers[-1] = number + 1
        self.prefix.append(Run(" " * len(mark), "text"))
        self.lead = Run(mark, "mark")

    def _room(self) -> int:
        return max(self.width - sum(cell_len(run.text) for run in self.prefix), 8)

    def _offset(self, token: Token) -> int:
        line = token.map[0] if token.map else 0
        return self._line_starts[min(line, len(self._line_starts) - 1)]

    def _put(self, runs: Sequence[Run], start: int) -> None:
        before = list(self.prefix)
        if self.lead is not None:
            before[-1], self.lead = self.lead, None
        self.lines.append(Line((*before, *runs), start))

    def _gap(self) -> None:
        """Write a blank line, unless there is one already."""
        if self.lines and self.lines[-1].runs:
            self.lines.append(Line((), self.lines[-1].start))

    def _paragraph(self, runs: Sequence[Run]) -> None:
        for part in _split_breaks(runs):
            text = "".join(run.text for run in part)
            fallback = next((run.source for run in part if run.source >= 0), self.lines[-1].start if self.lines else 0)
            for begin, end in wrap(text, self._room()):
                cut = list(_slice(part, begin, end))
                start = next((run.source for run in cut if run.source >= 0), fallback)
                self._put(cut, start)

    def _literal(self, token: Token) -> None:
        """Write HTML literally."""
        at = self._offset(token)
        for line in filter(None, (line.strip() for line in token.content.splitlines())):
            found = self.body.find(line, at, self.end)
            at = found if found >= 0 else at
            self._paragraph([Run(line, "muted", found)])
        self._gap()

    def _code(self, token: Token) -> None:
        at = self._offset(token)
        for line in token.content.rstrip("\n").split("\n"):
            found = self.body.find(line, at, self.end) if line.strip() else -1
            at = found if found >= 0 else at
            for begin, end in wrap(line.replace("\t", "    "), self._room() - 2) or [(0, 0)]:
                exact = found >= 0 and "\t" not in line
                self._put([Run("  ", "code"), Run(line[begin:end], "code", at + begin if exact else -1)], at)
        self._gap()

    def _table(self, rows: list[list[Token]]) -> None:
        """Write columns side by side if they fit, else ``heading: cell`` lines."""
        cells = [[self._runs(token, "strong" if n == 0 else "text") for token in row] for n, row in enumerate(rows)]
        texts = [["".join(run.text for run in cell) for cell in row] for row in cells]
        columns = max(map(len, texts), default=0)
        widths = [max((cell_len(row[i]) for row in texts if i < len(row)), default=0) for i in range(columns)]
        start = self._offset(rows[0][0]) if rows and rows[0] else self.start
        if sum(widths) + 3 * (columns - 1) <= self._room():
            for n, row in enumerate(cells):
                runs: list[Run] = []
                for i, cell in enumerate(row):
                    runs += [
                        *cell,
                        Run(" " * (widths[i] - cell_len(texts[n][i])) + (" │ " if i + 1 < columns else ""), "rule"),
                    ]
                self._put(runs, next((run.source for run in runs if run.source >= 0), start))
                if n == 0:
                    self._put([Run("─┼─".join("─" * w for w in widths), "rule")], start)
        else:
            for row in cells[1:] or cells:
                for i, cell in enumerate(row):
                    head = f"{texts[0][i]}: " if i < len(texts[0]) and len(cells) > 1 else ""
                    self._paragraph([Run(head, "strong"), *cell])
                self._gap()
        self._gap()

    def _runs(self, token: Token, role: str) -> list[Run]:
        """Return the runs of an inline token, with their offsets in the body."""
        at = self._offset(token)
        stop = self._line_starts[token.map[1]] if token.map and token.map[1] < len(self._line_starts) else self.end
        styles = [role]
        runs: list[Run] = []
        opened: list[tuple[str, int]] = []
        for child in token.children or ():
            kind = child.type
            if kind in ("text", "text_special", "code_inline"):
                if not child.content:
                    continue
                # an entity or escape (text_special) is written differently in the Markdown
                written = child.markup if kind == "text_special" else child.content
                found = self.body.find(written, at, stop)
                style = " ".join([*styles, "code"] if kind == "code_inline" else styles)
                runs.append(Run(child.content, style, max(found, at)))
                at = found + len(written) if found >= 0 else at
            elif kind == "softbreak":
                runs.append(Run(" ", role))
            elif kind == "hardbreak":
                runs.append(Run("\n", role))
            elif kind in ("strong_open", "em_open", "s_open"):
                styles.append(kind[:-5])
            elif kind in ("strong_close", "em_close", "s_close"):
                styles.pop()
            elif kind == "link_open":
                styles.append("link")
                opened.append((str(child.attrGet("href") or ""), len(runs)))
            elif kind == "link_close":
                styles.pop()
                at = self._close_link(*opened.pop(), runs, at, stop)
            elif kind == "image":
                source = str(child.attrGet("src") or "")
                runs.append(Run(f"[image: {child.content or 'no text'}]", "muted"))
                if source.startswith(("http://", "https://")):
                    self.links.append(Link(f"[image: {child.content or 'no text'}]", source, at))
                at = self._past(source, at, stop)
            elif kind == "html_inline":
                if not child.content.startswith("<!") and not re.match(HTML_TAG, child.content):
                    runs.append(Run(child.content, " ".join(styles), max(self.body.find(child.content, at, stop), at)))
                at = self._past(child.content, at, stop)
        return runs

    def _close_link(self, url: str, first: int, runs: list[Run], at: int, stop: int) -> int:
        label = "".join(run.text for run in runs[first:])
        start = runs[first].source if first < len(runs) else at
        if url and not url.startswith("#"):  # links within the document aren't listed
            self.links.append(Link(" ".join(label.split()), url, start))
            runs[first:] = [run._replace(url=url) for run in runs[first:]]
        return self._past(url, at, stop) if self.body[at : at + 2] == "](" else at

    def _past(self, text: str, at: int, stop: int) -> int:
        found = self.body.find(text, at, stop) if text else -1
        return found + len(text) if found >= 0 else at


def _split_breaks(runs: Sequence[Run]) -> Iterator[list[Run]]:
    part: list[Run] = []
    for run in runs:
        if run.text == "\n":
            yield part
            part = []
        else:
            part.append(run)
    yield part


def _slice(runs: Sequence[Run], begin: int, end: int) -> Iterator[Run]:
    """Yield the runs of the characters ``begin`` to ``end`` of a paragraph."""
    at = 0
    for run in runs:
        stop = at + len(run.text)
        low, high = max(begin, at), min(end, stop)
        if low < high:
            source = run.source + (low - at) if run.source >= 0 else -1
            yield Run(run.text[low - at : high - at], run.style, source, run.url)
        at = stop
