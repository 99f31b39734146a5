"""The layout of podcast summaries: "→ WHAT IT COVERS … → KEY INSIGHTS - **Title:** text … 🏷️ tags".

    doc    := title NL [publisher ["·"|"-"] "AI Summary"] NL section*
    marker := line form: [#…] [n.] [**] [sigil] LABEL [**] (":"|EOL) | inline form: sigil [**]LABEL[**][:] | a bare 🏷
    sigil  := an arrow, or an emoji

Sections may be missing, come in any order, run on in one line or stand on lines of their own.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from briefreader.reading import sponsors
from briefreader.reading.escape_text import escape
from briefreader.reading.markdown import plain

if TYPE_CHECKING:
    from briefreader.model import Sponsor

SectionKind = Literal["covers", "insights", "moment", "sponsors", "tags", "chapters", "links"]

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
    # each run of spaces can match in one way only, else a line of them takes the cube of its length
    rf"^[ \t]*(?:\#{{1,6}}[ \t]+)?(?:\d{{1,2}}[.)][ \t]+)?(?:(?P<bold>\*\*|__)[ \t]*)?"
    rf"(?:(?P<sigil>{_ARROW}|{_EMOJI})[ \t]*)?(?:\*\*|__)?(?:{_ANY})[ \t]*(?::[ \t]*)?"
    r"(?:(?:\*\*|__)[ \t]*)?(?P<close>:|(?=$)|(?<=:))",
    re.I | re.M,
)
_INLINE = re.compile(
    rf"(?<!\S)(?P<sigil>{_ARROW}|{_EMOJI})[ \t]*(?P<bold>\*\*|__)?[ \t]*(?:{_ANY})(?![\w'’-])"
    r"[ \t]*:?[ \t]*(?:\*\*|__)?:?",
    re.I,
)
_BARE_TAG = re.compile(r"(?<!\S)[🏷🔖]\ufe0f?(?=\s)")
_PUBLISHER = re.compile(r"^(?P<name>.*?)[\s·•|:–—-]*(?:AI[- ](?:generated )?Summary)[ \t]*$", re.I)
_COLON_HEAD = re.compile(r"(?P<title>[^\n:]{2,140}?(?:\d:\d\d[^\n:]{0,100})?):\s+(?=\S)")
_BOLD_HEAD = re.compile(r"(?P<mark>\*\*|__)(?P<title>(?:(?!(?P=mark))[^\n]){2,200}?)(?P=mark)\s*[:.–—-]?\s*")
_LINE_BULLET = re.compile(r"^[ \t]*(?:[-*+•‣–·▪◦●○■▸✓✔]|\d{1,2}[.)])[ \t]+(?=\S)", re.M)
_FIRST_BULLET = re.compile(r"\s*(?P<mark>[-*+•‣–—·▪◦●○■▸✓✔])\s+")


@dataclass(frozen=True, slots=True)
class Podcast:
    """A podcast summary, taken apart: all of it Markdown but the tags; insights as (title, text)."""

    intro: str
    summary: str
    insights: tuple[tuple[str, str], ...]
    highlight: str
    sponsors: tuple[Sponsor, ...]
    tags: tuple[str, ...]
    chapters: str
    links: str


@dataclass(frozen=True, slots=True)
class _Marker:
    part: SectionKind
    start: int
    end: int


def publisher(line: str) -> str | None:
    """The publisher of a line like "Cognitive RevolutionAI Summary" ("" when it names none); None: no such line."""
    if len(line) > 200 or not (m := _PUBLISHER.match(line.strip())):
        return None
    return plain(m["name"]).strip(" ·•|:–—-")


def parse(text: str) -> Podcast | None:
    """``text`` (without its title) as a podcast summary, or None when it isn't laid out as one."""
    markers = _markers(text)
    found = {m.part for m in markers}
    if len(found & {"covers", "insights", "moment", "tags", "sponsors"}) < 2 or not found & {"covers", "insights"}:
        return None
    if "insights" not in found and len(found) < 3:
        return None
    parts: dict[SectionKind, str] = {}
    for marker, following in zip(markers, [*markers[1:], None], strict=True):
        piece = text[marker.end : following.start if following else len(text)].strip()
        parts[marker.part] = f"{parts[marker.part]}\n\n{piece}" if parts.get(marker.part) else piece
    insights = tuple(split_insights(parts.get("insights", "")))
    if not insights and not parts.get("covers"):
        return None
    return Podcast(
        intro=text[: markers[0].start].strip(),
        summary=parts.get("covers", ""),
        insights=insights,
        highlight=parts.get("moment", ""),
        sponsors=sponsors.parse(parts.get("sponsors", "")),
        tags=_tags(parts.get("tags", "")),
        chapters=parts.get("chapters", ""),
        links=parts.get("links", ""),
    )


