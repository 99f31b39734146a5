"""Run every command by each of its keys, from the palette, and by clicking its hint.

Each command must have a case in ``CASES``. A case says how to get to the screen, and what must be different on the
screen or in the library afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from textual.command import CommandList, CommandPalette

from briefreader.tui import external_tools
from briefreader.tui.commands import COMMANDS, Command
from briefreader.tui.panes.library import LibraryPane
from briefreader.tui.screens.add import AddDialog
from briefreader.tui.screens.dialog import Confirm, Pick, Prompt, TextPage
from briefreader.tui.screens.diff import DiffDialog
from briefreader.tui.screens.exclude import ExcludeDialog
from briefreader.tui.screens.export import ExportDialog
from briefreader.tui.screens.fetch import FetchDialog
from briefreader.tui.screens.history import HistoryDialog
from briefreader.tui.screens.insight_search import InsightSearch
from briefreader.tui.screens.links import LinksDialog
from briefreader.tui.screens.new_topic import NewTopicDialog
from briefreader.tui.screens.news import BriefDialog, ChangedDialog, StoriesDialog
from briefreader.tui.screens.review import ReviewScreen
from briefreader.tui.screens.source_view import SourceView
from briefreader.tui.screens.sources import SourcesDialog
from briefreader.tui.screens.statistics import StatisticsDialog
from briefreader.tui.screens.tags import TagEditor
from briefreader.tui.screens.theming import ThemeDialog
from briefreader.tui.screens.topics import TopicsDialog
from briefreader.tui.screens.why import WhyDialog
from briefreader.tui.screens.writing import EditDialog, NoteDialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from briefreader.library import Library

WIDE, LOW = (160, 40), (80, 15)  # every hint has room; a briefing is longer than the window


@dataclass(frozen=True)
class Case:
    """Keys ``go`` to a screen that shows ``sees`` (``~text`` is typed), and the ``effect``."""

    effect: Callable[[Any, Library], Any]
    go: str = ""
    sees: str = ""
    before: Callable[[Library], Any] | None = None
    size: tuple[int, int] = WIDE


def shows(kind: type) -> Callable[[Any, Library], bool]:
    """Return a check that the top screen is of this kind."""
    return lambda on, library: type(on.app.screen) is kind


def pane(name: str) -> Callable[[Any, Library], bool]:
    """Return a check that this pane has the focus."""
    return lambda on, library: on.app.main_screen.pane == name and on.app.focused.id == name


def at(row: int) -> Callable[[Any, Library], bool]:
    """Return a check that the cursor is on this briefing."""
    return lambda on, library: on.app.main_screen.briefings.cursor == row


def scrolled(true: Callable[[int], bool]) -> Callable[[Any, Library], bool]:
    """Return a check of the reader's current line."""
    return lambda on, library: true(on.app.main_screen.reader.scroll_offset.y)


def reading(true: Callable[[Any], Any]) -> Callable[[Any, Library], Any]:
    """Return a check of the reader."""
    return lambda on, library: true(on.app.main_screen.reader)


def verdict(topic: str, says: str, row: int = 0) -> Callable[[Any, Library], bool]:
    """Return a check of the user's verdict on a topic of a briefing."""
    return lambda on, library: says in {s.verdict for s in library.topics(library.list()[row].id) if s.topic == topic}


def first(name: str) -> Callable[[Any, Library], Any]:
    """Return a check that the newest briefing is ``read`` or ``starred``."""
    return lambda on, library: getattr(library.list()[0], name)


def insights(number: int) -> Callable[[Any, Library], bool]:
    """Return a check of the number of insights of the newest briefing."""
    return lambda on, library: len(library.insights(library.list()[0].id)) == number


def star(library: Library) -> None:
    library.mark([library.list()[0].id], starred=True)


def unstarred(library: Library) -> None:
    star(library)
    library.undo()


def saved(library: Library) -> None:
    library.save_search("Prices", "topic:pricing")


def listed(library: Library) -> None:
    library.sources.add(str(library.folder), name="Kelp", kind="folder")


def reported(library: Library) -> None:
    one, other = (library.insights(row.id)[0].id for row in library.list(limit=2))
    library.merge_stories(one, other)


def second_read(library: Library) -> None:
    library.mark([library.list()[1].id], read=True)


