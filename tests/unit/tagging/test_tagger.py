"""Tests of scores, passages, explanations and saved models."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefreader.errors import LibraryError
from briefreader.tagging import Labelled, Tagger
from briefreader.tagging.tagger import InsightText, Thresholds
from briefreader.taxonomy import Taxonomy, Topic

if TYPE_CHECKING:
    from pathlib import Path

TAXONOMY = Taxonomy(
    (
        Topic(
            "gardens",
            "Gardening",
            "Growing flowers and vegetables; soil, seeds and pruning.",
            keywords=("compost", "rose bed", "seedling"),
            exclude=("rose bed hotel",),
        ),
        Topic("sailing", "Sailing", "Boats under sail, wind and regattas.", keywords=("sailboat", "regatta", "C++")),
    )
)
WORDS = [
    "compost",
    "rose",
    "bed",
    "hotel",
    "Seedlings",
    "soil",
    "sail-boat",
    "regatta",
    "C++",
    "wind",
    "the",
    "\n",
    "é",
]


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger(TAXONOMY, [("", "The wind and the rain."), ("", "A hotel with the best bed.")])


def test_tagger_distinguishes_topics(tagger: Tagger) -> None:
    about_gardens, about_boats, neither = tagger.tag(
        [
            ("Compost", "Seedlings love compost. Dig it into the rose bed in spring."),
            ("The regatta", "Twenty sailboats crossed the bay; the regatta ended in a storm."),
            ("Dinner", "Boil the pasta for ten minutes and serve with tomatoes."),
        ]
    )
    assert (about_gardens.tags, about_boats.tags, neither.tags) == (["gardens"], ["sailing"], [])


def test_name_with_symbols_is_not_matched_by_its_letter() -> None:
    tagger = Tagger(Taxonomy((Topic("cpp", "C++"), Topic("csharp", "C#"))))
    about_csharp, neither = tagger.tag([("C# 14", "C# gets members. C# developers asked."), ("Vitamin C", "Eat C.")])
    assert (about_csharp.tags, neither.tags) == (["csharp"], [])
    assert about_csharp.scores["cpp"] == neither.scores["cpp"]


@pytest.mark.parametrize("text", ["", " \n ", "…", "\ud800", "日本語のテキスト"])
def test_text_without_words_has_no_topic(tagger: Tagger, text: str) -> None:
    assert tagger.tag([("", text)])[0].tags == []


def test_one_paragraph_about_a_topic_is_enough(tagger: Tagger) -> None:
    filler = "\n".join("Nothing of note was said about anything at all that day, again and again." for _ in range(48))
    passage = "The regatta drew " + "a crowd of onlookers to the shore and " * 6 + "the sailboats of a regatta went by."
    text = f"{filler}\n{passage}"
    assert tagger.tag([("", text)])[0].tags == ["sailing"]
    explanation = tagger.explain("", text, "sailing")
    assert explanation.passage is not None
    assert text[slice(*explanation.passage)] == passage
    assert explanation.missing == 0


def test_topic_is_assigned_at_the_threshold(tagger: Tagger) -> None:
    document = ("", "said " * 60 + "boats under sail in the regatta")
    insight = InsightText("", document[1], 0)
    ((whole, (alone,)),) = tagger.tag_briefings([(document, [insight])])
    assert 0.05 < whole.scores["sailing"] < 0.95 and 0.05 < alone.scores["sailing"] < 0.95
    for higher in (False, True):
        least = [t.scores["sailing"] for t in (whole, alone)]
        at = tagger.with_thresholds(Thresholds(*(float(np.nextafter(p, 1)) if higher else p for p in least)))
        earned = [] if higher else ["sailing"]
        ((one, (of_insight,)),) = at.tag_briefings([(document, [insight])])
        assert one.tags == at.tag([document])[0].tags == earned
        assert bool(at.explain(*document, "sailing").earned) is not higher
        assert at.explain(*document, "sailing", insight=insight).score == pytest.approx(of_insight.scores["sailing"])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=8), st.lists(st.sampled_from(WORDS), max_size=60))
def test_explanation_parts_sum_to_the_logit_and_quote_the_text(
    tagger: Tagger, title_words: list[str], words: list[str]
) -> None:
    title, text = " ".join(title_words), " ".join(words)
    for column, topic in enumerate(TAXONOMY.ids):
        explanation = tagger.explain(title, text, topic)
        assert abs(explanation.bias + sum(p.weight for p in explanation.parts) - explanation.logit) < 1e-9
        assert abs(explanation.score - tagger.score([(title, text)])[0, column]) < 1e-9
        for part in explanation.parts:
            assert (title if part.field == "title" else text)[part.start : part.end] == part.term != ""


def test_scores_do_not_depend_on_batches(tagger: Tagger) -> None:
    documents = [("", " ".join(WORDS[i:] * (i + 1))) for i in range(len(WORDS))]
    together = tagger.score(documents)
    assert np.allclose(together, np.concatenate([tagger.score([d]) for d in documents]), atol=1e-12)


def test_saved_model_loads_the_same(tagger: Tagger, tmp_path: Path) -> None:
    tagger.save(tmp_path)
    again = Tagger.load(tmp_path)
    text = [("", "compost and C++ in the regatta")]
    assert again.fingerprint == tagger.fingerprint
    assert (again.score(text) == tagger.score(text)).all()


def test_corrections_are_learned_explained_and_saved(tagger: Tagger, tmp_path: Path) -> None:
    texts = [f"compost number {i} for the {w} market" for i, w in enumerate(["stock", "flower"] * 8)]
    examples = [
        Labelled("", t, *((frozenset(), frozenset({"gardens"})) if "stock" in t else (frozenset({"gardens"}),)))
        for t in texts
    ]
    before = tagger.score([("", texts[0]), ("", texts[1])])
    learnt = Tagger(TAXONOMY, prior=tagger.prior).learn(examples)
    after = learnt.score([("", texts[0]), ("", texts[1])])
    assert after[0, 0] < before[0, 0]
    assert after[1, 0] > after[0, 0] + 0.2
    assert np.allclose(after[:, 1], before[:, 1])
    explanation = learnt.explain("", texts[0], "gardens")
    assert abs(explanation.bias + sum(p.weight for p in explanation.parts) - explanation.logit) < 1e-9
    assert abs(explanation.score - after[0, 0]) < 1e-9
    assert any(p.term == "stock" and p.weight < 0 for p in explanation.parts)
    learnt.save(tmp_path)
    again = Tagger.load(tmp_path)
    assert again.fingerprint == learnt.fingerprint
    assert learnt.fingerprint != tagger.fingerprint
    assert np.allclose(again.score([("", texts[0])]), after[:1])


@pytest.mark.parametrize("verdict", ["accepted", "rejected"])
def test_one_sided_decisions_barely_change_other_texts(tagger: Tagger, verdict: str) -> None:
    texts = [f"compost number {i} for the market" for i in range(12)]
    one_sided = [Labelled("", t, **{verdict: frozenset({"gardens"})}) for t in texts]
    other = ("", "A regatta, and a seedling in the soil")
    before = tagger.score([other, ("", texts[0])])[:, 0]
    after = Tagger(TAXONOMY, prior=tagger.prior).learn(one_sided).score([other, ("", texts[0])])[:, 0]
    assert abs(after[0] - before[0]) < 0.1
    assert (after[1] > before[1]) == (verdict == "accepted")


def test_phrase_is_learned_by_its_share_of_the_hits(tagger: Tagger) -> None:
    examples = [
        Labelled("", f"{word} {i}", **{verdict: frozenset({"gardens"})})
        for i in range(10)
        for word, verdict in (("compost", "rejected"), ("seedling", "accepted"))
    ]
    learnt = Tagger(TAXONOMY, prior=tagger.prior).learn(examples)
    texts = [("", f"{'compost ' * a}{'seedling ' * b}") for a, b in ((6, 0), (5, 1), (1, 5), (0, 6))]
    gained = np.log(learnt.score(texts)[:, 0] / (1 - learnt.score(texts)[:, 0]))
    gained -= np.log(tagger.score(texts)[:, 0] / (1 - tagger.score(texts)[:, 0]))
    assert (np.diff(gained) > 0).all()


def test_sensitivity_moves_every_threshold(tagger: Tagger, tmp_path: Path) -> None:
    sparing, generous = tagger.with_sensitivity(sensitivity="sparing"), tagger.with_sensitivity(sensitivity="generous")
    for fewer, usual, more in zip(sparing.thresholds, tagger.thresholds, generous.thresholds, strict=True):
        assert 0 < more < usual < fewer < 1
    one_word = [("", "A seedling stood between the wind and the rain of " + "a very long day " * 40)]
    given = [t.tag(one_word)[0].tags for t in (sparing, tagger, generous)]
    assert len(given[0]) <= len(given[1]) <= len(given[2])
    assert given[0] != given[2]
    assert len({t.fingerprint for t in (sparing, tagger, generous)}) == 3
    assert tagger.with_sensitivity(0.5, "sparing").thresholds == sparing.thresholds._replace(document=0.5)
    sparing.save(tmp_path)
    assert Tagger.load(tmp_path).thresholds == sparing.thresholds


@pytest.mark.parametrize("name", ["model.json", "arrays"])
def test_damaged_model_is_refused(tagger: Tagger, tmp_path: Path, name: str) -> None:
    tagger.save(tmp_path)
    path = next(tmp_path.glob(f"{name}*"))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(LibraryError):
        Tagger.load(tmp_path)


def test_fit_learns_words_that_occur_with_a_topic() -> None:
    rest = " and so it went on for a while" * 8
    library = [("", f"compost and mulch number {i} for the soil, with a wheelbarrow{rest}") for i in range(12)]
    library += [("", f"quarterly figures {i} of a bank, interest and bonds{rest}") for i in range(30)]
    text = [("", "mulch by the wheelbarrow")]
    plain, fitted = Tagger(TAXONOMY, []), Tagger(TAXONOMY, []).fit(library)
    assert fitted.score(text)[0, 0] > 2 * plain.score(text)[0, 0]
    assert fitted.fingerprint != plain.fingerprint


def test_scoring_imports_neither_sklearn_nor_scipy() -> None:
    code = (
        "import sys; from briefreader.tagging import Tagger; from briefreader.taxonomy import Taxonomy, Topic\n"
        "t = Tagger(Taxonomy((Topic('a', 'Apples'),)), [('', 'pears')]); t.tag([('', 'apples')])\n"
        "t.explain('', 'apples', 'a'); sys.exit(bool({'sklearn', 'scipy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_new_topic_and_short_notes_keep_other_topics() -> None:
    boats = (
        "The regatta drew a crowd; sailboats crossed the bay in a squall, and the harbour master counted the buoys. "
    )
    plots = "Compost made the seedlings strong; the rose bed was dug in spring, and the allotment had its best year. "
    library = [
        (f"Week {n}", (boats if n % 2 else plots) * (1 + n % 3) + "Nothing else was said. " * 12) for n in range(24)
    ]
    wider = Taxonomy((*TAXONOMY.topics, Topic("harbours", "Harbours")))
    notes = [("", "A regatta of sailboats, a rose bed and compost: " + "of this and of that, " * 4) for _ in range(6)]
    tags = [t.tags for t in Tagger(TAXONOMY).fit(library).tag(library)]
    with_topic = [[t for t in g.tags if t != "harbours"] for g in Tagger(wider).fit(library).tag(library)]
    assert with_topic == [t.tags for t in Tagger(TAXONOMY).fit([*library, *notes]).tag(library)] == tags
