"""Parse Markdown into blocks, and into plain text with offsets.

All bodies are Markdown. ``blocks`` finds CommonMark's leaf blocks and list items line by line, without nesting.
``strip`` returns plain text with a map to the offsets in the Markdown. ``escape`` is the inverse of ``strip``:
``strip(escape(line)).text == line``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace
from functools import lru_cache
from html import unescape
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from briefreader.records import dataclass
from briefreader.text import HTML_TAG

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BlockKind = Literal["heading", "paragraph", "item", "quote", "code", "table", "rule"]

BULLETS = "-*+•‣–·▪◦●○■▸"
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(\S.*?)(?:[ \t]+#+)?[ \t]*$")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_RULE = re.compile(r" {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
_ITEM = re.compile(rf"([ \t]*)(?:[{re.escape(BULLETS)}]|\d{{1,3}}[.)])[ \t]+(?=\S)")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_QUOTE = re.compile(r" {0,3}> ?")
URL = r"(?:<(?:[^<>\n\\]|\\.)*>|(?!<)[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)(?:[ \t]+\"[^\"\n]*\")?"
_INLINE = re.compile(
    r"(?=[\\`!\[\]<&*_~> ])(?:"  # all possible first characters; looking for them first makes the search much faster
    r"(?P<escape>\\[!-/:-@\[-`{-~\n])"
    r"|(?P<code>(?P<ticks>`{1,3})(?!`)(?P<coded>[^\n]{1,2000}?)(?<!`)(?P=ticks)(?!`))"
    rf"|(?P<image>!\[[^\]\n]{{0,1000}}\]\({URL}\))"
    r"|(?P<note>(?m:^)\[\^[^\]\s]{1,50}\]:[ \t]*|\[\^[^\]\s]{1,50}\])"
    r"|(?P<open>\[)"
    rf"|(?P<close>\](?:\({URL}\))?)"
    r"|(?P<auto><(?:https?://|mailto:)[^<>\s]{1,2000}>)"
    rf"|(?P<tag>{HTML_TAG}|<!--.{{0,1000}}?-->)"
    r"|(?P<entity>&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)"
    r"|(?P<quoted>(?<=\n) {0,3}(?:>[ \t]?)+)"
    r"|(?P<emphasis>\*{1,3}|_{1,3}|~~))"
)
_MARKUP = re.compile(r"[\\`\[\]<&*_~]|\n {0,3}>")
_ADDRESS = r"https?://[^\s<>\"'`\\]{1,2000}[^\s<>\"'`\\.,;:!?)\]}*_~]"
_ESCAPED = (
    r"\\(?=[!-/:-@\[-`{-~\n]|\Z)|[*`]|\[(?=[\^\[]|[^\]\n]{0,1000}\][(\[:])"
    r"|<(?=[A-Za-z/!?])|&(?=#?\w{1,31};)|~~|_+"
)
_ESCAPED_OR_ADDRESS = re.compile(rf"(?P<url>{_ADDRESS})|{_ESCAPED}")
_ESCAPABLE = re.compile(r"[\\*`\[<&~_]")
_NEEDS_BRACKETS = re.compile(r"[*~`\[\]&]|(?<![^\W_])_|_(?![^\W_])")
_FENCE_LINE = re.compile(r" {0,3}(`{3,}|~{3,})[^`\n]*$")
_LIST_LINE = re.compile(r"[ \t]*(?:[-*+•‣▪◦●○]|\d{1,3}[.)])[ \t]+(?=\S)")
_INDENTED = re.compile(r"[ \t]{2,}(?=\S)")


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a body: ``body[start:end]``, including its marker.

    ``text`` is the offset of its content. ``level`` is 1 to 6 for a heading, and the indentation in columns for a list
    item.
    """

    kind: BlockKind
    start: int
    end: int
    text: int
    level: int = 0


