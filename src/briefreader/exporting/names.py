"""File names that every system, sync service and note app accepts.

A note gets its name from a pattern when it is created; later it is identified by its ID. The rules combine those of
Windows, macOS, Linux, Obsidian, Logseq and Hugo.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from briefreader.display import REPLACEMENT, nfc, one_line
from briefreader.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Container

    from briefreader.model import Briefing

MAX_NAME = 255
"""Maximum length of a file name in bytes of UTF-8, on most file systems."""
MAX_PATH = 259
"""Maximum length of a path in UTF-16 units on Windows without long paths."""
_ENDING = len(".conflict-99.md")
MIN_NAME = 24
"""Length in UTF-16 units below which names are not cut, even in a deep folder."""

# Obsidian can't link to names with # ^ [ ] |; Windows rejects < > : " / \ ? * and control characters; the rest is
# invisible or a replacement character
_FORBIDDEN = re.compile(f'[#^\\[\\]|<>:"/\\\\?*\x00-\x1f\x7f{REPLACEMENT}\ufeff\u200b]+')
_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])$", re.IGNORECASE)
_JOINERS = "\u200d\ufe0e\ufe0f"
_FIELD = re.compile(
    r"\{(?P<field>title|source|author|id|published(?=[:}]))(?:(?<=published):(?P<form>(?:%[YmdHM]|[^{}%/\\])+))?\}|%[YmdHM]"
)
_NOT_IN_TEMPLATE = re.compile(r"\{[^}]*\}?|\}|%.?|[/\\]")
_NAME_HINT = "use {title}, {source}, {author}, {published} or {id}, or parts of the date: %Y %m %d %H %M"
_RESERVED = frozenset({"index", "_index"})  # with these names, Hugo would turn the whole folder into one page


@dataclass(frozen=True, slots=True)
class NameTemplate:
    """A pattern for the names of new notes, such as ``{published} {title}``.

    Raises:
        UsageError: unknown field or date part.
    """

    text: str

    def __post_init__(self) -> None:
        if unknown := _NOT_IN_TEMPLATE.search(_FIELD.sub("", self.text)):
            raise UsageError(f"invalid name pattern {self.text!r}: unknown {unknown[0]}", hint=_NAME_HINT)

    def fill(self, briefing: Briefing, added: str) -> str:
        """Return the name for a briefing, which may contain characters that ``stem`` replaces.

        ``added`` is the date to use if the briefing's date is unknown. Unknown parts of a date are "00".
        """
        date = one_line(briefing.published or added)
        parts = {"%Y": date[:4], "%m": date[5:7], "%d": date[8:10], "%H": date[11:13], "%M": date[14:16]}

        def value(found: re.Match[str]) -> str:
            field, form = found["field"], found["form"]
            if found[0] in parts:
                return parts[found[0]] or "00"
            if field == "published":
                return re.sub("%.", lambda part: parts[part[0]] or "00", form) if form else date[:10]
            return one_line(getattr(briefing, field)) or ("Untitled" if field == "title" else "")

        return _FIELD.sub(value, self.text)


def stem(title: str, *, folder_length: int = 0) -> str:
    """Return a valid name for a note, without ``.md``; "Untitled" if ``title`` has no valid character.

    The name is short enough for ``NAME.conflict-99.md``. ``folder_length`` is the length of the folder's absolute path
    in UTF-16 units; in a deep folder, names are cut to fit, but never to fewer than ``MIN_NAME`` units. Names that
    Windows or Hugo reserves are changed.
    """
    name = " ".join(_FORBIDDEN.sub(" ", nfc(one_line(title))).split())
    name = name.lstrip(". ").rstrip(". ")
    room = max(MAX_PATH - folder_length - 1 - _ENDING, MIN_NAME)
    name = _cut(name, MAX_NAME - _ENDING, room)
    if not name:
        return "Untitled"
    if _DEVICE.match(name.split(".")[0].rstrip()) or name.casefold() in _RESERVED:
        name = _cut(f"_{name}" if name.casefold() not in _RESERVED else f"{name} page", MAX_NAME - _ENDING, room)
    return name


def unique(name: str, note_id: str, taken: Container[str]) -> str:
    """Return ``name``; if another file has this name, with the note's ID appended, and a number if necessary.

    ``taken`` contains the ``key`` of each name in use.
    """
    if key(name) not in taken:
        return name
    suffix = " " + " ".join(_FORBIDDEN.sub(" ", note_id).split())
    room = MAX_NAME - _ENDING - len(suffix.encode())
    base = _cut(name, room, room)
    candidate, number = base + suffix, 2
    while key(candidate) in taken:
        more = f"{suffix} {number}"
        candidate, number = _cut(name, MAX_NAME - _ENDING - len(more.encode()), room) + more, number + 1
    return candidate


def key(name: str) -> str:
    """Return a name case-folded and normalised. Some file systems consider names with the same key equal."""
    return nfc(nfc(name).casefold())


def utf16_length(text: str) -> int:
    """Return the length of a text in UTF-16 units, in which Windows counts."""
    return len(text) + sum(c > "\uffff" for c in text)


def _cut(name: str, max_bytes: int, max_units: int) -> str:
    """Return the longest beginning of ``name`` within both limits, without dots and spaces at its end.

    Combined characters are not split.
    """
    if len(name.encode()) <= max_bytes and utf16_length(name) <= max_units:
        return name
    size = units = end = 0
    while size <= max_bytes and units <= max_units:
        size += len(name[end].encode())
        units += 1 + (name[end] > "\uffff")
        end += 1
    end -= 1
    while end > 0 and (unicodedata.combining(name[end]) or name[end] in _JOINERS or name[end - 1] == "\u200d"):
        end -= 1
    return name[:end].rstrip(". ")