STAR_ROW, REVIEW = "star", "Is this briefing about"
CASES: dict[str, Case] = {
    "app.palette": Case(shows(CommandPalette)),
    "app.help": Case(lambda on, library: shows(TextPage)(on, library) and "Help · Briefings" in on.text),
    "app.quit": Case(lambda on, library: on.app.return_code == 0),
    "app.tour": Case(lambda on, library: "1 of 10" in on.text),
    "app.theme": Case(lambda on, library: shows(ThemeDialog)(on, library) and "ansi-dark" in on.text),
    "app.interrupt": Case(lambda on, library: "Q quits" in on.text),
    "list.cursor_down": Case(at(1)),
    "list.cursor_up": Case(at(0), "down"),
    "list.cursor_top": Case(at(0), "down down"),
    "list.cursor_bottom": Case(at(4)),
    "list.half_down": Case(at(4), size=LOW, sees="Bread"),
    "list.half_up": Case(at(0), "end", size=LOW, sees="Bread"),
    "list.page_down": Case(at(4), size=LOW, sees="Bread"),
    "list.page_up": Case(at(0), "end", size=LOW, sees="Bread"),
    "list.choose": Case(lambda on, library: pane("reader")(on, library) and library.list()[0].read),
    "main.filter": Case(lambda on, library: on.app.focused is on.app.main_screen.filter_bar.input),
    "main.search": Case(shows(InsightSearch)),
    "main.tags": Case(shows(TagEditor)),
    "main.accept": Case(verdict("pricing", "accepted")),
    "main.reject": Case(verdict("pricing", "rejected")),
    "main.accept_all": Case(verdict("pricing", "accepted")),
    "main.next_topic": Case(lambda on, library: on.app.main_screen.topic_bar.topic == "agents"),
    "main.previous_topic": Case(lambda on, library: on.app.main_screen.topic_bar.topic == "pricing", "full_stop"),
    "main.why": Case(shows(WhyDialog)),
    "main.review": Case(shows(ReviewScreen)),
    "main.undo": Case(lambda on, library: not library.list()[0].starred, before=star),
    "main.redo": Case(first("starred"), before=unstarred),
    "main.history": Case(shows(HistoryDialog)),
    "main.mark": Case(lambda on, library: len(on.app.main_screen.briefings.marked_ids) == 1),
    "main.clear_marks": Case(lambda on, library: not on.app.main_screen.briefings.marked_ids, "x x"),
    "main.restore_marks": Case(lambda on, library: len(on.app.main_screen.briefings.marked_ids) == 2, "x x X"),
    "main.apply_marked": Case(lambda on, library: on.app.main_screen.targets.armed, "x"),
    "main.toggle_read": Case(first("read")),
    "main.toggle_star": Case(first("starred")),
    "main.all_read": Case(shows(Confirm)),
    "main.note": Case(shows(NoteDialog)),
    "main.own_insight": Case(insights(3), "4"),
    "main.drop_insight": Case(insights(1), "3"),
    "main.edit": Case(shows(EditDialog)),
    "main.next_briefing": Case(at(1), "4"),
    "main.previous_briefing": Case(at(0), "down 4"),
    "main.next_unread": Case(at(2), before=second_read),
    "main.previous_unread": Case(at(0), "down down", before=second_read),
    "main.next_pane": Case(pane("insights")),
    "main.previous_pane": Case(pane("library")),
    "main.pane_library": Case(pane("library")),
    "main.pane_briefings": Case(pane("briefings"), "1"),
    "main.pane_insights": Case(pane("insights")),
    "main.pane_reader": Case(pane("reader")),
    "main.zoom": Case(lambda on, library: "Library 1" not in on.text),
    "main.density": Case(lambda on, library: on.app.main_screen.briefings.row_height == 1, "1"),
    "main.widen_reader": Case(lambda on, library: on.app.main_screen.arrangement.reader_share == 55),
    "main.narrow_reader": Case(lambda on, library: on.app.main_screen.arrangement.reader_share == 45),
    "main.toggle_library": Case(lambda on, library: "Library 1" not in on.text),
    "main.back": Case(pane("library")),
    "main.escape": Case(lambda on, library: not on.app.main_screen.filter_bar.value, "slash ~toll enter"),
    "main.browser": Case(lambda on, library: on.left == ["https://example.org/tolls"]),
    "main.links": Case(shows(LinksDialog)),
    "main.diff": Case(shows(DiffDialog)),
    "main.copy": Case(lambda on, library: "The toll booth" in on.app.clipboard),
    "main.editor": Case(lambda on, library: on.left == ["tolls.md"]),
    "main.export": Case(shows(ExportDialog)),
    "main.add": Case(shows(AddDialog)),
    "main.fetch": Case(shows(FetchDialog)),
    "main.sources": Case(shows(SourcesDialog)),
    "main.sort": Case(lambda on, library: on.app.main_screen.briefings.query_shown.typed == "sort:score"),
    "main.save_search": Case(shows(Prompt), "slash ~toll enter"),
    "main.stories": Case(shows(StoriesDialog)),
    "main.changed": Case(shows(ChangedDialog)),
    "main.brief": Case(shows(BriefDialog)),
    "main.topics": Case(shows(TopicsDialog)),
    "main.retag": Case(lambda on, library: "Topics are up to date" in on.text or "Tagged " in on.text),
    "main.statistics": Case(shows(StatisticsDialog)),
    "main.reload": Case(lambda on, library: "Reloaded" in on.text),
    "library.drop_saved": Case(lambda on, library: not library.saved(), "1 @Prices", "Prices", before=saved),
    "library.rename_saved": Case(shows(Prompt), "1 @Prices", "Prices", before=saved),
    "reader.scroll_down": Case(scrolled(lambda y: y == 1), "enter", "Key insights", size=LOW),
    "reader.scroll_up": Case(scrolled(lambda y: y == 0), "enter down", "Key insights", size=LOW),
    "reader.scroll_top": Case(scrolled(lambda y: y == 0), "enter pagedown", "costs", size=LOW),
    "reader.scroll_bottom": Case(scrolled(lambda y: y > 6), "enter", "Key insights", size=LOW),
    "reader.half_down": Case(scrolled(lambda y: 1 < y < 6), "enter", "Key insights", size=LOW),
    "reader.half_up": Case(scrolled(lambda y: 0 < y < 8), "enter end", "nobody may see", size=LOW),
    "reader.page_down": Case(scrolled(lambda y: y >= 6), "enter", "Key insights", size=LOW),
    "reader.page_up": Case(scrolled(lambda y: y < 4), "enter end", "nobody may see", size=LOW),
    "reader.next_insight": Case(reading(lambda reader: reader.passage is not None), "enter"),
    "reader.previous_insight": Case(reading(lambda r: r.passage == (r.insights[0].start, r.insights[0].end)), "4 ] ]"),
    "reader.find": Case(shows(Prompt), "enter"),
    "reader.find_next": Case(reading(lambda reader: reader.match == 1), "4 ctrl+f ~tokens enter", "of 4"),
    "reader.find_previous": Case(reading(lambda reader: reader.match == 3), "4 ctrl+f ~tokens enter", "of 4"),
    "reader.contents": Case(shows(Pick), "enter"),
    "reader.visual": Case(reading(lambda reader: reader.selected_span()), "enter"),
    "reader.source": Case(shows(SourceView), "enter"),
    "search.mark": Case(lambda on, library: len(on.app.screen.hits.marked) == 1, "i ~token", "hits · 0 ms"),
    "search.copy": Case(lambda on, library: on.app.clipboard.startswith("> "), "i ~token", "hits · 0 ms"),
    "search.export": Case(shows(ExportDialog), "i ~token", "hits · 0 ms"),
    "search.group": Case(lambda on, library: isinstance(on.app.screen.hits.items[0], str), "i ~token", "hits · 0 ms"),
    "search.save_search": Case(shows(Prompt), "i ~token", "hits · 0 ms"),
    "tags.reject": Case(verdict("pricing", "rejected"), "t", "● assigned"),
    "tags.create": Case(shows(NewTopicDialog), "t ~harbour", "No topic matches"),
    "review.accept": Case(lambda on, library: bool(decided(library)) and "accepted" in decided(library), "R", REVIEW),
    "review.reject": Case(lambda on, library: "rejected" in decided(library), "R", REVIEW),
    "review.skip": Case(lambda on, library: on.app.screen.position == 1 and not decided(library), "R", REVIEW),
    "review.why": Case(shows(WhyDialog), "R", REVIEW),
    "review.undo": Case(lambda on, library: not decided(library), "R a", "about"),
    "review.accept_above": Case(shows(Confirm), "R", REVIEW),
    "topics.precision": Case(lambda on, library: "you have decided on" in on.text, "T", "Briefings by month"),
    "topics.edit": Case(lambda on, library: on.left == ["taxonomy.draft.yaml"], "T", "Briefings by month"),
    "sources.add": Case(shows(Prompt), "P", "No sources yet"),
    "sources.fetch": Case(shows(FetchDialog), "P", "Kelp", before=listed),
    "sources.unsubscribe": Case(shows(LinksDialog), "P", "Kelp", before=listed),
    "sources.remove": Case(shows(Confirm), "P", "Kelp", before=listed),
    "why.exclude": Case(shows(ExcludeDialog), "w", "baseline"),
    "source.decide": Case(lambda on, library: library.history(1)[0].verb == "cut", "enter V down", "kept"),
    "stories.split": Case(
        lambda on, library: library.history(1)[0].verb == "split story", "Y enter down down down", "▾", reported
    ),
    "stories.merge": Case(lambda on, library: "merge with" in on.text, "Y", "▸", reported),
    "stories.undo": Case(lambda on, library: not library.stories(), "Y", "▸", reported),
    "changed.earlier": Case(
        lambda on, library: "What changed in the last 30 days" in on.text, "C", "in the last 7 days"
    ),
    "brief.earlier": Case(lambda on, library: "in the last 7 days" in on.text, "B", "No news"),
    "brief.longer": Case(lambda on, library: on.app.screen.minutes == 30, "B", "No news"),
    "brief.shorter": Case(lambda on, library: on.app.screen.minutes == 10, "B", "No news"),
    "history.undo": Case(lambda on, library: not library.list()[0].starred, "L", STAR_ROW, before=star),
    "history.redo": Case(first("starred"), "L", STAR_ROW, before=unstarred),
}


