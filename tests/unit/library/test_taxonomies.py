"""Tests of changing and importing taxonomies: comments and decisions are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from briefreader.errors import TaxonomyError, UndoConflictError, UsageError
from briefreader.library import Library, taxonomy_files
from briefreader.taxonomy import Taxonomy, Topic

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TEXT = """# mine
topics:
  - id: kelp  # the green one
    label: Kelp
    keywords: [seaweed, reef]
  # boats of all kinds
  - label: Boats
    id: boats
    keywords:
      - pier        # where they land
      - harbour master
    broader: sea
    description: >-
      Ships and
      schedules.
  - id: sea
    label: The sea
aliases:
  - [pier, jetty]
"""


@pytest.fixture
def own(filled: Library) -> Library:
    (filled.folder / "taxonomy.yaml").write_text(TEXT, encoding="utf-8")
    filled.reload_taxonomy()
    return filled


def text_of(library: Library) -> str:
    return (library.folder / "taxonomy.yaml").read_text(encoding="utf-8")


def test_new_topic_is_added_at_the_end(own: Library) -> None:
    assert own.add_topic("Café  prices: up") == "cafe-prices-up"
    assert own.taxonomy.ids == ("kelp", "boats", "sea", "cafe-prices-up")
    assert text_of(own) == TEXT.replace("aliases:", '  - id: cafe-prices-up\n    label: "Café prices: up"\naliases:')
    with pytest.raises(UsageError):
        own.add_topic("the SEA")


def test_verdict_by_previous_id_applies_to_the_topic(own: Library) -> None:
    own.rename_topic("sea", "ocean")
    id = own.list()[0].id
    own.decide([id], "sea", "rejected")
    assert [(s.topic, s.verdict) for s in own.topics(id) if s.verdict] == [("ocean", "rejected")]


def test_rename_keeps_comments_verdicts_and_the_previous_id(own: Library) -> None:
    id = own.list()[0].id
    own.decide([id], "sea", "accepted")
    own.rename_topic("sea", "ocean", "Ocean")
    expected = TEXT.replace("id: sea\n    label: The sea", "id: ocean\n    was: [sea]\n    label: Ocean")
    assert text_of(own) == expected.replace("broader: sea", "broader: ocean")
    assert own.topics(id)[0].topic == "ocean"
    assert own.taxonomy.topic("sea").label == "Ocean"
    own.rename_topic("ocean", "sea", "The sea")
    assert own.taxonomy.topic("ocean").id == own.topics(id)[0].topic == "sea"
    assert own.taxonomy.topic("sea").was == ("ocean",)


@pytest.mark.parametrize("name", ["boats", "Kelp Forest", ""])
def test_rename_to_an_invalid_or_used_id_is_refused(own: Library, name: str) -> None:
    with pytest.raises(UsageError):
        own.rename_topic("kelp", name)
    assert text_of(own) == TEXT


def test_merge_moves_phrases_and_verdicts(own: Library) -> None:
    id = own.list()[0].id
    own.decide([id], "boats", "rejected")
    own.merge_topics("boats", "sea")
    sea = own.taxonomy.topic("boats")
    assert (sea.id, sea.keywords, sea.was) == ("sea", ("Boats", "pier", "harbour master"), ("boats",))
    assert [(s.topic, s.verdict) for s in own.topics(id)] == [("sea", "rejected")]
    assert "# the green one" in text_of(own)
    assert "# where they land" not in text_of(own)


def earned(library: Library) -> dict[str, dict[str, float]]:
    """Return the assigned topics and scores by briefing or insight."""
    ids = [id for row in library.list() for id in (row.id, *(i.id for i in library.insights(row.id)))]
    return {id: {s.topic: s.score for s in library.topics(id) if s.earned} for id in ids}


def test_rename_keeps_topics_of_briefings_and_insights(own: Library) -> None:
    list(own.tag())
    before = earned(own)
    assert sum("kelp" in topics for topics in before.values()) > len(own.list()) / 2
    batch = own.rename_topic("kelp", "seaweed")
    assert earned(own) == {id: {t.replace("kelp", "seaweed"): p for t, p in s.items()} for id, s in before.items()}
    own.undo(batch.number)
    assert earned(own) == before


def test_merged_topic_keeps_the_assigned_or_higher_score(own: Library) -> None:
    kelp, farms = Topic("kelp", "Kelp", keywords=("seaweed", "reef")), Topic("farms", "Growers", keywords=("harvest",))
    Taxonomy((kelp, farms)).dump(own.folder / "taxonomy.yaml")
    own.reload_taxonomy()
    list(own.tag(threshold=0.1))
    before = earned(own)
    assert [set(topics) for topics in before.values()].count({"kelp", "farms"}) > 0
    own.merge_topics("kelp", "farms")
    assert earned(own) == {id: {"farms": max(topics.values())} if topics else {} for id, topics in before.items()}


def test_topic_renamed_in_the_file_keeps_its_scores(own: Library) -> None:
    list(own.tag())
    before = earned(own)
    (own.folder / "taxonomy.yaml").write_text(TEXT.replace("id: kelp", "id: weed\n    was: [kelp]"), encoding="utf-8")
    with Library(own.folder) as again:
        assert again.taxonomy.ids[0] == "weed"
        assert earned(again) == {id: {t.replace("kelp", "weed"): p for t, p in s.items()} for id, s in before.items()}
        assert [b.summary for b in again.history(1)] == ["kelp → weed: 1 briefing"]


def test_verdicts_of_a_deleted_topic_return_with_it(own: Library) -> None:
    id = own.list()[0].id
    own.decide([id], "kelp", "accepted")
    own.delete_topic("kelp")
    assert own.topics(id) == []
    own.add_topic("Kelp")
    assert [s.verdict for s in own.topics(id)] == ["accepted"]


CHANGES: dict[str, Callable[[Library], object]] = {
    "rename": lambda library: library.rename_topic("kelp", "seaweed", "Seaweed"),
    "rename without briefings": lambda library: library.rename_topic("boats", "ships"),
    "merge": lambda library: library.merge_topics("kelp", "sea"),
    "delete": lambda library: library.delete_topic("kelp"),
    "add": lambda library: library.add_topic("Lighthouses"),
}


@pytest.fixture
def decided(own: Library) -> Library:
    """The library, tagged and with a verdict on one topic."""
    list(own.tag())
    own.decide([own.list()[0].id], "kelp", "accepted")
    return own


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
@pytest.mark.parametrize("start", ["", "\ufeff", "\r\n"], ids=["plain", "byte order mark", "crlf"])
def test_undo_of_a_taxonomy_change_restores_file(own: Library, change: Callable[[Library], object], start: str) -> None:
    path = own.folder / "taxonomy.yaml"
    text = TEXT.replace("\n", start) if start == "\r\n" else start + TEXT
    path.write_bytes(text.encode())
    own.reload_taxonomy()
    change(own)
    changed, batch = path.read_bytes(), own.last_batch
    assert batch is not None
    assert changed != text.encode()
    own.undo()
    assert path.read_bytes() == text.encode()
    assert own.taxonomy.ids == ("kelp", "boats", "sea")
    own.redo()
    assert path.read_bytes() == changed


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_undone_taxonomy_change_is_not_applied_again(decided: Library, change: Callable[[Library], object]) -> None:
    id, before, batches = decided.list()[0].id, earned(decided), len(decided.history())
    change(decided)
    decided.undo()
    with Library(decided.folder) as again:
        assert again.taxonomy.ids == ("kelp", "boats", "sea")
        assert earned(again) == before
        assert [s.topic for s in again.topics(id) if s.verdict] == ["kelp"]
        assert len(again.history()) == batches + 1
        assert again.history(1)[0].undone


def test_undo_of_a_rename_is_refused_after_an_edit(decided: Library) -> None:
    batch = decided.rename_topic("kelp", "seaweed")
    edited = text_of(decided).replace("# mine", "# mine, edited")
    (decided.folder / "taxonomy.yaml").write_text(edited, encoding="utf-8")
    with pytest.raises(UndoConflictError, match=r"edited since batch \d+ \(rename topic\)"):
        decided.undo(batch.number)
    assert text_of(decided) == edited
    assert not decided.history(1)[0].undone
    assert [s.topic for s in decided.topics(decided.list()[0].id) if s.verdict] == ["seaweed"]


def test_undo_of_a_rename_works_if_the_file_is_already_old(decided: Library) -> None:
    """As if the process was killed between writing the file and the library."""
    decided.rename_topic("kelp", "seaweed")
    (decided.folder / "taxonomy.yaml").write_text(TEXT, encoding="utf-8")
    decided.undo()
    assert [s.topic for s in decided.topics(decided.list()[0].id) if s.verdict] == ["kelp"]


def test_undo_of_a_rename_names_later_taxonomy_changes(own: Library) -> None:
    batch = own.rename_topic("kelp", "seaweed")
    own.add_topic("Lighthouses")
    with pytest.raises(UndoConflictError, match="add topic"):
        own.undo(batch.number)


def test_dry_run_of_undo_leaves_the_taxonomy(own: Library) -> None:
    own.rename_topic("kelp", "seaweed")
    changed = text_of(own)
    own.undo(dry_run=True)
    assert text_of(own) == changed


def test_failed_taxonomy_change_leaves_file_and_history(own: Library) -> None:
    batches = len(own.history())
    with pytest.raises(TaxonomyError):
        own.rename_topic("kelp", "seaweed", "Boats")
    assert text_of(own) == TEXT
    assert len(own.history()) == batches


def test_rename_works_in_yaml_flow_style(own: Library) -> None:
    (own.folder / "taxonomy.yaml").write_text("topics: [{id: a, label: A}, {id: b, label: B, broader: a}]\n")
    own.reload_taxonomy()
    own.rename_topic("a", "c")
    assert own.taxonomy == Taxonomy((Topic("c", "A", was=("a",)), Topic("b", "B", broader="c")))


def test_only_the_taxonomy_of_the_library_is_changed(tmp_path: Path, own: Library) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(TEXT, encoding="utf-8")
    with Library(own.folder, taxonomy=other) as library, pytest.raises(TaxonomyError):
        library.add_topic("More")
    assert other.read_text(encoding="utf-8") == TEXT


def test_new_shipped_topics_can_be_added(own: Library) -> None:
    news = own.taxonomy_news()
    assert "moe" in [topic.id for topic in news]
    assert [topic.id for topic in own.update_taxonomy(["moe"])] == ["moe"]
    assert own.taxonomy.ids == ("kelp", "boats", "sea", "moe")
    assert "moe" not in [topic.id for topic in own.taxonomy_news()]


def test_diff_lists_the_changes(own: Library, tmp_path: Path) -> None:
    list(own.tag())
    other = tmp_path / "other.yaml"
    Taxonomy((Topic("boats", "Boats", keywords=("pier", "harbour master")), Topic("ledgers", "Ledgers"))).dump(other)
    found = {r.title: (r.gained, r.lost) for r in own.taxonomy_diff(other)}
    assert found["Slow boats"] == (("ledgers",), ())
    assert found["The Kelp Report 12"][1] == ("kelp",)


@pytest.mark.parametrize("format", ["tsv", "ttl", "jsonld"])
def test_exported_formats_have_every_topic(own: Library, tmp_path: Path, format: str) -> None:
    lists = {"alt": ("alt",), "keywords": ("k | l", "m"), "hints": ("h",), "exclude": ("not x",)}
    rich = Topic("x", "X | y", 'Say "x" or ü', include="in", broader="sea", examples=("e. g.",), was=("w",), **lists)
    aliases = (("MoE", "mixture of experts"), ("a|b", "c"))
    taxonomy = Taxonomy((*own.taxonomy.topics, rich), aliases, domain=("AI", "model"))
    path = tmp_path / f"topics.{format}"
    path.write_text(taxonomy_files.dump(taxonomy, format), encoding="utf-8")
    again = taxonomy_files.load(path)
    for topic in taxonomy.topics:
        other = again.topic(topic.id)
        for name in ("label", "broader", "include"):
            assert getattr(other, name) == getattr(topic, name)
        assert other.description == " ".join(topic.description.split())
        for name in ("alt", "keywords", "hints", "exclude", "examples", "was"):
            assert sorted(getattr(other, name)) == sorted(getattr(topic, name))
    assert (sorted(again.aliases), again.domain) == (sorted(aliases), taxonomy.domain)


@pytest.mark.parametrize(
    ("row", "where", "message"),
    [
        ("bees\tAnts\t", ":3:1", "two topics are called `bees`"),
        ("ants\tBees\t", ":3:1", "two topics are called `bees`"),
        ("ants\tAnts\tinsects", ":3:1", "no such topic: `insects`"),
    ],
)
def test_table_is_checked_like_yaml(tmp_path: Path, row: str, where: str, message: str) -> None:
    (tmp_path / "a.tsv").write_text(f"id\tlabel\tbroader\nbees\tBees\t\n{row}\n")
    with pytest.raises(TaxonomyError) as error:
        taxonomy_files.load(tmp_path / "a.tsv")
    assert (error.value.where, error.value.message) == (f"{tmp_path / 'a.tsv'}{where}", message)


def test_skos_concepts_with_the_same_id_are_reported(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text(
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
        '<urn:x:bees> a skos:Concept ; skos:prefLabel "Bees" . <urn:y:bees> a skos:Concept ; skos:prefLabel "Wasps" .\n'
    )
    with pytest.raises(TaxonomyError, match="two topics are called `bees`"):
        taxonomy_files.load(tmp_path / "a.ttl")


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.tsv", "a\tb\n"), ("a.ttl", "<"), ("a.jsonld", "{"), ("a.tsv", "label\n"), ("a.tsv", "id\tlabel\nA B\tx\n")],
)
def test_broken_import_files_are_refused(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(TaxonomyError):
        taxonomy_files.load(tmp_path / name)


def test_table_without_labels_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("id\tkeywords\nbees\thive\n")
    with pytest.raises(TaxonomyError, match="missing column: label"):
        taxonomy_files.load(tmp_path / "a.tsv")


def test_skos_concept_gets_its_english_label(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text(
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
        '<urn:x:bees> a skos:Concept ; skos:prefLabel "Abeilles"@fr, "Bees"@en .\n'
        '<urn:x:ants> a skos:Concept ; skos:prefLabel "Ameisen"@de .\n'
    )
    assert {t.id: t.label for t in taxonomy_files.load(tmp_path / "a.ttl").topics} == {
        "bees": "Bees",
        "ants": "Ameisen",
    }


def test_remote_json_ld_context_is_not_fetched(tmp_path: Path) -> None:
    (tmp_path / "a.jsonld").write_text('{"@context": "http://127.0.0.1:9/x", "@id": "y"}')
    with pytest.raises(TaxonomyError, match="not fetched"):
        taxonomy_files.load(tmp_path / "a.jsonld")


def test_topic_preview_shows_passages_and_stores_nothing(own: Library, tmp_path: Path) -> None:
    body = "The harbour was quiet.\n\nA lighthouse keeper lit the lamp; the lighthouse lamp burned all night.\n"
    (tmp_path / "lamps.md").write_text(f"# Lamps\n\n{body}", encoding="utf-8")
    list(own.add([tmp_path / "lamps.md"]))
    topic = own.new_topic("Lighthouses", phrases=["lighthouse keeper", "lighthouse lamp"])
    (found,) = own.preview_topic(topic)
    assert found.title == "Lamps" and any("lighthouse keeper" in text for _, _, text in found.passages)
    kept = own.briefing(found.id).body
    assert all(kept[start:end] == text for start, end, text in found.passages)
    assert topic.id not in own.taxonomy.ids and text_of(own) == TEXT
    assert (
        own.add_topic("Lighthouses", id="lamps", description="Lamps at sea.", phrases=["lighthouse keeper"]) == "lamps"
    )
    added = own.taxonomy.topic("lamps")
    assert (added.description, added.keywords) == ("Lamps at sea.", ("lighthouse keeper",))


def test_phrase_use_counts_briefings_with_and_without_the_topic(own: Library, tmp_path: Path) -> None:
    path = tmp_path / "t.yaml"
    topic = "  - id: {0}\n    label: {0}\n    keywords: [lighthouse keeper, harbour]\n"
    path.write_text(f"topics:\n{topic.format('lamps')}{topic.format('ferries')}")
    quiet = "The harbour was quiet and nobody came to see it, as on all other days of that long and windless year. "
    (tmp_path / "a.md").write_text(f"# Quiet\n\n{quiet * 8}", encoding="utf-8")
    (tmp_path / "b.md").write_text("# Lighthouse keepers\n\nThe lighthouse keeper lit a lamp.", encoding="utf-8")
    (tmp_path / "c.md").write_text(f"# Tides\n\n{quiet.replace('harbour', 'sea') * 20} The harbour slept.")
    list(own.add([tmp_path / "a.md", tmp_path / "b.md", tmp_path / "c.md"]))
    own.add_topic("Lamps", id="lamps", phrases=["lighthouse keeper"])
    list(own.tag())
    use = own.phrase_use(path)
    assert use["lamps", "lighthouse keeper"] == (1, 0)
    assert use["lamps", "harbour"].with_topic == 0 < use["lamps", "harbour"].without
    assert not any(topic == "ferries" for topic, _ in use)


def test_excluded_phrase_is_previewed_and_undone(own: Library, tmp_path: Path) -> None:
    own.add_topic("Sea marks", id="lamps", phrases=["lighthouse"])
    body = "The lighthouse lamp burned.\n\nThe lighthouse keeper slept, and the lighthouse stood.\n"
    (tmp_path / "lamps.md").write_text(f"# Lamps\n\n{body}", encoding="utf-8")
    list(own.add([tmp_path / "lamps.md"]))
    list(own.tag())
    (row,) = own.list("topic:lamps")
    before = text_of(own)
    (found,) = own.preview_exclusion("lamps", " lighthouse  ")
    assert (found.id, found.lost) == (row.id, ("lamps",))
    assert text_of(own) == before
    own.exclude_phrase("lamps", "lighthouse")
    assert own.taxonomy.topic("lamps").exclude == ("lighthouse",)
    with pytest.raises(UsageError, match="already"):
        own.exclude_phrase("lamps", "lighthouse")
    own.undo()
    assert text_of(own) == before
