"""Tests of setting the source of briefings: ``add --source`` and ``edit --source``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "Kelp Reports"
    made.mkdir()
    for name in ("tides", "wrack"):
        (made / f"{name}.md").write_text(f"# On {name}\n\nWhat the shore says of {name}, in a few words.\n")
    return made


def sources(cli: Any) -> list[str]:
    return [record["source"] for record in cli("list", "--jsonl").records]


def test_add_names_the_source_of_all_it_adds(folder: Path, cli: Any) -> None:
    cli("add", folder, "--source", "The  Kelp Report")
    assert sources(cli) == ["The Kelp Report"] * 2


def test_add_suggests_the_folder_as_source(folder: Path, cli: Any) -> None:
    message = cli("add", folder).err
    assert "2 without a source" in message
    assert "edit --source 'Kelp Reports' -- source:none path:'\"Kelp Reports\"'" in message
    assert cli("edit", "--source", "Kelp Reports", "--", "source:none", 'path:"Kelp Reports"').code == 0
    assert sources(cli) == ["Kelp Reports"] * 2
    assert "without a source" not in cli("add", folder).err


def test_edit_of_a_query_is_one_change(folder: Path, cli: Any) -> None:
    cli("add", folder)
    assert len(cli("edit", "--source", "Kelp", "--jsonl", "--", "source:none").records) == 2
    assert cli("history", "--jsonl").records[0]["summary"] == "source: 2 briefings"
    cli("undo")
    assert sources(cli) == ["", ""]


def test_edit_of_nothing_changes_nothing(folder: Path, cli: Any) -> None:
    cli("add", folder)
    assert "no briefing matches; nothing changed" in cli("edit", "--source", "Kelp", "--", "author:nobody").err
    assert "2 briefings match; nothing changed" in cli("edit", "--dry-run", "--source", "Kelp", "--", "shore").err
    assert sources(cli) == ["", ""]


@pytest.mark.parametrize("words", [["--source", "Kelp"], ["--", "shore"], ["--title", "One", "--", "shore"]])
def test_edit_without_target_or_change_is_refused(folder: Path, cli: Any, words: list[str]) -> None:
    cli("add", folder)
    assert cli("edit", *words).code == 2
