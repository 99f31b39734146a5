"""End-to-end tests of commands on a library: output, changes, undo."""

from __future__ import annotations

import io
import json
import os
import threading
from typing import TYPE_CHECKING, Any

import pytest

from briefreader.library import Library

if TYPE_CHECKING:
    from pathlib import Path

NOTE = """\
# {title}

## Key takeaways

- **{a}:** It is so, and it was so before.
- **{b}:** Not so much.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for number, title in enumerate(("Open weights", "Mixture of experts", "Price cuts")):
        text = NOTE.format(title=title, a=f"{title} first", b=f"{title} second")
        (folder / f"{number}.md").write_text(f"---\ndate: 2026-0{number + 1}-01\n---\n{text}")
    return folder


@pytest.fixture
def ids(folder: Path, cli: Any, once: Any) -> list[str]:
    """The IDs of three briefings of a library, oldest first."""

    def make() -> list[str]:
        ran = cli("add", folder, "--jsonl")
        assert ran.code == 0, ran.err
        return [record["id"] for record in ran.records]

    return list(once(make))


def test_commands_without_a_library_exit_with_10(cli: Any, tmp_path: Path) -> None:
    for argv in (["list"], ["show", "x"], ["undo"], ["stats"], ["mark", "--read"]):
        ran = cli(*argv)
        assert (ran.code, ran.out) == (10, "")
        assert "briefreader add" in ran.err
    assert not (tmp_path / "library").exists()


def test_add_of_known_files_reports_them_and_changes_nothing(folder: Path, ids: list[str], cli: Any) -> None:
    ran = cli("add", folder, "--jsonl")
    assert ran.code == 0
    assert [(r["status"], r["id"]) for r in ran.records] == [("known", id) for id in ids]
    assert "3 already in the library" in ran.err
    assert len(cli("list", "--jsonl").records) == 3


def test_add_with_a_failing_file_adds_the_others(folder: Path, cli: Any) -> None:
    (folder / "empty.txt").touch()
    ran = cli("add", folder, folder / "nothing.txt", "--jsonl")
    assert ran.code == 3
    assert sorted(r["status"] for r in ran.records) == ["added"] * 3 + ["failed"] * 2
    assert "nothing.txt: " in ran.err
    assert cli("add", folder / "nothing.txt").code == 1


def test_dry_run_prints_the_real_runs_records_and_writes_nothing(folder: Path, cli: Any) -> None:
    rehearsed = cli("add", folder, "--dry-run", "--jsonl")
    assert cli("list", "--jsonl").out == ""
    real = cli("add", folder, "--jsonl")
    assert [{**r, "id": ""} for r in rehearsed.records] == [{**r, "id": ""} for r in real.records]


def test_stdin_takes_json_lines(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"title": "A title", "source": "A source", "insights": [{"title": "One", "text": "Word for word."}]}
    data = (json.dumps(given) + "\n" + json.dumps({"text": "Only a text, of which this is all."}) + "\n").encode()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
    ran = cli("add", "-", "--jsonl")
    assert [r["status"] for r in ran.records] == ["added", "added"], ran.err
    shown = cli("show", ran.records[0]["id"], "--jsonl").records[0]
    assert (shown["title"], shown["source"]) == ("A title", "A source")
    assert [(i["title"], i["text"], i["kind"]) for i in shown["insights"]] == [("One", "Word for word.", "stated")]


def test_list_is_newest_first_and_accepts_queries(ids: list[str], cli: Any) -> None:
    assert [r["id"] for r in cli("list", "--jsonl").records] == ids[::-1]
    assert [r["id"] for r in cli("list", "after:2026-02", "--jsonl").records] == [ids[2], ids[1]]
    assert cli("list", "-0", "-n", "2").out == f"{ids[2]}\0{ids[1]}\0"
    assert cli("list", "after:2030").out == ""
    assert "Mixture of experts" in cli("list").out


def test_word_with_a_dash_is_a_negation(ids: list[str], cli: Any) -> None:
    assert cli("mark", "--star", "--id", ids[1]).code == 0
    assert [r["id"] for r in cli("list", "after:2026", "--jsonl", "-is:starred").records] == [ids[2], ids[0]]


def test_show_prints_a_briefing_an_insight_or_the_original(folder: Path, ids: list[str], cli: Any) -> None:
    record = cli("show", ids[0], "--jsonl").records[0]
    assert (record["title"], record["id"]) == ("Open weights", ids[0])
    assert [i["title"] for i in record["insights"]] == ["Open weights first", "Open weights second"]
    assert "Open weights first" in cli("show", ids[0]).out
    assert cli("show", f"{ids[0]}.2", "--jsonl").records[0]["text"] == "Not so much."
    assert cli("show", "--raw", ids[0]).out == (folder / "0.md").read_text()
    assert cli("show", "zzzz").code == 2


def test_marks_notes_edits_and_decisions_can_be_undone(ids: list[str], cli: Any) -> None:
    def state() -> list[object]:
        return [cli("list", "--jsonl").records, cli("saved", "list", "--jsonl").records, cli("note", ids[0]).out]

    commands = [
        ("mark", "--read", "after:2026-02"),
        ("mark", "--star", "--id", ids[0]),
        ("note", ids[0], "my", "word"),
        ("edit", ids[1], "--title", "Another title", "--published", "2026-05-05"),
        ("saved", "add", "mine", "topic:moe", "-pricing"),
        ("accept", ids[1], "moe", "pricing"),
        ("reject", f"{ids[1]}.1", "moe"),
        ("remove", ids[2], "--yes"),
    ]
    states = [state()]
    for command in commands:
        rehearsed = cli(*command, "--dry-run", "--jsonl")
        assert rehearsed.code == 0 and state() == states[-1]
        ran = cli(*command, "--jsonl")
        assert ran.code == 0, ran.err
        assert ran.out == rehearsed.out != ""
        assert "undo " in ran.err
        states.append(state())
    assert [r["title"] for r in states[-1][0]] == ["Another title", "Open weights"]
    assert states[-1][0][0]["confirmed"] == ["moe", "pricing"]
    assert states[-1][1] == [{"schema_version": 1, "name": "mine", "query": "topic:moe -pricing", "count": 1}]
    assert states[-1][2] == "my word\n"
    for former in reversed(states[:-1]):
        assert cli("undo").code == 0
        assert state() == former
    for later in states[1:]:
        assert cli("redo").code == 0
        assert state() == later


def test_remove_asks_and_fails_without_a_terminal(ids: list[str], cli: Any) -> None:
    ran = cli("remove", ids[0])
    assert ran.code == 2 and "--yes" in ran.err
    assert len(cli("list", "--jsonl").records) == 3


def test_wrong_topics_and_ids_change_nothing(ids: list[str], cli: Any) -> None:
    for argv in (["accept", ids[0], "moe", "mo"], ["accept", "zzzz", "moe"], ["edit", ids[0], "--published", "soon"]):
        assert cli(*argv).code == 2
    assert [r["verb"] for r in cli("history", "--jsonl").records] == ["add"]


def test_stats_print_counts_and_a_chart(ids: list[str], cli: Any) -> None:
    record = cli("stats", "--jsonl").records[0]
    assert (record["briefings"], record["insights"]) == (3, 6)
    assert record["months"] == [["2026-01", 1], ["2026-02", 1], ["2026-03", 1]]
    assert "2026-02\t1\t████" in cli("stats").out


PAGE = b"""<html><head><title>A page of the yard</title></head><body><article><p>The yard was quiet this morning, and
the gate stood open as it had all week. Nobody had come by to close it, and nobody would.</p></article></body></html>"""


def test_url_is_fetched_only_by_add(web: Any, cli: Any) -> None:
    web.pages["/page"] = PAGE
    [added] = cli("add", f"{web.address}/page", "--jsonl").records
    assert added["status"] == "added"
    shown = cli("show", added["id"], "--jsonl").records[0]
    assert (shown["title"], shown["url"]) == ("A page of the yard", f"{web.address}/page")
    missing = cli("add", f"{web.address}/none")
    assert missing.code == 1 and "404" in missing.err
    for command in ("read", "suggest"):
        assert cli(command, f"{web.address}/page").code == 1


def test_failed_dump_keeps_the_previous_file(ids: list[str], cli: Any, tmp_path: Path) -> None:
    kept, link = tmp_path / "kept.jsonl", tmp_path / "link.jsonl"
    link.symlink_to(kept)
    assert cli("dump", link).code == 0 and link.is_symlink()
    before = kept.read_text()
    assert before.count("\n") > 3
    with Library(tmp_path / "library") as library, library.db.writing() as con:
        con.execute("UPDATE briefing SET title = CAST(x'ff' AS TEXT)")
    ran = cli("dump", kept)
    assert ran.code == 1 and ran.err
    assert kept.read_text() == before
    assert {path.name for path in tmp_path.glob("*.jsonl*")} == {"kept.jsonl", "link.jsonl"}
    assert not list(tmp_path.glob(".*"))


def test_dump_can_be_written_to_a_named_pipe(ids: list[str], cli: Any, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    assert cli("dump", pipe).code == 0
    reader.join(timeout=30)
    assert read[0].startswith("{") and pipe.is_fifo()
