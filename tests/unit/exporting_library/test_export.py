"""Tests of exporting a library: which files are written, and that edits are kept."""

from __future__ import annotations

import csv
import json

import pytest
import yaml

from briefreader.errors import BriefreaderError, UsageError
from briefreader.library.export_options import ExportOptions


def files(folder):
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*")) if path.is_file()
    }  # fmt: skip


def properties(path):
    return yaml.safe_load(path.read_text().split("---\n")[1])


def test_second_export_writes_nothing(add, export, vault):
    add("One", "Two", "Three")
    assert export() == [("Three.md", "written"), ("Two.md", "written"), ("One.md", "written")]
    before = files(vault)
    assert {status for _, status in export()} == {"unchanged"}
    assert files(vault) == before


def test_export_keeps_edits_and_adds_new_decisions(add, export, library, vault):
    (one,) = add("One")
    export()
    note = vault / "One.md"
    note.write_text(note.read_text().replace("---\n\n", "mood: fine\n---\n\nMy own intro.\n\n", 1) + "\nMy end")
    library.decide([one], "agents", "accepted")
    assert export() == [("One.md", "merged")]
    text = note.read_text()
    assert "mood: fine\n" in text
    assert "\nMy own intro.\n" in text
    assert text.endswith("\nMy end")
    assert properties(note)["tags"] == ["agents"]
    assert export() == [("One.md", "unchanged")]


def test_renamed_and_moved_note_is_found(add, export, library, vault):
    (one,) = add("One")
    export()
    (vault / "deep" / "er").mkdir(parents=True)
    (vault / "One.md").rename(vault / "deep" / "er" / "Mine.md")
    library.decide([one], "agents", "accepted")
    assert export() == [("deep/er/Mine.md", "merged")]
    assert export() == [("deep/er/Mine.md", "unchanged")]
    assert not (vault / "One.md").exists()
    library.edit(one, title="Other")
    assert export() == [("deep/er/Mine.md", "merged")]


def test_export_to_the_parent_folder_finds_the_notes(add, library, vault):
    (one,) = add("One")
    options = ExportOptions(profile="obsidian")
    list(library.export(vault / "inner", options=options))
    for verdict in ("accepted", "rejected"):
        library.decide([f"{one}.1"], "agents", verdict)
        assert [e.status for e in library.export(vault, options=options) if e.id == one] == ["merged"]
    assert not list(vault.rglob("*.conflict.md"))


def test_exports_to_a_folder_and_its_parent_by_turns_have_no_conflicts(add, library, vault):
    (one,) = add("One")
    options = ExportOptions(profile="obsidian")
    list(library.export(vault / "inner", options=options))
    for turn in range(6):
        library.decide([f"{one}.1"], "agents", "rejected" if turn % 2 else "accepted")
        folder = vault / "inner" if turn % 3 else vault
        assert [e.status for e in library.export(folder, options=options) if e.id == one] == ["merged"]
        assert {e.status for e in library.export(folder, options=options)} == {"unchanged"}
    assert not list(vault.rglob("*.conflict.md"))


TITLES = [
    "Same", "Same", "SAME", "CON", "..", "a/b", ".hidden", "👩‍🚀" * 100, "x" * 300, "../../up", "con",
    "Cafe\u0301", "Café",
]  # fmt: skip


def test_unusual_titles_have_stable_names(add, export, vault):
    ids = add(*TITLES)
    written = export()
    paths = [path for path, _ in written]
    assert len({path.casefold() for path in paths}) == len(ids)
    assert not any("/" in path for path in paths)
    assert sorted(p.name for p in vault.glob("*.md")) == sorted(paths)
    assert {"same.md", "_con.md", "a b.md", "hidden.md", "up.md", "untitled.md"} <= {path.casefold() for path in paths}
    assert all(len(path.encode()) <= 255 for path in paths)
    before = files(vault)
    assert sorted(export()) == sorted((path, "unchanged") for path in paths)
    assert files(vault) == before
    assert {str(properties(vault / path)["briefreader_id"]) for path in paths} == set(ids)


def test_file_of_the_user_is_never_changed(add, export, vault):
    (one,) = add("One")
    vault.mkdir()
    (vault / "one.md").write_text("mine")
    assert export() == [(f"One {one}.md", "written")]
    assert (vault / "one.md").read_text() == "mine"
    (vault / f"One {one}.md").write_text("the id is gone: mine now")
    assert export() == [(f"One {one} 2.md", "written")]
    assert (vault / f"One {one}.md").read_text() == "the id is gone: mine now"


