from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import click
import pytest

from briefreader.cli import manual
from briefreader.cli.main import COMMANDS, COMPLETE, HIDDEN, root

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize(("name", "made"), [("cli.md", manual.markdown), ("briefreader.1", manual.man)])
def test_the_manual_is_up_to_date(name: str, made: Any) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == made(), "run `make docs`"


def test_every_command_is_in_the_manual() -> None:
    documented = {entry.name.split()[1] for entry in manual.entries() if " " in entry.name}
    assert documented == set(COMMANDS) - HIDDEN


def test_every_command_and_option_says_what_it_does() -> None:
    for entry in manual.entries():
        assert len(entry.help) > 15, entry.name
        for option, text in entry.options:
            assert len(text) > 3, f"{entry.name} {option}"


def test_each_command_prints_its_own_name_and_help(cli: Any) -> None:
    for entry in manual.entries():
        words = entry.name.split()[1:]
        ran = cli(*words, "--help")
        assert ran.code == 0
        assert ran.out.startswith(f"Usage: {entry.name} ")


def test_the_man_page_is_troff_without_faults() -> None:
    groff = shutil.which("groff")
    if groff is None:
        pytest.skip("groff is not installed")
    done = subprocess.run(
        [groff, "-man", "-Tutf8", "-ww", "-z"],
        input=manual.man(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(shell: str, cli: Any) -> None:
    ran = cli("completion", shell)
    assert ran.code == 0 and COMPLETE in ran.out


def test_completion_knows_ids_topics_and_queries(cli: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    note = tmp_path / "note.txt"
    note.write_text("A note\n\nOf some words that stand here.\n")

    def complete(words: str) -> list[str]:
        with monkeypatch.context() as patch:
            patch.setenv(COMPLETE, "bash_complete")
            patch.setenv("COMP_WORDS", words)
            patch.setenv("COMP_CWORD", str(len(words.split(" ")) - 1))
            return [line.partition(",")[2] for line in cli().out.split()]

    assert complete("briefreader show ") == []
    [added] = cli("add", note, "--jsonl").records
    assert complete("briefreader show ") == [added["id"]]
    assert complete(f"briefreader accept {added['id']} m") == ["moe"]
    assert "topic:" in complete("briefreader mark to")
    assert complete("briefreader remo") == ["remove"]
    assert os.environ.get(COMPLETE) is None


def test_groups_and_commands_are_lazy() -> None:
    ctx = click.Context(root)
    assert root.get_command(ctx, "no such") is None
    assert set(root.list_commands(ctx)) == set(COMMANDS) - HIDDEN
