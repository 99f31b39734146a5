from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TAXONOMY = """\
topics:
  - id: gardens
    label: Gardens
    keywords: [rose bed, compost heap]
  - id: trains
    label: Trains
    keywords: [locomotive, sleeper car]
"""
TEXTS = [
    {
        "id": "a",
        "title": "Roses",
        "text": "A rose bed wants a compost heap. The rose bed wants rain too.",
    },
    {"id": 7, "title": "", "text": "The locomotive pulled a sleeper car; the sleeper car was cold."},
    {"id": "b", "title": "Empty", "text": ""},
]


@pytest.fixture
def taxonomy(tmp_path: Path) -> Path:
    file = tmp_path / "topics.yaml"
    file.write_text(TAXONOMY)
    return file


@pytest.fixture
def stdin(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    return lambda text: monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def lines(*records: object) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


@pytest.mark.parametrize("extra", [(), ("--fit",)])
def test_suggest_writes_a_line_per_input_line_in_order(
    extra: tuple[str, ...], taxonomy: Path, stdin: Any, cli: Any
) -> None:
    stdin(lines(*TEXTS))
    ran = cli("suggest", "-", "--jsonl", "--taxonomy", taxonomy, *extra)
    assert ran.code == 0
    assert [record["id"] for record in ran.records] == ["a", 7, "b"]
    for record in ran.records:
        assert record.keys() >= {"schema_version", "id", "scores", "tags", "insights"}
        assert record["scores"].keys() == {"gardens", "trains"}
        assert all(0 <= score <= 1 for score in record["scores"].values())
    assert [record["tags"] for record in ran.records] == [["gardens"], ["trains"], []]


def test_reasons_have_correct_offsets_and_sum_to_the_score(taxonomy: Path, stdin: Any, cli: Any) -> None:
    import math

    stdin(lines(*TEXTS))
    for given, record in zip(
        TEXTS, cli("suggest", "-", "--jsonl", "--reasons", "--taxonomy", taxonomy).records, strict=True
    ):
        for topic, reasons in record["reasons"].items():
            for reason in reasons:
                assert str(given[reason["field"]])[reason["start"] : reason["end"]] == reason["term"]
            logit = record["bias"][topic] + sum(reason["weight"] for reason in reasons)
            if topic not in record["passages"]:
                assert 1 / (1 + math.exp(-logit)) == pytest.approx(record["scores"][topic], abs=1e-9)


def test_insights_have_offsets_into_the_input_text(taxonomy: Path, stdin: Any, cli: Any) -> None:
    head = "Notes \u200b  from   the yard.\r\n\r\n## Key takeaways\r\n\r\n"
    text = head + "- **Compost heap first:** The rose bed follows in May.\n"
    stdin(lines({"id": 1, "title": "x", "text": text}))
    [insight] = cli("suggest", "-", "--jsonl", "--taxonomy", taxonomy).records[0]["insights"]
    assert insight["title"] == "Compost heap first"
    assert "The rose bed follows in May." in text[insight["start"] : insight["end"]]
    assert insight["tags"] == ["gardens"]


def test_bad_line_is_reported_and_others_are_tagged(taxonomy: Path, stdin: Any, cli: Any) -> None:
    stdin(lines(TEXTS[0]) + "nonsense\n[1]\n\n" + '{"id": 3, "text": 5}\n' + lines(TEXTS[1]))
    ran = cli("suggest", "-", "--jsonl", "--taxonomy", taxonomy)
    assert ran.code == 3
    assert [(r["id"], r.get("where")) for r in ran.records] == [
        ("a", None), (2, "stdin:2"), (3, "stdin:3"), (3, "stdin:5"), (7, None),
    ]  # fmt: skip
    assert "stdin:2: not JSON" in ran.err


def test_suggest_prints_topics_of_files_of_any_format(taxonomy: Path, tmp_path: Path, cli: Any) -> None:
    file = tmp_path / "yard.txt"
    file.write_text("The yard\n\n" + str(TEXTS[0]["text"]))
    ran = cli("suggest", file, "--taxonomy", taxonomy, "--reasons")
    assert ran.out.startswith("The yard\n\tgardens\t")
    assert "“rose bed”" in ran.out
    assert "by a passage" not in ran.out


def test_threshold_determines_the_assigned_topics(taxonomy: Path, stdin: Any, cli: Any) -> None:
    stdin(lines(TEXTS[0]))
    record = cli("suggest", "-", "--jsonl", "--taxonomy", taxonomy, "--threshold", "1", "--no-insights").records[0]
    assert record["tags"] == [] and record["insights"] == []


def test_suggest_learns_from_a_gold_file(taxonomy: Path, stdin: Any, cli: Any, tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text(
        lines(*({"title": "", "text": f"The shed number {n} has tools.", "topics": ["gardens"]} for n in range(30)))
        + lines(*({"title": "", "text": f"Soup number {n} was good.", "topics": ["elsewhere"]} for n in range(30)))
    )
    asked = lines({"id": 1, "title": "", "text": "Another shed has tools."})
    stdin(asked)
    before = cli("suggest", "-", "--jsonl", "--taxonomy", taxonomy).records[0]["scores"]["gardens"]
    stdin(asked)
    after = cli("suggest", "-", "--jsonl", "--taxonomy", taxonomy, "--gold", gold).records[0]["scores"]["gardens"]
    assert after > before + 0.3
    stdin(asked)
    assert cli("suggest", "-", "--jsonl", "--gold", tmp_path / "none").code == 2
