"""Tests of notes in each profile, with the shipped templates and a custom one."""

from __future__ import annotations

import re

import pytest

from briefreader.errors import UsageError
from briefreader.exporting import digests, notes, rendering
from briefreader.exporting.blocks import ManagedBlock, Marks, block_uuid, parse, render, sections
from briefreader.exporting.merge import fresh
from briefreader.exporting.profiles import PROFILES, profile_of
from briefreader.model import Briefing, Insight

BODY = "# T\n\n- **Head:** see [this](https://s.example/x) and *that*.\n"
BRIEFING = Briefing(
    title="1e3: what [[x]] costs",
    body=BODY,
    format="md",
    source="The Example",
    author="Ann Author",
    published="2026-01-02T10:30:00+02:00",
    url="https://x.example/a b",
    summary="What *it* covers #now.",
    highlight="A moment.",
    insights=(
        Insight(1, "Head", "see this and that.", BODY.index("- **"), len(BODY), "stated"),
        Insight(2, "", "No headline.\n\n<!-- briefreader:end -->", 0, 0, "extracted"),
    ),
    id="7f3a",
)
MATERIAL = notes.Material(
    BRIEFING, ("open-source", "moe"), {1: ("moe",)}, "my [[own]] words", {2: "on the second"}, "2026-02-02T08:00:00Z"
)


NOTE = r"""~

## What it covers

What \*it\* covers \#now.

~
~

## Key insights

**1. Head** see this and that. #moe ^insight-1

**2.** No headline.
&lt;!-- briefreader:end --> ^insight-2

~
~

## Notable moment

A moment.

~
~

## Notes

my [[own]] words

### [[#^insight-2|Insight 2]]

on the second

~
"""


def note(profile="obsidian", **options):
    return notes.note_of(MATERIAL, notes.Style(PROFILES[profile], **options))


@pytest.mark.parametrize("profile", PROFILES)
def test_note_has_each_part_once_and_blocks_are_parsed(profile):
    app, made = PROFILES[profile], note(profile, full_text=True)
    text = fresh(made, app).text
    cut = app.header.split(text)
    assert cut is not None
    uuids = {block_uuid("7f3a", block.id): block.id for block in made.blocks}
    expected = sections(made.blocks) if profile == "obsidian" else made.blocks
    assert {p.id: p.text for p in parse(cut[1], uuids) if p.id} == {b.id: b.text for b in expected}
    for words in (
        "A moment.",
        "my [[own]] words",
        "on the second",
        "No headline.",
        "&lt;!-- briefreader:end -->",
    ):
        assert text.count(words) == 1
    assert {b.id for b in made.blocks} >= {"covers", "insight-1", "insight-2", "note-2", "moment", "notes", "text"}


def test_obsidian_note_reads_like_one_written_by_hand():
    made = note()
    assert made.name == "2026-01-02 1e3 what x costs"
    properties = dict(made.properties)
    assert properties["aliases"] == ("1e3: what [[x]] costs",)
    assert properties["tags"] == ("open-source", "moe")
    assert properties["created"] == "2026-02-02"
    text = fresh(made, PROFILES["obsidian"]).text.partition("---\n\n")[2]
    assert re.sub("<!-- briefreader:(begin id=[a-z-]+|end) -->\n", "~\n", text) == NOTE
    assert "hash=" not in text


def test_logseq_note_has_an_id_for_each_block_and_no_comment():
    first, again = (fresh(note("logseq"), PROFILES["logseq"]).text for _ in range(2))
    assert first == again
    assert "<!--" not in first.replace("&lt;!-- briefreader:end -->", "")
    insight = f"- **1. Head** see this and that. #moe\n  id:: {block_uuid('7f3a', 'insight-1')}\n"
    assert insight in first
    assert f"- id:: {block_uuid('7f3a', 'my-notes')}" not in first


