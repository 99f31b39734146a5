"""JSON lines → one draft a line: ``{"title","text","source","published","url","insights":[{"title","text"}]}``."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from briefreader.model import Original, Problem
from briefreader.reading import dates, pandoc, urls
from briefreader.reading.charset import decode
from briefreader.reading.draft import Draft

if TYPE_CHECKING:
    from collections.abc import Iterator


def read_jsonl(original: Original) -> Iterator[Draft | Problem]:
    """Each line a draft; a line that is none is a problem of its own, with its number."""
    lines = original.data.split(b"\n")
    if (whole := _whole(original.data)) is not None:
        lines = [json.dumps(record).encode() for record in whole]
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(decode(line)[0])
        except (ValueError, RecursionError) as error:
            column = getattr(error, "colno", 1)
            yield Problem(
                original.path,
                "is not valid JSON",
                where=f"{number}:{column}",
                hint="one JSON object a line is expected",
            )
            continue
        found = _draft(record, replace(original, data=line)) if isinstance(record, dict) else None
        yield found or Problem(original.path, "has neither title nor text", where=f"{number}:1")


def _whole(data: bytes) -> list[object] | None:
    """The records of a file that is one JSON value: a list, or an object over several lines."""
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    first = data.strip().split(b"\n", 1)[0].strip()
    if start not in (b"[", b"{") or first.endswith(b"}"):
        return None
    try:
        value = json.loads(decode(data)[0])
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, list) else [value]


def _draft(record: dict[str, object], original: Original) -> Draft | None:
    title, text = _text(record, "title"), _text(record, "text", "body", "content")
    given = record.get("insights")
    stated: list[tuple[str, str]] = []
    for entry in given if isinstance(given, list) else []:
        if isinstance(entry, dict) and (_text(entry, "text") or _text(entry, "title")):
            stated.append((_text(entry, "title"), _text(entry, "text") or _text(entry, "title")))
        elif isinstance(entry, str) and entry.strip():
            stated.append(("", entry))
    if not title and not text and not stated:
        return None
    tags = record.get("tags")
    return Draft(
        original,
        pandoc.to_commonmark(text),
        title,
        source=_text(record, "source", "publisher"),
        author=_text(record, "author"),
        published=dates.iso(_text(record, "published", "date")),
        url=urls.clean(_text(record, "url", "link")),
        language=_text(record, "language")[:2].lower(),
        form="flat",
        stated=stated,
        tags=[t for t in tags if isinstance(t, str)] if isinstance(tags, list) else (),
    )


def _text(record: dict[str, object], *names: str) -> str:
    return next((v for n in names if isinstance(v := record.get(n), str) and v.strip()), "")
