from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from briefreader.cli.output import Output

if TYPE_CHECKING:
    from pathlib import Path


def test_shipped_taxonomy_has_no_problems(cli: Any) -> None:
    ran = cli("taxonomy", "check")
    assert ran.code == 0
    assert "good, 4 topics" in ran.out


def test_problems_have_line_and_column_and_exit_12(tmp_path: Path, cli: Any) -> None:
    file = tmp_path / "t.yaml"
    file.write_text("topics:\n  - id: a\n    label: A\n    keyword: [x]\n")
    ran = cli("taxonomy", "check", file)
    assert ran.code == 12
    assert f"{file}:4:5: error: " in ran.out and "keywords" in ran.out
    [record] = cli("taxonomy", "check", file, "--jsonl").records
    assert (record["path"], record["line"], record["column"], record["severity"]) == (str(file), 4, 5, "error")
    used = cli("taxonomy", "show", "--taxonomy", file)
    assert used.code == 12 and f"{file}:4:5" in used.err


def test_show_prints_a_tree(tmp_path: Path, cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Output, "is_tabular", False)
    file = tmp_path / "t.yaml"
    file.write_text("topics:\n  - {id: b, label: B, broader: a}\n  - {id: a, label: A}\n  - {id: c, label: C}\n")
    ran = cli("taxonomy", "show", "--taxonomy", file)
    assert [line[: line.index(line.strip()) + 1] for line in ran.out.splitlines()] == ["a", "  b", "c"]
    assert [r["id"] for r in cli("taxonomy", "show", "--taxonomy", file, "c", "--jsonl").records] == ["c"]


def test_show_prints_a_tree_of_a_thousand_levels(tmp_path: Path, cli: Any) -> None:
    file = tmp_path / "t.yaml"
    rows = [f"  - {{id: t{n}, label: T {n}, broader: {f't{n - 1}' if n else ''}}}\n" for n in range(1500)]
    file.write_text("topics:\n" + "".join(rows))
    ran = cli("taxonomy", "show", "--taxonomy", file)
    assert ran.code == 0, ran.err
    assert "t1499" in ran.out.splitlines()[-1]


OWN = """\
# my topics
topics:
  - id: gardens
    label: Gardens   # all of them
    keywords: [rose bed, compost heap]
  - id: yards
    label: Yards
    keywords: [back yard]
"""


@pytest.fixture
def library(tmp_path: Path, cli: Any, once: Any) -> Path:
    """A library with its own taxonomy and two briefings, one with a decision."""
    folder = tmp_path / "library"

    def make() -> None:
        cli("add", "/nonexistent")
        (folder / "taxonomy.yaml").write_text(OWN)
        for name, text in {
            "roses": "A rose bed wants a compost heap.",
            "yard": "The back yard has a back yard gate.",
        }.items():
            (tmp_path / f"{name}.txt").write_text(f"About {name}\n\n{text}\n")
        assert cli("--bulk-tag", tmp_path / "roses.txt", tmp_path / "yard.txt").code == 0
        assert cli("tag", "+yards", "--", "roses").code == 0

    once(make)
    return folder


def topics(cli: Any) -> dict[str, list[str]]:
    return {r["title"]: r["topics"] for r in cli("list", "--jsonl").records}


def test_add_derives_the_id_from_the_name(library: Path, cli: Any) -> None:
    assert cli("taxonomy", "add", "Harbour Dues").code == 0
    assert cli("taxonomy", "add", "tide-tables").code == 0
    added = {record["id"]: record["label"] for record in cli("taxonomy", "show", "--jsonl").records}
    assert (added["harbour-dues"], added["tide-tables"]) == ("Harbour Dues", "Tide tables")
    refused = cli("taxonomy", "rename", "tide-tables", "Tide Books")
    assert refused.code == 2 and "for example tide-books" in refused.err


def test_renamed_topic_keeps_decisions_and_comments(library: Path, cli: Any) -> None:
    ran = cli("taxonomy", "rename", "yards", "outside", "--label", "Outside")
    assert ran.code == 0, ran.err
    text = (library / "taxonomy.yaml").read_text()
    assert "# my topics" in text and "# all of them" in text and "was: " in text
    assert "yards → outside: 2 briefings" in ran.err
    assert topics(cli) == {"About roses": ["outside", "gardens"], "About yard": ["outside"]}
    assert {r["title"] for r in cli("list", "topic:yards", "--jsonl").records} == {"About roses", "About yard"}
    ran = cli("taxonomy", "rename", "outside", "outside", "--label", "Out")
    assert "rename topic: outside: Out · undo" in ran.err
    assert cli("taxonomy", "rename", "nothing", "x").code == 2


def test_merged_topic_passes_its_decisions_on(library: Path, cli: Any) -> None:
    assert cli("taxonomy", "merge", "yards", "gardens").code == 0
    [record] = cli("taxonomy", "show", "--jsonl").records
    assert record["id"] == "gardens" and "back yard" in record["keywords"] and record["was"] == ["yards"]
    assert topics(cli)["About roses"] == ["gardens"]


