"""Tables of duplicate detection: origins of documents, revisions of briefings, and blocks that publishers repeat.

Added in schema version 4. ``origin``, ``revision`` and ``revision_text`` can't be regenerated; ``block_memory`` can.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from briefreader.text import words

if TYPE_CHECKING:
    import sqlite3

SCHEMA = """
ALTER TABLE briefing ADD COLUMN publisher TEXT NOT NULL DEFAULT '';
CREATE INDEX briefing_by_publisher ON briefing (publisher, removed, date DESC);
-- The rule that detected the duplicate; '' for a briefing's first document.
ALTER TABLE alias ADD COLUMN rule TEXT NOT NULL DEFAULT '';

-- What a document states about itself. Rows are never deleted, even if their alias is.
CREATE TABLE origin (
    digest TEXT PRIMARY KEY,          -- sha256 of the original
    kind TEXT NOT NULL,               -- mail, item (a feed's entry), page or file
    publisher TEXT NOT NULL,
    source TEXT NOT NULL,
    sender TEXT NOT NULL,
    message_id TEXT NOT NULL,
    feed TEXT NOT NULL,
    guid TEXT NOT NULL,
    link TEXT NOT NULL,
    url TEXT NOT NULL,
    title TEXT NOT NULL,              -- its case-folded words; '' if the document states none
    date TEXT NOT NULL,               -- ISO 8601; '' if the document states none
    forwarded INTEGER NOT NULL
) STRICT;
CREATE INDEX origin_by_title ON origin (title, date) WHERE title <> '';
CREATE INDEX origin_by_guid ON origin (feed, guid) WHERE guid <> '';
CREATE INDEX origin_by_link ON origin (feed, link) WHERE link <> '';

-- Earlier texts of briefings, numbered from 1 within a briefing. The current text has no row.
CREATE TABLE revision (
    briefing_key INTEGER NOT NULL REFERENCES briefing,
    number INTEGER NOT NULL,
    digest TEXT NOT NULL,             -- sha256 of the original
    text_digest TEXT NOT NULL,        -- sha256 of the body, see revision_text
    title TEXT NOT NULL,
    at TEXT NOT NULL,                 -- time at which the text was replaced
    PRIMARY KEY (briefing_key, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE revision_text (
    digest TEXT PRIMARY KEY,          -- sha256 of the body
    data BLOB NOT NULL                -- zlib
) STRICT;

-- Hashes (63 bits) of the blocks of a briefing's whole text, boilerplate included, with digits and URLs masked.
CREATE TABLE block_memory (
    briefing_key INTEGER PRIMARY KEY REFERENCES briefing,
    hashes BLOB NOT NULL              -- 8 bytes each, little-endian, ascending
) STRICT;
"""

# formats whose title and date version 0.1 took from the document's header, and the kind of their origin
_STATED = {"eml": "mail", "feed": "item"}
_KNOWN = """
SELECT b.key, b.digest, b.title, b.source, b.published, b.format, b.url, a.message_id
FROM briefing b JOIN alias a ON a.digest = b.digest
"""


def fill_origins(con: sqlite3.Connection) -> None:
    """Derive the publisher and origin of briefings of version 0.1 from their rows, without parsing documents."""
    for row in con.execute(_KNOWN).fetchall():
        source = " ".join(words(row["source"]))
        kind = _STATED.get(row["format"], "page" if row["format"] == "html" else "file")
        stated = row["format"] in _STATED
        con.execute(
            "INSERT OR IGNORE INTO origin VALUES (?,?,?,?,'',?,'','','',?,?,?,0)",
            (
                row["digest"], kind, source, source, row["message_id"], row["url"],
                (" ".join(words(row["title"])) or row["title"]) if stated else "", row["published"] if stated else "",
            ),
        )  # fmt: skip
        con.execute("UPDATE briefing SET publisher = ? WHERE key = ? AND publisher = ''", (source, row["key"]))
