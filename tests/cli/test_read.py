from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

KEYS = {
    "schema_version", "path", "id", "format", "title", "source", "author", "published", "url", "covers", "moment",
    "body", "sections", "insights", "sponsors", "tags", "problems",
}  # fmt: skip
NOTE = """\
# Weekly note

## Key takeaways

- **Small models win:** They cost less to serve by far.
- **Big ones teach:** Distillation moves their skill into small ones.
"""


@pytest.fixture
def note(tmp_path: Path) -> Path:
    file = tmp_path / "note.md"
    file.write_text(NOTE)
    return file


def test_read_writes_a_record_per_briefing(note: Path, cli: Any) -> None:
    ran = cli("read", note, "--jsonl")
    [record] = ran.records
    assert ran.code == 0 and record.keys() >= KEYS
    assert (record["path"], record["id"], record["format"], record["title"]) == (str(note), 1, "md", "Weekly note")
    first = record["insights"][0]
    assert (first["title"], first["kind"]) == ("Small models win", "stated")
    assert "Small models win" in record["body"][first["start"] : first["end"]]


def test_read_prints_markdown_by_default(note: Path, cli: Any) -> None:
    shown = cli("read", note).out
    assert shown.startswith("# Weekly note\n")
    assert shown.count("They cost less to serve by far.") == 1


def test_read_accepts_stdin(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(NOTE.encode())))
    assert cli("read", "-", "--jsonl").records[0]["title"] == "Weekly note"


def test_read_failure_is_a_record_and_others_are_read(note: Path, tmp_path: Path, cli: Any) -> None:
    empty = tmp_path / "empty.txt"
    empty.touch()
    ran = cli("read", empty, note, tmp_path / "none.txt", "--jsonl")
    assert ran.code == 3
    assert [(r["path"], "error" in r, r.get("id")) for r in ran.records] == [
        (str(empty), True, None),
        (str(note), False, 1),
        (str(tmp_path / "none.txt"), True, None),
    ]
    assert cli("read", empty).code == 1


def test_insights_of_plain_text_are_printed_as_markdown(cli: Any, tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("Speed notes\n\nWe saw p50<b and cost>c in each run of the test, and 2*3*4 is 24.\n")
    assert r"1. We saw p50\<b and cost>c in each run of the test, and 2\*3\*4 is 24." in cli("read", file).out
