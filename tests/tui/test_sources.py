"""Tests of sources in the app, from an empty library to fetched briefings."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING, Any

from briefreader.tui.background_fetch import BackgroundFetch

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


async def test_added_source_is_fetched_and_listed(stage: Any, empty: Any, files: Path) -> None:
    async with stage(empty) as on:
        await on.sees("Add a mail folder")
        await on.press("down", "down", "enter")
        await on.sees("Path of a Maildir")
        on.app.screen.query_one("Input").value = str(files)
        await on.press("enter")
        await on.sees("Fetch", "new")
        await on.ends(on.app.screen)
        assert "5 new briefings from 1 source" in on.notices
        await on.press("escape")
        await on.sees("/week", "0% read", "0% ★", "0% cut")
        await on.press("escape")
        await on.sees("The toll booth of tokens")


async def test_invalid_address_is_reported(stage: Any, library: Any) -> None:
    async with stage(library) as on:
        await on.press("P")
        await on.sees("No sources yet")
        await on.press("plus")
        await on.sees("URL of a feed")
        await on.write("nowhere")
        await on.press("enter")
        await on.hears("is neither a URL nor a file or folder")


async def test_failing_source_shows_its_error_and_can_be_removed(stage: Any, library: Any, tmp_path: Path) -> None:
    library.sources.add(str(tmp_path / "gone"), name="Kelp", kind="folder")
    async with stage(library) as on:
        await on.press("F")
        await on.sees("failed")
        await on.ends(on.app.screen)
        assert "1 failed" in on.notices
        await on.press("escape", "P")
        await on.sees("Kelp", "folder not found")
        await on.press("delete")
        await on.sees("Its briefings stay")
        await on.press("y")
        await on.sees("No sources yet")
    assert library.sources.load() == ([], [])


async def test_background_fetch_lists_new_items_and_keeps_the_cursor(stage: Any, library: Any, tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    library.sources.add(str(folder), name="Reports")
    async with stage(library) as on:
        await on.press("down")
        before = on.app.main_screen.briefings.current.title
        (folder / "new.md").write_text("# A report that came by itself\n\nIt says what the tides cost, in two lines.\n")
        BackgroundFetch(on.app.main_screen, "30m").run()
        await on.sees("1 new briefing fetched", "A report that came")
        assert on.app.main_screen.briefings.current.title == before


async def test_briefings_without_a_source_can_be_named_in_bulk(stage: Any, library: Any) -> None:
    unnamed = [row.id for row in library.list(limit=2)]
    library.edit(unnamed, source="")
    async with stage(library) as on:
        await on.sees("(no source)")
        await on.press("slash")
        await on.write("source:none")
        await on.press("enter")
        await on.sees("Briefings 2 · 2")
        await on.press("x", "x", "semicolon", "ctrl+e")
        await on.sees("Edit", "Source")
        assert "Title" not in on.text
        await on.write("Kelp")
        await on.press("enter")
        await on.sees("Changed source of 2 briefings")
    assert [row.source for row in library.list() if row.id in unnamed] == ["Kelp", "Kelp"]


async def test_background_fetch_skips_a_turn_while_running(
    stage: Any, library: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.sources.add(str(tmp_path), name="Reports")
    begun: list[str] = []
    answer = Event()

    def slow(self: Any, verb: str, *given: Any, **options: Any) -> list[Any]:
        begun.append(verb)
        answer.wait()
        return []

    monkeypatch.setattr(type(library), "run_in_subprocess", slow)
    async with stage(library) as on:
        fetch = BackgroundFetch(on.app.main_screen, "30m")
        fetch.run()
        await on.until(lambda: begun == ["fetch"])
        fetch.run()
        answer.set()
        await on.until(lambda: not any(worker.group == "fetch" for worker in on.app.main_screen.workers))
        fetch.run()
        await on.until(lambda: begun == ["fetch", "fetch"])
