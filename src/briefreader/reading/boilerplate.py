"""Detect newsletter boilerplate and move it out of the body.

In mailings, a fitted model (``boilerplate_model``) decides what to remove, and typical phrases ("cues", see
``boilerplate_patterns``) determine its kind, such as ``sponsor`` or ``tail``. In other documents, or without a model,
cues alone decide (``boilerplate_rules``). Then the publisher's repeated blocks are removed, and the user's decisions on
blocks applied (``publisher_memory``). A removed text with its kind is called a cut.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from briefreader.markdown import Plain, strip
from briefreader.model import Cut, Sponsor
from briefreader.reading import boilerplate_patterns
from briefreader.reading.boilerplate_rules import MAX_BLOCK_CHARACTERS, TAIL_START, Piece, mark
from briefreader.reading.publisher_memory import DECIDED
from briefreader.reading.units import units
from briefreader.text import sentences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from briefreader.reading.boilerplate_model import BoilerplateModel, Floats
    from briefreader.reading.html_to_markdown import Rendered
    from briefreader.reading.publisher_memory import PublisherMemory

HEAD = 0.08  # share of the text at which its head ends
TAIL = 0.90  # share of the text at which its tail begins
_EDGE = 900  # minimum characters of head and tail, but at most a third of the text each
MAX_CUT_SHARE = 0.6  # maximum share of words that the model may cut; protects texts in an unfamiliar layout
MIN_WORDS_LEFT = 30  # if the model would leave fewer words, cues alone decide
_FEW_WORDS = 6  # maximum words of a button, a label or a date
MIN_CUE_SHARE = 0.2  # if cues cover this share of a block's characters, they determine its kind
# only punctuation and markup
_DEBRIS = re.compile(r"^[\s|•·∙\-–—*_<>/\\\[\](){}.,:;!#>]*$")
_SPONSOR_NAME = re.compile(
    r"(?:presented by|together with|sponsored by|brought to you by|a (?:message|note|word) from)\s+"
    r"(?P<name>[^\n.!?|]{2,60})"
    r"|(?P<before>[\w.&’' -]{2,40}?) sponsor(?:ed)?$",
    re.I,
)
_LINK = re.compile(r"\]\((https?://[^\s)]+)\)")
_CLOSING = re.compile(r"(?:\*+|_+|`|\](?:\([^\s)]*\))?)+")


def cut(
    body: str,
    *,
    model: BoilerplateModel | None = None,
    memory: PublisherMemory | None = None,
    title: str = "",
    rendered: Sequence[Rendered] = (),
) -> tuple[str, list[Cut], list[Sponsor]]:
    """Return ``body`` without boilerplate, the cuts, and the sponsors named in them.

    The cuts are in text order; consecutive ones of the same kind and reason are merged, even if kept text is between.

    Args:
        body: Markdown.
        model: the fitted model for mailings; None to use cues only.
        memory: the publisher's repeated blocks, and the user's decisions on blocks.
        title: the subject of a mailing.
        rendered: the blocks that the body was made from, with their appearance, if it was HTML.
    """
    pieces = _pieces(body, rendered)
    total = sum(p.size for p in pieces)
    if not total:
        return body, [], []
    edge = min(_EDGE, total / 3) / total
    head, tail = max(HEAD, edge), min(TAIL, 1 - edge)
    # a text without any cue counts as a personal mail, to which the model does not apply
    is_mailing = any(kind and share >= MIN_CUE_SHARE for kind, share in (piece.unit.cue for piece in pieces))
    if not (model and is_mailing and _judge(pieces, model, title)):
        mark(pieces, head, tail)
    if memory:
        _apply_memory(pieces, memory)
    kept: list[str] = []
    cuts: list[Cut] = []
    for i, piece in enumerate(pieces):
        if piece.kind:
            _add_cut(cuts, piece.kind, piece.raw, piece.reason)
            continue
        text = piece.raw
        if not piece.reason and not piece.over_limit and (piece.start < head or piece.end > tail):
            text = _without_sentences(piece, cuts)
        if text:
            kept.append((_gap(body, pieces, i) if kept else "") + text)
    return "".join(kept).strip("\n"), cuts, _named(cuts)


def _pieces(body: str, rendered: Sequence[Rendered]) -> list[Piece]:
    """Split a body into pieces, with their positions in its plain text."""
    views = [(block, unit, strip(body[block.text : block.end])) for block, unit in units(body, rendered)]
    total = max(sum(len(view.text) for _, _, view in views), 1)
    pieces: list[Piece] = []
    done = 0
    for block, unit, view in views:
        size = len(view.text)
        pieces.append(Piece(block, unit, view, done / total, (done + size) / total))
        done += size
    return pieces


def _dropped(pieces: list[Piece], evidence: Floats) -> list[bool]:
    """Return, for each piece, whether to drop it.

    The most certain boilerplate is dropped, up to ``MAX_CUT_SHARE`` of the words; other boilerplate is marked as
    ``over_limit``. Code is kept, and a heading without cues if the block below it is kept.
    """
    words = [len(piece.words.split()) for piece in pieces]
    left = MAX_CUT_SHARE * sum(words)
    dropped = [False] * len(pieces)
    for i in sorted(range(len(pieces)), key=lambda i: -evidence[i]):
        left -= words[i]
        if evidence[i] <= 0:
            break
        pieces[i].over_limit = left < 0
        dropped[i] = left >= 0 and pieces[i].block.kind != "code"
    for i, piece in enumerate(pieces[:-1]):
        if piece.block.kind == "heading" and not dropped[i + 1] and piece.unit.cue[1] < MIN_CUE_SHARE:
            dropped[i] = False
    return dropped


def _judge(pieces: list[Piece], model: BoilerplateModel, title: str) -> bool:
    """Set the kind of the pieces that the model classifies as boilerplate.

    Returns:
        False, with no kind set, if fewer than ``MIN_WORDS_LEFT`` words would be left.
    """
    evidence = model.evidence([piece.unit for piece in pieces], title)
    dropped = _dropped(pieces, evidence)
    if sum(len(piece.words.split()) for piece, gone in zip(pieces, dropped, strict=True) if not gone) < MIN_WORDS_LEFT:
        return False
    previous = ""
    for piece, gone in zip(pieces, dropped, strict=True):
        previous = piece.kind = _kind(piece, previous) if gone else ""
    return True


def _apply_memory(pieces: list[Piece], memory: PublisherMemory) -> None:
    """Cut the publisher's repeated blocks and apply the user's decisions.

    A repeated heading is only cut together with the block below it, and repeated code is kept.
    """
    verdicts = [memory.verdict(piece.view.text) for piece in pieces]
    previous = ""
    for piece, (cut_it, reason) in zip(pieces, verdicts, strict=True):
        if cut_it is not None and (not cut_it or piece.block.kind not in ("heading", "code") or reason == DECIDED):
            piece.kind = (piece.kind or _kind(piece, previous)) if cut_it else ""
            piece.reason = reason
        previous = piece.kind
    for i in range(len(pieces) - 2, -1, -1):
        piece = pieces[i]
        if piece.block.kind == "heading" and verdicts[i][0] and not piece.kind and pieces[i + 1].kind:
            piece.kind, piece.reason = pieces[i + 1].kind, verdicts[i][1]


def _kind(piece: Piece, previous: str) -> str:
    """Return a cut block's kind: from its cues, else from the block before it (of kind ``previous``) or its length."""
    kind, share = piece.unit.cue
    if share >= MIN_CUE_SHARE:
        return kind
    if previous == "sponsor":
        return previous
    if piece.start > TAIL_START and previous in ("tail", "why"):
        return "tail"
    return "chrome" if len(piece.words.split()) <= _FEW_WORDS else kind or "upsell"


