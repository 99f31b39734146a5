"""Dump a library as JSON Lines, and restore a library from a dump.

The first line states the format and its version. Each of the next lines is a row, ``{"table": …, column: value, …}``;
originals and earlier texts are base64. The last line has the library's own taxonomy file, if there is one. What a dump
doesn't contain, such as the search index, is rebuilt from the rows.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import json
import sqlite3
import zlib
from typing import TYPE_CHECKING, Any

from briefreader.display import json_line
from briefreader.errors import LibraryError
from briefreader.storage import identity_schema, schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FORMAT = "briefreader dump"
VERSION = 2
# The tables, with the columns by which their rows are sorted: equal libraries give equal dumps.
TABLES = {
    "meta": "name",
    "batch": "number",
    "change": "batch, tbl, key",
    "briefing": "key",
    "content": "briefing_key",
    "original": "digest",
    "alias": "digest",
    "origin": "digest",
    "revision": "briefing_key, number",
    "revision_text": "digest",
    "link": "briefing_key, other_key",
    "sketch": "briefing_key, hash",
    "section": "briefing_key, ordinal",
    "insight": "key",
    "scored": "briefing_key",
    "suggestion": "briefing_key, insight_number, topic",
    "decision": "briefing_key, insight_number, topic",
    "block_decision": "publisher, block",
    "story_decision": "briefing_key, insight_number, other_key, other_number",
    "note": "briefing_key, insight_number",
    "reading_state": "briefing_key",
    "saved_search": "name",
    "alert": "name",
    "alert_fired": "name, target",
    "export_base": "folder, target",
    "source_state": "name",
    "source_item": "name, key",
}
_PACKED = ("original", "revision_text")
TAXONOMY = "taxonomy"
_LINE_ERRORS = (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error, sqlite3.IntegrityError)
_PIECE = 4096


def lines(con: sqlite3.Connection, taxonomy: str = "") -> Iterator[str]:
    """Yield the dump's lines with line ends; ``taxonomy`` is the text of the library's own taxonomy file."""
    yield _line({"format": FORMAT, "version": VERSION, "schema": schema.VERSION})
    for table, order in TABLES.items():
        for row in con.execute(f"SELECT * FROM {table} ORDER BY {order}"):
            yield _line({"table": table, **_plain(table, dict(row))})
    if taxonomy:
        yield _line({"table": TAXONOMY, "text": taxonomy})


def _line(value: dict[str, Any]) -> str:
    # escape what a terminal or line splitter would interpret
    return json_line(json.dumps(value, ensure_ascii=False, separators=(",", ":"))) + "\n"


def _plain(table: str, row: dict[str, Any]) -> dict[str, Any]:
    if table in _PACKED:
        row["data"] = base64.b64encode(_unpacked(row["data"])).decode("ascii")
    return row


def _unpacked(data: bytes) -> bytes:
    """Decompress an original or earlier text; if it is damaged, return the bytes before the damage."""
    unpacker = zlib.decompressobj()
    made = bytearray()
    # `check --deep` reports the damage in this library and in a restored one, since the hash doesn't match
    with contextlib.suppress(zlib.error):
        for start in range(0, len(data), _PIECE):
            made += unpacker.decompress(data[start : start + _PIECE])
    return bytes(made)


def restore(con: sqlite3.Connection, dumped: Iterable[str]) -> str:
    """Fill an empty library from a dump's lines; return the text of its taxonomy file, or "".

    Raises:
        LibraryError: the library is not empty, the dump is empty or of a newer version, or a line is invalid (the
            message has its number).
    """
    if con.execute("SELECT 1 FROM briefing UNION ALL SELECT 1 FROM batch LIMIT 1").fetchone():
        raise LibraryError("the library is not empty", hint="choose a new folder: --library DIR")
    con.execute("PRAGMA defer_foreign_keys = ON")
    columns = {table: [c["name"] for c in con.execute(f"PRAGMA table_info({table})")] for table in TABLES}
    taxonomy = ""
    version = number = 0
    for number, line in enumerate(dumped, 1):
        try:
            value = json.loads(line)
            if number == 1:
                version = _check_head(value)
            elif value["table"] == TAXONOMY:
                taxonomy = str(value["text"])
            else:
                _insert(con, value["table"], columns[value["table"]], value)
        except _LINE_ERRORS as error:
            what = f"unknown or missing {error}" if isinstance(error, KeyError) else error
            raise LibraryError(
                f"line {number} is not a valid dump record: {what}", hint="nothing was restored"
            ) from error
    if not number:
        raise LibraryError("the dump is empty", hint="nothing was restored")
    if version < 2:  # dumps of 0.1 have no origins
        identity_schema.fill_origins(con)
    return taxonomy


def _check_head(head: dict[str, Any]) -> int:
    if head["format"] != FORMAT:
        raise ValueError("not a briefreader dump")
    if head["version"] > VERSION or head["schema"] > schema.VERSION:
        raise LibraryError("the dump was made by a newer briefreader", hint="upgrade briefreader; nothing was restored")
    return int(head["version"])


def _insert(con: sqlite3.Connection, table: str, columns: list[str], value: dict[str, Any]) -> None:
    unknown = value.keys() - {"table", *columns}
    if unknown:
        raise ValueError(f"unknown columns of {table}: {', '.join(sorted(unknown))}")
    names = [name for name in columns if name in value]
    values = [value[name] for name in names]
    if table in _PACKED:
        values[names.index("data")] = zlib.compress(base64.b64decode(value["data"], validate=True), 6)
    quoted = ", ".join(f'"{name}"' for name in names)
    con.execute(f"INSERT INTO {table} ({quoted}) VALUES ({', '.join('?' * len(names))})", values)
