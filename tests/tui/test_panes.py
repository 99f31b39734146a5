"""Tests of the panes: rows, the reader's width, messages, marks, external changes."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any
from unittest.mock import Mock

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.geometry import Offset

from briefreader.library import Library
from briefreader.model import BriefingRow
from briefreader.query import parse
from briefreader.tui.explanations import plain_line
from briefreader.tui.widgets import query_input
from briefreader.tui.widgets.briefing_list import shown_date

WIDE, SMALL = (120, 40), (80, 24)


async def test_briefing_row_has_two_lines_with_its_abstract(stage: Any, library: Library) -> None:
    async with stage(library, (160, 40)) as on:
        await on.sees("Harbour Notes · Pay for outcome")
        await on.press("d")
        await on.loses("Harbour Notes · Pay for outcome")
        await on.press("d")
        await on.sees("Harbour Notes · Pay for outcome")


async def test_low_window_has_one_line_per_briefing(stage: Any, library: Library) -> None:
    async with stage(library, SMALL) as on:
        await on.sees("Bread without a clock")
        assert "Dough rises" not in on.text


async def test_first_letter_of_a_filter_keeps_the_layout(stage: Any, library: Library) -> None:
    async with stage(library, ready="Charging per") as on:
        await on.press("slash")
        main = on.app.main_screen
        await on.until(lambda: main.filter_bar.size.height == 2, "room for what the filter means")
        below = main.briefings.region
        await on.press("c")
        await on.sees(" of 5")
        assert main.briefings.region == below
        await on.press("backspace", "escape")
        await on.until(lambda: main.filter_bar.size.height == 1, "the room is given back")


async def test_filter_explanation_grows_only_after_a_pause(
    stage: Any, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(query_input, "LAYOUT_DELAY", 0.5)
    async with stage(library, ready="Charging per") as on:
        await on.press("slash")
        main = on.app.main_screen
        await on.until(lambda: main.filter_bar.size.height == 2, "room for what the filter means")
        await on.write("is:u")
        await on.sees("is:u is searched as text")
        assert main.filter_bar.size.height == 2
        await on.until(lambda: main.filter_bar.size.height > 2, "room for the whole warning")


async def test_list_is_drawn_once_with_abstracts_and_count(
    stage: Any, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage(library, (160, 40), ready="Charging per") as on:
        await on.rest()
        frames: list[str] = []
        draw = on.app._display

        def drawn(*args: Any) -> None:
            frames.append(on.text)
            draw(*args)

        monkeypatch.setattr(on.app, "_display", drawn)
        on.app.main_screen.list_briefings(parse("source:long"))
        await on.sees("2 of 5")
        filtered = [frame for frame in frames if "Bread without a clock" not in frame]
        assert filtered
        assert all("2 of 5" in frame and "Open weights are" in frame for frame in filtered)


async def test_sources_are_shown_only_if_they_differ(stage: Any, library: Library) -> None:
    async with stage(library, (160, 24)) as on:
        await on.sees("The Lon… Sixteen")
        await on.press("slash")
        await on.write("source:long")
        await on.sees("2 of 5")
        assert "The Lon… Sixteen" not in on.text


@pytest.mark.parametrize(
    ("published", "shown"),
    [
        ("2026-03-01T14:05:00", "14:05  "),
        ("2026-03-01", " 1 Mar "),
        ("2026-02-28T14:05:00", "28 Feb "),
        ("", "+Nov’24"),
    ],
)
def test_briefing_of_today_shows_its_time(published: str, shown: str) -> None:
    row = BriefingRow(1, "7f3a", "A title", published=published, added="2024-11-22")
    assert shown_date(row, datetime.date(2026, 3, 1)) == shown


async def test_reader_takes_half_of_a_wide_window(stage: Any, library: Library) -> None:
    async with stage(library, WIDE) as on:
        await on.sees("Charging per")
        reader = on.app.main_screen.reader
        assert reader.outer_size.width == 60
        await on.press("less_than_sign")
        await on.until(lambda: reader.outer_size.width == 66, "a wider reader")
        await on.press("greater_than_sign", "greater_than_sign")
        await on.until(lambda: reader.outer_size.width == 54, "a narrower reader")


async def test_reader_loaded_while_hidden_shows_its_text(stage: Any, library: Library) -> None:
    async with stage(library) as on:
        await on.sees("Charging per")
        panes, reader = on.app.screen.query_one("#panes"), on.app.main_screen.reader
        panes.display = False
        await on.loses("Charging per")
        on.app.main_screen.briefings.cursor += 1
        await on.until(lambda: reader.briefing.title == "Sixteen small experts")
        await on.rest()
        panes.display = True
        # Textual does the layout early if a widget's region is needed, and then sends no Resize
        on.app.screen._compositor._full_map_invalidated = True
        on.app.screen.find_widget(reader)
        await on.sees("Key insights")


async def test_passage_stays_shown_when_its_briefing_is_reloaded(stage: Any, library: Library) -> None:
    async with stage(library) as on:
        main = on.app.main_screen
        await on.until(lambda: main.insights.current is not None)
        insight = next(i for i in library.briefing(main.insights.briefing_id).insights if i.number == 2)
        for pane in (main.insights, main.reader):
            pane.load(main.insights.briefing_id, (insight.start, insight.end))
            pane.load(main.insights.briefing_id)
        await on.until(lambda: main.insights.cursor == 1, "the list points at the passage")
        await on.until(lambda: main.reader.passage == (insight.start, insight.end), "the reader shows the passage")


async def test_reload_uses_the_latest_query(stage: Any, library: Library) -> None:
    async with stage(library) as on:
        on.app.main_screen.list_briefings(parse("toll"))
        on.app.main_screen.briefings.reload()
        await on.rest()
        assert on.app.main_screen.briefings.query_shown.typed == "toll"
        await on.sees("All ▸ toll", "1 of 5")


async def test_mouse_drag_resizes_the_reader(stage: Any, library: Library) -> None:
    async with stage(library, WIDE) as on:
        await on.sees("Charging per")
        reader = on.app.main_screen.reader
        await on.pilot.mouse_down("#reader", offset=(0, 5))
        await on.pilot.hover(offset=(72, 10))
        await on.pilot.mouse_up(offset=(72, 10))
        await on.until(lambda: reader.outer_size.width == 48, "a narrower reader")


async def test_escape_reports_how_many_marks_it_cleared(stage: Any, library: Library) -> None:
    async with stage(library) as on:
        await on.sees("▸pricing")
        await on.press("x", "x", "escape")
        await on.sees("Cleared 2 marks · M to restore")
        assert "2 marked" not in on.text
        await on.press("M")
        await on.sees("2 marked")


@pytest.mark.parametrize("size", [WIDE, SMALL])
async def test_long_message_is_wrapped(stage: Any, library: Library, size: tuple[int, int]) -> None:
    words = " ".join(f"word{n}" for n in range(30))
    async with stage(library, size) as on:
        await on.rest()
        on.app.main_screen.show_status(words, "error")
        await on.sees("word29")
        assert all(f"word{n}" in on.text for n in range(30))
        await on.press("escape")
        await on.sees("Enter Open")


async def test_external_changes_keep_cursor_and_reader(stage: Any, library: Library, tmp_path: Any) -> None:
    (tmp_path / "new.md").write_text("---\ndate: 2026-02-28\n---\n# Just in\n\nA ferry was late, and nobody minded.\n")
    async with stage(library) as on:
        await on.press("j")
        await on.sees("Most of the model sleeps")
        await on.press("s")
        await on.rest()
        with Library(library.folder) as other:
            assert [added.status for added in other.add([tmp_path / "new.md"])] == ["added"]
        on.app.main_screen.changes.check_outside()
        await on.sees("Just in", "Updated by another process")
        await on.rest()
        assert on.app.main_screen.briefings.current.title == "Sixteen small experts"
        assert "Most of the model sleeps" in on.text


async def test_add_dialog_path_is_cleared_after_adding(stage: Any, library: Library, tmp_path: Any) -> None:
    (tmp_path / "new.md").write_text("# Just in\n\nA ferry was late, and nobody minded it at all.\n")
    async with stage(library) as on:
        await on.add(tmp_path / "new.md")
        await on.sees("Done: 1 added")
        assert on.app.screen.query_one("Input").value == ""


@pytest.mark.parametrize(
    ("quote", "line"),
    [
        ("models.\n- **Pricing", "models. Pricing"),
        ("## The *price* of\n> tokens", "The price of tokens"),
        ("open-weight models", "open-weight models"),
        ("GPT-4.5", "GPT-4.5"),
        ("2*3 snake_case", "2*3 snake_case"),
        ("a home in [Nevada](https://example.com/x?y=1) and more", "a home in Nevada and more"),
    ],
)
def test_plain_line_keeps_the_words_of_a_quote(quote: str, line: str) -> None:
    assert plain_line(quote) == line


@given(st.text())
def test_plain_line_of_any_text_is_one_line(text: str) -> None:
    assert len(plain_line(text).splitlines()) <= 1


async def test_tag_editor_counts_topics_of_marked_briefings(stage: Any, library: Library) -> None:
    async with stage(library, (160, 40)) as on:
        await on.sees("▸pricing")
        await on.press("x", "x", "semicolon", "t")
        await on.sees("2 marked briefings", "◐ some      1 of 2")
        await on.write("experts")
        await on.sees("Mixture of experts")
        await on.press("enter")
        await on.sees("Accepted: Mixture of experts on 2 briefings")


async def test_terminal_cursor_follows_the_focus(stage: Any, library: Any) -> None:
    async with stage(library) as on:
        main, app = on.app.main_screen, on.app
        at = main.briefings.content_region.offset
        await on.until(lambda: app.cursor_position == at, "the first row")
        await on.press("j")
        assert app.cursor_position == at + Offset(0, main.briefings.row_height)
        await on.press("1", "j")
        await on.sees("is:unread")
        second = Offset(0, 1)
        await on.until(lambda: app.cursor_position == main.places.content_region.offset + second, "the second place")
        await on.press("4")
        await on.until(lambda: app.cursor_position == main.reader.content_region.offset, "the reader")
        await on.press("t")
        await on.until(lambda: app.cursor_position == app.focused.cursor_screen_offset, "the input")
        assert app.cursor_position.y > 2
        await on.press("escape")


async def test_no_match_clears_the_count_of_insights(stage: Any, library: Any) -> None:
    async with stage(library) as on:
        await on.sees("Insights 3 · 2")
        await on.press("slash")
        await on.write("zzqq")
        await on.sees("Nothing matches zzqq")
        await on.loses("Insights 3 · ")


async def test_spinner_of_a_finished_load_is_not_shown(
    stage: Any, library: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage(library) as on:
        pane, timers = on.app.main_screen.briefings, []
        monkeypatch.setattr(pane, "set_timer", lambda delay, call: timers.append(call) or Mock())
        pane.reload()
        await on.until(lambda: timers, "the list is loading")
        await on.rest()
        timers[0]()
        await on.rest()
        assert "searching" not in on.text


async def test_topic_bar_says_what_changed_until_you_decide(
    stage: Any, library: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Library.explain

    def outdated(self: Library, target: str, topic: str | None = None) -> list[Any]:
        return [replace(found, outdated=True, stored=0.0, changed="model") for found in real(self, target, topic)]

    monkeypatch.setattr(Library, "explain", outdated)
    async with stage(library) as on:
        await on.sees("▸pricing", "model changed since")
    row = library.list()[0]
    for state in library.topics(row.id):
        library.decide([row.id], state.topic, "accepted")
    async with stage(library) as on:
        await on.sees("✓", "“")
        assert "changed since" not in on.text


async def test_saved_filters_show_their_counts(stage: Any, library: Any) -> None:
    library.save_search("Prices", "topic:pricing")
    library.save_search("Tolls", "toll")
    async with stage(library) as on:
        await on.sees("◆ Prices", "◆ Tolls")
        places = {place.label: place.count for place in on.app.main_screen.places.places}
        assert places["Prices"] == library.count("topic:pricing") > 0
        assert places["Tolls"] is None
