"""The search index on disk: posting lists of insights by term.

A posting list is split into blocks of 65,536 insights, stored as sorted little-endian uint16 offsets into the block. An
insight's words never change and keys increase, so lists are only appended to: insights up to ``indexed`` are in the
lists, later ones wait to be merged and are searched by their texts.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

SCHEMA = """
CREATE TABLE term (t TEXT PRIMARY KEY, df INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE post (
    term TEXT NOT NULL,
    block INTEGER NOT NULL,           -- insight key >> 16
    title_docs BLOB NOT NULL,         -- uint16 offsets of the insights that hold the term in their title
    docs BLOB NOT NULL,               -- of all that hold it; last, because titles alone are asked for as well
    PRIMARY KEY (term, block)
) STRICT, WITHOUT ROWID;

-- Abbreviations that insights explain: "mixture of experts (MoE)".
CREATE TABLE abbreviation (
    short TEXT NOT NULL,
    long TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (short, long)
) STRICT, WITHOUT ROWID;

CREATE TABLE index_state (
    indexed INTEGER NOT NULL,         -- the lists hold the insights up to this key
    masks INTEGER NOT NULL,           -- counts changes of what is hidden or removed
    rebuilds INTEGER NOT NULL,        -- counts how often the lists were emptied
    analysis INTEGER NOT NULL         -- version of the rules by which texts were cut into terms
) STRICT;
INSERT INTO index_state VALUES (0, 0, 0, 0);

CREATE TRIGGER insight_masked AFTER UPDATE OF hidden ON insight WHEN old.hidden <> new.hidden BEGIN
    UPDATE index_state SET masks = masks + 1;
END;
CREATE TRIGGER briefing_masked AFTER UPDATE OF removed ON briefing WHEN old.removed <> new.removed BEGIN
    UPDATE index_state SET masks = masks + 1;
END;
"""

_MASKED = "SELECT key FROM insight WHERE hidden"
_LISTS = "SELECT term, block, title_docs, docs FROM post"
_TITLES = "SELECT term, block, title_docs, x'' FROM post"
_APPEND = """
INSERT INTO post (term, block, title_docs, docs) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET
    title_docs = CAST(title_docs || excluded.title_docs AS BLOB), docs = CAST(docs || excluded.docs AS BLOB)
"""


TITLES_AND_BODIES = """
CREATE VIRTUAL TABLE body_word USING fts5vocab (body_fts, row);
CREATE TRIGGER briefing_retitled AFTER UPDATE OF title ON briefing WHEN old.title IS NOT new.title BEGIN
    UPDATE index_state SET masks = masks + 1;
END;
"""


class State(NamedTuple):
    """A state that changes whenever the index does, see ``index_state``. ``highest``, ``briefings``: the last keys."""

    indexed: int
    masks: int
    rebuilds: int
    analysis: int
    highest: int
    briefings: int


# A block of a posting list: term, number, and the insights with the term in the title, and with it anywhere, as sorted
# little-endian uint16 offsets from ``number << 16``.
PostingBlock = tuple[str, int, bytes, bytes]


class PostingsReader:
    """The index in one read-only transaction, for the searcher.

    Rows are read as plain tuples through a separate cursor.
    """

    def __init__(self, con: sqlite3.Connection) -> None:
        self._cursor = con.cursor()
        self._cursor.row_factory = None
        self._state: State | None = None

    def state(self) -> State:
        """Return the counters; cheap."""
        if self._state is not None:
            return self._state
        row = self._cursor.execute("SELECT indexed, masks, rebuilds, analysis FROM index_state").fetchone()
        last = "SELECT coalesce((SELECT max(key) FROM insight), 0), coalesce((SELECT max(key) FROM briefing), 0)"
        self._state = State(*row, *self._cursor.execute(last).fetchone())
        return self._state

    def version(self) -> tuple[int, int]:
        """Return a version that changes with any write by another connection."""
        (changes,) = self._cursor.execute("PRAGMA data_version").fetchone()
        return id(self._cursor.connection), changes

    def vocabulary(self, size: int) -> Iterator[list[tuple[str, int]]]:
        """Yield all terms in code-point order with their document frequency, ``size`` at a time."""
        self._cursor.execute("SELECT t, df FROM term ORDER BY t")
        while part := self._cursor.fetchmany(size):
            yield part

    def rows(self, terms: Iterable[str], *, titles_only: bool = False) -> Iterator[PostingBlock]:
        """Yield the blocks of some terms' lists; with ``titles_only`` the full list is empty."""
        wanted = json.dumps(list(terms))
        yield from self._cursor.execute(
            f"{_TITLES if titles_only else _LISTS} WHERE term IN (SELECT value FROM json_each(?))", (wanted,)
        )

    def rows_between(self, low: str, high: str, *, titles_only: bool = False) -> Iterator[PostingBlock]:
        """Yield the blocks of all terms in ``[low, high)``."""
        select = _TITLES if titles_only else _LISTS
        yield from self._cursor.execute(f"{select} WHERE term >= ? AND term < ?", (low, high))

    def every_row(self) -> Iterator[PostingBlock]:
        """Yield all blocks."""
        yield from self._cursor.execute(_LISTS)

    def insights(self, after: int, limit: int = -1) -> list[tuple[int, str, str]]:
        """Return key, title and text of insights after a key, in order, at most ``limit`` (negative: all)."""
        return self._cursor.execute(
            "SELECT key, title, text FROM insight WHERE key > ? ORDER BY key LIMIT ?", (after, limit)
        ).fetchall()

    def texts(self, keys: Sequence[int]) -> dict[int, tuple[str, str]]:
        """Return titles and texts by key."""
        wanted = json.dumps(list(keys))
        found = self._cursor.execute(
            "SELECT key, title, text FROM insight WHERE key IN (SELECT value FROM json_each(?))", (wanted,)
        )
        return {key: (title, text) for key, title, text in found}

    def abbreviations(self, at_least: int) -> list[tuple[str, str]]:
        """Return short and long forms that insights explain at least ``n`` times."""
        return self._cursor.execute("SELECT short, long FROM abbreviation WHERE n >= ?", (at_least,)).fetchall()

    def masked(self) -> list[int]:
        """Return keys of dismissed insights of current briefings."""
        return [key for (key,) in self._cursor.execute(_MASKED)]

    def owners(self, after: int, size: int) -> Iterator[list[tuple[int, int]]]:
        """Yield keys of insights above ``after`` with their briefings', unordered, ``size`` at a time."""
        every = "SELECT key, briefing_key FROM insight"
        if after > 0:
            self._cursor.execute(f"{every} WHERE key > ?", (after,))
        else:  # covered by two indexes; the table would read every text as well
            self._cursor.execute(f"{every} WHERE NOT hidden UNION ALL {every} WHERE hidden")
        while part := self._cursor.fetchmany(size):
            yield part

    def briefings(self) -> list[tuple[int, str, int]]:
        """Return keys, titles and day numbers of all current briefings."""
        return self._cursor.execute(
            "SELECT key, title, coalesce(CAST(julianday(substr(date, 1, 10)) AS INTEGER), 1)"
            " FROM briefing WHERE NOT removed ORDER BY key"
        ).fetchall()

    def owned(self, briefings: Sequence[int]) -> set[int]:
        """Return keys of some briefings' insights."""
        wanted = json.dumps(list(briefings))
        found = self._cursor.execute(
            "SELECT key FROM insight WHERE briefing_key IN (SELECT value FROM json_each(?)) AND NOT hidden", (wanted,)
        )
        return {key for (key,) in found}


def append(
    con: sqlite3.Connection,
    added: Iterable[PostingBlock],
    gains: Iterable[tuple[str, int]],
    explained: Iterable[tuple[str, str, int]],
    indexed: int,
) -> None:
    """Append new insights to the lists.

    Args:
        con: the writing connection.
        added: blocks of the lists of these insights.
        gains: increase of each term's document frequency.
        explained: short form, long form, how often.
        indexed: the highest key in the lists now.
    """
    con.executemany(_APPEND, added)
    con.executemany("INSERT INTO term VALUES (?, ?) ON CONFLICT DO UPDATE SET df = df + excluded.df", gains)
    con.executemany("INSERT INTO abbreviation VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n", explained)
    con.execute("UPDATE index_state SET indexed = ?", (indexed,))


def empty(con: sqlite3.Connection, analysis: int) -> None:
    """Empty the lists; all insights wait to be merged again under the tokenisation ``analysis``."""
    con.execute("DELETE FROM post")
    con.execute("DELETE FROM term")
    con.execute("DELETE FROM abbreviation")
    con.execute("UPDATE index_state SET indexed = 0, rebuilds = rebuilds + 1, analysis = ?", (analysis,))
