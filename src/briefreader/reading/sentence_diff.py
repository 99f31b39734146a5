"""Compare two revisions of a text by sentence; changed figures come first.

This shows which sentences changed, and finds the sentence to which the decisions on an old one apply. Sentences are
only paired by similarity if neither revision has more than ``MAX_PAIRED`` that the other lacks.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from briefreader.markdown import blocks, strip
from briefreader.text import sentences, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Op = Literal["changed", "added", "removed"]
MIN_LIKENESS = 60.0
"""Minimum similarity, in percent, of a sentence and its rewording."""
MAX_PAIRED = 300
"""Maximum sentences that one revision has and the other lacks, for which rewordings are found."""
LONGER = 1.05
"""Minimum ratio of words for a copy to have noticeably more text."""
FORWARD_LONGER = 1.5
"""Minimum ratio of words for a forward, which may begin with remarks by the forwarder."""
_ADDRESS = re.compile(r"\[?\(?(?:https?://|www\.)\S+")
_FIGURE = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a body, ``body[start:end]``, with its plain text, and its folded words (``key``) to compare."""

    text: str
    start: int
    end: int
    key: str


@dataclass(frozen=True, slots=True)
class SentenceChange:
    """A changed sentence; ``before`` is None if it was added, ``after`` is None if it was removed."""

    op: Op
    before: Sentence | None
    after: Sentence | None

    @property
    def figures(self) -> bool:
        """Whether the sentence was changed (not added or removed), and its numbers differ."""
        before, after = ("" if s is None else s.key for s in (self.before, self.after))
        return self.op == "changed" and _figures(before) != _figures(after)


@lru_cache(maxsize=64)
def body_sentences(body: str) -> tuple[Sentence, ...]:
    """Return the sentences of a Markdown body in order, with their spans."""
    found = []
    for block in blocks(body):
        if block.kind == "rule":
            continue
        plain = strip(body[block.text : block.end])
        for start, end in sentences(plain.text):
            text = plain.text[start:end]
            key = " ".join(words(_ADDRESS.sub(" ", text))).replace("’", "'")
            if key:
                place = block.text + plain.source(start), block.text + plain.source(end - 1) + 1
                found.append(Sentence(" ".join(text.split()), *place, key))
    return tuple(found)


def compare(before: str, after: str) -> list[SentenceChange]:
    """Return the sentences in which two bodies differ: those with changed figures first, removed ones last.

    A sentence that only moved counts as unchanged.
    """
    old, new = body_sentences(before), body_sentences(after)
    only_old = _missing(old, Counter(s.key for s in new))
    only_new = _missing(new, Counter(s.key for s in old))
    pairs = _paired(only_old, only_new)
    changes = [SentenceChange("changed" if id(s) in pairs else "added", pairs.get(id(s)), s) for s in only_new]
    taken = {id(s) for s in pairs.values()}
    removed = [SentenceChange("removed", s, None) for s in only_old if id(s) not in taken]
    changes += removed
    return sorted(changes, key=lambda change: not change.figures)


def is_revised(before: str, after: str, *, forwarded: bool = False) -> bool:
    """Whether a duplicate has changed sentences or noticeably more text, not only less text or other formatting."""
    pairs = [(c.before, c.after) for c in compare(before, after) if c.before and c.after]
    # a sentence that was cut off, or joined with the heading before it, doesn't count as changed
    if any(not old.key.startswith(new.key) and not new.key.endswith(old.key) for old, new in pairs):
        return True
    return len(after.split()) > (FORWARD_LONGER if forwarded else LONGER) * len(before.split())


def nearest(text: str, body: str, before: str) -> Sentence | None:
    """Return the sentence of ``body`` that equals ``text``, else the most similar one not in ``before``, or None."""
    from rapidfuzz import fuzz, process

    key, among = " ".join(words(text)), body_sentences(body)
    if same := next((s for s in among if s.key == key), None):
        return same
    known = {s.key for s in body_sentences(before)}
    among = tuple(s for s in among if s.key not in known)
    found = process.extractOne(key, [s.key for s in among], scorer=fuzz.ratio, score_cutoff=MIN_LIKENESS)
    return among[found[2]] if found else None


def _missing(among: Iterable[Sentence], others: Counter[str]) -> list[Sentence]:
    """Return the sentences that ``others`` lacks, counting repetitions."""
    left, found = Counter(others), []
    for sentence in among:
        if left[sentence.key] > 0:
            left[sentence.key] -= 1
        else:
            found.append(sentence)
    return found


def _paired(only_old: Sequence[Sentence], only_new: Sequence[Sentence]) -> dict[int, Sentence]:
    """Return the old sentence that each new one (by its ``id``) rewords; the most similar are paired first."""
    if not only_old or not only_new or len(only_old) > MAX_PAIRED or len(only_new) > MAX_PAIRED:
        return {}
    from rapidfuzz import fuzz, process

    scores = process.cdist(
        [s.key for s in only_new], [s.key for s in only_old], scorer=fuzz.ratio, score_cutoff=MIN_LIKENESS
    )
    ranked = sorted(((-scores[i, j], abs(i - j), i, j) for i, j in zip(*scores.nonzero(), strict=True)))
    pairs: dict[int, Sentence] = {}
    used: set[int] = set()
    for _, _, i, j in ranked:
        if id(only_new[i]) not in pairs and j not in used:
            pairs[id(only_new[i])] = only_old[j]
            used.add(j)
    return pairs


def _figures(key: str) -> list[str]:
    return [word for word in key.split() if _FIGURE.search(word)]
