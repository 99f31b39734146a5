"""Measure how much repeated text of publishers is removed.

A block of at least four words is repeated if at least three issues of a publisher contain it, ignoring digits and
addresses. Each issue is read with the shipped models, in a library with the other issues of the publisher.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING

from benchmarks.reading.statistics import interval

from briefreader.model import Briefing
from briefreader.reading import read_original
from briefreader.reading.build_briefing import Cleaner
from briefreader.reading.identity import block_hashes
from briefreader.reading.masked_blocks import masked_hashes, text_blocks
from briefreader.reading.publisher_memory import MIN_ISSUES, memory_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.reading.corpus import Corpus, Issue

    from briefreader.reading.publisher_memory import PublisherMemory

MIN_PUBLISHER_ISSUES = 8
GRAM = 4


@lru_cache(maxsize=1024)
def _alone(issue: Issue) -> Briefing | None:
    made = next(iter(read_original(issue.original)), None)
    return made if isinstance(made, Briefing) else None


def memory(issues: Sequence[Issue]) -> PublisherMemory:
    """Return the publisher memory (see ``briefreader.reading``) of these issues."""
    read = sorted(filter(None, map(_alone, issues)), key=lambda briefing: briefing.published, reverse=True)
    return memory_of(frozenset(block_hashes(briefing)) for briefing in read)


def report(corpus: Corpus) -> None:
    """Print how much repeated text is left, and how much other text is kept.

    Other text is measured by sequences of four words (4-grams) that only one issue has.
    """
    groups = defaultdict[str, list["Issue"]](list)
    for issue in corpus.more:
        groups[issue.publisher].append(issue)
    figures = [_publisher(issues) for issues in groups.values() if len(issues) >= MIN_PUBLISHER_ISSUES]
    for name, column in zip(("repeated blocks left", "unique 4-grams kept"), (0, 1), strict=True):
        pairs = [figure[column] for figure in figures if figure[column][1]]
        mean, low, high = interval([part / whole for part, whole in pairs])
        pooled = sum(part for part, _ in pairs) / sum(whole for _, whole in pairs)
        print(f"{name}: {mean:.3f} [{low:.3f}, {high:.3f}], {len(pairs)} publishers; overall {pooled:.3f}")


def _publisher(issues: list[Issue]) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return numbers of blocks (left, repeated) and of unique 4-grams (kept, all).

    Copies of an issue count once.
    """
    whole = {issue.path: made for issue in issues if (made := _alone(issue))}
    first = {made.body: path for path, made in reversed(whole.items())}
    whole = {path: made for path, made in whole.items() if first[made.body] == path}
    issues = [issue for issue in issues if issue.path in whole]
    blocks = {path: frozenset(block_hashes(made)) for path, made in whole.items()}
    counts = Counter(block for found in blocks.values() for block in found)
    grams = {path: _grams("\n\n".join([b.body, *(c.text for c in b.cuts)])) for path, b in whole.items()}
    spread = Counter(gram for found in grams.values() for gram in found)
    repeated = left = own = kept = 0
    for issue in issues:
        known = memory([other for other in issues if other is not issue])
        made = next(iter(read_original(issue.original, cleaner=Cleaner(memory=lambda publisher, m=known: m))), None)
        body = made.body if isinstance(made, Briefing) else ""
        template = {block for block in blocks[issue.path] if counts[block] >= MIN_ISSUES}
        repeated += len(template)
        left += len(template & set(masked_hashes([body])))
        fresh = {gram for gram in grams[issue.path] if spread[gram] == 1}
        own += len(fresh)
        kept += len(fresh & _grams(body))
    return (left, repeated), (kept, own)


def _grams(body: str) -> set[tuple[str, ...]]:
    words = [word for _, forms in text_blocks(body) for word in forms]
    return set(zip(*(words[n:] for n in range(GRAM)), strict=False))
