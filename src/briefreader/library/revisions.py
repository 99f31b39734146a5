"""Revisions of a briefing: store new ones, move decisions to the new text, and compare revisions.

Used by ``add`` and ``fetch`` (for a correction or an updated entry), ``reread``, ``diff`` and ``split``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from briefreader.errors import UsageError
from briefreader.storage import briefings, content_updates, revisions
from briefreader.storage.database import storable
from briefreader.text import sentences

if TYPE_CHECKING:
    from briefreader.model import Briefing, Insight
    from briefreader.reading.identity import Fingerprint
    from briefreader.reading.sentence_diff import SentenceChange
    from briefreader.storage.database import Connection
    from briefreader.storage.revisions import Revision


@dataclass(frozen=True, slots=True)
class Diff:
    """The differences between two revisions of a briefing: ``changes`` are sentences, those with changed figures first.

    ``orphans`` are the insights with decisions whose sentence is not in the current text.
    """

    old: Revision
    new: Revision
    changes: tuple[SentenceChange, ...]
    orphans: tuple[Insight, ...]


def diff(con: Connection, key: int, old: int | None = None, new: int | None = None) -> Diff | None:
    """Compare two revisions of a briefing, by default the last two; return None if it has only one.

    Revisions are numbered from 1.

    Raises:
        UsageError: there is no revision with such a number.
    """
    from briefreader.reading.sentence_diff import compare

    texts = revisions.texts(con, key)
    if len(texts) < 2 and old is new is None:
        return None
    new = len(texts) if new is None else new
    old = new - 1 if old is None else old
    for number in (old, new):
        if not 1 <= number <= len(texts):
            raise UsageError(f"no such revision: {number}", hint=f"revisions are numbered 1 to {len(texts)}")
    before, after = texts[old - 1], texts[new - 1]
    orphans = tuple(insight for _, insight in content_updates.user_insights(con, key) if is_orphan(insight))
    return Diff(before, after, tuple(compare(before.body, after.body)), orphans)


def revise(con: Connection, batch: int, key: int, briefing: Briefing, fingerprint: Fingerprint) -> int:
    """Store a new revision of a briefing; return the number of insights with decisions that it doesn't contain."""
    revisions.keep(con, batch, key)
    return exchange(con, batch, key, briefing, fingerprint)


def exchange(con: Connection, batch: int, key: int, briefing: Briefing, fingerprint: Fingerprint) -> int:
    """Replace a briefing's text without storing the old one; return the number of orphans, as ``revise`` does."""
    reread(con, batch, key, briefing, fingerprint)
    return sum(is_orphan(insight) for _, insight in content_updates.user_insights(con, key))


def reread(con: Connection, batch: int, key: int, briefing: Briefing, fingerprint: Fingerprint) -> bool:
    """Replace a briefing's content with a newly parsed one; return whether anything changed."""
    body, moves = briefings.body(con, key), None
    if body != storable(briefing.body):
        moves = _moves(body, content_updates.user_insights(con, key), briefing)
    return content_updates.replace(con, batch, key, briefing, fingerprint, moves)


def is_orphan(insight: Insight) -> bool:
    """Return whether an insight's sentence is no longer in its briefing's text."""
    return insight.start == insight.end == 0 and bool(insight.text)


def _moves(before: str, held: list[tuple[int, Insight]], after: Briefing) -> content_updates.Moves:
    """Return where the insights with decisions (``held``) are in a new text."""
    moves, free = content_updates.Moves(), dict(enumerate(after.insights))
    for row_key, insight in held:
        place = None if insight.kind == "own" else _match(insight, free, before)
        if place is not None:
            moves.same[row_key] = place
            del free[place]
        else:
            moves.passages[row_key] = _relocate(before, insight, after.body)
    return moves


def _match(insight: Insight, among: dict[int, Insight], before: str) -> int | None:
    """Return the index of the insight with the same words, else of the most similar one whose text is new; or None."""
    from rapidfuzz import fuzz, process

    from briefreader.reading.sentence_diff import MIN_LIKENESS

    wanted = _words(insight)
    wordings = {place: _words(other) for place, other in among.items() if other.text not in before}
    wordings |= {place: words for place, other in among.items() if (words := _words(other)) == wanted}
    found = process.extractOne(wanted, wordings, scorer=fuzz.ratio, score_cutoff=MIN_LIKENESS)
    return found[2] if found else None


def _words(insight: Insight) -> str:
    return " ".join(f"{insight.title} {insight.text}".casefold().split())


def _relocate(before: str, insight: Insight, after: str) -> Insight:
    """Return an insight with its offsets in the new text; both are 0 if the text contains nothing similar."""
    from briefreader.markdown import prose
    from briefreader.reading.sentence_diff import nearest

    passage = before[insight.start : insight.end]
    places = [m.start() for m in re.finditer(re.escape(passage), after)] if passage else []
    if places:
        start = min(places, key=lambda place: abs(place - insight.start))
        return replace(insight, start=start, end=start + len(passage))
    found = [s for a, b in sentences(insight.text) if (s := nearest(insight.text[a:b], after, before))]
    if not found:
        return replace(insight, start=0, end=0)
    start, end = found[0].start, found[0].end
    if found[-1].end > end and len(after[start : found[-1].end]) <= 2 * len(insight.text):
        end = found[-1].end
    return replace(insight, text=prose(after[start:end]) or found[0].text, start=start, end=end)
