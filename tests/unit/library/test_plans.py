"""Check that changing one briefing doesn't scan a table, so its time is constant."""

from __future__ import annotations

import re
import sqlite3
from typing import TYPE_CHECKING

import pytest

from briefreader.library import Library

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LARGE = "briefing content insight section original alias sketch decision note reading_state suggestion scored change"
_ANY = "|".join(LARGE.split())
SCAN = re.compile(rf"SCAN ({_ANY})\b|SEARCH ({_ANY})$")  # SQLite also says SEARCH for min and max without an index
# deleting a batch scans the decisions, which are few
EXCUSED = re.compile(r"(INSERT INTO|DELETE FROM) batch\b")
BODY = "Crane {0} lifts crate {1} over deck {2}, and an agent is told the price per token. "
TEXT = "# Cranes\n\n## Key takeaways\n\n- **One**: A router lifts crates.\n- **Two**: Prices fall.\n\n" + "".join(
    BODY.format(n, n * 7 % 31, n * 5 % 17) for n in range(60)
)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    (tmp_path / "cranes.md").write_text(TEXT)
    (tmp_path / "other.md").write_text("# Other\n\nKelp grows by the hour, and boats come late.\n")
    with Library(tmp_path / "library") as opened:
        list(opened.add([tmp_path / "cranes.md", tmp_path / "other.md"]))
        (tmp_path / "cranes.md").write_text(f"{TEXT}\n## More\n\n{TEXT.replace('deck', 'quay')}")
        yield opened


def statements(library: Library, verb: Callable[[], object]) -> list[str]:
    """Return the SQL statements of a change, without those of triggers."""
    asked: list[str] = []
    writer = library.db._writer
    assert writer is not None
    writer.set_trace_callback(asked.append)
    verb()
    writer.set_trace_callback(None)
    return [sql for sql in asked if re.match(r"(SELECT|INSERT|UPDATE|DELETE)\b", sql.lstrip())]


def scans(library: Library, sql: str) -> list[str]:
    with library.db.writing(keep=False) as con:
        try:
            plan = con.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()
        except sqlite3.OperationalError:  # of the tables of a full-text index
            return []
    return [row["detail"] for row in plan if SCAN.search(row["detail"])]


def test_change_of_one_briefing_scans_no_table(library: Library, tmp_path: Path) -> None:
    (id,) = (row.id for row in library.list() if row.title == "Cranes")
    verbs: list[Callable[[], object]] = [
        lambda: list(library.reread([id])),
        lambda: [added.status for added in library.add([tmp_path / "cranes.md"])] == ["revision"] or pytest.fail(),
        lambda: library.own_insight(id, 100, 160),
        lambda: library.dismiss(f"{id}.1"),
        lambda: library.decide([id, f"{id}.2"], "moe", "accepted"),
        lambda: library.mark([id], read=True, starred=True),
        lambda: library.note(f"{id}.2", "mine"),
        lambda: library.edit(id, title="Other"),
        lambda: library.remove([id]),
        library.undo,
        library.undo,
        library.redo,
    ]
    asked = {sql for verb in verbs for sql in statements(library, verb)}
    assert len(asked) > 50
    assert not {sql: found for sql in asked if not EXCUSED.match(sql) and (found := scans(library, sql))}
