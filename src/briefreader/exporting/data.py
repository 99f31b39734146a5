"""Export briefings as data: JSON, JSON Lines, CSV, Readwise and CSL (Zotero)."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any, Literal

from briefreader.display import clean, one_line
from briefreader.exporting import markdown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from briefreader.exporting.notes import Material

DataFormat = Literal["json", "jsonl", "csv", "readwise", "csl"]
ENDINGS: dict[str, str] = {  # file name extension of each format
    "json": "json", "jsonl": "jsonl", "csv": "csv", "readwise": "readwise.csv", "csl": "csl.json",
}  # fmt: skip
SCHEMA_VERSION = 1
COLUMNS = (
    "briefing_id", "insight_id", "title", "source", "author", "published", "url", "topics", "insight_title",
    "insight_text", "insight_kind", "insight_topics", "note",
)  # fmt: skip
READWISE_COLUMNS = ("Highlight", "Title", "Author", "URL", "Note", "Location", "Date")
# spreadsheets interpret cells that begin with these as formulas
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def chunks(materials: Iterable[Material], format: DataFormat, *, full_text: bool = False) -> Iterator[str]:
    """Yield the output in pieces, with the briefings in the order given.

    ``full_text`` adds the bodies; it has no effect on CSV, Readwise and CSL.
    """
    if format in {"csv", "readwise"}:
        columns, rows = (COLUMNS, _rows) if format == "csv" else (READWISE_COLUMNS, _highlights)
        yield from _csv(columns, (row for material in materials for row in rows(material)))
        return
    if format == "csl":
        yield "["
        for number, material in enumerate(materials):
            yield f"{',' if number else ''}\n{json.dumps(_csl(material), ensure_ascii=False)}"
        yield "\n]\n"
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
        "shares": dict(zip(material.topics, material.shares, strict=False)),
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


def _csv(columns: Sequence[str], rows: Iterable[dict[str, str]]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row.get(column, "")) for column in columns])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _rows(material: Material) -> Iterator[dict[str, str]]:
    """Yield a row for each insight, with the columns of its briefing; a briefing without insights gets one row.

    The note in a row is that on the insight, else that on the briefing.
    """
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


def _highlights(material: Material) -> Iterator[dict[str, str]]:
    """Yield insights as Readwise highlights.

    Topics are added to the note as ``.topic``, which Readwise reads as tags.
    """
    record = _record(material, full_text=False)
    for insight in record["insights"]:
        tags = (f".{tag}" for topic in insight["topics"] if (tag := markdown.tag(topic)))
        yield {
            "Highlight": insight["text"] or insight["title"],
            "Title": record["title"],
            "Author": record["author"] or record["source"],
            "URL": record["url"],
            "Note": "\n".join(filter(None, [" ".join(tags), insight["note"]])),
            "Location": insight["id"].rpartition(".")[2],
            "Date": record["published"],
        }


def _csl(material: Material) -> dict[str, Any]:
    """Return a briefing as an item of CSL JSON, without empty fields."""
    record = _record(material, full_text=False)
    date = re.match(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", record["published"])
    item = {
        "id": record["id"],
        "type": "post-weblog",
        "title": record["title"],
        "author": [{"literal": record["author"]}] if record["author"] else [],
        "container-title": record["source"],
        "URL": record["url"],
        "issued": {"date-parts": [[int(part) for part in date.groups() if part]]} if date else {},
        "abstract": record["covers"],
        "keyword": ", ".join(record["topics"]),
        "language": record["language"],
        "note": record["note"],
    }
    return {key: value for key, value in item.items() if value}


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
