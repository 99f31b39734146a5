from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


def test_the_shipped_taxonomy_is_good(cli: Any) -> None:
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


def test_show_is_a_tree(tmp_path: Path, cli: Any) -> None:
    file = tmp_path / "t.yaml"
    file.write_text("topics:\n  - {id: b, label: B, broader: a}\n  - {id: a, label: A}\n  - {id: c, label: C}\n")
    ran = cli("taxonomy", "show", "--taxonomy", file)
    assert [line[: line.index(line.strip()) + 1] for line in ran.out.splitlines()] == ["a", "  b", "c"]
    assert [r["id"] for r in cli("taxonomy", "show", "--taxonomy", file, "c", "--jsonl").records] == ["c"]
