"""Tests of ``alerts``: trial runs on past briefings, notifications, and programs that are run."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

TODAY = f"{datetime.now(UTC):%Y-%m-%d}"


def note(tmp_path: Path, word: str) -> Path:
    """Return a note of today with an insight about a word."""
    path = tmp_path / f"{word}.md"
    path.write_text(
        f"---\ntitle: On {word}\ndate: {TODAY}\n---\n# On {word}\n\n## Key takeaways\n\n"
        f"- **{word}**: The {word} stands.\n"
    )
    return path


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program that writes its stdin to a file."""
    path = tmp_path / "keep"
    path.write_text(f'#!/bin/sh\necho "$# arguments"\ncat > "{tmp_path}/got"\n')
    path.chmod(0o755)
    return path


def test_alert_fires_once_for_each_new_match(cli: Any, tmp_path: Path, program: Path) -> None:
    cli("add", note(tmp_path, "kelp"))
    message = cli("alerts", "add", "sea", "--query", "stands", "--exec", program).err
    assert "would have matched 1 time in 90 days" in message
    [added] = cli("add", note(tmp_path, "reef"), "--jsonl").records
    got = json.loads((tmp_path / "got").read_text())
    assert (got["alert"], got["id"], got["title"]) == ("sea", added["id"], "On reef")
    assert "The reef stands." in got["insights"][0]["text"]
    assert "0 arguments" in (tmp_path / "xdg" / "state" / "briefreader" / "alerts.log").read_text()
    assert "alert sea" not in cli("add", note(tmp_path, "reef")).err
    [record] = cli("alerts", "list", "--jsonl").records
    assert (record["fired"], record["query"]) == (1, "stands")


def test_alert_on_a_topic_fires_after_tagging(cli: Any, tmp_path: Path) -> None:
    cli("alerts", "add", "acting", "--query", "topic:agents")
    path = tmp_path / "agents.md"
    path.write_text("# Agents\n\nAgents plan and call tools, and agents act over many steps.\n")
    assert "alert acting" not in cli("add", path).err
    assert "alert acting" not in cli("tag", "--untagged", "--dry-run").err
    assert "alert acting" in cli("tag", "--untagged").err
    assert "alert acting" not in cli("tag", "--all").err


def test_alert_fires_once_per_story(cli: Any, reported: list[str], tmp_path: Path) -> None:
    cli("alerts", "add", "big", "--query", "is:story")
    cli("saved", "add", "news", "is:story")
    cli("alerts", "add", "saved", "--query", "saved:news")
    report = {
        "title": "Ash 1", "source": "Ash", "published": "2026-03-04",
        "text": "Harvest of Kelp Farms in Oslo doubled to $12 million, Ada Finch says; growers in Bergen cheer.",
    }  # fmt: skip
    report["insights"] = [{"title": "", "text": report["text"]}]  # type: ignore[assignment]  # the record holds text otherwise
    (tmp_path / "more.jsonl").write_text(json.dumps(report))
    assert f"story:s{reported[0]}" in cli("add", tmp_path / "more.jsonl").err
    assert [record["fired"] for record in cli("alerts", "list", "--jsonl").records] == [1, 1]


def test_alert_test_counts_decisions_and_delete_can_be_undone(cli: Any, tmp_path: Path) -> None:
    [added] = cli("add", note(tmp_path, "kelp"), "--jsonl").records
    cli("accept", added["id"], "agents")
    cli("alerts", "add", "sea", "--query", "topic:agents")
    assert (
        "would have matched 1 time in 90 days; you accepted 1 of the 1 you decided" in cli("alerts", "test", "sea").out
    )
    cli("alerts", "remove", "sea")
    assert cli("alerts", "list").out == ""
    cli("undo")
    assert "topic:agents" in cli("alerts", "list").out


def test_failing_or_missing_alert_program_is_reported(cli: Any, tmp_path: Path, program: Path) -> None:
    refused = cli("alerts", "add", "sea", "--query", "stands", "--exec", tmp_path / "none")
    assert refused.code == 2 and "would have" not in refused.err
    cli("alerts", "add", "sea", "--query", "stands", "--exec", program)
    program.write_text("#!/bin/sh\nexit 3\n")
    assert "ended with exit code 3" in cli("add", note(tmp_path, "reef")).err


def test_alert_program_is_not_run_on_dry_run_or_foreign_library(
    cli: Any, tmp_path: Path, program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("alerts", "add", "sea", "--query", "stands", "--exec", program)
    cli("add", note(tmp_path, "reef"), "--dry-run")
    monkeypatch.setattr(os, "getuid", lambda: 4321)
    assert "belongs to another user" in cli("add", note(tmp_path, "reef")).err
    assert not (tmp_path / "got").exists()
    assert cli("alerts", "test", "none").code == 2
