"""Every command shown in the documents runs, as it is written, in a home with a few briefings."""

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
REFUSED = {"briefreader taxonomy check my-topics.yaml": 12}  # the one that shows a mistake


def shown() -> list[str]:
    """The lines ``$ briefreader …`` of all console blocks, without comments and what stands behind a pipe or ``>``."""
    documents = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
    blocks = [
        block
        for document in documents
        for block in re.findall(r"^```console\n(.*?)^```", document.read_text("utf-8"), re.M | re.S)
    ]
    lines = [line for block in blocks for line in re.findall(r"^\$ (briefreader .*)$", block, re.M)]
    return list(dict.fromkeys(re.split(r"\s+(?:#|[|>] )", line)[0] for line in lines if " < " not in line))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home as the documents suppose it, and its library, tagged."""
    home = tmp_path_factory.mktemp("home")
    (home / "Briefings").mkdir()
    samples = [path for path in shipped("sample_docs").iterdir() if path.name.startswith(KEPT)]
    for path in samples:
        shutil.copy(path, home / "Briefings")
        shutil.copy(path, home / {".eml": "newsletter.eml", ".atom": "feed.xml"}.get(path.suffix, "letter.eml"))
    shutil.copy(shipped("taxonomy") / "ai-industry.yaml", home / "my-draft.yaml")
    (home / "my-topics.yaml").write_text("version: 1\ntopics:\n  - id: moe\n    label: MoE\n    keyword: [moe]\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BRIEFREADER_LIBRARY", str(home / "library"))
        patch.setenv("BRIEFREADER_CONFIG", str(home / "none.toml"))
        assert run(["--bulk-tag", "-q", str(home / "Briefings")]) == 0
    return home


@pytest.mark.parametrize("line", shown())
def test_it_runs(
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
