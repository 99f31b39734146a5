"""Semantic search with the optional extra: embeddings of insights, combined with the word ranking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from briefreader.errors import LockedError, install_hint
from briefreader.storage import vectors

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

    from briefreader.library.progress import CancelCheck
    from briefreader.query import Query
    from briefreader.search.meaning import Vectors
    from briefreader.search.searcher import Match
    from briefreader.storage.database import Connection, Database

MIN_WORDS = 4  # minimum words of a query that is a question
_RANKED = 100  # insights that each ranking contributes
_BATCH = 2048  # embeddings per transaction


class MeaningSearch:
    """Rank insights by meaning for queries whose words match poorly."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._vectors: Vectors | None = None
        self._reported = False

    def update(self, cancelled: CancelCheck) -> None:
        """Compute missing embeddings in batches; does nothing without the extra, or while another process writes."""
        from briefreader.search.meaning import installed, vectors_of

        while not self._db.readonly and installed() and not cancelled():
            with self._db.reading() as con:
                part = vectors.without(con, _BATCH)
            if not part:
                return
            made = vectors_of([f"{title}. {text}" for _, title, text in part])
            try:
                with self._db.writing() as con:
                    vectors.put(con, [(key, row.tobytes()) for (key, *_), row in zip(part, made, strict=True)])
            except LockedError:
                return

    def wanted(self, asked: Query, found: Sequence[Match]) -> bool:
        """Whether a query is a question whose words no insight matches well."""
        from briefreader.search.searcher import ranking_words

        whole = not (asked.scopes or asked.phrases or asked.negations) and asked.sort in (None, "relevance")
        return whole and len(ranking_words(asked)) >= MIN_WORDS and all(match.partial for match in found)

    def joined(
        self, con: Connection, asked: Query, found: list[Match], allowed: npt.NDArray[np.bool_], limit: int
    ) -> list[Match]:
        """Merge word matches with the semantically nearest of ``allowed`` into one ranking.

        Returns the word matches if the extra or embeddings are missing.
        """
        from briefreader.search.meaning import Vectors, fused, installed
        from briefreader.search.searcher import Match

        if not installed():
            return found
        if self._vectors is None:
            self._vectors = Vectors()
        for part in vectors.after(con, int(self._vectors.keys.max(initial=0))):
            self._vectors.extend([key for key, _ in part], [row for _, row in part])
        if not self._vectors.keys.size:
            return found
        text = " ".join(term.text for term in asked.words)
        near = self._vectors.nearest(text, allowed, _RANKED)
        by_key = {match.key: match for match in found}
        order = fused(list(by_key), near)[:limit]
        return [by_key.get(key) or Match(key, 0.0, (), partial=True, meaning=True) for key in order]

    def report_missing(self) -> str:
        """Return how to install the extra if it would have helped, once per library; else ""."""
        from briefreader.search.meaning import installed

        if self._reported or installed():
            return ""
        self._reported = True
        with self._db.reading() as con:
            if vectors.reported(con):
                return ""
        if not self._db.readonly:
            try:
                with self._db.writing() as con:
                    vectors.report(con)
            except LockedError:
                pass
        return f"questions worded differently from the text need the extra meaning; {install_hint('meaning')}"
