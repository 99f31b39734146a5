"""Tests of completion in bash, zsh and fish, called as the shells' scripts do."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from briefreader.cli.main import COMPLETE

if TYPE_CHECKING:
    from pathlib import Path

Offer = Callable[..., list[str]]
SOURCES = ("Kettle & Kernel", "The Margin", "The Tin Kettle")
BASH = """
source completion.bash; compopt() { echo "$*"; }
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _briefreader_completion briefreader; printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def ids(tmp_path: Path, cli: Any, once: Any) -> list[str]:
    """A library with a briefing of each source."""

    def make() -> list[str]:
        for number, source in enumerate(SOURCES):
            head = f"---\ntitle: Letter {number}\nsource: {source}\n---\n"
            (tmp_path / f"{number}.md").write_text(head + f"Word{number} and more of it. " * 20)
        assert cli("add", tmp_path).code == 0
        return [record["id"] for record in cli("list", "--jsonl").records]

    return list(once(make))


@pytest.fixture
def offered(cli: Any, monkeypatch: pytest.MonkeyPatch) -> Offer:
    """Return the completions of the last word."""

    def ask(*words: str, shell: str = "bash") -> list[str]:
        with monkeypatch.context() as patch:
            patch.setenv(COMPLETE, f"{shell}_complete")
            patch.setenv("COMP_WORDS", "\n".join(["briefreader", *words]))
            patch.setenv("COMP_CWORD", str(len(words)))
            return [line for line in cli().out.splitlines() if line]

    return ask


def test_completion_without_library_offers_only_keys(offered: Offer) -> None:
    assert offered("show", "") == []
    assert "plain,topic:" in offered("list", "to")


def test_completion_offers_commands_ids_topics_and_files(ids: list[str], offered: Offer) -> None:
    assert offered("remo") == ["plain,remove"]
    assert sorted(offered("show", "")) == sorted(f"plain,{id_}" for id_ in ids)
    assert offered("accept", ids[0], "m") == ["plain,moe"]
    assert offered("add", "/et") == ["file,/et"]
    assert offered("taxonomy", "show", "pri") == ["plain,pricing"]


@pytest.mark.usefixtures("ids")
def test_completion_of_words_that_begin_with_a_dash(offered: Offer) -> None:
    assert offered("list", "-topic", ":", "mo") == ["plain,moe"]
    assert offered("list", "-top", shell="zsh") == ["plain", "-topic:", "_"]
    assert offered("list", "--lim") == ["plain,--limit"]
    assert offered("tag", "+mo") == ["plain,+moe"]
    assert offered("tag", "+agents", "-mo") == ["plain,-moe"]


def test_bulk_tag_takes_paths(offered: Offer) -> None:
    assert offered("--bulk-tag", "/et") == ["file,/et"]
    assert offered("--bulk-tag", "letters", "/et") == ["file,/et"]
    assert offered("--bulk-tag", "--js") == ["plain,--json", "plain,--jsonl"]


@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize("command", ["list", "search", "mark", "export", "tag"])
def test_completion_offers_query_keys_where_allowed(command: str, offered: Offer) -> None:
    assert offered(command, "topic", ":", "mo") == ["plain,moe"]
    assert offered(command, "topic:mo", shell="zsh") == ["plain", "topic:moe", "_"]


@pytest.mark.usefixtures("ids")
def test_completed_value_with_spaces_is_quoted(offered: Offer) -> None:
    assert offered("list", "source", ":", "ket") == [r'plain,\\"Kettle\\ \\&\\ Kernel\\"']
    assert offered("list", "source", ":", '"Ket') == ["plain,Kettle & Kernel"]
    assert offered("list", "source:ket", shell="zsh") == ["plain", 'source:"Kettle & Kernel"', "_"]


def test_completion_scripts_are_printed(cli: Any) -> None:
    for shell in ("bash", "zsh", "fish"):
        ran = cli("completion", shell)
        assert ran.code == 0 and COMPLETE in ran.out


@pytest.mark.parametrize("name", ["bash", "fish"])
def test_completion_works_in_the_shell(name: str, tmp_path: Path, ids: list[str], cli: Any, shell: Any) -> None:
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not installed")
    (tmp_path / f"completion.{name}").write_text(cli("completion", name).out)

    def run(*words: str) -> list[str]:
        done = shell(tmp_path, *words)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    if name == "bash":
        ask = ("bash", "--norc", "-c", BASH, "bash", "briefreader")
        assert run(*ask, "accept", ids[0], "m") == ["moe"]
        assert run(*ask, "list", "source", ":", "Ket") == [r"\"Kettle\ \&\ Kernel\""]
        assert "default" in run(*ask, "add", "/et")
    else:
        script = "source completion.fish; complete --do-complete "
        assert run("fish", "--no-config", "-c", f"{script}'briefreader list topic:mo'") == ["topic:moe"]
        assert f"{ids[0]}\tLetter" in run("fish", "--no-config", "-c", f"{script}'briefreader show {ids[0]}'")[0]
