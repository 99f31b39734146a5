"""Read Snipd's Markdown export: each episode as a draft, each snip as a stated insight.

The export has two versions: ``- Show:: [[X]]`` with ``### [11:36] Title``, and ``- Show: X`` with ``#### 💬 Quote``. A
snip without text becomes an insight with a link to the clip.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from briefreader.markdown import blocks, plain
from briefreader.reading import dates
from briefreader.reading.charset import decode
from briefreader.reading.draft import Draft

if TYPE_CHECKING:
    from collections.abc import Iterator

    from briefreader.model import Original, Problem

_EPISODE = re.compile(r"(?m)^# (?=\S)")
_MARKS = re.compile(r"(?mi)^## (?:episode metadata|snips)\s*$")
_FIELD = re.compile(r"(?m)^[-*] (?P<name>[A-Za-z][\w /]{1,40}?)::? *(?P<value>\S.*)$")
_SNIP = re.compile(r"(?m)^### +(?:\[(?P<time>\d[\d:]*)\] *)?(?P<title>\S.*)$")
_FOLDED = re.compile(r"<(?P<tag>details|audio)\b", re.I)
_CLOSING = {"details": "</details>", "audio": "</audio>"}
_NOTES = re.compile(r"<details>\s{0,9}<summary>Show notes</summary>", re.I)
_PLAY = re.compile(r"(?m)^\[?🎧 *(?P<words>[^\]\n]{1,200})\]\((?P<link>https?://[^)\s]{1,2000})\)")
_NOISE = re.compile(
    r"^\[?🎧.*$|^[ \t]*---+[ \t]*$|^#{4,6} .{0,4}[ \t]*(?:quote|transcript|notes?)[ \t]*$",
    re.I | re.M,
)


def is_snipd(text: str) -> bool:
    """Whether a Markdown text is a Snipd export."""
    return len({m.group().lower().strip() for m in _MARKS.finditer(text[:200_000])}) == 2


def read_snipd(original: Original) -> Iterator[Draft | Problem]:
    """Yield a draft for each episode of the export; its original is its part of the file."""
    text = decode(original.data)[0].replace("\r\n", "\n")
    starts = [m.start() for m in _EPISODE.finditer(text)] or [0]
    episodes = [text[a:b] for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]
    whole = len(episodes) == 1
    for episode in episodes:
        if _MARKS.search(episode):
            data = original.data if whole else episode.encode()
            yield _draft(replace(original, data=data), episode)


def _draft(original: Original, text: str) -> Draft:
    """Return the draft of one episode."""
    head, _, snips = text.partition("\n## Snips")
    fields = {m["name"].strip().lower(): m["value"].strip() for m in _FIELD.finditer(head)}
    link = re.search(r"\((https?://[^)\s]+)\)", fields.get("episode link", ""))
    named = re.match(r"# (.+)", text)
    starts = list(_SNIP.finditer(snips))
    insights: list[tuple[str, str]] = []
    parts: list[str] = []
    for snip, following in zip(starts, [*starts[1:], None], strict=True):
        title, words = _snip(snip, snips[snip.end() : following.start() if following else len(snips)])
        if title or words:
            text = " ".join(plain(words[b.text : b.end]) for b in blocks(words) if b.kind != "rule")
            insights.append((title, text or title))
            parts.append(f"### {title or snip['time'] or 'Snip'}\n\n{words}".strip())
    if notes := _show_notes(head):
        parts.append(f"## Show notes\n\n{notes}")
    return Draft(
        original,
        "\n\n".join(parts),
        title=plain(named[1]) if named else _linked(fields.get("episode title", "")),
        source=_linked(fields.get("show", "")),
        author=_linked(fields.get("owner / host", fields.get("host", ""))),
        published=dates.iso(fields.get("episode publish date", "")),
        url=link[1] if link else "",
        stated=insights,
    )


def _snip(head: re.Match[str], raw: str) -> tuple[str, str]:
    """Return a snip's title, "" if it has none, and its text; if it has no text, a link to the clip."""
    title = "" if head["title"].strip().lower() == "untitled" else plain(head["title"])
    words = re.sub(r"\n{3,}", "\n\n", _NOISE.sub("", _unfolded(raw))).strip()
    play = None if words else _PLAY.search(raw)
    if play is None:
        return title, words
    return title or (f"Snip at {head['time']}" if head["time"] else ""), f"[{play['words']}]({play['link']})"


def _unfolded(text: str) -> str:
    """Return ``text`` without collapsed and audio elements, in one pass, since there may be thousands."""
    parts: list[str] = []
    done = 0
    while opening := _FOLDED.search(text, done):
        end = text.find(_CLOSING[opening["tag"].lower()], opening.end())
        if end < 0:
            break
        parts.append(text[done : opening.start()])
        done = text.index(">", end) + 1
    return "".join([*parts, text[done:]])


def _show_notes(head: str) -> str:
    """Return the collapsed show notes of an episode, or ""."""
    begin = _NOTES.search(head)
    end = head.find(_CLOSING["details"], begin.end()) if begin else -1
    if begin is None or end < 0:
        return ""
    lines = re.sub(r"<br */?>", "\n", head[begin.end() : end]).split("\n")
    return "\n".join(line.lstrip("> ").rstrip() for line in lines).strip()


def _linked(value: str) -> str:
    """Return a value without its ``[[wiki link]]`` brackets."""
    return plain(value.replace("[[", "").replace("]]", ""))
