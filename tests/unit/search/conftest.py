"""A fixture that builds a search index in memory from rows of insights."""

from __future__ import annotations

import sqlite3
from functools import cache
from typing import TYPE_CHECKING

import pytest

from briefreader.query import parse
from briefreader.search.indexing import inverted
from briefreader.search.searcher import Match, Searcher
from briefreader.storage import postings, schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Text = tuple[str, str]


@cache
def _empty() -> bytes:
    con = sqlite3.connect(":memory:", isolation_level=None)
    for statement in (*schema.statements(schema.SCHEMA), *schema.statements(postings.SCHEMA)):
        con.execute(statement)
    return con.serialize()


class _Shelf:
    """Insights (title, text) with keys from 1, each in a briefing of another day."""

    def __init__(self, insights: Iterable[Text] = (), *, aliases: Sequence[Sequence[str]] = ()) -> None:
        self.con = sqlite3.connect(":memory:", isolation_level=None)
        self.con.deserialize(_empty())
        self.searcher = Searcher(aliases)
        self.add(insights)

    def __del__(self) -> None:
        self.con.close()

    @property
    def reader(self) -> postings.PostingsReader:
        """The current index."""
        return postings.PostingsReader(self.con)

    def add(self, insights: Iterable[Text]) -> None:
        for title, text in insights:
            (key,) = self.con.execute("SELECT coalesce(max(key), 0) + 1 FROM insight").fetchone()
            day = f"{2000 + key % 20}-01-01"
            self.con.execute(
                "INSERT INTO briefing (key, id, title, source, author, published, url, format, language, words, added,"
                " date, digest) VALUES (?, ?, '', '', '', ?, '', 'txt', 'en', 0, ?, ?, ?)",
                (key, f"{key:x}", day, day, day, str(key)),
            )
            self.con.execute(
                'INSERT INTO insight (key, briefing_key, number, title, text, start, "end", kind)'
                " VALUES (?, ?, 1, ?, ?, 0, 0, 'item')",
                (key, key, title, text),
            )

    def merge(self, most: int = -1) -> None:
        """Add new insights to the posting lists."""
        part = self.reader.insights(self.reader.state().indexed, most)
        if part:
            postings.append(self.con, *inverted(part), part[-1][0])

    def search(self, query: str, limit: int = 1000, **options: object) -> list[Match]:
        reader = self.reader
        self.searcher.refresh(reader)
        return self.searcher.search(reader, parse(query), limit, **options)  # type: ignore[arg-type]

    def keys(self, query: str, **options: object) -> list[int]:
        """Return the keys of the full matches."""
        return [match.key for match in self.search(query, **options) if not match.partial]


@pytest.fixture(scope="session")
def shelf() -> type[_Shelf]:
    """Create an index of insights."""
    return _Shelf
