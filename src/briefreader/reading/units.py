"""Match the blocks of a body with their appearance in HTML, for the boilerplate classifier."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from briefreader.markdown import Block, blocks, strip
from briefreader.reading.appearance import PLAIN, Appearance
from briefreader.reading.block_features import Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from briefreader.reading.html_to_markdown import Rendered

_TARGET = re.compile(r"\]\([^)\s]*\)|https?://\S+")
_KEY = 240  # characters at the beginning of a block that identify it
_AHEAD = 40  # maximum rendered blocks that are searched for a block of the body


def units(body: str, rendered: Sequence[Rendered] = ()) -> list[tuple[Block, Unit]]:
    """Return the blocks of ``body`` in order, with the units to classify.

    ``rendered`` are the blocks that the body was made from, with their appearance; some may be missing in the body.
    """
    looks = [(_key(r.text), r.appearance) for r in rendered]
    at = 0
    found: list[tuple[Block, Unit]] = []
    for block in blocks(body):
        text = body[block.text : block.end]
        appearance, at = _look(looks, text, at)
        words = " ".join(strip(text).text.split())
        found.append((block, Unit(block.kind, body[block.start : block.end], words, appearance)))
    return found


def _look(looks: list[tuple[str, Appearance]], text: str, at: int) -> tuple[Appearance, int]:
    """Return the appearance of the block with this text, and where to search for the next block."""
    if not looks:
        return PLAIN, at
    key = _key(text)
    for i in range(at, min(at + _AHEAD, len(looks))):
        if looks[i][0] == key or (len(key) > 30 and looks[i][0].startswith(key[:30])):
            return looks[i][1], i + 1
    return Appearance(html=True), at


def _key(markdown: str) -> str:
    """Return the letters and digits at the beginning of a block, by which blocks are matched."""
    text = markdown[:_KEY]
    return "".join(filter(str.isalnum, _TARGET.sub("", text) if "](" in text or "://" in text else text))
