"""The insights a body states itself: takeaway sections, and the items of a digest."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from briefreader.model import Insight, InsightKind
from briefreader.reading.markdown import Block, blocks, plain, strip, title_of

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
ITEM_WORDS = 6
MOST_ITEMS = 400
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
    """The entries of a digest: bullets with a headline of their own, and short headed sections."""
    bullets = [b for b in found if b.kind == "item" and _headlined(body, b)]
    passages = [p for b in bullets if (p := of_block(body, b, "item"))]
    if sections := _sections(body, found):
        passages += sections
    passages.sort(key=lambda p: p.start)
    return passages[:MOST_ITEMS] if len(passages) >= 3 else []


def _headlined(body: str, block: Block) -> bool:
    text = body[block.text : block.end]
    return bool(_LEAD.match(text) or _LEAD_LINK.match(text)) and len(text.split()) >= ITEM_WORDS


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


def of_block(body: str, block: Block, kind: InsightKind) -> Passage | None:
    """A block as an insight: its headline is the bold or linked lead, a short "Title:" or its first clause."""
    start, end = block.text, block.end
    text = body[start:end]
    for pattern in (_LEAD, _LEAD_LINK):
        if (m := pattern.match(text)) and (rest := plain(text[m.end() :])):
            return Passage(_strip_title(plain(m["title"])), rest, start, end, kind)
    words = plain(text)
    if not words:
        return None
    if (m := _COLON.match(words)) and len(words) > m.end() + 20 and "http" not in m["title"]:
        return Passage(m["title"].strip(), words[m.end() :], start, end, kind)
    return Passage(first_clause(words), words, start, end, kind)


def _strip_title(title: str) -> str:
    return title.rstrip(":.–—- ").strip()


def first_clause(text: str) -> str:
    """A title for a passage without one: its first clause, cut between words; never invented."""
    for m in _CLAUSE.finditer(text):
        if len(text[: m.start()].split()) >= 4:
            clause = text[: m.start()]
            break
    else:
        clause = text
    clause = clause.strip(' ,;:.–—-*"“”')
    if len(clause) <= TITLE:
        return clause
    short = clause[:TITLE].rsplit(" ", 1)[0].rstrip(" ,;:.–—-")
    return f"{short}…"


def locate(body: str, given: list[tuple[str, str]] | tuple[tuple[str, str], ...]) -> list[Passage]:
    """Insights given apart from the body, found in it bullet by bullet, in order; texts are kept word for word."""
    passages: list[Passage] = []
    found = [b for b in blocks(body) if b.kind == "item"]
    views = [strip(body[b.text : b.end]).text for b in found]
    cursor = 0
    for title, text in given:
        title, wanted = plain(title), " ".join(plain(text).split())
        head = (title + ":" if title else wanted)[:60]
        for i in range(cursor, len(found)):
            if " ".join(views[i].split()).startswith(head) and wanted[-40:] in " ".join(views[i].split()):
                passages.append(Passage(title or first_clause(wanted), wanted, found[i].text, found[i].end, "stated"))
                cursor = i + 1
                break
    return passages


def number(passages: list[Passage]) -> tuple[Insight, ...]:
    """Numbered for life, 1-based: stated ones first, then extracted key ones, then items, each in the body's order."""
    order = {"stated": 0, "own": 1, "extracted": 2, "item": 3}
    ranked = sorted(passages, key=lambda p: (order[p.kind], p.start))
    return tuple(Insight(n, p.title, p.text, p.start, p.end, p.kind) for n, p in enumerate(ranked, 1))
