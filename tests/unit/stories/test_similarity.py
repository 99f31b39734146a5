"""Tests of the probability that two reports are of the same news, and its reasons."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefreader.stories import reasons, similarity, terms

NEWS = "Kelp Farms of Oslo doubled its harvest, Ada Finch told growers"
ALIKE = "Harvest of Oslo's Kelp Farms doubled, says Ada Finch"
OTHER = "A router sends every token to two experts out of sixteen"
FILLER = [f"word{n} thing{n + 1} item{n + 2} part{n + 3}" for n in range(0, 400, 4)]


@pytest.fixture
def idf() -> terms.Floats:
    rows = [terms.word_numbers("", text) for text in (NEWS, ALIKE, OTHER, *FILLER)]
    return terms.inverse_frequencies(terms.document_frequencies(rows), len(rows))


def matrix(texts: list[str], idf: terms.Floats) -> terms.Vectors:
    return terms.vectors([terms.word_numbers("", text) for text in texts], idf)


def test_reports_of_the_same_news_are_likely(idf: terms.Floats) -> None:
    found = similarity.pairs(matrix([NEWS], idf), matrix([ALIKE, OTHER], idf), np.ones((1, 2), bool))
    assert found.right.tolist() == [0]
    assert found.probability()[0] > 0.6


def test_pairs_are_the_cosines_of_all_allowed_rows(idf: terms.Floats) -> None:
    texts = [NEWS, ALIKE, OTHER, *FILLER[:200:7]] * 3
    left = matrix(texts, idf)
    allowed = ~np.eye(len(left), dtype=bool)
    dense = np.zeros((len(left), 1 << terms.BITS), np.float32)
    for row in range(len(left)):
        low, high = left.starts[row], left.starts[row + 1]
        dense[row, left.terms[low:high]] = left.weights[low:high] / left.norms[row]
    expected = dense @ dense.T
    found = similarity.pairs(left, left, allowed)
    assert set(zip(found.left.tolist(), found.right.tolist(), strict=True)) == set(
        zip(*(axis.tolist() for axis in np.nonzero((expected >= similarity.MIN_COSINE) & allowed)), strict=True)
    )
    assert np.allclose(found.cosine, expected[found.left, found.right], atol=1e-4)


@given(st.text(max_size=200))
def test_cut_words_are_distinct_and_sorted(text: str) -> None:
    found = (terms.word_numbers("", text) & terms.WORD).tolist()
    assert found == sorted(set(found))


@pytest.mark.parametrize(
    ("text", "figures"),
    [("up 12% since", 1), ("$30 for 2", 1), ("on 12 May 2026", 0), ("400,000 of 1.5bn", 2), ("a GPT-5 model", 0)],
)
def test_figures_are_numbers_but_not_dates(text: str, figures: int) -> None:
    assert int(((terms.word_numbers("", text) & terms.FIGURE) > 0).sum()) == figures


def test_frequent_name_alone_is_not_the_same_news(idf: terms.Floats) -> None:
    both = matrix(["Ada Finch opened a school of weaving in Riga", "Ada Finch doubts the tides of March"], idf)
    found = similarity.pairs(both, both, ~np.tri(2, dtype=bool))
    assert all(found.probability() < 0.5)


def test_reasons_have_rare_words_names_figures_and_links(idf: terms.Floats) -> None:
    one, other = f"{NEWS} for $12 million.", f"{ALIKE}: $12m."
    found = reasons.shared(one, other, idf, ["https://kelp.example/a"])
    assert [(part.kind, part.text) for part in found[:2]] == [
        ("link", "https://kelp.example/a"),
        ("figure", "$12 million"),
    ]
    assert {("name", "Finch"), ("word", "doubled")} <= {(part.kind, part.text) for part in found}
    assert reasons.links_of("see (https://kelp.example/a?utm=1), ok") == {"https://kelp.example/a"}
