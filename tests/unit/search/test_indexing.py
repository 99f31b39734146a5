"""Tests of posting lists of new insights."""

from __future__ import annotations

from briefreader.search.indexing import inverted


def docs(insights: list[tuple[int, str, str]]) -> dict[str, tuple[bytes, bytes]]:
    return {term: (in_title, everywhere) for term, _, in_title, everywhere in inverted(insights).rows}


def test_insights_without_titles_are_listed_by_text() -> None:
    assert docs([(1, "", "kelp"), (3, "", "kelp")]) == {"kelp": (b"", b"\x01\x00\x03\x00")}


def test_insights_without_any_word_add_nothing() -> None:
    assert docs([(1, "", ""), (2, "—", "…")]) == {}


def test_title_words_are_listed_in_both() -> None:
    assert docs([(2, "Kelp", "")]) == {"kelp": (b"\x02\x00", b"\x02\x00")}
