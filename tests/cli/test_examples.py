"""Run every command that the docs show, with a small library."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from briefreader.cli.main import run
from briefreader.paths import shipped

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
KEPT = ("2025-02-12", "2025-04-18", "2025-05-the-slow-bell", "2025-06-27", "2025-12-marginalia")
REFUSED = {"briefreader taxonomy check my-topics.yaml": 12}  # the example of an error


DOCUMENTS = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))


def lines() -> list[str]:
    """Return the commands with briefreader in the console blocks of the docs."""
    blocks = [
        block
        for document in DOCUMENTS
        for block in re.findall(r"^```console\n(.*?)^```", document.read_text("utf-8"), re.M | re.S)
    ]
    shown = [re.sub(r"\s+#.*", "", line) for block in blocks for line in re.findall(r"^\$ (.*)$", block, re.M)]
    return list(dict.fromkeys(line for line in shown if "briefreader" in line and not line.startswith("python ")))


def alone() -> list[str]:
    """Return the examples that can run in this process."""
    return [line for line in lines() if not re.search(r" [|<>] |^echo", line)]


def pipelines() -> list[str]:
    """Return the examples that need a shell; fzf is replaced by ``head -1``."""
    return [line.replace("| fzf ", "| head -1 ") for line in lines() if line not in alone()]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder as in the docs, with a tagged library."""
    home = tmp_path_factory.mktemp("home")
    (home / "Briefings").mkdir()
    samples = [path for path in shipped("sample_docs").iterdir() if path.name.startswith(KEPT)]
    for path in samples:
        shutil.copy(path, home / "Briefings")
        shutil.copy(path, home / {".eml": "newsletter.eml", ".atom": "feed.xml"}.get(path.suffix, "letter.eml"))
    shutil.copy(shipped("taxonomy") / "ai-industry.yaml", home / "my-draft.yaml")
    for name in ("cur", "new", "tmp"):
        (home / "Mail" / "newsletters" / name).mkdir(parents=True)
    (home / "feeds.opml").write_text('<opml><body><outline xmlUrl="https://example.com/feed"/></body></opml>')
    (home / "my-topics.yaml").write_text("version: 1\ntopics:\n  - id: moe\n    label: MoE\n    keyword: [moe]\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BRIEFREADER_LIBRARY", str(home / "library"))
        patch.setenv("BRIEFREADER_CONFIG", str(home / "none.toml"))
        assert run(["--bulk-tag", "-q", str(home / "Briefings")]) == 0
    return home


@pytest.mark.parametrize("line", alone())
def test_example_runs(
    line: str, made: Path, tmp_path: Path, cli: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    shutil.copytree(made, home)
    monkeypatch.chdir(home)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("BRIEFREADER_LIBRARY", str(home / "library"))
    if " pull " in line:
        run(["export", "-q", "--to", str(home / "vault" / "Briefings")])
    first = cli("list", "topic:pricing", "--jsonl").records[0]["id"]
    words = [{"ID": first, "FILE": "letter.eml"}.get(word, word) for word in shlex.split(line)[1:]]
    done = cli("--yes", *(str(Path(word).expanduser()) if word.startswith("~") else word for word in words))
    assert done.code == REFUSED.get(line, 0), (words, done)


@pytest.mark.parametrize("line", pipelines())
def test_example_runs_in_a_shell(line: str, made: Path, tmp_path: Path, shell: Callable[..., Any]) -> None:
    if missing := [tool for tool in ("bash", "jq") if tool in f"bash {line}" and not shutil.which(tool)]:
        pytest.skip(f"{missing[0]} is not installed")
    home = tmp_path / "home"
    shutil.copytree(made, home)
    own = {"HOME": str(home), "BRIEFREADER_LIBRARY": str(home / "library")}
    if " restore " in line:  # of the file that the previous example writes
        copied = shell(home, "bash", "-c", f"briefreader dump > {line.split('< ')[1]}", **own)
        assert copied.returncode == 0, copied.stderr
        line = line.replace("/tmp/copy", str(home / "copy"))
    done = shell(home, "bash", "-o", "pipefail", "-c", line, **own)
    wanted = (0, 141) if "| head" in line else (0,)  # 141: the reader of a pipe ended before the writer
    assert done.returncode in wanted, done.stderr
    assert done.stdout or " > " in line or " < " in line, "it printed nothing"
