from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from briefreader import __version__, errors
from briefreader.cli import main
from briefreader.query import KEYS

if TYPE_CHECKING:
    from pathlib import Path


def _raises(error: BaseException) -> Any:
    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.UsageError("x"), 2),
        (errors.LibraryError("x"), 1),
        (errors.NoLibraryError("x"), 10),
        (errors.LockedError("x"), 11),
        (errors.TaxonomyError("x", where="t.yaml:3:5", hint="do this"), 12),
        (KeyboardInterrupt(), 130),
        (PermissionError(13, "Permission denied", "/some/file"), 1),
        (RuntimeError("odd"), 1),
        (BrokenPipeError(), 141),
    ],
)
def test_each_error_has_its_exit_code_and_no_traceback(
    error: BaseException, code: int, monkeypatch: pytest.MonkeyPatch, cli: Any
) -> None:
    monkeypatch.setattr(main.root, "invoke", _raises(error))
    ran = cli("config", "show")
    assert ran.code == code
    assert "Traceback" not in ran.err and not ran.out
    if isinstance(error, errors.TaxonomyError):
        assert ran.err == "briefreader: t.yaml:3:5: x\n  do this\n"
    if isinstance(error, PermissionError):
        assert ran.err == "briefreader: /some/file: Permission denied\n"


def test_debug_prints_a_traceback(monkeypatch: pytest.MonkeyPatch, cli: Any) -> None:
    monkeypatch.setattr(main.root, "invoke", _raises(RuntimeError("odd")))
    with pytest.raises(RuntimeError, match="odd"):
        cli("config", "show", "--debug")


def test_version_prints_the_version(cli: Any) -> None:
    assert cli("--version") == (0, f"briefreader {__version__}\n", "")


def test_no_command_without_a_terminal_prints_help(cli: Any) -> None:
    ran = cli()
    assert ran.code == 2 and ran.out == ""
    assert "Commands:" in ran.err


def test_path_instead_of_a_command_suggests_add(cli: Any, tmp_path: Path) -> None:
    letter = tmp_path / "a letter.eml"
    letter.touch()
    ran = cli(str(letter))
    assert ran.code == 2 and f"add '{letter}'" in ran.err


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["confg"], "did you mean config?"),
        (["zzz"], "no such command: 'zzz'"),
        (["config", "show", "--jsn"], "--json"),
        (["config", "shw"], "did you mean show?"),
        (["delete", "7f3a"], "did you mean remove?"),
        (["star", "7f3a"], "did you mean mark --star?"),
        (["taxonomy", "remove", "moe"], "did you mean delete?"),
        (["config", "show", "surplus"], "surplus"),
    ],
)
def test_unknown_command_is_a_usage_error_with_a_hint(argv: list[str], message: str, cli: Any) -> None:
    ran = cli(*argv)
    assert ran.code == 2 and ran.out == ""
    assert message in ran.err


def test_group_without_command_lists_commands_as_a_usage_error(cli: Any) -> None:
    ran = cli("taxonomy")
    assert ran.code == 2 and ran.out == ""
    assert ran.err.startswith("Usage: briefreader taxonomy") and "rename" in ran.err


def test_unknown_short_option_is_rejected(cli: Any) -> None:
    ran = cli("mark", "--star", "pricing", "-n", "3")
    assert ran.code == 2 and "-n" in ran.err


def test_global_options_work_before_and_after_the_command(cli: Any, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('editor = "ed"\n')
    ways = [
        ["--config", file, "--json", "config", "show"],
        ["config", "--json", "show", "--config", file],
        ["config", "show", "--json", "--config", file],
    ]
    ran = [cli(*argv) for argv in ways]
    assert ran[0].records[0]["settings"]["editor"] == "ed"
    assert ran[1] == ran[0] and ran[2] == ran[0]


def test_closed_output_pipe_ends_silently() -> None:
    command = [sys.executable, "-m", "briefreader", "--help"]
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, timeout=60, check=False)
    finally:
        os.close(writer)
    assert done.stderr == b""
    assert done.returncode == 141


def test_tilde_of_an_unknown_user_is_a_normal_folder(cli: Any) -> None:
    ran = cli("list", "--library", "~nosuchuser/library")
    assert ran.code == 10 and "no library found in ~nosuchuser/library" in ran.err


def test_help_lists_options_and_the_query_syntax(cli: Any) -> None:
    message = cli("list", "--help").out
    options = message.partition("Options:")[2].partition("QUERY")[0]
    assert all(line.split()[0].startswith("-") for line in options.splitlines() if line.strip())
    assert all(f"\n  {key}: " in message for key in KEYS)


def test_demo_with_a_command_is_a_usage_error(cli: Any) -> None:
    ran = cli("--demo", "list")
    assert ran.code == 2 and "--demo opens the app" in ran.err


def test_interrupted_completion_prints_nothing(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setenv("_BRIEFREADER_COMPLETE", "bash_complete")
    monkeypatch.setattr("briefreader.cli.param_types.register_bash_completion", interrupted)
    ran = cli()
    assert (ran.code, ran.out, ran.err) == (130, "", "")
