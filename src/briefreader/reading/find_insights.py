"""The insights of a text as it stands: nothing is cleaned, so that offsets hold for whoever gave it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from briefreader.reading import podcast
from briefreader.reading.extract import extract
from briefreader.reading.insights import Passage, first_clause, items, number, stated, with_key_ones
from briefreader.reading.markdown import Block, blocks, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from briefreader.model import Insight
    from briefreader.reading.extract import TopicFinder


def insights_in(text: str, topic_finder: TopicFinder | None = None) -> tuple[Insight, ...]:
    """Stated insights, items and, where none is stated, extracted ones; offsets are code points into ``text``."""
    return number(passages_in(text, blocks(text), topic_finder, _of_podcast(text)))


def passages_in(
    body: str, found: list[Block], finder: TopicFinder | None, given: Sequence[Passage] = ()
) -> list[Passage]:
    """What ``body`` states (or ``given``), lists as items beside that, and, where it states none, what is key in it."""
    passages = [*given] or stated(body, found)
    passages += [p for p in items(body, found) if not any(p.start < q.end and q.start < p.end for q in passages)]
    if not any(p.kind == "stated" for p in passages):
        passages = with_key_ones(body, passages, extract(body, found, finder))
    return passages


def _of_podcast(text: str) -> list[Passage]:
    """The insights of a podcast summary, each found again where it stands."""
    summary = podcast.parse(text)
    passages: list[Passage] = []
    cursor = 0
    for title, body in summary.insights if summary else ():
        start = text.find(title or body, cursor)
        at = text.find(body, start + len(title)) if start >= 0 else -1
        if at < 0:
            continue
        cursor = at + len(body)
        wanted = " ".join(plain(body).split())
        passages.append(Passage(plain(title) or first_clause(wanted), wanted, start, cursor, "stated"))
    return passages
