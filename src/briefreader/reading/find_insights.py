"""Find the insights of a text without cleaning it, so that offsets refer to the given text."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from briefreader.markdown import Block, blocks, plain
from briefreader.reading import podcast
from briefreader.reading.digest import Entry, find_entries, without_counts
from briefreader.reading.extract import (
    LIKELY,
    MIN_INSIGHTS,
    Ranked,
    choose,
    describe_candidates,
    promotion,
    rank_candidates,
)
from briefreader.reading.insights import Passage, find_stated, number
from briefreader.reading.turns import speaker_turns
from briefreader.text import count_words, sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from briefreader.model import Insight
    from briefreader.reading.insight_ranker import InsightModel


class _Span(Protocol):
    """Anything with offsets into a body."""

    @property
    def start(self) -> int: ...

    @property
    def end(self) -> int: ...


MAX_WORDS = 60  # of an insight with its headline


def insights_in(text: str, title: str = "") -> tuple[Insight, ...]:
    """Return stated insights, items and, if few are stated, extracted ones; offsets are code points into ``text``."""
    found = blocks(text)
    return number(title, text, found, passages_in(title, text, found, _of_podcast(text)))


def passages_in(
    title: str, body: str, found: Sequence[Block], given: Sequence[Passage] = (), model: InsightModel | None = None
) -> list[Passage]:
    """Return the insights that ``body`` states (or ``given``), list items, and key sentences if it states few."""
    stated = [*given] or find_stated(body, found)
    turns = speaker_turns(body, found)
    entries = [e for e in find_entries(body, found, turns) if not _overlap(e, stated)]
    described = describe_candidates(title, body, found, entries, turns)
    ranked = rank_candidates(described, entries, model)
    chosen = [] if given or len(stated) >= MIN_INSIGHTS else choose(ranked, described.passages.sentences)
    key = [_key_passage(entries, r, ranked) for r in chosen if not _overlap(r.candidate, stated)]
    taken = {r.entry for r in chosen}
    listed = [_item(body, found, entries[e], e, ranked) for e in range(len(entries)) if e not in taken]
    own = [*([] if given else stated), *key, *(item for item in listed if item)]
    return [*given, *_judged(own, ranked, promotion(described.passages.sentences))]


def _judged(passages: Sequence[Passage], ranked: Sequence[Ranked], promotion: float) -> list[Passage]:
    """Give each passage its worth, that of its best candidate; without any, 0, or ``LIKELY`` if it was stated."""
    starts = [r.candidate.start for r in ranked]
    made = []
    for passage in passages:
        inside = ranked[bisect_left(starts, passage.start) : bisect_left(starts, passage.end)]
        least = LIKELY if passage.kind == "stated" else 0.0
        good = max((r.good for r in inside if r.candidate.end <= passage.end), default=0.0)
        made.append(replace(passage, worth=round(max(good, least) * (1 - promotion) ** 2, 3)))
    return made


def _overlap(span: _Span, passages: Iterable[_Span]) -> bool:
    return any(span.start < p.end and p.start < span.end for p in passages)


def _key_passage(entries: Sequence[Entry], chosen: Ranked, ranked: Sequence[Ranked]) -> Passage:
    """A key insight: a sentence, in a digest with the headline of its entry; both are short enough together."""
    candidate = chosen.candidate
    title = entries[chosen.entry].title if chosen.entry >= 0 else ""
    if title and (candidate.headline or count_words(title) + candidate.words > MAX_WORDS):
        if best := _best_sentence(ranked, chosen.entry, MAX_WORDS - count_words(title)):
            candidate = best.candidate
        else:
            title = ""
    text = without_counts(candidate.text)
    if text.casefold().startswith(title.casefold()):
        title = ""  # a headline that is its own text
    return Passage(title, text, candidate.start, candidate.end, "extracted", candidate.speaker)


def _best_sentence(ranked: Sequence[Ranked], entry: int, most: int) -> Ranked | None:
    """Return the best candidate of an entry, besides its headline, up to a number of words."""
    inside = [r for r in ranked if r.entry == entry >= 0 and not r.candidate.headline and r.candidate.words <= most]
    return max(inside, key=lambda r: r.rank, default=None)


def _item(body: str, found: Sequence[Block], entry: Entry, place: int, ranked: Sequence[Ranked]) -> Passage | None:
    """An entry with its headline and all its words if they are few, else its best or first sentence."""
    parts = [plain(body[max(b.text, entry.text) : b.end]) for b in found[entry.first : entry.last + 1]]
    text = without_counts(" ".join(" ".join(parts).split()))
    most = MAX_WORDS - count_words(entry.title)
    if count_words(text) > most:
        best = _best_sentence(ranked, place, most)
        text = without_counts(best.candidate.text) if best else text[slice(*sentences(text)[0])]
    if not (text or entry.title) or text.endswith(":"):
        return None  # nothing is said, or only what will be
    return Passage(entry.title if text else "", text or entry.title, entry.start, entry.end, "item")


def _of_podcast(text: str) -> list[Passage]:
    """Return the insights of a podcast summary, located in the body."""
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
        passages.append(Passage(plain(title), wanted, start, cursor, "stated"))
    return passages
