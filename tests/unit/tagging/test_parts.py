"""Tests of small parts of tagging: passages, suggestions, thresholds, learning, model files."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefreader.displayed import displayed
from briefreader.errors import LibraryError
from briefreader.phrases import normal
from briefreader.tagging import Labelled, Tagger, learner, vectors
from briefreader.tagging.evaluation import MIN_EXAMPLES, against, calibration, cross_validated
from briefreader.tagging.fitting import _sample, fit
from briefreader.tagging.passages import MIN_WORDS, passages
from briefreader.tagging.prior import topic_pairs
from briefreader.tagging.tagger import InsightText, Tagging
from briefreader.tagging.vectors import Vocabulary, _sum_by_key
from briefreader.taxonomy import Taxonomy, Topic
from briefreader.text import part_spans, parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from briefreader.tagging.vectors import Document, Floats

TAXONOMY = Taxonomy(
    (Topic("bees", "Bees", keywords=("hive", "honey")), Topic("trams", "Trams", keywords=("tramway", "C++")))
)


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger(TAXONOMY, [("", "a slow day"), ("", "the rain of the day")])


def cut(*texts: str) -> list[str]:
    """Return the passages of texts without titles."""
    vocabulary = Vocabulary([])
    found = passages(vocabulary.encode([("", text) for text in texts]), vocabulary.border, [False] * len(texts))
    whole = "".join(texts)
    assert whole.isascii()
    spans = [span for text in texts for span in part_spans(displayed(text), borders=True)]
    words = [span.form for span in spans]
    return [
        " ".join(word for word in words[begin:end] if word not in "\x1d\x1e\x1f")
        for begin, end in zip(found.begins, found.ends, strict=True)
    ]


def test_short_blocks_are_joined_with_the_next() -> None:
    line = " ".join(["word"] * (MIN_WORDS - 1))
    assert cut(line) == [line]
    assert cut(f"{line} more\n\nshort\n \n{line}\n\n{line} more") == [f"{line} more", f"short {line}", f"{line} more"]
    assert cut("one\n\ntwo", "three") == ["one two", "three"]


def test_heading_belongs_to_the_next_block() -> None:
    assert cut("some words\n\n# One\n\n## Two\n\ntext\n\n# Three\ntext") == ["some words", "one two text", "three text"]


def test_best_topics_below_the_threshold_are_suggested() -> None:
    scores = {"a": 0.9, "b": 0.16, "c": 0.3, "d": 0.2, "e": 0.25, "f": 0.149}
    assert Tagging(scores, ["a"], {"a": "document"}).suggested == ["c", "e", "d"]
    assert Tagging({"f": 0.149, "b": 0.15}).suggested == ["b"]


def test_topics_are_in_order_of_score(tagger: Tagger) -> None:
    text = "The tramway and one hive; tramway tramway C++"
    (tagging,) = tagger.with_sensitivity(0.01).tag([("Trams", text)])
    assert tagging.tags == sorted(tagging.scores, key=lambda t: -tagging.scores[t]) == ["trams", "bees"]


def long_text() -> tuple[str, str]:
    """Return a text with one passage about bees, and this passage."""
    filler = "\n".join("Nothing of note was said about anything at all that day, again and again." for _ in range(48))
    passage = "The honey drew " + "a crowd of onlookers to the shore and " * 6 + "the hive of honey was full of honey."
    return f"{filler}\n{passage}", passage


def test_explanation_names_the_passage_most_about_a_topic(tagger: Tagger) -> None:
    text, passage = long_text()
    explanation = tagger.explain("", text, "bees")
    assert explanation.passage == (len(text) - len(passage), len(text))
    assert explanation.parts and all(text[part.start : part.end] == part.term for part in explanation.parts)
    insight = InsightText("", passage, explanation.passage[0])
    assert tagger.explain("", text, "bees", insight=insight).passage is None
    assert tagger.explain("", passage, "bees").passage is None


def test_passage_begins_at_the_sentence_with_the_first_phrase(tagger: Tagger) -> None:
    before = "Nothing else was said about anything at all that day, again and again. " * 4
    told = "Then the keeper sold honey from the hive. The honey was good."
    ((start, end),) = tagger.passages_about("", f"{before}{told}", "bees")
    assert f"{before}{told}"[start:end] == told


def test_shortfall_is_a_difference_of_scores(tagger: Tagger) -> None:
    found = tagger.explain("", "Nothing of note was said at all.", "bees")
    assert found.shortfall == pytest.approx(found.threshold - found.score) and found.missing > found.shortfall
    assert tagger.explain("", "The hive gave honey.", "bees").shortfall == 0.0


def test_phrase_does_not_cross_from_title_to_text() -> None:
    prior = Tagger(Taxonomy((Topic("beds", "Flowers", keywords=("rose bed",)),)), []).prior
    hits = prior.measure([("rose", "bed"), ("", "rose bed"), ("", "rose"), ("", "bed")]).hits
    assert hits.documents.tolist() == [1] and hits.lengths.tolist() == [2]


@given(st.lists(st.text("abcdéß東", min_size=1, max_size=40), min_size=1), st.integers(1, 3))
def test_words_of_any_length_are_found(words: list[str], times: int) -> None:
    forms = list(dict.fromkeys(normal(part) for word in words for part in parts(word)))
    vocabulary = Vocabulary(forms)
    for _ in range(times):  # the second time from the cache
        found = vocabulary.encode([("", " ".join(words))]).ids.tolist()
        assert [vocabulary.words[number] for number in found] == [normal(p) for word in words for p in parts(word)]


def test_words_that_share_a_slot_keep_their_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "_SLOT_BITS", 2)
    vocabulary = Vocabulary([f"w{number}" for number in range(50)])
    for _ in range(2):
        assert vocabulary.encode([("", " ".join(vocabulary.words))]).ids.tolist() == list(range(50))


def test_word_lookup_is_thread_safe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "_SLOT_BITS", 4)
    vocabulary = Vocabulary([f"w{number}" for number in range(200)])
    numbers = [[n % 200 for n in range(k, 3 * k)] for k in range(1, 200)]
    texts = [("", " ".join(f"w{n}" for n in found)) for found in numbers]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # threads take turns within a lookup
    try:
        with ThreadPoolExecutor(4) as threads:
            found = list(threads.map(lambda text: vocabulary.encode([text]).ids.tolist(), texts))
    finally:
        sys.setswitchinterval(interval)
    assert found == numbers


def test_pair_does_not_cross_from_one_text_to_the_next() -> None:
    vocabulary = Vocabulary(["rose", "bed"], [(0, 1)])
    places, _ = vocabulary.pair_places(vocabulary.encode([("", "a rose"), ("", "bed rose bed")]))
    assert places.tolist() == [3]


def test_literal_phrase_in_the_text_is_placed_after_the_title(tagger: Tagger) -> None:
    title, text = "Trams of the day", "written in C++ here"
    (part,) = (p for p in tagger.explain(title, text, "trams").parts if p.term == "C++")
    assert (part.field, part.start) == ("text", text.index("C++"))
    assert tagger.prior.measure([(title, text)]).hits.places.tolist() == [0, 4 + 1 + 2]


def test_learning_one_topic_keeps_the_others(tagger: Tagger) -> None:
    examples = [Labelled("", f"honey {n}", frozenset({"bees"}), frozenset({"trams"})) for n in range(4)]
    learnt = Tagger(TAXONOMY, prior=tagger.prior).learn(examples)
    before = learnt.corrections.by_topic["trams"]
    learnt.learn([Labelled("", "honey", rejected=frozenset({"bees", "trams"}))], ["bees"])
    assert learnt.corrections.by_topic["trams"] is before
    assert learnt.corrections.by_topic["bees"].labels == 1


def test_only_the_latest_labels_are_used(tagger: Tagger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learner, "MAX_LABELS", 3)
    bees = frozenset({"bees"})
    old = [Labelled("", f"honey {n}", accepted=bees) for n in range(5)]
    new = [Labelled("", f"hive {n}", rejected=bees) for n in range(3)]
    both = Tagger(TAXONOMY, prior=tagger.prior).learn([*old, *new]).corrections.by_topic["bees"]
    latest = Tagger(TAXONOMY, prior=tagger.prior).learn(new).corrections.by_topic["bees"]
    assert (both.labels, both.bias) == (3, latest.bias)


def test_products_equal_those_of_the_whole_matrix() -> None:
    rng = np.random.default_rng(1)
    matrix = rng.random((6, 9)) * (rng.random((6, 9)) < 0.3)
    owners, columns = np.nonzero(matrix)
    found = learner._products(owners, columns, matrix[owners, columns], 6)
    assert np.allclose(found, matrix @ matrix.T)


def test_trust_depends_on_the_rarer_verdict() -> None:
    trust = [learner._trust(np.array([1.0] * a + [0.0] * b)) for a, b in ((0, 200), (1, 200), (5, 5), (100, 100))]
    assert trust == sorted(trust) and trust[0] < trust[1] < trust[2] < trust[3] < 1


def test_texts_are_evaluated_by_models_trained_on_others(tagger: Tagger, monkeypatch: pytest.MonkeyPatch) -> None:
    examples = [Labelled("", f"honey {n}", accepted=frozenset({"bees"})) for n in range(12)]
    train, judged = Tagger.trained_on, []

    def watched(self: Tagger, given: Iterable[Labelled]) -> Tagger:
        given = list(given)
        other = train(self, given)
        score = other.score

        def scored(documents: Sequence[Document]) -> Floats:
            judged.extend(text for _, text in documents)
            assert {e.text for e in given} == {e.text for e in examples} - {text for _, text in documents}
            return score(documents)

        monkeypatch.setattr(other, "score", scored)
        return other

    monkeypatch.setattr(Tagger, "trained_on", watched)
    cross_validated(tagger, examples)
    assert sorted(judged) == sorted(e.text for e in examples)


def test_figures_need_both_verdicts_and_use_decided_pairs(tagger: Tagger) -> None:
    bees = frozenset({"bees"})
    accepted = [Labelled("", f"honey of hive {n}", accepted=bees) for n in range(9)]
    few = [Labelled("", f"a slow day {n}", rejected=bees) for n in range(MIN_EXAMPLES - 1)]
    assert against(tagger, [*accepted, *few]).topics[0].note == "not enough examples"
    enough = [*accepted, *few, Labelled("", "tramway C++ tramway", rejected=bees)]
    evaluation = against(tagger, enough)
    assert evaluation.topics[0].note == "" and evaluation.topics[0].negatives == MIN_EXAMPLES
    assert evaluation.micro is not None and evaluation.micro.value == 1.0  # without decisions on trams


def test_score_of_one_is_in_the_highest_bin() -> None:
    assert calibration(np.array([True, True]), np.array([1.0, 0.95])) == (((0.975, 1.0, 2),), pytest.approx(0.025))


def test_sample_has_the_intended_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("briefreader.tagging.fitting.SAMPLE_CHARACTERS", 100)
    documents = [("", "x" * 10) for _ in range(25)]
    assert len(_sample(documents)) == 9
    assert len(_sample(documents[:10])) == 10


def test_two_texts_are_too_few_to_expand_a_topic() -> None:
    others = [("", f"a slow day in the rain {n}") for n in range(6)]
    for count in (2, 3):
        prior = fit(TAXONOMY, [("", f"honey and mulch {n}" + " for all of us" * 20) for n in range(count)] + others)
        row = prior.rows[prior.vocabulary.numbers["mulch"]]
        assert bool(row >= 0 and prior.vectors.column(0)[row] > 0) is (count == 3)
        assert prior.rows[prior.vocabulary.numbers["and"]] < 0


def test_words_at_very_high_positions_are_counted() -> None:
    zero, far = np.zeros(2, np.int64), np.array([0, 1 << 23])
    entries = _sum_by_key(zero, np.array([3, 4]), far, 10)
    assert entries.terms.tolist() == [3, 4] and entries.documents.tolist() == [0, 0]
    assert entries.values[0] == 1.0 > entries.values[1] > 0.0


def test_saved_model_replaces_and_mixed_parts_are_refused(tagger: Tagger, tmp_path: Path) -> None:
    tagger.save(tmp_path)
    former = next(tmp_path.glob("arrays-*"))
    kept = former.read_bytes()
    learnt = Tagger(TAXONOMY, prior=tagger.prior)
    learnt.learn([Labelled("", "honey", accepted=frozenset({"bees"}))]).save(tmp_path)
    (arrays,) = tmp_path.glob("arrays-*")
    assert arrays != former
    outer = json.loads((tmp_path / "model.json").read_text())
    arrays.write_bytes(kept)
    with pytest.raises(LibraryError):
        Tagger.load(tmp_path)
    learnt.save(tmp_path)
    with np.load(arrays) as held:
        others = {name: held[name] for name in held}
    np.savez(arrays, allow_pickle=False, **others | {"idf": 2 * others["idf"]})
    with pytest.raises(LibraryError):
        Tagger.load(tmp_path)
    learnt.save(tmp_path)
    changed = outer["content"].replace('"documents": 0', '"documents": 7')
    assert changed != outer["content"]
    (tmp_path / "model.json").write_text(json.dumps({**outer, "content": changed}))
    with pytest.raises(LibraryError):
        Tagger.load(tmp_path)


def test_topic_pairs_are_neighbouring_content_words() -> None:
    topics = Taxonomy((Topic("pricing", "Token prices", keywords=("cost of tokens",)),))
    assert topic_pairs(topics, {"token": 0, "price": 1, "cost": 2, "of": 3}) == {(0, 1)}
