"""Check that the records of each command have exactly the keys that docs/json.md lists."""

from __future__ import annotations

import json
import lzma
import re
import runpy
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

SCHEMAS = runpy.run_path(str(Path(__file__).parents[2] / "docs" / "schemas.py"))
DOCUMENT = Path(__file__).parents[2] / "docs" / "json.md"
ROWS = re.findall(r"^\| `([^|]+)` \| (`.+`) \|$", DOCUMENT.read_text(encoding="utf-8"), flags=re.MULTILINE)

OLD = Path(__file__).parents[1] / "data" / "library-0.1" / "library.db.xz"  # with wrong merges in it
ACROSS = ("stories", "changed", "brief")  # they need reports of the same news
MAIL = """From: Ana <ana@oak.example>
Subject: What the tokens cost
Date: Fri, 20 Feb 2026 08:00:00 +0000
Message-ID: <tokens@oak.example>

A million tokens of the new model cost {} dollars from Monday on, says the price list of the company.
"""


@pytest.fixture
def words(tmp_path: Path, cli: Any, once: Any) -> dict[str, str]:
    """The values of the placeholders in json.md, and a library of one briefing."""
    file, queries = tmp_path / "note.md", tmp_path / "queries"

    def make() -> dict[str, str]:
        file.write_text("# A note\n\n## Key takeaways\n\n- **Agents:** Agents plan and call tools over many steps.\n")
        id = cli("add", file, "--jsonl").records[0]["id"]
        mails = [tmp_path / "five.eml", tmp_path / "four.eml"]
        for mail, price in zip(mails, ("five", "four"), strict=True):
            mail.write_text(MAIL.format(price))
            twice = cli("add", mail, "--jsonl").records[0]["id"]
        copies = cli("aliases", twice, "--jsonl").records
        queries.write_text("agents\n")
        (tmp_path / "reports").mkdir()
        (tmp_path / "reports" / "one.md").write_text("# One\n\nKelp grows along the shore.\n")
        cli("sources", "add", tmp_path / "reports", "--name", "Reports")
        cli("saved", "add", "mine", "agents")
        return {"ID": id, "MAIL": twice, "ALIAS": next(copy["alias"] for copy in copies if not copy["current"])}

    places = {"PATH": str(file), "FILE": str(file), "DIR": str(tmp_path / "notes"), "": str(queries)}
    return {"SOURCE": "Reports", "WORD": "agents", **once(make), **places}


@pytest.mark.parametrize(("command", "keys"), ROWS, ids=[command for command, _ in ROWS])
def test_record_has_the_keys_documented_in_json_md(
    command: str,
    keys: str,
    words: dict[str, str],
    cli: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    row = command
    if command.startswith(("diff", "split")):
        command = command.replace("ID", "MAIL")
    if command == "check --merged":
        (tmp_path / "old").mkdir()
        (tmp_path / "old" / "library.db").write_bytes(lzma.decompress(OLD.read_bytes()))
        monkeypatch.setenv("BRIEFREADER_LIBRARY", str(tmp_path / "old"))
        command += " --yes"
    if command.partition(" ")[0] in ACROSS or "story:ID" in command:
        words["story:ID"] = f"story:{request.getfixturevalue('reported')[0]}"
    if command.startswith("alerts"):
        cli("alerts", "add", "MOE", "--query", "topic:moe")
    argv = [words.get(word, word) for word in command.split()]
    if "--batch" in argv:
        argv[-1] = words[""]
    if command == "review":
        cli("tag", "--all", "--threshold", "1")
    records = cli(*argv, "--jsonl").records
    assert records, command
    if find_spec("jsonschema"):
        import_module("jsonschema").validate(records[0], SCHEMAS["record"](row, re.findall(r"`(\w+)`", keys)))
    assert [set(record) for record in records[:1]] == [{"schema_version", *re.findall(r"`(\w+)`", keys)}]


FAILURES = [
    (["show", "zzzz"], "show", 2),
    (["list", "--sort"], "list", 2),
    (["taxonomy", "rename", "nothing", "else"], "taxonomy rename", 2),
    (["add", "missing.txt", "--libary", "x"], "add", 2),
    (["list", "--library", "nowhere"], "list", 10),
]


@pytest.mark.parametrize(("argv", "command", "code"), FAILURES, ids=[" ".join(argv) for argv, _, _ in FAILURES])
def test_failure_is_one_json_object(argv: list[str], command: str, code: int, words: dict[str, str], cli: Any) -> None:
    ran = cli(*argv, "--json")
    found = json.loads(ran.out)
    assert (ran.code, found["error"]["code"], found["schema_version"]) == (code, code, 1)
    assert found["command"] == command
    assert found["error"]["message"] in ran.err.replace("\n", " ")
    assert cli(*argv).out == ""


def test_json_md_has_tables_of_keys() -> None:
    assert len(ROWS) >= 14
