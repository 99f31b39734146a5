"""Expand ``saved:NAME`` in queries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from briefreader import query as language
from briefreader.storage import decisions

if TYPE_CHECKING:
    from briefreader.query import Query
    from briefreader.storage.database import Connection


def resolved(con: Connection, query: Query | str) -> Query:
    """Return the parsed query, with each saved search that it names expanded."""
    asked = language.parsed(query)
    if any(filter_.key == "saved" for filter_ in asked.filters):
        return language.with_saved(asked, dict(decisions.saved(con)))
    return asked
