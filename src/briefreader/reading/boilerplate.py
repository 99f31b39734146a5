"""What belongs to the mailing and not to the briefing: found by cue, cut by kind, kept to be shown on demand.

Whole blocks of up to ``SHORT`` characters are classed anywhere; in the first ``HEAD`` and last ``TAIL`` of the text
single sentences are; past ``LATE`` the rest is cut once a closing cue comes where little real text remains.
"""

from __future__ import annotations

import re

from briefreader.model import Cut
from briefreader.reading import cues
from briefreader.reading.markdown import Block, blocks, plain
from briefreader.text import sentences

SHORT = 400
HEAD = 0.08
TAIL = 0.10
LATE = 0.55
_EDGE = 900  # characters: short texts have heads and tails of this size at most a third of them
_DEBRIS = re.compile(r"^[\s|•·\-–—*_<>/\\\[\](){}.,:;!#]*$")


def cut(body: str) -> tuple[str, list[Cut]]:
    """``body`` without boilerplate, and what was cut, in order."""
    found = blocks(body)
    if not found:
        return body, []
    kinds = _classes(body, found)
    end = _tail(body, found, kinds)
    pieces: list[str] = []
    cuts: list[Cut] = []
    for i, block in enumerate(found):
        text = body[block.start : block.end]
        kind = kinds[i] or ("tail" if i >= end else "")
        if kind:
            _note(cuts, kind, text)
            continue
        kept = _edges(body, block, text, cuts)
        if kept:
            pieces.append(_gap(body, found, i, bool(pieces)) + kept)
    return "".join(pieces).strip("\n"), cuts


def _gap(body: str, found: list[Block], i: int, inner: bool) -> str:
    """What stands between a kept block and the one before: a line's end within a list, else a blank line."""
    if not inner:
        return ""
    if i and found[i].kind == "item" and body[found[i - 1].end : found[i].start].count("\n") == 1:
        return "\n"
    return "\n\n"


def _classes(body: str, found: list[Block]) -> list[str]:
    kinds = []
    edge = min(_EDGE, len(body) // 3)
    for block in found:
        text = body[block.text : block.end]
        if block.kind in ("code", "table") or len(text) > 3 * SHORT:
            kinds.append("")
            continue
        words = plain(text)
        near = block.end <= max(edge, HEAD * len(body)) or block.start >= len(body) - max(edge, TAIL * len(body))
        kinds.append(cues.kind_of_block(words, near=near) if len(words) <= SHORT else "")
    return kinds


def _tail(body: str, found: list[Block], kinds: list[str]) -> int:
    """The first block of the tail: past LATE, a closing cue after which little real text remains."""
    after = [0] * (len(found) + 1)
    for i in range(len(found) - 1, -1, -1):
        real = 0 if kinds[i] else len(plain(body[found[i].text : found[i].end]))
        after[i] = after[i + 1] + real
    total = max(after[0], 1)
    for i, block in enumerate(found):
        if block.start < LATE * len(body):
            continue
        text = body[block.text : block.end]
        if len(text) <= SHORT and cues.closes(plain(text)) and after[i] <= min(0.12 * total, 1500):
            return i
    return len(found)


def _edges(body: str, block: Block, text: str, cuts: list[Cut]) -> str:
    """A block of the head or tail without its boilerplate sentences."""
    edge = min(_EDGE, len(body) // 3)
    head = block.start < max(HEAD * len(body), edge)
    tail = block.end > len(body) - max(TAIL * len(body), edge)
    if not (head or tail) or block.kind in ("code", "table", "heading") or not cues.suspicious(text):
        return text
    kept: list[str] = []
    done = 0
    for start, end in sentences(text):
        sentence = text[start:end]
        words = plain(sentence)
        kind, length = cues.kind_of_sentence(words)
        if not kind:
            continue
        stop = end if length >= len(words) else start + _raw_length(sentence, length)
        kept.append(text[done:start])
        _note(cuts, kind, text[start:stop])
        done = stop
    kept.append(text[done:])
    joined = re.sub(r"[ \t]{2,}", " ", "".join(kept)).strip() if done else text
    return "" if _DEBRIS.match(joined) else re.sub(r"\s+[|•·]+$", "", joined)


def _raw_length(sentence: str, length: int) -> int:
    """How much of the raw sentence its first ``length`` plain characters are (equal but for inline markup)."""
    low, high = length, len(sentence)
    while low < high and len(plain(sentence[:low])) < length:
        low += 1
    return low


def _note(cuts: list[Cut], kind: str, text: str) -> None:
    text = text.strip()
    if not text or _DEBRIS.match(text):
        return
    if cuts and cuts[-1].kind == kind:
        cuts[-1] = Cut(kind, f"{cuts[-1].text}\n\n{text}")
    else:
        cuts.append(Cut(kind, text))
