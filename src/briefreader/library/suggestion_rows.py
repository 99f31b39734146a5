"""Compute the rows of topics to store for texts, in this process or in a worker process."""

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


def rows(tagger: Tagger, texts: Sequence[Text]) -> list[list[Row]]:
    """Return the rows to store for each text: its assigned and suggested topics, and those assigned to its insights."""
    from briefreader.tagging.tagger import InsightText

    inside = [[InsightText(*insight[1:]) for insight in text.insights] for text in texts]
    documents = [(text.title, text.body) for text in texts]
    found = []
    for text, (whole, singly) in zip(texts, tagger.tag_briefings(zip(documents, inside, strict=True)), strict=True):
        listed = _tagging_rows(0, whole, suggested=True)
        for (number, *_), tagging in zip(text.insights, singly, strict=True):
            listed += _tagging_rows(number, tagging, suggested=False)
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
    """Load the model in a folder; ``stamp`` is the modification time of its file, so that a newer one is loaded."""
    from briefreader.tagging import Tagger

    return Tagger.load(folder)


def rows_by_path(folder: str, thresholds: Thresholds, texts: Sequence[Text]) -> list[list[Row]]:
    """Compute ``rows`` in a worker process, which caches the model."""
    return rows(_load(folder, Path(folder, "model.json").stat().st_mtime_ns).with_thresholds(thresholds), texts)
