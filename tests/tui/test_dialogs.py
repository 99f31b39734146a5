"""Tests of the dialogs: search, tag editor, why, review, history, export, add, help, links."""

from __future__ import annotations

import json
from io import BytesIO
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest

from briefreader.errors import BriefreaderError
from briefreader.exporting.vault import Exported
from briefreader.library.progress import Progress
from briefreader.tui.screens import review
from briefreader.tui.screens.tags import likeness
from briefreader.tui.widgets.path_input import completed
from briefreader.tui.widgets.text_rows import TextRows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WIDE, SMALL = (120, 40), (80, 24)


@pytest.mark.parametrize("size", [WIDE, SMALL])
async def test_insight_search_finds_a_misspelt_word_and_opens_it(
    stage: Any, library: Any, size: tuple[int, int]
) -> None:
    async with stage(library, size) as on:
        await on.press("i")
        await on.sees("Insights /", "newest")
        await on.write("mixtrue exprts")
        await on.sees("Most of the model sleeps", "Sixteen small experts")
        await on.press("enter")
        await on.until(lambda: on.app.main_screen.pane == "reader", "the reader")
        await on.sees("wakes two of sixteen", "4 unread")
        assert on.app.main_screen.briefings.current.title == "Sixteen small experts"


async def test_hits_are_marked_copied_and_grouped(stage: Any, library: Any) -> None:
    async with stage(library) as on:
        await on.press("i")
        await on.write("token")
        await on.sees("Pay for outcomes")
        await on.press("tab")
        await on.sees("1 marked")
        await on.press("ctrl+y")
        await on.sees("Copied ")
        assert on.app.clipboard.startswith("> ")
        await on.press("ctrl+g")
        await on.rest()
        await on.press("down", "pageup")  # from the heading in the first row to the first hit
        hits = on.app.screen.hits
        assert isinstance(hits.items[0], str) and hits.cursor == 1
        assert hits.current is not None
        await on.press("escape")
        await on.sees("Briefings 2")


async def test_insight_search_without_hits_reports_it(stage: Any, library: Any) -> None:
    async with stage(library) as on:
        await on.press("i")
        await on.write("zzqqxx")
        await on.sees("No matches for “zzqqxx”", "0 hits")


async def test_hit_without_title_continues_on_its_second_line(stage: Any, library: Any) -> None:
    text = (
        "The zither workshop sells one model in spring, and " + "a second model in autumn, " * 3 + "and lends the rest."
    )
    record = {"title": "Strings", "text": f"# Strings\n\n{text}\n", "insights": [{"text": text}]}
    list(library.add([BytesIO(json.dumps(record).encode())]))
    async with stage(library, (80, 24)) as on:
        await on.press("i")
        await on.write("zither model")
        await on.sees("The zither workshop")
        hits = on.app.screen.hits
        first, second = (hits.render_line(y).text for y in (0, 1))
        assert first.lstrip("▌ ").startswith("The zither workshop sells one model in spring") and "…" in first
        assert "zither" not in second and "autumn" in second
        await on.press("escape")


async def test_tag_editor_accepts_rejects_and_withdraws(stage: Any, library: Any) -> None:
    first = library.list()[0].id

    def verdicts() -> dict[str, str]:
        return {state.topic: state.verdict for state in library.topics(first) if state.verdict}

    async with stage(library) as on:
        await on.sees("▸pricing")
        await on.press("t")
        await on.sees("● assigned", "Pricing")
        await on.write("mix")
        await on.loses("● assigned")
        await on.press("enter")
        await on.sees("Accepted: Mixture of experts")
        assert verdicts() == {"moe": "accepted"}
        await on.write("agen")
        await on.press("ctrl+r")
        await on.sees("Rejected: Agents")
        assert verdicts() == {"moe": "accepted", "agents": "rejected"}
        await on.write("mix")
        await on.sees("✓ accepted")
        await on.press("enter")
        await on.sees("Undecided: Mixture of experts")
        assert verdicts() == {"agents": "rejected"}
        await on.press("escape")
        await on.sees("Rejected:", "agents ✗")


