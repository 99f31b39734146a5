"""Check that commands that must start fast don't import large libraries."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = {"sklearn", "scipy", "textual", "joblib", "lxml", "feedparser", "readability", "jinja2", "pypdf", "watchfiles"}
PROBE = """
import json, sys
from briefreader.cli.main import run
code = run(json.loads(sys.argv[1]))
names = {name for name in sys.modules if name.startswith("briefreader")} | {n.partition(".")[0] for n in sys.modules}
print(json.dumps([code, sorted(names)]), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of two briefings, added by the command line."""
    folder = tmp_path_factory.mktemp("imports")
    for name in ("one", "two"):
        (folder / f"{name}.md").write_text(f"# Note {name}\n\n## Key takeaways\n\n- **Agents {name}:** They plan.\n")
    probe(folder / "library", "add", str(folder / "one.md"), str(folder / "two.md"))
    return folder / "library"


def probe(library: Path, *argv: str) -> tuple[set[str], str]:
    """Return the modules that a command imports (others by top-level name), and its output."""
    environment = {**os.environ, "BRIEFREADER_LIBRARY": str(library), "XDG_CONFIG_HOME": str(library.parent)}
    done = subprocess.run(
        [sys.executable, "-c", PROBE, json.dumps(argv)],
        capture_output=True, text=True, env=environment, timeout=60, check=True,
    )  # fmt: skip
    result: list[Any] = json.loads(done.stderr.splitlines()[-1])
    assert result[0] == 0, done.stderr
    return set(result[1]), done.stdout


@pytest.mark.parametrize(
    "argv",
    [
        ("--version",),
        ("--help",),
        ("list",),
        ("list", "is:unread", "--jsonl"),
        ("list", "agents"),
        ("search", "agnts"),
        ("search", "agents", "--jsonl"),
        ("history",),
        ("stats",),
        ("saved", "list"),
        ("mark", "--read", "after:2000"),
        ("config", "show"),
    ],
)
def test_reading_commands_import_nothing_heavy(argv: tuple[str, ...], library: Path) -> None:
    modules, _ = probe(library, *argv)
    assert not modules & HEAVY


@pytest.mark.parametrize("form", [(), ("--jsonl",)])
def test_show_imports_nothing_heavy(form: tuple[str, ...], library: Path) -> None:
    _, listed = probe(library, "list", "--jsonl")
    id = json.loads(listed.splitlines()[0])["id"]
    modules, shown = probe(library, "show", id, *form)
    assert "Agents" in shown
    assert not modules & HEAVY


@pytest.mark.parametrize("argv", [("list",), ("list", "is:unread"), ("show",)])
def test_list_and_show_import_no_search_engine(argv: tuple[str, ...], library: Path) -> None:
    """Each of these takes as long to import as SQLite and Click together."""
    _, listed = probe(library, "list", "--jsonl")
    ids = [json.loads(line)["id"] for line in listed.splitlines()] if argv == ("show",) else []
    modules, _ = probe(library, *argv, *ids)
    assert not modules & {"numpy", "rapidfuzz", "subprocess", "tomllib", "rich"}


def test_list_creates_few_parts_of_the_library(library: Path) -> None:
    modules, _ = probe(library, "list")
    parts = {name.removeprefix("briefreader.library.") for name in modules if "briefreader.library." in name}
    assert parts <= {"library", "parts", "progress", "browsing", "saved_searches", "current_taxonomy", "taxonomy_cache"}


def test_version_imports_almost_nothing(library: Path) -> None:
    modules, _ = probe(library, "--version")
    assert not modules & {"yaml", "platformdirs", "sqlite3", "rich", "numpy"}


def test_package_import_is_cheap_and_has_its_public_names() -> None:
    code = (
        "import sys, briefreader; before = set(sys.modules); "
        "assert not before & {'yaml', 'sqlite3', 'numpy', 'click'}, before; "
        "from briefreader import Library, Tagger, Taxonomy, read; "
        "assert Library and Tagger and Taxonomy and read; "
        "assert 'sklearn' not in sys.modules and 'scipy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_app_start_imports_no_parser_or_scorer() -> None:
    """Each of these would noticeably delay the first paint."""
    code = (
        "import sys, briefreader.cli.main, briefreader.library, briefreader.tui.app; "
        "late = ('briefreader.reading', 'briefreader.sources', 'briefreader.tagging', 'numpy', 'markdown_it'); "
        "assert not (found := [name for name in sys.modules if name.startswith(late)]), found"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
