"""Read CSV exports of read-later and highlight programs, such as Readwise, Pocket and Instapaper.

The highlights of a book become one draft, each highlight a stated insight; each saved page with a title or text becomes
a draft. A CSV file without known columns is rejected.
"""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from briefreader.display import one_line
from briefreader.errors import ReadingError
from briefreader.markdown import escape
from briefreader.model import Original, Problem
from briefreader.reading import dates, urls
from briefreader.reading.charset import decode
from briefreader.reading.draft import Draft

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_ROWS = 100_000  # maximum rows that are read; further rows are reported
# names of columns in lower case; the first that has a value is used
_HIGHLIGHT = ("highlight", "quote", "annotation")
_TITLE = ("title", "book title", "document title", "article title", "name", "episode", "episode title")
_TEXT = ("selection", "text", "content", "description", "body", "summary", "excerpt")
_AUTHOR = ("author", "book author", "document author", "authors")
_SOURCE = ("source", "publisher", "publication", "feed", "podcast", "show", "site", "site_name")
_URL = ("url", "link", "source url", "source_url", "given_url", "resolved_url", "document url")
_DATE = ("published", "published at", "published date", "date published", "publish date", "date_published", "date")
_TAGS = ("document tags", "tags", "labels", "topics")
_NOTE = ("note", "notes", "my notes")

Row = dict[str, str]


def is_export(head: bytes) -> bool:
    """Whether a CSV file that begins with ``head`` has known columns."""
    try:
        header, _ = _rows(decode(head)[0].split("\n", 1)[0])
    except ReadingError:
        return False
    return _kind(header) != ""


def _kind(header: list[str]) -> str:
    """Return "books" for a table of highlights, "pages" for saved pages, or ""."""
    titled = any(name in header for name in _TITLE)
    if titled and any(name in header for name in _HIGHLIGHT):
        return "books"
    return "pages" if titled and any(name in header for name in (*_URL, *_TEXT)) else ""


def read_csv(original: Original) -> Iterator[Draft | Problem]:
    """Yield a draft for each book or saved page, and problems if characters are invalid or rows are left out.

    Raises:
        ReadingError: the file isn't CSV, or has no known columns.
    """
    text, note = decode(original.data)
    header, rows = _rows(text)
    if note:
        yield Problem(original.path, note)
    if len(rows) > MAX_ROWS:
        rows.pop()
        yield Problem(original.path, f"only the first {MAX_ROWS:,} rows were read", hint="split the file")
    kind = _kind(header)
    if kind == "books":
        yield from _books(original, rows)
    elif kind == "pages":
        yield from (draft for row in rows if (draft := _page(original, row)))
    else:
        columns = ", ".join(one_line(name, 30) for name in islice(header, 6))
        raise ReadingError(
            f"has no known columns (found: {columns})", hint='name the columns "title" and "text", "url" or "highlight"'
        )


def _rows(text: str) -> tuple[list[str], list[Row]]:
    """Return the column names in lower case, and each row as a dict by column name, up to ``MAX_ROWS`` + 1 rows."""
    sample = text[:8192]
    first = sample.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        records = list(islice(filter(any, reader), MAX_ROWS + 2))
    except csv.Error as error:
        raise ReadingError(f"is not valid CSV: {error}") from error
    if not records or len(records[0]) < 2:
        raise ReadingError("is not a table with at least two columns")
    header = [name.strip().lower() for name in records[0]]
    return header, [dict(zip(header, record, strict=False)) for record in records[1:]]


def _of(row: Mapping[str, str], names: tuple[str, ...]) -> str:
    """Return the first value that isn't empty among the columns ``names``, or ""."""
    return next((row[name].strip() for name in names if row.get(name, "").strip()), "")


def _books(original: Original, rows: list[Row]) -> Iterator[Draft]:
    """Yield a draft for each book, with its highlights."""
    books: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        books.setdefault((_of(row, _TITLE), _of(row, _AUTHOR)), []).append(row)
    for (title, author), highlights in books.items():
        first = highlights[0]
        stated = [("", highlight) for row in highlights if (highlight := _of(row, _HIGHLIGHT))]
        parts = []
        for row in highlights:
            note = _of(row, _NOTE)
            parts.append(f"- {escape(' '.join(_of(row, _HIGHLIGHT).split()))}")
            parts += [f"   - {escape(' '.join(note.split()))}"] if note else []
        yield Draft(
            replace(original, data=_csv(highlights)),
            "## Highlights\n\n" + "\n".join(parts),
            title=title,
            author=author,
            url=urls.clean(_of(first, _URL)),
            tags=_tags(_of(first, ("document tags",))),
            stated=stated,
        )


def _page(original: Original, row: Row) -> Draft | None:
    """Return a saved page as a draft, None if it has neither a title nor text."""
    title, text, url = _of(row, _TITLE), _of(row, _TEXT), urls.clean(_of(row, _URL))
    if not title and not text:
        return None
    body = escape(text) if text else f"[{escape(one_line(title))}]({url})" if url else ""
    return Draft(
        replace(original, data=_csv([row])),
        body,
        title=title if title != _of(row, _URL) else "",
        source=_of(row, _SOURCE),
        author=_of(row, _AUTHOR),
        published=dates.iso(_of(row, _DATE)),
        url=url,
        tags=_tags(_of(row, _TAGS)),
        stated=[("", text)] if row.get("selection", "").strip() else (),
    )


def _tags(value: str) -> list[str]:
    return [tag for part in value.replace("|", ",").strip("[]").split(",") if (tag := part.strip(" \"'#"))]


def _csv(rows: list[Row]) -> bytes:
    """Return rows as a CSV file, which is stored as the draft's original and can be parsed again."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode("utf-8", "replace")
