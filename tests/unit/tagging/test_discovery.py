"""Tests of suggesting new topics."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from briefreader.tagging.discovery import discover
from briefreader.taxonomy import Taxonomy, Topic

if TYPE_CHECKING:
    from pathlib import Path

PLACES = ("Kyoto", "Lisbon", "Oslo", "Quito", "Hanoi", "Perth", "Dakar", "Leeds")


def letters(subject: str, count: int = 4) -> list[tuple[str, str]]:
    return [
        (
            f"{subject} in {place}",
            f"We look at {subject} again, this time near {place}.\nWhat {subject} needs most is patience.\n"
            f"Read the letter online at https://letters.example.com/{place}\nYou signed up for this, page {i}.",
        )
        for i, place in enumerate(PLACES[:count])
    ]


def offered(text: str, folder: Path) -> dict[str, Topic]:
    path = folder / "offered.yaml"
    path.write_text(text, encoding="utf-8")
    return {topic.id: topic for topic in Taxonomy.load(path).topics}


def test_each_subject_is_suggested_with_its_texts(tmp_path: Path) -> None:
    topics = offered(discover(letters("tidal power") + letters("GraphQL"), [], Taxonomy(())), tmp_path)
    assert set(topics) == {"tidal-power", "graphql"}
    assert topics["graphql"].label == "GraphQL"
    assert topics["tidal-power"].keywords[0] == "tidal power"
    for topic in topics.values():
        words = [word for keyword in topic.keywords for word in keyword.lower().split()]
        assert len(words) == len(set(words))
    assert all(title.startswith("tidal power") for title in topics["tidal-power"].examples)


def test_footers_and_addresses_are_not_keywords() -> None:
    text = discover(letters("tidal power", 6), [], Taxonomy(())).lower()
    for word in ("letters", "example", "https", "signed", "page", "online"):
        assert word not in text


def test_repeated_line_suggests_no_topic() -> None:
    line = "\nHarbour Weekly is made by Harbour Weekly for readers of Harbour Weekly."
    texts = [(title, text + line) for title, text in letters("tidal power")] + letters("GraphQL")
    assert "harbour" not in discover(texts, [], Taxonomy(())).lower()


def test_term_of_more_than_half_of_the_texts_is_no_topic() -> None:
    others = [(place, f"{place} again.\n" + f"In {place} GraphQL, GraphQL and GraphQL. " * 2) for place in PLACES[:6]]
    others += [(f"{place} again", f"Nothing new at {place} today.") for place in PLACES[:4]]
    assert "graphql" not in discover(letters("tidal power") + letters("GraphQL"), others, Taxonomy(())).lower()


def test_existing_topic_is_not_suggested() -> None:
    taxonomy = Taxonomy((Topic("sea", "Sea", keywords=("tidal power",)),))
    assert "tidal" not in discover(letters("tidal power") + letters("GraphQL"), [], taxonomy)


def test_subject_of_most_of_the_library_is_not_suggested() -> None:
    others = [(f"{place} {i}", f"{place} on GraphQL.\nWho {place * i} GraphQL?") for place in PLACES for i in (1, 2)]
    assert "graphql" not in discover(letters("tidal power") + letters("GraphQL"), others, Taxonomy(()))


@pytest.mark.parametrize("texts", [[], letters("tidal power", 3), [("", "")] * 9, [("", "the same words")] * 9])
def test_texts_without_common_terms_give_no_topic(texts: list[tuple[str, str]]) -> None:
    assert discover(texts, [], Taxonomy(())) == ""


def test_suggestions_do_not_depend_on_the_order_of_texts() -> None:
    texts = letters("tidal power") + letters("GraphQL")
    assert discover(texts, [], Taxonomy(())) == discover(texts[::-1], [], Taxonomy(()))
