"""Tests of tagging by command: in bulk, by decisions, in a review; and of explanations."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

TAXONOMY = """\
topics:
  - id: gardens
    label: Gardens
    keywords: [rose bed, compost heap, greenhouse]
  - id: trains
    label: Trains
    keywords: [locomotive, sleeper car, dining car]
"""
TEXTS = {
    "roses": "A rose bed wants a compost heap, and a greenhouse for the seedlings. The rose bed wants rain.",
    "engine": "The locomotive pulled a sleeper car and a dining car. The sleeper car was cold, said everyone.",
    "soup": "Chop the onions, fry them in butter until brown, add broth and let it boil for an hour or so.",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for name, text in TEXTS.items():
        (folder / f"{name}.txt").write_text(f"About {name}\n\n{text}\n")
    taxonomy = tmp_path / "topics.yaml"
    taxonomy.write_text(TAXONOMY)
    config = tmp_path / "config.toml"
    config.write_text(f'taxonomy = "{taxonomy}"\n')
    monkeypatch.setenv("BRIEFREADER_CONFIG", str(config))
    return folder


def topics(records: list[dict[str, Any]]) -> dict[str, list[str]]:
    return {r["title"]: [t["topic"] for t in r["topics"]] for r in records}


EXPECTED = {"About engine": ["trains"], "About roses": ["gardens"], "About soup": []}


def test_bulk_tag_adds_tags_and_prints(folder: Path, cli: Any) -> None:
    rehearsed = cli("--bulk-tag", folder, "--dry-run", "--jsonl")
    assert cli("list").code == 10
    ran = cli("--bulk-tag", folder, "--jsonl")
    assert ran.code == 0, ran.err
    assert topics(ran.records) == topics(rehearsed.records) == EXPECTED
    again = cli("--bulk-tag", folder, "--jsonl")
    assert [r["status"] for r in again.records] == ["known"] * 3
    assert topics(again.records) == EXPECTED
    assert cli("--bulk-tag", "--jsonl").out == ""
    shown = cli("--bulk-tag", folder).out
    rows = [line.split("\t")[1:3] for line in shown.splitlines()]
    assert ["About roses", "gardens 1.00 100%"] in rows and ["About soup", ""] in rows


def test_bulk_tag_reports_failures_and_continues(folder: Path, cli: Any) -> None:
    ran = cli("--jsonl", folder / "roses.txt", folder / "none", "--bulk-tag")
    assert ran.code == 3
    assert [r["status"] for r in ran.records] == ["added", "failed"]
    assert cli("--bulk-tag", folder / "none").code == 1


def test_tag_accepts_all_a_query_or_untagged(folder: Path, cli: Any) -> None:
    cli("add", folder)
    assert topics(cli("tag", "--all", "--dry-run", "--jsonl").records) == EXPECTED
    assert [r["topics"] for r in cli("list", "--jsonl").records] == [[], [], []]
    assert topics(cli("tag", "roses", "--jsonl").records).keys() == {"About roses"}
    assert topics(cli("tag", "--untagged", "--jsonl").records).keys() == {"About engine", "About soup"}
    assert cli("tag", "--all", "--jsonl").out == ""
    assert cli("tag", "roses").err == "nothing changed\n"
    assert [r["title"] for r in cli("list", "topic:gardens", "--jsonl").records] == ["About roses"]
    assert cli("undo").code == 0


@pytest.mark.parametrize("change", [("mark", "--read"), ("edit", "--source", "X"), ("tag", "+gardens")])
def test_tag_changes_accept_topic_names_as_typed(change: tuple[str, ...], folder: Path, cli: Any) -> None:
    """A misspelt word finds a briefing, but doesn't change it."""
    cli("add", folder)
    assert cli("list", "engine", "--jsonl").records == cli("list", "engnes", "--jsonl").records != []
    assert len(cli(*change, "--jsonl", "--dry-run", "--", "engine").records) == 1
    assert cli(*change, "--jsonl", "--", "engnes").records == []


def test_decisions_are_kept_by_tagging_and_undo(folder: Path, cli: Any) -> None:
    cli("--bulk-tag", folder)
    ran = cli("tag", "+gardens", "-trains", "--jsonl", "--", "engine")
    assert ran.code == 0, ran.err
    assert [(r["topic"], r["verdict"]) for r in ran.records] == [("gardens", "accepted"), ("trains", "rejected")]
    for _ in range(2):
        [row] = cli("list", "engine", "--jsonl").records
        assert (row["topics"], row["confirmed"]) == (["gardens"], ["gardens"])
        cli("tag", "--all", "--threshold", "0.2")
    assert cli("tag", "+gardens", "--dry-run", "--", "soup").code == 0
    assert "no briefing matches zzz; nothing changed" in cli("tag", "+gardens", "--", "zzz").err
    unconfirmed = [r["title"] for r in cli("list", "topic:gardens", "--jsonl").records if not r["confirmed"]]
    assert unconfirmed == ["About roses"]


