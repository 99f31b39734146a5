"""Tests of commands with a terminal or pipe whose encoding lacks most characters."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from briefreader.cli.main import run

if TYPE_CHECKING:
    from pathlib import Path

TEXT = (
    "# Prices → 2026 “up”\n\nŁódź, 東京 and the agents’ café: 12 % ≤ 14 € · a list\n\n- **Pricing:** tokens → cheaper\n"
)
COMMANDS = [
    ["--help"],
    ["add", "--help"],
    ["list"],
    ["list", "--json"],
    ["search", "prices"],
    ["show", "{id}"],
    ["show", "{id}", "--color", "always"],
    ["tag", "--all"],
    ["explain", "{id}"],
    ["stats"],
    ["history"],
    ["undo", "--dry-run"],
    ["keys"],
    ["taxonomy", "show"],
    ["config", "show"],
    ["read", "{file}"],
    ["suggest", "{file}"],
    ["show", "nothing"],
    ["no-such-command-→"],
]


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "koi8-r", "ascii"])
def test_commands_write_to_any_8_bit_encoding(
    cli: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    file = tmp_path / "prices.md"
    file.write_text(TEXT, encoding="utf-8")
    (added,) = cli("add", "--jsonl", file).records
    for words in COMMANDS:
        written = {name: io.TextIOWrapper(io.BytesIO(), encoding=encoding) for name in ("stdout", "stderr")}
        for name, stream in written.items():
            monkeypatch.setattr(sys, name, stream)
        code = run([word.format(id=added["id"], file=file) for word in words])
        shown = {}
        for name, stream in written.items():
            stream.flush()
            shown[name] = stream.buffer.getvalue().decode(encoding)  # type: ignore[attr-defined]
        expected = {("show", "nothing"): 2, ("no-such-command-→",): 2}.get(tuple(words), 0)
        assert code == expected, (words, shown["stderr"])
        if "--json" in words:
            assert json.loads(shown["stdout"])["records"][0]["title"] == "Prices → 2026 “up”"
    assert "? 2026" in listed_in(cli, monkeypatch, encoding)


def test_exported_taxonomy_is_utf_8_in_any_encoding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("topics:\n  - id: tokyo\n    label: 東京 → café\n", encoding="utf-8")
    stream = io.TextIOWrapper(io.BytesIO(), encoding="latin-1")
    monkeypatch.setattr(sys, "stdout", stream)
    assert run(["taxonomy", "export", "--taxonomy", str(own)]) == 0
    assert "東京 → café" in stream.buffer.getvalue().decode("utf-8")  # type: ignore[attr-defined]


def listed_in(cli: Any, monkeypatch: pytest.MonkeyPatch, encoding: str) -> str:
    """Return the output of ``list`` in an encoding."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", stream)
    run(["list"])
    stream.flush()
    return bytes(stream.buffer.getvalue()).decode(encoding)  # type: ignore[attr-defined]
