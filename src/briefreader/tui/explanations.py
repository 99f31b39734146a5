"""Which of a topic's reasons are worth showing where there is little room: in the strip, and marked in the text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from briefreader.tagging import Explanation


def top_terms(item: Explanation, share: float = 0.1) -> list[str]:
    """The terms that speak for the topic, the weightiest first; those under ``share`` of the first are left out."""
    weights: dict[str, float] = {}
    for part in item.parts:
        weights[part.term] = weights.get(part.term, 0.0) + part.weight
    most = max(weights.values(), default=0.0)
    return [term for term in sorted(weights, key=lambda term: -weights[term]) if weights[term] > share * most > 0]


def top_term_spans(item: Explanation) -> list[tuple[int, int]]:
    """Where in the text the terms stand that speak for the topic."""
    terms = set(top_terms(item))
    return [(part.start, part.end) for part in item.parts if part.field == "text" and part.term in terms]
