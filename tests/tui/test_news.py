"""Tests of stories and the brief in the app."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from briefreader.tui.screens.news import StoriesDialog
from briefreader.tui.widgets.insight_list import REPORT_SIGNS

if TYPE_CHECKING:
    from briefreader.library import Library


async def open_first_story(on: Any) -> None:
    """Open the stories screen and expand the first story."""
    await on.rest()
    await on.press("Y")
    await on.sees("▸")
    await on.press("enter")
    await on.sees("▾")


async def test_story_report_opens_in_the_reader(stage: Any, library: Library) -> None:
    first, other = (library.insights(row.id)[0] for row in library.list(limit=2))
    library.merge_stories(first.id, other.id)
    async with stage(library, (120, 40)) as on:
        await open_first_story(on)
        while on.app.screen.current.row is None:  # below the title of the story and the common facts
            await on.press("down")
        await on.press("enter")
        await on.until(lambda: not isinstance(on.app.screen, StoriesDialog), "the main screen")
        await on.rest()
        assert on.app.main_screen.reader.briefing.id in {first.briefing_id, other.briefing_id}
        assert on.app.main_screen.pane == "reader"


async def test_story_stays_open_when_its_first_report_is_split_off(stage: Any, library: Library) -> None:
    ids = [library.insights(row.id)[0].id for row in library.list(limit=4)]
    for other in ids[1:]:
        library.merge_stories(ids[0], other)
    async with stage(library, (120, 40)) as on:
        await open_first_story(on)
        first = on.app.screen.current.story
        while on.app.screen.current.row is None:
            await on.press("down")
        await on.press("x")
        await on.sees(f"Split off {first.removeprefix('s')}")
        await on.sees("▾")
        assert on.app.screen.current.story != first and on.app.screen.current.story.removeprefix("s") in ids
        await on.press("u")
        await on.sees("Undone")
        await on.until(lambda: on.app.screen.current.story == first, "the story, as before")
        await on.sees("▾")


async def test_insight_that_others_report_is_marked(stage: Any, library: Library) -> None:
    newest, other = (library.insights(row.id)[0] for row in library.list(limit=2))
    library.merge_stories(newest.id, other.id)
    status, _ = library.reports([newest.key])[newest.key]
    sign, meaning, _ = REPORT_SIGNS[status]
    async with stage(library, (120, 40)) as on:
        await on.rest()
        await on.sees(f"{sign} {meaning}")
