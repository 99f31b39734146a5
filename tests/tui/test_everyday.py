"""Tests of details for everyday use: keys that go back, complete texts, clear messages."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING, Any

import pytest
from rich.style import Style

from briefreader.tui.panes import set_pane_title
from briefreader.tui.screens.topics import TopicsDialog
from briefreader.tui.widgets.cells import strip_of
from briefreader.tui.widgets.text_rows import TextRows

if TYPE_CHECKING:
    from pathlib import Path

    from briefreader.library import Library

SMALL, WIDE = (80, 24), (120, 40)


async def test_pane_that_fills_the_window_is_left_with_escape(stage: Any, library: Library) -> None:
    async with stage(library, SMALL) as on:
        await on.press("slash")
        await on.write("tolls")
        await on.press("enter", "enter")
        await on.sees("h Back", "Charging per")
        await on.press("escape")
        await on.sees("Briefings 2 · 2")
        assert "h Back" not in on.text
        await on.press("escape")
        await on.sees("Briefings 2 · 5")


async def test_parsed_query_is_not_shown_if_it_repeats_the_filter(stage: Any, library: Library) -> None:
    async with stage(library, SMALL) as on:
        await on.press("1", "j")
        await on.sees("/ is:unread")
        assert on.text.count("is:unread") == 2  # once in the top line, once in the filter
        await on.press("slash")
        await on.rest()
        assert on.text.count("is:unread") == 3


async def test_enter_previews_an_export_wherever_the_focus_is(stage: Any, library: Library, tmp_path: Path) -> None:
    async with stage(library) as on:
        await on.press("E")
        await on.write(str(tmp_path / "notes"))
        await on.press("tab", "right", "enter")
        await on.sees("Preview: ", "to write")
        await on.press("tab", "enter")
        await on.sees("Done: ")


@pytest.mark.parametrize(("key", "period"), [("B", "since yesterday"), ("C", "in the last 7 days")])
async def test_empty_brief_names_no_keys_that_mean_something_else(
    stage: Any, library: Library, key: str, period: str
) -> None:
    async with stage(library, SMALL) as on:
        await on.press(key)
        await on.sees(f"No news {period}", "Press e for a longer period", "On the main screen, F fetches")


async def test_blocks_of_the_source_view_wrap_in_a_small_window(stage: Any, library: Library) -> None:
    async with stage(library, SMALL) as on:
        await on.sees("The toll booth")
        await on.press("enter", "V")
        await on.sees("kept")
        rows = on.app.screen.query_one(TextRows)
        await on.until(lambda: rows.count > 3, "the blocks")
        assert all(sum(len(text) for text, _ in row) <= rows.size.width - 3 for row in rows.rows)


async def test_topics_can_be_selected_before_they_are_counted(
    stage: Any, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, count = Event(), TopicsDialog._count

    def slow(self: TopicsDialog, cancelled: Any) -> Any:
        assert gate.wait(60)
        return count(self, cancelled)

    monkeypatch.setattr(TopicsDialog, "_count", slow)
    async with stage(library) as on:
        await on.press("T", "j")
        await on.sees("Mixture of experts", "…")
        rows = on.app.screen.query_one(TextRows)
        assert rows.cursor == 1
        gate.set()
        await on.sees("Briefings by month")
        assert rows.cursor == 1


async def test_find_says_which_match_it_is_at(stage: Any, library: Library) -> None:
    async with stage(library) as on:
        await on.sees("Charging per")
        await on.press("4", "ctrl+f")
        await on.write("million tokens")
        await on.press("enter")
        await on.sees("Match 1 of 2")
        await on.press("n")
        await on.sees("Match 2 of 2")


async def test_share_of_a_topic_says_what_it_is_a_share_of(stage: Any, library: Library) -> None:
    async with stage(library, WIDE) as on:
        await on.sees("% of text")


async def test_long_title_leaves_room_for_the_topics(stage: Any, library: Library, tmp_path: Path) -> None:
    path = tmp_path / "long.md"
    path.write_text(f"# {'Agents that call tools ' * 8}\n\n{'An agentic workflow calls tools. ' * 20}", "utf-8")
    async with stage(library, SMALL) as on:
        await on.press("plus")
        await on.write(str(path))
        await on.press("enter")
        await on.sees("Done: 1 added · 1 tagged", "…  agents")


def test_signs_take_two_cells_whether_or_not_the_terminal_knows_emoji() -> None:
    style = Style()
    strip = strip_of([("\N{STUDIO MICROPHONE}\ufe0fTalk \u26a1\ufe0fnow", style)], 14, style)
    assert strip.text == "\N{STUDIO MICROPHONE} Talk \u26a1now  "
    assert strip.cell_length == 14


async def test_an_item_of_several_lines_takes_one_key(stage: Any, library: Library) -> None:
    ids = [library.insights(row.id)[0].id for row in library.list(limit=4)]
    library.merge_stories(ids[0], ids[1])
    library.merge_stories(ids[2], ids[3])
    async with stage(library, SMALL) as on:
        await on.press("Y")
        await on.until(lambda: on.app.screen.query_one(TextRows).count > 3, "the stories")
        first = on.app.screen.current.story
        await on.press("j")
        second = on.app.screen.current.story
        await on.press("j")
        assert first != second == on.app.screen.current.story
        await on.press("k")
        assert on.app.screen.current.story == first


async def test_stories_wrap_again_when_the_window_is_resized(stage: Any, library: Library) -> None:
    ids = [library.insights(row.id)[0].id for row in library.list(limit=2)]
    library.merge_stories(*ids)
    async with stage(library, WIDE) as on:
        await on.press("Y")
        rows = on.app.screen.query_one(TextRows)
        await on.until(lambda: rows.count > 1, "the stories")
        await on.pilot.resize_terminal(*SMALL)
        await on.until(lambda: all(sum(len(t) for t, _ in row) < rows.size.width for row in rows.rows), "the new width")


async def test_a_mouse_selection_is_seen(stage: Any, library: Library) -> None:
    async with stage(library, WIDE) as on:
        await on.sees("Charging per")
        reader, screen = on.app.main_screen.reader, on.app.screen
        color = screen.get_component_rich_style("screen--selection", partial=True).bgcolor
        await on.pilot.mouse_down(reader, offset=(8, 6))
        await on.pilot.hover(reader, offset=(20, 7))
        await on.pilot.mouse_up(reader, offset=(20, 7))
        await on.until(reader.selected_span, "the selection")
        lines = [reader.render_line(y) for y in range(4, 8)]
        assert any(segment.style and segment.style.bgcolor == color for line in lines for segment in line)


async def test_a_legend_that_does_not_fit_is_left_out_whole(stage: Any, library: Library) -> None:
    async with stage(library, WIDE) as on:
        await on.sees("Charging per")
        pane = on.app.main_screen.insights
        set_pane_title(pane, 20, "± update · ~ extracted")
        assert str(pane.border_title) == "Insights 3 · 20  ± update"
        set_pane_title(pane, 20, "~ extracted")
        assert str(pane.border_title) == "Insights 3 · 20  ~ extracted"
