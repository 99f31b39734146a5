"""Check that the library is composed of parts, and that private names stay private."""

from __future__ import annotations

import ast
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import briefreader
from briefreader.library import Library
from briefreader.library.library import forward

SOURCE = Path(briefreader.__file__).parent
NAMED_TUPLE = {"_asdict", "_replace", "_fields", "_make"}  # public in the standard library
PACKAGES = sorted(path.name for path in SOURCE.iterdir() if (path / "__init__.py").exists())


def is_private(name: str) -> bool:
    """Whether a name is private."""
    return name.startswith("_") and not name.startswith("__")


def own_names(tree: ast.Module) -> set[str]:
    """Return the names that a file defines itself: functions, classes, variables and attributes."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            found.add(node.attr)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
    return found


def foreign_private_names(text: str) -> set[str]:
    """Return the private names that a file uses and doesn't define."""
    tree = ast.parse(text)
    used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("briefreader"):
            used.update(alias.name for alias in node.names)
    return {name for name in used if is_private(name)} - own_names(tree) - NAMED_TUPLE


def test_library_inherits_from_nothing() -> None:
    assert Library.__mro__ == (Library, object)


@pytest.mark.parametrize("package", PACKAGES)
def test_package_uses_no_private_name_of_another_file(package: str) -> None:
    paths = sorted((SOURCE / package).rglob("*.py"))
    found = {str(path.relative_to(SOURCE)): foreign_private_names(path.read_text(encoding="utf-8")) for path in paths}
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize("text", ["other._hidden()\n", "from briefreader.text import _hidden\n"])
def test_private_name_of_another_file_is_found(text: str) -> None:
    assert foreign_private_names(text) == {"_hidden"}


def test_private_name_of_the_same_file_is_allowed() -> None:
    assert foreign_private_names("def _own():\n    pass\n\n\nother._own()\n") == set()


def test_library_methods_have_docstrings(tmp_path: Path) -> None:
    verbs = [name for name in vars(Library) if isinstance(getattr(Library, name), forward)]
    assert len(verbs) > 60
    with Library(tmp_path) as library:
        assert [name for name in verbs if not getattr(library, name).__doc__] == []


def test_library_parts_are_created_once_for_all_threads(tmp_path: Path) -> None:
    with Library(tmp_path) as library, ThreadPoolExecutor(8) as pool:
        methods = list(pool.map(lambda _: library.search, range(64)))
        assert len({id(method.__self__) for method in methods}) == 1