def test_digest_note_has_the_items_of_its_first_topics():
    insights = [Insight(n, f"Item {n}", f"Text {n}.", n, n + 1, "item") for n in range(1, 7)]
    topics = {1: ("moe",), 2: ("pricing",), 3: ("rare",), 5: ("agents", "rare")}
    briefing = Briefing(title="D", body="", format="md", insights=tuple(insights), id="7f3a")
    material = notes.Material(briefing, ("moe", "pricing", "agents", "rare"), topics, insight_notes={6: "mine"})
    text = fresh(notes.note_of(material, notes.Style(PROFILES["obsidian"])), PROFILES["obsidian"]).text
    assert [n for n in range(1, 7) if f"Text {n}." in text] == [1, 2, 5, 6]
    assert "And 2 more: `briefreader show 7f3a`" in text
    whole = notes.note_of(material, notes.Style(PROFILES["obsidian"], all_insights=True))
    assert "Text 3." in fresh(whole, PROFILES["obsidian"]).text
    for all_insights, count in ((False, 4), (True, 6)):
        style = notes.Style(PROFILES["obsidian"], all_insights=all_insights)
        assert len(digests.briefing_section(material, style, "").entries) == count


def test_insights_are_in_text_order_with_their_numbers():
    insights = (Insight(1, "", "Last.", 90, 95, "extracted"), Insight(2, "", "First.", 10, 16, "extracted"))
    briefing = Briefing(title="D", body="", format="md", insights=insights, id="7f3a")
    made = notes.note_of(notes.Material(briefing), notes.Style(PROFILES["plain"]))
    assert [b.text for b in made.blocks if b.id.startswith("insight-")] == ["**2.** First.", "**1.** Last."]


def test_topics_are_wikilinks_by_option_and_labels_in_hugo():
    labels = {"moe": "Mixture of Experts"}
    block = next(b for b in note(wikilinks=True, labels=labels).blocks if b.id == "insight-1")
    assert "[[Mixture of Experts|Mixture of Experts]]" in block.text
    block = next(b for b in note("hugo", labels=labels).blocks if b.id == "insight-1")
    assert block.text == "### 1. Head\n\nsee this and that.\n\nTopics: Mixture of Experts"


def test_indented_outline_block_is_parsed():
    raw = render(ManagedBlock("a", "one\n\n  two\nthree"), Marks.HASHED, lead="  - ")
    assert [(p.id, p.text, p.hash == p.marked) for p in parse(raw)] == [("a", "one\n\n  two\nthree", True)]


def test_quote_keeps_links_and_names_its_source():
    insight = BRIEFING.insights[0]
    assert notes.quote(BRIEFING, BRIEFING.body[insight.start : insight.end]) == (
        "> - **Head:** see [this](https://s.example/x) and *that*.\n>\n"
        r"> — [1e3: what \[\[x\]\] costs](https://x.example/a%20b), Ann Author, The Example, 2026-01-02" + "\n"
    )


def test_author_that_is_the_source_is_named_once():
    assert notes.quote(Briefing(title="T", body="", format="md", author="Ann", source="Ann"), "") == "T, Ann\n"


@pytest.mark.parametrize(
    ("heading", "slug"),
    [
        ("Half the heads, on purpose", "half-the-heads-on-purpose"),
        ("GPT-5 costs $1.25 (in) / $10 _out_", "gpt-5-costs-125-in--10-_out_"),
        ("Čas & čísla: 1 %", "%C4%8Das--%C4%8D%C3%ADsla-1-"),
    ],
)
def test_insight_links_target_headings_without_anchors(heading, slug):
    plain, obsidian = PROFILES["plain"], PROFILES["obsidian"]
    fragment = plain.fragment("insight-2", heading)
    assert plain.link("A b.md", fragment, "T", "") == f"[T](A%20b.md#{slug})"
    assert obsidian.link("A b.md", obsidian.fragment("insight-2", heading), "T", "") == "[[A b#^insight-2|T]]"


def test_unknown_profile_lists_the_known_ones():
    with pytest.raises(UsageError, match="obsidian"):
        profile_of("notion")