def test_edited_block_is_kept_and_ours_is_in_a_conflict_file(add, export, library, vault):
    (one,) = add("One")
    export()
    note = vault / "One.md"
    note.write_text(note.read_text().replace("Growers on coast One", "Growers, as I recall,"))
    assert export() == [("One.md", "unchanged")]
    library.decide([f"{one}.1"], "agents", "accepted")
    assert export() == [("One.md", "conflict")]
    assert "Growers, as I recall," in note.read_text()
    conflict = vault / "One.conflict.md"
    assert "#agents" in conflict.read_text()
    assert "briefreader_id" not in conflict.read_text()
    before = files(vault)
    assert export() == [("One.md", "unchanged")]
    library.decide([f"{one}.1"], "moe", "accepted")
    assert export() == [("One.md", "conflict")]
    assert "#moe" in conflict.read_text()
    conflict.write_text(conflict.read_text() + "my remark")
    library.decide([f"{one}.1"], "moe", None)
    assert export() == [("One.md", "conflict")]
    assert conflict.read_text().endswith("my remark")
    assert set(files(vault)) == {*before, "One.conflict-2.md"}


def test_links_out_of_the_folder_are_refused(add, export, vault, tmp_path):
    (one,) = add("One")
    outside = tmp_path / "outside.md"
    outside.write_text("theirs")
    vault.mkdir()
    (vault / "One.md").symlink_to(outside)
    (vault / "sub").symlink_to(tmp_path, target_is_directory=True)
    assert export() == [(f"One {one}.md", "written")]
    assert outside.read_text() == "theirs"
    (vault / f"One {one}.md").rename(tmp_path / "moved.md")
    (vault / f"One {one}.md").symlink_to(tmp_path / "moved.md")
    before = (tmp_path / "moved.md").read_bytes()
    assert export() == [(f"One {one} 2.md", "written")]
    assert (tmp_path / "moved.md").read_bytes() == before


def test_single_file_outside_the_folder_is_refused(add, library, vault, tmp_path):
    add("One")
    assert [e.status for e in library.export(vault, single="../out.md")] == ["failed"]
    assert [e.status for e in library.export(vault, single="../out.csv", format="csv")] == ["failed"]
    assert not list(tmp_path.glob("out.*"))


def test_export_without_its_record_keeps_edits(add, export, library, vault):
    (one,) = add("One")
    export()
    note = vault / "One.md"
    note.write_text(note.read_text().replace("Growers on coast One", "Growers, as I recall,") + "mine\n")
    moved = vault.parent / "elsewhere"
    vault.rename(moved)
    library.decide([one], "agents", "accepted")
    assert [e.status for e in library.export(moved) if e.id] == ["conflict"], "every section may hold an edit"
    text = (moved / "One.md").read_text()
    assert "Growers, as I recall," in text
    assert text.endswith("mine\n")
    assert properties(moved / "One.md")["tags"] == ["agents"]


def test_windows_line_ends_and_byte_order_mark_are_kept(add, export, library, vault):
    (one,) = add("One")
    export()
    note = vault / "One.md"
    note.write_bytes(b"\xef\xbb\xbf" + note.read_bytes().replace(b"\n", b"\r\n") + b"mine\r\n")
    assert export() == [("One.md", "unchanged")]
    library.decide([one], "agents", "accepted")
    assert export() == [("One.md", "merged")]
    data = note.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf---\r\n")
    assert data.count(b"\n") == data.count(b"\r\n")
    assert data.endswith(b"mine\r\n")


def test_note_that_cannot_be_merged_is_unchanged(add, export, library, vault):
    (one, _) = add("One", "Two")
    export()
    note = vault / "One.md"
    note.write_bytes(note.read_bytes() + b"\xff")
    before = note.read_bytes()
    library.decide([one], "agents", "accepted")
    assert ("One.md", "failed") in export()
    assert note.read_bytes() == before
    assert dict(export(profile="hugo"))["Two.md"] == "failed"


def test_dry_run_writes_nothing_and_reports_the_same(add, export, library, vault):
    add("One", "Two")
    dry = export(dry_run=True)
    assert not vault.exists()
    assert dry == export()
    library.decide([library.list("")[0].id], "agents", "accepted")
    before = files(vault)
    results = list(library.export(vault, dry_run=True, diff=True, name="{title}"))
    assert files(vault) == before
    changed = [e for e in results if e.status == "merged"]
    assert len(changed) == 1
    assert '+  - "agents"\n' in changed[0].diff
    assert changed[0].diff.startswith(f"--- {changed[0].path}\n+++ {changed[0].path}\n")