def test_batch_of_decisions_is_all_or_nothing(
    folder: Path, tmp_path: Path, cli: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("add", folder)
    file = tmp_path / "orders"
    file.write_text("# by hand\n+gardens -- soup\n\n-gardens +trains -- roses\n+garden -- engine\n")
    ran = cli("tag", "--batch", file)
    assert ran.code == 2 and "did you mean gardens?" in ran.err and f"{file}:5" in ran.err
    assert [r["confirmed"] for r in cli("list", "--jsonl").records] == [[], [], []]
    monkeypatch.setattr("sys.stdin", io.StringIO("+gardens -- soup\n-gardens +trains -- roses\n"))
    ran = cli("tag", "--batch", "-", "--jsonl")
    assert ran.code == 0 and len(ran.records) == 3
    assert {r["title"]: r["confirmed"] for r in cli("list", "--jsonl").records} == {
        "About soup": ["gardens"], "About roses": ["trains"], "About engine": [],
    }  # fmt: skip
    cli("undo")
    assert [r["confirmed"] for r in cli("list", "--jsonl").records] == [[], [], []]


@pytest.mark.parametrize(
    "argv",
    [
        ["tag"],
        ["tag", "+gardens"],
        ["tag", "+gardens", "soup"],
        ["tag", "--all", "--untagged"],
        ["tag", "--all", "soup"],
        ["tag", "+nothing", "--", "soup"],
    ],
)
def test_ambiguous_arguments_are_a_usage_error(argv: list[str], folder: Path, cli: Any) -> None:
    cli("add", folder)
    ran = cli(*argv)
    assert ran.code == 2 and ran.out == ""
    assert len(ran.err.splitlines()) == 2
    assert len(cli("history", "--jsonl").records) == 1


def test_explain_accepts_a_briefing_an_insight_or_a_file(folder: Path, cli: Any) -> None:
    added = cli("--bulk-tag", folder, "--jsonl").records
    id = next(r["id"] for r in added if r["title"] == "About roses")
    records = cli("explain", id, "--jsonl").records
    assert [r["topic"] for r in records] == ["gardens", "trains"]
    for record in records:
        assert sum(p["weight"] for p in record["reasons"]) + record["bias"] == pytest.approx(record["logit"], abs=1e-9)
        assert (record["missing"] == 0) == bool(record["earned"])
    shown = cli("explain", id).out
    assert "compost heap" in shown and "bias; total" in shown
    assert "trains" in shown and "not assigned: " in shown
    assert [r["topic"] for r in cli("explain", f"{id}.1", "gardens", "--jsonl").records] == ["gardens"]
    stateless = cli("explain", folder / "roses.txt", "--jsonl").records
    assert [r["topic"] for r in stateless] == ["gardens", "trains"]
    assert cli("explain", id, "nothing").code == 2
    ran = cli("explain", folder / "nothing.txt")
    assert ran.code == 2 and "no such file" in ran.err


def test_explain_groups_reasons_by_term_without_markup(cli: Any, folder: Path, tmp_path: Path) -> None:
    cli("--bulk-tag", folder)
    text = "# Roses\n\n**Compost heap** and [compost heap](https://x.example/compost): the *compost heap* again.\n"
    (tmp_path / "r.md").write_text(text, encoding="utf-8")
    lines = [line for line in cli("explain", tmp_path / "r.md", "gardens").out.splitlines() if "eap ×" in line]
    assert len(lines) == 1 and "×3" in lines[0]
    assert not set("*[]") & set(lines[0]) and "x.example" not in lines[0]


def test_review_lists_undecided_topics_and_accepts_keys(
    folder: Path, cli: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("--bulk-tag", folder)
    queue = cli("review", "--jsonl").records
    assert queue and all(0 < r["score"] <= 1 for r in queue)
    keys = iter("?as")
    monkeypatch.setattr("click.getchar", lambda: next(keys, "q"))
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert "[a]ccept" not in cli("review", "--dry-run").out
    ran = cli("review")
    assert ran.code == 0 and "[a]ccept" in ran.out
    after = cli("review", "--jsonl").records
    assert [(r["target"], r["topic"]) for r in after] == [(r["target"], r["topic"]) for r in queue[1:]]
