"""Check the topics of the sample documents with the shipped taxonomy."""

from __future__ import annotations

import pytest

from briefreader import paths
from briefreader.model import Briefing
from briefreader.reading import read
from briefreader.tagging import Tagger
from briefreader.tagging.tagger import InsightText
from briefreader.taxonomy import Taxonomy

# the topics that each briefing must get; it may get others
ABOUT = {
    "2025-02-12-kettle-and-kernel-price-tags.txt": {"pricing"},
    "2025-03-21-the-switchboard.md": {"moe"},
    "2025-04-03-ports-and-cables-mcp.txt": {"agents"},
    "2025-05-06-the-free-bridge.md": {"open-source"},
    "2025-09-12-small-countries-open-weights.txt": {"open-source"},
    "2025-10-23-the-intern-who-never-sleeps.md": {"agents"},
    "2026-01-12-the-price-of-a-thought.html": {"pricing"},
    "2026-02-13-the-margin-145.md": {"open-source", "moe", "agents"},
}
ABOUT_NONE = (
    "2025-09-02-second-half-transfer-window.md",
    "2025-10-09-salt-and-soil-vineyard.txt",
    "2025-11-02-the-weight-of-the-air.md",
)


@pytest.fixture(scope="module")
def briefings() -> dict[str, Briefing]:
    folder = paths.shipped("sample_docs")
    found = {}
    for name in (*ABOUT, *ABOUT_NONE):
        (briefing,) = (item for item in read(folder / name) if isinstance(item, Briefing))
        found[name] = briefing
    return found


@pytest.fixture(scope="module", params=["stateless", "fitted"])
def tagger(request: pytest.FixtureRequest, briefings: dict[str, Briefing]) -> Tagger:
    tagger = Tagger(Taxonomy.load(paths.shipped("taxonomy") / "ai-briefings.yaml"))
    return tagger if request.param == "stateless" else tagger.fit([(b.title, b.body) for b in briefings.values()])


def test_every_briefing_has_the_topics_it_is_about(tagger: Tagger, briefings: dict[str, Briefing]) -> None:
    for name, topics in ABOUT.items():
        briefing = briefings[name]
        tags = set(tagger.tag([(briefing.title, briefing.body)])[0].tags)
        assert topics <= tags, name


def test_text_about_other_things_has_no_topic(tagger: Tagger, briefings: dict[str, Briefing]) -> None:
    for name in ABOUT_NONE:
        assert tagger.tag([(briefings[name].title, briefings[name].body)])[0].tags == [], name
    recipe = "Brown the onions in butter, add stock and barley, and simmer for forty minutes. Serve with parsley."
    assert tagger.tag([("Barley soup", recipe), ("", "")])[0].tags == []


@pytest.mark.parametrize(
    "text",
    [
        "House prices rose again. Estate agents say that an agent shows a flat twice; a letting agent agrees.",
        "Stocks fell on Monday. The token price of the coin dropped by a tenth, and traders sold.",
        "Two goals decided the derby. The striker's agent said after the match that a move was likely.",
        "A buyer's agent works for the buyer. Most agents want a contract; ask three agents before you take one.",
        "A reducing agent gives electrons away. The agent is oxidised, and agents of this kind are kept cold.",
        "The open source Linux distribution has a new installer. It is an open source project; open source is alive.",
    ],
)
def test_other_senses_of_a_phrase_assign_no_topic(tagger: Tagger, text: str) -> None:
    assert tagger.tag([("", text)])[0].tags == []


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("Travel agents know the trick. Coding agents plan for hours, and the agent asks before it pays.", "agents"),
        (
            "Unlike the open source Linux kernel, open models have no community: open source means free weights.",
            "open-source",
        ),
    ],
)
def test_other_sense_in_passing_keeps_the_topic(tagger: Tagger, text: str, topic: str) -> None:
    assert topic in tagger.tag([("", text)])[0].tags


def test_insights_have_topics(tagger: Tagger, briefings: dict[str, Briefing]) -> None:
    digest = briefings["2026-02-13-the-margin-145.md"]
    inside = [InsightText.of(insight, digest.body) for insight in digest.insights]
    ((_, taggings),) = tagger.tag_briefings([((digest.title, digest.body), inside)])
    assert {tag for tagging in taggings for tag in tagging.tags} == {"open-source", "moe", "pricing", "agents"}
