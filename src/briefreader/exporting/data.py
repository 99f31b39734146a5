"""Briefings as data for other programs: JSON, JSON Lines, CSV."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any, Literal

from briefreader.display import clean, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from briefreader.exporting.notes import Material

DataFormat = Literal["json", "jsonl", "csv"]
SCHEMA_VERSION = 1
COLUMNS = (
    "briefing_id", "insight_id", "title", "source", "author", "published", "url", "topics", "insight_title",
    "insight_text", "insight_kind", "insight_topics", "note",
)  # fmt: skip
# A spreadsheet runs a cell that begins so.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def chunks(materials: Iterable[Material], format: DataFormat, *, full_text: bool = False) -> Iterator[str]:
    """The whole output in pieces, in the order given."""
    if format == "csv":
        yield from _csv(materials)
        return
    lines = (json.dumps(_record(m, full_text), ensure_ascii=False) for m in materials)
    if format == "jsonl":
        yield from (f"{line}\n" for line in lines)
        return
    yield f'{{"schema_version": {SCHEMA_VERSION}, "briefings": ['
    for number, line in enumerate(lines):
        yield f"{',' if number else ''}\n{line}"
    yield "\n]}\n"


def _record(material: Material, full_text: bool) -> dict[str, Any]:
    briefing = material.briefing
    record: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "id": briefing.id,
        **{
            name: one_line(getattr(briefing, name))
            for name in ("title", "source", "author", "published", "url", "language")
        },
        "added": material.added,
        "covers": clean(briefing.summary),
        "moment": clean(briefing.highlight),
        "topics": list(material.topics),
        "note": clean(material.note),
        "insights": [
            {
                "id": f"{briefing.id}.{insight.number}",
                "title": one_line(insight.title),
                "text": clean(insight.text),
                "kind": insight.kind,
                "topics": list(material.insight_topics.get(insight.number, ())),
                "note": clean(material.insight_notes.get(insight.number, "")),
            }
            for insight in briefing.insights
        ],
    }
    return record | ({"text": clean(briefing.body)} if full_text else {})


def _csv(materials: Iterable[Material]) -> Iterator[str]:
    """A row an insight, with its briefing's columns; a briefing without insights has one row."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for material in materials:
        for row in _rows(material):
            writer.writerow([_cell(row.get(column, "")) for column in COLUMNS])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _rows(material: Material) -> Iterator[dict[str, str]]:
    record = _record(material, full_text=False)
    common = {name: record[name] for name in ("title", "source", "author", "published", "url")}
    common |= {"briefing_id": record["id"], "topics": ";".join(record["topics"])}
    if not record["insights"]:
        yield common | {"note": record["note"]}
    for insight in record["insights"]:
        yield common | {
            "insight_id": insight["id"],
            "insight_title": insight["title"],
            "insight_text": insight["text"],
            "insight_kind": insight["kind"],
            "insight_topics": ";".join(insight["topics"]),
            "note": insight["note"] or record["note"],
        }


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
