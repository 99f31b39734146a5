"""Tests of semantic search: joined rankings, nearest vectors, the missing extra."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefreader.library import Library
from briefreader.search import meaning

if TYPE_CHECKING:
    from pathlib import Path

extra = pytest.mark.skipif(not meaning.installed(), reason="needs the extra meaning")
RANKINGS = st.lists(st.integers(0, 30), unique=True)
QUESTION = "which vehicles company fired its staff"
INSIGHTS = [
    ("Layoffs", "The carmaker dismissed a thousand employees in its factories."),
    ("Weather", "Heavy rain flooded the harbour town on Monday."),
    ("Cooking", "The chef roasts vegetables with olive oil and salt."),
    ("Chess", "The champion lost his queen in the opening."),
]


@given(RANKINGS, RANKINGS)
def test_fused_ranking_has_all_hits_and_keeps_both_orders(one: list[int], other: list[int]) -> None:
    assert sorted(meaning.fused(one, other)) == sorted({*one, *other})
    assert meaning.fused(one, one) == one
    assert meaning.fused(one, []) == one


def test_missing_extra_is_reported_once_with_install_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meaning, "installed", lambda: False)
    with filled(tmp_path) as library:
        hits = library.search(QUESTION)
        assert not any(hit.meaning for hit in hits)
        assert library.meaning_hint("chess queen", library.search("chess queen")) == ""
        assert "pipx install --force '.[meaning]'" in library.meaning_hint(QUESTION, hits)
        assert library.meaning_hint(QUESTION, hits) == ""
    with Library(tmp_path / "library") as again:
        assert again.meaning_hint(QUESTION, hits) == ""


@extra
def test_question_in_other_words_finds_the_insight(tmp_path: Path) -> None:
    with filled(tmp_path) as library:
        library.merge_index(1)
        by_meaning = [hit for hit in library.search(QUESTION) if hit.meaning]
        assert by_meaning[0].row.title == "Layoffs"
        assert all(hit.partial and hit.spans == () for hit in by_meaning)
        assert library.search(f"{QUESTION} after:2999") == []
        library.rebuild_index()
        assert next(hit for hit in library.search(QUESTION) if hit.meaning).row.title == "Layoffs"


@extra
def test_insights_without_vectors_are_found_by_words(tmp_path: Path) -> None:
    with filled(tmp_path) as library:
        library.merge_index(1)
        list(library.add([lines([("Opera", "A singer from Vienna.")])]))
        assert library.search("singer from vienna opera")[0].row.title == "Opera"


@extra
def test_nearest_ignores_excluded_insights() -> None:
    vectors = meaning.Vectors()
    rows = meaning.vectors_of([f"{title}. {text}" for title, text in INSIGHTS])
    vectors.extend([1, 2, 3, 4], [row.tobytes() for row in rows])
    allowed = np.array([False, True, True, True, True])
    assert vectors.nearest("storm and water in the port", allowed, 3)[0] == 2
    allowed[2] = False
    assert 2 not in vectors.nearest("storm and water in the port", allowed, 3)
    assert (meaning.vectors_of(["", "x"])[0] == 0).all()


def filled(folder: Path) -> Library:
    library = Library(folder / "library")
    list(library.add([lines(INSIGHTS)]))
    return library


def lines(insights: list[tuple[str, str]]) -> io.BytesIO:
    record = {"title": insights[0][0], "insights": [{"title": title, "text": text} for title, text in insights]}
    return io.BytesIO(json.dumps(record).encode())