def _without_sentences(piece: Piece, cuts: list[Cut]) -> str:
    """Return a block of the head or tail without its boilerplate sentences, which are added to ``cuts``."""
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
        _add_cut(cuts, kind, raw[first:last])
        done = last
    if not done:
        return raw
    kept.append(raw[done:])
    joined = re.sub(r"[ \t]{2,}", " ", "".join(kept)).strip()
    return "" if _DEBRIS.match(joined) else re.sub(r"\s+[|•·]+$", "", joined)


def _raw_span(raw: str, view: Plain, offset: int, start: int, end: int) -> tuple[int, int]:
    """Return the span in ``raw`` of characters ``start`` to ``end`` of the plain text.

    The span includes the Markdown of emphasis and links around them.
    """
    first = offset + view.source(start)
    last = offset + view.source(end - 1) + 1
    while first > offset and raw[first - 1] in "[*_`":
        first -= 1
    if closing := _CLOSING.match(raw, last):
        last = closing.end()
    return first, last


def _gap(body: str, pieces: list[Piece], i: int) -> str:
    """Return the separator before a kept block: a line break within a list, else a blank line."""
    between = body[pieces[i - 1].block.end : pieces[i].block.start]
    return "\n" if pieces[i].block.kind == "item" and between.count("\n") == 1 else "\n\n"


def _add_cut(cuts: list[Cut], kind: str, text: str, reason: str = "") -> None:
    """Append a cut, or extend the last one if it has the same kind and reason."""
    text = text.strip()
    if not text or _DEBRIS.match(text):
        return
    if cuts and (cuts[-1].kind, cuts[-1].reason) == (kind, reason):
        cuts[-1] = Cut(kind, f"{cuts[-1].text}\n\n{text}", reason)
    else:
        cuts.append(Cut(kind, text, reason))


def _named(cuts: list[Cut]) -> list[Sponsor]:
    """Return the sponsors named in sponsor blocks, each with the first link of the block, or else of the cut."""
    found: dict[str, Sponsor] = {}
    for part in cuts:
        for text in part.text.split("\n\n") if part.kind == "sponsor" else ():
            words = " ".join(strip(text).text.split())
            if len(words) <= MAX_BLOCK_CHARACTERS and (m := _SPONSOR_NAME.search(words)):
                name = (m["name"] or m["before"]).strip(" .:✢→")
                link = _LINK.search(text) or _LINK.search(part.text)
                found.setdefault(name.lower(), Sponsor(name, link[1] if link else ""))
    return list(found.values())
