"""Check that docs/dependencies.md lists each dependency with its licence."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
ROWS = {
    cells[0]: cells[1:]
    for cells in re.findall(
        r"^\| ([\w-]+) \| (?:`(\w+)` \| )?.+? \| ([\w.-]+) \|$",
        (ROOT / "docs" / "dependencies.md").read_text("utf-8"),
        re.M,
    )
}


def name(requirement: str) -> str:
    return re.split(r"[<>=!~\[; ]", requirement, maxsplit=1)[0]


def test_docs_list_exactly_the_dependencies() -> None:
    wanted = {name(item): "" for item in PROJECT["dependencies"]}
    extras = PROJECT["optional-dependencies"].items()
    wanted |= {name(item): extra for extra, items in extras if extra != "dev" for item in items}
    assert {package: extra for package, (extra, _) in ROWS.items() if package != "package"} == wanted


@pytest.mark.parametrize("package", sorted(set(ROWS) - {"package"}))
def test_licences_are_those_of_the_packages(package: str) -> None:
    try:
        about = metadata(package)
    except PackageNotFoundError:
        pytest.skip(f"{package} is an extra that is not installed")
    stated = [about.get("License-Expression"), about.get("License"), *about.get_all("Classifier", [])]
    words = " ".join(text for text in stated if text)
    family = ROWS[package][1].partition("-")[0]
    assert re.search(rf"\b{family}\b", words), words[:200]
