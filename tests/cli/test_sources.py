"""Tests of ``sources``: adding, removing, importing and exporting sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

OPML = b"""<opml version="2.0"><body><outline title="Kelp" xmlUrl="https://kelp.example/feed"/>
<outline title="Kelp" xmlUrl="https://other.example/feed"/><outline title="Bad" xmlUrl="gopher://x"/></body></opml>"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BRIEFREADER_LIBRARY", str(tmp_path / "library"))
    return tmp_path / "library"


def test_added_source_is_listed(cli: Any, tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    assert cli("sources", "add", "https://www.kelp.example/feed", "--every", "2h").code == 0
    assert cli("sources", "add", tmp_path / "reports", "--name", "My reports").code == 0
    records = cli("sources", "list", "--jsonl").records
    assert [(r["name"], r["kind"], r["every"]) for r in records] == [
        ("kelp.example", "feed", 7200),
        ("My reports", "folder", 900),
    ]
    assert "My reports\tfolder\t" in cli("sources", "list").out


@pytest.mark.parametrize("words", [["nowhere/at/all"], ["https://kelp.example/", "--every", "soon"]])
def test_source_that_is_not_valid_is_not_added(cli: Any, folder: Path, words: list[str]) -> None:
    assert cli("sources", "add", *words).code == 2
    assert not (folder / "sources.toml").exists()


def test_removed_source_leaves_a_backup(cli: Any, folder: Path) -> None:
    cli("sources", "add", "https://kelp.example/feed")
    before = (folder / "sources.toml").read_bytes()
    assert cli("sources", "remove", "KELP.example", "--yes").code == 0
    assert cli("sources", "list", "--jsonl").records == []
    assert [backup.read_bytes() for backup in (folder / "backups").glob("sources-*.toml")] == [before]


def test_problem_is_reported_with_file_and_line_and_exit_3(cli: Any, folder: Path) -> None:
    cli("sources", "add", "https://kelp.example/feed")
    path = folder / "sources.toml"
    path.write_text(path.read_text() + '\n[[source]]\nname = "x"\nkind = "fed"\naddress = "https://x.example/"\n')
    ran = cli("sources", "list")
    assert ran.code == 3
    assert f"{path}:10: kind must be one of feed" in ran.err
    assert "kelp.example" in ran.out


def test_opml_is_imported_once_and_exported(cli: Any, tmp_path: Path) -> None:
    (tmp_path / "feeds.opml").write_bytes(OPML)
    first = cli("sources", "import", tmp_path / "feeds.opml", "--jsonl")
    assert [r["name"] for r in first.records] == ["Kelp", "Kelp (other.example)"]
    again = cli("sources", "import", tmp_path / "feeds.opml")
    assert "0 added, 2 already listed" in again.err
    assert 'xmlUrl="https://other.example/feed"' in cli("sources", "export").out


def test_dry_run_changes_no_list_of_sources(cli: Any, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "feeds.opml").write_bytes(OPML)
    added = cli("--dry-run", "sources", "add", "https://oak.example/feed", "--jsonl")
    assert added.records[0]["address"] == "https://oak.example/feed"
    assert "dry run, nothing written" in added.err
    assert not folder.exists()
    cli("sources", "add", "https://oak.example/feed")
    before = (folder / "sources.toml").read_bytes()
    assert [
        record["name"] for record in cli("--dry-run", "sources", "import", tmp_path / "feeds.opml", "--jsonl").records
    ] == ["Kelp", "Kelp (other.example)"]
    assert "backups" not in cli("--dry-run", "sources", "remove", "oak.example").err
    assert cli("--dry-run", "sources", "add", "https://oak.example/feed").code == 2
    assert (folder / "sources.toml").read_bytes() == before
    assert not (folder / "backups").exists()


def test_password_is_never_written(cli: Any, folder: Path) -> None:
    ran = cli("sources", "add", "imaps://ana@mail.example/News", "--password-command", "pass show mail")
    assert ran.code == 0
    assert 'password = {command = "pass show mail"}' in (folder / "sources.toml").read_text()
    assert cli("sources", "add", "imaps://ana:secret@mail.example/Other").code == 2
    assert "secret" not in (folder / "sources.toml").read_text()


def test_dry_run_of_the_first_fetch_knows_the_sources(cli: Any, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "one.md").write_text("# One\n\nKelp grows along the shore.\n")
    cli("sources", "add", tmp_path / "reports")
    ran = cli("fetch", "--dry-run", "--jsonl")
    assert [(r["source"], r["new"]) for r in ran.records] == [("reports", 1)]
    assert not (folder / "library.db").exists()
