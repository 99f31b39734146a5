"""Tests of ``diff``, ``aliases``, ``split``, and of duplicates that ``add`` reports."""

from __future__ import annotations

import json
import lzma
from pathlib import Path
from typing import Any

import pytest

OLD = Path(__file__).parents[1] / "data" / "library-0.1"
NEWS = " ".join(f"Crane {i} lifts crate {i * 7 % 31} over deck {i * 5 % 17}." for i in range(30))


def mail(path: Path, body: str, message_id: str = "1@oak.example", sender: str = "oak@oak.example") -> Path:
    path.write_text(
        f"From: Oak Weekly <{sender}>\nSubject: Oak Weekly 1\nDate: Mon, 02 Mar 2026 08:00:00 +0000\n"
        f"Message-ID: <{message_id}>\nContent-Type: text/plain; charset=utf-8\n\n{body}\n"
    )
    return path


@pytest.fixture
def id(cli: Any, tmp_path: Path) -> str:
    found: str = cli("add", mail(tmp_path / "a.eml", f"{NEWS} A berth costs 12 dollars."), "--jsonl").records[0]["id"]
    return found


def test_add_names_the_briefing_and_the_rule(cli: Any, tmp_path: Path, id: str) -> None:
    again = mail(tmp_path / "b.eml", f"{NEWS} A berth costs 12 dollars. ", "2@oak.example")
    ran = cli("add", again)
    assert f"duplicate of {id}: same text" in ran.out and "1 duplicate" in ran.err
    corrected = mail(tmp_path / "c.eml", f"{NEWS} A berth costs 15 dollars.")
    [record] = cli("add", corrected, "--jsonl").records
    assert (record["status"], record["of"], record["rule"]) == ("revision", id, "same Message-ID")
    other = mail(tmp_path / "d.eml", "A text of another sender.", sender="ash@ash.example")
    [record] = cli("add", other, "--jsonl").records
    assert (record["status"], record["of"], record["rule"]) == ("added", id, "Message-ID of another sender")
    assert f"same Message-ID as {id}, but another sender" in record["message"]


def test_diff_prints_sentences_and_records(cli: Any, tmp_path: Path, id: str) -> None:
    ran = cli("diff", id)
    assert ran.code == 0 and "no earlier revision" in ran.err
    cli("add", mail(tmp_path / "b.eml", f"{NEWS} A berth costs 15 dollars."))
    assert "- A berth costs 12 dollars.\n+ A berth costs 15 dollars.\n" in cli("diff", id).out
    [record] = cli("diff", id, "--jsonl").records
    assert {k: record[k] for k in ("id", "from", "to", "op", "before", "after")} == {
        "id": id, "from": 1, "to": 2, "op": "changed",
        "before": "A berth costs 12 dollars.", "after": "A berth costs 15 dollars.",
    }  # fmt: skip
    body = json.loads(cli("show", id, "--json").out)["records"][0]["body"]
    assert body[record["start"] : record["end"]] == record["after"]
    assert cli("diff", id, "--from", "7").code == 2


def test_split_separates_a_duplicate_and_can_be_undone(cli: Any, tmp_path: Path, id: str) -> None:
    cli("add", mail(tmp_path / "b.eml", f"{NEWS} A berth costs 12 dollars. ", "2@oak.example"))
    listed = cli("aliases", id, "--jsonl").records
    assert [(r["rule"], r["current"], r["kept"]) for r in listed] == [("", True, True), ("same text", False, True)]
    would = cli("split", id, listed[1]["alias"], "--dry-run", "--jsonl").records
    made = cli("split", id, listed[1]["alias"], "--jsonl").records
    assert made == would and made[0]["of"] == id
    assert len(cli("list", "--jsonl").records) == 2
    cli("undo")
    assert len(cli("list", "--jsonl").records) == 1
    assert cli("split", id, "ffffffff").code == 2


def test_check_merged_restores_after_asking(cli: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "library.db").write_bytes(lzma.decompress((OLD / "library.db.xz").read_bytes()))
    monkeypatch.chdir(tmp_path)
    library = ("--library", str(tmp_path / "old"))
    assert cli("check", "--merged", "--no-input", *library).code != 0
    ran = cli("check", "--merged", "--yes", *library)
    assert "mails/b2.eml, b2@harbour.example: add the mail again" in ran.out and ran.code == 3
    assert "Alder Weekly 1" in cli("list", *library).out
    cli("undo", *library)
    assert "Alder Weekly 1" not in cli("list", *library).out
