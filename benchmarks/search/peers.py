"""Other programs that search the same insights, with a common interface."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from briefreader.library import Library

    from .data import Record

_WORD = re.compile(r"[^\W_]+")
LIMIT = 10


class Peer(Protocol):
    """A program that searches; ``whole_only`` if it is too slow for each keystroke."""

    name: str
    whole_only: bool

    def search(self, text: str) -> list[int]:
        """Return the IDs of the hits, best first."""


class Ours:
    """briefreader's search, with all that a screen needs: rows, filters, spans."""

    name = "briefreader"
    whole_only = False

    def __init__(self, library: Library) -> None:
        self._library = library

    def search(self, text: str) -> list[int]:
        """Return the IDs of the hits, best first."""
        return [hit.row.key - 1 for hit in self._library.search(text, limit=LIMIT)]


class Fts5:
    """SQLite's full-text search, ranked by BM25; titles count twice."""

    def __init__(self, con: sqlite3.Connection, joint: str) -> None:
        self.name = f"FTS5 {joint}"
        self.whole_only = joint == "OR"
        self._con, self._joint = con, joint

    @staticmethod
    def build(path: Path, records: list[Record]) -> sqlite3.Connection:
        """Build the peer's index."""
        if path.exists():
            return sqlite3.connect(path)
        con = sqlite3.connect(path)
        con.execute(
            "CREATE VIRTUAL TABLE t USING fts5 (title, text, tokenize = 'unicode61 remove_diacritics 2', prefix='2 3')"
        )
        con.executemany(
            "INSERT INTO t (rowid, title, text) VALUES (?, ?, ?)", ((r.id, r.title, r.text) for r in records)
        )
        con.execute("INSERT INTO t (t) VALUES ('optimize')")
        con.commit()
        return con

    def search(self, text: str) -> list[int]:
        """Return the IDs of the hits, best first."""
        words = _WORD.findall(text)
        if not words:
            return []
        match = f" {self._joint} ".join(f'"{w}"' for w in words) + "*"
        rows = self._con.execute(
            "SELECT rowid FROM t WHERE t MATCH ? ORDER BY bm25(t, 2.0, 1.0) LIMIT ?", (match, LIMIT)
        )
        return [r[0] for r in rows]


class Extract:
    """``rapidfuzz.process.extract`` with ``partial_ratio`` over all texts."""

    name = "rapidfuzz extract"
    whole_only = True

    def __init__(self, records: list[Record]) -> None:
        self._texts = [f"{r.title}\n{r.text}".lower() for r in records]

    def search(self, text: str) -> list[int]:
        """Return the IDs of the hits, best first."""
        from rapidfuzz import fuzz, process

        found = process.extract(text.lower(), self._texts, scorer=fuzz.partial_ratio, limit=LIMIT)
        return [index for _, _, index in found]


class Fzf:
    """``fzf --filter`` over one line per insight."""

    name = "fzf"
    whole_only = True

    def __init__(self, path: Path, records: list[Record]) -> None:
        self._path = path
        if path.exists():
            return
        with path.open("w", encoding="utf-8") as lines:
            lines.writelines(f"{r.id}\t{' '.join(f'{r.title} {r.text}'.split())}\n" for r in records)

    @staticmethod
    def installed() -> bool:
        """Return whether the peer is installed."""
        return shutil.which("fzf") is not None

    def search(self, text: str) -> list[int]:
        """Return the IDs of the hits, best first."""
        command = ["fzf", "--delimiter=\t", "--nth=2..", f"--filter={text}"]
        with self._path.open("rb") as lines:
            found = subprocess.run(command, stdin=lines, stdout=subprocess.PIPE, check=False).stdout
        return [int(line.split(b"\t", 1)[0]) for line in found.split(b"\n", LIMIT)[:LIMIT] if line]


class Tantivy:
    """tantivy with one typo in words of four letters or more; titles count twice.

    The last word of a query is also a prefix.
    """

    name = "tantivy"
    whole_only = False

    @staticmethod
    def installed() -> bool:
        """Return whether the peer is installed."""
        return find_spec("tantivy") is not None

    def __init__(self, path: Path, records: list[Record]) -> None:
        import tantivy

        self._tantivy: Any = tantivy
        builder = tantivy.SchemaBuilder()
        builder.add_integer_field("id", stored=True)
        builder.add_text_field("title")
        builder.add_text_field("text")
        self._schema = builder.build()
        made = path.exists()
        path.mkdir(exist_ok=True)
        index = tantivy.Index(self._schema, str(path))
        if not made:
            writer = index.writer(64_000_000, 1)
            for r in records:
                writer.add_document(tantivy.Document(id=r.id, title=r.title, text=r.text))
            writer.commit()
            writer.wait_merging_threads()
        index.reload()
        self._searcher = index.searcher()

    def search(self, text: str) -> list[int]:
        """Return the IDs of the hits, best first."""
        query, occur = self._tantivy.Query, self._tantivy.Occur
        words = _WORD.findall(text.lower())
        clauses = []
        for i, word in enumerate(words):
            for field, boost in (("title", 2.0), ("text", 1.0)):
                exact = query.term_query(self._schema, field, word)
                clauses.append((occur.Should, query.boost_query(exact, boost * 2)))
                distance, prefix = int(len(word) > 3), i == len(words) - 1
                if distance or prefix:
                    fuzzy = query.fuzzy_term_query(
                        self._schema, field, word, distance=distance, transposition_cost_one=True, prefix=prefix
                    )
                    clauses.append((occur.Should, query.boost_query(fuzzy, boost)))
        if not clauses:
            return []
        found = self._searcher.search(query.boolean_query(clauses), LIMIT)
        return [self._searcher.doc(address)["id"][0] for _, address in found.hits]
