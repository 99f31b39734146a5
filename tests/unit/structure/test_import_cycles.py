"""Check that there are no import cycles; imports for type checking don't count."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import briefreader

SOURCE = Path(briefreader.__file__).parent


def module_name(path: Path, root: Path) -> str:
    """Return the module name of a file."""
    parts = path.relative_to(root.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def run_time_imports(tree: ast.Module, modules: set[str]) -> set[str]:
    """Return those of ``modules`` that a module imports when it runs, at its top or inside a function."""
    found: set[str] = set()
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            pending += node.orelse
            continue
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            submodules = {f"{node.module}.{alias.name}" for alias in node.names}
            found.update(submodules & modules or {node.module})
        pending += ast.iter_child_nodes(node)
    return found & modules


def import_graph(root: Path) -> dict[str, set[str]]:
    """Return what each module of a package imports of the same package."""
    paths = {module_name(path, root): path for path in root.rglob("*.py")}
    trees = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in paths.items()}
    return {name: run_time_imports(tree, set(paths)) - {name} for name, tree in trees.items()}


def cycle(root: Path) -> list[str]:
    """Return one cycle of imports in a package, or nothing."""
    try:
        TopologicalSorter(import_graph(root)).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_package_has_no_import_cycles() -> None:
    assert cycle(SOURCE) == []


@pytest.mark.parametrize(
    "second",
    ["from package import first\n", "def later():\n    import package.first\n"],
    ids=["at-the-top", "inside-a-function"],
)
def test_import_cycle_is_found(tmp_path: Path, second: str) -> None:
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "first.py").write_text("from package.second import later\n")
    (package / "second.py").write_text(second)
    assert {"package.first", "package.second"} <= set(cycle(package))


def test_import_for_type_checking_is_not_a_cycle(tmp_path: Path) -> None:
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "first.py").write_text("from package import second\n")
    (package / "second.py").write_text("if TYPE_CHECKING:\n    from package.first import first\n")
    assert cycle(package) == []
