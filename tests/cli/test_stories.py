"""``stories`` and what other commands say of stories."""

from __future__ import annotations

from typing import Any


def test_stories_print_sources_days_and_figures(cli: Any, told: list[str]) -> None:
    ran = cli("stories")
    assert f"story:s{told[0]} · 2 sources · 2 days · first: Oak, 2026-03-02" in ran.out
    assert "figures differ: $12 million, $14 million" in ran.out
    [record] = cli("stories", "--jsonl").records
    assert (record["story_id"], record["insights"], record["sources"]) == (f"s{told[0]}", told, 2)
    assert cli("stories", "--since", "2026-04-01").out == ""
    assert cli("stories", "--since", "soon").code == 2


def test_show_and_explain_take_a_story(cli: Any, told: list[str]) -> None:
    out = cli("show", f"story:s{told[0]}").out
    assert out.index("Kelp Farms of Oslo") < out.index("Harvest of Oslo")
    [record] = cli("show", f"story:{told[1]}", "--jsonl").records
    assert [row["insight_id"] for row in record["timeline"]] == told
    [record] = cli("explain", f"story:s{told[0]}", "--jsonl").records
    assert (record["target"], record["with"]) == (told[1], told[0]) and "Finch" in [
        r["text"] for r in record["reasons"]
    ]
    assert cli("show", "story:0000.1").code == 2


def test_splitting_and_merging_are_undoable(cli: Any, told: list[str]) -> None:
    assert "dry run" in cli("stories", "--split", told[1], "--dry-run").err and cli("stories").out
    assert "undo" in cli("stories", "--split", told[1]).err
    assert cli("stories").out == ""
    cli("stories", "--merge", *told)
    assert cli("stories").out
    cli("undo")
    cli("undo")
    assert cli("stories").out
    assert cli("stories", "--merge", told[0]).code == 2 and cli("stories", "--split").code == 2