def test_query_and_since_select_briefings(add, export):
    add("One", "Two", "Three")
    assert [path for path, _ in export(query="after:2025-03-02 before:2025-03-03")] == ["Two.md"]
    assert [path for path, _ in export(since="2025-03-03")] == ["Three.md"]
    assert export(since="30d") == []


@pytest.mark.parametrize(
    "options",
    [{"format": "xml"}, {"profile": "word"}, {"group_by": "mood"}, {"since": "soon"}, {"since": "9999y"}, {"to": None}],
)
def test_invalid_options_are_reported_before_writing(library, vault, options):
    with pytest.raises(UsageError):
        library.export(options.pop("to", vault), **options)
    assert not vault.exists()


def test_topic_notes_list_newest_first_with_links(add, export, library, vault):
    one, two = add("One", "Two")
    library.decide([f"{one}.1"], "agents", "accepted")
    export()
    assert [status for _, status in export(group_by="topic")] == ["written"]
    (note,) = [p for p in vault.glob("*.md") if p.name not in {"One.md", "Two.md"}]
    assert "[[One#^insight-1|One]]" in note.read_text()
    note.write_text(note.read_text() + "\nmine")
    library.decide([two], "agents", "accepted")
    assert [status for _, status in export(group_by="topic")] == ["merged"]
    text = note.read_text()
    assert text.index("[[Two|Two]]") < text.index("[[One#^insight-1|One]]")
    assert text.endswith("\nmine")


def test_digest_is_written_to_a_file_and_to_a_stream(add, library, vault):
    one, _ = add("One", "Two")
    library.decide([f"{one}.1"], "agents", "accepted")
    library.decide([one], "agents", "accepted")
    (made,) = library.export(vault, single="digest.md", group_by="topic", profile="plain")
    assert (made.path, made.status) == ("digest.md", "written")
    text = (vault / "digest.md").read_text()
    assert "# Briefings\n" in text
    assert text.count("— One, 2025-03-01") == 1, "a briefing stands under a topic by its insights, or as a whole"
    (again,) = library.export(vault, single="digest.md", group_by="topic", profile="plain")
    assert again.status == "unchanged"
    (stream,) = library.export(None, single="-")
    assert "<!--" not in stream.text
    assert stream.text.index("Two") < stream.text.index("One")
    (vault / "mine.md").write_text("mine")
    (refused,) = library.export(vault, single="mine.md")
    assert refused.status == "skipped"
    assert (vault / "mine.md").read_text() == "mine"


def test_data_formats_have_all_records(add, library, vault):
    one, _ = add("=One", "Two")
    library.note(one, 'a "note",\nof two lines')
    rows = "".join(e.text for e in library.export(None, single="-", format="csv"))
    table = list(csv.DictReader(rows.splitlines(keepends=True)))
    assert {row["title"] for row in table} == {"'=One", "Two"}
    assert 'a "note",\nof two lines' in {row["note"] for row in table}
    lines = "".join(e.text for e in library.export(None, single="-", format="jsonl")).splitlines()
    assert [json.loads(line)["title"] for line in lines] == ["Two", "=One"]
    (made,) = library.export(vault, format="json", full_text=True)
    data = json.loads((vault / "briefreader.json").read_text())
    assert made.status == "written"
    assert {b["id"] for b in data["briefings"]} == {row["briefing_id"] for row in table}
    assert all(b["text"] and b["insights"] for b in data["briefings"])
    assert [e.status for e in library.export(vault, format="json", full_text=True)] == ["unchanged"]
    assert [e.status for e in library.export(vault, format="json")] == ["written"]
    (vault / "briefreader.json").write_text("mine")
    assert [e.status for e in library.export(vault, format="json")] == ["skipped"]
    assert (vault / "briefreader.json").read_text() == "mine"


def test_empty_library_exports_nothing_in_any_format(library, vault):
    assert list(library.export(vault)) == []
    assert list(library.export(vault, group_by="topic")) == []
    assert "".join(e.text for e in library.export(None, single="-")) == ""
    assert json.loads("".join(e.text for e in library.export(None, single="-", format="json")))["briefings"] == []


def test_cancelled_export_keeps_written_notes(add, library, vault):
    add("One", "Two", "Three")
    asked = iter([False, False, True])
    assert len(list(library.export(vault, cancelled=lambda: next(asked)))) == 2
    seen = []
    results = [e.status for e in library.export(vault, progress=seen.append) if e.id]
    assert results == ["unchanged", "unchanged", "written"]
    assert [(p.done, p.total) for p in seen] == [(1, 3), (2, 3), (3, 3)]


