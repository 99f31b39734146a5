"""The entries of a digest: news items and links, each with a headline of its own.

Serves the list of a briefing's insights. An entry is a headed short section, a list item that links or leads with a
headline, or a paragraph that opens with its headline, where a text has at least ``MIN_ENTRIES`` of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from briefreader.markdown import Block, plain, title_of
from briefreader.text import count_words

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

MIN_ENTRIES = 3
MAX_ENTRIES = 400
MIN_ENTRY_WORDS = 5
MAX_SECTION_WORDS = 160
_MARK = r"[^\w\[*_“\"'(]{0,6}"  # an emoji or arrow in front
_LEAD = re.compile(rf"{_MARK}(?P<mark>\*\*|__)(?P<title>(?:(?!\*\*|__)[^\n]){{2,240}}?)(?P=mark)\s*[:.–—-]?\s*")
_LINK = re.compile(
    rf"{_MARK}(?:\*\*|__|\*|_)?\[(?P<title>[^\]\n]{{4,240}})\]\((?:[^()\s]|\([^()\s]*\)){{1,2000}}\)(?:\*\*|__|\*|_)?"
    r"\s*[:.–—-]?\s*"
)
_RUNS_ON = re.compile(r"[,;)]|['’]s\b")
_PARTING = tuple(":.–—-")
_COUNTED = r"(?:points?|votes?|upvotes?|comments?|likes?|stars?|retweets?|reposts?|replies|shares?|views?|karma)"
_COUNTS = re.compile(
    r"\s*[(\[](?:(?:activity|score|points|votes|upvotes|karma|stars|likes|comments)\s*:\s*[\d.,]+[km]?|"
    rf"[\d.,]+[km]?\+?\s+{_COUNTED})(?:\s*[,;|·/&]\s*[^()\[\]]{{0,40}})?[)\]]",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry: its headline, the numbers of its first and last block, and its offsets in the body.

    ``text`` is where the words after the headline begin.
    """

    title: str
    first: int
    last: int
    start: int
    end: int
    text: int


def without_counts(text: str) -> str:
    """A headline or sentence without the votes and the like that it got: "(Activity: 1118)"."""
    return _COUNTS.sub("", text) if "(" in text or "[" in text else text


def lead_of(body: str, block: Block) -> tuple[str, int] | None:
    """The headline that a block opens with, in bold or as a link, and where the words after it begin."""
    text = body[block.text : block.end]
    for pattern in (_LEAD, _LINK):
        if not (m := pattern.match(text)):
            continue
        rest = plain(text[m.end() :])
        title = plain(m["title"]).strip()
        set_off = title[-1:] in _PARTING or text[m.end("title") : m.end()].strip(" *_")[-1:] in _PARTING
        if not set_off and rest and (rest[0].islower() or _RUNS_ON.match(rest) or pattern is _LINK):
            return None  # a subject in bold, or a link, whose sentence goes on is no headline
        return without_counts(title).rstrip(":.,;–—- ").strip(), block.text + m.end()
    return None


def find_entries(body: str, found: Sequence[Block], spoken: Collection[int] = ()) -> list[Entry]:
    """The entries of ``body``, in order, at most ``MAX_ENTRIES``; blocks that somebody speaks are none."""
    openings: dict[int, tuple[str, int]] = {}
    for n in range(len(found)):
        if n not in spoken and (opening := _opening(body, found, n)):
            openings[n] = opening
    by_kind: dict[str, list[int]] = {}
    for n in openings:
        by_kind.setdefault(found[n].kind, []).append(n)
    kept = {n for numbers in by_kind.values() if len(numbers) >= MIN_ENTRIES for n in numbers}
    entries = [_entry(body, found, n, openings[n], kept) for n in sorted(kept)]
    return [e for e in entries if e][:MAX_ENTRIES]


def _opening(body: str, found: Sequence[Block], n: int) -> tuple[str, int] | None:
    """The headline with which block ``n`` would open an entry, and where its text begins; None if it opens none."""
    block = found[n]
    if block.kind == "heading":
        return _heading(body, found, n)
    if block.kind not in ("item", "paragraph") or (block.kind == "item" and block.level > 0):
        return None
    words = count_words(plain(body[block.text : block.end]))
    lead = lead_of(body, block)
    if block.kind == "item":
        if words < MIN_ENTRY_WORDS or not (lead or "](" in body[block.text : block.end]):
            return None
        return lead or ("", block.text)
    if lead and words >= 2 and not (lead[1] < block.end and words < MIN_ENTRY_WORDS):
        return lead
    return None


def _heading(body: str, found: Sequence[Block], n: int) -> tuple[str, int] | None:
    """A heading over a short section of prose."""
    size = 0
    for block in found[n + 1 :]:
        if block.kind in ("heading", "rule"):
            break
        if block.kind in ("code", "table"):
            return None
        size += count_words(body[block.text : block.end])
        if size > MAX_SECTION_WORDS:
            return None
    title = without_counts(title_of(body, found[n])).strip()
    return (title, found[n].end) if title and size else None


def _entry(body: str, found: Sequence[Block], n: int, opening: tuple[str, int], kept: set[int]) -> Entry | None:
    """The entry that opens at block ``n``: up to the next entry, heading or rule."""
    title, text = opening
    last = n
    alone = text >= found[n].end  # a headline without text of its own: what follows is its text
    for m in range(n + 1, len(found)):
        block = found[m]
        if block.kind in ("heading", "rule", "code", "table") or m in kept:
            break
        nested = block.kind == "item" and found[n].kind == "item" and block.level > 0
        if not (alone or nested or found[n].kind == "heading"):
            break
        if count_words(body[text : block.end]) > MAX_SECTION_WORDS:
            break
        last = m
    if alone and last == n and found[n].kind == "heading":
        return None
    return Entry(title, n, last, found[n].start if found[n].kind == "heading" else found[n].text, found[last].end, text)
