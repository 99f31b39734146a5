"""Tests of the shipped taxonomies and sample documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from briefreader.model import Briefing
from briefreader.paths import shipped
from briefreader.reading import read
from briefreader.tagging import Tagger
from briefreader.taxonomy import Taxonomy

if TYPE_CHECKING:
    from pathlib import Path

FILES = sorted(shipped("sample_docs").iterdir())
BOILERPLATE = (
    "unsubscribe",
    "view in browser",
    "view this email",
    "forwarded to you",
    "free list",
    "similar newsletters",
)

# The topics that a reader would assign to the whole text.
TOPICS = {
    "2025-02-12-kettle-and-kernel-price-tags.txt": {"open-source", "moe", "pricing"},
    "2025-03-21-the-switchboard.md": {"moe"},
    "2025-04-03-ports-and-cables-mcp.txt": {"agents"},
    "2025-05-06-the-free-bridge.md": {"open-source"},
    "2025-06-27-tenants-of-the-loop-permission.eml": {"agents"},
    "2025-07-31-the-fine-print.txt": {"open-source"},
    "2025-09-12-small-countries-open-weights.txt": {"open-source"},
    "2025-10-23-the-intern-who-never-sleeps.md": {"agents"},
    "2026-01-12-the-price-of-a-thought.html": {"pricing"},
    "2025-09-18-the-side-door-interview.txt": {"open-source", "moe", "pricing", "agents"},
    "2025-06-15-the-proving-drawer.html": set(),
    "2025-08-22-the-voice-in-the-lift.md": set(),
    "2025-09-02-second-half-transfer-window.md": set(),
    "2025-10-09-salt-and-soil-vineyard.txt": set(),
    "2025-11-02-the-weight-of-the-air.md": set(),
}


def briefings(path: Path) -> list[Briefing]:
    found = list(read(path))
    assert found, path.name
    for item in found:
        assert isinstance(item, Briefing), item
    return [item for item in found if isinstance(item, Briefing)]


@pytest.mark.parametrize("name", ["ai-briefings", "ai-industry"])
def test_shipped_taxonomies_have_no_problems(name: str) -> None:
    path = shipped("taxonomy") / f"{name}.yaml"
    assert Taxonomy.check(path) == []
    for topic in Taxonomy.load(path).topics:
        assert topic.description and topic.keywords and topic.include and topic.exclude and topic.examples, topic.id


def test_shipped_taxonomies_agree_on_common_topics() -> None:
    small, large = (Taxonomy.load(shipped("taxonomy") / f"{name}.yaml") for name in ("ai-briefings", "ai-industry"))
    assert small.aliases == large.aliases
    for topic in small.topics:
        same = large.topic(topic.id)
        assert (same.label, same.exclude, same.include) == (topic.label, topic.exclude, topic.include)
        moved = set(topic.keywords) - set(same.keywords)
        assert moved <= {*large.topic("coding").keywords, *large.topic("coding").alt}


def test_sample_documents_cover_the_main_formats() -> None:
    assert {".txt", ".md", ".html", ".eml", ".mbox", ".atom"} <= {path.suffix for path in FILES}
    assert sum(path.stat().st_size > 20 * 1024 for path in FILES) >= 3


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_sample_document_is_read_without_problems(path: Path) -> None:
    for briefing in briefings(path):
        assert briefing.title and briefing.insights
        assert briefing.problems == ()
        seen = briefing.body.lower()
        assert not [cue for cue in BOILERPLATE if cue in seen]


def test_sample_documents_get_the_expected_topics() -> None:
    tagger = Tagger(Taxonomy.load(shipped("taxonomy") / "ai-briefings.yaml"))
    documents = [(found.title, found.body) for name in TOPICS for found in briefings(shipped("sample_docs") / name)]
    for name, tagging in zip(TOPICS, tagger.tag(documents), strict=True):
        subjects = TOPICS[name]
        assert subjects <= set(tagging.tags), name
        # other topics may apply to parts of a text, but come later
        assert set(tagging.tags[:1]) <= subjects and bool(subjects) is bool(tagging.tags), name