def test_abandoned_export_records_written_notes(add, library, vault):
    add("One", "Two")
    run = library.export(vault, "sort:date")
    first = next(run)
    run.close()
    note = vault / first.path
    library.decide([first.id], "agents", "accepted")
    list(library.export(vault))
    note.write_text(note.read_text().replace('  - "agents"\n', ""))
    list(library.export(vault))
    assert "agents" not in note.read_text()


def test_custom_template_is_used_for_all_notes(add, export, library, vault, tmp_path):
    (one,) = add("One")
    template = tmp_path / "mine.md"
    template.write_text("{% call block('head') %}Read: {{ title }}{% endcall %}\n{{ topics | join(', ') }}")
    assert export(template=template) == [("One.md", "written")]
    library.decide([one], "agents", "accepted")
    assert export(template=template) == [("One.md", "merged")]
    text = (vault / "One.md").read_text()
    assert "\nRead: One\n" in text
    assert "\n#agents\n" in text
    template.write_text("ok\n{{ boom() }}")
    with pytest.raises(UsageError, match=r"mine\.md:2"):
        export(template=template)


def test_export_to_a_file_instead_of_a_folder_is_reported(add, library, tmp_path):
    add("One")
    (tmp_path / "file").write_text("x")
    with pytest.raises(BriefreaderError, match="not a folder"):
        library.export(tmp_path / "file")


def test_quote_of_an_insight_has_its_source(add, library):
    (one,) = add("One")
    quoted = library.quote(f"{one}.1")
    assert quoted.startswith("> ")
    assert "Growers on coast One" in quoted
    assert "> — One, Ada Finch" in quoted
    body = library.briefing(one).body
    start = body.index("Growers")
    assert library.quote(one, (start, start + 7)).startswith("> Growers\n>\n> — One, Ada Finch")
    assert library.quote(one).startswith("One, Ada Finch")


def test_new_notes_are_named_by_date_and_title(add, library, vault):
    add("One")
    assert [e.path for e in library.export(vault)] == ["2025-03-01 One.md", "Briefings.base"]
    assert [e.path for e in library.export(vault, name="{id}")] == ["2025-03-01 One.md"]


def test_rename_keeps_names_given_by_the_user(add, library, vault):
    add("One", "Two")
    list(library.export(vault))
    (vault / "2025-03-02 Two.md").rename(vault / "my two.md")
    renamed = {e.path: e.status for e in library.export(vault, name="%Y {title}", rename=True)}
    assert renamed == {"2025 One.md": "renamed", "my two.md": "unchanged"}
    assert set(library.export(vault, name="%Y {title}", rename=True)) == set(library.export(vault, name="%Y {title}"))
    assert sorted(p.name for p in vault.glob("*.md")) == ["2025 One.md", "my two.md"]


def test_obsidian_tables_are_written_once(add, library, vault):
    add("One")
    list(library.export(vault))
    tables = vault / "Briefings.base"
    assert "briefreader_id" in tables.read_text()
    tables.write_text("mine")
    assert [e.status for e in library.export(vault)] == ["unchanged"]
    assert tables.read_text() == "mine"
    tables.unlink()
    list(library.export(vault))
    assert not tables.exists()


def test_topic_note_with_top_lists_the_best_insights(add, library, vault):
    ids = add("One", "Two")
    library.decide([f"{id_}.{n}" for id_ in ids for n in (1, 2)], "agents", "accepted")
    (few,) = library.export(vault, group_by="topic", top=3, profile="plain", single="few.md")
    (every,) = library.export(vault, group_by="topic", top=3, all_insights=True, profile="plain", single="all.md")
    texts = [(vault / e.path).read_text() for e in (few, every)]
    assert [text.count("\n— ") for text in texts] == [3, 4]
    assert "And 1 more: `briefreader search topic:agents`" in texts[0]


def test_readwise_and_zotero_exports_have_all_items(add, library, vault):
    (one,) = add("One")
    library.decide([f"{one}.1"], "agents", "accepted")
    library.note(f"{one}.1", "=mine")
    rows = "".join(e.text for e in library.export(None, single="-", format="readwise"))
    first = next(csv.DictReader(rows.splitlines(keepends=True)))
    assert (first["Title"], first["Author"], first["Location"]) == ("One", "Ada Finch", "1")
    assert first["Note"] == ".agents\n=mine"
    (made,) = library.export(vault, format="csl")
    (item,) = json.loads((vault / made.path).read_text())
    assert made.path == "briefreader.csl.json"
    assert (item["title"], item["author"]) == ("One", [{"literal": "Ada Finch"}])
    assert item["issued"] == {"date-parts": [[2025, 3, 1]]}
