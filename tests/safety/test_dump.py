"""Check that a dump of any values in any column restores the same library."""

from __future__ import annotations

import io
import tempfile
import zlib
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from briefreader.library import Library
from briefreader.storage import dump

HOSTILE = (
    "\x00\x01\x1b\x07\x08\x7f\x85\x9b\u200f\u2028\u202e\u2066\ufeff\ufffe\U000e0041\U0010ffff\r\n\t\"'\\{}[];--é日"
)
text = st.text(st.one_of(st.sampled_from(HOSTILE), st.characters(exclude_categories=["Cs"])), max_size=12)
BRIEFINGS = (1, 2)
REFERENCES = {"briefing_key": BRIEFINGS, "other_key": BRIEFINGS, "batch": (1, 2)}
GIVEN = {"verdict": ("accepted", "rejected"), "hidden": (1,), "removed": (0, 1), "undone": (0, -1, 3), "open": (0,)}


def value(draw: st.DrawFn, table: str, column: Any) -> object:
    name, kind = column["name"], column["type"]
    if name in REFERENCES and table not in ("briefing", "batch"):
        return draw(st.sampled_from(REFERENCES[name]))
    if name in GIVEN:
        return draw(st.sampled_from(GIVEN[name]))
    if kind == "INTEGER":
        return draw(st.integers(-(2**62), 2**62))
    if kind == "REAL":
        return draw(st.floats(allow_nan=False, allow_infinity=False))
    if kind == "BLOB":
        return zlib.compress(draw(st.binary(max_size=20)), 6)
    if not column["notnull"] and not column["pk"] and draw(st.booleans()):
        return None
    return draw(text)


@st.composite
def rows(draw: st.DrawFn, table: str, columns: list[Any]) -> list[dict[str, object]]:
    """Up to three rows with random values; referenced rows have the keys of the references."""
    fixed = {"briefing": "key", "batch": "number"}.get(table)
    many = 2 if fixed else draw(st.integers(0, 3))
    made = [{column["name"]: value(draw, table, column) for column in columns} for _ in range(many)]
    for number, row in enumerate(made, 1):
        if fixed:
            row[fixed] = number
        if table == "insight":
            row["key"] = number
    keys = [column["name"] for column in columns if column["pk"]]
    unique = {tuple(row[key] for key in keys): row for row in made}
    if table == "briefing":
        for number, row in enumerate(made):
            row["id"] = f"{row['id']}{number}"
    return list(unique.values())


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_dump_of_any_library_is_restored_unchanged(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        first, second = io.StringIO(), io.StringIO()
        with Library(Path(folder) / "a") as library, Library(Path(folder) / "b") as other:
            with library.db.writing() as con:
                con.execute("PRAGMA defer_foreign_keys = ON")
                for table in dump.TABLES:
                    columns = list(con.execute(f"PRAGMA table_info({table})"))
                    names = ", ".join(f'"{column["name"]}"' for column in columns)
                    marks = ", ".join("?" * len(columns))
                    for row in data.draw(rows(table, columns)):
                        con.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(row.values()))
            taxonomy = data.draw(text.filter(lambda t: "\r" not in t))
            (library.folder / "taxonomy.yaml").write_text(taxonomy, encoding="utf-8", newline="")
            library.dump(first)
            assert not any((ord(c) < 32 and c != "\n") or 0x7F <= ord(c) <= 0x9F for c in first.getvalue())
            other.restore(io.StringIO(first.getvalue()))
            other.dump(second)
            assert second.getvalue() == first.getvalue()
            with library.db.reading() as one, other.db.reading() as two:
                for table, order in dump.TABLES.items():
                    query = f"SELECT * FROM {table} ORDER BY {order}"
                    assert [tuple(r) for r in one.execute(query)] == [tuple(r) for r in two.execute(query)], table