async def test_tag_editor_decides_for_all_marked_briefings(stage: Any, library: Any) -> None:
    async with stage(library) as on:
        await on.sees("▸pricing")
        await on.press("x", "x", "t")
        await on.sees("this briefing only")
        await on.press("escape")
        await on.press("semicolon", "t")
        await on.sees("2 marked briefings")
        await on.write("moe")
        await on.press("enter")
        await on.sees("Accepted: Mixture of experts on 2 briefings")
        await on.press("escape")
        await on.loses("2 marked briefings")
        assert ["moe" in row.confirmed for row in library.list()] == [True, True, False, False, False]


async def test_why_screen_explains_assigned_and_other_topics(stage: Any, library: Any) -> None:
    async with stage(library) as on:
        await on.sees("▸pricing")
        await on.press("w")
        await on.sees("baseline (the same for every text)", "short of the")
        await on.sees("What models cost")


async def test_reason_in_another_sense_can_be_excluded(stage: Any, library: Any) -> None:
    async with stage(library) as on:
        await on.sees("▸pricing")
        await on.press("w")
        await on.sees("short of the")
        phrase = next(term for _, term in on.app.screen.reasons if term)
        row = next(n for n, (_, term) in enumerate(on.app.screen.reasons) if term)
        await on.press(*["j"] * row, "x", "enter")
        await on.sees("Preview: ", "to exclude")
        assert library.taxonomy.topic("pricing").exclude == ()
        await on.press("enter")
        await on.sees(f"Excluded: {phrase}")
        assert library.taxonomy.topic("pricing").exclude == (phrase,)


