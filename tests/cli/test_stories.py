"""Tests of ``stories``, and of stories in other commands."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


def coloured(cli: Any, *argv: str) -> str:
    """Return the text output of a command without colours."""
    return re.sub(r"\x1b\[[\d;]*m", "", cli(*argv, "--color", "always").out)


def test_stories_print_sources_days_and_figures(cli: Any, reported: list[str]) -> None:
    cells = cli("stories").out.strip().split("\t")
    assert cells[0] == f"s{reported[0]}" and cells[2:4] == ["2 sources: Oak, Elm", "2026-03-02 to 2026-03-03"]
    ran = coloured(cli, "stories")
    assert f"2 sources: Oak, Elm · 2026-03-02 to 2026-03-03 · story:s{reported[0]}" in ran
    assert "figures differ: $12 million, $14" in ran
    [record] = cli("stories", "--jsonl").records
    assert (record["story_id"], record["insights"], record["sources"]) == (f"s{reported[0]}", reported, 2)
    assert cli("stories", "--since", "2026-04-01").out == ""
    assert cli("stories", "--since", "soon").code == 2


def test_show_and_explain_take_a_story(cli: Any, reported: list[str]) -> None:
    out = cli("show", f"story:s{reported[0]}").out
    assert out.index("Kelp Farms of Oslo") < out.index("Harvest of Oslo")
    [record] = cli("show", f"story:{reported[1]}", "--jsonl").records
    assert [row["insight_id"] for row in record["timeline"]] == reported
    [record] = cli("explain", f"story:s{reported[0]}", "--jsonl").records
    assert (record["target"], record["with"]) == (reported[1], reported[0]) and "Finch" in [
        r["text"] for r in record["reasons"]
    ]
    for argv in (
        ["show", "story:0000.1"],
        ["stories", "--split", "s0000.1"],
        ["stories", "--merge", "s0000.1", reported[0]],
    ):
        ran = cli(*argv)
        assert (ran.code, "to list stories: briefreader stories" in ran.err) == (2, True)


def test_splitting_and_merging_are_undoable(cli: Any, reported: list[str]) -> None:
    assert "dry run" in cli("stories", "--split", reported[1], "--dry-run").err and cli("stories").out
    assert "undo" in cli("stories", "--split", reported[1]).err
    assert cli("stories").out == ""
    cli("stories", "--merge", *reported)
    assert cli("stories").out
    cli("undo")
    cli("undo")
    assert cli("stories").out
    assert cli("stories", "--merge", reported[0]).code == 2 and cli("stories", "--split").code == 2


def test_changed_marks_updates_by_topic(cli: Any, reported: list[str]) -> None:
    assert cli("changed", "--since", "2026-03-03").out.startswith(f"updated\t{reported[1]}\tHarvest")
    out = coloured(cli, "changed", "--since", "2026-03-03")
    assert f"updated {reported[1]}" in out and f"before: Oak, 2026-03-02 ({reported[0]})" in out
    by_id = {record["insight_id"]: record for record in cli("changed", "--since", "2026", "--jsonl").records}
    assert by_id[reported[0]]["status"] == "new" and by_id[reported[1]]["earlier"] == reported[0]
    assert {"kind": "figure", "text": "$14 million"} in by_id[reported[1]]["reasons"]
    assert "nothing new since" in cli("changed").err


def test_brief_has_each_story_once_and_lists_the_rest(cli: Any, reported: list[str]) -> None:
    records = cli("brief", "--since", "2026", "--words", "300", "--jsonl").records
    ids = [record["insight_id"] for record in records[:-1]]
    assert len({*ids} & {*reported}) == 1 and ids[0] in reported
    assert records[-1]["left_out"]["same_story"] == 1
    ran = cli("brief", "--since", "2026", "--words", "40", "--explain")
    assert "2 sources" in ran.out and "Left out:" in ran.out and "Gain = novelty" in ran.out
    [names] = [line for line in ran.out.splitlines() if line.startswith("Gain = ")]
    [factors] = [line for line in ran.out.splitlines() if line.startswith(ids[0])]
    assert names.count(" × ") == factors.count(" × ") and "worth" in names and "1 min" in ran.out
    assert cli("brief", "--words", "9", "--minutes", "9").code == 2


def test_day_without_news_is_no_error(cli: Any, reported: list[str]) -> None:
    ran = cli("brief")
    assert (ran.code, ran.out) == (0, "") and "nothing new" in ran.err


def test_export_brief_writes_one_note_and_none_without_news(cli: Any, reported: list[str], tmp_path: Path) -> None:
    ran = cli("export", "--brief", "5", "--to", tmp_path / "notes", "--since", "2026-01-01")
    assert ran.code == 0 and [path.name for path in (tmp_path / "notes").glob("*.md")] == ["Brief 2026-03-03.md"]
    text = (tmp_path / "notes" / "Brief 2026-03-03.md").read_text("utf-8")
    assert 'briefreader_id: "brief:2026-03-03"' in text and "Kelp Farms" in text and "Left out" in text
    assert "unchanged" in cli("export", "--brief", "5", "--to", tmp_path / "notes", "--since", "2026-01-01", "-v").out
    out = cli("export", "--brief", "--single", "-", "--since", "2026-01-01").out  # the minutes are optional
    assert out.startswith("# Brief 2026-03-03")
    ran = cli("export", "--brief", "--to", tmp_path / "other", "--since", "1d")
    assert (ran.code, ran.out) == (0, "") and "nothing new" in ran.err and not (tmp_path / "other").exists()


def test_stats_show_rising_words_of_a_topic(cli: Any, tmp_path: Path) -> None:
    weeks = [f"2026-0{1 + n // 4}-{1 + 7 * (n % 4):02}" for n in range(12)]
    lines = [
        {"title": f"Oak {day} {n}", "text": f"Agents {'Reef' if week >= 8 else 'Pier'}{n % 2} number {week} {n} plans."}
        | {"published": day, "source": "Oak"}
        for week, day in enumerate(weeks)
        for n in range(4)
    ]
    for line in lines:
        line["insights"] = [{"title": "", "text": line["text"]}]  # type: ignore[assignment]  # the record holds text otherwise
    (tmp_path / "news.jsonl").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    added = cli("add", tmp_path / "news.jsonl", "--jsonl").records
    for record in added:
        cli("accept", f"{record['id']}.1", "agents")
    [found] = cli("stats", "--jsonl").records
    rising = {each["word"] for each in found["drift"] if each["z"] > 0}
    assert {"Reef0", "Reef1"} <= rising and all(each["topic"] == "agents" for each in found["drift"])
