"""Split a forwarded mail: the forwarder's text, the original's header, and the original's text.

A forwarded message begins with a run of header lines: a sender, and a date or subject. If the names of the fields are
in an unknown language, an address and a date among their values are enough. Only the first ``MAX_HEAD`` characters of a
mail, and of each message forwarded in it, are searched.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from briefreader.markdown import plain
from briefreader.model import Cut
from briefreader.reading import dates
from briefreader.reading.forward_words import FORWARD, IN_ONE_LINE, PREFIXES, REPLY, ROLES
from briefreader.text import fold

if TYPE_CHECKING:
    from briefreader.reading.forward_words import Role

MAX_HEAD = 6000  # maximum characters of a message that are searched for header lines
_MAX_NOTE = 600  # maximum characters of text above header lines, if neither the subject nor a line announces them
_MAX_FORWARDS = 5  # maximum further forwards within a forwarded message
MIN_IN_ONE_LINE = 3  # minimum number of different roles in a line that is split into several fields
_QUOTE = re.compile(r"^[>|\s]+")
_FIELD = re.compile(r"(?P<name>[^\W\d_][^:：\n]{0,28}?)\s{0,2}[:：]\s*(?P<value>.*)")
_ADDRESS = re.compile(r"[^\s<>@\"]+@[^\s<>@\"]+\.[^\s<>@\"]+")
# "----- Forwarded message -----"
_RULED = re.compile(r"[-_=–—*•\s]{2,}[^-_=–—\s].{2,60}?[-_=–—*:：\s]{2,}|[-_=–—]{5,}")
# "Begin forwarded message:"
_ANNOUNCED = re.compile(r"[^.!?]{5,60}[:：]")


@dataclass(frozen=True, slots=True)
class Forwarded:
    """A forwarded message: its header fields, its text (``rest``), and the forwarder's text above it (``note``).

    ``date`` is in ISO 8601; ``cut`` has the header lines. Unknown fields are "".
    """

    sender: str
    date: str
    subject: str
    rest: str
    note: str
    cut: Cut


@dataclass(slots=True)
class _Line:
    """A line without markup: a header field with its role, a ruled line that announces a header (``mark``), or text."""

    words: str
    name: str = ""
    value: str = ""
    role: Role | None = None
    mark: bool = False
    several: list[_Line] = field(default_factory=list)  # the fields, if the line has several


def is_forward(subject: str) -> bool:
    """Whether a subject has a prefix such as ``Fwd:`` or ``WG:``."""
    return FORWARD.match(subject) is not None


def original_subject(subject: str) -> str:
    """Return a subject without the prefixes of forwards and replies."""
    return PREFIXES.sub("", subject).strip()


def unwrap(body: str, subject: str = "") -> Forwarded | None:
    """Return the innermost message that ``body`` (Markdown or text) forwards, or None if it forwards none.

    ``subject`` is the subject of the whole mail. The quotation in a reply isn't unwrapped.
    """
    if REPLY.match(subject) and not is_forward(subject):
        return None
    found = _unwrap_once(body, expected=is_forward(subject))
    for _ in range(_MAX_FORWARDS):
        inner = _unwrap_once(found.rest, expected=is_forward(found.subject)) if found else None
        if found is None or inner is None:
            break
        found = replace(
            inner,
            subject=inner.subject or found.subject,
            note="\n\n".join(note for note in (found.note, inner.note) if note),
            cut=Cut("forwarded", f"{found.cut.text}\n\n{inner.cut.text}"),
        )
    return found and replace(found, subject=original_subject(found.subject))


def _unwrap_once(body: str, *, expected: bool) -> Forwarded | None:
    """Return the outermost message that a body forwards, or None.

    ``expected`` is whether the subject marks the mail as a forward.
    """
    lines = body[:MAX_HEAD].split("\n")
    read = [_read_line(line) for line in lines]
    _join_values(read)
    for first, line in enumerate(read):
        if not (line.mark or line.role or line.name):
            continue
        start = next((i for i in range(first, len(read)) if read[i].words and not read[i].mark), len(read))
        marked = start > first or _announcement(read, start) < start
        end = _run_end(read, start)
        fields = _fields(read[start:end])
        above = sum(len(lines[i]) for i in range(first))
        if _is_header(fields, marked=marked) and (above <= _MAX_NOTE or marked or expected):
            top = first if start > first else _announcement(read, start)
            return _forwarded(body, lines, top, end, fields)
    return None


def _read_line(line: str) -> _Line:
    """Parse a line as a header field, several fields, a ruled line, or text."""
    words = plain(_QUOTE.sub("", line))
    several = _in_one_line(words) if words.count(":") + words.count("：") >= MIN_IN_ONE_LINE else []
    if len({one.role for one in several}) >= MIN_IN_ONE_LINE:
        return _Line(words, several[0].name, words, several[0].role, several=several)
    found = _FIELD.fullmatch(words)
    if found and not found["value"].startswith("//"):
        return _Line(words, found["name"], found["value"].strip(), ROLES.get(fold(found["name"].strip())))
    return _Line(words, mark=bool(words or line.strip()) and bool(_RULED.fullmatch(words or line.strip())))


def _join_values(read: list[_Line]) -> None:
    """Append the next line to a field without a value, and wrapped lines to the field above them."""
    for i, line in enumerate(read):
        if not line.role:
            continue
        following = [n for n in range(i + 1, min(i + 6, len(read))) if read[n].words]
        if not following:
            continue
        after = next((n for n in following if read[n].role), 0)
        wrapped = [n for n in following if n < after] if after else following[: 0 if line.value else 1]
        if any(read[n].name or read[n].mark for n in wrapped) or (line.value and after - i > 4):
            continue
        if line.value and any(not read[n].words for n in range(i + 1, after)):
            continue
        for n in wrapped:
            line.value = f"{line.value} {read[n].words}".strip()
            read[n] = _Line(read[n].words, line.name, "", "other")


def _announcement(read: list[_Line], start: int) -> int:
    """Return the number of the line that announces the run at ``start`` ("Begin forwarded message:"), or ``start``."""
    above = next((i for i in range(start - 1, max(start - 4, -1), -1) if read[i].words), -1)
    announced = above >= 0 and (read[above].mark or _ANNOUNCED.fullmatch(read[above].words) is not None)
    return above if announced else start


def _run_end(read: list[_Line], start: int) -> int:
    """Return the number of the line after a run of fields, which may have up to two blank lines between them."""
    end, i = start, start
    while i < len(read):
        line = read[i]
        if line.name:
            if not line.role and end > start and i > end:  # after a blank line, an unknown field name is text
                break
            i += 1
            end = i
        elif not line.words and i - end < 2:
            i += 1
        else:
            break
    return end


def _in_one_line(words: str) -> list[_Line]:
    """Return the header fields in a line such as "From: A To: B Subject: C", which Yahoo writes."""
    found = list(IN_ONE_LINE.finditer(words)) if len(words) < 2000 else []
    ends = [*(m.start() for m in found[1:]), len(words)][: len(found)]
    parts = [(m.group().rstrip(":： "), words[m.end() : end].strip()) for m, end in zip(found, ends, strict=True)]
    return [_Line(words, name, value, ROLES.get(fold(name))) for name, value in parts]


def _fields(run: list[_Line]) -> list[_Line]:
    """Return the fields of a run of lines, including several fields of one line."""
    fields: list[_Line] = []
    for line in run:
        fields += line.several or ([line] if line.name else [])
    return fields


def _is_header(fields: list[_Line], *, marked: bool) -> bool:
    """Whether fields form a mail header: a sender and a date or subject, or values with an address and a date.

    There must be three fields, or two if a line announces them (``marked``).
    """
    roles = {one.role for one in fields if one.value or one.role == "subject"}
    if len(fields) < (2 if marked else 3):
        return False
    if "from" in roles and roles & {"date", "subject"}:
        return True
    return any(_ADDRESS.search(f.value) for f in fields) and any(dates.iso(f.value, lenient=True) for f in fields[:6])


def _forwarded(body: str, lines: list[str], top: int, end: int, fields: list[_Line]) -> Forwarded:
    """Return the message whose header is in ``lines[top:end]`` and has these ``fields``."""
    rest = "\n".join([*lines[end:], ""])[:-1] + body[MAX_HEAD:]
    rest = rest.lstrip("\n")
    quoted = [line for line in rest.split("\n") if line.strip()]
    if quoted and sum(line.startswith(">") for line in quoted) > 0.8 * len(quoted):
        rest = re.sub(r"(?m)^> ?", "", rest)
    known = any(one.role == "from" for one in fields)
    english = any(fold(one.name) == "from" for one in fields)

    def value(role: Role) -> str:
        return next((one.value for one in fields if one.role == role and one.value), "")

    sender = value("from") if known else next((f.value for f in fields if _ADDRESS.search(f.value)), "")
    stated = [value("date")] if value("date") else [one.value for one in fields]
    date = next((d for v in stated if (d := dates.iso(v, lenient=True, day_first=not english))), "")
    note = "\n".join(lines[:top]).strip()
    cut = Cut("forwarded", "\n".join(lines[top:end]).strip())
    return Forwarded(sender, date, value("subject"), rest, note, cut)
