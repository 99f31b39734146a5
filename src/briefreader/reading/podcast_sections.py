"""Find the sections of a podcast summary: known labels, and unknown headings of the same form.

    marker := line form: [#…] [n.] [**] [sigil] LABEL [**] (":"|EOL) | inline form: sigil [**]LABEL[**][:] | a bare 🏷
    sigil  := an arrow, or an emoji

A section ends at the next marker, at a heading of the form that markers have in this text, or at a rule.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from briefreader.text import lower

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SectionKind = Literal["covers", "insights", "moment", "sponsors", "tags", "chapters", "links", "other"]

_LABELS: dict[SectionKind, str] = {
    "covers": r"what it covers|what(?:['’]s| is) (?:covered|inside)|what this episode covers|tl;? ?dr|summary|overview"
    r"|in brief|at a glance|episode summary|executive summary|the gist",
    "insights": r"(?:(?:key|top|main|core|big|biggest|major|\d{1,2}) )?(?:insights|takeaways|take-aways|learnings)"
    r"|(?:key|top|main|core|big|major) (?:points|ideas|lessons|findings|themes)|what we learned",
    "moment": r"(?:notable|memorable|standout|favou?rite|best|key|surprising) (?:moments?|quotes?)"
    r"|quotes? of the (?:episode|show|day)|pull quotes?",
    "sponsors": r"(?:our |today['’]s |episode )?sponsors?|brought to you by|sponsored by|(?:our )?partners",
    "tags": r"tags|topics(?: covered| discussed)?|key ?words|categories",
    "chapters": r"chapters|timestamps|time stamps|outline",
    "links": r"links|resources|references|show ?notes|(?:links|resources) mentioned|mentioned in this episode",
}
_ANY = "|".join(f"(?P<{part}>{words})" for part, words in _LABELS.items())
_ARROW = r"(?:→|➜|➔|➡|►|▶|⇒|»|☞|-->|->|=>)\ufe0f?"
_EMOJI = r"[\u2190-\u21ff\u2300-\u27bf\u2900-\u297f\u2b00-\u2bff\U0001f000-\U0001faff]\ufe0f?"
_LINE = re.compile(
    # each run of spaces can match in one way only; otherwise, a line of spaces would take cubic time
    rf"^[ \t]*(?:\#{{1,6}}[ \t]+)?(?:\d{{1,2}}[.)][ \t]+)?(?:(?P<bold>\*\*|__)[ \t]*)?"
    rf"(?:(?P<sigil>{_ARROW}|{_EMOJI})[ \t]*)?(?:\*\*|__)?(?:{_ANY})[ \t]*(?::[ \t]*)?"
    r"(?:(?:\*\*|__)[ \t]*)?(?P<close>:|(?=$)|(?<=:))",
    re.M,
)
_SIGN = re.compile("[\u2190-\U0001faff»=-]")  # the first character of a sigil
_INLINE = re.compile(
    rf"(?<!\S)(?P<sigil>{_ARROW}|{_EMOJI})[ \t]*(?P<bold>\*\*|__)?[ \t]*(?:{_ANY})(?![\w'’-])"
    r"[ \t]*:?[ \t]*(?:\*\*|__)?:?"
)
_BARE_TAG = re.compile(r"(?<!\S)[🏷🔖]\ufe0f?(?=\s)")
_ARROW_LINE = re.compile(rf"[ \t]*(?:\*\*|__)?[ \t]*{_ARROW}[ \t]*(?P<label>\S.*)")
_EMOJI_LINE = re.compile(rf"[ \t]*(?:\*\*|__)?[ \t]*{_EMOJI}[ \t]*(?P<label>\S.*)")
_BOLD_LINE = re.compile(r"[ \t]*(\*\*|__)(?P<label>[^*_\n]{2,60})\1:?[ \t]*")
_ATX_LINE = re.compile(r"[ \t]{0,3}(?P<marks>#{1,6})[ \t]+(?P<label>\S.*)")
_RULE_LINE = re.compile(r"[ \t]{0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})")
_OTHER_INLINE = re.compile(
    rf"(?<!\S)(?P<sigil>{_ARROW})[ \t]*(?P<label>[A-Z][A-Z&'’ -]{{2,40}}[A-Z])(?![\w'’-])[ \t]*:?"
)
_MAX_LABEL_WORDS = 8

Form = tuple[str, bool]  # the form of a heading: its kind, and whether its label is in capitals


@dataclass(frozen=True, slots=True)
class Marker:
    """The heading of a section, ``text[start:end]``; ``heading`` is its Markdown if ``part`` is "other"."""

    part: SectionKind
    start: int
    end: int
    heading: str = ""


def markers(text: str) -> list[Marker]:
    """Return the markers in order, [] without a known one; a kind with three or more labels is ignored (items)."""
    found: dict[int, Marker] = {}
    lowered = lower(text)
    for m in _LINE.finditer(lowered):
        found[m.end()] = Marker(_part(m), m.start(), m.end())
    for sign in _SIGN.finditer(text):
        label = _INLINE.match(lowered, sign.start())
        if label and _is_label(text, label):
            found.setdefault(label.end(), Marker(_part(label), label.start(), label.end()))
    for m in _BARE_TAG.finditer(text) if "🏷" in text or "🔖" in text else ():
        found.setdefault(m.end(), Marker("tags", m.start(), m.end()))
    known = _without_overlaps(found.values())
    counts = Counter(m.part for m in known)
    known = [m for m in known if counts[m.part] < 3]
    return _without_overlaps([*known, *_others(text, known)]) if known else []


def _without_overlaps(found: Iterable[Marker]) -> list[Marker]:
    """Return the markers in order, without those that overlap an earlier one."""
    kept: list[Marker] = []
    for marker in sorted(found, key=lambda f: (f.start, f.part == "other", -f.end)):
        if not kept or marker.start >= kept[-1].end:
            kept.append(marker)
    return kept


def _others(text: str, known: list[Marker]) -> Iterator[Marker]:
    """Yield markers for rules, and for headings of the same form as the known ones, after the first known one."""
    lines = [(m.start(), m.end()) for m in re.finditer(r"[^\n]+", text)]
    forms: set[Form] = set()
    deepest = 0
    inline = False
    for marker in known:
        line = text[text.rfind("\n", 0, marker.start) + 1 :].split("\n", 1)[0]
        form, _ = _form(line)
        forms |= {form} if form else set()
        deepest = max(deepest, _level(line))
        inline = inline or bool(_OTHER_INLINE.match(text, marker.start))
    bounds = [*(m.start for m in known[1:]), len(text)]
    for marker, stop in zip(known, bounds, strict=True):
        first: Form | None = None
        for start, end in lines:
            line = text[start:end]
            if start < marker.end or start >= stop or not line.strip():
                continue
            form, heading = _form(line)
            first = first or form or ("", False)
            level = _level(line)
            same = form in forms and (level == 0 or level <= deepest)
            if _RULE_LINE.fullmatch(line) or (form and same and form != first):
                yield Marker("other", start, end, heading)
            elif inline:
                for m in _OTHER_INLINE.finditer(line):
                    if m.start():
                        label = f"## {m['label'].strip().capitalize()}"
                        yield Marker("other", start + m.start(), start + m.end(), label)


def _form(line: str) -> tuple[Form | None, str]:
    """Return the form of a line that may be a heading and the heading as Markdown; (None, "") for other lines."""
    for kind, pattern in (("#", _ATX_LINE), ("→", _ARROW_LINE), ("**", _BOLD_LINE), ("emoji", _EMOJI_LINE)):
        if found := pattern.fullmatch(line):
            label = found["label"].strip().rstrip("#*_ ").rstrip(":").strip()
            if kind == "#":
                return (kind, False), line.strip()
            is_label = len(label.split()) <= _MAX_LABEL_WORDS and not re.search(r"[.!?;,](?:\s|$)|:\s", label)
            return ((kind, label.isupper()), f"## {label}") if is_label else (None, "")
    words = line.strip().rstrip(":")
    if 1 <= len(words.split()) <= _MAX_LABEL_WORDS and re.match(r"[^\W\d_]", words):
        if words.isupper() and len(words) > 3:
            return ("caps", True), f"## {words}"
        if line.rstrip().endswith(":") and not re.search(r"[.!?,:]", words):
            return ("colon", False), f"## {words}"
    return None, ""


def _level(line: str) -> int:
    """Return the level of a Markdown heading, 0 for other lines."""
    found = _ATX_LINE.fullmatch(line)
    return len(found["marks"]) if found else 0


def _part(m: re.Match[str]) -> SectionKind:
    """Return the kind of section that a label names."""
    return next(part for part in _LABELS if m[part])


def _is_label(text: str, m: re.Match[str]) -> bool:
    """Whether an inline label marks a section: it is in capitals, after an arrow, or at the start of a line."""
    words = text[slice(*m.span(_part(m)))]
    at_line_start = not text[text.rfind("\n", 0, m.start()) + 1 : m.start()].strip()
    return words.isupper() or at_line_start or bool(re.match(_ARROW, m["sigil"]))
