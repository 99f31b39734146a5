"""File names that every system, sync service and note app accepts.

A name is made from a title once, when its note is first written; afterwards the note is known by its id, so nothing
here has to be reversible. The rules are the strictest of Windows, macOS, Linux, Obsidian, Logseq and Hugo together.
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
"""Bytes of a file name in UTF-8: what ext4, APFS and most others hold."""
MAX_PATH = 259
"""UTF-16 units of a whole path on Windows without long paths."""
_ENDING = len(".conflict-99.md")
MIN_NAME = 24

# Obsidian cannot link to names with # ^ [ ] |; Windows refuses the others.
_FORBIDDEN = re.compile(f'[#^\\[\\]|<>:"/\\\\?*\x00-\x1f\x7f{REPLACEMENT}\ufeff\u200b]+')
_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])$", re.IGNORECASE)
_JOINERS = "\u200d\ufe0e\ufe0f"
# a page of this name would make the whole folder one page (Hugo's bundles)
_FIELD = re.compile(
    r"\{(?P<field>title|source|author|id|published(?=[:}]))(?:(?<=published):(?P<form>(?:%[YmdHM]|[^{}%/\\])+))?\}|%[YmdHM]"
)
_NOT_IN_TEMPLATE = re.compile(r"\{[^}]*\}?|\}|%.?|[/\\]")
_NAME_HINT = "fields are {title} {source} {author} {published} {id}, parts of the date %Y %m %d %H %M"
_RESERVED = frozenset({"index", "_index"})


@dataclass(frozen=True, slots=True)
class NameTemplate:
    """How new notes are named: ``{published} {title}``, or with parts of a date, ``%Y-%m {title}``.

    Raises:
        UsageError: it has a field or a part of a date that there is not.
    """

    text: str

    def __post_init__(self) -> None:
        if unknown := _NOT_IN_TEMPLATE.search(_FIELD.sub("", self.text)):
            raise UsageError(f"invalid name for notes, {self.text!r}: {unknown[0]!r}", hint=_NAME_HINT)

    def fill(self, briefing: Briefing, added: str) -> str:
        """The name for a briefing; where its date is unknown, ``added`` stands for it."""
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
    """The name of a note without its ending: short enough for ``NAME.conflict.md``, "Untitled" when nothing is left.

    ``folder_length`` is the length of the folder's absolute path in UTF-16 units; within a deep folder names get
    shorter, but never so short that they say nothing.
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
    """``name``, or ``name`` with the note's id where another file has it; ``taken`` holds ``key(…)`` of names."""
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
    """What two names share when some file system takes them for one: without case, canonically composed."""
    return nfc(nfc(name).casefold())


def utf16_length(text: str) -> int:
    """Length in UTF-16 units, as Windows counts."""
    return len(text) + sum(c > "\uffff" for c in text)


def _cut(name: str, max_bytes: int, max_units: int) -> str:
    """The longest start of ``name`` within both limits that does not end inside a character sequence."""
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
