"""Tests of lists while only the first page is loaded."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING, Any

import pytest

from briefreader.tui import listings
from briefreader.tui.screens import insight_search

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def rest(library: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """Load two rows per page; the rest waits for the event."""
    gate = Event()
    keys = library.keys

    def held(*args: Any, after: int | None = None, **options: Any) -> Any:
        assert after is None or gate.wait(30)
        return keys(*args, after=after, **options)

    monkeypatch.setattr(listings, "PAGE_ROWS", 2)
    monkeypatch.setattr(library, "keys", held)
    yield gate
    gate.set()


async def test_list_rest_loads_without_moving_the_first_page(stage: Any, library: Any, rest: Event) -> None:
    titles = [row.title for row in library.list()]
    async with stage(library, ready=titles[0]) as on:
        shown = on.app.main_screen.briefings
        await on.sees(titles[1])
        assert not shown.whole and titles[2] not in on.text
        await on.press("j")
        rest.set()
        await on.sees(titles[4], "Briefings 2 · 5")
        assert shown.whole and shown.cursor == 1
        assert [shown.index_of(row.id) for row in library.list()] == [0, 1, 2, 3, 4]


async def test_end_key_goes_to_the_end_of_the_whole_list(stage: Any, library: Any, rest: Event) -> None:
    async with stage(library, ready="Charging per") as on:
        await on.press("G")
        rest.set()
        await on.until(lambda: on.app.main_screen.briefings.cursor == 4, "the last of all")


@pytest.mark.parametrize(("key", "says"), [("A", "Mark all 5 briefings as read"), ("E", "5 listed briefings")])
async def test_action_on_all_rows_waits_for_the_whole_list(
    stage: Any, library: Any, rest: Event, key: str, says: str
) -> None:
    async with stage(library, ready="Charging per") as on:
        await on.press(key)
        assert not on.app.screen.is_modal
        rest.set()
        await on.sees(says)
        await on.press("escape")


async def test_next_unread_is_found_beyond_the_first_page(stage: Any, library: Any, rest: Event) -> None:
    library.mark([row.id for row in library.list()[:3]], read=True)
    async with stage(library, ready="Charging per") as on:
        await on.press("n")
        rest.set()
        await on.until(lambda: on.app.main_screen.briefings.cursor == 3, "the fourth briefing")


async def test_marks_beyond_the_first_page_are_kept(stage: Any, library: Any, rest: Event) -> None:
    rest.set()
    async with stage(library) as on:
        await on.sees("Briefings 2 · 5")
        await on.press("G", "x")
        await on.sees("1 marked")
        rest.clear()
        await on.press("g", "g", "f5")
        await on.until(lambda: not on.app.main_screen.briefings.whole, "a first page")
        rest.set()
        await on.until(lambda: on.app.main_screen.briefings.whole, "all")
        assert len(on.app.main_screen.briefings.marks) == 1
        await on.press("semicolon")
        await on.sees("next command")
        await on.press("s")
        await on.sees("Starred")
        assert [row.starred for row in library.list()] == [False, False, False, False, True]


async def test_outdated_list_is_not_shown(stage: Any, library: Any, rest: Event) -> None:
    """Rows of the whole list that load after a filter was typed are not shown."""
    async with stage(library, ready="Charging per") as on:
        await on.press("slash")
        await on.write("harbour")
        await on.sees("2 of 5")
        rest.set()
        await on.rest()
        assert len(on.app.main_screen.briefings.keys) == 2 and "2 of 5" in on.text


async def test_filter_bar_opened_during_a_pane_switch_keeps_focus(stage: Any, library: Any) -> None:
    async with stage(library) as on:
        on.app.main_screen.show_pane("briefings")
        on.app.main_screen.action_filter()
        await on.rest()
        assert on.app.focused is on.app.main_screen.filter_bar.input


async def test_more_hits_load_near_the_end(stage: Any, library: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(insight_search, "LIMIT", 3)
    monkeypatch.setattr(insight_search, "_NEAR", 1)
    total = len(library.search("", limit=100))
    assert total > 3
    async with stage(library) as on:
        await on.press("i")
        await on.until(lambda: len(on.app.screen.hits.items) == 3, "the first hits")
        await on.press("down", "down")
        at = on.app.screen.hits.current
        await on.until(lambda: len(on.app.screen.hits.items) == total, "more")
        assert on.app.screen.hits.current == at and on.app.screen.hits.cursor == 2
        await on.press("escape")


async def test_saved_cursor_beyond_the_first_page_is_restored(stage: Any, library: Any, rest: Event) -> None:
    """The cursor goes to its row without being shown at the top first."""
    rest.set()
    async with stage(library) as on:
        await on.sees("Briefings 2 · 5")
        await on.press("G")
        shown, before = on.app.main_screen.briefings, []
        shown.watch(shown, "cursor", before.append, init=False)
        on.app.main_screen.changes.refresh(requery=True)
        await on.rest()
        assert shown.cursor == 4 and before == []


async def test_next_briefing_in_reader_opens_a_row_never_shown(stage: Any, library: Any, rest: Event) -> None:
    first, *_, last = library.list()
    async with stage(library, (80, 24), ready=first.title) as on:
        await on.press("enter")
        main = on.app.main_screen
        await on.until(lambda: main.pane == "reader", "the reader")
        rest.set()
        await on.until(lambda: main.briefings.whole, "the whole list")
        main.open_passage(last.id, 0, 5)
        await on.until(lambda: main.reader.briefing is not None and main.reader.briefing.id == last.id, "the passage")