async def test_exclusion_is_shown_even_if_tagging_fails(
    stage: Any, library: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = library.run_in_subprocess

    def fail(verb: str, *values: Any, **options: Any) -> Iterator[Any]:
        if verb == "tag":
            raise BriefreaderError("no memory left")
        return run(verb, *values, **options)  # type: ignore[no-any-return]  # the fixture has no type

    monkeypatch.setattr(library, "run_in_subprocess", fail)
    async with stage(library) as on:
        await on.sees("▸pricing")
        await on.press("w")
        await on.sees("short of the")
        await on.press("x")
        on.app.screen.query_one("Input").value = "price of admission"
        await on.press("enter")
        await on.sees("Preview: ", "to exclude")
        await on.press("enter")
        await on.sees("no memory left")
        await on.press("escape")
        await on.sees("Excluded: price of admission")


async def test_review_decides_and_withdraws(stage: Any, library: Any) -> None:
    queue = library.review(10)
    assert queue
    async with stage(library) as on:
        await on.press("R")
        await on.sees("question 1 of", "about")
        target, topic, _ = queue[0]
        await on.press("a")
        await on.until(
            lambda: (topic, "accepted") in {(s.topic, s.verdict) for s in library.topics(target)}, "accepted"
        )
        await on.press("u")
        await on.until(lambda: not any(s.verdict for s in library.topics(target)), "taken back")
        for _ in range(len(queue)):
            await on.press("s")
            await on.pilot.pause()
        await on.sees("Nothing left to review")
        await on.press("escape")
        await on.sees("Briefings 2")


async def test_a_full_review_queue_says_that_there_is_more(
    stage: Any, library: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review, "MAX_QUESTIONS", 2)
    async with stage(library) as on:
        await on.press("R")
        await on.sees("question 1 of 2 (the least certain)")
        await on.press("s", "s")
        await on.sees("These were the 2 least certain questions", "review again for more")


async def test_history_undoes_any_step(stage: Any, library: Any) -> None:
    rows = library.list()
    library.mark([rows[0].id], starred=True)
    library.note(rows[1].id, "kept")
    async with stage(library) as on:
        await on.press("L")
        await on.sees("star", "note")
        await on.press("j", "u")
        await on.until(lambda: not library.list()[0].starred, "the star off")
        assert library.note_of(rows[1].id) == "kept"


async def test_export_writes_after_a_preview(stage: Any, library: Any, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    async with stage(library) as on:
        await on.press("x", "x", "E")
        await on.sees("2 marked briefings as Markdown notes")
        await on.press("enter")
        await on.sees("Enter a folder first")
        on.app.screen.query_one("Input").value = str(notes)
        await on.press("enter")
        await on.sees("Preview: 3 to write", "to write   ")
        assert not list(notes.glob("*.md"))
        await on.press("enter")
        await on.sees("Done: 3 written")
        assert len(list(notes.glob("*.md"))) == 2
        await on.press("escape", "E")
        await on.until(lambda: on.app.screen.query_one("Input").value == str(notes), "the folder is remembered")
        await on.press("escape")
        assert on.app.main_screen.session().exported_to == str(notes)


async def test_path_is_completed_while_typing(stage: Any, library: Any, tmp_path: Path) -> None:
    (tmp_path / "newsletters").mkdir()
    (tmp_path / "news.md").write_text("A line.")
    async with stage(library) as on:
        await on.press("plus")
        await on.sees("File or folder")
        line = on.app.screen.query_one("Input")
        await on.write(f"{tmp_path}/newsl")
        await on.sees("/newsletters/")
        await on.press("right")
        assert line.value == f"{tmp_path}/newsletters/"


def test_path_completion_uses_matching_files_and_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "newsletters").mkdir()
    (tmp_path / "news.md").write_text("A line.")
    (tmp_path / "evil\x1b]0;x").write_text("A line.")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert completed(f"{tmp_path}/new") == f"{tmp_path}/news.md"
    assert completed(f"{tmp_path}/new", folders=True) == f"{tmp_path}/newsletters/"
    assert completed("~/newsl") == "~/newsletters/" and completed("newsl") == "newsletters/"
    for nothing in (
        "",
        "~",
        "/",
        f"{tmp_path}/",
        f"{tmp_path}/evil",
        f"{tmp_path}/none/new",
        "https://a.example/b",
        "\0/a",
    ):
        assert completed(nothing) is None, nothing


async def test_long_export_shows_progress_and_can_be_stopped(
    stage: Any, library: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = Event()

    def export(to: Path, query: str, options: Any, *, progress: Any, **_: Any) -> Iterator[Exported]:
        progress(Progress(3, 12, "A letter"))
        while not seen.wait(0.02):
            yield Exported("7f3a", "A letter.md", "written")

    monkeypatch.setattr(library, "export", export)
    async with stage(library) as on:
        await on.press("E")
        await on.sees("Markdown notes")
        on.app.screen.query_one("Input").value = str(tmp_path / "notes")
        await on.press("enter")
        await on.sees("██████░░░░░░░░░░░░░░░░░░ 25% · 3 of 12", "Esc Stop")
        await on.press("escape")
        await on.sees("Stopped: ", "so far")
        await on.press("enter")
        await on.sees("25% · 3 of 12", "Esc Stop")
        seen.set()
        await on.sees("Preview: ")


async def test_add_dialog_adds_a_file_and_pasted_text(stage: Any, library: Any, tmp_path: Path) -> None:
    new = tmp_path / "new.md"
    new.write_text("# A ferry that learned\n\nAgents and tool calls, per million tokens, on a boat.\n")
    async with stage(library) as on:
        await on.press("plus")
        await on.sees("File or folder")
        on.app.screen.query_one("Input").value = str(new)
        await on.press("enter")
        await on.sees("A ferry that learned", "Done: 1 added")
        on.app.screen.query_one("TextArea").text = "# Pasted here\n\nOpen weights and licences.\n"
        await on.press("ctrl+s")
        await on.sees("added    Pasted here", "Done: 1 added")
        await on.press("escape")
        await on.sees("Briefings 2 · 7")
        on.app.main_screen.action_add()
        on.app.main_screen.refresh()
        await on.sees("File or folder")
        on.app.screen.query_one("Input").value = str(tmp_path / "nowhere")
        await on.press("enter")
        await on.sees("failed")


async def test_tab_completes_a_path_before_it_moves_on(stage: Any, library: Any, tmp_path: Path) -> None:
    (tmp_path / "newsletters").mkdir()
    async with stage(library) as on:
        await on.press("plus")
        await on.sees("e.g. ~/Mail/newsletters")
        field = on.app.screen.query_one("Input")
        field.value = f"{tmp_path}/ne"
        field.cursor_position = len(field.value)
        await on.until(lambda: field._suggestion, "a suggestion")
        await on.press("tab")
        assert field.value == f"{tmp_path}/newsletters/"
        assert on.app.focused is field
        await on.press("tab")
        assert on.app.focused is on.app.screen.query_one("TextArea")


async def test_stopped_tagging_shows_how_to_continue(
    stage: Any, library: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    new = tmp_path / "new.md"
    new.write_text("# A ferry that learned\n\nAgents and tool calls, per million tokens, on a boat.\n")
    run, tagging, stop = library.run_in_subprocess, Event(), Event()

    def stop_at_tagging(name: str, *args: Any, cancelled: Any, **options: Any) -> Iterator[Any]:
        if name == "add":
            yield from run(name, *args, cancelled=cancelled, **options)
        else:
            tagging.set()
            assert stop.wait(60)

    async with stage(library) as on:
        await on.press("plus")
        await on.sees("e.g. ~/Mail/newsletters")
        with monkeypatch.context() as patch:
            patch.setattr(library, "run_in_subprocess", stop_at_tagging)
            on.app.screen.query_one("Input").value = str(new)
            await on.press("enter")
            await on.until(tagging.is_set, "tagging begins")
            await on.press("escape")
            stop.set()
            await on.sees("Stopped: 1 added · 1 not tagged yet")
        await on.press("escape")
        await on.sees("A ferry that learned")
        await on.click("A ferry that learned")
        await on.sees("Not tagged yet · press ctrl+t to tag new briefings")
        await on.press("ctrl+t")
        await on.sees("Tagged 1 briefing")
        await on.press("ctrl+t")
        await on.sees("Topics are up to date")


async def test_add_report_lists_failures_last_and_in_view(stage: Any, library: Any, tmp_path: Path) -> None:
    folder = tmp_path / "a rather long name of a folder" / "with another in it"
    folder.mkdir(parents=True)
    for number in range(9):
        (folder / f"b{number:02}.md").write_text(f"# Ferry {number}\n\nIt carries {number} cars over the sound.\n")
    (folder / "a.pdf").write_bytes(b"%PDF-1.4 cut short")
    async with stage(library, SMALL) as on:
        await on.press("plus")
        await on.sees("File or folder")
        on.app.screen.query_one("Input").value = str(folder)
        await on.press("enter")
        await on.sees("9 added", "failed   a.pdf  ")


@pytest.mark.parametrize("size", [WIDE, SMALL])
async def test_help_and_palette_list_the_registered_commands(stage: Any, library: Any, size: tuple[int, int]) -> None:
    async with stage(library, size) as on:
        await on.press("question_mark")
        await on.sees("Help · Briefings", "gg Home")
        await on.press("escape")
        await on.press("colon")
        await on.write("star")
        await on.sees("Add or remove a star")
        await on.press("enter")
        await on.until(lambda: library.list()[0].starred, "starred by the palette")


async def test_links_contents_and_removed_text_are_listed(stage: Any, library: Any) -> None:
    async with stage(library) as on:
        await on.sees("three tiers")
        await on.press("U")
        await on.sees("https://example.org/tiers")
        await on.press("y")
        await on.sees("copied")
        assert on.app.clipboard == "https://example.org/tiers"
        await on.press("escape")
        await on.press("4", "c")
        await on.sees("Contents", "What it costs")
        await on.press("escape")
        await on.press("V")
        await on.sees("Nothing was cut")


@pytest.mark.parametrize(
    ("typed", "names", "least"),
    [("pric", ["Pricing"], 3.0), ("experts", ["Mixture of experts"], 2.5), ("prcing", ["Pricing"], 0.1)],
)
def test_topics_are_found_by_typing_a_few_letters(typed: str, names: list[str], least: float) -> None:
    assert likeness(typed, names) >= least
    assert likeness("zzz", names) == 0


async def test_topics_screen_shows_months_and_precision(stage: Any, library: Any) -> None:
    async with stage(library) as on:
        await on.press("T")
        await on.sees("Briefings by month, 2025-03 to 2026-02", "Mixture of experts")
        await on.press("p")
        await on.sees("you have decided on")
        await on.press("enter")
        await on.sees("All ▸ topic:pricing")


async def test_taxonomy_edit_shows_a_preview(
    stage: Any, library: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from briefreader.tui import external_tools

    loaf = "topics:\n  - {id: loaf, label: Loaf, keywords: [dough, oven, crumb, loaf]}\n"
    again = "  - {id: crust, label: Crust, keywords: [crumb]}\n"
    edits, found = iter([loaf, "topics: [\n", loaf, loaf + again]), []

    def edit(app: Any, path: Path, setting: str = "") -> None:
        found.append(path.read_text(encoding="utf-8"))
        path.write_text(next(edits), encoding="utf-8")

    monkeypatch.setattr(external_tools, "edit", edit)
    async with stage(library) as on:
        await on.press("T")
        await on.sees("Briefings by month")
        await on.press("e")
        await on.sees("Save the changed taxonomy?", "+loaf")
        assert "pricing" in library.taxonomy.ids
        await on.press("y")
        await on.sees("Taxonomy saved")
        assert library.taxonomy.ids == ("loaf",)
        await on.press("e")
        await on.sees("The taxonomy has errors", "To continue with your draft")
        assert library.taxonomy.ids == ("loaf",)
        await on.press("escape", "e")
        await on.sees("Taxonomy unchanged")
        assert found[1:] == [loaf, "topics: [\n"]
        await on.press("e")
        await on.sees("Warning, line 3: `crumb` is also a phrase of `loaf`")


async def test_tag_editor_creates_a_new_topic(stage: Any, library: Any) -> None:
    async with stage(library) as on:
        await on.press("t")
        await on.write("Harbour dues")
        await on.sees("ctrl+n creates it")
        await on.press("ctrl+n")
        await on.sees("New topic", "Harbour dues", "Nothing is stored until you create it")
        await on.press("tab")
        await on.write("per million, price per token")
        await on.press("enter")
        await on.sees("would get the topic")
        rows = on.app.screen.query_one(TextRows).rows
        assert any("per million" in "".join(text for text, _ in row) for row in rows[1::2])
        assert "harbour-dues" not in library.taxonomy.ids
        await on.press("ctrl+s")
        await on.sees("Created topic “harbour-dues”")
        assert library.taxonomy.topic("harbour-dues").keywords == ("per million", "price per token")


async def test_new_topic_with_an_existing_name_is_refused(stage: Any, library: Any) -> None:
    async with stage(library) as on:
        await on.press("t", "ctrl+n")
        await on.press("enter")
        await on.sees("a topic needs a name")
        await on.write("Pricing")
        await on.press("ctrl+s")
        await on.sees("already exists")


async def test_learning_from_decisions_retags(stage: Any, library: Any) -> None:
    row = library.list()[-1]
    library.decide([row.id], "pricing", "accepted")
    async with stage(library) as on:
        await on.press("ctrl+t")
        await on.sees("Tagged ")


async def test_changes_of_a_revision_are_shown_and_can_be_opened(stage: Any, library: Any, tmp_path: Path) -> None:
    head = "From: Oak <oak@oak.example>\nSubject: Berths\nMessage-ID: <1@oak.example>\nContent-Type: text/plain\n\n"
    news = " ".join(f"Crane {i} lifts crate {i * 7 % 31} over deck {i * 5 % 17}." for i in range(30))
    for price in (12, 15):
        (tmp_path / f"{price}.eml").write_text(f"{head}{news} A berth costs {price} dollars.\n")
        list(library.add([tmp_path / f"{price}.eml"]))
    async with stage(library) as on:
        await on.press("equals_sign")
        await on.sees("Changes", "− A berth costs 12 dollars.", "+ A berth costs 15 dollars.")
        await on.press("down", "enter")
        await on.loses("A berth costs 12 dollars.")
        await on.press("J", "equals_sign")
        await on.sees("No earlier revision")
