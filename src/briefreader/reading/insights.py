"""Find the insights that a body states; locate, merge and number insights of all kinds."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from briefreader.markdown import Block, blocks, escape, plain, title_of
from briefreader.model import Insight, InsightKind
from briefreader.reading.digest import lead_of

if TYPE_CHECKING:
    from collections.abc import Sequence

TAKEAWAYS = re.compile(
    r"\W*(?:"
    r"(?:the |our |my |some |\d{1,2} )?(?:(?:key|main|top|big|biggest|major|core) )?"
    r"(?:takeaways?|take-aways|insights|learnings)|"
    r"(?:key|main|core) (?:points|ideas|lessons|findings)|tl;? ?dr|the big picture|the bottom line|"
    r"why it matters|in (?:short|brief)|executive summary|highlights|what (?:we|i) learned|at a glance|"
    r"the gist|auf einen blick|das wichtigste|à retenir|en bref|claves)\W*",
    re.I,
)
_COLON = re.compile(r"(?P<title>[^\W_a-z][^\n:.!?]{3,79}):\s+(?=\S)")
_BYLINE = re.compile(r"[Bb][Yy] [A-Z][\w.'’-]*(?:,? (?:and |& )?[A-Z][\w.'’-]*){1,7}")
_WORD = re.compile(r"\w+")
_LABEL_WORDS = 12  # maximum words of a label that ends in a colon
_TITLE_WORDS = 8  # maximum words of a headline before a colon
_SHORTEST_REPEATED = 5  # minimum words of a text whose repetition is no coincidence
# the name of a quoted person, such as "Ana Rowan, harbour master", or any line that begins with a dash
_CREDIT = re.compile(r"[—–-]|(?:[^\W\d_a-z][\w.’'-]* ){1,3}[^\W\d_a-z][\w.’'-]*, \w")
_OPEN_QUOTES, _CLOSE_QUOTES = tuple('“"«„'), tuple('”"»“')
_ORDER = {"stated": 0, "own": 1, "extracted": 2, "item": 3}


@dataclass(frozen=True, slots=True)
class Passage:
    """An insight before it is numbered; ``places`` are the spans of repetitions, other fields as in ``Insight``."""

    title: str
    text: str
    start: int
    end: int
    kind: InsightKind
    speaker: str = ""
    places: tuple[tuple[int, int], ...] = ()
    worth: float = 1.0


def find_stated(body: str, found: Sequence[Block]) -> list[Passage]:
    """Return the insights in sections such as "Key takeaways": the top-level list items, else three paragraphs."""
    passages: list[Passage] = []
    i = 0
    while i < len(found):
        block = found[i]
        i += 1
        if block.kind != "heading" or not TAKEAWAYS.fullmatch(title_of(body, block)):
            continue
        stop = i
        while stop < len(found) and not (found[stop].kind == "heading" and found[stop].level <= block.level):
            stop += 1
        section = found[i:stop]
        items = [b for b in section if b.kind == "item" and b.level == 0]
        chosen = items or [b for b in section if b.kind == "paragraph"][:3]
        passages += [p for b in chosen if (p := _stated(body, b))]
        i = stop
    return passages


def _stated(body: str, block: Block) -> Passage | None:
    """Return a block as a stated insight, with its headline if it has one; None if it only introduces other blocks."""
    start, end = block.text, block.end
    lead = lead_of(body, block)
    if lead and (rest := plain(body[lead[1] : end])):
        return Passage(lead[0], rest, start, end, "stated")
    words = plain(body[start:end])
    if not words or (words.endswith(":") and len(words.split()) <= _LABEL_WORDS):
        return None
    m = _COLON.match(words)
    if m and len(m["title"].split()) <= _TITLE_WORDS and len(words) > m.end() + 20 and "http" not in m["title"]:
        return Passage(m["title"].strip(), words[m.end() :], start, end, "stated")
    return Passage("", words, start, end, "stated")


def place(body: str, given: Sequence[tuple[str, str]]) -> tuple[str, list[Passage]]:
    """Locate insights that a document gives separately from its body; missing ones are appended to the body as bullets.

    Returns the body and the passages, those of appended insights last. Titles and texts stay as given.
    """
    if not given:
        return body, []
    found = blocks(body)
    views = [plain(body[b.text : b.end]) for b in found]
    passages: list[Passage] = []
    missing: list[tuple[str, str]] = []
    cursor = 0
    for title, text in given:
        # a given insight may be plain text or Markdown
        at = _find(found, views, _flat(title), _flat(text), cursor)
        at = at or _find(found, views, plain(title), plain(text), cursor)
        if at is None:
            missing.append((title, text))
            continue
        cursor, start, end = at[0] + 1, found[at[0]].text, found[at[1]].end
        passages.append(Passage(title, text, start, end, "stated"))
    for n, (title, text) in enumerate(missing):
        lead = f"**{escape(_flat(title))}:** " if title and title != text else ""
        gap = "" if not body else "\n" if n else "\n\n"
        heading = "" if n or not found else "## Key insights\n\n"
        start = len(body) + len(gap) + len(heading) + 2
        body = f"{body}{gap}{heading}- {lead}{escape(_flat(text))}"
        passages.append(Passage(title, text, start, len(body), "stated"))
    return body, passages


def _flat(text: str) -> str:
    return " ".join(text.split())


def _find(found: list[Block], views: list[str], title: str, text: str, cursor: int) -> tuple[int, int] | None:
    """Return the first and last block of a given insight from block ``cursor`` on, or None.

    This is an item, a paragraph, or the section under its title.
    """
    for i in range(cursor, len(found)):
        view = views[i]
        if found[i].kind == "heading":
            last = i
            while last + 1 < len(found) and found[last + 1].kind != "heading":
                last += 1
            section = " ".join(views[i + 1 : last + 1])
            if (view == title and text[:40] in section) if title else section == text:
                return i, last
        elif view.endswith(text[-60:]) and view.startswith(title or text[:60]) and text:
            return i, i
    return None


def merge_repeated(passages: Sequence[Passage]) -> list[Passage]:
    """Merge passages that repeat an earlier one into it, and add their spans to its ``places``.

    Passages with the same text are repetitions even if one has a title and the other has none. Passages of fewer than
    ``_SHORTEST_REPEATED`` words are never merged.
    """
    kept: dict[tuple[str, str], int] = {}
    merged: list[Passage] = []
    for passage in passages:
        title, text = (" ".join(_WORD.findall(part.casefold())) for part in (passage.title, passage.text))
        whole = f"{title} {text}".strip()
        same = [(title, text), ("", text), ("", whole)] if title else [("*", text)]
        at = next((kept[key] for key in same if key in kept), len(merged))
        if at == len(merged) or whole.count(" ") + 1 < _SHORTEST_REPEATED:
            for key in ((title, text), ("*", text), ("*", whole)):
                kept.setdefault(key, len(merged))
            merged.append(passage)
        else:
            first = merged[at]
            merged[at] = replace(first, places=(*first.places, (passage.start, passage.end)))
    return merged


def number(title: str, body: str, found: Sequence[Block], passages: Sequence[Passage]) -> tuple[Insight, ...]:
    """Return the insights, numbered from 1: stated ones, extracted ones in the given order, then items.

    Repeated passages are merged. Each insight gets the heading that it is under, which is never the title of the text,
    nor the name of a quoted person below a quotation.
    """
    own = title.casefold()
    headings = [
        (b.start, b.level, "" if (words := title_of(body, b)).casefold() == own else words)
        for n, b in enumerate(found)
        if b.kind == "heading" and not (n and _CREDIT.match(title_of(body, b)) and _is_quotation(body, found[n - 1]))
    ]
    ranked = sorted(passages, key=lambda p: (_ORDER[p.kind], 0 if p.kind == "extracted" else p.start))
    merged = merge_repeated([replace(p, title=_headline(p.title)) for p in ranked])
    places = [((p.start, p.end), *p.places) for p in merged]
    return tuple(
        Insight(n, p.title, p.text, p.start, p.end, p.kind, _heading(headings, p), p.speaker, places[n - 1], p.worth)
        for n, p in enumerate(merged, 1)
    )


def _headline(title: str) -> str:
    """Return a title without a colon at its end, "" for a byline."""
    return "" if _BYLINE.fullmatch(title) else title.removesuffix(":")


def _is_quotation(body: str, block: Block) -> bool:
    """Whether a whole block is a quotation."""
    words = plain(body[block.text : block.end]) if block.kind in ("quote", "paragraph") else ""
    return block.kind == "quote" or (words[:1] in _OPEN_QUOTES and words[-1:] in _CLOSE_QUOTES and len(words) > 1)


def _heading(headings: Sequence[tuple[int, int, str]], passage: Passage) -> str:
    """Return the nearest heading above a passage, or ""; if it is the passage's headline, the next higher heading."""
    headline, below = passage.title or passage.text, 7  # the deepest level is 6
    for _, level, words in reversed(headings[: bisect_left(headings, (passage.start + 1, 0, ""))]):
        if below == 7 and words.startswith(headline):
            below = level
        elif level < below:
            return words
    return ""
