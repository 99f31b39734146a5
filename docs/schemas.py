"""Generate the JSON Schemas in docs/schemas/: ``python docs/schemas.py docs/schemas``.

There is one for config.toml, one for a taxonomy file, and one for the records of ``--json`` and ``--jsonl``. The keys
of a record are those that docs/json.md lists for the command. Their types are those of the dataclasses behind it.
"""

from __future__ import annotations

import json
import re
import sys
import types
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from briefreader import model
from briefreader.config import Settings
from briefreader.library.deduplication import Added
from briefreader.library.item_storage import SourceResult
from briefreader.library.tagging import Tagged
from briefreader.storage.counts import Stats
from briefreader.tagging.explanations import Explanation
from briefreader.taxonomy import TOPIC_KEYS, Topic

ROOT = Path(__file__).parents[1]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]
SIMPLE: dict[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
}
TEXT, NUMBER, COUNT, FLAG = SIMPLE[str], SIMPLE[float], SIMPLE[int], SIMPLE[bool]
TEXTS: Schema = {"type": "array", "items": TEXT}
SCORES: Schema = {"type": "object", "additionalProperties": NUMBER}
OBJECTS: Schema = {"type": "array", "items": {"type": "object"}}
SPAN: Schema = {"type": "array", "items": COUNT, "minItems": 2, "maxItems": 2}
SPANS: Schema = {"type": "array", "items": SPAN}
RECORDS: dict[str, tuple[type, ...]] = {
    "read": (model.Briefing,),
    "show": (model.Briefing,),
    "add": (Added,),
    "list": (model.BriefingRow,),
    "search": (model.Hit, model.InsightRow),
    "tag": (Tagged,),
    "explain": (Explanation,),
    "history": (model.Batch,),
    "fetch": (SourceResult,),
    "stats": (Stats,),
}
"""The dataclasses whose fields a command's record has, by command."""
KEYS: dict[str, Schema] = {
    "id": {"type": ["string", "integer", "null"]},
    "insights": {"type": ["array", "integer"]},
    "topics": {"type": "array"},
    "spans": SPANS,
    "places": SPANS,
    "passage": {"anyOf": [SPAN, {"type": "null"}]},
    "sections": {"type": "array", "items": {}},
    "start": {"type": ["integer", "null"]},
    "end": {"type": ["integer", "null"]},
    "scores": SCORES,
    "shares": SCORES,
    "path": TEXT,
    "note": TEXT,
    "covers": TEXT,
    "moment": TEXT,
    "batch": COUNT,
    "briefing_id": {"type": ["string", "null"]},
    "insight_id": {"type": ["string", "null"]},
    "tags": TEXTS,
    "suggested": OBJECTS,
    "reasons": {"type": ["array", "object"]},
}
"""Keys of records that the dataclasses don't have, or have with another type."""


def schema_of(hint: Any) -> Schema:
    """Return the schema of a type."""
    if hint in SIMPLE:
        return dict(SIMPLE[hint])
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin in (Union, types.UnionType):
        return {"anyOf": [schema_of(each) for each in arguments]}
    if origin is dict:
        return {"type": "object", "additionalProperties": schema_of(arguments[1])}
    if origin in (list, tuple):
        same = len(arguments) == 1 or arguments[-1] is Ellipsis
        if same:
            return {"type": "array", "items": schema_of(arguments[0])}
        return {"type": "array", "prefixItems": [schema_of(each) for each in arguments]}
    if is_dataclass(hint):
        return {"type": "object", "properties": properties_of(hint)}
    return {}


def properties_of(kind: Any) -> Schema:
    """Return the schemas of a dataclass's fields, with description and limits from their metadata."""
    hints = get_type_hints(kind)
    made: Schema = {}
    for item in fields(kind):
        schema = schema_of(hints[item.name])
        limits = {"description": item.metadata.get("doc"), "minimum": item.metadata.get("low")}
        limits |= {"maximum": item.metadata.get("high")}
        if item.default is not MISSING and isinstance(item.default, str | int | float):
            limits["default"] = item.default
        made[item.name] = schema | {name: value for name, value in limits.items() if value is not None}
    return made


def configuration() -> Schema:
    """Return the schema of config.toml."""
    made = schema_of(Settings) | {"additionalProperties": False}
    for section in made["properties"].values():
        if "properties" in section:
            section["additionalProperties"] = False
    return {"$schema": DIALECT, "title": "briefreader: config.toml", **made}


def taxonomy() -> Schema:
    """Return the schema of a taxonomy file."""
    fields_of_topic = properties_of(Topic)
    topic = {key: fields_of_topic[key] for key in TOPIC_KEYS if key in fields_of_topic}
    for key, schema in topic.items():
        schema.pop("default", None)
        if schema.get("type") == "array":
            topic[key] = {"anyOf": [schema, TEXT]}
    return {
        "$schema": DIALECT,
        "title": "briefreader: taxonomy",
        "type": "object",
        "properties": {
            "version": COUNT,
            "domain": TEXTS,
            "aliases": {"type": "array", "items": TEXTS},
            "topics": {
                "type": "array",
                "items": {"type": "object", "properties": topic, "required": ["id", "label"]},
            },
        },
        "required": ["topics"],
    }


def record(command: str, keys: list[str]) -> Schema:
    """Return the schema of a command's record with the keys that docs/json.md lists."""
    known: Schema = {}
    for kind in reversed(RECORDS.get(command.split(maxsplit=1)[0], ())):
        known |= properties_of(kind)
    typed = {key: KEYS[key] if key in KEYS else known.get(key, {}) for key in keys}
    for schema in typed.values():
        schema.pop("default", None)
    return {"type": "object", "properties": {"schema_version": {"const": 1}, **typed}, "required": keys}


def rows() -> list[tuple[str, list[str]]]:
    """Return the commands in docs/json.md with the keys of their records."""
    text = (ROOT / "docs" / "json.md").read_text("utf-8")
    found = re.findall(r"^\| `([^|]+)` \| (`.+`) \|$", text, flags=re.MULTILINE)
    return [(command, re.findall(r"`(\w+)`", keys)) for command, keys in found]


def records() -> Schema:
    """Return the schemas of all records, by command, and of the error object."""
    error = {"type": "object", "properties": {"message": TEXT, "hint": TEXT, "code": COUNT}}
    defined = {command: record(command, keys) for command, keys in rows()}
    return {"$schema": DIALECT, "title": "briefreader: records by command", "$defs": {**defined, "error": error}}


SCHEMAS = {"configuration.json": configuration, "taxonomy.json": taxonomy, "records.json": records}


def main(folder: Path) -> None:
    """Write every schema into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, made in SCHEMAS.items():
        (folder / name).write_text(json.dumps(made(), indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
