"""Parse the layout of podcast summaries: "→ WHAT IT COVERS … → KEY INSIGHTS - **Title:** text … 🏷️ tags".

    doc := title NL [publisher ["·"|"-"] "AI Summary"] NL section*

Sections may be missing or in any order, on one line or on lines of their own.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from briefreader.markdown import escape, plain
from briefreader.reading import sponsors
from briefreader.reading.podcast_sections import SectionKind, markers

if TYPE_CHECKING:
    from briefreader.model import Sponsor

_PUBLISHER = re.compile(r"^(?P<name>.*?)[\s·•|:–—-]*(?:AI[- ](?:generated )?Summary)[ \t]*$", re.I)
_COLON_HEAD = re.compile(r"(?P<title>[^\n:]{2,140}?(?:\d:\d\d[^\n:]{0,100})?):\s+(?=\S)")
_BOLD_HEAD = re.compile(r"(?P<mark>\*\*|__)(?P<title>(?:(?!(?P=mark))[^\n]){2,200}?)(?P=mark)\s*[:.–—-]?\s*")
_LINE_BULLET = re.compile(r"^[ \t]*(?:[-*+•‣–·▪◦●○■▸✓✔]|\d{1,2}[.)])[ \t]+(?=\S)", re.M)
_FIRST_BULLET = re.compile(r"\s*(?P<mark>[-*+•‣–—·▪◦●○■▸✓✔])\s+")


@dataclass(frozen=True, slots=True)
class Podcast:
    """A parsed podcast summary; its texts are in Markdown if the summary is.

    ``insights`` are (title, text); ``highlight`` is the notable moment.
    """

    intro: str
    summary: str
    insights: tuple[tuple[str, str], ...]
    highlight: str
    sponsors: tuple[Sponsor, ...]
    tags: tuple[str, ...]
    chapters: str
    links: str
    others: tuple[tuple[str, str], ...] = ()  # (heading, text) of unknown sections
    unread_sponsors: str = ""  # the section of sponsors, if none could be parsed


def publisher(line: str) -> str | None:
    """Return the publisher (or "") in a line like "Cognitive RevolutionAI Summary"; None for other lines."""
    if len(line) > 200 or not (m := _PUBLISHER.match(line.strip())):
        return None
    return plain(m["name"]).strip(" ·•|:–—-")


def parse(text: str) -> Podcast | None:
    """Parse ``text`` (without its title) as a podcast summary; None if it has another layout."""
    found = markers(text)
    kinds = {m.part for m in found} - {"other"}
    if len(kinds & {"covers", "insights", "moment", "tags", "sponsors"}) < 2 or not kinds & {"covers", "insights"}:
        return None
    if "insights" not in kinds and len(kinds) < 3:
        return None
    parts: dict[SectionKind, str] = {}
    others: list[tuple[str, str]] = []
    for marker, following in zip(found, [*found[1:], None], strict=True):
        piece = text[marker.end : following.start if following else len(text)].strip()
        if marker.part == "other":
            others += [(marker.heading, piece)] if piece or marker.heading else []
        else:
            piece, rest = _list_and_rest(marker.part, piece)
            others += [("", rest)] if rest else []
            parts[marker.part] = f"{parts[marker.part]}\n\n{piece}" if parts.get(marker.part) else piece
    insights = tuple(split_insights(parts.get("insights", "")))
    if not insights and not parts.get("covers"):
        return None
    sponsored = sponsors.parse(parts.get("sponsors", ""))
    return Podcast(
        intro=text[: found[0].start].strip(),
        summary=parts.get("covers", ""),
        insights=insights,
        highlight=parts.get("moment", ""),
        sponsors=sponsored,
        tags=_tags(parts.get("tags", "")),
        chapters=parts.get("chapters", ""),
        links=parts.get("links", ""),
        others=tuple(others),
        unread_sponsors="" if sponsored else parts.get("sponsors", ""),
    )


def _list_and_rest(part: SectionKind, piece: str) -> tuple[str, str]:
    """Return the paragraph that lists tags or sponsors, and the text that follows it without a heading."""
    first, _, rest = piece.partition("\n\n")
    if part == "tags" or (part == "sponsors" and sponsors.parse(first) and not sponsors.parse(rest)):
        return first, rest.strip()
    return piece, ""


def split_insights(text: str) -> list[tuple[str, str]]:
    """Return the insights of a list as (title, text); the first bullet sets the style of the list."""
    pieces = [p.strip() for p in _pieces(text.strip())]
    return [headed(p) for p in pieces if p]


def _pieces(text: str) -> list[str]:
    """Split a list at its bullets, else at bold headlines, else at line breaks."""
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
    """Split an insight into (headline, text): ``**T:** text``, ``**T**: text``, ``**T** — text`` or ``T: text``.

    The headline is "" if there is none. If there is nothing else, the text repeats the headline.
    """
    if m := _BOLD_HEAD.match(piece):
        rest = piece[m.end() :].strip()
        title = m["title"].rstrip(":.–—- ").strip()
        return (title, rest) if rest and title else (title, title)
    m = _COLON_HEAD.match(piece)
    if m and not re.search(r"[.!?]\s+[A-Z]", m["title"]):
        return m["title"].strip(), piece[m.end() :].strip()
    return "", piece


def _tags(text: str) -> tuple[str, ...]:
    """Return the tags of a list that is separated by commas, bars, dots or ``#``."""
    words = plain(" ".join(text.split("\n\n", maxsplit=1)[0].split("\n"))) if "\n" in text else plain(text)
    parts = re.split(r"[,;|·•]|\s(?=#)", words)
    tags = [re.sub(r"^[#\s-]+", "", p).strip(" .*_") for p in parts]
    return tuple(dict.fromkeys(t for t in tags if t and len(t) <= 80))[:50]


def escaped(podcast: Podcast) -> Podcast:
    """Return a plain-text summary with its text escaped for Markdown."""
    insights = tuple((escape(title), escape(text)) for title, text in podcast.insights)
    return replace(
        podcast,
        intro=escape(podcast.intro),
        summary=escape(podcast.summary),
        insights=insights,
        highlight=escape(podcast.highlight),
        chapters=escape(podcast.chapters),
        links=escape(podcast.links),
        others=tuple((escape(heading), escape(text)) for heading, text in podcast.others),
    )


def compose(podcast: Podcast) -> str:
    """Return the body: summary, key insights as bullets, notable moment, and the rest, without sponsors and tags."""
    flat = [(" ".join(title.split()), " ".join(text.split())) for title, text in podcast.insights]  # one block each
    bullets = [f"- **{title}:** {text}" if title else f"- {text}" for title, text in flat]
    sections = [
        ("What it covers", podcast.summary),
        ("Key insights", "\n".join(bullets)),
        ("Notable moment", podcast.highlight),
        ("Chapters", podcast.chapters),
        ("Links", podcast.links),
    ]
    parts = [podcast.intro, *(f"## {heading}\n\n{text}" for heading, text in sections if text)]
    parts += [part for section in podcast.others for part in section]
    return "\n\n".join(p for p in parts if p)
