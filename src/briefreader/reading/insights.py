"""The insights a body states itself: takeaway sections, and the items of a digest."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from briefreader.model import Insight, InsightKind
from briefreader.reading.escape_text import escape
from briefreader.reading.markdown import Block, blocks, plain, prose, title_of

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
_LEAD = re.compile(r"(?P<mark>\*\*|__)(?P<title>(?:(?!\*\*|__)[^\n]){2,240}?)(?P=mark)\s*[:.–—-]?\s*")
_LEAD_LINK = re.compile(r"(?:\*\*)?\[(?P<title>[^\]\n]{8,240})\]\([^\s)]{1,2000}\)(?:\*\*)?\s*[:.–—-]?\s*")
_COLON = re.compile(r"(?P<title>[^\n:.!?]{4,100}):\s+(?=\S)")
_CLAUSE = re.compile(r"[:;–—]\s|\s[–—-]\s|,\s(?:and|but|or|so|while|which|because|as|not|with)\s|[.!?](?:\s|$)")
_QUOTES = (('"', '"'), ("“", "”"), ("«", "»"), ("„", "“"))
_RUNS_ON = re.compile(r"[,;)]|['’]s\b")
_PARTING = tuple(":.–—-")
_LABEL_WORDS = 12
ITEM_WORDS = 6
MAX_ITEMS = 400
TITLE = 90


@dataclass(frozen=True, slots=True)
class Passage:
    """An insight before it has a number."""

    title: str
    text: str
    start: int
    end: int
    kind: InsightKind


def stated(body: str, found: list[Block]) -> list[Passage]:
    """The entries of sections that are headed as takeaways: their bullets, else their paragraphs."""
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
        passages += [p for b in chosen if (p := of_block(body, b, "stated"))]
        i = stop
    return passages


def items(body: str, found: list[Block]) -> list[Passage]:
    """The entries of a digest: bullets and paragraphs with a headline of their own, and short headed sections."""
    entries = [b for b in found if b.kind == "item" and _headlined(body, b)]
    leads = [b for b in found if b.kind == "paragraph" and _bold_lead(body, b)]
    entries += leads if len(leads) >= 3 else []
    passages = [p for b in entries if (p := of_block(body, b, "item"))]
    if sections := _sections(body, found):
        passages += sections
    passages.sort(key=lambda p: p.start)
    return passages[:MAX_ITEMS] if len(passages) >= 3 else []


def _headlined(body: str, block: Block) -> bool:
    text = body[block.text : block.end]
    return bool(_LEAD.match(text) or _LEAD_LINK.match(text)) and len(text.split()) >= ITEM_WORDS


def _bold_lead(body: str, block: Block) -> bool:
    """Whether a paragraph begins with a headline in bold that is set off from its text."""
    text = body[block.text : block.end]
    m = _LEAD.match(text)
    return m is not None and len(text.split()) >= ITEM_WORDS and _set_off(m, text)


def _set_off(m: re.Match[str], text: str) -> bool:
    """Whether a bold lead ends in, or is followed by, what parts a headline from its text."""
    return m["title"].rstrip()[-1:] in _PARTING or text[m.end("title") : m.end()].strip(" *_")[-1:] in _PARTING


def _sections(body: str, found: list[Block]) -> list[Passage]:
    """Short sections (a heading and at most 120 words), where a digest has three or more of them."""
    passages: list[Passage] = []
    heads = [i for i, b in enumerate(found) if b.kind == "heading"]
    for i, following in pairwise([*heads, len(found)]):
        inner = [b for b in found[i + 1 : following] if b.kind in ("paragraph", "quote")]
        if not inner or any(b.kind in ("item", "code", "table") for b in found[i + 1 : following]):
            continue
        start, end = found[i].start, inner[-1].end
        text = plain(body[inner[0].start : end])
        if ITEM_WORDS <= len(text.split()) <= 120 and (title := title_of(body, found[i])):
            passages.append(Passage(title, text, start, end, "item"))
    return passages if len(passages) >= 3 else []


def with_key_ones(body: str, entries: Sequence[Passage], chosen: Sequence[Passage]) -> list[Passage]:
    """The entries of a digest and its key sentences; an entry that is one for the most part is a key insight itself.

    It stands once then, under its headline and with all its words, as other key ones do. A sentence among many of its
    entry stands for itself.
    """
    key: dict[int, Passage] = {}
    rest: list[Passage] = []
    for sentence in chosen:
        holder = next((n for n, p in enumerate(entries) if p.start <= sentence.start and sentence.end <= p.end), None)
        if holder is None or not _is_most(body, entries[holder], sentence):
            rest.append(sentence)
        else:
            key[holder] = replace(entries[holder], text=_whole(body, entries[holder]), kind="extracted")
    return [key.get(n, p) for n, p in enumerate(entries)] + rest


def _is_most(body: str, entry: Passage, sentence: Passage) -> bool:
    return 2 * len(sentence.text.split()) >= len(_whole(body, entry).split())


def _whole(body: str, entry: Passage) -> str:
    return " ".join(prose(body[entry.start : entry.end]).split())


def of_block(body: str, block: Block, kind: InsightKind) -> Passage | None:
    """A block as an insight: its headline is the bold or linked lead, a short "Title:" or its first clause."""
    start, end = block.text, block.end
    text = body[start:end]
    words = plain(text)
    for pattern in (_LEAD, _LEAD_LINK):
        if (m := pattern.match(text)) and (rest := plain(text[m.end() :])):
            if not _set_off(m, text) and (rest[0].islower() or _RUNS_ON.match(rest)):
                break  # a bold subject whose sentence goes on is no headline
            return Passage(_strip_title(plain(m["title"])), rest, start, end, kind)
    if not words or _is_label(words):
        return None
    if (m := _COLON.match(words)) and len(words) > m.end() + 20 and "http" not in m["title"]:
        return Passage(m["title"].strip(), words[m.end() :], start, end, kind)
    return Passage(first_clause(words), words, start, end, kind)


def _is_label(words: str) -> bool:
    """Whether an entry only announces what other blocks say."""
    return words.endswith(":") and len(words.split()) <= _LABEL_WORDS


def _strip_title(title: str) -> str:
    return title.rstrip(":.,;–—- ").strip()


def first_clause(text: str) -> str:
    """A title for a passage without one: its first clause, cut between words; never invented."""
    for m in _CLAUSE.finditer(text):
        if len(text[: m.start()].split()) >= 4:
            clause = text[: m.start()]
            break
    else:
        clause = text
    clause = _unquoted(clause.strip(" ,;:.–—-*")).strip(" ,;:.–—-*")
    if len(clause) <= TITLE:
        return clause
    short = clause[:TITLE].rsplit(" ", 1)[0].rstrip(" ,;:.–—-")
    return f"{short}…"


def _unquoted(clause: str) -> str:
    """Without quotation marks around all of it, or whose other one is not in it."""
    for left, right in _QUOTES:
        if clause.startswith(left) and clause.find(right, 1) in (-1, len(clause) - 1):
            clause = clause[1:].removesuffix(right)
        elif clause.endswith(right) and left not in clause[:-1]:
            clause = clause[:-1]
    return clause


def place(body: str, given: Sequence[tuple[str, str]]) -> tuple[str, list[Passage]]:
    """Insights given apart from the body, found in it in order; those that it lacks are appended to it as bullets.

    Returns the body and the passages; their titles and texts stay as given, word for word.
    """
    if not given:
        return body, []
    found = blocks(body)
    views = [plain(body[b.text : b.end]) for b in found]
    passages: list[Passage] = []
    missing: list[tuple[str, str]] = []
    cursor = 0
    for title, text in given:
        # what was given may be plain text or Markdown
        at = _find(found, views, _flat(title), _flat(text), cursor)
        at = at or _find(found, views, plain(title), plain(text), cursor)
        if at is None:
            missing.append((title, text))
            continue
        cursor, start, end = at[0] + 1, found[at[0]].text, found[at[1]].end
        passages.append(Passage(title or first_clause(text), text, start, end, "stated"))
    for n, (title, text) in enumerate(missing):
        lead = f"**{escape(_flat(title))}:** " if title and title != text else ""
        gap = "" if not body else "\n" if n else "\n\n"
        heading = "" if n or not found else "## Key insights\n\n"
        start = len(body) + len(gap) + len(heading) + 2
        body = f"{body}{gap}{heading}- {lead}{escape(_flat(text))}"
        passages.append(Passage(title or first_clause(text), text, start, len(body), "stated"))
    return body, passages


def _flat(text: str) -> str:
    return " ".join(text.split())


def _find(found: list[Block], views: list[str], title: str, text: str, cursor: int) -> tuple[int, int] | None:
    """(first, last) block of a given insight: its bullet, the section under its title, or the paragraph that is it."""
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


def number(passages: list[Passage]) -> tuple[Insight, ...]:
    """Numbered for life, 1-based: stated ones first, then extracted key ones, then items, each in the body's order."""
    order = {"stated": 0, "own": 1, "extracted": 2, "item": 3}
    ranked = sorted(passages, key=lambda p: (order[p.kind], p.start))
    return tuple(Insight(n, p.title, p.text, p.start, p.end, p.kind) for n, p in enumerate(ranked, 1))
