"""Compare filters in a search with a check of each insight."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefreader.library import Library

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from briefreader.model import InsightRow

SOURCES = ("The Sequence", "Snipd", "Ärger & Söhne", "")
DATES = ("2025-01-05", "2025-01-31", "2025-02-01", "2026-03-09")
WORDS = ("token", "tokens pricing", "open weights", "agents")
Row = dict[str, object]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("filters")
    source = folder / "all.jsonl"
    with source.open("w") as lines:
        for n in range(16):
            insights = [{"title": f"Insight {n} {i}", "text": f"{WORDS[(n + i) % 4]} number {n}{i}."} for i in range(3)]
            record = {"title": f"Briefing {n}", "text": f"Body {n}.", "insights": insights}
            record |= {"source": SOURCES[n % 4], "published": DATES[n // 4]}
            lines.write(json.dumps(record) + "\n")
    with Library(folder / "library") as made:
        ids = [added.id for added in made.add([source])]
        made.mark(ids[::3], read=True)
        made.mark(ids[::5], starred=True)
        for n, target in enumerate(ids):
            topic = ("moe", "pricing", "agents")[n % 3]
            made.decide([target], topic, "accepted")
            made.decide([f"{target}.1"], topic, "accepted")
        made.note(f"{ids[2]}.1", "a note")
        yield made


@pytest.fixture(scope="module")
def everything(library: Library) -> list[InsightRow]:
    rows = [hit.row for hit in library.search("", limit=1000)]
    assert len(rows) == 48
    return rows


def _conditions(library: Library) -> dict[str, Callable[[InsightRow], bool]]:
    state = {row.id: row for row in library.list("")}
    return {
        "source:sequence": lambda r: r.source == "The Sequence",
        "source:arger": lambda r: r.source == "Ärger & Söhne",
        "after:2025-02": lambda r: r.published >= "2025-02",
        "before:2025-01-31": lambda r: r.published < "2025-01-31",
        "is:unread": lambda r: not state[r.briefing_id].read,
        "is:starred": lambda r: state[r.briefing_id].starred,
        "topic:moe": lambda r: "moe" in r.topics,
        "topic:none": lambda r: not r.topics,
        "any:pricing": lambda r: "pricing" in r.topics or "pricing" in state[r.briefing_id].topics,
        "is:stated": lambda r: r.kind == "stated",
        "is:noted": lambda r: r.title == "Insight 2 0",
    }


NAMES = (
    *("source:sequence", "source:arger", "after:2025-02", "before:2025-01-31", "is:unread", "is:starred"),
    *("topic:moe", "topic:none", "any:pricing", "is:stated", "is:noted"),
)


@settings(max_examples=60, deadline=None)
@given(
    wanted=st.dictionaries(st.sampled_from(NAMES), st.booleans(), max_size=3),
    word=st.sampled_from(("", "token", "tokn", "weights", '"open weights"', "number -pricing")),
)
def test_search_filters_equal_brute_force(
    library: Library, everything: list[InsightRow], wanted: dict[str, bool], word: str
) -> None:
    conditions = _conditions(library)
    query = " ".join([word, *(("" if holds else "-") + name for name, holds in wanted.items())])
    found = {hit.row.id for hit in library.search(query, limit=1000) if hit.kind == "insight"}
    unfiltered = {hit.row.id for hit in library.search(word, limit=1000)}
    expected = {r.id for r in everything if all(conditions[name](r) is holds for name, holds in wanted.items())}
    assert found == unfiltered & expected


def test_search_after_a_decision_uses_it(library: Library) -> None:
    hit = library.search("weights -topic:agents", limit=1)[0]
    batch = library.decide([hit.row.id], "agents", "accepted")
    assert hit.row.id not in {h.row.id for h in library.search("weights -topic:agents", limit=1000)}
    library.undo(batch.number)
    assert hit.row.id in {h.row.id for h in library.search("weights -topic:agents", limit=1000)}
