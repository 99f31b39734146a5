"""Check that keys typed faster than the app responds have the same effect."""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from textual import events
from textual.keys import _character_to_key

from briefreader import markdown_layout
from briefreader.library import Library

# keys for the main screen; words are typed into the widget that has the focus
KEYS = [
    *"jkGJKnpxXsNarutwimzqhl12345/:;+ETSRU.,]bDHvc",
    *("enter", "escape", "tab", "space", "backspace", "down", "up", "ctrl+a", "ctrl+r", "ctrl+f"),
]


def key_events(keys: list[str]) -> list[events.Key]:
    """Return keys as a terminal sends them."""
    named = [(_character_to_key(key), key) if len(key) == 1 else (key, " " if key == "space" else None) for key in keys]
    return [events.Key(name, character) for name, character in named]


async def burst(on: Any, keys: list[str]) -> None:
    """Press keys without waiting in between."""
    for event in key_events(keys):
        on.app.post_message(event)
    await on.until(lambda: on.app.keys.idle, "all keys handled")
    await on.rest()


def outcome(on: Any, library: Library) -> dict[str, Any]:
    """Return what keys can change: the screen without temporary messages, and the journal."""
    return {
        "screen": type(on.app.screen).__name__,
        "focus": type(on.app.focused).__name__,
        "text": on.text.split("\n")[:-1],
        "journal": [(batch.verb, batch.summary, batch.undone) for batch in library.history(100)],
    }


@pytest.mark.parametrize(
    ("keys", "field"),
    [
        ("/topic:pricing", "topic:pricing"),
        ("ioutcome pricing", "outcome pricing"),
        ("tharbour", "harbour"),
        (":tag", "tag"),
        ("mask Ada", "ask Ada"),
    ],
)
async def test_text_after_a_command_reaches_its_field(stage: Any, library: Library, keys: str, field: str) -> None:
    async with stage(library) as on:
        await on.rest()
        before = library.history(100)
        await burst(on, list(keys))
        focused = on.app.focused
        assert (focused.text if hasattr(focused, "text") else focused.value) == field
        assert library.history(100) == before


async def test_pasted_text_after_a_command_reaches_its_field(stage: Any, library: Library) -> None:
    async with stage(library) as on:
        await on.rest()
        on.app.post_message(events.Key("slash", "/"))
        on.app.post_message(events.Paste("topic:pricing"))
        await on.sees("topic:pricing", "1 of 5")


async def test_command_typed_after_a_filter_acts_on_its_results(stage: Any, library: Library) -> None:
    async with stage(library) as on:
        await on.rest()
        await burst(on, [*"/experts", "enter", "s"])
        assert [row.title for row in library.list("is:starred")] == ["Sixteen small experts"]


async def test_typing_ahead_of_the_command_palette_runs_a_command(stage: Any, library: Library) -> None:
    async with stage(library) as on:
        await on.rest()
        await burst(on, [*":statistics", "enter"])
        await on.sees("Statistics", "words")


async def test_text_typed_while_a_decision_is_saved_is_kept(stage: Any, library: Library, monkeypatch: Any) -> None:
    gate, decide = Event(), library.decide

    def slowly(*args: Any) -> Any:
        assert gate.wait(60)
        return decide(*args)

    monkeypatch.setattr(library, "decide", slowly)
    async with stage(library) as on:
        await on.press("t")
        await on.write("agents")
        for event in key_events(["ctrl+r", *"pri"]):
            on.app.post_message(event)
        field = on.app.screen.query_one("Input")
        await on.until(lambda: field.value.endswith("pri"), "the text")
        gate.set()
        await on.sees("Rejected: Agents")
        assert field.value == "pri"


async def test_keys_typed_before_a_slow_dialog_opens_reach_it(stage: Any, library: Library, monkeypatch: Any) -> None:
    def slowly(text: str) -> list[Any]:
        time.sleep(0.3)  # simulates slow work in its thread; no assertion depends on the duration
        return []

    monkeypatch.setattr(markdown_layout, "links_of", slowly)
    async with stage(library) as on:
        await on.press("1")
        await burst(on, ["U", "G"])
        await on.sees("No links in this briefing")
        assert on.app.main_screen.places.cursor == 0
        await on.press("escape")


async def test_moves_wait_until_the_insights_are_loaded(stage: Any, library: Library, monkeypatch: Any) -> None:
    async with stage(library) as on:
        await on.press("3")
        insights = library.insights

        def slowly(id: str) -> Any:
            time.sleep(0.3)  # simulates slow work, as above
            return insights(id)

        monkeypatch.setattr(library, "insights", slowly)
        await burst(on, ["n", "G"])
        pane = on.app.main_screen.insights
        await on.until(lambda: pane.briefing_id == on.app.main_screen.briefings.current.id, "the next briefing")
        assert pane.cursor == pane.count - 1 > 0


async def test_keys_after_quit_change_nothing(stage: Any, library: Library) -> None:
    async with stage(library) as on:
        await on.rest()
        before = library.history(100)
        for event in key_events(["Q", "s", "a"]):
            on.app.post_message(event)
        await on.until(lambda: on.app.keys.idle, "the app has ended")
    assert library.history(100) == before


async def _compare(stage: Any, shelf: Path, keys: list[str]) -> None:
    found = []
    for one_by_one in (True, False):
        folder = Path(tempfile.mkdtemp()) / "library"
        shutil.copytree(shelf, folder)
        with Library(folder) as library:
            async with stage(library) as on:
                await on.rest()
                for part in [[key] for key in keys] if one_by_one else [keys]:
                    await burst(on, part)
                found.append(outcome(on, library))
        shutil.rmtree(folder.parent)
    assert found[0] == found[1]


@pytest.mark.parametrize(
    "keys",
    [
        "j x j x ; s",
        "/ t o l l enter x s u",
        "t enter escape a u",
        "i r o u t e r enter ] j h",
        "j enter space N q u",
        "1 j j enter x s",
        "1 G k enter j s u",
        "1 j j j j j j 2 s",
    ],
)
async def test_key_burst_has_the_effect_of_single_keys(stage: Any, shelf: Path, keys: str) -> None:
    await _compare(stage, shelf, keys.split())


@pytest.mark.long
@pytest.mark.timeout(1800)
@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=30)
@given(keys=st.lists(st.sampled_from(KEYS), min_size=2, max_size=8))
async def test_any_key_burst_has_the_effect_of_single_keys(stage: Any, shelf: Path, keys: list[str]) -> None:
    await _compare(stage, shelf, keys)
