"""Parse the frontmatter of Markdown files: YAML, TOML, or else lines of the form ``key: value``."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

from briefreader.yamlnodes import Mapping, Scalar, Sequence, YamlProblem, parse

if TYPE_CHECKING:
    from collections.abc import Mapping as Map

_FENCE = re.compile(r"\A\ufeff?---[ \t]*\n(?P<head>.*?)(?:^|\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S)
_PAIR = re.compile(r"^([A-Za-z][\w -]{0,40}?)\s*:\s*(.*)$")
_TOML_FENCE = re.compile(r"\A\ufeff?\+\+\+[ \t]*\n(?P<head>.*?)(?:^|\n)\+\+\+[ \t]*(?:\n|\Z)", re.S)
MAX_HEAD = 64_000  # maximum characters of frontmatter
_LEADING = re.compile(r"\A\s*(?P<head>(?:[A-Z][A-Za-z ]{2,25}:[^\n]*\n){2,12})[ \t]*(?:\n|\Z)")
_LEADING_NAMES = frozenset(
    ("feed", "title", "author", "authors", "date", "published", "link", "url", "source", "tags", "flags",
     "podcast download url", "type", "feed url", "comments")
)  # fmt: skip


def split(text: str) -> tuple[dict[str, object], str, str]:
    """Return the frontmatter fields of a Markdown text, the rest of the text, and a note on errors.

    Without frontmatter, there are no fields. Keys are in lower case; values are strings or lists of strings. Invalid
    TOML, and YAML that is invalid, deeply nested, or has duplicate keys or anchors, is read line by line instead.
    """
    if toml := _TOML_FENCE.match(text[: MAX_HEAD + 1000]):
        values, problem = _toml(toml["head"])
        return values, text[toml.end() :], problem
    found = _FENCE.match(text[: MAX_HEAD + 1000])
    if not found or len(found["head"]) > MAX_HEAD or not re.search(r"(?m)^[\w\"' -]+:", found["head"]):
        return {}, text, ""
    head, rest = found["head"], text[found.end() :]
    fields, note = _yaml(head)
    return (fields if fields is not None else _lines(head)), rest, note


def leading(text: str) -> tuple[dict[str, object], str]:
    """Return the fields of a text that begins with lines such as ``Title: …``, and the rest of the text.

    newsboat pipes articles in this form. The lines only count as fields if all their names are known, and they include
    a title and also a link, a feed, or both an author and a date.
    """
    found = _LEADING.match(text[:MAX_HEAD])
    fields = _lines(found["head"]) if found else {}
    if not found or not fields.keys() <= _LEADING_NAMES or not {"title"} < fields.keys():
        return {}, text
    if not fields.keys() & {"link", "url", "feed"} and not fields.keys() >= {"author", "date"}:
        return {}, text
    return fields, text[found.end() :]


def _yaml(head: str) -> tuple[dict[str, object] | None, str]:
    """Return the strings and lists of strings of a YAML mapping (None if it isn't valid), and a note on errors."""
    try:
        root = parse(head)
    except YamlProblem as problem:
        return None, f"frontmatter is read line by line: {problem.message} (line {problem.line + 1})"
    fields: dict[str, object] = {}
    for name, node in root.values.items() if isinstance(root, Mapping) else ():
        key = name.strip().lower()
        if isinstance(node, Scalar):
            fields.setdefault(key, node.text.strip())
        elif isinstance(node, Sequence):
            texts = (item.text.strip() for item in node.items if isinstance(item, Scalar))
            fields.setdefault(key, [text for text in texts if text])
    return (fields if isinstance(root, Mapping) else None), ""


def _toml(head: str) -> tuple[dict[str, object], str]:
    """Return the fields of TOML (top level, and tables where static sites keep tags) as text, and a note on errors."""
    try:
        values = tomllib.loads(head)
    except (tomllib.TOMLDecodeError, RecursionError):
        lines = "\n".join(re.sub(r"^(\s*[\w-]+)\s*=\s*", r"\1: ", line) for line in head.split("\n"))
        return _lines(lines), "frontmatter is not valid TOML"
    tables = [values[name] for name in ("taxonomies", "extra", "params") if isinstance(values.get(name), dict)]
    merged = {key: value for table in (*tables, values) for key, value in table.items()}
    return {key.lower(): text for key, value in merged.items() if (text := _toml_text(value))}, ""


def _toml_text(value: object) -> object:
    """Return a TOML value as a string or a list of strings; nested values are left out."""
    if isinstance(value, list):
        return [str(item) for item in value if not isinstance(item, (dict, list))]
    return "" if isinstance(value, dict) else str(value)


def _lines(head: str) -> dict[str, object]:
    """Return the fields in lines of the form ``key: value`` or ``key: [value, value]``."""
    fields: dict[str, object] = {}
    for line in head.split("\n"):
        if pair := _PAIR.match(line):
            value = pair[2].strip().strip("\"'")
            if value.startswith("[") and value.endswith("]"):
                fields[pair[1].lower()] = [v.strip(" \"'") for v in value[1:-1].split(",") if v.strip(" \"'")]
            else:
                fields[pair[1].lower()] = value
    return fields


def text_of(fields: Map[str, object], *names: str) -> str:
    """Return the first of the fields ``names`` that isn't empty, or ""; the items of a list are joined by commas."""
    for name in names:
        value = fields.get(name)
        if isinstance(value, list):
            value = ", ".join(value)
        if isinstance(value, str) and value:
            return value
    return ""


def list_of(fields: Map[str, object], *names: str) -> list[str]:
    """Return the distinct items of the fields ``names``; a text is split at commas."""
    found: list[str] = []
    for name in names:
        value = fields.get(name)
        if isinstance(value, str):
            value = [v.strip().lstrip("#") for v in value.split(",")]
        if isinstance(value, list):
            found += [v for v in value if v]
    return list(dict.fromkeys(found))
