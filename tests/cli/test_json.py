"""docs/json.md says which keys a record has: each command is run, and has exactly these."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

DOCUMENT = Path(__file__).parents[2] / "docs" / "json.md"
ROWS = re.findall(r"^\| `([^|]+)` \| (`.+`) \|$", DOCUMENT.read_text(encoding="utf-8"), flags=re.MULTILINE)


@pytest.fixture
def words(tmp_path: Path, cli: Any) -> dict[str, str]:
    """What the placeholders of the document stand for, and a library of one briefing."""
    file = tmp_path / "note.md"
    file.write_text("# A note\n\n## Key takeaways\n\n- **Agents:** Agents plan and call tools over many steps.\n")
    id = cli("add", file, "--jsonl").records[0]["id"]
    queries = tmp_path / "queries"
    queries.write_text("agents\n")
    return {
        "PATH": str(file),
        "FILE": str(file),
        "ID": id,
        "WORD": "agents",
        "DIR": str(tmp_path / "notes"),
        "": str(queries),
    }


@pytest.mark.parametrize(("command", "keys"), ROWS, ids=[command for command, _ in ROWS])
def test_each_record_has_the_keys_of_the_document(command: str, keys: str, words: dict[str, str], cli: Any) -> None:
    argv = [words.get(word, word) for word in command.split()]
    if "--batch" in argv:
        argv[-1] = words[""]
    if command == "review":
        cli("tag", "--all", "--threshold", "1")
    records = cli(*argv, "--jsonl").records
    assert records, command
    assert [set(record) for record in records[:1]] == [{"schema_version", *re.findall(r"`(\w+)`", keys)}]


def test_the_document_has_rows() -> None:
    assert len(ROWS) >= 14
