"""Regression tests of problems that users found in the app."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from briefreader.tui.screens.dialog import Prompt
from briefreader.tui.screens.review import ReviewScreen
from briefreader.tui.screens.theming import ThemeDialog
from briefreader.tui.screens.writing import EditDialog

if TYPE_CHECKING:
    from briefreader.library import Library

SMALL = (80, 24)


async def test_tab_moves_through_the_fields_of_a_dialog(stage: Any, library: Library) -> None:
    async with stage(library) as on:
        await on.press("ctrl+e")
        await on.until(lambda: isinstance(on.app.screen, EditDialog), "the dialog")
        await on.press("tab", "tab", "end", *["backspace"] * 10)
        await on.write("2024-02-29")
        await on.press("shift+tab", "end")
        await on.write(" Weekly")
        await on.press("enter")
        await on.sees("Changed source and date")
        row = next(row for row in library.list() if row.title == "The toll booth of tokens")
        assert (row.source, row.published[:10]) == ("Harbour Notes Weekly", "2024-02-29")


@pytest.mark.parametrize(
    ("keys", "shows"), [(("ctrl+e",), "Next field"), (("plus",), "Go to the text"), (("E",), "Profile")]
)
async def test_click_on_the_tab_hint_moves_to_the_next_field(
    stage: Any, library: Library, keys: tuple[str], shows: str
) -> None:
    async with stage(library) as on:
        await on.press(*keys)
        await on.sees(shows)
        before = on.app.focused
        await on.click(shows)
        await on.until(lambda: on.app.focused not in (before, None), "the next field")


async def test_dismissed_insight_is_reported(stage: Any, library: Library) -> None:
    async with stage(library) as on:
        await on.sees("▸pricing")
        await on.press("3")
        await on.sees("Insights 3 · 2")
        await on.press("D")
        await on.sees("Insight dismissed", "Insights 3 · 1")
        await on.rest()
        assert on.app.main_screen.bottom.message.startswith("Insight dismissed")
        await on.press("u")
        await on.sees("Undone: dismiss", "Insights 3 · 2")


@pytest.mark.parametrize("size", [SMALL, (120, 40)])
async def test_highlighted_topic_is_always_visible_in_the_topic_bar(
    stage: Any, library: Library, size: tuple[int, int]
) -> None:
    wide = "\n".join(f"  - {{id: a-topic-with-a-long-name-{n}, label: T{n}, keywords: [tokens]}}" for n in range(9))
    library.taxonomy_path.write_text(f"topics:\n{wide}\n", encoding="utf-8")
    library.reload_taxonomy()
    target = library.list()[0].id
    library.decide_many([(target, f"a-topic-with-a-long-name-{n}", "accepted") for n in range(9)])
    async with stage(library, size) as on:
        await on.sees("long-name")
        strip = on.app.main_screen.topic_bar
        for number in range(9):
            line = "".join(text for text, _ in strip.pieces(size[0]))
            assert f"▸{strip.states[number].topic} ✓" in line
            assert len(line) <= size[0]
            assert not line.rstrip().endswith(":")
            assert (" +" in line) is (strip.states[-1].topic not in line)
            await on.press("full_stop")


async def test_sort_key_cycles_and_reports_the_current_order(stage: Any, library: Library) -> None:
    async with stage(library) as on:
        await on.press("O")
        await on.sees("Most confident first")
        await on.press("O")
        await on.sees("Newest first")
        assert on.app.main_screen.filter_bar.value == ""
        await on.press("slash")
        await on.write("toll")
        await on.press("enter", "O")
        await on.sees("toll sort:date", "Newest first")
        await on.press("O")
        await on.sees("toll sort:score")
        await on.press("O")
        await on.sees("Best match first")
        assert on.app.main_screen.filter_bar.value == "toll"


async def test_filter_bar_has_its_own_footer_hints(stage: Any, library: Library) -> None:
    async with stage(library) as on:
        await on.press("slash")
        await on.sees("Enter Go to the list", "Esc Clear")
        await on.write("zebra")
        await on.rest()
        await on.click("Esc Clear")
        await on.sees("Briefings 2 · 5", "Enter Open")


async def test_completion_disappears_after_the_filter_is_applied(stage: Any, library: Library) -> None:
    async with stage(library) as on:
        await on.press("slash")
        await on.write("topic:pri")
        await on.sees("Tab topic:pricing")
        await on.press("enter")
        await on.loses("Tab topic:pricing")
        await on.press("slash", "end")
        await on.write("c")
        await on.sees("Tab topic:pricing")
        await on.press("down")
        await on.loses("Tab topic:pricing")


async def test_theme_preview_is_reverted_on_escape(stage: Any, library: Library) -> None:
    async with stage(library) as on:
        before = on.app.theme
        await on.press("f2")
        await on.until(lambda: isinstance(on.app.screen, ThemeDialog), "the themes")
        await on.sees(f"● {before}")
        await on.press("down")
        await on.until(lambda: on.app.theme != before, "another theme")
        await on.press("escape")
        await on.until(lambda: on.app.theme == before, "the former theme")
        await on.press("f2", "down", "enter")
        await on.until(lambda: on.app.theme != before and on.app.screen is on.app.main_screen, "the theme kept")


async def test_ctrl_c_does_not_quit_and_shows_the_quit_key(stage: Any, library: Library) -> None:
    async with stage(library) as on:
        await on.press("ctrl+c")
        await on.sees("Q quits")
        assert on.app.return_code is None


async def test_saved_search_rename_can_be_undone(stage: Any, library: Library) -> None:
    library.save_search("Prices", "topic:pricing")
    async with stage(library) as on:
        await on.press("1")
        places = on.app.main_screen.places
        await on.until(lambda: any(place.saved for place in places.places), "the saved search")
        places.cursor = next(n for n, place in enumerate(places.places) if place.saved)
        await on.press("ctrl+e")
        await on.until(lambda: isinstance(on.app.screen, Prompt), "the question")
        await on.write(" now")
        await on.press("enter")
        await on.sees("Prices now")
        assert library.saved() == [("Prices now", "topic:pricing")]
        await on.press("u")
        await on.until(lambda: library.saved() == [("Prices", "topic:pricing")], "the former name")


async def test_search_saved_in_insight_search_is_in_the_library(stage: Any, library: Library) -> None:
    async with stage(library) as on:
        await on.press("i")
        await on.write("tokens")
        await on.sees("hits")
        await on.press("ctrl+s")
        await on.sees("Name for: ")
        await on.write("cheap")
        await on.press("enter")
        await on.sees("search saved")
        await on.press("escape")
        await on.sees("◆ cheap")


async def test_review_asks_again_after_a_bulk_accept_is_undone(stage: Any, library: Library) -> None:
    queue = library.review(20)
    async with stage(library) as on:
        await on.press("R")
        await on.sees(f"question 1 of {len(queue)}")
        screen = on.app.screen
        assert isinstance(screen, ReviewScreen)
        await on.press("A")
        await on.sees("Answer yes to")
        await on.press("y")
        await on.sees(f"Nothing left to review. {len(queue)} decided.")
        await on.press("u")
        await on.sees(f"question 1 of {len(queue)}")
        assert not [s for row in library.list() for s in library.topics(row.id) if s.verdict]


async def test_selection_mode_shows_its_keys(stage: Any, library: Library) -> None:
    async with stage(library) as on:
        await on.sees("Charging per")
        await on.press("4", "v")
        await on.sees("Selecting: j extends, k shrinks · H adds it as an insight · y copies · Esc ends")
        await on.press("H")
        await on.sees("Insight added")
        own = next(row for row in library.insights(library.list()[0].id) if row.kind == "own")
        assert not set("*_`#") & set(own.title)


@pytest.mark.parametrize("size", [SMALL, (200, 30)])
async def test_missing_library_file_is_reported(stage: Any, library: Library, size: tuple[int, int]) -> None:
    async with stage(library, size) as on:
        for file in library.folder.glob("library.db*"):
            file.rename(file.with_suffix(file.suffix + ".away"))
        await on.press("s")
        await on.until(lambda: "put it back, then retry" in on.app.main_screen.bottom.message, "the error")
        assert "back, then retry" in on.text.replace("\n", ""), "however narrow the window"
        for file in library.folder.glob("*.away"):
            file.rename(file.with_suffix(""))
        await on.press("s")
        await on.sees("Starred")


async def test_note_editor_opens_at_the_end_of_the_note(stage: Any, library: Library) -> None:
    library.note(library.list()[0].id, "Who pays")
    async with stage(library) as on:
        await on.press("m")
        await on.sees("Who pays")
        await on.write(" at night")
        await on.press("ctrl+s")
        await on.until(lambda: library.note_of(library.list()[0].id) == "Who pays at night", "the note")


async def test_help_explains_the_symbols(stage: Any, library: Library) -> None:
    async with stage(library) as on:
        await on.press("question_mark", "end")
        await on.sees("Signs", "unread, starred, with a note, marked")