def test_delete_asks_for_confirmation_and_diff_previews(library: Path, tmp_path: Path, cli: Any) -> None:
    assert cli("taxonomy", "delete", "yards").code == 2
    assert cli("taxonomy", "delete", "yards", "--dry-run").code == 0
    other = tmp_path / "other.yaml"
    other.write_text(OWN.replace("rose bed, compost heap", "greenhouse"))
    table = tmp_path / "table"
    assert cli("taxonomy", "export", "--format", "tsv", "--to", table, "--taxonomy", other).code == 0
    for args in ((other,), (table, "--format", "tsv")):
        found = {r["title"]: r["lost"] for r in cli("taxonomy", "diff", *args, "--jsonl").records}
        assert found == {"About roses": ["gardens"]}
    (tmp_path / "new.txt").write_text("About beds\n\nA rose bed and a compost heap, and a rose bed.\n")
    assert cli("add", tmp_path / "new.txt").code == 0
    assert cli("taxonomy", "diff", library / "taxonomy.yaml", "--jsonl").records == []
    shipped = {r["title"]: r["lost"] for r in cli("taxonomy", "diff", "ai-industry", "--jsonl").records}
    assert shipped["About yard"] == ["yards"]
    unknown = cli("taxonomy", "diff", table)
    assert unknown.code == 2 and "tsv" in unknown.err
    assert cli("taxonomy", "delete", "yards", "--yes").code == 0
    assert [r["id"] for r in cli("taxonomy", "show", "--jsonl").records] == ["gardens"]


def test_update_adds_new_shipped_topics(library: Path, cli: Any) -> None:
    offered = [r["id"] for r in cli("taxonomy", "update", "--dry-run", "--jsonl").records]
    assert "moe" in offered and len(offered) == 4
    assert cli("taxonomy", "update", "moe").code == 0
    assert [r["id"] for r in cli("taxonomy", "show", "--jsonl").records] == ["gardens", "yards", "moe"]
    assert cli("taxonomy", "update").code == 2
    assert cli("taxonomy", "update", "gardens").code == 2


@pytest.mark.parametrize("form", ["yaml", "tsv", "ttl", "jsonld"])
def test_export_and_import_in_each_format(form: str, library: Path, tmp_path: Path, cli: Any) -> None:
    file = tmp_path / f"topics.{form}"
    assert cli("taxonomy", "export", "--format", form, "--to", file).code == 0
    assert cli("taxonomy", "export", "--format", form, "--to", file).code == 2
    back = tmp_path / "back.yaml"
    assert cli("taxonomy", "import", file, "--to", back).code == 0
    there = cli("taxonomy", "show", "--jsonl", "--taxonomy", back).records
    here = cli("taxonomy", "show", "--jsonl").records
    for record in (*here, *there):
        record.pop("line")
        for name in ("keywords", "alt", "examples", "exclude", "was"):
            record[name] = sorted(record[name])
    assert sorted(there, key=lambda r: str(r["id"])) == sorted(here, key=lambda r: str(r["id"]))


def test_discover_reports_too_few_briefings(library: Path, cli: Any) -> None:
    ran = cli("taxonomy", "discover")
    assert ran.code == 0 and "too few" in ran.err


def test_eval_uses_decisions_or_a_gold_file(library: Path, tmp_path: Path, cli: Any) -> None:
    assert "too few decisions" in cli("eval").err
    gold = tmp_path / "gold.jsonl"
    lines = [{"text": f"The rose bed number {n} and its compost heap.", "topics": ["gardens"]} for n in range(8)]
    lines += [{"text": f"Soup number {n}, boiled for an hour.", "topics": []} for n in range(8)]
    gold.write_text("".join(json.dumps(line) + "\n" for line in lines))
    record = cli("eval", "--gold", gold, "--jsonl").records[0]
    [gardens] = [topic for topic in record["topics"] if topic["topic"] == "gardens"]
    assert (gardens["positives"], gardens["negatives"], gardens["f1"]["value"]) == (8, 8, 1.0)
    assert gardens["f1"]["low"] <= 1.0 <= gardens["f1"]["high"]
    assert "1.00 [1.00, 1.00]" in cli("eval", "--gold", gold).out
    assert cli("eval", "--gold", tmp_path / "none").code == 2
    small = tmp_path / "small.jsonl"
    small.write_text(json.dumps(lines[0]) + "\n")
    assert f"too few labelled texts in {small} to evaluate" in cli("eval", "--gold", small).err.replace("\n", " ")


def test_shipped_taxonomy_can_be_chosen_by_name(cli: Any) -> None:
    shown = {record["id"] for record in cli("taxonomy", "show", "--taxonomy", "ai-industry", "--jsonl").records}
    assert len(shown) == 15 and "infrastructure" in shown
    assert cli("taxonomy", "show", "--taxonomy", "ai-nothing").code != 0
