"""Tests of the tour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from briefreader.config import Settings
from briefreader.tui.screens.writing import NoteDialog
from briefreader.tui.widgets.tour import STEPS

if TYPE_CHECKING:
    from briefreader.library import Library

SIZES = [(80, 24), (120, 40)]
# for each step of the tour, the keys that complete it
WALK = ("j", "enter", "h", "slash", "~pricing", "i", "w", "a", "u", "question_mark")


@pytest.mark.parametrize("size", SIZES)
async def test_tour_step_is_completed_by_its_key(stage: Any, library: Library, size: tuple[int, int]) -> None:
    async with stage(library, size) as on:
        await on.sees("▸pricing")
        await on.press("f3")
        for number, key in enumerate(WALK, 1):
            await on.sees(f"{number} of {len(STEPS)}")
            if key.startswith("~"):
                await on.write(key[1:])
                await on.press("enter")
            else:
                await on.press(key)
            await on.rest()
            if key in ("i", "w", "question_mark"):
                await on.press("escape")
        await on.sees("End of the tour")
        assert " of 10 " not in on.text
        assert not any(state.verdict for state in library.topics(library.list()[0].id))


async def test_tour_ignores_other_keys_and_its_own_key_ends_it(stage: Any, library: Library) -> None:
    async with stage(library) as on:
        await on.sees("▸pricing")
        assert "1 of 10" not in on.text
        await on.press("f3", "s", "tab", "S", "escape")
        await on.sees("1 of 10")
        await on.press("f3")
        await on.rest()
        assert "1 of 10" not in on.text


async def test_tour_starts_from_help_and_shows_remapped_keys(stage: Any, library: Library) -> None:
    settings = Settings(keys={"list.cursor_down": "ctrl+n", "app.tour": "f4"})
    async with stage(library, settings=settings) as on:
        await on.sees("▸pricing")
        await on.press("question_mark")
        await on.sees("F4")
        await on.press("f4")
        await on.sees("ctrl+n and k move through the briefings")
        await on.sees("F4 ends the tour")


async def test_tour_keeps_a_note_being_written(stage: Any, library: Library) -> None:
    async with stage(library) as on:
        await on.sees("▸pricing")
        await on.press("m")
        await on.write("Half a thought")
        await on.press("f3")
        await on.sees("The tour runs on the main screen; close this one first")
        assert isinstance(on.app.screen, NoteDialog) and "Half a thought" in on.text


async def test_tour_is_not_offered_in_an_empty_library(stage: Any, empty: Library) -> None:
    async with stage(empty) as on:
        await on.sees("This library is empty")
        await on.press("f3")
        await on.sees("The tour needs something to read")