def _markers(text: str) -> list[_Marker]:
    """The document's section markers in order; a label met three times or more belongs to items, not to it."""
    found: dict[int, _Marker] = {}
    for m in _LINE.finditer(text):
        found[m.end()] = _Marker(_part(m), m.start(), m.end())
    for m in _INLINE.finditer(text):
        if _is_label(text, m):
            found.setdefault(m.end(), _Marker(_part(m), m.start(), m.end()))
    for m in _BARE_TAG.finditer(text):
        found.setdefault(m.end(), _Marker("tags", m.start(), m.end()))
    markers: list[_Marker] = []
    for marker in sorted(found.values(), key=lambda f: (f.start, -f.end)):
        if not markers or marker.start >= markers[-1].end:
            markers.append(marker)
    counts = Counter(m.part for m in markers)
    return [m for m in markers if counts[m.part] < 3]


def _part(m: re.Match[str]) -> SectionKind:
    return next(part for part in _LABELS if m[part])


def _is_label(text: str, m: re.Match[str]) -> bool:
    """Inline, a label is in capitals, or behind an arrow, or at a line's start."""
    words = m[_part(m)]
    at_line_start = not text[text.rfind("\n", 0, m.start()) + 1 : m.start()].strip()
    return words.isupper() or at_line_start or bool(re.match(_ARROW, m["sigil"]))


def split_insights(text: str) -> list[tuple[str, str]]:
    """The insights of a list, as (title, text) Markdown; one bullet style splits the whole list."""
    pieces = [p.strip() for p in _pieces(text.strip())]
    return [headed(p) for p in pieces if p]


def _pieces(text: str) -> list[str]:
    starts = [m.start() for m in _LINE_BULLET.finditer(text)]
    if len(starts) > 1 or (starts and "\n" in text):
        return [_LINE_BULLET.sub("", piece, count=1) for piece in _cut(text, starts)]
    if first := _FIRST_BULLET.match(text):
        mark = re.escape(first["mark"])
        if text.startswith("**", first.end()):
            bullet = re.compile(rf"(?:^|(?<=\s)){mark}\s+(?=\*\*\S)")
        elif first["mark"] == "—":
            bullet = re.compile(rf"(?:^|(?<=[.!?][\"'”’)\s]\s)|(?<=[.!?]\s)){mark}\s+(?=[^\W_][^\n:]{{2,140}}:\s)")
        else:
            head = r"(?=[A-Z0-9“\"'][^\n:]{2,140}:\s)"
            bullet = re.compile(rf"(?:^|(?<=\s)){mark}\s+{head}|(?<=[.!?]\s){mark}\s+(?=[A-Z0-9“\"'])")
        return [bullet.sub("", piece, count=1) for piece in _cut(text, [m.start() for m in bullet.finditer(text)])]
    if heads := [m.start() for m in re.finditer(r"(?:^|(?<=[.!?]\s)|(?<=\n))\*\*(?=\S)", text)]:
        return _cut(text, heads)
    return re.split(r"\n\s*\n|\n", text)


def _cut(text: str, starts: list[int]) -> list[str]:
    bounds = sorted({0, *starts, len(text)})
    return [text[a:b] for a, b in itertools.pairwise(bounds)]


def headed(piece: str) -> tuple[str, str]:
    """An insight's (headline, text): ``**T:** text``, ``**T**: text``, ``**T** — text`` or ``T: text``."""
    if m := _BOLD_HEAD.match(piece):
        rest = piece[m.end() :].strip()
        title = m["title"].rstrip(":.–—- ").strip()
        return (title, rest) if rest and title else (title, title)
    m = _COLON_HEAD.match(piece)
    if m and not re.search(r"[.!?]\s+[A-Z]", m["title"]):
        return m["title"].strip(), piece[m.end() :].strip()
    return "", piece


def _tags(text: str) -> tuple[str, ...]:
    words = plain(" ".join(text.split("\n\n", maxsplit=1)[0].split("\n"))) if "\n" in text else plain(text)
    parts = re.split(r"[,;|·•]|\s(?=#)", words)
    tags = [re.sub(r"^[#\s-]+", "", p).strip(" .*_") for p in parts]
    return tuple(dict.fromkeys(t for t in tags if t and len(t) <= 80))[:50]


def escaped(podcast: Podcast) -> Podcast:
    """A summary taken from plain text as Markdown that reads as typed."""
    insights = tuple((escape(title), escape(text)) for title, text in podcast.insights)
    return replace(
        podcast,
        intro=escape(podcast.intro),
        summary=escape(podcast.summary),
        insights=insights,
        highlight=escape(podcast.highlight),
        chapters=escape(podcast.chapters),
        links=escape(podcast.links),
    )


def compose(podcast: Podcast) -> str:
    """The body: what it covers, the key insights as bullets, the notable moment; sponsors and tags stay outside."""
    bullets = [f"- **{title}:** {text}" if title else f"- {text}" for title, text in map(_flat, podcast.insights)]
    sections = [
        ("What it covers", podcast.summary),
        ("Key insights", "\n".join(bullets)),
        ("Notable moment", podcast.highlight),
        ("Chapters", podcast.chapters),
        ("Links", podcast.links),
    ]
    parts = [podcast.intro, *(f"## {heading}\n\n{text}" for heading, text in sections if text)]
    return "\n\n".join(p for p in parts if p)


def _flat(insight: tuple[str, str]) -> tuple[str, str]:
    """One bullet is one block: inner line breaks become spaces."""
    title, text = insight
    return " ".join(title.split()), " ".join(text.split())
