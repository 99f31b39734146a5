"""Tests of ``pull``, which imports edits of notes as one batch."""

from __future__ import annotations

import re

import pytest

from briefreader.errors import BriefreaderError


def edit(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


NOTES = re.compile(r"(?<=<!-- briefreader:begin id=my-notes -->\n).*?(?=<!-- briefreader:end)", re.S)


def notes(path):
    """Return the text of the notes section."""
    return NOTES.search(path.read_text())[0].replace("## Notes", "", 1).strip("\n")


def write_note(path, text):
    path.write_text(NOTES.sub(lambda _: f"\n## Notes\n\n{text}\n\n", path.read_text(), count=1))


@pytest.fixture
def one(add, library, export):
    (id_,) = add("One")
    library.decide([id_], "agents", "accepted")
    export()
    return id_


def topics(library, id_):
    return {row.id: set(row.topics) for row in library.list("")}[id_]


def test_pull_imports_tags_and_notes_as_one_batch(one, library, export, vault):
    note = vault / "One.md"
    edit(note, '  - "agents"\n', "  - moe\n  - own-tag\n")
    write_note(note, "my [[words]]\n\n- and a list")
    pulled = library.pull(vault)
    assert {(c.what, c.topic) for c in pulled.changes} == {("accepted", "moe"), ("rejected", "agents"), ("note", "")}
    assert not pulled.problems
    assert topics(library, one) == {"moe"}
    assert library.note_of(one) == "my [[words]]\n\n- and a list"
    assert library.history(1)[0].number == pulled.batch.number
    again = library.pull(vault)
    assert (again.batch, again.changes) == (None, ())
    assert export()[0][1] in {"merged", "unchanged"}
    assert export() == [("One.md", "unchanged")]
    assert "own-tag" in note.read_text()
    assert "agents" not in note.read_text()
    assert library.pull(vault).changes == ()


def test_export_edit_export_pull_export_reaches_a_fixed_point(one, library, export, vault):
    note = vault / "One.md"
    edit(note, '  - "agents"\n', '  - "moe"\n')
    write_note(note, "words")
    assert export() == [("One.md", "unchanged")]
    assert {(c.what, c.topic) for c in library.pull(vault).changes} == {
        ("accepted", "moe"), ("rejected", "agents"), ("note", "")
    }  # fmt: skip
    export()
    before = note.read_bytes()
    assert export() == [("One.md", "unchanged")]
    assert library.pull(vault).changes == ()
    assert note.read_bytes() == before


def test_undo_of_a_pull_keeps_the_edited_file(one, library, export, vault):
    note = vault / "One.md"
    edit(note, '  - "agents"\n', "  - moe\n")
    write_note(note, "words")
    library.pull(vault)
    export()
    library.undo()
    assert topics(library, one) == {"agents"}
    assert library.note_of(one) == ""
    export()
    assert notes(note) == "words"
    assert "  - moe\n" in note.read_text()
    assert '"agents"' not in note.read_text()
    library.pull(vault)
    assert topics(library, one) == {"moe"}
    assert library.note_of(one) == "words"


def test_export_after_a_pull_applies_new_decisions(one, library, export, vault):
    note = vault / "One.md"
    edit(note, '  - "agents"\n', "")
    write_note(note, "words")
    library.pull(vault)
    library.decide([one], "agents", "accepted")
    library.note(one, "better words")
    assert export() == [("One.md", "merged")]
    assert notes(note) == "better words"
    assert '"agents"' in note.read_text()
    assert library.pull(vault).changes == ()


def test_note_changed_on_both_sides_must_be_merged(one, library, export, vault):
    note = vault / "One.md"
    write_note(note, "from the file")
    library.note(one, "from the app")
    pulled = library.pull(vault)
    assert pulled.changes == ()
    assert "changed in the file and in the library" in pulled.problems[0].message
    assert library.note_of(one) == "from the app"
    assert export() == [("One.md", "conflict")]
    assert "from the app" in (vault / "One.conflict.md").read_text()
    assert notes(note) == "from the file"
    write_note(note, "from the file\nfrom the app")
    assert len(library.pull(vault).changes) == 1
    assert library.note_of(one) == "from the file\nfrom the app"


def test_pull_imports_a_note_on_an_insight(one, library, export, vault):
    library.note(f"{one}.2", "before")
    export()
    edit(vault / "One.md", "\nbefore\n", "\nafter\n")
    library.pull(vault)
    assert library.note_of(f"{one}.2") == "after"


def test_pull_imports_a_new_note_on_an_insight(one, library, export, vault):
    write_note(vault / "One.md", "on all\n\n### [[#^insight-2]]\n\non the second")
    library.pull(vault)
    assert (library.note_of(one), library.note_of(f"{one}.2")) == ("on all", "on the second")
    export()
    assert export() == [("One.md", "unchanged")]
    assert library.pull(vault).changes == ()


def test_pull_removes_notes_emptied_in_the_file(one, library, export, vault):
    library.note(one, "words")
    export()
    write_note(vault / "One.md", "")
    library.pull(vault)
    assert library.note_of(one) == ""


def test_pull_dry_run_changes_nothing(one, library, vault):
    edit(vault / "One.md", '  - "agents"\n', "")
    before = library.history(1)
    pulled = library.pull(vault, dry_run=True)
    assert [(c.what, c.topic) for c in pulled.changes] == [("rejected", "agents")]
    assert pulled.batch is None
    assert (library.history(1), library.last_batch) == (before, None)
    assert len(library.pull(vault).changes) == 1


def test_pull_with_a_failing_note_imports_the_others(add, library, export, vault):
    one, _, three = add("One", "Two", "Three")
    export()
    (vault / "One.md").write_text("---\nbriefreader_id: " + one + "\ntags: {a: b}\n---\n")
    (vault / "Two.md").write_bytes((vault / "Two.md").read_bytes() + b"\xff")
    edit(vault / "Three.md", "briefreader_id", "tags: 'moe, #agents'\nbriefreader_id")
    (vault / "stranger.md").write_text("---\nbriefreader_id: feed\n---\n")
    pulled = library.pull(vault)
    assert {c.topic for c in pulled.changes} == {"moe", "agents"}
    assert {p.path for p in pulled.problems} == {"One.md", "Two.md", "stranger.md"}
    assert topics(library, three) == {"moe", "agents"}


def test_pull_ignores_a_copy_of_a_note(one, library, vault):
    (vault / "A copy.md").write_text((vault / "One.md").read_text().replace('  - "agents"\n', ""))
    assert library.pull(vault).changes == ()


def test_pull_of_a_removed_briefing_is_a_problem(one, library, vault):
    edit(vault / "One.md", '  - "agents"\n', "")
    library.remove([one])
    assert library.pull(vault).changes == ()
    assert len(library.pull(vault).problems) == 1


@pytest.mark.parametrize("profile", ["logseq", "hugo", "plain"])
def test_pull_works_with_every_profile(add, library, export, vault, profile):
    (one,) = add("One")
    library.decide([one], "agents", "accepted")
    export(profile=profile)
    note = vault / "One.md"
    edit(note, "tags:: agents", "tags:: moe") if profile == "logseq" else edit(note, '"agents"', '"moe"')
    assert {(c.what, c.topic) for c in library.pull(vault).changes} == {("accepted", "moe"), ("rejected", "agents")}


def test_pull_from_a_missing_folder_is_reported(library, tmp_path):
    with pytest.raises(BriefreaderError, match="no such folder"):
        library.pull(tmp_path / "none")
