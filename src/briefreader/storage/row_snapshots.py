"""Read the rows of each table as images for the journal, and write images back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from briefreader.records import dataclass

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Sequence

Image = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """Functions that read and write a table's rows as images; a row is identified by a string."""

    read: Callable[[sqlite3.Connection, str], Image | None]
    write: Callable[[sqlite3.Connection, str, Image | None], None]
    # returns the row key of the briefing that a row belongs to; 0 if there is none
    briefing: Callable[[str], int] = lambda key: int(key.partition(".")[0])
    # whether a change conflicts with every other change of the same briefing
    whole: bool = False


def plain(table: str, key: Sequence[str], values: Sequence[str], **more: Any) -> Kind:
    """Return the kind of a table whose images are the values of single rows.

    Args:
        table: the table's name.
        key: columns of the primary key; a row's key is their values joined by dots, so only the last may contain a dot.
        values: the other columns.
        **more: other fields of the kind.
    """
    where = " AND ".join(f"{name} = ?" for name in key)
    names = ", ".join((*key, *values))
    marks = ", ".join("?" * (len(key) + len(values)))
    select = f"SELECT {', '.join(values) or 1} FROM {table} WHERE {where}"
    delete = f"DELETE FROM {table} WHERE {where}"
    upsert = f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({marks})"

    def parts(text: str) -> list[str]:
        return text.split(".", len(key) - 1)

    def read(con: sqlite3.Connection, text: str) -> Image | None:
        row = con.execute(select, parts(text)).fetchone()
        return None if row is None else {name: row[name] for name in values}

    def write(con: sqlite3.Connection, text: str, image: Image | None) -> None:
        if image is None:
            con.execute(delete, parts(text))
        else:
            # the image may have been journaled before a column was added
            con.execute(upsert, (*parts(text), *(image.get(name, "") for name in values)))

    return Kind(read, write, **more)


def _no_briefing(key: str) -> int:
    return 0


def _read_nothing(con: sqlite3.Connection, key: str) -> Image | None:
    return None


def _write_nothing(con: sqlite3.Connection, key: str, image: Image | None) -> None:
    """Do nothing: the data is not in the database."""


def _read_presence(con: sqlite3.Connection, key: str) -> Image | None:
    return {} if con.execute("SELECT 1 FROM briefing WHERE key = ? AND NOT removed", (key,)).fetchone() else None


def _write_presence(con: sqlite3.Connection, key: str, image: Image | None) -> None:
    con.execute("UPDATE briefing SET removed = ? WHERE key = ?", (int(image is None), key))


def _read_insight(con: sqlite3.Connection, key: str) -> Image | None:
    row = key.partition(".")[2]
    return {} if con.execute("SELECT 1 FROM insight WHERE key = ? AND NOT hidden", (row,)).fetchone() else None


def _write_insight(con: sqlite3.Connection, key: str, image: Image | None) -> None:
    con.execute("UPDATE insight SET hidden = ? WHERE key = ?", (int(image is None), key.partition(".")[2]))


_METADATA = ("title", "source", "author", "published", "date", "edited")
_BRIEFING = ("title", "source", "author", "published", "url", "format", "language", "words", "date", "digest")
_CONTENT = ("body", "covers", "moment", "details")


def _read_metadata(con: sqlite3.Connection, key: str) -> Image | None:
    row = con.execute(f"SELECT {', '.join(_METADATA)} FROM briefing WHERE key = ?", (key,)).fetchone()
    return None if row is None else dict(row)


def _write_metadata(con: sqlite3.Connection, key: str, image: Image | None) -> None:
    assert image is not None
    sets = ", ".join(f"{name} = :{name}" for name in _METADATA)
    con.execute(f"UPDATE briefing SET {sets} WHERE key = :key", {**image, "key": key})


def _read_content(con: sqlite3.Connection, key: str) -> Image | None:
    columns = ", ".join((*_BRIEFING, *_CONTENT))
    row = con.execute(
        f"SELECT {columns} FROM briefing JOIN content ON briefing_key = key WHERE key = ?",
        (key,),
    ).fetchone()
    if row is None:
        return None
    sections = con.execute("SELECT title, level, start FROM section WHERE briefing_key = ? ORDER BY ordinal", (key,))
    insights = con.execute("SELECT key FROM insight WHERE briefing_key = ? AND NOT hidden ORDER BY key", (key,))
    sketch = con.execute("SELECT hash FROM sketch WHERE briefing_key = ? ORDER BY hash", (key,))
    return {
        **dict(row),
        "sections": [list(s) for s in sections],
        "insights": [i["key"] for i in insights],
        "sketch": [s["hash"] for s in sketch],
    }


