r"""Escape plain text on its way into a Markdown body, so that it reads as typed.

Serves the readers of text files and text/plain mail. Only inline marks are escaped: headings, bullets, quotes and rules
are what their writer meant by them. ``markdown.strip`` is the way back: ``strip(escape(line)).text == line``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_URL = r"https?://[^\s<>\"'`\\]{1,2000}[^\s<>\"'`\\.,;:!?)\]}*_~]"
_SPECIAL = (
    r"\\(?=[!-/:-@\[-`{-~\n]|\Z)|[*`]|\[(?=[\^\[]|[^\]\n]{0,1000}\][(\[:])"
    r"|<(?=[A-Za-z/!?])|&(?=#?\w{1,31};)|~~|_+"
)
_TOKEN = re.compile(rf"(?P<url>{_URL})|{_SPECIAL}")
_MEANS = re.compile(r"[*~`\[\]&]|(?<![^\W_])_|_(?![^\W_])")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})[^`\n]*$")
_RULE = re.compile(r" {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
_ITEM = re.compile(r"[ \t]*(?:[-*+•‣▪◦●○]|\d{1,3}[.)])[ \t]+(?=\S)")
_INDENT = re.compile(r"[ \t]{2,}(?=\S)")


def escape(text: str, *, autolink: bool = True) -> str:
    """Return ``text`` with its inline Markdown escaped; addresses stay, and become ``<…>`` where they need it.

    Fenced code that is closed stays as it is. Lines indented like code keep three spaces, for nothing shows escapes
    within code as typed.
    """
    return "\n".join(_escaped_lines(text.split("\n"), autolink))


def _escaped_lines(lines: list[str], autolink: bool) -> Iterator[str]:
    closing = -1
    in_list = False
    for number, line in enumerate(lines):
        if number <= closing or _RULE.match(line):
            yield line
            continue
        if (fence := _FENCE.match(line)) and (end := _closed_at(lines, number, fence[1])):
            closing = end
            yield line
            continue
        item = _ITEM.match(line)
        if not in_list and (indent := _INDENT.match(line)) and len(indent.group().expandtabs(4)) > 3:
            line = "   " + line[indent.end() :]
            item = _ITEM.match(line)
        in_list = bool(item) or (in_list and (not line.strip() or line[0] in " \t"))
        start = item.end() if item else 0
        yield line[:start] + _escaped(line[start:], autolink)


def _closed_at(lines: list[str], opened: int, fence: str) -> int:
    """Return the line that closes a fence, 0 if none does."""
    for number in range(opened + 1, len(lines)):
        stripped = lines[number].strip()
        if stripped.startswith(fence) and not stripped.strip(fence[0]):
            return number
    return 0


def _escaped(line: str, autolink: bool) -> str:
    def replaced(match: re.Match[str]) -> str:
        found = match.group()
        if match["url"]:
            return f"<{found}>" if autolink and _MEANS.search(found) else found
        if found == "<" and not autolink and line.startswith("http", match.end()):
            return found
        if found[0] == "_" and line[match.start() - 1 : match.start()].isalnum() and line[match.end() :][:1].isalnum():
            return found  # within a word it means nothing
        return "".join("\\" + sign for sign in found)

    return _TOKEN.sub(replaced, line)