@dataclass(frozen=True, slots=True)
class Plain:
    """Plain text with a map to its Markdown.

    The text consists of pieces that were copied from the Markdown: the piece that begins at ``text[places[n]]`` was
    copied from the offset ``origins[n]``.
    """

    text: str
    places: tuple[int, ...]
    origins: tuple[int, ...]

    def source(self, index: int) -> int:
        """Return the offset in the Markdown of character ``index`` of the plain text."""
        i = max(bisect_right(self.places, index) - 1, 0)
        return self.origins[i] + index - self.places[i] if self.origins else 0


@dataclass(frozen=True, slots=True)
class Delimiter:
    """A run of ``length`` markup characters (such as ``**``) that may open emphasis.

    ``start:end`` is the part of it that isn't paired yet; ``closes`` says whether the run could also close emphasis.
    """

    sign: str
    start: int
    end: int
    length: int
    closes: bool


def blocks(body: str) -> list[Block]:
    """Return the blocks of ``body`` in order; fenced code is one block."""
    return [*_blocks(body)]


@lru_cache(maxsize=4)  # several stages of reading ask for the blocks of the same body, one after the other
def _blocks(body: str) -> tuple[Block, ...]:
    found: list[Block] = []
    lines = _lines(body)
    i = 0
    while i < len(lines):
        start, end = lines[i]
        line = body[start:end]
        if not line.strip():
            i += 1
            continue
        if fence := _FENCE.match(line):
            i, stop = _fenced(body, lines, i, fence[1])
            found.append(Block("code", start, stop, start))
            continue
        if _is_indented_code(body, lines, i, found):
            i = _indented(body, lines, i, found)
            continue
        if heading := _HEADING.match(line):
            found.append(Block("heading", start, end, start + heading.start(2), len(heading[1])))
        elif _RULE.match(line):
            found.append(Block("rule", start, end, start))
        else:
            i = _flowing(body, lines, i, found)
            continue
        i += 1
    return tuple(found)


def _lines(body: str) -> list[tuple[int, int]]:
    spans, start = [], 0
    for line in body.split("\n"):
        spans.append((start, start + len(line)))
        start += len(line) + 1
    return spans


def _fenced(body: str, lines: list[tuple[int, int]], i: int, fence: str) -> tuple[int, int]:
    """Return the line after the fenced block that opens on line ``i``, and its end."""
    for j in range(i + 1, len(lines)):
        start, end = lines[j]
        closing = _FENCE.match(body, start, end)
        if closing and closing[1].startswith(fence) and not body[closing.end() : end].strip():
            return j + 1, end
    return len(lines), lines[-1][1]


def _is_indented_code(body: str, lines: list[tuple[int, int]], i: int, found: list[Block]) -> bool:
    """Whether line ``i`` begins indented code, not a list item or its text."""
    start, end = lines[i]
    last = found[-1] if found else None
    if not body.startswith(("    ", "\t"), start) or (last and last.kind in ("item", "quote")):
        return False
    blank = i == 0 or not body[slice(*lines[i - 1])].strip() or bool(last and last.kind in ("heading", "rule"))
    in_list = last is not None and body[last.start].isspace()
    return blank and not (in_list and _ITEM.match(body, start, end))


def _indented(body: str, lines: list[tuple[int, int]], i: int, found: list[Block]) -> int:
    """Append the indented code that begins on line ``i``; return the line after it."""
    start, stop = lines[i]
    last = i
    for j in range(i, len(lines)):
        line = body[slice(*lines[j])]
        if line.strip():
            if not line.startswith(("    ", "\t")):
                break
            last, stop = j, lines[j][1]
    found.append(Block("code", start, stop, start))
    return last + 1


