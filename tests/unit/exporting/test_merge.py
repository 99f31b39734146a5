"""Tests of merging a note: every edit of the user is kept."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefreader.exporting.blocks import ManagedBlock, Marks, block_uuid, parse, render
from briefreader.exporting.merge import Note, fresh, merge, merge_items
from briefreader.exporting.profiles import PROFILES

IDS = ["covers", "insight-1", "insight-2", "notes", "text"]
UUIDS = {block_uuid("7f3a", id_): id_ for id_ in IDS}
words = st.text("ab #-:'\"[]\\é😀\t", max_size=12)
text = st.lists(words, max_size=4).map(lambda rows: "\n".join(rows).strip("\n"))
profiles = st.sampled_from(["obsidian", "logseq", "hugo", "plain"])
tags = st.lists(st.sampled_from(["moe", "agents", "pricing", "Open"]), unique=True, max_size=3).map(tuple)


@st.composite
def notes(draw, profile):
    ids = [id_ for id_ in IDS if draw(st.booleans())]
    made = tuple(ManagedBlock(id_, draw(text)) for id_ in ids)
    values = {"title": draw(words), "url": draw(words), "tags": draw(tags), "id": "7f3a"}
    return Note("7f3a", "name", PROFILES[profile].properties(values), made)


@st.composite
def cases(draw):
    """Return an exported note (base), the edited file (theirs), and the new export (ours).

    The reader's own lines hold a number, so that each can be found again.
    """
    profile = draw(profiles)
    base, ours = draw(notes(profile)), draw(notes(profile))
    app = PROFILES[profile]
    theirs = fresh(base, app).text
    cut = app.header.split(theirs)
    assert cut is not None
    header, body = cut
    rows, added = [], []

    def add(line):
        added.append(line)
        rows.append(line)

    for piece in parse(body, UUIDS):
        for _ in range(draw(st.integers(0, 2))):
            add(f"reader {len(added)} {draw(words)}\n")
        edit = draw(st.sampled_from(["keep", "keep", "remove", "edit", "no end", "twice"]))
        if edit == "edit" and piece.id:
            lines = piece.raw.splitlines(keepends=True)
            lines.insert(len(lines) // 2 or 1, f"reader {len(added)} in the block\n")
            added.append(f"reader {len(added)} in the block\n")
            rows.append("".join(lines))
        elif edit == "no end" and piece.id:
            rows.append("".join(piece.raw.splitlines(keepends=True)[:-1]))
        elif edit != "remove":
            rows.append(piece.raw * (2 if edit == "twice" else 1))
    add(f"reader {len(added)} last")
    own = (
        ["mood:: fine\n"]
        if profile == "logseq"
        else ["mood: {a: [1, 2]}\n", "# a comment\n", "'odd key' : |\n  x\n   y\n"]
    )
    added += own
    at = 1 if profile != "logseq" else 0
    raws = [entry.raw for entry in header]
    raws[at:at] = own
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    theirs = ("".join(raws) + "".join(rows)).replace("\n", newline)
    return app, base, ours, theirs, [line.replace("\n", newline) for line in added]


@settings(max_examples=150, deadline=None)
@given(cases(), st.booleans())
def test_merge_keeps_every_line_of_the_user_in_order(case, lost):
    app, base, ours, theirs, added = case
    merged = merge(ours, None if lost else fresh(base, app).base, theirs, app).text
    outside = [line for line in added if "in the block" not in line]
    for line in added:
        assert line in merged
    places = [merged.index(line) for line in outside if line.startswith("reader")]
    assert places == sorted(places)


@settings(max_examples=100, deadline=None)
@given(cases())
def test_merge_of_an_unchanged_note_changes_nothing(case):
    app, base, ours, theirs, _ = case
    first = merge(ours, fresh(base, app).base, theirs, app)
    again = merge(ours, fresh(ours, app).base, first.text, app)
    assert again.text == first.text
    assert not again.conflict


@settings(max_examples=100, deadline=None)
@given(st.data(), profiles)
def test_merge_updates_parts_that_the_user_has_not_edited(data, profile):
    base, ours = data.draw(notes(profile)), data.draw(notes(profile))
    app = PROFILES[profile]
    merged = merge(ours, fresh(base, app).base, fresh(base, app).text, app)
    assert not merged.conflict
    cut = app.header.split(merged.text)
    assert cut is not None
    got = {piece.id: piece.text for piece in parse(cut[1], UUIDS) if piece.id}
    assert got == {block.id: block.text for block in ours.blocks}
    values = {entry.key: app.header.read(entry) for entry in cut[0]}
    for key, value in ours.properties:
        if isinstance(value, str):
            assert values[key] == value.strip() if profile == "logseq" else values[key] == value


def outside(text):
    """Return the lines outside of managed blocks, by a simple scan."""
    kept, block = [], None
    for line in text.splitlines(keepends=True):
        if re.fullmatch(r"\s*(?:[-*+]\s)?<!-- briefreader:begin id=\S+ hash=[0-9a-f]+ -->\s*", line):
            kept += block or []
            block = [line]
        elif block is not None:
            block.append(line)
            if re.fullmatch(r"\s*<!-- briefreader:end -->\s*", line):
                block = None
        else:
            kept.append(line)
    return kept + (block or [])


LINES = st.one_of(
    words,
    st.sampled_from(
        [
            "---", "", "# a comment", "  # a comment", "tags:", "tags: [moe, mine]", "title: mine", "- mine",
            "  - mine",
            "title:: mine", "tags:: mine, moe", "mood:: fine", "mood: fine", "params:", "  mood: fine", "key: |",
            "<!-- briefreader:begin id=mine hash=0 -->", "<!-- briefreader:begin id=covers hash=00 -->",
            "<!-- briefreader:end -->", "\tx", "'", '"', "{", "...", "%YAML 1.2",
        ]
    ),
)  # fmt: skip


@st.composite
def rewritten(draw):
    """Random base, ours and theirs; theirs has inserted, changed, moved and removed lines."""
    profile = draw(profiles)
    base, ours = draw(notes(profile)), draw(notes(profile))
    app = PROFILES[profile]
    lines = fresh(base, app).text.splitlines()
    for number in range(draw(st.integers(1, 8))):
        at = draw(st.integers(0, len(lines)))
        edit = draw(st.sampled_from(["put in", "put in", "replace", "take out", "move", "extend", "remark"]))
        row = draw(LINES)
        if edit == "put in" or at == len(lines):
            lines.insert(at, row if draw(st.booleans()) else f"{row} mine {number}")
        elif edit == "replace":
            lines[at] = row
        elif edit == "extend":
            lines[at] += f" mine {number}"
        elif edit == "remark":
            lines[at] += f" # remark {number}"
        else:
            taken = lines.pop(at)
            if edit == "move":
                lines.insert(draw(st.integers(0, len(lines))), taken)
    return app, base, ours, "\n".join(lines) + draw(st.sampled_from(["", "\n"]))


@settings(max_examples=300, deadline=None)
@given(rewritten(), st.booleans())
def test_merge_keeps_lines_outside_of_blocks(case, lost):
    app, base, ours, theirs = case
    cut = app.header.split(theirs)
    if cut is None:
        return
    merged = merge(ours, None if lost else fresh(base, app).base, theirs, app).text
    values, ours_again = dict(base.properties), Counter(fresh(base, app).text.splitlines())
    for entry in cut[0]:  # lists of our keys are merged item by item; unedited values may change
        value = values.get(entry.key, dict(ours.properties).get(entry.key))
        if isinstance(value, tuple) or (value is not None and app.header.read(entry) == value):
            ours_again += Counter(entry.raw.splitlines())
    added = Counter(line.rstrip("\n") for line in outside(theirs)) - ours_again
    assert not added - Counter(merged.split("\n"))
    if app.name != "logseq":
        for line in outside(theirs):
            remark = re.search(r"# remark \d$", line)
            assert not remark or line.lstrip().startswith("- ") or remark[0] in merged


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("tags: [moe, 'own'] # why\n", "tags: ['own', \"agents\"] # why\n"),
        ("tags: [moe] # why\n", 'tags: ["agents"] # why\n'),
        ("tags: 'moe, own' # why\n", 'tags: ["own", "agents"] # why\n'),
        (
            "tags: # why\n  # mine\n  - moe\n  - 'own' # too\n",
            "tags: # why\n  # mine\n  - 'own' # too\n  - \"agents\"\n",
        ),
        ("tags: []\n", 'tags: ["agents"]\n'),
        ("tags: # why\n", 'tags: # why\n  - "agents"\n'),
        ("tags: [moe,\n  own]\n", None),
        ("tags:\n  moe\n  own\n", None),
        ("tags:\n  - |\n    moe\n    more\n", None),
        ("tags: {moe: own}\n", None),
    ],
)
def test_lists_are_updated_in_the_users_form_or_not_at_all(before, after):
    base, ours = note(tags=("moe",)), note(tags=("agents",))
    theirs = fresh(base, PROFILES["obsidian"]).text.replace('tags:\n  - "moe"\n', before)
    result = merged(base, theirs, ours)
    assert (after or before) in result.text
    assert result.properties == (() if after else (("tags", ("agents",)),))


def test_comment_after_a_value_is_kept():
    base, ours = note(title="one", author="a"), note(title="two")
    theirs = fresh(base, PROFILES["obsidian"]).text.replace('"one"', "one # why").replace('"a"', "a # who")
    text = merged(base, theirs, ours).text
    assert 'title: "two" # why\n' in text
    assert "author: a # who\n" in text


def note(*blocks, tags=(), **values):
    profile = PROFILES["obsidian"]
    return Note(
        "7f3a", "n", profile.properties({**values, "tags": tags, "id": "7f3a"}), tuple(ManagedBlock(*b) for b in blocks)
    )


def merged(base, theirs, ours):
    return merge(ours, base and fresh(base, PROFILES["obsidian"]).base, theirs, PROFILES["obsidian"])


def test_block_changed_on_both_sides_is_one_conflict():
    base, ours = note(("a", "one"), ("b", "x")), note(("a", "two"), ("b", "y"))
    theirs = fresh(base, PROFILES["obsidian"]).text.replace("one", "mine")
    first = merged(base, theirs, ours)
    assert [block.id for block in first.blocks] == ["a"]
    assert "mine" in first.text
    assert "two" not in first.text
    assert "\ny\n" in first.text
    assert not merged(ours, first.text, ours).conflict


def test_property_changed_on_both_sides_keeps_the_users():
    base, ours = note(title="one", author="a"), note(title="two", author="b")
    theirs = fresh(base, PROFILES["obsidian"]).text.replace('"one"', "mine # why")
    result = merged(base, theirs, ours)
    assert result.properties == (("title", "two"),)
    assert "title: mine # why\n" in result.text
    assert 'author: "b"\n' in result.text


def test_removed_block_stays_removed_and_new_one_is_inserted():
    base, ours = note(("a", "A"), ("c", "C")), note(("a", "A"), ("b", "B"), ("c", "C2"))
    obsidian = PROFILES["obsidian"]
    theirs = fresh(base, obsidian).text.replace(render(ManagedBlock("c", "C"), Marks.SECTIONS), "my end")
    result = merged(base, theirs, ours)
    assert result.text == fresh(base, obsidian).text.replace(
        render(ManagedBlock("c", "C"), Marks.SECTIONS), render(ManagedBlock("b", "B"), Marks.SECTIONS) + "my end"
    )


def test_tags_are_merged_one_by_one_and_user_lines_are_kept():
    base, ours = note(tags=("moe", "agents")), note(tags=("agents", "pricing"))
    theirs = fresh(base, PROFILES["obsidian"]).text.replace(
        '  - "agents"\n', '  - "agents"\n  # mine:\n  - Mine # why\n'
    )
    result = merged(base, theirs, ours)
    assert 'tags:\n  - "agents"\n  # mine:\n  - Mine # why\n  - "pricing"\nbriefreader_id' in result.text


def test_tags_in_other_forms_are_recognised():
    base, ours = note(tags=("moe",)), note(tags=("moe", "agents"))
    for form in ("tags: [moe, '#own']\n", "tags: moe, own\n", "tags: moe own\n", "tags:\n- moe\n- own\n"):
        theirs = fresh(base, PROFILES["obsidian"]).text.replace('tags:\n  - "moe"\n', form)
        cut = PROFILES["obsidian"].header.split(merged(base, theirs, ours).text)
        assert cut is not None
        tags = next(PROFILES["obsidian"].header.read(entry) for entry in cut[0] if entry.key == "tags")
        assert [t.strip("#") for t in tags] == ["moe", "own", "agents"]


def test_tag_removed_by_the_user_stays_removed():
    base, ours = note(tags=("moe", "agents")), note(tags=("moe", "agents", "pricing"))
    theirs = fresh(base, PROFILES["obsidian"]).text.replace('  - "moe"\n', "")
    assert '"moe"' not in merged(base, theirs, ours).text
    gone = fresh(base, PROFILES["obsidian"]).text.replace('tags:\n  - "moe"\n  - "agents"\n', "")
    assert 'tags:\n  - "pricing"\n' in merged(base, gone, ours).text


def test_unusual_header_is_unchanged():
    base, ours = note(title="one", tags=("moe",)), note(title="two", tags=("agents",))
    theirs = fresh(base, PROFILES["obsidian"]).text.replace('tags:\n  - "moe"\n', "tags: [moe,\n b\n]\ntitle: twice\n")
    result = merged(base, theirs, ours)
    assert result.text == theirs
    assert dict(result.properties)["title"] == "two"


def test_merge_items_keeps_user_items_and_adds_new_ones():
    assert merge_items(["a", "b"], ["b", "c"], ["A", "x"]) == ("x", "c")
    assert merge_items([], ["Moe"], ["moe"]) == ("moe",)


def insights(*texts):
    """Return a section with a heading and a paragraph per insight."""
    parts = [ManagedBlock("insights", "## Key insights", "insights")]
    parts += [ManagedBlock(f"insight-{n}", f"{text} ^insight-{n}", "insights") for n, text in texts]
    return Note("7f3a", "n", (("briefreader_id", "7f3a"),), tuple(parts))


def body(text):
    return [line for line in text.split("\n") if line and not line.startswith(("---", "briefreader", "<!--", "##"))]


def test_edited_insight_is_kept_and_others_are_updated():
    base, ours = insights((1, "one"), (2, "two"), (3, "three")), insights((1, "one #moe"), (2, "two #moe"), (3, "new"))
    theirs = fresh(base, PROFILES["obsidian"]).text.replace("two", "my two")
    result = merged(base, theirs, ours)
    assert body(result.text) == ["one #moe ^insight-1", "my two ^insight-2", "new ^insight-3"]
    assert [block.text for block in result.blocks] == ["two #moe ^insight-2"]


def test_removed_insight_stays_away_and_a_new_one_is_added():
    base, ours = insights((1, "one"), (2, "two")), insights((1, "one"), (2, "two #moe"), (5, "five"))
    theirs = fresh(base, PROFILES["obsidian"]).text.replace("two ^insight-2\n\n", "")
    result = merged(base, theirs, ours)
    assert body(result.text) == ["one ^insight-1", "five ^insight-5"]
    assert not result.conflict


def test_edits_of_a_section_without_a_record_are_kept():
    base, ours = insights((1, "one")), insights((1, "one #moe"))
    theirs = fresh(base, PROFILES["obsidian"]).text
    result = merged(None, theirs, ours)
    assert result.text == theirs
    assert result.conflict


def test_note_with_hashes_and_edits_keeps_its_form():
    base, ours = insights((1, "one"), (2, "two")), insights((1, "one #moe"), (2, "two #moe"))
    hashed = replace(PROFILES["obsidian"], marks=Marks.HASHED)
    theirs = fresh(base, hashed).text.replace("two", "my two")
    result = merge(ours, fresh(base, hashed).base, theirs, PROFILES["obsidian"])
    assert body(result.text) == ["one #moe ^insight-1", "my two ^insight-2"]
    assert result.text.count("hash=") == 3
    again = merge(ours, result.base, result.text, PROFILES["obsidian"])
    assert again.text == result.text
    assert not again.conflict


def test_user_bullets_below_a_managed_one_are_kept():
    base, ours = insights((1, "one"), (2, "two")), insights((1, "one #moe"), (2, "two #moe"))
    logseq = PROFILES["logseq"]
    base, ours = (replace(n, properties=(("briefreader_id", "7f3a"),)) for n in (base, ours))
    known_by = f"id:: {block_uuid('7f3a', 'insight-1')}\n"
    theirs = fresh(base, logseq).text.replace(known_by, f"{known_by}\t- my own bullet\n")
    result = merge(ours, fresh(base, logseq).base, theirs, logseq)
    assert f"- one #moe ^insight-1\n  {known_by}\t- my own bullet\n- two #moe" in result.text
    assert not result.conflict
