"""Tests of completion, changes after corrections, the saved session, and the history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from briefreader.library import Library
from briefreader.tui import changes, external_tools
from briefreader.tui.app import BriefreaderApp
from briefreader.tui.widgets.cells import short_date

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

SMALL = (80, 24)


async def test_filter_completes_keys_and_values_with_tab(stage: Any, library: Any) -> None:
    async with stage(library) as on:
        await on.press("slash")
        await on.write("to")
        await on.sees("Tab topic:")
        await on.press("tab")
        await on.sees("Tab topic:pricing", "topic:agents")
        await on.write("m")
        await on.sees("Tab topic:moe")
        await on.press("tab")
        await on.sees("topic:moe", "1 of 5", "Sixteen small experts")
        await on.loses("Tab topic:moe")
        assert on.app.main_screen.filter_bar.value == "topic:moe "
        await on.press("tab")  # without a completion, Tab goes to the next pane
        await on.until(lambda: not on.app.main_screen.filter_bar.input.has_focus)


async def test_sources_with_spaces_are_completed_in_quotes(stage: Any, library: Any) -> None:
    async with stage(library) as on:
        await on.press("slash")
        await on.write("source:har")
        await on.press("tab")
        await on.sees("2 of 5")
        assert on.app.main_screen.filter_bar.value == 'source:"Harbour Notes" '


async def test_insight_search_completes_and_still_marks_with_tab(stage: Any, library: Any) -> None:
    async with stage(library) as on:
        await on.press("i")
        await on.sees("Tab Mark")
        await on.write("topic:")
        await on.sees("Tab topic:pricing")
        await on.press("tab")
        await on.sees("Tab Mark", "Pay for outcomes")
        await on.press("tab")
        await on.sees("1 marked")


async def test_correction_reports_changes_of_other_briefings(
    stage: Any, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    apart = library.run_in_subprocess

    def noted(*verb: Any, **options: Any) -> Any:
        found.append(list(apart(*verb, **options)))
        return found[-1]

    monkeypatch.setattr(library, "run_in_subprocess", noted)
    monkeypatch.setattr(changes, "LEARN_AFTER", 0.01)
    async with stage(library) as on:
        await on.sees("▸pricing")
        before = {row.id: row.topics for row in library.list()}
        await on.press("r")
        await on.until(lambda: bool(found), "the correction was learnt from")
        assert not library.topics_to_relearn
        after = {row.id: row.topics for row in library.list()}
        others = {tagged.id for tagged in found[0]}
        assert {id for id in before if set(before[id]) != set(after[id])} - others == {library.list()[0].id}


async def test_changes_after_a_correction_are_counted_and_undoable(
    stage: Any, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = {row.title: row for row in library.list()}
    bread, tolls = rows["Bread without a clock"], rows["The toll booth of tokens"]
    with library._parts.batches.step("test") as step:  # as if the model had not found the topic
        step.con.execute("UPDATE suggestion SET earned = '', score = 0.3 WHERE topic = 'pricing'")
        step.summary = "less certain"
    assert "pricing" not in library.rows([tolls.key])[0].topics
    monkeypatch.setattr(changes, "LEARN_AFTER", 0.01)
    async with stage(library) as on:
        library.decide([bread.id], "pricing", "rejected")
        on.app.main_screen.changes.learn_later()
        await on.sees("1 other briefing retagged", "u to undo")
        assert "pricing" in library.rows([tolls.key])[0].topics
        await on.press("u")
        await on.sees("Undone: retag")
        assert "pricing" not in library.rows([tolls.key])[0].topics
        assert library.topics(bread.id)[-1].verdict == "rejected"


async def test_start_restores_the_last_session(
    library: Library, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    long = tmp_path / "long.md"
    long.write_text(
        "---\ntitle: A long one\nsource: Harbour Notes\ndate: 2026-02-21\n---\n# A long one\n\n"
        + "".join(
            f"## Part {n}\n\nThe {n}th part says little about much, and goes on for a line or two all the same.\n\n"
            for n in range(60)
        )
    )
    assert [added.status for added in library.add([long])] == ["added"]
    app = BriefreaderApp(library)
    async with app.run_test(size=(120, 40)) as pilot:
        main = app.main_screen
        assert main is not None
        await _until(pilot, lambda: main.briefings.current is not None and main.briefings.current.title == "A long one")
        await _until(pilot, lambda: main.briefings.has_focus)
        await pilot.press("slash", *"source", "colon", *"harbour", "enter")
        await _until(pilot, lambda: len(main.briefings.keys) == 3)
        await pilot.press("enter", "space", "space")
        await _until(pilot, lambda: main.reader.top_offset > 200)
        left = main.reader.top_offset
        await pilot.press("Q")
        await pilot.pause()
    assert library.position(library.list("long")[0].id) == left
    again = BriefreaderApp(library)
    async with again.run_test(size=(120, 40)) as pilot:
        main = again.main_screen
        assert main is not None
        await _until(pilot, lambda: main.pane == "reader" and main.reader.has_focus and len(main.briefings.keys) == 3)
        await _until(pilot, lambda: abs(main.reader.top_offset - left) < 300 and main.reader.top_offset > 0)
        assert main.filter_bar.value == "source:harbour"
        assert main.briefings.current is not None and main.briefings.current.title == "A long one"


async def _until(pilot: Any, true: Any) -> None:
    for _ in range(2000):
        if true():
            return
        assert pilot.app._exception is None, pilot.app._exception
        await pilot.pause(0.01)
    raise AssertionError("never came")


async def test_history_describes_batches_in_words(stage: Any, library: Library) -> None:
    ids = [row.id for row in library.list()]
    library.decide(ids[:3], "agents", "accepted")
    library.decide([f"{ids[0]}.1", ids[0]], "moe", "rejected")
    async with stage(library) as on:
        await on.press("L")
        await on.sees("agents: 3 briefings", "moe: 1 briefing and 1 insight", "5 briefings: …/")
        assert "targets" not in on.text
        assert "/tmp" not in on.text


async def test_welcome_text_fits_a_small_window(stage: Any, empty: Library) -> None:
    async with stage(empty, SMALL, ready="This library is empty") as on:
        assert "…" not in on.text.split("Esc")[0]
        await on.press("q")
        await on.sees("Q quits")


async def test_copy_gives_a_quote_with_its_source(
    stage: Any, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied: list[str] = []
    monkeypatch.setattr(external_tools, "copy", lambda app, text: copied.append(text) or "to the clipboard")
    async with stage(library) as on:
        await on.sees("Charging per")
        await on.press("3")
        await on.until(lambda: on.app.main_screen.pane == "insights")
        await on.press("y")
        await on.until(lambda: len(copied) == 1)
        assert copied[0].startswith("> ") and "Pay for outcomes" in copied[0]
        assert "[The toll booth of tokens](https://example.org/tolls)" in copied[0]
        await on.press("4", "v", "y")
        await on.until(lambda: len(copied) == 2)
        assert copied[1].startswith("> ") and "https://example.org/tolls" in copied[1]


async def test_topics_screen_shows_strongest_and_learned_terms(stage: Any, library: Library) -> None:
    library.decide([library.list("bread")[0].id], "pricing", "rejected")
    library.follow()
    async with stage(library) as on:
        await on.press("T")
        await on.sees("Strongest terms:", "million token")
        assert "against it:" in on.text
        await on.press("j")
        await on.sees("Strongest terms: ", "router")
        await on.loses("against it:")


async def test_changes_by_another_process_are_shown(stage: Any, library: Library) -> None:
    row = next(row for row in library.list() if row.title == "Bread without a clock")
    async with stage(library) as on:
        screen = on.app.main_screen
        await on.sees("5 unread")
        await on.rest()
        with Library(library.folder) as other:
            other.mark([row.id], read=True)
        screen.changes.check_outside()
        await on.sees("Updated by another process", "4 unread")


async def test_own_changes_are_not_reported_as_external(stage: Any, library: Library) -> None:
    async with stage(library) as on:
        screen = on.app.main_screen
        screen.changes.check_outside()
        await on.rest()
        await on.press("s")
        await on.sees("★")
        for _ in range(2):
            screen.changes.check_outside()
            await on.rest()
        assert "Updated by another process" not in on.text


async def test_insight_list_follows_search_and_reader(stage: Any, library: Library) -> None:
    async with stage(library) as on:
        await on.press("i")
        await on.write("router fails")
        await on.sees("The router is the teacher")
        await on.press("enter")
        insights = on.app.main_screen.insights
        await on.until(
            lambda: insights.current is not None and insights.current.title == "The router is the teacher",
            "the list points at what was found",
        )
        await on.press("[")
        await on.until(lambda: insights.cursor == 0, "the list goes along with the reader")


async def test_undated_briefing_shows_the_day_it_was_added(stage: Any, library: Library, tmp_path: Path) -> None:
    (tmp_path / "undated.md").write_text("# Undated\n\nNobody wrote down when this was said, and to whom.\n")
    assert [added.status for added in library.add([tmp_path / "undated.md"])] == ["added"]
    added = library.list()[0].added
    async with stage(library) as on:
        await on.sees("Undated")
        assert f"+{short_date(added, on.app.today.year).replace(' ’', '’').strip()} " in on.text
        assert " 20 Feb " in on.text, "dated ones have no plus"


async def test_short_headline_is_followed_by_its_text(stage: Any, library: Library) -> None:
    async with stage(library) as on:
        await on.press("3", "z")
        await on.sees("A price cut is a message  When API prices")


async def test_complete_filter_is_not_completed_again(stage: Any, library: Library) -> None:
    async with stage(library) as on:
        await on.press("slash")
        await on.write("is:unrea")
        await on.sees("Tab is:unread")
        await on.write("d")
        await on.sees("Esc Clear")


async def test_parsed_query_is_shown_below_the_filter_bar(stage: Any, library: Any) -> None:
    async with stage(library, SMALL) as on:
        for key in ("slash", "i"):
            await on.press(key)
            await on.write("-pricing is:unred after:2025-1 in:title")
            await on.sees("-pricing · is:unred · after:2025-01 · in:title", "is: takes unread, read, starred")
            shown = " ".join(line.strip(" │") for line in on.text.splitlines())
            assert "extracted, own, marked" in shown
            await on.press("escape")


async def test_passages_are_listed_below_a_separator(stage: Any, library: Any) -> None:
    body = library.briefing(library.list()[0].id).body
    words = " ".join(sorted({w for w in body.replace("\n", " ").split(" ") if w.isalpha()}, key=len)[-3:])
    async with stage(library, ready="Charging per") as on:
        await on.press("i")
        await on.write(words)
        await on.until(lambda: any(hit.kind == "passage" or hit.partial for hit in hits(on)), "hits below the line")


def hits(on: Any) -> list[Any]:
    """Return the hits listed by the insight search."""
    return [item for item in on.app.screen.hits.items if not isinstance(item, str)]
