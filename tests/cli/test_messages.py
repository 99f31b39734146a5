"""Tests of the exact text of the messages that users see first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

RECIPE = "# Ports\n\n- **Cranes:** The price per million tokens fell by half in March.\n"
ON_A_LIBRARY = [
    ("add a.md", "1 already in the library"),
    ("add --dry-run a.md", "1 already in the library · dry run, nothing written"),
    ("add bad.jsonl", 'line 1: expected a "title" or "text" field'),
    ("add none", "nothing to add: briefreader reads documents, feeds and mail from a folder"),
    ("add missing.md", "missing.md: cannot be read: No such file or directory"),
    ("mark --read author:nobody", "no briefing matches; nothing changed"),
    ("mark --star ID", "no briefing matches; nothing changed\n  to mark a briefing by its ID: --id "),
    ("mark", "no mark given\n  give --read, --unread, --star or --unstar"),
    (
        "list autor:lambert",
        "no filter named autor: (did you mean author:?) – searching for the text autor:lambert instead",
    ),
    ("list source:", "source: needs a value"),
    ("list topic:pricin", "no such topic: pricin; did you mean pricing?"),
    ("search zzqqxx", "no insight matches zzqqxx"),
    ("show zzzz", "no briefing with the ID 'zzzz'\n  to list IDs: briefreader list"),
    ("tag", "no briefings given\n  give a QUERY, --all or --untagged"),
    ("tag --all --untagged", "QUERY, --all and --untagged can't be combined\n  give one of them"),
    ("tag +pricing -agents -- ID.1", "to decide on a briefing or insight by its ID: briefreader accept "),
    ("tag +pricing -agents -- ID.1", ".1 pricing\n"),
    ("tag -pricing -- zzqqxx", "no briefing matches zzqqxx; nothing changed\n  to decide on a briefing or insight by"),
    ("tag -pricing -- zzqqxx", "by its ID: briefreader reject ID pricing"),
    ("tag topic:pricin", "no such topic: pricin; did you mean pricing?\nno briefing matches topic:pricin; nothing"),
    ("explain ./missing.md", "missing.md: no such file"),
    ("explain missing.md", "missing.md: no such file"),
    ("accept --dry-run ID pricing", "dry run, nothing written"),
    ("note --dry-run ID text", "dry run, nothing written"),
    ("saved add --dry-run a b", "dry run, nothing written"),
    ("taxonomy merge --dry-run moe pricing", "dry run, nothing written"),
    ("taxonomy delete --dry-run moe", "dry run, nothing written"),
    ("reread --all", "1 unchanged"),
    ("reread --all ID", "IDs, --source and --all can't be combined\n  give one of them"),
    ("edit ID", "nothing to edit\n  give --title, --source, --author or --published"),
    ("list -n many", "'many' is not a valid integer."),
    ("sources import a.md", "a.md: is not OPML"),
    ("sources export --to absent/x", "absent: cannot be written: No such file or directory"),
    ("tag +pricing crane", "separate topics from the query with --: tag +pricing -- crane"),
    ("--config none.toml list", "none.toml: no such file\n  to create it: briefreader --config none.toml config edit"),
    ("export", "no export folder given\n  give --to DIR, or set export.to in config.toml"),
    (
        "export --format csv --to notes.csv",
        "--to takes a folder, and notes.csv looks like a file\n  to write one file: --single notes.csv",
    ),
    ("pull", "no export folder given"),
    ("undo 99", "no such batch: 99\n  to list batches: briefreader history"),
    ("redo", "nothing to redo"),
    ("check", "no problems found"),
    ("stories", "no stories: no news is reported by several briefings"),
    ("brief --since 2099-01-01", "nothing new since 2099-01-01; to look further back, give --since DATE"),
    ("alerts test none", "no such alert: 'none'\n  to list alerts: briefreader alerts list"),
    ("sources remove none", "no such source: none\n  to list sources: briefreader sources list"),
    ("taxonomy show none", "no such topic: 'none'\n  to list topics: briefreader taxonomy show"),
    (
        "remove ID",
        "Remove 1 briefing from the library? Cannot prompt: stdin is not a terminal\n  use --yes to confirm",
    ),
    ("remove --no-input ID", "Remove 1 briefing from the library? Cannot prompt: --no-input is set"),
    ("frobnicate", "no such command: 'frobnicate'\n  to list commands: briefreader --help"),
    ("restore dump.jsonl", "the library is not empty\n  choose a new folder: --library DIR"),
]


@pytest.fixture
def id(cli: Any, once: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The ID of a briefing in a library; its document is in the current folder."""
    monkeypatch.chdir(tmp_path)

    def make() -> str:
        (tmp_path / "a.md").write_text(RECIPE)
        (tmp_path / "bad.jsonl").write_text('{"url": "https://example.org"}\n')
        (tmp_path / "dump.jsonl").write_text("")
        (tmp_path / "none").mkdir()
        return str(cli("add", "a.md", "--jsonl").records[0]["id"])

    return str(once(make))


@pytest.mark.parametrize(("command", "message"), ON_A_LIBRARY)
def test_message_says_what_happened_and_what_to_do(cli: Any, id: str, command: str, message: str) -> None:
    assert message in cli(*command.replace("ID", id).split()).err


def test_add_says_how_to_undo_it(cli: Any, id: str, tmp_path: Path) -> None:
    (tmp_path / "b.md").write_text(RECIPE.replace("Cranes", "Winches").replace("March", "April"))
    assert "1 added · undo with: briefreader undo 2" in cli("add", "b.md").err


def test_missing_library_is_reported_with_how_to_create_one(cli: Any) -> None:
    ran = cli("list")
    assert ran.code == 10
    assert "no library found in " in ran.err and "create one with: briefreader add PATH" in ran.err


def test_stats_counts_decisions_in_singular_and_plural(cli: Any, id: str) -> None:
    cli("accept", id, "pricing")
    assert "1 decision by you" in cli("stats").out
    cli("reject", id, "agents")
    assert "2 decisions by you" in cli("stats").out


def test_history_names_tagged_briefings(cli: Any, id: str) -> None:
    cli("tag", "--untagged")
    assert "untagged briefings" in cli("history").out
