from __future__ import annotations

import io
import json
import re
import shlex
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefreader.cli.output import Column, Format, Output
from briefreader.cli.terminal import Color, color_choice
from briefreader.display import json_line

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = "a\x1b]52;c;AAAA\x07b\x9b31m\u202ec\U000e0041d\ud800e[bold]x[/] [@click=app.quit]y[/]"


@given(st.text())
def test_json_output_is_escaped_and_parses_to_the_same_text(text: str) -> None:
    shown = json_line(json.dumps({"t": text}, ensure_ascii=False))
    assert json.loads(shown) == {"t": text}
    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u202e\u2066\U000e0041" for c in shown)


@pytest.mark.parametrize("color", ["never", "always"])
def test_text_output_shows_markup_literally_without_escapes(color: Color, capsys: pytest.CaptureFixture[str]) -> None:
    out = Output("human", color)
    out.line((HOSTILE, "red"))
    out.row([Column(10), Column(0)], [HOSTILE, "x\ty"])
    out.problem(HOSTILE, where=HOSTILE, hint=HOSTILE)
    captured = capsys.readouterr()
    for shown in captured:
        plain = shown.replace("\x1b[31m", "").replace("\x1b[0m", "")
        assert "\x1b" not in plain and "\x9b" not in plain and "\u202e" not in plain
        assert "[bold]x[/] [@click=app.quit]y[/]" in plain
    assert ("\x1b[31m" in captured.out) == (color == "always")


def test_table_in_a_pipe_is_tab_separated_and_complete(capsys: pytest.CaptureFixture[str]) -> None:
    Output().row([Column(2), Column(0)], ["abcdef", "long " * 60])
    assert capsys.readouterr().out == "abcdef\t" + " ".join(["long"] * 60) + "\n"


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_table_rows_are_not_wrapped(
    width: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setattr(Output, "is_terminal", True)
    columns = [Column(7), Column(2), Column(10, least=10), Column(18, least=0), Column(0), Column(24)]
    Output().row(
        columns, ["7f3a", "●", "2026-01-02", "A source of a long name", "A title " * 9, "agents, open-source, moe"]
    )
    (line,) = capsys.readouterr().out.splitlines()
    assert len(line) <= width
    if width >= 60:
        assert "2026-01-02" in line and "A title A title" in line and "agents" in line
    assert ("A source" in line) == (width >= 80)


def test_paragraph_is_wrapped_and_indented_below_its_head(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    output = "a sentence of many words " * 4
    Output().paragraph([("7f3a.2   ", "cyan")], output)
    assert len(capsys.readouterr().out.splitlines()) == 1, "whole in a pipe"
    monkeypatch.setattr(Output, "is_terminal", True)
    Output().paragraph([("7f3a.2   ", "cyan")], output)
    first, *others = capsys.readouterr().out.splitlines()
    assert first.startswith("7f3a.2   a sentence") and len(first) <= 40
    assert others and all(line.startswith(" " * 9 + line[9]) and line[9] != " " and len(line) <= 40 for line in others)
    assert " ".join([first[9:], *(line.strip() for line in others)]).split() == output.split()


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("jsonl", '{"schema_version": 1, "id": "a"}\n{"schema_version": 1, "id": "b"}\n'),
        ("json", '{"schema_version": 1, "command": "list", "records": [\n{"id": "a"},\n{"id": "b"}]}\n'),
        ("nul", "a\0b\0"),
        ("human", ""),
    ],
)
def test_records_are_written_in_each_format(form: Format, expected: str, capsys: pytest.CaptureFixture[str]) -> None:
    with Output(form).records("list") as write:
        write({"id": "a"}, "a")
        write({"id": "b"}, "b")
    assert capsys.readouterr().out == expected


def test_failure_after_a_record_leaves_valid_json(capsys: pytest.CaptureFixture[str]) -> None:
    out = Output("json")
    with pytest.raises(ZeroDivisionError), out.records("list") as write:
        write({"id": "a"}, "a")
        raise ZeroDivisionError
    out.failure("list", "division by zero", "", 1)
    found = json.loads(capsys.readouterr().out)
    assert found["records"] == [{"id": "a"}]
    assert found["error"] == {"message": "division by zero", "hint": "", "code": 1}


