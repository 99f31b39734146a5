"""The search index on disk: the words of all insights and where they stand."""

from __future__ import annotations

SCHEMA = """
CREATE TABLE term (id INTEGER PRIMARY KEY, t TEXT NOT NULL UNIQUE, df INTEGER NOT NULL) STRICT;
CREATE TABLE post (term INTEGER PRIMARY KEY, docs BLOB NOT NULL, title_docs BLOB NOT NULL) STRICT;
"""