def _write_content(con: sqlite3.Connection, key: str, image: Image | None) -> None:
    assert image is not None
    for table, name, columns in (("briefing", "key", _BRIEFING), ("content", "briefing_key", _CONTENT)):
        sets = ", ".join(f"{column} = :{column}" for column in columns)
        con.execute(f"UPDATE {table} SET {sets} WHERE {name} = :key", {**image, "key": key})
    con.execute("DELETE FROM block_memory WHERE briefing_key = ?", (key,))
    con.execute(
        "UPDATE briefing SET publisher = coalesce((SELECT publisher FROM origin WHERE origin.digest = briefing.digest),"
        " publisher) WHERE key = ?",
        (key,),
    )
    write_sections(con, key, image["sections"])
    write_sketch(con, key, image["sketch"])
    # hide the old rows first, since a unique index allows only one visible row per number
    con.execute("UPDATE insight SET hidden = 1 WHERE briefing_key = ? AND NOT hidden", (key,))
    con.execute(
        "UPDATE insight SET hidden = 0 WHERE briefing_key = ? AND key IN (SELECT value FROM json_each(?))",
        (key, json.dumps(image["insights"])),
    )


def write_sections(con: sqlite3.Connection, key: int | str, sections: Iterable[Sequence[Any]]) -> None:
    """Replace a briefing's sections, each as (title, level, start)."""
    con.execute("DELETE FROM section WHERE briefing_key = ?", (key,))
    con.executemany(
        "INSERT INTO section (briefing_key, ordinal, title, level, start) VALUES (?,?,?,?,?)",
        [(key, n, *section) for n, section in enumerate(sections)],
    )


def write_sketch(con: sqlite3.Connection, key: int | str, hashes: Iterable[int]) -> None:
    """Replace the shingle hashes by which duplicates of a briefing are found."""
    con.execute("DELETE FROM sketch WHERE briefing_key = ?", (key,))
    con.executemany("INSERT INTO sketch (hash, briefing_key) VALUES (?,?)", [(value, key) for value in hashes])


def _read_marks(con: sqlite3.Connection, key: str) -> Image | None:
    row = con.execute("SELECT read, starred FROM reading_state WHERE briefing_key = ?", (key,)).fetchone()
    return dict(row) if row and (row["read"] or row["starred"]) else None


def _write_marks(con: sqlite3.Connection, key: str, image: Image | None) -> None:
    marks = image or {"read": 0, "starred": 0}
    con.execute(
        "INSERT INTO reading_state (briefing_key, read, starred) VALUES (?,?,?)"
        " ON CONFLICT (briefing_key) DO UPDATE SET read = excluded.read, starred = excluded.starred",
        (key, marks["read"], marks["starred"]),
    )


def _read_suggestions(con: sqlite3.Connection, key: str) -> Image | None:
    scored = con.execute("SELECT model, digest FROM scored WHERE briefing_key = ?", (key,)).fetchone()
    if scored is None:
        return None
    found = con.execute(
        "SELECT insight_number, topic, score, earned, share FROM suggestion WHERE briefing_key = ?"
        " ORDER BY insight_number, topic",
        (key,),
    )
    return {"model": scored["model"], "digest": scored["digest"], "rows": [list(r) for r in found]}


def _write_suggestions(con: sqlite3.Connection, key: str, image: Image | None) -> None:
    con.execute("DELETE FROM suggestion WHERE briefing_key = ?", (key,))
    con.execute("DELETE FROM scored WHERE briefing_key = ?", (key,))
    if image is not None:
        con.execute(
            "INSERT INTO scored (briefing_key, model, digest) VALUES (?,?,?)", (key, image["model"], image["digest"])
        )
        # images journaled before the column share was added have only four values
        con.executemany(
            "INSERT INTO suggestion (briefing_key, insight_number, topic, score, earned, share) VALUES (?,?,?,?,?,?)",
            [(key, *row[:4], row[4] if len(row) > 4 else 0.0) for row in image["rows"]],
        )


KINDS: dict[str, Kind] = {
    "briefing": Kind(_read_presence, _write_presence, whole=True),
    "content": Kind(_read_content, _write_content, whole=True),
    "metadata": Kind(_read_metadata, _write_metadata),
    "insight": Kind(_read_insight, _write_insight),
    "reading_state": Kind(_read_marks, _write_marks),
    "suggestion": Kind(_read_suggestions, _write_suggestions),
    "decision": plain("decision", ("briefing_key", "insight_number", "topic"), ("verdict", "at", "batch")),
    "note": plain("note", ("briefing_key", "insight_number"), ("text", "at")),
    "alias": plain(
        "alias",
        ("digest",),
        ("briefing_key", "message_id", "url", "text_digest", "path", "at", "rule"),
        briefing=_no_briefing,
    ),
    "revision": plain("revision", ("briefing_key", "number"), ("digest", "text_digest", "title", "at")),
    "link": plain("link", ("briefing_key", "other_key"), ()),
    "saved_search": plain("saved_search", ("name",), ("query", "ordinal"), briefing=_no_briefing),
    "block_decision": plain("block_decision", ("block", "publisher"), ("cut", "text"), briefing=_no_briefing),
    "alert": plain("alert", ("name",), ("query", "program", "after_key"), briefing=_no_briefing),
    "story_decision": plain(
        "story_decision", ("briefing_key", "insight_number", "other_key", "other_number"), ("same",)
    ),
    "taxonomy": Kind(_read_nothing, _write_nothing, briefing=_no_briefing),  # a file; see library/taxonomy_journal.py
    "meta": plain("meta", ("name",), ("value",), briefing=_no_briefing),
}
