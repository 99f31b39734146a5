"""Compute the stored rows of topics from texts, here or in a worker process."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from briefreader.storage.suggestions import Row, Text
    from briefreader.tagging import Tagger
    from briefreader.tagging import Tagging as Scores
    from briefreader.tagging.tagger import Thresholds

MAX_SCORES = 500_000  # size of the matrix of texts by topics held at a time: 50 MB


def rows(tagger: Tagger, texts: Sequence[Text]) -> list[list[Row]]:
    """Return the rows to store for each text: assigned or suggested topics of the briefing (0) and its insights."""
    found: list[list[Row]] = []
    group: list[Text] = []
    scores = 0
    for text in texts:
        group.append(text)
        scores += (1 + len(text.insights)) * len(tagger.taxonomy.topics)
        if scores >= MAX_SCORES:
            found += _rows(tagger, group)
            group, scores = [], 0
    return found + _rows(tagger, group)


def _rows(tagger: Tagger, texts: Sequence[Text]) -> list[list[Row]]:
    whole = tagger.tag([(text.title, text.body) for text in texts])
    insights = [(title, body) for text in texts for _, title, body in text.insights]
    around = [list(tagging.scores.values()) for text, tagging in zip(texts, whole, strict=True) for _ in text.insights]
    singly = iter(tagger.tag_insights(insights, around))
    found = []
    for text, tagging in zip(texts, whole, strict=True):
        listed = _tagging_rows(0, tagging, suggested=True)
        for number, _, _ in text.insights:
            listed += _tagging_rows(number, next(singly), suggested=False)
        found.append(listed)
    return found


def _tagging_rows(number: int, tagging: Scores, *, suggested: bool) -> list[Row]:
    chosen = [*tagging.tags, *(tagging.suggested if suggested else ())]
    return [
        (number, t, round(tagging.scores[t], 4), tagging.earned.get(t, ""), round(tagging.shares.get(t, 0.0), 4))
        for t in chosen
    ]


@lru_cache(maxsize=1)
def _load(folder: str, stamp: int) -> Tagger:
    """Load the model in a folder; ``stamp`` is its file's time, to detect a newer one."""
    from briefreader.tagging import Tagger

    return Tagger.load(folder)


def rows_by_path(folder: str, thresholds: Thresholds, texts: Sequence[Text]) -> list[list[Row]]:
    """Compute ``rows`` in a worker process, which caches the model."""
    return rows(_load(folder, Path(folder, "model.json").stat().st_mtime_ns).with_thresholds(thresholds), texts)