def test_cells_are_tab_separated_in_a_pipe(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    parts = ("7f3a    ", "cyan"), "A title\twith tabs", ("  moe", "green")
    Output().cells(*parts)
    assert capsys.readouterr().out == "7f3a\tA title with tabs\tmoe\n"
    Output(color="always").cells(*parts)
    assert "7f3a    " in capsys.readouterr().out


def test_dumb_terminal_gets_no_colour(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    for terminal, colored in (("xterm", True), ("dumb", False)):
        monkeypatch.setenv("TERM", terminal)
        Output().line(("x", "red"))
        assert ("\x1b[31m" in capsys.readouterr().out) is colored


@pytest.mark.parametrize(
    ("option", "environment", "setting", "chosen"),
    [
        ("always", {"NO_COLOR": "1"}, "never", "always"),
        ("never", {"FORCE_COLOR": "1"}, "always", "never"),
        (None, {"NO_COLOR": "1", "FORCE_COLOR": "1"}, "always", "never"),
        (None, {"FORCE_COLOR": "1"}, "never", "always"),
        (None, {"CLICOLOR_FORCE": "1"}, "never", "always"),
        (None, {"FORCE_COLOR": "0", "NO_COLOR": ""}, "never", "never"),
        (None, {}, "auto", "auto"),
        ("auto", {}, "always", "auto"),
    ],
)
def test_colour_depends_on_option_environment_and_setting(
    option: Color | None, environment: dict[str, str], setting: Color, chosen: Color, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert color_choice(option, setting) == chosen


def test_forced_colour_takes_precedence_over_no_color(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    Output(color="always").line(("x", "red"))
    assert "\x1b[31m" in capsys.readouterr().out


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("color", ["always", "never"])
def test_progress_bar_is_cleared_before_other_output(color: Color, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sys.stdout", terminal)
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setattr("briefreader.cli.output.REDRAW_SECONDS", 0.0)
    out = Output("human", color)
    with out.progress("Adding") as advance:
        for number in range(3):
            advance(number, 3)
            out.line(f"line {number}")
            advance(number, 3)
            out.row([Column(10), Column(0)], [f"row {number}", "x"])
            advance(number, 3)
            out.problem(f"problem {number}")
    output = terminal.getvalue()
    assert output.count("Adding") >= 9
    for each in re.finditer(r"(line|row|briefreader: problem) \d", re.sub(r"\x1b\[[0-9;]*m", "", output)):
        before = re.sub(r"\x1b\[[0-9;]*m", "", output)[: each.start()]
        assert before.rpartition("Adding")[2].endswith(("\x1b[2K", "\n")), "the line begins where the bar stood"


@pytest.mark.parametrize(("lines", "pager", "paged"), [(3, "copy", False), (60, "copy", True), (60, "", False)])
def test_long_output_goes_through_the_pager(
    lines: int, pager: str, paged: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    terminal = _Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    monkeypatch.setenv("LINES", "24")
    script = tmp_path / "copy.py"
    script.write_text(
        "import os, pathlib, sys\n"
        "pathlib.Path(sys.argv[1]).write_text(os.environ['LESS'] + sys.stdin.read(), encoding='utf-8')\n"
    )
    copied = tmp_path / "copied"
    command = [sys.executable, str(script), str(copied)]
    monkeypatch.setenv("PAGER", shlex.join(command) if pager else "")
    monkeypatch.delenv("LESS", raising=False)
    out = Output()
    with out.paged():
        for number in range(lines):
            out.line(f"line {number}")
    text = "".join(f"line {number}\n" for number in range(lines))
    assert terminal.getvalue() == ("" if paged else text)
    assert not paged or copied.read_text() == "R" + text


def test_missing_pager_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    monkeypatch.setenv("LINES", "5")
    monkeypatch.setenv("PAGER", "no-such-pager")
    out = Output()
    with out.paged():
        out.text("a\n" * 20)
    assert terminal.getvalue() == "a\n" * 20


@pytest.mark.parametrize(("term", "linked"), [("xterm-256color", True), ("linux", False)])
def test_markdown_links_are_terminal_hyperlinks(term: str, linked: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    monkeypatch.setenv("TERM", term)
    Output("human", "always").markdown("[here](https://x.example/a) and [there](javascript:x)")
    links = re.findall("\x1b]8;[^;]*;([^\x1b]+)", terminal.getvalue())
    assert links == (["https://x.example/a"] if linked else [])