def _flowing(body: str, lines: list[tuple[int, int]], i: int, found: list[Block]) -> int:
    """Append the block that begins on line ``i``; return the line after it.

    It is a paragraph, list item, quote, table or underlined heading.
    """
    start, end = lines[i]
    line = body[start:end]
    kind: BlockKind = "paragraph"
    text, level = start + len(line) - len(line.lstrip()), 0
    if item := _ITEM.match(line):
        kind, text, level = "item", start + item.end(), len(item[1].expandtabs(4))
    elif quote := _QUOTE.match(line):
        kind, text = "quote", start + quote.end()
    elif line.lstrip().startswith("|"):
        kind = "table"
    i += 1
    while i < len(lines):
        next_start, next_end = lines[i]
        following = body[next_start:next_end]
        if not following.strip():
            break
        if kind == "paragraph" and (rule := _UNDERLINE.match(following)) and len(rule[1]) > 2:
            if "\n" not in body[start:end]:
                found.append(Block("heading", start, next_end, text, 1 if rule[1][0] == "=" else 2))
                return i + 1
            break
        if _interrupts(following, kind):
            break
        end = next_end
        i += 1
    found.append(Block(kind, start, end, text, level))
    return i


def _interrupts(line: str, kind: BlockKind) -> bool:
    item = _ITEM.match(line)
    if item and kind == "paragraph" and re.match(r"[ \t]*\d", line) and not re.match(r"[ \t]*1[.)]", line):
        return False  # within a paragraph, a number begins a list only if it is 1, as in CommonMark
    if item or _HEADING.match(line) or _FENCE.match(line) or _RULE.match(line):
        return True
    if bool(_QUOTE.match(line)) != (kind == "quote"):
        return True
    return line.lstrip().startswith("|") != (kind == "table")


def outside_code(markdown: str, change: Callable[[str], str]) -> str:
    """Return Markdown with ``change`` applied to everything except code blocks."""
    bounds = [0, *(bound for b in blocks(markdown) if b.kind == "code" for bound in (b.start, b.end)), len(markdown)]
    parts = [markdown[a:b] for a, b in pairwise(bounds)]
    return "".join(part if n % 2 else change(part) for n, part in enumerate(parts))


def title_of(body: str, block: Block) -> str:
    """Return a heading's plain text."""
    first = body[block.text : block.end].split("\n", 1)[0]
    return plain(re.sub(r"[ \t]+#+[ \t]*$", "", first))


def plain(markdown: str) -> str:
    """Remove inline markup and collapse white space, for display, scoring and search."""
    return " ".join(strip(markdown).text.split())


def prose(markdown: str) -> str:
    """Return a passage as plain paragraphs: the text of each block, code unchanged."""
    parts = ((b.kind, markdown[b.text : b.end]) for b in blocks(markdown) if b.kind != "rule")
    return "\n\n".join(text if kind == "code" else plain(text) for kind, text in parts)


@lru_cache(maxsize=4096)
def strip(markdown: str) -> Plain:
    """Remove inline markup (emphasis, images, link targets …) and ``>`` of quotes.

    Cached, since several stages of reading strip the same blocks.
    """
    if not _MARKUP.search(markdown):
        return Plain(markdown, (0,), (0,))
    edits: list[tuple[int, int, str]] = []
    brackets: list[int] = []
    delimiters: list[Delimiter] = []
    for m in _INLINE.finditer(markdown):
        start, end = m.span()
        match m.lastgroup:
            case "escape":
                edits.append((start, start + 1, ""))
            case "code" | "ticks" | "coded":
                edits += [(start, m.start("coded"), ""), (m.end("coded"), end, "")]
            case "image" | "tag" | "note" | "quoted":
                edits.append((start, end, ""))
            case "open":
                brackets.append(start)
            case "close":
                if brackets:
                    opened = brackets.pop()
                    if end - start > 1:
                        edits += [(opened, opened + 1, ""), (start, end, "")]
                    if markdown.startswith("](", start):
                        brackets.clear()  # links don't nest
            case "auto":
                edits += [(start, start + 1, ""), (end - 1, end, "")]
            case "entity":
                edits.append((start, end, unescape(m.group())))
            case _:
                _emphasis(markdown, start, end, delimiters, edits)
    return _apply(markdown, sorted(edits))


