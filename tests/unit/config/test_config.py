from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefreader import config
from briefreader.config import Settings, check, editor_command, parse
from briefreader.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


def test_missing_file_gives_the_defaults(tmp_path: Path) -> None:
    assert check(tmp_path / "none.toml") == (Settings(), [])


def test_valid_values_are_used(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('library = "~/b"\n[tagging]\nthreshold = 1\njobs = 2\n[keys]\n"briefing.star" = "f5"\n')
    settings, _ = check(file)
    assert settings.library == "~/b"
    assert (settings.tagging.threshold, settings.tagging.jobs) == (1, 2)
    assert settings.keys == {"briefing.star": "f5"}


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        ('# mine\nlibary = "y"\n', 2, "unknown setting libary", "did you mean library?"),
        ("[export]\n\nprofil = 'x'\n", 3, "unknown setting export.profil", "did you mean profile?"),
        (
            "[export]\nprofile = 'word'\n",
            2,
            "export.profile must be one of obsidian, logseq, hugo, plain, not 'word'",
            "",
        ),
        ("# a\n[tagging]\nthreshold = 1.5\n", 3, "tagging.threshold must be between 0.0 and 1.0, not 1.5", ""),
        ('editor = "a\u2028b"\nlibary = "y"\n', 2, "unknown setting libary", "did you mean library?"),
        ("[app]\ntagging = 1\n", 2, "unknown setting app.tagging", ""),
        ("[app]\nwidth = 39\n", 2, "app.width must be between 40 and 200, not 39", ""),
        ("[tagging]\njobs = 1.5\n", 2, "tagging.jobs must be an integer, not 1.5", ""),
        ("[tagging]\njobs = true\n", 2, "tagging.jobs must be an integer, not True", ""),
        ("[tagging]\nthreshold = nan\n", 2, "tagging.threshold must be between 0.0 and 1.0, not nan", ""),
        ("\n[app]\nmouse = 'yes'\n", 3, "app.mouse must be true or false, not 'yes'", ""),
        ("app = 3\n", 1, "app is a section", "write [app] on a line of its own"),
        ("[keys]\nx = 3\n", 1, "keys must contain only strings in quotes, not {'x': 3}", ""),
        ("app.mouse = 3\n", 1, "app.mouse must be true or false, not 3", ""),
        ("a = \n", 1, "invalid value", "the file is TOML: key = value, strings in quotes"),
    ],
)
def test_each_problem_has_its_line_number(text: str, line: int, message: str, hint: str) -> None:
    settings, problems = parse(text.encode())
    assert [(p.line, p.message, p.hint) for p in problems] == [(line, message, hint)]
    assert replace(settings, editor="") == Settings()


def test_limits_themselves_are_valid() -> None:
    settings, problems = parse(b"[app]\nwidth = 40\n[tagging]\nthreshold = 0\njobs = 256\n")
    assert not problems
    assert (settings.app.width, settings.tagging.threshold, settings.tagging.jobs) == (40, 0, 256)


@pytest.mark.parametrize(("more", "message"), [(0, ""), (1, "too large for a settings file")])
def test_file_of_maximum_size_is_read(tmp_path: Path, more: int, message: str) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b"#" * (config.MAX_BYTES + more))
    assert "".join(problem.message for problem in check(file)[1]) == message


def test_invalid_setting_keeps_the_others(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('editor = "ed"\ncolor = "pink"\nwhat = 1\n')
    settings, problems = check(file)
    assert settings.editor == "ed" and settings.color == "auto"
    assert [(problem.line, problem.setting) for problem in problems] == [(2, "color"), (3, "what")]


def test_folder_or_binary_file_is_a_problem(tmp_path: Path) -> None:
    assert check(tmp_path)[1]
    settings, problems = parse(b"a = 1\nb = '\xff'\n")
    assert (problems[0].line, problems[0].message) == (2, "not UTF-8")
    assert settings == Settings()


@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))))
def test_any_bytes_are_accepted(data: bytes) -> None:
    parse(data)


def test_profiles_of_settings_and_export_are_the_same() -> None:
    from briefreader.exporting.profiles import PROFILES

    assert set(config.PROFILES) == set(PROFILES)


def test_editor_is_from_settings_environment_or_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", "ed -s")
    assert editor_command("emacs -nw") == ["emacs", "-nw"]
    assert editor_command() == ["ed", "-s"]
    monkeypatch.setenv("VISUAL", "emacs")
    assert editor_command() == ["emacs"]
    monkeypatch.delenv("VISUAL")
    monkeypatch.setenv("EDITOR", " ")
    assert editor_command() in (["vi"], ["notepad"])
    with pytest.raises(UsageError, match="set EDITOR"):
        editor_command('ed "x')
