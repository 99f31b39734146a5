"""Tests of the main screen: panes, moving, filtering, deciding, undo."""

from __future__ import annotations

from typing import Any

import pytest

from briefreader.config import Settings
from briefreader.library import Library

WIDE, SMALL = (120, 40), (80, 24)


async def test_main_screen_fills_all_panes(stage: Any, library: Any) -> None:
    async with stage(library, WIDE) as on:
        await on.sees("Library 1", "Briefings 2 · 5", "Insights 3 · 2", "Reader 4", "5 unread")
        await on.sees("The toll booth of tokens", "Pay for outcomes, not for tokens", "Harbour Notes")
        assert "Pricing" in on.text
        assert "Enter Open" in on.text


async def test_small_window_shows_one_pane_and_the_library_over_it(stage: Any, library: Any) -> None:
    async with stage(library, SMALL) as on:
        await on.sees("Briefings 2 · 5", "Bread without a clock")
        assert "Reader 4" not in on.text
        await on.press("enter")
        await on.sees("Reader 4", "Charging per")
        assert "Briefings 2" not in on.text
        await on.press("h")
        await on.sees("Briefings 2 · 5")
        await on.press("1")
        await on.sees("Library 1", "Starred")
        await on.press("backslash")
        await on.loses("Library 1")


async def test_tiny_window_shows_the_minimum_size(stage: Any, library: Any) -> None:
    async with stage(library, (50, 12), ready="60 × 15") as on:
        assert "50 × 12" in on.text


async def test_reader_and_insights_follow_the_cursor(stage: Any, library: Any) -> None:
    async with stage(library) as on:
        await on.sees("Pay for outcomes")
        await on.press("j")
        await on.sees("Most of the model sleeps", "Insights 3 · 2")
        await on.press("G")
        await on.sees("Dough rises when it rises")
        await on.press("g", "g")
        await on.sees("Charging per")


async def test_opening_a_briefing_marks_it_read_and_updates_counts(stage: Any, library: Any) -> None:
    async with stage(library) as on:
        await on.sees("Charging per")
        await on.press("enter")
        await on.sees("4 unread")
        assert library.facets().unread == 4
        await on.press("N")
        await on.sees("5 unread")


async def test_filter_applies_while_typing(stage: Any, library: Any) -> None:
    async with stage(library) as on:
        await on.press("slash")
        await on.write("source:long")
        await on.sees("Briefings 2 · 2", "2 of 5")
        assert "Bread without a clock" not in on.text
        await on.press("escape")
        await on.sees("Briefings 2 · 5")


async def test_filter_without_results_suggests_the_nearest_topic(stage: Any, library: Any) -> None:
    async with stage(library) as on:
        await on.press("slash")
        await on.write("topic:pricng")
        await on.sees("Nothing matches topic:pricng", "Esc clears the filter", "Similar topic: pricing")


async def test_filter_without_results_suggests_no_topic_of_the_query(stage: Any, library: Any) -> None:
    async with stage(library) as on:
        await on.press("slash")
        await on.write("topic:moe is:starred")
        await on.sees("Nothing matches topic:moe", "Esc clears the filter")
        assert "Similar topic" not in on.text


async def test_topic_accept_and_reject_can_be_undone(stage: Any, library: Any) -> None:
    async with stage(library) as on:
        await on.sees("▸pricing")
        row = library.list()[0]
        await on.press("a")
        await on.sees("Accepted pricing", "pricing ✓")
        assert ("pricing", "accepted") in {(s.topic, s.verdict) for s in library.topics(row.id)}
        await on.press("u")
        await on.sees("Undone")
        assert not any(s.verdict for s in library.topics(row.id))
        await on.press("ctrl+r")
        await on.sees("Redone", "pricing ✓")
        await on.press("u")
        await on.sees("Undone")
        await on.loses("pricing ✓")
        await on.press("r")
        await on.sees("Rejected pricing")
        assert ("pricing", "rejected") in {(s.topic, s.verdict) for s in library.topics(row.id)}


async def test_bulk_decision_on_marked_is_one_undo_step(stage: Any, library: Any) -> None:
    async with stage(library) as on:
        await on.sees("▸pricing")
        await on.press("x", "x", "x")
        await on.sees("3 marked")
        await on.press("g", "g")
        await on.sees("▸pricing")
        await on.press("semicolon")
        await on.sees("next command")
        await on.press("a")
        await on.sees("Accepted pricing on 3 marked briefings")
        accepted = [row.id for row in library.list() if "pricing" in row.confirmed]
        assert len(accepted) == 3
        await on.press("u")
        await on.sees("Undone")
        assert not any(row.confirmed for row in library.list())


async def test_stars_notes_and_titles_can_be_undone(stage: Any, library: Any) -> None:
    async with stage(library) as on:
        await on.sees("Charging per")
        first = library.list()[0].id
        await on.press("s")
        await on.sees("Starred")
        await on.press("m")
        await on.sees("ctrl+s Save")
        await on.write("ask Ada")
        await on.press("ctrl+s")
        await on.sees("Note saved")
        assert library.note_of(first) == "ask Ada"
        await on.press("ctrl+e")
        await on.sees("Date (2026-02-20)")
        await on.write("!")
        await on.press("enter")
        await on.sees("The toll booth of tokens!")
        for _ in range(3):
            await on.press("u")
        await on.until(lambda: not library.list()[0].starred, "the star taken off again")
        assert library.note_of(first) == ""
        assert library.list()[0].title == "The toll booth of tokens"


async def test_remapped_keys_work_and_conflicts_are_reported(stage: Any, library: Any) -> None:
    settings = Settings(keys={"main.toggle_star": "z", "main.nonsense": "q"})
    async with stage(library, settings=settings) as on:
        await on.sees("main.nonsense", "main.zoom")
        await on.sees("Charging per")
        await on.press("s")
        await on.press("z")
        await on.until(lambda: library.list()[0].starred, "the star")


