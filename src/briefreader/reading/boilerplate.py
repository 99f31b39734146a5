"""What belongs to the mailing and not to the briefing: found by cue, cut by kind, kept to be shown on demand.

Blocks of up to ``SHORT`` characters are classed by their cues anywhere; in the head and the tail of the text single
sentences are as well. Then what stands between is drawn in: a sponsor's text after its label, the options after a
poll's question, slight blocks beside cut ones; and past ``LATE`` the rest goes once the tail has begun. Places are
measured in plain text, for the links of a mail outweigh it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from briefreader.markdown import Block, Plain, blocks, strip
from briefreader.model import Cut, Sponsor
from briefreader.reading import boilerplate_patterns
from briefreader.text import sentences

MAX_BLOCK_CHARACTERS = 400
HEAD = 0.08
TAIL = 0.90
TAIL_START = 0.55
_EDGE = 900  # characters: the head and the tail of a short text, a third of it at most
MAX_SPONSOR_CHARACTERS = 600  # characters of text that a sponsor's label draws in
_DEBRIS = re.compile(r"^[\s|•·∙\-–—*_<>/\\\[\](){}.,:;!#>]*$")
_ONLY_LINKS = re.compile(r"[\W_]*(?:\[[^\]]{0,200}\]\([^\s)]{1,3000}\)[\W_]*)+")
_SPONSOR_NAME = re.compile(
    r"(?:presented by|together with|sponsored by|brought to you by|a (?:message|note|word) from)\s+"
    r"(?P<name>[^\n.!?|]{2,60})"
    r"|(?P<before>[\w.&’' -]{2,40}?) sponsor(?:ed)?$",
    re.I,
)
_SPONSOR_LABEL = re.compile(r"\W*(?:a |presented|together|sponsored|from|our|today|advert|brought).{0,60}$", re.I)
_LINK = re.compile(r"\]\((https?://[^\s)]+)\)")
_CLOSING = re.compile(r"(?:\*+|_+|`|\](?:\([^\s)]*\))?)+")


@dataclass(slots=True)
class _Piece:
    """A block with its plain text, where it stands in all plain text (0..1), and the kind it is cut as."""

    block: Block
    raw: str
    view: Plain
    words: str
    start: float
    end: float
    kind: str = ""

    @property
    def size(self) -> int:
        return len(self.words)


def cut(body: str) -> tuple[str, list[Cut], list[Sponsor]]:
    """``body`` without boilerplate, what was cut, in order, and the sponsors that the cut parts name."""
    pieces = _pieces(body)
    total = sum(p.size for p in pieces)
    if not total:
        return body, [], []
    edge = min(_EDGE, total / 3) / total
    head, tail = max(HEAD, edge), min(TAIL, 1 - edge)
    for piece in pieces:
        piece.kind = _kind(piece, head, tail)
    _sponsored(pieces)
    _polls(pieces)
    _tail(pieces, total)
    _drawn_in(pieces, head, tail)
    kept: list[str] = []
    cuts: list[Cut] = []
    for i, piece in enumerate(pieces):
        if piece.kind:
            _note(cuts, piece.kind, piece.raw)
            continue
        text = piece.raw
        if piece.start < head or piece.end > tail:
            text = _without_sentences(piece, cuts)
        if text:
            kept.append((_gap(body, pieces, i) if kept else "") + text)
    return "".join(kept).strip("\n"), cuts, _named(cuts)


def _pieces(body: str) -> list[_Piece]:
    views = [(b, strip(body[b.text : b.end])) for b in blocks(body)]
    total = max(sum(len(v.text) for _, v in views), 1)
    pieces: list[_Piece] = []
    done = 0
    for block, view in views:
        size = len(view.text)
        words = " ".join(view.text.split())
        pieces.append(_Piece(block, body[block.start : block.end], view, words, done / total, (done + size) / total))
        done += size
    return pieces


def _kind(piece: _Piece, head: float, tail: float) -> str:
    if piece.block.kind in ("code", "table"):
        return ""
    if piece.start > TAIL_START and piece.size <= 5000 and boilerplate_patterns.is_disclaimer(piece.words):
        return "tail"
    if not piece.words or piece.size > MAX_BLOCK_CHARACTERS:
        return ""
    return boilerplate_patterns.kind_of_block(piece.words, near=piece.end <= head or piece.start >= tail)


def _sponsored(pieces: list[_Piece]) -> None:
    """Draw in what stands under a sponsor's label; before LATE only where a rule or heading ends it."""
    for i, piece in enumerate(pieces):
        if piece.kind != "sponsor" or not _SPONSOR_LABEL.match(piece.words):
            continue
        if piece.start < TAIL_START and not _is_ended(pieces, i + 1):
            continue
        size = 0
        for following in pieces[i + 1 : i + 7]:
            size += following.size
            if following.block.kind in ("heading", "rule") and following is not pieces[i + 1]:
                break
            if following.kind or size > MAX_SPONSOR_CHARACTERS:
                break
            following.kind = "sponsor"


