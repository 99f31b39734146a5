"""Tests of keys, key sequences, presets, and the registry of commands."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from briefreader.tui.commands import COMMANDS, SCOPES, commands_of
from briefreader.tui.keys import PRESETS, Chords, Keymap, reachable_commands, show, split, textual_name


def test_every_command_has_an_action_in_its_scope() -> None:
    from briefreader.tui.app import BriefreaderApp
    from briefreader.tui.panes.briefings import BriefingsPane
    from briefreader.tui.panes.insights import InsightsPane
    from briefreader.tui.panes.library import LibraryPane
    from briefreader.tui.screens.history import HistoryDialog
    from briefreader.tui.screens.insight_search import InsightSearch
    from briefreader.tui.screens.main import ACTIONS, MainScreen
    from briefreader.tui.screens.news import BriefDialog, ChangedDialog, StoriesDialog
    from briefreader.tui.screens.review import ReviewScreen
    from briefreader.tui.screens.source_view import SourceView
    from briefreader.tui.screens.sources import SourcesDialog
    from briefreader.tui.screens.tags import TagEditor
    from briefreader.tui.screens.topics import TopicsDialog
    from briefreader.tui.screens.why import WhyDialog
    from briefreader.tui.widgets.reader import Reader
    from briefreader.tui.widgets.virtual_list import VirtualList

    nodes = (
        *(BriefreaderApp, HistoryDialog, InsightSearch, MainScreen, ReviewScreen, SourceView, SourcesDialog),
        *(BriefDialog, ChangedDialog, StoriesDialog, TagEditor, TopicsDialog, WhyDialog),
        *(BriefingsPane, InsightsPane, LibraryPane, Reader, VirtualList),
    )
    for command in COMMANDS.values():
        action = f"action_{command.action}"
        homes = [node for node in nodes if command.scope in node.SCOPES]
        assert homes, f"no place for {command.id}"
        for home in homes:
            groups = ACTIONS if home is MainScreen else ()
            assert sum(hasattr(owner, action) for owner in (home, *groups)) == 1, command.id
        assert command.help.strip() and not command.help.endswith("."), command.id


@pytest.mark.parametrize("preset", PRESETS)
def test_no_key_has_two_commands_in_one_scope(preset: str) -> None:
    keymap = Keymap({"preset": preset})
    assert keymap.problems == []
    for scope in SCOPES:
        keys = [key for command in commands_of(scope) for key in keymap.keys_of(command)]
        assert len(keys) == len(set(keys)), scope


def test_presets_only_name_existing_commands() -> None:
    assert all(name in COMMANDS for preset in PRESETS.values() for name in preset)


def test_every_footer_hint_has_a_key() -> None:
    for scope in SCOPES:
        assert all(split(command.keys) for command in reachable_commands(scope) if command.footer)


def test_key_sequence_waits_for_its_second_key() -> None:
    chords = Chords(lambda: {"g g", "g", "j"})
    assert chords.feed("j") == ["j"]
    assert chords.feed("g") == []
    assert chords.feed("g") == ["g g"]
    assert chords.feed("g") == []
    assert chords.feed("x") == ["g", "x"]
    assert chords.feed("g") == []
    assert chords.feed("escape") == []
    assert chords.feed("g") == []


def test_invalid_keys_are_reported_and_valid_ones_used() -> None:
    keymap = Keymap({"main.filter": "f", "main.flter": "x", "main.undo": "", "main.mark": "t", "preset": "emacs"})
    assert keymap.keys_of(COMMANDS["main.filter"]) == ["f"]
    problems = "\n".join(keymap.problems)
    assert "main.flter" in problems
    assert "main.undo has no key" in problems
    assert "t is assigned to both main.mark and main.tags" in problems
    assert "emacs" in problems


def test_keys_in_settings_may_be_written_as_displayed() -> None:
    keymap = Keymap({"main.mark": "Esc, Ctrl+D,F1", "main.note": "PgDn g", "main.edit": "↓,G,full_stop,/"})
    assert keymap.keys_of(COMMANDS["main.mark"]) == ["escape", "ctrl+d", "f1"]
    assert keymap.keys_of(COMMANDS["main.note"]) == ["pagedown g"]
    assert keymap.keys_of(COMMANDS["main.edit"]) == ["down", "G", "full_stop", "/"]
    assert not any("no such key" in problem for problem in keymap.problems)
    every = [key for command in COMMANDS.values() for key in split(command.keys)]
    assert [textual_name(key) for key in every] == every


def test_unknown_key_is_reported_and_others_are_used() -> None:
    keymap = Keymap({"main.filter": "PageDwn,f", "main.undo": "gg"})
    assert keymap.problems == ["keys: main.filter: no such key: 'PageDwn'", "keys: main.undo: no such key: 'gg'"]
    assert keymap.keys_of(COMMANDS["main.filter"]) == ["f"]
    assert keymap.keys_of(COMMANDS["main.undo"]) == ["u"]


def test_key_hidden_by_an_inner_scope_is_reported() -> None:
    taken = Keymap({"main.mark": "j", "main.toggle_star": "g"}).problems
    assert any("j of main.mark is hidden by list.cursor_down" in problem for problem in taken)
    assert any("main.toggle_star is the first key of gg, the keys of list.cursor_top" in problem for problem in taken)
    assert Keymap({"reader.find": "slash"}).problems == []
    assert Keymap({"main.filter": "slash,f", "main.undo": "u"}).problems == []


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("g g", "gg"),
        ("ctrl+d", "ctrl+d"),
        ("comma", ","),
        ("f1", "F1"),
        ("G", "G"),
        ("enter", "Enter"),
        ("equals_sign", "="),
    ],
)
def test_keys_are_displayed_in_readable_form(key: str, shown: str) -> None:
    assert show(key) == shown


def test_docs_keys_page_is_up_to_date() -> None:
    docs = Path(__file__).parents[2] / "docs"
    made: str = runpy.run_path(str(docs / "keys.py"))["markdown"]()
    assert (docs / "keys.md").read_text(encoding="utf-8") == made, "run `make docs`"
