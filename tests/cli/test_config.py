from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "made" / "config.toml"
    monkeypatch.setenv("BRIEFREADER_CONFIG", str(file))
    return file


def test_config_show_prints_a_valid_settings_file(config: Path, cli: Any) -> None:
    config.parent.mkdir()
    config.write_text('editor = "a \\"b\\" ü"\n[export]\nfull_text = true\n[keys]\n"list.choose" = "f3"\n')
    shown = tomllib.loads(cli("config", "show").out)
    assert shown["editor"] == 'a "b" ü' and shown["export"]["full_text"] is True
    assert shown["keys"] == {"list.choose": "f3"}
    config.write_text(cli("config", "show").out)
    assert cli("config", "show").code == 0


def test_dry_run_of_config_edit_creates_no_file(config: Path, cli: Any) -> None:
    assert "nothing written" in cli("config", "edit", "--dry-run").err
    assert not config.exists()


def test_invalid_setting_falls_back_to_its_default(config: Path, cli: Any) -> None:
    config.parent.mkdir()
    config.write_text('color = "pink"\n[export]\nprofile = "hugo"\n')
    ran = cli("saved", "add", "a", "b")
    assert ran.code == 10 and f"{config}:1: color must be one of auto, always, never" in ran.err
    assert cli("config", "show").code == 2


@pytest.mark.parametrize("text", ["library = 3\n", "taxonomy = []\n", "what\n"])
def test_invalid_file_or_library_stops_the_command(text: str, config: Path, cli: Any) -> None:
    config.parent.mkdir()
    config.write_text(text)
    assert cli("add", config.parent).code == 2


def test_config_problems_have_line_numbers(config: Path, cli: Any) -> None:
    config.parent.mkdir()
    config.write_text('\ncolour = "always"\n')
    ran = cli("config", "show")
    assert ran.code == 2 and f"{config}:2: unknown setting colour" in ran.err
    assert cli("config", "show", "--jsonl").records[0]["problems"][0]["line"] == 2
    assert f"{config}:2: unknown setting colour" in cli("stats").err


def test_config_edit_creates_the_file_and_checks_it(
    config: Path, tmp_path: Path, cli: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "editor.sh"
    script.write_text('#!/bin/sh\necho "threshold = 2" >> "$1"\n')
    script.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(script))
    ran = cli("config", "edit")
    assert ran.code == 2
    assert config.exists() and "unknown setting threshold" in ran.err
    monkeypatch.setenv("EDITOR", "/nonexistent/editor")
    ran = cli("config", "edit")
    assert ran.code == 2 and "set EDITOR" in ran.err


def test_colour_option_takes_precedence_over_the_setting(config: Path, cli: Any) -> None:
    config.parent.mkdir()
    config.write_text('color = "always"\n')
    assert "\x1b[" in cli("config", "show").out
    assert "\x1b[" not in cli("config", "show", "--color", "never").out


def test_config_show_reports_unknown_commands_of_keys(cli: Any, config: Path) -> None:
    config.parent.mkdir()
    config.write_text('[keys]\n"main.nonsense" = "z"\n')
    shown = cli("config", "show")
    assert shown.code == 2
    assert "unknown command 'main.nonsense'" in shown.err
