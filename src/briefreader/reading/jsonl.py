"""Read JSON: JSON Lines, lists, JSON Feed, and exports of Readwise and Omnivore.

A record is ``{"title","text","source","published","url","insights":[{"title","text"}]}``; key names that other programs
use are accepted too.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from briefreader.display import one_line
from briefreader.model import Original, Problem
from briefreader.reading import dates, origin, pandoc, urls
from briefreader.reading.charset import decode
from briefreader.reading.draft import Draft
from briefreader.reading.html import parse
from briefreader.reading.html_to_markdown import to_markdown

if TYPE_CHECKING:
    from collections.abc import Iterator

Record = dict[str, Any]
MAX_RECORDS = 100_000  # maximum records of a list that are read; further records are reported
_LISTS = ("items", "results", "articles", "documents", "books")
_TITLE = ("title", "name", "headline")
_TEXT = ("text", "body", "content", "content_text", "description", "excerpt", "summary")
_SOURCE = ("source", "publisher", "siteName", "site_name")
_URL = ("url", "link", "source_url", "originalArticleUrl", "external_url")
_DATE = ("published", "date", "date_published", "publishedAt", "published_at", "published_date")


def read_jsonl(original: Original) -> Iterator[Draft | Problem]:
    """Yield the drafts of all records, and a problem for each invalid record; only one problem if no line is JSON."""
    found = list(_lines(original))
    if not found:
        yield Problem(original.path, "is a list without entries")
    elif all(isinstance(record, Problem) for _, record, _ in found):
        yield found[0][1]
        return
    for number, record, data in found:
        if isinstance(record, Problem):
            yield record
        elif isinstance(record, dict):
            yield from _drafts(record, replace(original, data=data), number)
        else:
            yield _unknown(original, number)


def _lines(original: Original) -> Iterator[tuple[int, Any, bytes]]:
    """Yield (number, value or problem, bytes) for each line, or for each record of a file with a single value."""
    if (whole := _whole(original.data)) is not None:
        yield from ((n, record, json.dumps(record).encode()) for n, record in enumerate(whole[:MAX_RECORDS], 1))
        yield from ((0, problem, b"") for problem in _too_long(original, whole))
        return
    for number, line in enumerate(original.data.split(b"\n"), 1):
        if line.strip():
            try:
                yield number, json.loads(decode(line)[0]), line
            except (ValueError, RecursionError) as error:
                where = f"{number}:{getattr(error, 'colno', 1)}"
                hint = "expected one JSON object per line"
                yield number, Problem(original.path, "is not valid JSON", where=where, hint=hint), line


def _whole(data: bytes) -> list[object] | None:
    """Return the records of a file with a single JSON value (a list, or an object over several lines), or None."""
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    first = data.strip().split(b"\n", 1)[0].strip()
    if start not in (b"[", b"{") or (start == b"{" and first.endswith(b"}")):
        return None
    try:
        value = json.loads(decode(data)[0])
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, list) else [value]


def _drafts(record: Record, original: Original, number: int) -> Iterator[Draft | Problem]:
    """Yield the drafts of a record: one, or one per entry of its list."""
    name = next((name for name in _LISTS if isinstance(record.get(name), list)), "")
    if name and not _text(record, *_TEXT):
        entries = record[name]
        about = {key: value for key, value in record.items() if not isinstance(value, (list, dict)) or key == "authors"}
        repeated = _repeated(entries)
        for entry in entries[:MAX_RECORDS]:
            single = replace(original, data=json.dumps({**about, name: [entry]}).encode())
            draft = _draft(entry, single, about) if isinstance(entry, dict) else None
            if draft and (feed := _text(about, "feed_url", "home_page_url")):
                guid, link = _text(entry, "id"), draft.url
                guid = "" if guid in repeated else guid
                draft.origin = origin.of_item(
                    feed, guid, link, draft.title, draft.published, shared_link=link in repeated
                )
            yield draft or _unknown(original, number)
        yield from _too_long(original, entries)
        if not entries:
            yield Problem(original.path, "is a list without entries")
        return
    yield _draft(record, original, {}) or _unknown(original, number)


def _too_long(original: Original, records: list[Any]) -> Iterator[Problem]:
    if len(records) > MAX_RECORDS:
        yield Problem(original.path, f"only the first {MAX_RECORDS:,} records were read", hint="split the file")


def _repeated(entries: list[Any]) -> frozenset[str]:
    """Return the IDs and URLs that several entries of a JSON Feed share, and that therefore identify no entry."""
    found = [{_text(e, "id"), urls.clean(_text(e, *_URL))} - {""} for e in entries if isinstance(e, dict)]
    return frozenset(text for text, count in Counter(t for texts in found for t in texts).items() if count > 1)


def _unknown(original: Original, number: int) -> Problem:
    return Problem(original.path, 'expected a "title" or "text" field', where=f"{number}:1")


def _draft(record: Record, original: Original, about: Record) -> Draft | None:
    """Return the draft of a record; None if it has no title, text or insights. ``about`` has the fields of its list."""
    title, text = _text(record, *_TITLE), _text(record, *_TEXT)
    stated = list(_stated(record))
    html = _text(record, "content_html", "html")
    root = parse(html) if html else None
    if not title and not text and not stated and root is None:
        return None
    tags = record.get("tags") or record.get("labels")
    author = _name(record.get("author")) or _name(record.get("authors")) or _name(about.get("authors"))
    return Draft(
        original,
        to_markdown(root) if root is not None else pandoc.to_commonmark(text),
        title,
        source=_text(record, *_SOURCE) or _text(about, *_TITLE),
        author=one_line(author or _name(about.get("author"))),
        published=dates.iso(_text(record, *_DATE)),
        url=urls.clean(_text(record, *_URL) or _text(record, "id")),
        language=(_text(record, "language") or _text(about, "language"))[:2].lower(),
        form="markdown" if root is not None else "flat",
        stated=stated,
        tags=[name for tag in tags if (name := _name(tag))] if isinstance(tags, list) else (),
    )


def _stated(record: Record) -> Iterator[tuple[str, str]]:
    """Yield (title, text) of the insights or highlights of a record."""
    given = record.get("insights") or record.get("highlights")
    for entry in given if isinstance(given, list) else []:
        if isinstance(entry, dict) and (text := _text(entry, "text", "quote", "title")):
            yield _text(entry, "title"), text
        elif isinstance(entry, str) and entry.strip():
            yield "", entry


def _name(value: object) -> str:
    """Return the name in a string, in an object with a name, or the names in a list of either, joined by commas."""
    if isinstance(value, list):
        return ", ".join(name for name in map(_name, value[:10]) if name)
    if isinstance(value, dict):
        return _text(value, "name")
    return value.strip() if isinstance(value, str) else ""


def _text(record: Record, *names: str) -> str:
    return next((v for n in names if isinstance(v := record.get(n), str) and v.strip()), "")