def _is_ended(pieces: list[_Piece], first: int) -> bool:
    """Whether what begins at ``first`` is soon ended by a rule or by a heading that is not its own."""
    size = 0
    for i in range(first, min(first + 7, len(pieces))):
        kind = pieces[i].block.kind
        if i > first and kind in ("heading", "rule"):
            return True
        size += pieces[i].size
        if size > MAX_SPONSOR_CHARACTERS:
            return False
    return False


def _polls(pieces: list[_Piece]) -> None:
    """Draw in the options that follow a question to the reader."""
    for i, piece in enumerate(pieces):
        if piece.kind != "referral":
            continue
        for following in pieces[i + 1 : i + 8]:
            if following.kind or following.size > 40 or following.block.kind == "heading":
                break
            following.kind = "referral"


def _tail(pieces: list[_Piece], total: int) -> None:
    """Past LATE, all from the first block on that opens a tail and has little real text behind it."""
    behind = [0] * (len(pieces) + 1)
    for i in range(len(pieces) - 1, -1, -1):
        behind[i] = behind[i + 1] + (0 if pieces[i].kind else pieces[i].size)
    for i, piece in enumerate(pieces):
        if piece.start >= TAIL_START and behind[i] <= min(boilerplate_patterns.tail_share(piece.kind) * total, 1200):
            for following in pieces[i:]:
                following.kind = following.kind or "tail"
            return


def _drawn_in(pieces: list[_Piece], head: float, tail: float) -> None:
    """Slight blocks before all else in a head with boilerplate, and short gaps between boilerplate in the tail."""
    cut_ones = [i for i, p in enumerate(pieces) if p.kind and p.end <= head]
    for i in range(cut_ones[-1] if cut_ones else 0):
        piece = pieces[i]
        if piece.kind:
            continue
        if piece.block.kind == "heading" or not _slight(piece):
            break
        piece.kind = "chrome"
    last = -1
    for i, piece in enumerate(pieces):
        if piece.start < tail or not piece.kind:
            continue
        gap = pieces[last + 1 : i]
        if last >= 0 and gap and len(gap) <= 5 and sum(p.size for p in gap) <= MAX_BLOCK_CHARACTERS:
            for between in gap:
                between.kind = "tail"
        last = i


def _slight(piece: _Piece) -> bool:
    return boilerplate_patterns.is_slight(piece.words) or (
        piece.size <= 40 and _ONLY_LINKS.fullmatch(piece.raw) is not None
    )


def _without_sentences(piece: _Piece, cuts: list[Cut]) -> str:
    """A block of the head or tail without its boilerplate sentences."""
    raw, view = piece.raw, piece.view
    if piece.block.kind in ("code", "table", "heading"):
        return raw
    offset = piece.block.text - piece.block.start
    kept: list[str] = []
    done = 0
    for start, end in sentences(view.text):
        kind, length = boilerplate_patterns.kind_of_sentence(view.text[start:end])
        if not kind:
            continue
        first, last = _raw_span(raw, view, offset, start, min(start + length, end))
        kept.append(raw[done:first])
        _note(cuts, kind, raw[first:last])
        done = last
    if not done:
        return raw
    kept.append(raw[done:])
    joined = re.sub(r"[ \t]{2,}", " ", "".join(kept)).strip()
    return "" if _DEBRIS.match(joined) else re.sub(r"\s+[|•·]+$", "", joined)


def _raw_span(raw: str, view: Plain, offset: int, start: int, end: int) -> tuple[int, int]:
    """Where the plain text's ``[start, end)`` stands in ``raw``, with the marks and the link around it."""
    first = offset + view.source(start)
    last = offset + view.source(end - 1) + 1
    while first > offset and raw[first - 1] in "[*_`":
        first -= 1
    if closing := _CLOSING.match(raw, last):
        last = closing.end()
    return first, last


def _gap(body: str, pieces: list[_Piece], i: int) -> str:
    """What parts a kept block from the one before: a line's end within a list, else a blank line."""
    between = body[pieces[i - 1].block.end : pieces[i].block.start]
    return "\n" if pieces[i].block.kind == "item" and between.count("\n") == 1 else "\n\n"


def _note(cuts: list[Cut], kind: str, text: str) -> None:
    text = text.strip()
    if not text or _DEBRIS.match(text):
        return
    if cuts and cuts[-1].kind == kind:
        cuts[-1] = Cut(kind, f"{cuts[-1].text}\n\n{text}")
    else:
        cuts.append(Cut(kind, text))


def _named(cuts: list[Cut]) -> list[Sponsor]:
    """The sponsors that sponsor blocks name, with the first link of their block."""
    found: dict[str, Sponsor] = {}
    for part in cuts:
        for text in part.text.split("\n\n") if part.kind == "sponsor" else ():
            words = " ".join(strip(text).text.split())
            if len(words) <= MAX_BLOCK_CHARACTERS and (m := _SPONSOR_NAME.search(words)):
                name = (m["name"] or m["before"]).strip(" .:✢→")
                link = _LINK.search(text) or _LINK.search(part.text)
                found.setdefault(name.lower(), Sponsor(name, link[1] if link else ""))
    return list(found.values())
