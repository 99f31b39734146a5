"""Tests of the package: public names, types, installed files, workflows."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

import briefreader

ROOT = Path(__file__).parents[3]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def python_versions() -> list[str]:
    found = [
        re.fullmatch(r"Programming Language :: Python :: (3\.\d+)", c) for c in PYPROJECT["project"]["classifiers"]
    ]
    return [match[1] for match in found if match]


@pytest.mark.parametrize("name", briefreader.__all__)
def test_public_name_can_be_imported(name: str) -> None:
    assert getattr(briefreader, name)


def test_package_has_types() -> None:
    assert (Path(briefreader.__file__).parent / "py.typed").exists()
    assert "Typing :: Typed" in PYPROJECT["project"]["classifiers"]


def test_installed_files_exist() -> None:
    shared = PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]
    assert [name for name in shared if not (ROOT / name).exists()] == []


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = "import sys, briefreader; print([m for m in ('numpy', 'sklearn', 'textual', 'lxml') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflow_steps_are_complete(path: Path) -> None:
    jobs = yaml.safe_load(path.read_text("utf-8"))["jobs"]
    for name, job in jobs.items():
        assert job["timeout-minutes"], name
        assert all(("uses" in step) != ("run" in step) for step in job["steps"]), name


def test_workflow_tests_every_supported_python() -> None:
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text("utf-8"))["jobs"]
    assert jobs["test"]["strategy"]["matrix"]["python"] == python_versions()
