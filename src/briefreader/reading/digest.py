"""Find the entries of a digest: news items and links, most with a headline.

Entries become insights of the briefing. An entry is a short section with a heading, a list item with a link or leading
headline, a paragraph that begins with its headline, or one of several short paragraphs of news. A text with fewer than
``MIN_ENTRIES`` entries has none.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from briefreader.markdown import Block, plain, title_of
from briefreader.text import STOP_WORDS, count_words, sentences

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

MIN_ENTRIES, MAX_ENTRIES = 3, 400  # of a text
MIN_ENTRY_WORDS = 5  # minimum words of an item, paragraph or linked heading; four are enough for a bold line
MAX_SECTION_WORDS = 160  # maximum words of a section or list item that is an entry
MIN_DIGEST, MAX_FEATURE_WORDS = 6, 900  # in a text with six other entries, a section of up to 900 words is an entry too
MAX_TYPICAL_WORDS = 100  # maximum median words of the sections of a digest
# limits for a run of paragraphs without headlines
MIN_RUN, MIN_PARAGRAPH_WORDS, MAX_PARAGRAPH_WORDS, MAX_LINKED_WORDS = 5, 8, 50, 90
MAX_LABEL_WORDS = 14  # maximum words of a headline that ends with a colon
_MARK = r"(?:[^\w\[*_“\"'(\\]|\\?\*\s){0,6}"  # an emoji, arrow or bullet in front of a headline
_LEAD = re.compile(rf"{_MARK}(?P<mark>\*\*\*?|__)(?P<title>(?:(?!\*\*|__)[^\n]){{2,240}}?)(?P=mark)\s*[:.–—-]?\s*")
_LINK = re.compile(
    rf"{_MARK}(?:\*\*|__|\*|_)?\[(?P<title>[^\]\n]{{4,240}})\]\((?:[^()\s]|\([^()\s]*\)){{1,2000}}\)(?:\*\*|__|\*|_)?"
    r"\s*[:.–—-]?\s*"
)
_COUNTED = r"(?:points?|votes?|upvotes?|comments?|likes?|stars?|retweets?|reposts?|replies|shares?|views?|karma)"
_TALLIED = re.compile(  # "Ferry strike ends (Activity: 118): …"
    rf"{_MARK}(?P<title>[^\n(]{{4,240}}\((?:[a-z]{{4,10}}: [\d.,]+[km]?|[\d.,]+[km]?\+? {_COUNTED})\)):\s+", re.I
)
_LABEL = re.compile(r"(?P<title>[^\s:](?:[^:\n(]|\([^()\n]{0,60}\)){3,160}):\s+(?=\S)")
_SUBJECT = re.compile(r"\W*(?P<first>[A-Z][\w.’'-]*),?(?: [A-Z0-9][\w.’'-]*){0,5} [a-z]\w+")
_FOLLOWS = re.compile(  # beginnings that refer to the paragraph before
    r"\W*(?:this|that|these|those|they|he|she|it|its|but|so|and|or|yet|however|then|instead|still|i|i['’]\w+|we|my|our|"
    r"you|your|as a result|for example|in fact|of course)\b",
    re.I,
)
_RUNS_ON = re.compile(r"[,;)]|['’]s\b")
_LINKED = re.compile(r"\]\(")
_UNLINKED = re.compile(r" [.,:;!?)”](?:\s|$)")  # a space before punctuation: the URL of a link was removed
_PARTING = tuple(":.–—-")  # signs that separate a headline from the text after it
_COUNTS = re.compile(
    r"\s*[(\[](?:(?:activity|score|points|votes|upvotes|karma|stars|likes|comments)\s*:\s*[\d.,]+[km]?|"
    rf"[\d.,]+[km]?\+?\s+{_COUNTED})(?:\s*[,;|·/&]\s*[^()\[\]]{{0,40}})?[)\]]|"
    r"\s+(?:\d{4,}(?:[a-z][\w-]*\.)+[a-z]{2,}|"  # a count that runs into the host of the link
    r"\((?:[\w-]+\.)+[a-z]{2,}\)(?:\s*[-–—|·]+\s*_?(?:\d+ )?comments?_?)?)\s*$",
    re.I,
)


Opening = tuple[str, int]
"""The headline that opens an entry ("" if none), and the offset of the words after it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry: its headline ("" if none), numbers of its first and last block, and offsets in the body.

    ``text`` is where the words after the headline begin.
    """

    title: str
    first: int
    last: int
    start: int
    end: int
    text: int


def without_counts(text: str) -> str:
    """Remove a count, such as "(Activity: 1118)", from the end of a headline or sentence."""
    return _COUNTS.sub("", text)


def lead_of(body: str, block: Block) -> Opening | None:
    """Return the headline that begins a block, and the offset after it, or None.

    A headline is in bold, a link, or followed by a count such as votes.
    """
    text = body[block.text : block.end]
    for pattern in (_LEAD, _LINK, _TALLIED):
        if not (m := pattern.match(text)):
            continue
        rest = plain(text[m.end() :])
        title = plain(m["title"]).strip()
        set_off = title[-1:] in _PARTING or text[m.end("title") : m.end()].strip(" *_")[-1:] in _PARTING
        if not set_off and rest and (rest[0].islower() or _RUNS_ON.match(rest) or title.count(" ") < 2):
            return None  # bold text or a link that is part of a sentence isn't a headline
        return without_counts(title).rstrip(":.,;–—- ").strip(), block.text + m.end()
    return None


def find_entries(body: str, found: Sequence[Block], spoken: Collection[int] = ()) -> list[Entry]:
    """Return the entries of ``body`` in order, at most ``MAX_ENTRIES``.

    ``found`` are the blocks of ``body``; those with a number in ``spoken`` belong to an interview and are ignored.
    """
    openings: dict[int, Opening] = {}
    for n in range(len(found)):
        if n not in spoken and (opening := _opening(body, found, n)):
            openings[n] = opening
    openings = _introduced(body, found, _frequent(body, found, openings))
    openings |= _runs(body, found, openings, spoken)
    openings = _headed(body, found, openings)
    entries = [_entry(body, found, n, openings[n], openings) for n in sorted(openings)]
    return [e for e in entries if e][:MAX_ENTRIES]


def _opening(body: str, found: Sequence[Block], n: int) -> Opening | None:
    """Return the headline with which an item or paragraph could open an entry, or None."""
    if found[n].kind == "item":
        return _item(body, found[n])
    return _paragraph(body, found[n]) if found[n].kind == "paragraph" else None


def _frequent(body: str, found: Sequence[Block], openings: dict[int, Opening]) -> dict[int, Opening]:
    """Return the openings without recurring headlines ("Summary:"), headings of essays, and rare kinds of blocks."""
    titles = Counter(title for title, _ in openings.values() if title)
    kept = {n: opening for n, opening in openings.items() if titles[opening[0]] < MIN_ENTRIES}
    kept = {n: opening for n, opening in kept.items() if not _heads_essay(body, found, n, opening, kept)}
    counts = Counter(found[n].kind for n in kept)
    return {n: opening for n, opening in kept.items() if counts[found[n].kind] >= MIN_ENTRIES}


def _introduced(body: str, found: Sequence[Block], openings: Mapping[int, Opening]) -> dict[int, Opening]:
    """Return the openings; that of a single headline is moved to the paragraph before it if this ends with a colon."""
    moved: dict[int, Opening] = {}
    for n, (title, text) in openings.items():
        before, alone = found[n - 1], n and text >= found[n].end and openings.keys().isdisjoint((n - 1, n + 1))
        words = plain(body[before.text : before.end]) if alone and before.kind == "paragraph" else ""
        if words.endswith(":") and count_words(words) >= MIN_PARAGRAPH_WORDS:
            n, text = n - 1, before.text
        moved[n] = (title, text)
    return moved


def _heads_essay(body: str, found: Sequence[Block], n: int, opening: Opening, openings: Mapping[int, Opening]) -> bool:
    """Whether a bold line is a heading of an essay: the text below it is too long for an entry, or missing."""
    if opening[1] < found[n].end or "](" in body[found[n].start : found[n].end]:
        return False
    size = 0
    for m in range(n + 1, len(found)):
        if found[m].kind in ("heading", "rule") or m in openings:
            break
        size += count_words(body[found[m].text : found[m].end])
    return not 0 < size <= MAX_SECTION_WORDS


def _item(body: str, block: Block) -> Opening | None:
    """Return the opening of a list item with a leading headline or a link, or None."""
    words = plain(body[block.text : block.end])
    if count_words(words) < MIN_ENTRY_WORDS or words.endswith((":", "?")):
        return None
    lead = lead_of(body, block)
    return lead or (("", block.text) if "](" in body[block.text : block.end] else None)


def _paragraph(body: str, block: Block) -> Opening | None:
    """Return the opening of a paragraph that begins with a headline or is one, or None."""
    lead = lead_of(body, block)
    words = count_words(plain(body[block.text : block.end])) if lead else 0
    return lead if lead and words >= (MIN_ENTRY_WORDS if lead[1] < block.end else 4) else None


def _runs(
    body: str, found: Sequence[Block], openings: Mapping[int, Opening], spoken: Collection[int]
) -> dict[int, Opening]:
    """Return the openings of adjacent paragraphs that are news items or begin with a headline and a colon."""
    runs: list[list[int]] = [[]]
    parts: list[list[int]] = [[]]  # the runs, split at short lines without end punctuation
    for n, block in enumerate(found):
        words = plain(body[block.text : block.end]) if block.kind == "paragraph" else ""
        if n in spoken or n in openings or not words:
            runs.append([])
            parts.append([])
        elif count_words(words) >= MIN_PARAGRAPH_WORDS and not words.endswith(":"):
            runs[-1].append(n)
            parts[-1].append(n)
        elif words[-1] not in _PARTING:
            parts.append([])
    together = [n for run in runs if len(run) > 1 for n in run]
    linked = _LINKED if "](" in body else _UNLINKED
    chosen = [part for run in (together, *parts) if (part := _news(body, found, run, linked))]
    listed = {n: ("", found[n].text) for part in chosen for n in part}
    return listed | _labelled(body, found, parts)


def _labelled(body: str, found: Sequence[Block], parts: Sequence[Sequence[int]]) -> dict[int, Opening]:
    """Return the openings of paragraphs that begin with a headline and a colon, as in lists without bullets."""
    made: dict[int, Opening] = {}
    for part in parts:
        leads = {n: m for n in part if (m := _LABEL.match(body, found[n].text, found[n].end))}
        leads = {n: m for n, m in leads.items() if 1 < count_words(m["title"]) <= MAX_LABEL_WORDS}
        if len(part) > 1 and len(leads) >= 0.8 * len(part):
            made |= {n: (plain(m["title"]), m.end()) for n, m in leads.items() if len(sentences(m["title"])) == 1}
    return made if len(made) >= MIN_RUN else {}


def _news(body: str, found: Sequence[Block], run: Sequence[int], linked: re.Pattern[str]) -> Sequence[int]:
    """Return the paragraphs of a run that are news items, () if they are fewer than ``MIN_RUN`` or half of the run.

    Most news items can be read on their own; they contain links, or are short and begin with a name.
    """
    if len(run) < MIN_RUN:
        return ()
    texts = [body[found[n].text : found[n].end] for n in run]
    views = [plain(text) for text in texts]
    sizes = [count_words(view) for view in views]
    alone = [not _FOLLOWS.match(view) for view in views]
    named = sum(_names_first(view) and size <= MAX_PARAGRAPH_WORDS for view, size in zip(views, sizes, strict=True))
    if sum(alone) >= 0.8 * len(run) and named >= 0.7 * len(run):
        return run
    links = [linked.search(text) is not None for text in texts]
    whole = sum(links) >= 0.8 * len(run)
    first, end = (0, len(run)) if whole else _longest(links)
    count = end - first
    most = MAX_LINKED_WORDS if whole or linked is _UNLINKED else MAX_PARAGRAPH_WORDS
    brief = sum(sizes[first:end]) <= most * count and sum(alone[first:end]) >= 0.8 * count
    return run[first:end] if brief and count >= max(MIN_RUN, len(run) / 2) else ()


def _longest(flags: Sequence[bool]) -> tuple[int, int]:
    """Return start and end of the longest part in which at least four of five flags are set, (0, 0) if there is none.

    The part begins and ends with a set flag.
    """
    sums = [0, *accumulate(1 if flag else -4 for flag in flags)]
    highest = [*accumulate(reversed(sums), max)][::-1]  # the maximum from each place on
    first = end = at = 0
    for n, low in enumerate(sums):
        while at < len(sums) and highest[at] >= low:
            at += 1
        if at - 1 - n > end - first:
            first, end = n, at - 1
    chosen = [n for n in range(first, end) if flags[n]]
    return (chosen[0], chosen[-1] + 1) if chosen else (0, 0)


def _names_first(words: str) -> bool:
    """Whether a paragraph begins with a sentence whose first word looks like a name."""
    m = _SUBJECT.match(words)
    return m is not None and m["first"].lower() not in STOP_WORDS


def _headed(body: str, found: Sequence[Block], openings: dict[int, Opening]) -> dict[int, Opening]:
    """Return the openings, with headings added if the text is a digest of short sections.

    A heading becomes the headline of its section; but if the section begins with one of several entries, the heading
    only groups them.
    """
    sections = [s for n, block in enumerate(found) if block.kind == "heading" and (s := _section(body, found, n))]
    short = [s for s in sections if s.words <= MAX_SECTION_WORDS]
    linked = sum("](" in body[found[s.heading].start : found[s.last].end] for s in short)
    typical = sorted(s.words for s in sections)[(len(sections) - 1) // 2] if sections else 0
    digest = len(short) + len(openings) >= MIN_ENTRIES and 2 * len(short) >= len(sections)
    digest = digest and typical <= MAX_TYPICAL_WORDS and (2 * linked >= len(short) or "](" not in body)
    made = dict(openings)
    for section in short if digest else ():
        _head(found, section, made)
    if len(made) >= MIN_ENTRIES:
        made |= {n: (title_of(body, found[n]), found[n].end) for n in range(len(found)) if _links_away(body, found, n)}
    if len(made) >= MIN_DIGEST:  # in a digest with many entries, a long section is an entry too
        for section in sections:
            _head(found, section, made)
    return made if len(made) >= MIN_ENTRIES else {}


def _links_away(body: str, found: Sequence[Block], n: int) -> bool:
    """Whether a heading is a link, with nothing below it."""
    block, following = found[n], found[n + 1] if n + 1 < len(found) else None
    if block.kind != "heading" or (following and (following.kind != "heading" or following.level > block.level)):
        return False
    link = _LINK.match(body, block.text, block.end)
    return link is not None and link.end() == block.end and count_words(link["title"]) >= MIN_ENTRY_WORDS


def _head(found: Sequence[Block], section: _Section, made: dict[int, Opening]) -> None:
    """Make the heading of a section an opening, unless it only groups entries."""
    first = next(n for n in range(section.heading + 1, section.last + 1) if found[n].kind != "rule")
    inside = sum(n in made for n in range(first, section.last + 1))
    if inside and first not in made and found[first].kind == "item":
        made[first] = ("", found[first].text)  # the first item of a list whose other items are entries
    elif first not in made or (inside == 1 and found[first].kind == "paragraph"):
        made.pop(first, None)
        made[section.heading] = (section.title, found[section.heading].end)


@dataclass(frozen=True, slots=True)
class _Section:
    """A section: the numbers of its heading and last block, the title, and the number of words below it."""

    heading: int
    title: str
    last: int
    words: int


def _section(body: str, found: Sequence[Block], n: int) -> _Section | None:
    """Return the section under heading ``n``, None if it has no title, no prose, or more than ``MAX_FEATURE_WORDS``."""
    words, last = 0, n
    for m in range(n + 1, len(found)):
        if found[m].kind == "rule" and not words:
            continue  # a rule under the heading
        if found[m].kind in ("heading", "rule", "code", "table"):
            break
        words, last = words + count_words(plain(body[found[m].text : found[m].end])), m
    title = without_counts(title_of(body, found[n])).strip()
    return _Section(n, title, last, words) if title and 0 < words <= MAX_FEATURE_WORDS else None


def _entry(
    body: str, found: Sequence[Block], n: int, opening: Opening, openings: Mapping[int, Opening]
) -> Entry | None:
    """Return the entry that opens at block ``n``, up to the next entry, heading or rule; None if it has no text."""
    title, text = opening
    last, size = n, count_words(body[text : found[n].end])
    heads = text >= found[n].end  # the opening is only a headline, and the following blocks are its text
    most = MAX_FEATURE_WORDS if found[n].kind == "heading" else MAX_SECTION_WORDS
    for m in range(n + 1, len(found)):
        block = found[m]
        if block.kind == "rule" and last == n and found[n].kind == "heading":
            continue
        if block.kind in ("heading", "rule", "code", "table") or m in openings:
            break
        nested = block.kind == "item" and found[n].kind == "item" and block.level > found[n].level
        size += count_words(body[block.text : block.end])
        if not (heads or nested) or size > most:
            break
        last = m
    if heads and last == n and found[n].kind == "heading" and not _links_away(body, found, n):
        return None
    return Entry(title, n, last, found[n].start if found[n].kind == "heading" else found[n].text, found[last].end, text)
