"""Check that the JSON Schemas are up to date and accept what the program writes."""

from __future__ import annotations

import json
import runpy
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from briefreader.paths import shipped

jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
ROOT = Path(__file__).parents[3]
SCRIPT = runpy.run_path(str(ROOT / "docs" / "schemas.py"))


def valid(value: Any, schema: dict[str, Any]) -> bool:
    return not list(jsonschema.Draft202012Validator(schema).iter_errors(value))


@pytest.mark.parametrize("name", SCRIPT["SCHEMAS"])
def test_schema_file_is_up_to_date(name: str) -> None:
    made = SCRIPT["SCHEMAS"][name]()
    jsonschema.Draft202012Validator.check_schema(made)
    assert json.loads((ROOT / "docs" / "schemas" / name).read_text("utf-8")) == made, "run `make docs`"


@pytest.mark.parametrize("path", sorted(shipped("taxonomy").glob("*.yaml")), ids=lambda path: path.name)
def test_shipped_taxonomy_is_valid(path: Path) -> None:
    assert valid(yaml.safe_load(path.read_text("utf-8")), SCRIPT["taxonomy"]())


@pytest.mark.parametrize("wrong", [{}, {"topics": [{"label": "no id"}]}, {"topics": [{"id": "a", "label": 3}]}])
def test_wrong_taxonomy_is_invalid(wrong: dict[str, Any]) -> None:
    assert not valid(wrong, SCRIPT["taxonomy"]())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('color = "auto"\n[app]\nwidth = 84\n[keys]\n"main.filter" = "f"\n', True),
        ("[tagging]\nthreshold = 0.5\n", True),
        ('color = "pink"\n', False),
        ("[app]\nwidth = 10\n", False),
        ("what = 1\n", False),
    ],
)
def test_settings_are_valid_as_the_program_says(text: str, expected: bool) -> None:
    assert valid(tomllib.loads(text), SCRIPT["configuration"]()) is expected
