from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

INSIGHTS = [
    ("Mixture of experts", "A router sends each token to two of eight experts."),
    ("Price cuts", "The price of a million tokens fell by half."),
    ("Agents that plan", "They call tools over many steps, with a price."),
]


@pytest.fixture
def id(cli: Any, once: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    def make() -> str:
        record = {"title": "Digest", "insights": [{"title": title, "text": text} for title, text in INSIGHTS]}
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps(record).encode() + b"\n")))
        return str(cli("add", "-", "--jsonl").records[0]["id"])

    return str(once(make))


def test_hit_has_documented_keys_and_matching_spans(id: str, cli: Any) -> None:
    ran = cli("search", "expets", "rooter", "--jsonl", "--limit", "1")
    [hit] = ran.records
    assert hit.keys() == {
        "schema_version", "kind", "insight_id", "briefing_id", "title", "text", "score", "spans", "topics", "partial",
        "meaning", "start", "end",
    }  # fmt: skip
    assert (hit["insight_id"], hit["briefing_id"]) == (f"{id}.1", id)
    whole = hit["title"] + "\n" + hit["text"]
    assert {whole[start:end].lower() for start, end in hit["spans"]} == {"experts", "router"}


def test_search_accepts_dashes_and_filters(id: str, cli: Any) -> None:
    assert {r["insight_id"] for r in cli("search", "price", "--jsonl").records} == {f"{id}.2", f"{id}.3"}
    assert [r["insight_id"] for r in cli("search", "price", "-tools", "--jsonl").records] == [f"{id}.2"]
    assert cli("search", "price", "is:item", "--jsonl").out == ""
    assert cli("search", "price", "-0").out.count("\0") == 2


def test_search_batch_answers_each_line_with_its_time(id: str, tmp_path: Path, cli: Any) -> None:
    file = tmp_path / "queries"
    file.write_text("router\nxylophone\nprice\n")
    records = cli("search", "--batch", file, "--jsonl", "-n", "1").records
    assert [(r["query"], r["insight_id"]) for r in records[:2]] == [
        ("router", f"{id}.1"), ("xylophone", None),
    ]  # fmt: skip
    assert records[2]["query"] == "price" and all(r["ms"] >= 0 for r in records)
    assert cli("search", "--batch", file, "word").code == 2


@pytest.mark.parametrize(
    "query", ["multi-agent", "gpt-4.1", "don't", "x:y", '"', "*", "", "a" * 10_000, "(((", "-", "\\"]
)
def test_any_query_is_accepted(query: str, id: str, cli: Any) -> None:
    for command in ("search", "list"):
        ran = cli(command, query)
        assert ran.code == 0, ran.err
    assert len(cli("search", "", "--jsonl").records) == 3


def test_matches_are_highlighted_in_a_terminal(id: str, cli: Any) -> None:
    shown = cli("search", "router", "--color", "always").out
    assert "\x1b[30;43mrouter\x1b[0m" in shown
    assert "\x1b" not in cli("search", "router").out


def test_query_warnings_are_printed(id: str, cli: Any) -> None:
    assert "no filter named nosuch:" in cli("list", "nosuch:x").err
    assert "no such topic: agent; did you mean agents?" in cli("search", "topic:agent", "price").err
    assert cli("list", "topic:none", "price").err == ""