def _emphasis(text: str, start: int, end: int, opened: list[Delimiter], edits: list[tuple[int, int, str]]) -> None:
    """Pair a run of ``*``, ``_`` or ``~~`` with its openers; unpaired runs are text.

    By CommonMark's rules 9 and 10 for emphasis, two runs don't pair if one of them could both open and close, and their
    lengths add up to a multiple of three, unless both lengths are multiples of three.
    """
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    sign, length = text[start], end - start
    inside = sign == "_" and before.isalnum() and after.isalnum()
    opens, closes = not (after.isspace() or inside), not (before.isspace() or inside)
    i = len(opened)
    # only the last six runs are compared, so that the time stays linear
    while closes and start < end and i > max(len(opened) - 6, 0):
        i -= 1
        other = opened[i]
        either = (opens or other.closes) and (length + other.length) % 3 == 0 and length % 3
        if other.sign != sign or either or (sign == "~" and other.end - other.start != end - start):
            continue
        paired = min(end - start, other.end - other.start)
        edits += [(other.end - paired, other.end, ""), (start, start + paired, "")]
        start += paired
        del opened[i:]
        if other.end - paired > other.start:
            opened.append(replace(other, end=other.end - paired))
        i = len(opened)
    if opens and start < end:
        opened.append(Delimiter(sign, start, end, length, closes))


def _apply(markdown: str, edits: list[tuple[int, int, str]]) -> Plain:
    parts: list[str] = []
    places: list[int] = []
    origins: list[int] = []
    done = length = 0

    def keep(piece: str, origin: int) -> None:
        nonlocal length
        if piece:
            parts.append(piece)
            places.append(length)
            origins.append(origin)
            length += len(piece)

    for start, end, replacement in edits:
        if start < done:
            continue
        keep(markdown[done:start], done)
        keep(replacement, start)
        done = end
    keep(markdown[done:], done)
    return Plain("".join(parts), tuple(places), tuple(origins))


def escape(text: str, *, autolink: bool = True) -> str:
    """Return ``text`` with its inline Markdown escaped.

    Fenced code with a closing fence is unchanged. Lines that are indented like code are indented by three spaces
    instead, since code can't contain escapes. URLs are not escaped but put in angle brackets if they contain markup;
    with ``autolink`` False, they are left as they are.
    """
    return "\n".join(_escaped_lines(text.split("\n"), autolink))


def _escaped_lines(lines: list[str], autolink: bool) -> Iterator[str]:
    closing = -1
    in_list = False
    for number, line in enumerate(lines):
        if number <= closing or _RULE.match(line):
            yield line
            continue
        if (fence := _FENCE_LINE.match(line)) and (end := _closed_at(lines, number, fence[1])):
            closing = end
            yield line
            continue
        item = _LIST_LINE.match(line)
        if not in_list and (indent := _INDENTED.match(line)) and len(indent.group().expandtabs(4)) > 3:
            line = "   " + line[indent.end() :]
            item = _LIST_LINE.match(line)
        in_list = bool(item) or (in_list and (not line.strip() or line[0] in " \t"))
        start = item.end() if item else 0
        yield line[:start] + _escaped(line[start:], autolink)


def _closed_at(lines: list[str], opened: int, fence: str) -> int:
    """Return the number of the line that closes a fence, 0 if none does."""
    for number in range(opened + 1, len(lines)):
        stripped = lines[number].strip()
        if stripped.startswith(fence) and not stripped.strip(fence[0]):
            return number
    return 0


def _escaped(line: str, autolink: bool) -> str:
    def replaced(match: re.Match[str]) -> str:
        found = match.group()
        if match["url"]:
            return f"<{found}>" if autolink and _NEEDS_BRACKETS.search(found) else found
        if found == "<" and not autolink and line.startswith("http", match.end()):
            return found
        if found[0] == "_" and line[match.start() - 1 : match.start()].isalnum() and line[match.end() :][:1].isalnum():
            return found  # within a word, an underscore isn't markup
        return "".join("\\" + sign for sign in found)

    if not (_ESCAPABLE.search(line) or "http" in line):
        return line
    return _ESCAPED_OR_ADDRESS.sub(replaced, line)
