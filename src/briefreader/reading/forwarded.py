"""A mail that was forwarded inline: the forwarder's note and the header run taken off, the original's headers kept."""

from __future__ import annotations

import re
from dataclasses import dataclass

from briefreader.model import Cut
from briefreader.reading.markdown import plain

_HEAD = 6000
_NOTE = 600
_MARK = re.compile(
    r"[-_\s]*(?:(?:forwarded|original|weitergeleitete|ursprüngliche) (?:message|nachricht|mail)|"
    r"begin forwarded message:?)[-_\s:]*",
    re.I,
)
_FIELD = re.compile(
    r"(?P<name>from|von|de|da|date|sent|gesendet|datum|fecha|subject|betreff|objet|asunto|oggetto|to|an|à|para|a|cc|reply-to)\s?:\s*(?P<value>.*)",
    re.I,
)
_FROM = frozenset("from von de da".split())
_DATE = frozenset("date sent gesendet datum fecha".split())
_SUBJECT = frozenset("subject betreff objet asunto oggetto".split())


@dataclass(frozen=True, slots=True)
class Forwarded:
    """What a header run says, and the body after it."""

    sender: str
    date: str
    subject: str
    rest: str
    note: str
    cut: Cut


def unwrap(body: str) -> Forwarded | None:
    """The message that ``body`` (Markdown or text) forwards, or None when it forwards none.

    A run of three header lines or more near the top, after a mark like "Forwarded message" or a short note only.
    """
    lines = body[:_HEAD].split("\n")
    fields: dict[str, str] = {}
    first = last = -1
    marked = False
    for i, line in enumerate(lines):
        words = plain(line.lstrip("> "))
        if not words:
            continue
        if _MARK.fullmatch(words):
            marked, first = True, i if first < 0 else first
            continue
        found = _FIELD.fullmatch(words)
        if found:
            first = i if first < 0 else first
            last = i
            fields.setdefault(found["name"].lower(), found["value"].strip())
        elif last >= 0 or first >= 0 or sum(map(len, lines[:i])) > _NOTE:
            break
    named = set(fields)
    if len(fields) < (2 if marked else 3) or not named & _FROM or not named & (_SUBJECT | _DATE):
        return None
    note, cut = "\n".join(lines[:first]), "\n".join(lines[first : last + 1])
    rest = "\n".join([*lines[last + 1 :], ""])[:-1] + body[_HEAD:]
    rest = rest.lstrip("\n")
    quoted = [line for line in rest.split("\n") if line.strip()]
    if quoted and sum(line.startswith(">") for line in quoted) > 0.8 * len(quoted):
        rest = re.sub(r"(?m)^> ?", "", rest)

    def value(names: frozenset[str]) -> str:
        return next((fields[n] for n in fields if n in names), "")

    return Forwarded(value(_FROM), value(_DATE), value(_SUBJECT), rest, note.strip(), Cut("forwarded", cut.strip()))
