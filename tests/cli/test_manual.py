from __future__ import annotations

import runpy
import shutil
import subprocess
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import pytest

from briefreader.cli.completion import script
from briefreader.cli.main import COMMANDS, HIDDEN, root

DOCS = Path(__file__).parents[2] / "docs"
manual = SimpleNamespace(**runpy.run_path(str(DOCS / "manual.py")))


MADE = {"cli.md": manual.markdown, "briefreader.1": manual.man} | {
    f"completions/{name}": partial(script, shell) for shell, name in manual.COMPLETIONS.items()
}


@pytest.mark.parametrize(("name", "made"), MADE.items())
def test_manual_is_up_to_date(name: str, made: Any) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == made(), "run `make docs`"


def test_every_command_is_in_the_manual() -> None:
    documented = {entry.name.split()[1] for entry in manual.entries() if " " in entry.name}
    assert documented == set(COMMANDS) - HIDDEN


def test_every_command_and_option_has_help() -> None:
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


def test_man_page_is_valid_troff() -> None:
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


def test_help_lists_every_command_except_hidden_ones() -> None:
    ctx = click.Context(root)
    assert set(root.list_commands(ctx)) == set(COMMANDS) - HIDDEN
