"""Snipd's Markdown export: each episode a draft, each snip a stated insight.

Two generations meet: ``- Show:: [[X]]`` with ``### [11:36] Title``, and ``- Show: X`` with ``#### 💬 Quote``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from briefreader.reading import dates
from briefreader.reading.charset import decode
from briefreader.reading.draft import Draft
from briefreader.reading.markdown import blocks, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from briefreader.model import Original, Problem

_EPISODE = re.compile(r"(?m)^# (?=\S)")
_MARKS = re.compile(r"(?mi)^## (?:episode metadata|snips)\s*$")
_FIELD = re.compile(r"(?m)^[-*] (?P<name>[A-Za-z][\w /]{1,40}?)::? *(?P<value>\S.*)$")
_NOTES = re.compile(r"<details>\s*<summary>Show notes</summary>(?P<notes>.{1,20000}?)</details>", re.S | re.I)
_SNIP = re.compile(r"(?m)^### +(?:\[(?P<time>\d[\d:]*)\] *)?(?P<title>\S.*)$")
_NOISE = re.compile(
    r"(?s:<details>.*?</details>|<audio\b.*?</audio>)|^\[?🎧.*$|^\s*---+\s*$"
    r"|^#{4,6} .{0,4}\s*(?:quote|transcript|notes?)\s*$",
    re.I | re.M,
)


def is_snipd(text: str) -> bool:
    """Whether a Markdown text is an export of Snipd."""
    return len({m.group().lower().strip() for m in _MARKS.finditer(text[:200_000])}) == 2


def read_snipd(original: Original) -> Iterator[Draft | Problem]:
    """Each episode of the export as a draft; its original is its own part of the file."""
    text = decode(original.data)[0].replace("\r\n", "\n")
    starts = [m.start() for m in _EPISODE.finditer(text)] or [0]
    episodes = [text[a:b] for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]
    whole = len(episodes) == 1
    for episode in episodes:
        if _MARKS.search(episode):
            data = original.data if whole else episode.encode()
            yield _draft(replace(original, data=data), episode)


def _draft(original: Original, text: str) -> Draft:
    head, _, snips = text.partition("\n## Snips")
    fields = {m["name"].strip().lower(): m["value"].strip() for m in _FIELD.finditer(head)}
    link = re.search(r"\((https?://[^)\s]+)\)", fields.get("episode link", ""))
    title = re.match(r"# (.+)", text)
    starts = list(_SNIP.finditer(snips))
    insights: list[tuple[str, str]] = []
    parts: list[str] = []
    for snip, following in zip(starts, [*starts[1:], None], strict=True):
        body = _NOISE.sub("", snips[snip.end() : following.start() if following else len(snips)])
        words = re.sub(r"\n{3,}", "\n\n", body).strip()
        name = "" if snip["title"].strip().lower() == "untitled" else plain(snip["title"])
        text = " ".join(plain(words[b.text : b.end]) for b in blocks(words) if b.kind != "rule")
        if name or text:
            insights.append((name, text or name))
            parts.append(f"### {name or snip['time'] or 'Snip'}\n\n{words}".strip())
    if notes := _NOTES.search(head):
        lines = re.sub(r"<br */?>", "\n", notes["notes"]).split("\n")
        parts.append("## Show notes\n\n" + "\n".join(line.lstrip("> ").rstrip() for line in lines).strip())
    return Draft(
        original,
        "\n\n".join(parts),
        title=plain(title[1]) if title else _linked(fields.get("episode title", "")),
        source=_linked(fields.get("show", "")),
        author=_linked(fields.get("owner / host", fields.get("host", ""))),
        published=dates.iso(fields.get("episode publish date", "")),
        url=link[1] if link else "",
        stated=insights,
    )


def _linked(value: str) -> str:
    """A value out of its ``[[wiki link]]``."""
    return plain(value.replace("[[", "").replace("]]", ""))
