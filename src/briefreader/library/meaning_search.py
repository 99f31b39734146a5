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

MIN_WORDS = 4  # shorter queries aren't treated as questions
_RANKED = 100  # maximum number of insights in the semantic ranking
_BATCH = 2048  # embeddings per transaction


class MeaningSearch:
    """Ranks insights by meaning, for questions whose words match poorly."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._vectors: Vectors | None = None
        self._reported = False

    def update(self, cancelled: CancelCheck) -> None:
        """Compute missing embeddings, if the extra is installed and no other process is writing."""
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
        """Return whether a query is a question, and no match has all its words.

        A question has at least ``MIN_WORDS`` words to rank by, is sorted by relevance, and has no phrases, negations or
        ``in:``.
        """
        from briefreader.search.searcher import ranking_words

        whole = not (asked.scopes or asked.phrases or asked.negations) and asked.sort in (None, "relevance")
        return whole and len(ranking_words(asked)) >= MIN_WORDS and all(match.partial for match in found)

    def joined(
        self, con: Connection, asked: Query, found: list[Match], allowed: npt.NDArray[np.bool_], limit: int
    ) -> list[Match]:
        """Merge word matches and the semantically nearest insights (among ``allowed``) into one ranking.

        If the extra is not installed or there are no embeddings, return the word matches.
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
        """Return a hint to install the extra; "" if it is installed, or if the hint was shown for this library."""
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
        return f"semantic search, an optional extra, might find more; {install_hint('meaning')}"
