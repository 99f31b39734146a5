"""Check that files have at most 400 lines and functions at most 60."""

from __future__ import annotations

import ast
from pathlib import Path

import briefreader

SOURCE = Path(briefreader.__file__).parent
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
TEXTS = {str(path.relative_to(SOURCE)): path.read_text(encoding="utf-8") for path in sorted(SOURCE.rglob("*.py"))}


def long_functions(text: str) -> list[str]:
    """Return the names of the functions of a file that are too long."""
    functions = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [f.name for f in functions if (f.end_lineno or f.lineno) - f.lineno >= MAX_FUNCTION_LINES]


def test_files_have_at_most_400_lines() -> None:
    assert {name: n for name, text in TEXTS.items() if (n := text.count("\n")) > MAX_FILE_LINES} == {}


def test_functions_have_at_most_60_lines() -> None:
    assert {name: found for name, text in TEXTS.items() if (found := long_functions(text))} == {}


def test_long_function_is_found() -> None:
    assert long_functions("def long():\n" + "    pass\n" * MAX_FUNCTION_LINES) == ["long"]
    assert long_functions("def short():\n" + "    pass\n" * (MAX_FUNCTION_LINES - 1)) == []