def decided(library: Library) -> set[str]:
    """Return the set of verdicts in the library."""
    return {state.verdict for row in library.list() for state in library.topics(row.id) if state.verdict}


def test_every_command_has_a_case() -> None:
    assert set(CASES) == set(COMMANDS)


@pytest.fixture
def run(stage: Any, library: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Go to the screen of a command, run it, and wait for its effect."""
    left: list[str] = []
    monkeypatch.setattr(external_tools, "browse", left.append)
    monkeypatch.setattr(external_tools, "edit", lambda app, path, setting="": left.append(path.name))

    async def go(command: Command, do: Callable[[Any], Any]) -> None:
        case = CASES[command.id]
        if case.before:
            case.before(library)
        async with stage(library, case.size) as on:
            on.left = left
            await on.sees("▸pricing")
            for keys in case.go.split():
                await on.rest()
                if keys.startswith("@"):
                    places = on.app.query_one(LibraryPane)
                    places.cursor = next(n for n, place in enumerate(places.places) if place.label == keys[1:])
                else:
                    await (on.write(keys[1:]) if keys.startswith("~") else on.press(keys))
            await on.sees(case.sees)
            await on.rest()
            assert not case.effect(on, library), "is so beforehand"
            await do(on)
            await on.until(lambda: bool(case.effect(on, library)), f"the effect of {command.id}")

    return go


async def by_palette(on: Any, command: Command) -> None:
    """Run the command from the palette."""
    await on.press("ctrl+p")
    await on.until(lambda: isinstance(on.app.screen, CommandPalette), "the palette")
    on.app.screen.query_one("Input").value = command.label
    options = on.app.screen.query_one(CommandList)

    def found() -> int | None:
        shown = enumerate(options.options)
        return next((n for n, o in shown if (o.hit.text, o.hit.help) == (command.label, command.help)), None)

    await on.until(lambda: found() is not None, f"{command.label} in the palette")
    options.highlighted = found()
    await on.press("enter")


async def by_mouse(on: Any, command: Command) -> None:
    """Click the hint of the command."""
    await on.click(f"{on.app.keymap.shown(command, 1)} {command.label}")


@pytest.mark.parametrize("name", COMMANDS)
async def test_command_runs_by_its_first_key(run: Any, name: str) -> None:
    await run(COMMANDS[name], lambda on: on.press(*COMMANDS[name].keys.split(",")[0].split()))


OTHER_KEYS = [(name, key) for name, command in COMMANDS.items() for key in command.keys.split(",")[1:]]


@pytest.mark.long
@pytest.mark.parametrize(("name", "key"), OTHER_KEYS)
async def test_command_runs_by_its_other_keys(run: Any, name: str, key: str) -> None:
    await run(COMMANDS[name], lambda on: on.press(*key.split()))


@pytest.mark.long
@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "app.palette"])
async def test_command_runs_from_the_palette(run: Any, name: str) -> None:
    await run(COMMANDS[name], lambda on: by_palette(on, COMMANDS[name]))


@pytest.mark.long
@pytest.mark.parametrize("name", [name for name, command in COMMANDS.items() if command.footer])
async def test_command_runs_by_mouse(run: Any, name: str) -> None:
    await run(COMMANDS[name], lambda on: by_mouse(on, COMMANDS[name]))