async def test_plain_preset_moves_by_arrows_only(stage: Any, library: Any) -> None:
    async with stage(library, settings=Settings(keys={"preset": "plain"})) as on:
        await on.sees("Charging per")
        await on.press("j")
        assert on.app.main_screen.briefings.cursor == 0
        await on.press("down")
        await on.sees("Most of the model sleeps")


async def test_insight_opens_at_its_passage_and_escape_returns(stage: Any, library: Any) -> None:
    async with stage(library) as on:
        await on.sees("A price cut is a message")
        await on.press("3", "j", "enter")
        await on.until(lambda: on.app.main_screen.pane == "reader", "the reader")
        await on.press("h")
        await on.until(lambda: on.app.main_screen.pane == "insights", "back to the insights")


async def test_selected_paragraph_becomes_an_own_insight(stage: Any, library: Any) -> None:
    async with stage(library) as on:
        await on.sees("Charging per")
        before = len(library.insights(library.list()[0].id))
        await on.press("4", "v", "j", "H")
        await on.sees("to undo")
        assert len(library.insights(library.list()[0].id)) == before + 1
        await on.press("u")
        await on.sees("Undone")
        assert len(library.insights(library.list()[0].id)) == before


async def test_find_highlights_matches_in_a_briefing(stage: Any, library: Any) -> None:
    async with stage(library) as on:
        await on.sees("Charging per")
        await on.press("4", "ctrl+f")
        await on.sees("Find in this briefing")
        await on.write("million tokens")
        await on.press("enter")
        await on.sees("Match 1 of 2")
        reader = on.app.main_screen.reader
        assert [reader.briefing.body[slice(*span)] for span in reader.matches] == ["million tokens", "million tokens"]
        first = reader.match
        await on.press("n")
        assert reader.match != first
        await on.press("escape")
        assert reader.matches == []


async def test_copy_gives_an_insight_quote_or_a_briefing_link(stage: Any, library: Any) -> None:
    async with stage(library) as on:
        await on.sees("Charging per")
        await on.press("y")
        await on.sees("Copied")
        title = on.app.main_screen.briefings.current.title
        assert on.app.clipboard.startswith(title) or on.app.clipboard.startswith(f"[{title}]")
        await on.press("3", "y")
        await on.until(lambda: on.app.clipboard.startswith("> "), "a quote")
        assert f"> — {title}" in on.app.clipboard or f"> — [{title}]" in on.app.clipboard


async def test_next_unread_skips_read_briefings(stage: Any, library: Any) -> None:
    ids = [row.id for row in library.list()]
    library.mark(ids[1:3], read=True)
    async with stage(library) as on:
        await on.sees("Charging per")
        await on.press("n")
        await on.until(lambda: on.app.main_screen.briefings.cursor == 3, "the fourth briefing")


async def test_mark_all_read_asks_for_confirmation(stage: Any, library: Any) -> None:
    async with stage(library) as on:
        await on.sees("5 unread")
        await on.press("A")
        await on.sees("as read?")
        await on.press("n")
        await on.loses("as read?")
        assert library.facets().unread == 5
        await on.press("A")
        await on.sees("as read?")
        await on.press("y")
        await on.sees("0 unread")
        await on.press("u")
        await on.sees("5 unread")


async def test_all_read_spares_marked_briefings_that_the_filter_hides(stage: Any, library: Any) -> None:
    async with stage(library) as on:
        await on.sees("5 unread")
        await on.press("x", "slash")
        await on.write("-is:marked")
        await on.press("enter")
        await on.sees("4 of 5")
        await on.press("A")
        await on.sees("Mark all 4 briefings")
        await on.press("y")
        await on.sees("1 unread")


@pytest.mark.parametrize("size", [WIDE, SMALL])
async def test_empty_library_shows_first_steps(stage: Any, empty: Any, size: tuple[int, int]) -> None:
    async with stage(empty, size, ready="This library is empty") as on:
        await on.sees("Look around", "Add a feed", "Add a mail folder", "Add briefings")
        for key, asked in (("j", "URL of an RSS"), ("j", "Path of a Maildir"), ("j", "File or folder")):
            await on.press(key, "enter")
            await on.sees(asked)
            await on.press("escape", *(["escape"] if asked != "File or folder" else []))
            await on.loses(asked)
            await on.sees("This library is empty")


async def test_empty_library_can_open_the_demo(
    stage: Any, empty: Any, library: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Library, "demo", lambda: library)  # the sample briefings take seconds to tag
    async with stage(empty, ready="This library is empty") as on:
        await on.press("enter")
        await on.sees("The toll booth of tokens", "5 unread")
        await on.press("q", "q")
        await on.sees("The toll booth of tokens")


async def test_mouse_moves_the_cursor_and_opens_briefings(stage: Any, library: Any) -> None:
    async with stage(library) as on:
        await on.sees("Charging per")
        await on.pilot.click("#briefings", offset=(20, 5))
        await on.sees("Tools make the agent")
        await on.pilot.click("#briefings", offset=(20, 5))
        await on.until(lambda: on.app.main_screen.pane == "reader", "the reader")


async def test_saved_search_is_listed_in_the_library_pane(stage: Any, library: Any) -> None:
    async with stage(library) as on:
        await on.press("slash")
        await on.write("source:kitchen")
        await on.press("enter", "ctrl+s")
        await on.sees("Save this search")
        await on.write("Bread")
        await on.press("enter")
        await on.sees("▸ Bread")
        assert library.saved() == [("Bread", "source:kitchen")]
