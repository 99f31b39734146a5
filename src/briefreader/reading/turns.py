"""Detect the turns of interviews and transcripts: who says each block, and who is the host.

Insight extraction lists what guests say rather than the host's questions.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from briefreader.markdown import Block, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

_TIME = r"\\?[\[(]?\d{1,2}:\d{2}(?::\d{2})?\\?[\])]?"
_NAME = r"(?:[^\W\d_a-z][\w.'’-]*(?:[ ](?:[^\W\d_a-z][\w.'’-]*|de|van|von|der|al|la|\d{1,2})){0,3})"
_LABEL = re.compile(
    rf"(?:{_TIME}\s*)?(?:(?P<mark>\*\*|__)\s*(?:{_TIME}\s*)?(?P<bold>{_NAME})\s*"
    rf"(?:{_TIME}|\([^()\n]{{1,40}}\))?\s*(?:[:：]\s*(?P=mark)|(?P=mark)\s*(?:{_TIME}\s*)?[:：]?)|"
    rf"(?P<bare>{_NAME})\s*(?:{_TIME}|\([^()\n]{{1,40}}\))?[:：])\s*(?={_TIME}|\S|$)(?:{_TIME}\s*)?"
)
MIN_TURNS = 4  # minimum blocks with the label of a speaker
_SPOKEN = ("paragraph", "item", "quote")
_WHOLE = 0.6  # minimum share of blocks in turns for a whole text to be an interview
_ASKING = 0.34  # minimum share of the host's blocks that end in a question


@dataclass(frozen=True, slots=True)
class Turn:
    """The speaker of a block, the offset of the words after the label, and whether the speaker is the host."""

    speaker: str
    text: int
    host: bool


def speaker_turns(body: str, found: Sequence[Block]) -> dict[int, Turn]:
    """Return the turns of an interview by block number; empty for other texts.

    Blocks without a known speaker, such as headings, are left out.

    An interview has two or more speakers whose labels recur and alternate. The host is the one who asks most, in
    over a third of their blocks. If the whole text is an interview, the text before the first turn counts as the
    host's introduction.
    """
    labels: dict[int, tuple[str, int]] = {}
    for n, block in enumerate(found):
        if block.kind in _SPOKEN and (label := _label(body, block)):
            labels[n] = label
    counts = Counter(name for name, _ in labels.values())
    recurring = {name for name, count in counts.items() if count >= 2}
    labels = {n: label for n, label in labels.items() if label[0] in recurring}
    order = [name for name, _ in labels.values()]
    if len(recurring) < 2 or len(order) < MIN_TURNS or 2 * sum(a != b for a, b in pairwise(order)) < len(order):
        return {}
    speakers = _speakers(found, labels)
    asking = _asking(body, found, speakers)
    if not asking or max(asking.values()) < _ASKING:
        return {}
    host = max(asking, key=lambda name: asking[name])
    turns = {n: Turn(name, start, name == host) for n, (name, start) in speakers.items()}
    prose = [n for n, block in enumerate(found) if block.kind in _SPOKEN]
    if len(turns) >= _WHOLE * len(prose):
        turns |= {n: Turn(host, found[n].text, True) for n in prose if n < min(speakers)}  # the introduction
    return turns


def _label(body: str, block: Block) -> tuple[str, int] | None:
    """Return the name in a speaker's label at the start of a block and the offset after it, or None."""
    m = _LABEL.match(body, block.text, block.end)
    if not m or (m["bare"] and m.end() == block.end):
        return None
    return plain(m["bold"] or m["bare"]).rstrip(" :"), m.end()


def _speakers(found: Sequence[Block], labels: dict[int, tuple[str, int]]) -> dict[int, tuple[str, int]]:
    """Return the speaker of each block, from its own label or the previous one under the same heading."""
    speakers: dict[int, tuple[str, int]] = {}
    current = ""
    for n, block in enumerate(found):
        if block.kind in ("heading", "rule"):
            current = ""
        elif n in labels:
            current = labels[n][0]
            speakers[n] = labels[n]
        elif current:
            speakers[n] = (current, block.text)
    return speakers


def _asking(body: str, found: Sequence[Block], speakers: dict[int, tuple[str, int]]) -> dict[str, float]:
    """Return the share of each speaker's blocks that end in a question."""
    asked: dict[str, list[bool]] = defaultdict(list)
    for n, (name, start) in speakers.items():
        if words := body[start : found[n].end].rstrip(' \n*_"”’)'):
            asked[name].append(words[-1] in "?？؟")
    return {name: sum(flags) / len(flags) for name, flags in asked.items()}
