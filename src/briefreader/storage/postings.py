"""The search index on disk: posting lists of insights by term.

A term's posting list is split into blocks of 65,536 insight keys, stored as sorted little-endian uint16 offsets into
the block. An insight's words never change and keys increase, so lists are only appended to. Insights up to the key
``indexed`` are in the lists; later ones are searched by their texts until they are merged.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

SCHEMA = """
-- df is the document frequency: the number of insights with the term.
CREATE TABLE term (t TEXT PRIMARY KEY, df INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE post (
    term TEXT NOT NULL,
    block INTEGER NOT NULL,           -- insight key >> 16
    title_docs BLOB NOT NULL,         -- uint16 offsets of the insights with the term in their title
    docs BLOB NOT NULL,               -- those of all insights with the term; last, so reading titles can skip it
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
    indexed INTEGER NOT NULL,         -- insights up to this key are in the lists
    masks INTEGER NOT NULL,           -- number of changes of hidden, removed and (since version 10) title
    rebuilds INTEGER NOT NULL,        -- number of times that the lists were emptied
    analysis INTEGER NOT NULL         -- version of the tokenisation
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
    """A state that changes whenever the index does, see ``index_state``.

    ``highest`` and ``briefings`` are the highest row keys of insights and briefings.
    """

    indexed: int
    masks: int
    rebuilds: int
    analysis: int
    highest: int
    briefings: int


# A block of a posting list: term, block number, the insights with the term in their title, and all insights with it.
# Insights are sorted little-endian uint16 offsets from ``block number << 16``.
PostingBlock = tuple[str, int, bytes, bytes]


class PostingsReader:
    """Reads the index in one read-only transaction, for the searcher.

    Rows are plain tuples, which are faster than ``sqlite3.Row``.
    """

    def __init__(self, con: sqlite3.Connection) -> None:
        self._cursor = con.cursor()
        self._cursor.row_factory = None
        self._state: State | None = None

    def state(self) -> State:
        """Return the state of the index; repeated calls don't read it again."""
        if self._state is not None:
            return self._state
        row = self._cursor.execute("SELECT indexed, masks, rebuilds, analysis FROM index_state").fetchone()
        last = "SELECT coalesce((SELECT max(key) FROM insight), 0), coalesce((SELECT max(key) FROM briefing), 0)"
        self._state = State(*row, *self._cursor.execute(last).fetchone())
        return self._state

    def version(self) -> tuple[int, int]:
        """Return a version of the database that changes with any write by another connection."""
        (changes,) = self._cursor.execute("PRAGMA data_version").fetchone()
        return id(self._cursor.connection), changes

    def vocabulary(self, size: int) -> Iterator[list[tuple[str, int]]]:
        """Yield all terms in code-point order with their document frequency, ``size`` at a time."""
        self._cursor.execute("SELECT t, df FROM term ORDER BY t")
        while part := self._cursor.fetchmany(size):
            yield part

    def rows(self, terms: Iterable[str], *, titles_only: bool = False) -> Iterator[PostingBlock]:
        """Yield the blocks of some terms' lists; with ``titles_only``, the last item of each block is empty."""
        wanted = json.dumps(list(terms))
        yield from self._cursor.execute(
            f"{_TITLES if titles_only else _LISTS} WHERE term IN (SELECT value FROM json_each(?))", (wanted,)
        )

    def rows_between(self, low: str, high: str, *, titles_only: bool = False) -> Iterator[PostingBlock]:
        """Yield the blocks of the terms from ``low`` up to but not including ``high``; see ``rows``."""
        select = _TITLES if titles_only else _LISTS
        yield from self._cursor.execute(f"{select} WHERE term >= ? AND term < ?", (low, high))

    def every_row(self) -> Iterator[PostingBlock]:
        """Yield the blocks of all terms."""
        yield from self._cursor.execute(_LISTS)

    def insights(self, after: int, limit: int = -1) -> list[tuple[int, str, str]]:
        """Return (key, title, text) of at most ``limit`` insights after a key, in order; -1 means all."""
        return self._cursor.execute(
            "SELECT key, title, text FROM insight WHERE key > ? ORDER BY key LIMIT ?", (after, limit)
        ).fetchall()

    def texts(self, keys: Sequence[int]) -> dict[int, tuple[str, str]]:
        """Return the titles and texts of insights, by key."""
        wanted = json.dumps(list(keys))
        found = self._cursor.execute(
            "SELECT key, title, text FROM insight WHERE key IN (SELECT value FROM json_each(?))", (wanted,)
        )
        return {key: (title, text) for key, title, text in found}

    def abbreviations(self, at_least: int) -> list[tuple[str, str]]:
        """Return the short and long forms of abbreviations explained at least ``at_least`` times."""
        return self._cursor.execute("SELECT short, long FROM abbreviation WHERE n >= ?", (at_least,)).fetchall()

    def masked(self) -> list[int]:
        """Return the keys of hidden insights."""
        return [key for (key,) in self._cursor.execute(_MASKED)]

    def owners(self, after: int, size: int) -> Iterator[list[tuple[int, int]]]:
        """Yield (insight key, briefing key) of insights after a key, unordered, ``size`` at a time."""
        every = "SELECT key, briefing_key FROM insight"
        if after > 0:
            self._cursor.execute(f"{every} WHERE key > ?", (after,))
        else:  # two indexes contain these columns; reading the table would read all texts as well
            self._cursor.execute(f"{every} WHERE NOT hidden UNION ALL {every} WHERE hidden")
        while part := self._cursor.fetchmany(size):
            yield part

    def briefings(self) -> list[tuple[int, str, int]]:
        """Return (key, title, Julian day or 1 if unknown) of all briefings that aren't removed."""
        return self._cursor.execute(
            "SELECT key, title, coalesce(CAST(julianday(substr(date, 1, 10)) AS INTEGER), 1)"
            " FROM briefing WHERE NOT removed ORDER BY key"
        ).fetchall()

    def owned(self, briefings: Sequence[int]) -> set[int]:
        """Return the keys of the visible insights of some briefings."""
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
    """Append new insights to the posting lists.

    Args:
        con: the writing connection.
        added: blocks with the new insights.
        gains: increase of each term's document frequency.
        explained: short form and long form of abbreviations, and how often the new insights explain them.
        indexed: the highest insight key in the lists after this.
    """
    con.executemany(_APPEND, added)
    con.executemany("INSERT INTO term VALUES (?, ?) ON CONFLICT DO UPDATE SET df = df + excluded.df", gains)
    con.executemany("INSERT INTO abbreviation VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n", explained)
    con.execute("UPDATE index_state SET indexed = ?", (indexed,))


def empty(con: sqlite3.Connection, analysis: int) -> None:
    """Empty the posting lists, to merge all insights again with the tokenisation ``analysis``."""
    con.execute("DELETE FROM post")
    con.execute("DELETE FROM term")
    con.execute("DELETE FROM abbreviation")
    con.execute("UPDATE index_state SET indexed = 0, rebuilds = rebuilds + 1, analysis = ?", (analysis,))
