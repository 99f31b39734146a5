"""Tests of tagging in a library: scores, decisions, undo, explanations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from briefreader.library import Library
from briefreader.taxonomy import Taxonomy, Topic

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TAXONOMY = Taxonomy(
    (
        Topic("kelp", "Kelp", "Seaweed farms and their harvest.", keywords=("reef", "seaweed")),
        Topic("boats", "Boats", "Ships, harbours and schedules.", keywords=("harbour master", "pier")),
    )
)


@pytest.fixture
def tagged(tmp_path: Path, documents: Path) -> Iterator[Library]:
    TAXONOMY.dump(tmp_path / "topics.yaml")
    with Library(tmp_path / "library", taxonomy=tmp_path / "topics.yaml") as library:
        list(library.add([documents]))
        list(library.tag())
        yield library


def ids(library: Library) -> dict[str, str]:
    return {row.title: row.id for row in library.list()}


def test_each_briefing_gets_its_topic(tagged: Library) -> None:
    topics = {row.title: row.topics for row in tagged.list()}
    assert topics == {"The Kelp Report 12": ("kelp",), "Slow boats": ("boats",)}
    assert all(row.scored for row in tagged.list())
    insights = tagged.insights(ids(tagged)["The Kelp Report 12"])
    assert insights[0].topics == ("kelp",)


def test_tagging_again_changes_nothing(tagged: Library) -> None:
    batches = len(tagged.history())
    assert list(tagged.tag()) == []
    assert list(tagged.tag(everything=True)) == []
    assert len(tagged.history()) == batches


def test_edited_title_is_scored_again(tagged: Library) -> None:
    id = ids(tagged)["Slow boats"]
    tagged.edit(id, title="Slow ships")
    assert [t.id for t in tagged.tag()] == [id]


def test_dry_run_writes_nothing(tagged: Library) -> None:
    before = tagged.list(), tagged.history()
    strict = list(tagged.tag(threshold=1.0, dry_run=True))
    assert len(strict) == 2
    assert all(not t.topics for t in strict)
    assert (tagged.list(), tagged.history()) == before


def test_undo_restores_the_previous_topics(tagged: Library) -> None:
    before = {row.id: row.topics for row in tagged.list()}
    list(tagged.tag(threshold=1.0))
    assert all(row.topics == () for row in tagged.list())
    tagged.undo()
    assert {row.id: row.topics for row in tagged.list()} == before


def test_verdict_is_kept_by_retagging(tagged: Library) -> None:
    id = ids(tagged)["Slow boats"]
    tagged.decide([id], "boats", "rejected")
    tagged.decide([id], "kelp", "accepted")
    list(tagged.tag(threshold=0.01))
    states = {s.topic: s for s in tagged.topics(id)}
    assert states["boats"].verdict == "rejected"
    assert states["kelp"].verdict == "accepted"
    assert next(row for row in tagged.list() if row.id == id).topics == ("kelp",)


def test_changed_taxonomy_makes_scores_outdated(tagged: Library, tmp_path: Path) -> None:
    more = Taxonomy((*TAXONOMY.topics, Topic("ledgers", "Ledgers", keywords=("ledger",))))
    more.dump(tmp_path / "topics.yaml")
    assert tagged.reload_taxonomy()
    found = {t.title: [s.topic for s in t.topics] for t in tagged.tag()}
    assert "ledgers" in found["Slow boats"]


def test_stored_scores_are_explained_by_their_model(tagged: Library, tmp_path: Path) -> None:
    id = ids(tagged)["Slow boats"]
    before = tagged.explain(id, "boats")[0]
    assert before.parts and not before.outdated
    changed = (Topic("kelp", "Kelp"), Topic("boats", "Boats"), Topic("ledgers", "Ledgers", keywords=("ledger",)))
    Taxonomy(changed).dump(tmp_path / "topics.yaml")
    assert tagged.reload_taxonomy()
    after = {found.topic: found for found in tagged.explain(id)}
    assert (after["boats"].parts, after["boats"].earned) == (before.parts, "document")
    assert after["boats"].remark == "the taxonomy has changed since this was scored"
    assert after["ledgers"].remark == "no stored score: the taxonomy has changed since"


def test_decision_leaves_other_topics_up_to_date(tagged: Library) -> None:
    boats, kelp = ids(tagged)["Slow boats"], ids(tagged)["The Kelp Report 12"]
    tagged.decide([kelp], "kelp", "accepted")
    tagged.follow()
    found = tagged.explain(boats, "boats")[0]
    assert found.remark == ""
    assert found.compared(found.score, "taxonomy").remark == "the taxonomy has changed since this was scored"
    assert found.compared(0.5, "model").remark == "stored score 0.50: the model has changed since"


def test_reasons_quote_the_briefing(tagged: Library) -> None:
    id = ids(tagged)["Slow boats"]
    best, other = tagged.explain(id)
    assert (best.topic, other.topic) == ("boats", "kelp")
    briefing = tagged.briefing(id)
    for part in best.parts:
        assert (briefing.title if part.field == "title" else briefing.body)[part.start : part.end] == part.term
    assert other.missing > 0
    assert tagged.explain(f"{ids(tagged)['The Kelp Report 12']}.1", "kelp")[0].earned == "passage"


def test_two_processes_give_the_same_scores(tagged: Library) -> None:
    alone = {t.id: t for t in tagged.tag(threshold=0.2)}
    assert alone
    tagged.undo()
    assert {t.id: t for t in tagged.tag(threshold=0.2, jobs=2)} == alone


def test_review_begins_with_the_least_certain(tagged: Library) -> None:
    found = tagged.review()
    distances = [abs(score - tagged.tagger().thresholds.document) for _, _, score in found]
    assert len(set(distances)) > 1 and distances == sorted(distances)
    id, topic, _ = found[0]
    tagged.decide([id], topic, "accepted")
    assert (id, topic) not in [(i, t) for i, t, _ in tagged.review()]


def test_correction_applies_immediately_and_is_kept_by_tag(tagged: Library) -> None:
    id = ids(tagged)["Slow boats"]
    before = next(s.score for s in tagged.learn(None, id) if s.topic == "boats")
    tagged.decide([id], "boats", "rejected")
    after = next(s.score for s in tagged.learn("boats", id) if s.topic == "boats")
    assert after < before
    (again,) = [t for t in tagged.tag() if t.id == id]
    assert [s.score for s in (*again.topics, *again.suggested) if s.topic == "boats"] == [
        pytest.approx(after, abs=1e-3)
    ]
    assert list(tagged.tag()) == []


def test_evaluation_of_few_decisions_reports_it(tagged: Library) -> None:
    tagged.decide([ids(tagged)["Slow boats"]], "boats", "accepted")
    evaluation = tagged.evaluate()
    assert {t.note for t in evaluation.topics} == {"not enough examples"}
    assert evaluation.documents == 1


def test_discover_suggests_topics_of_untagged_briefings(tagged: Library, tmp_path: Path) -> None:
    assert tagged.discover() == ""
    folder = tmp_path / "more"
    folder.mkdir()
    seen = ("in June", "after the flood", "with a guide", "alone", "at night", "by train")
    for i, how in enumerate(seen):
        subject = "Clockwork museum" if i % 2 else "Desert railways"
        text = f"{subject} {how}: what a visitor finds.\n\nI went {how}. The {subject} is {how} as it was number {i}."
        (folder / f"{i}.md").write_text(
            f"# {subject} {how}\n\n{text}\n\nUnsubscribe here, number {i}: mail.example.com/x"
        )
    list(tagged.add([folder]))
    list(tagged.tag())
    path = tmp_path / "offered.yaml"
    path.write_text(tagged.discover(), encoding="utf-8")
    keywords = {k for topic in Taxonomy.load(path).topics for k in topic.keywords}
    assert {"Clockwork museum", "Desert railways"} <= keywords
