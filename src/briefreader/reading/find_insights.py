"""Find the insights of a text, without removing boilerplate first."""

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


MAX_WORDS = 60  # maximum words of an insight, including its headline


def insights_in(text: str, title: str = "") -> tuple[Insight, ...]:
    """Return the insights of a Markdown text, numbered from 1; offsets count code points of ``text``.

    These are the insights that the text states, the entries of a digest and, if few are stated, extracted sentences.
    """
    found = blocks(text)
    return number(title, text, found, passages_in(title, text, found, _of_podcast(text)))


def passages_in(
    title: str, body: str, found: Sequence[Block], given: Sequence[Passage] = (), model: InsightModel | None = None
) -> list[Passage]:
    """Return the insights of ``body``, whose blocks are ``found``, before they are numbered.

    These are the insights that it states (or the ``given`` ones, which replace them), the entries of a digest and, if
    it states few and none are given, extracted sentences. ``model`` replaces the shipped ranker of sentences.
    """
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
    """Return the passages with their worth: the probability of their best candidate, lower in a promotional text.

    The probability of a stated passage counts as at least ``LIKELY``; that of another passage without a candidate is 0.
    """
    starts = [r.candidate.start for r in ranked]
    made = []
    for passage in passages:
        inside = ranked[bisect_left(starts, passage.start) : bisect_left(starts, passage.end)]
        least = LIKELY if passage.kind == "stated" else 0.0
        good = max((r.good for r in inside if r.candidate.end <= passage.end), default=0.0)
        made.append(replace(passage, worth=round(max(good, least) * (1 - promotion) ** 2, 3)))
    return made


def _overlap(span: _Span, passages: Iterable[_Span]) -> bool:
    """Whether a span overlaps one of the passages."""
    return any(span.start < p.end and p.start < span.end for p in passages)


def _key_passage(entries: Sequence[Entry], chosen: Ranked, ranked: Sequence[Ranked]) -> Passage:
    """Return a key insight: the chosen sentence and, in a digest, the headline of its entry.

    If the sentence is a headline itself, or both together have more than ``MAX_WORDS``, the best sentence that fits is
    used instead; if there is none, the headline is omitted.
    """
    candidate = chosen.candidate
    title = entries[chosen.entry].title if chosen.entry >= 0 else ""
    if title and (candidate.headline or count_words(title) + candidate.words > MAX_WORDS):
        if best := _best_sentence(ranked, chosen.entry, MAX_WORDS - count_words(title)):
            candidate = best.candidate
        else:
            title = ""
    text = without_counts(candidate.text)
    if text.casefold().startswith(title.casefold()):
        title = ""  # the text begins with the headline
    return Passage(title, text, candidate.start, candidate.end, "extracted", candidate.speaker)


def _best_sentence(ranked: Sequence[Ranked], entry: int, most: int) -> Ranked | None:
    """Return the best candidate of an entry that is no headline and has at most ``most`` words, or None."""
    inside = [r for r in ranked if r.entry == entry >= 0 and not r.candidate.headline and r.candidate.words <= most]
    return max(inside, key=lambda r: r.rank, default=None)


def _item(body: str, found: Sequence[Block], entry: Entry, place: int, ranked: Sequence[Ranked]) -> Passage | None:
    """Return an entry as a passage: its headline, and its text or (if that is long) its best or first sentence.

    None if the entry is empty, or only introduces what follows.
    """
    parts = [plain(body[max(b.text, entry.text) : b.end]) for b in found[entry.first : entry.last + 1]]
    text = without_counts(" ".join(" ".join(parts).split()))
    most = MAX_WORDS - count_words(entry.title)
    if count_words(text) > most:
        best = _best_sentence(ranked, place, most)
        text = without_counts(best.candidate.text) if best else text[slice(*sentences(text)[0])]
    if not (text or entry.title) or text.endswith(":"):
        return None
    return Passage(entry.title if text else "", text or entry.title, entry.start, entry.end, "item")


def _of_podcast(text: str) -> list[Passage]:
    """Return the insights that podcast notes state, located in ``text``; [] if it isn't podcast notes."""
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
