"""Compare the search for similar words with edit distances to all words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from briefreader.search.vocabulary import Vocabulary

WORDS = st.text("abcde1é模", min_size=1, max_size=7)
VOCABULARIES = st.sets(WORDS, max_size=40).map(sorted)


@given(VOCABULARIES, WORDS, st.integers(1, 2))
def test_near_equals_edit_distance(terms: list[str], word: str, edits: int) -> None:
    found, distances = Vocabulary(terms, [1] * len(terms)).near(word, edits)
    expected = {t: d for t in terms if 1 <= (d := OSA.distance(word, t)) <= edits}
    assert {terms[i]: d for i, d in zip(found.tolist(), distances.tolist(), strict=True)} == expected


@given(VOCABULARIES, WORDS)
def test_vocabulary_finds_infixes_prefixes_and_words(terms: list[str], word: str) -> None:
    vocabulary = Vocabulary(terms, range(len(terms)))
    vocabulary.containing(word[:-1])  # as typed by a user
    assert {terms[i] for i in vocabulary.containing(word)} == {t for t in terms if word in t[1:]}
    low, high = vocabulary.prefix_range(word)
    assert terms[low:high] == [t for t in terms if t.startswith(word)]
    assert vocabulary.find(word) == (terms.index(word) if word in terms else -1)


@st.composite
def _begun(draw: st.DrawFn) -> tuple[list[str], str]:
    """Return terms, and the beginning of one of them with one typo."""
    terms = draw(st.sets(WORDS, min_size=1, max_size=40).map(sorted))
    term = draw(st.sampled_from(terms))
    at, skipped, inserted = draw(st.integers(1, len(term))), draw(st.integers(0, 1)), draw(st.text("abcde", max_size=1))
    word = term[:at] + inserted + term[at + skipped : draw(st.integers(at, len(term)))]
    return terms, word


@given(st.tuples(VOCABULARIES, WORDS) | _begun())
def test_near_prefix_finds_words_with_a_similar_beginning(asked: tuple[list[str], str]) -> None:
    terms, word = asked
    vocabulary = Vocabulary(terms, [1] * len(terms))
    found = {terms[i] for i in vocabulary.near_prefix(word)}
    ends = (len(word) - 1, len(word), len(word) + 1)
    begun = {
        t for t in terms if len(t) > len(word) and t[0] == word[0] and any(OSA.distance(word, t[:n]) <= 1 for n in ends)
    }
    assert found == begun
    typed = Vocabulary(terms, [1] * len(terms))
    for end in range(1, len(word) + 1):
        last = typed.near_prefix(word[:end])
    assert {terms[i] for i in last} == begun