GROW = "{% set n = namespace(x='ab') %}{% for i in range(99) %}"
LOOP = "{% for i in insights %}{% call block('i-' ~ i.number) %}{{ i.text }}{% endcall %}{% endfor %}"


def custom(source):
    return note(template=rendering.NoteTemplate(source, "my.md"))


def test_custom_template_is_used():
    made = custom("Top {{ title }}\n" + LOOP + "\nend")
    assert [(b.id, b.text.split("\n")[0]) for b in made.blocks] == [
        ("body", r"Top 1e3: what \[\[x\]\] costs"),
        ("i-1", "see this and that."),
        ("i-2", "No headline."),
        ("body-2", "end"),
    ]


@pytest.mark.parametrize(
    ("source", "where", "why"),
    [
        ("\n{% if %}", "my.md:2", "Expected"),
        ("a\n\n{{ 1 / 0 }}", "my.md:3", "division"),
        ("{{ title.__class__.__mro__ }}", "my.md:1", "unsafe"),
        ("\n{{ ''.format() }}", "my.md:2", "unsafe"),
        ("{% include '/etc/passwd' %}", "my.md:1", "can.t use include"),
        ("{{ cycler }}{{ lipsum() }}", "my.md:1", "undefined"),
        ("{% for a in range(9998) %}\n{% for b in range(9998) %}\n{% endfor %}{% endfor %}", "my.md:2", "steps"),
        (f"{GROW}\n{{% set n.x = n.x ~ n.x %}}{{% endfor %}}", "my.md:2", "text"),
        (f"{GROW}\n{{% set n.x = n.x + n.x %}}{{% endfor %}}", "my.md:2", "text"),
        (f"{GROW}{{% set n.x = [n.x, n.x]|join %}}{{% endfor %}}", "my.md:1", "text"),
        (f"{GROW}{{% set n.x = n.x|replace('a', n.x) %}}{{% endfor %}}", "my.md:1", "text"),
        ("{{ 'a' * 999999999 }}", "my.md:1", "numbers"),
        ("{{ 9 ** 999999999 }}", "my.md:1", "not allowed"),
        ("{{ '%099999999d' % 1 }}", "my.md:1", "numbers"),
        ("{{ 'a'|center(999999999) }}", "my.md:1", "center"),
        ("\n{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "my.md:2", "recursion"),
        ("{% call block('a') %}{% endcall %}\n{% call block('a') %}{% endcall %}", "my.md:2", "must be unique"),
        ("{% call block('a b') %}{% endcall %}", "my.md:1", "must be unique"),
    ],
)  # fmt: skip
def test_failing_template_reports_its_line(source, where, why):
    with pytest.raises(UsageError, match=why) as caught:
        custom(source)
    assert caught.value.where == where


def test_too_large_template_is_refused():
    with pytest.raises(UsageError, match="longer than 200,000"):
        custom("x" * (rendering.MAX_SOURCE + 1))


def test_missing_template_is_reported(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        rendering.NoteTemplate.load(tmp_path / "none.md")


@pytest.mark.parametrize(
    ("title", "text", "headline"),
    [
        ("Ropes hold", "Ropes hold.", ""),
        ("Most of what the harbour…", "Most of what the harbour knows was written down.", ""),
        ("Ropes hold", "Ropes hold: they were bought in 1902.", "Ropes hold"),
        ("Fees up", "They rose by a third.", "Fees up"),
    ],
)
def test_heading_of_an_insight_differs_from_its_text(title, text, headline):
    assert notes.headline(Insight(1, title, text, 0, 9, "extracted")) == headline


def test_untitled_insight_is_a_numbered_paragraph():
    briefing = Briefing("T", "", "md", insights=(Insight(3, "", "They rose.", 0, 9, "extracted"),), id="7f3a")
    made = notes.note_of(notes.Material(briefing), notes.Style(PROFILES["obsidian"]))
    (block,) = [b for b in made.blocks if b.id == "insight-3"]
    assert block.text.startswith("**3.** They rose.")
