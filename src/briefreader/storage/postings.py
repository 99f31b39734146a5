"""The search index on disk: which insights hold a word, and which insights the index does not know yet.

A posting list is cut into blocks of 65,536 insights and kept as little-endian uint16 offsets into the block, in
order: adding an insight touches its own block only. Triggers write every new, changed or deleted insight into
``index_log`` within the very transaction that changes it; a merge moves the log into the lists later. So the index
is never behind: what it doesn't hold, the log does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

SCHEMA = """
CREATE TABLE term (t TEXT PRIMARY KEY, df INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE post (
    term TEXT NOT NULL,
    block INTEGER NOT NULL,           -- insight key >> 16
    docs BLOB NOT NULL,               -- uint16 offsets of the insights that hold the term
    title_docs BLOB NOT NULL,         -- those that hold it in their title
    PRIMARY KEY (term, block)
) STRICT, WITHOUT ROWID;

-- Insights whose present text is not in post. title and text are what post knows of them; NULL: nothing.
CREATE TABLE index_log (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    insight INTEGER NOT NULL,
    title TEXT,
    text TEXT
) STRICT;

-- merges: counts changes of term and post. masks: counts changes of what is hidden or removed.
-- analysis: the version of the rules by which texts were cut into terms.
CREATE TABLE index_state (merges INTEGER NOT NULL, masks INTEGER NOT NULL, analysis INTEGER NOT NULL) STRICT;
INSERT INTO index_state VALUES (0, 0, 0);

CREATE TRIGGER insight_added AFTER INSERT ON insight BEGIN
    INSERT INTO index_log (insight) VALUES (new.key);
END;
CREATE TRIGGER insight_changed AFTER UPDATE OF title, text ON insight
WHEN old.title IS NOT new.title OR old.text IS NOT new.text BEGIN
    INSERT INTO index_log (insight, title, text) VALUES (new.key, old.title, old.text);
END;
CREATE TRIGGER insight_deleted AFTER DELETE ON insight BEGIN
    INSERT INTO index_log (insight, title, text) VALUES (old.key, old.title, old.text);
END;
CREATE TRIGGER insight_masked AFTER UPDATE OF hidden ON insight WHEN old.hidden <> new.hidden BEGIN
    UPDATE index_state SET masks = masks + 1;
END;
CREATE TRIGGER briefing_masked AFTER UPDATE OF removed ON briefing WHEN old.removed <> new.removed BEGIN
    UPDATE index_state SET masks = masks + 1;
END;
"""

_MASKED = """
SELECT key FROM insight WHERE hidden
UNION ALL
SELECT i.key FROM briefing b JOIN insight i ON i.briefing_key = b.key WHERE b.removed = 1
"""


class State(NamedTuple):
    """What tells whether the index has changed: counters, and the last entry of the log."""

    merges: int
    masks: int
    analysis: int
    logged: int


class LogEntry(NamedTuple):
    """An insight that the posting lists are behind on.

    ``old`` is the (title, text) that they know, None when the insight is new; ``new`` is what it says now, None when
    it is gone. With several entries of one insight the first one's ``old`` holds.
    """

    seq: int
    insight: int
    old: tuple[str, str] | None
    new: tuple[str, str] | None


class Row(NamedTuple):
    """A block of a posting list: sorted little-endian uint16 offsets from ``block << 16``."""

    term: str
    block: int
    docs: bytes
    title_docs: bytes


def state(con: sqlite3.Connection) -> State:
    """The counters; cheap."""
    merges, masks, analysis = con.execute("SELECT merges, masks, analysis FROM index_state").fetchone()
    (logged,) = con.execute("SELECT max(seq) FROM index_log").fetchone()
    return State(merges, masks, analysis, logged or 0)


def vocabulary(con: sqlite3.Connection, size: int) -> Iterator[list[tuple[str, int]]]:
    """All terms in code-point order with the number of insights that hold them, ``size`` at a time."""
    cursor = con.execute("SELECT t, df FROM term ORDER BY t")
    while part := cursor.fetchmany(size):
        yield [(t, df) for t, df in part]


def rows(con: sqlite3.Connection, terms: Iterable[str]) -> Iterator[Row]:
    """The blocks of each of the terms, in order."""
    for term in terms:
        for row in con.execute("SELECT term, block, docs, title_docs FROM post WHERE term = ?", (term,)):
            yield Row(*row)


def rows_between(con: sqlite3.Connection, low: str, high: str) -> Iterator[Row]:
    """The blocks of all terms in ``[low, high)``, in order."""
    for row in con.execute("SELECT term, block, docs, title_docs FROM post WHERE term >= ? AND term < ?", (low, high)):
        yield Row(*row)


def block_row(con: sqlite3.Connection, term: str, block: int) -> tuple[bytes, bytes]:
    """One block of a term's list, empty where there is none."""
    found = con.execute("SELECT docs, title_docs FROM post WHERE term = ? AND block = ?", (term, block)).fetchone()
    return (found[0], found[1]) if found else (b"", b"")


def log(con: sqlite3.Connection, after: int = 0, limit: int = -1) -> list[LogEntry]:
    """The log's entries behind ``after``, oldest first, at most ``limit`` (negative: all)."""
    entries = con.execute(
        "SELECT l.seq, l.insight, l.title, l.text, i.title, i.text FROM index_log l"
        " LEFT JOIN insight i ON i.key = l.insight WHERE l.seq > ? ORDER BY l.seq LIMIT ?",
        (after, limit),
    )
    return [
        LogEntry(seq, key, None if old is None else (old, old_text), None if new is None else (new, new_text))
        for seq, key, old, old_text, new, new_text in entries
    ]


def log_length(con: sqlite3.Connection, limit: int) -> int:
    """How many entries the log has, counted up to ``limit``."""
    (count,) = con.execute("SELECT count(*) FROM (SELECT 1 FROM index_log LIMIT ?)", (limit,)).fetchone()
    return int(count)


def masked(con: sqlite3.Connection) -> list[int]:
    """Keys of the insights that no search may find: hidden ones and those of removed briefings."""
    return [key for (key,) in con.execute(_MASKED)]


def days(con: sqlite3.Connection, after: int, size: int) -> Iterator[list[tuple[int, int]]]:
    """Keys above ``after`` in order, with the day number of their briefing's date, ``size`` at a time."""
    cursor = con.execute(
        "SELECT i.key, coalesce(CAST(julianday(substr(b.date, 1, 10)) AS INTEGER), 0)"
        " FROM insight i JOIN briefing b ON b.key = i.briefing_key WHERE i.key > ? ORDER BY i.key",
        (after,),
    )
    while part := cursor.fetchmany(size):
        yield [(key, day) for key, day in part]


def texts(con: sqlite3.Connection, keys: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Title and text of insights, by key."""
    found: dict[int, tuple[str, str]] = {}
    for start in range(0, len(keys), 500):
        part = keys[start : start + 500]
        marks = ",".join("?" * len(part))
        for key, title, text in con.execute(f"SELECT key, title, text FROM insight WHERE key IN ({marks})", part):
            found[key] = (title, text)
    return found


def insights_of_block(con: sqlite3.Connection, block: int) -> Iterator[tuple[int, str, str]]:
    """Key, title and text of every insight of a block."""
    yield from con.execute(
        "SELECT key, title, text FROM insight WHERE key >= ? AND key < ? ORDER BY key", (block << 16, (block + 1) << 16)
    )


def highest_key(con: sqlite3.Connection) -> int:
    """The largest insight key, 0 in an empty library."""
    (key,) = con.execute("SELECT max(key) FROM insight").fetchone()
    return key or 0


def write(con: sqlite3.Connection, changed: Iterable[Row], added: Iterable[tuple[str, int]]) -> None:
    """Replace blocks (an empty one goes away) and add to the document frequencies of terms."""
    keep: list[Row] = []
    drop: list[Row] = []
    for row in changed:
        (keep if row.docs else drop).append(row)
    con.executemany("INSERT OR REPLACE INTO post VALUES (?, ?, ?, ?)", keep)
    con.executemany("DELETE FROM post WHERE term = ? AND block = ?", [(r.term, r.block) for r in drop])
    con.executemany("INSERT INTO term VALUES (?1, ?2) ON CONFLICT DO UPDATE SET df = df + ?2", added)
    if drop:
        con.executemany("DELETE FROM term WHERE t = ? AND df <= 0", {(r.term,) for r in drop})


def finish_merge(con: sqlite3.Connection, low: int, high: int, analysis: int) -> None:
    """Forget the log's entries ``low < seq <= high`` and count the merge."""
    con.execute("DELETE FROM index_log WHERE seq > ? AND seq <= ?", (low, high))
    con.execute("UPDATE index_state SET merges = merges + 1, analysis = ?", (analysis,))


def forget(con: sqlite3.Connection, analysis: int) -> None:
    """Empty the index and log every insight as new, so that it is made again from nothing."""
    con.execute("DELETE FROM post")
    con.execute("DELETE FROM term")
    con.execute("DELETE FROM index_log")
    con.execute("INSERT INTO index_log (insight) SELECT key FROM insight ORDER BY key")
    con.execute("UPDATE index_state SET merges = merges + 1, analysis = ?", (analysis,))
