"""Parse YAML into a tree of strings with line and column; write strings as YAML.

A YAML loader resolves types, expands aliases and merges keys: ``no`` becomes False, and a file of 643 bytes can take
seconds. This module resolves nothing: scalars are strings as written, and features that a taxonomy doesn't need
(aliases, anchors, merge keys, tags, several documents) are rejected.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DEPTH = 16


@dataclass(slots=True)
class Scalar:
    """A string; ``start`` and ``end`` are its offsets in the text, including quotes."""

    line: int
    column: int
    text: str
    quoted: bool = False
    start: int = 0
    end: int = 0


@dataclass(slots=True)
class Sequence:
    """A list; ``flow`` means that it is written in brackets."""

    line: int
    column: int
    items: list[Node] = field(default_factory=list)
    flow: bool = False
    start: int = 0
    end: int = 0


@dataclass(slots=True)
class Mapping:
    """Keys with their values and positions; ``flow`` means that it is in braces."""

    line: int
    column: int
    values: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, Scalar] = field(default_factory=dict)
    flow: bool = False
    start: int = 0
    end: int = 0


Node = Scalar | Sequence | Mapping


class YamlProblem(Exception):
    """The text is invalid YAML or uses rejected features.

    ``line`` and ``column`` are 1-based.
    """

    def __init__(self, line: int, column: int, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.line, self.column, self.message, self.hint = line, column, message, hint


def parse(text: str) -> Node | None:
    """Return the tree of a YAML text with one document; None if it is empty.

    Raises:
        YamlProblem: the text has syntax errors, aliases, anchors, merge keys, tags, duplicate keys, keys that aren't
            text, or several documents, or is nested deeper than ``MAX_DEPTH``.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    events = yaml.parse(text, Loader=loader)
    try:
        return _document(iter(events))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise YamlProblem(line, column, f"not valid YAML: {error.problem or error.context}") from error
    except yaml.YAMLError as error:
        raise YamlProblem(1, 1, f"not valid YAML: {error}") from error


def _document(events: Iterator[Any]) -> Node | None:
    import yaml

    root: Node | None = None
    documents = 0
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise _refused(event, "a second document begins here", "remove the `---`")
        elif isinstance(event, yaml.NodeEvent):
            root = _node(event, events, 0)
    return root


def _node(event: Any, events: Iterator[Any], depth: int) -> Node:
    import yaml

    if depth > MAX_DEPTH:
        raise _refused(event, f"nested deeper than {MAX_DEPTH}")
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise _refused(event, "YAML aliases and anchors are not supported", "repeat the text, or quote it")
    if getattr(event, "tag", None):
        raise _refused(event, "YAML tags are not supported", "remove it, or quote the text")
    begin, end = event.start_mark, event.end_mark
    line, column = begin.line + 1, begin.column + 1
    if isinstance(event, yaml.ScalarEvent):
        # the style of a plain scalar is "" in the C loader, None in the Python loader
        return Scalar(line, column, event.value, bool(event.style), begin.index, end.index)
    if isinstance(event, yaml.SequenceStartEvent):
        items = []
        while not isinstance(inner := next(events), yaml.SequenceEndEvent):
            items.append(_node(inner, events, depth + 1))
        flow = bool(event.flow_style)
        # the end mark of a block is where the next node begins, after unrelated comments
        end_of = _end(inner) if flow or not items else items[-1].end
        return Sequence(line, column, items, flow, begin.index, end_of)
    mapping = Mapping(line, column, flow=bool(event.flow_style), start=begin.index, end=begin.index)
    while not isinstance(inner := next(events), yaml.MappingEndEvent):
        key = _node(inner, events, depth + 1)
        if not isinstance(key, Scalar):
            raise _refused(inner, "a key must be text, not a list or keys")
        if key.text == "<<" and not key.quoted:
            raise _refused(inner, "merge keys are not supported", "write the keys out")
        if key.text in mapping.values:
            raise _refused(inner, f"`{key.text}` is duplicated", f"first in line {mapping.keys[key.text].line}")
        mapping.keys[key.text] = key
        mapping.values[key.text] = value = _node(next(events), events, depth + 1)
        mapping.end = max(value.end, key.end)
    if mapping.flow:
        mapping.end = _end(inner)
    return mapping


def _end(event: Any) -> int:
    return int(event.end_mark.index)


def _refused(event: Any, message: str, hint: str = "") -> YamlProblem:
    return YamlProblem(event.start_mark.line + 1, event.start_mark.column + 1, message, hint)


def written(value: str | tuple[str, ...]) -> str:
    """Return a string or list of strings as one line of YAML."""
    if isinstance(value, tuple):
        return "[" + ", ".join(map(written, value)) + "]"
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9 ./_-]*", value):
        return value
    # a JSON string is also valid YAML, except for a few characters that YAML doesn't allow
    return re.sub("[\x7f-\x9f\ufeff\ufffe\uffff\u2028\u2029]", lambda m: f"\\u{ord(m.group()):04x}", _quoted(value))


def _quoted(value: str) -> str:
    return json.dumps(value.encode("utf-8", "replace").decode(), ensure_ascii=False)
