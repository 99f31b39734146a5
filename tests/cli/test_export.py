from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

NOTE = """\
# {title}

## Key takeaways

- **{title} first:** Agents plan and call tools, and agents act over many steps.
- **{title} second:** Nothing more is said of it.
"""


@pytest.fixture
def library(tmp_path: Path, cli: Any, once: Any) -> Path:
    def make() -> None:
        folder = tmp_path / "in"
        folder.mkdir()
        for title in ("One", "Two"):
            (folder / f"{title}.md").write_text(NOTE.format(title=title))
        assert cli("--bulk-tag", folder).code == 0

    once(make)
    return tmp_path / "notes"


def test_second_export_writes_nothing_and_check_agrees(library: Path, cli: Any) -> None:
    assert cli("export", "--name", "{title}", "--to", library, "--check").code == 4
    assert not library.exists()
    rehearsed = cli("export", "--name", "{title}", "--to", library, "--dry-run", "--jsonl")
    ran = cli("export", "--name", "{title}", "--to", library, "--jsonl")
    assert ran.code == 0 and [r["status"] for r in ran.records] == ["written"] * 3
    assert [r["path"] for r in rehearsed.records] == [r["path"] for r in ran.records]
    assert ran.records[-1]["path"] == "Briefings.base"
    assert sorted(path.name for path in library.glob("*.md")) == ["One.md", "Two.md"]
    again = cli("export", "--name", "{title}", "--to", library, "--jsonl").records
    assert [r["status"] for r in again] == ["unchanged"] * 2
    assert cli("export", "--name", "{title}", "--to", library, "--check").code == 0


def test_edits_of_a_note_come_back_as_decisions(library: Path, cli: Any) -> None:
    cli("export", "--name", "{title}", "--to", library)
    note = library / "One.md"
    text = note.read_text()
    assert '"agents"' in text
    note.write_text(text.replace('"agents"', '"moe"') + "\nMy own line.\n")
    assert "moe" in cli("pull", library, "--dry-run").out
    ran = cli("pull", library, "--jsonl")
    assert ran.code == 0, ran.err
    assert {(r["what"], r["topic"]) for r in ran.records} == {("accepted", "moe"), ("rejected", "agents")}
    assert "undo " in ran.err
    assert cli("export", "--name", "{title}", "--to", library).code == 0
    assert "My own line." in note.read_text()
    changed = cli("export", "--name", "{title}", "--to", library, "topic:moe", "--jsonl").records
    assert [r["status"] for r in changed] == ["unchanged"]


def test_diff_shows_what_would_change_and_changes_nothing(library: Path, cli: Any) -> None:
    cli("export", "--name", "{title}", "--to", library)
    before = (library / "One.md").read_text()
    cli("edit", cli("list", "one", "--jsonl").records[0]["id"], "--source", "A source")
    ran = cli("export", "--name", "{title}", "--to", library, "--diff")
    assert '+publisher: "A source"' in ran.out
    assert (library / "One.md").read_text() == before


def test_export_to_stdout_is_one_document(library: Path, cli: Any) -> None:
    ran = cli("export", "--single", "-", "--group-by", "topic")
    assert ran.code == 0 and ran.err == ""
    assert "One first" in ran.out
    data = json.loads(cli("export", "--format", "json", "--single", "-").out)
    assert "Two second" in json.dumps(data)


def test_export_needs_a_folder_as_option_or_setting(
    library: Path, tmp_path: Path, cli: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for command in ("export", "pull"):
        ran = cli(command)
        assert ran.code == 2 and "config.toml" in ran.err
    config = tmp_path / "config.toml"
    config.write_text(f'[export]\nto = "{library}"\nprofile = "plain"\nfull_text = true\n')
    assert cli("export", "--config", config).code == 0
    assert len(list(library.glob("*.md"))) == 2
    assert cli("pull", "--config", config).code == 0


def test_export_to_an_impossible_folder_is_one_error(library: Path, cli: Any) -> None:
    ran = cli("export", "--to", "/proc/notes")
    assert ran.code == 1
    assert ran.err.count("cannot be written") == 1 and "choose another folder" in ran.err


def test_export_to_stdout_as_json_prints_only_the_data(library: Path, cli: Any) -> None:
    lines = cli("export", "--single", "-", "--jsonl").records
    assert sorted(line["title"] for line in lines) == ["One", "Two"]
    whole = json.loads(cli("export", "--single", "-", "--json").out)
    assert [briefing["id"] for briefing in whole["briefings"]] == [line["id"] for line in lines]
    assert cli("export", "--single", "-", "--format", "csv", "--json").out.startswith("briefing_id,")


def test_name_with_an_unknown_field_is_a_usage_error(library: Path, cli: Any) -> None:
    ran = cli("export", "--to", library, "--name", "{body}")
    assert ran.code == 2 and "{published}" in ran.err


@pytest.mark.parametrize("grouped", [(), ("--group-by", "topic")])
def test_single_file_without_briefings_is_not_written(library: Path, cli: Any, grouped: tuple[str, ...]) -> None:
    ran = cli("export", *grouped, "--since", "2d", "source:elsewhere", "--to", library, "--single", "digest.md")
    assert ran.code == 0 and "nothing to export" in ran.err and not (library / "digest.md").exists()


def test_check_reports_failed_and_skipped_notes(library: Path, cli: Any) -> None:
    library.mkdir()
    (library / "digest.md").write_text("My own file.")
    assert cli("export", "--to", library, "--single", "digest.md", "--check").code == 3
    assert cli("export", "--to", library).code == 0
    assert cli("export", "--to", library, "--profile", "plain", "--check").code == 1


def test_single_file_has_the_full_text_only_if_requested(library: Path, cli: Any) -> None:
    whole = cli("export", "--single", "-", "--full-text").out
    assert whole.count("### Full text\n\n") == 2 and "\n#### Key takeaways\n" in whole
    assert "Full text" not in cli("export", "--single", "-").out
    written = cli("export", "--to", library, "--single", "all.md", "--full-text")
    assert written.code == 0 and (library / "all.md").read_text().count("### Full text") == 2
    assert cli("export", "--to", library, "--single", "all.md", "--full-text", "--check").code == 0
